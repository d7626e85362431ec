"""Shares of bins, estimated from few rows: a Pólya tree (Lavine 1992).

Bins are halved in order, again and again: of a half's rows each of its halves gets the share that
rows show, drawn towards what all rows of the table show there. The deeper a split, the more rows it
takes: coarse shapes are learned from a few rows, fine ones from many.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tabgan.networks.discretization import Discretization
from tabgan.schema.arrays import Floats, Indices

CONCENTRATION = 1.0  # rows that a split's prior weighs, times its depth


@dataclass(frozen=True)
class Level:
    """How nodes are joined, two and two, to those of the level above.

    Attributes:
        firsts: The first of each pair; (n_above,).
        parents: Of each node; (n_nodes,).
    """

    firsts: Indices
    parents: Indices

    def add_up(self, counts: Floats) -> Floats:
        """Return the sums of pairs; (n_nodes, ...) -> (n_above, ...)."""
        return np.asarray(np.add.reduceat(counts, self.firsts, axis=0))


@dataclass(frozen=True)
class PolyaTree:
    """A tree over the bins of each column; its roots are the columns.

    Attributes:
        order: The bins from left to right; (n_all,).
        levels: From the bins up.

    Example:
        >>> tree = PolyaTree.over([4], np.arange(4))
        >>> few, even = np.array([[1.0], [0.0], [0.0], [0.0]]), np.full(4, 0.25)
        >>> tree.estimate(few, even).ravel().round(2).tolist()
        [0.5, 0.25, 0.12, 0.12]
    """

    order: Indices
    levels: tuple[Level, ...]

    @classmethod
    def of(cls, discretization: Discretization) -> "PolyaTree":
        """Return the tree of bins, those of numbers in the order of their values."""
        sizes = np.diff(discretization.column_starts)
        columns = np.repeat(np.arange(len(sizes)), sizes)
        order = np.lexsort((discretization.find_positions(), columns))
        return cls.over(sizes.tolist(), order)

    @classmethod
    def over(cls, sizes: Sequence[int], order: Indices) -> "PolyaTree":
        """Return the tree of columns of so many bins."""
        within = np.concatenate([np.arange(size) for size in sizes])
        columns = np.repeat(np.arange(len(sizes)), sizes)
        levels = []
        while len(within) > len(sizes):
            pairs = within // 2
            is_first = within % 2 == 0
            levels.append(Level(np.flatnonzero(is_first), np.cumsum(is_first) - 1))
            within, columns = pairs[is_first], columns[is_first]
        return cls(order, tuple(levels))

    def estimate(self, counts: Floats, prior: Floats, k: int = 1) -> Floats:
        """Return the share of each bin in its column, for several classes; (n_all, n_classes).

        Args:
            counts: Rows of each class in each bin; (n_all, n_classes).
            prior: Share of each bin in its column among all rows; (n_all,).
            k: Where a half holds fewer rows of a class, the prior stands for them.
        """
        nodes, priors = [counts[self.order]], [prior[self.order]]
        for level in self.levels:
            nodes.append(level.add_up(nodes[-1]))
            priors.append(level.add_up(priors[-1]))
        shares = np.ones(nodes[-1].shape)
        for depth, number in enumerate(reversed(range(len(self.levels))), start=1):
            level, above = self.levels[number], nodes[number + 1]
            kept = np.where(nodes[number] >= k, nodes[number], 0) if k > 1 else nodes[number]
            smoothing = CONCENTRATION * depth + above - level.add_up(kept)
            split = priors[number] / np.maximum(priors[number + 1], 1e-300)[level.parents]
            odds = (kept + smoothing[level.parents] * split[:, None]) / (
                above + CONCENTRATION * depth
            )[level.parents]
            shares = shares[level.parents] * odds
        found = np.empty_like(shares)
        found[self.order] = shares
        return found
