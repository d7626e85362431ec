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

CONCENTRATION = 1.5  # rows that a split's prior weighs, times its depth


@dataclass(frozen=True)
class Halving:
    """How nodes are joined, two and two, to those above.

    Attributes:
        firsts: The first of each pair; (n_above,).
        parents: Of each node; (n_nodes,).
        depths: Of each pair in the tree of its column, 1 for the first split; (n_above,).
    """

    firsts: Indices
    parents: Indices
    depths: Indices

    def add_up(self, counts: Floats) -> Floats:
        """Return the sums of pairs; (n_nodes, ...) -> (n_above, ...)."""
        return np.asarray(np.add.reduceat(counts, self.firsts, axis=0))


@dataclass(frozen=True)
class PolyaTree:
    """A tree over the bins of each column; its roots are the columns.

    Attributes:
        order: The bins from left to right; (n_all,).
        halvings: From the bins up.

    Example:
        >>> tree = PolyaTree.over([4], np.arange(4))
        >>> few, even = np.array([[1.0], [0.0], [0.0], [0.0]]), np.full(4, 0.25)
        >>> tree.estimate(few, even).ravel().round(2).tolist()
        [0.44, 0.26, 0.15, 0.15]
    """

    order: Indices
    halvings: tuple[Halving, ...]

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
        depths = np.repeat([int(size - 1).bit_length() for size in sizes], sizes)
        halvings = []
        while len(within) > len(sizes):
            is_first = within % 2 == 0
            within, depths = within[is_first] // 2, depths[is_first]
            firsts, parents = np.flatnonzero(is_first), np.cumsum(is_first) - 1
            halvings.append(Halving(firsts, parents, np.maximum(depths, 1)))
            depths = depths - 1
        return cls(order, tuple(halvings))

    def estimate(self, counts: Floats, prior: Floats, k: int = 1) -> Floats:
        """Return the share of each bin in its column, for several classes; (n_all, n_classes).

        Args:
            counts: Rows of each class in each bin; (n_all, n_classes).
            prior: Share of each bin in its column among all rows; (n_all,).
            k: Where a half holds fewer rows of a class, the prior stands for them.
        """
        nodes, priors = [counts[self.order]], [prior[self.order]]
        for halving in self.halvings:
            nodes.append(halving.add_up(nodes[-1]))
            priors.append(halving.add_up(priors[-1]))
        shares = np.ones(nodes[-1].shape)
        for number in reversed(range(len(self.halvings))):
            halving, above = self.halvings[number], nodes[number + 1]
            kept = np.where(nodes[number] >= k, nodes[number], 0) if k > 1 else nodes[number]
            weight = CONCENTRATION * halving.depths[:, None]
            smoothing = (weight + above - halving.add_up(kept))[halving.parents]
            split = priors[number] / np.maximum(priors[number + 1], 1e-300)[halving.parents]
            odds = (kept + smoothing * split[:, None]) / (above + weight)[halving.parents]
            shares = shares[halving.parents] * odds
        found = np.empty_like(shares)
        found[self.order] = shares
        return found
