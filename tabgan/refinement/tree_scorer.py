"""Trees evaluated over many rows at once: compiled by Numba, or by NumPy where that is missing.

All rows start at the first leaf of a tree, and each node, parents first, moves those on that lie
beyond its threshold. That is a comparison of small integers, which processors do for 32 or 64 rows
at a time. Both engines add the same numbers in the same order, so that their sums are equal to the
last bit.

NOTE[DIFF] QuickScorer (Lucchese et al. 2015) keeps a bit for each leaf of each row; one number of
eight bits a row takes a quarter of the time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from tabgan.refinement.threshold_ranks import Ranks
from tabgan.runtime.compilation import compiled, has_compiler
from tabgan.schema.arrays import Floats

MAX_LEAVES = 64  # of a tree
COMPILED_ROWS, NUMPY_ROWS = 1_024, 8_192  # that are evaluated together

Score = Callable[..., None]


@dataclass(frozen=True)
class Nodes:
    """The nodes of trees, parents first, as both engines take them.

    Attributes:
        features: That each node compares; shape (n_nodes,).
        limits: Ranks that rows have to exceed; (n_nodes,).
        missing_right: 1 where gaps exceed it, 0 elsewhere; (n_nodes,).
        first, end: Leaves of its tree from and to which each node moves such rows; (n_nodes,), of
            the type of ranks, as limits are.
        node_starts: Where the nodes of each tree begin, and their number; (n_trees + 1,).
        values: Of all leaves; (n_leaves,).
        leaf_starts: Where the leaves of each tree begin, and their number; (n_trees + 1,).
    """

    features: npt.NDArray[np.int32]
    limits: Ranks
    missing_right: npt.NDArray[np.int64]
    first: Ranks
    end: Ranks
    node_starts: npt.NDArray[np.int64]
    values: Floats
    leaf_starts: npt.NDArray[np.int64]

    def score(self, ranks: Ranks) -> Floats:
        """Return the sums of the rows' leaf values; (2, n_features, n_rows) -> (n_rows,).

        Args:
            ranks: Of the rows' values, as `Thresholds.rank` returns them.
        """
        total = np.zeros(ranks.shape[2])
        score = compiled_score() or score_by_numpy
        score(
            ranks,
            self.features,
            self.limits,
            self.missing_right,
            self.first,
            self.end,
            self.node_starts,
            self.values,
            self.leaf_starts,
            total,
        )
        return total


def engine() -> str:
    """Return what evaluates trees here: "numba" or "numpy"."""
    return "numpy" if compiled_score() is None else "numba"


@cache
def compiled_score() -> Score | None:
    """Return the scorer that Numba compiles at its first call; None where there is no Numba."""
    return compiled(_score_blocks) if has_compiler() else None


def _score_blocks(  # type: ignore[no-untyped-def]
    ranks, features, limits, missing_right, first, end, node_starts, values, leaf_starts, total
) -> None:
    n_rows = ranks.shape[2]
    leaves = np.empty(COMPILED_ROWS, ranks.dtype)
    for start in range(0, n_rows, COMPILED_ROWS):
        size = min(COMPILED_ROWS, n_rows - start)
        for tree in range(len(node_starts) - 1):
            leaves[:] = 0
            for node in range(node_starts[tree], node_starts[tree + 1]):
                limit, old, new = limits[node], first[node], end[node]
                row = ranks[missing_right[node], features[node], start : start + size]
                for k in range(size):
                    is_moved = (leaves[k] == old) & (row[k] > limit)
                    leaves[k] = new if is_moved else leaves[k]
            of_tree = values[leaf_starts[tree] : leaf_starts[tree + 1]]
            for k in range(size):
                total[start + k] += of_tree[leaves[k]]


def score_by_numpy(  # type: ignore[no-untyped-def]
    ranks, features, limits, missing_right, first, end, node_starts, values, leaf_starts, total
) -> None:
    """Add to the totals as the compiled scorer does."""
    for start in range(0, ranks.shape[2], NUMPY_ROWS):
        rows = slice(start, start + NUMPY_ROWS)
        for tree in range(len(node_starts) - 1):
            leaves = np.zeros(len(total[rows]), ranks.dtype)
            for node in range(node_starts[tree], node_starts[tree + 1]):
                beyond = ranks[missing_right[node], features[node], rows] > limits[node]
                leaves[beyond & (leaves == first[node])] = end[node]
            total[rows] += values[leaf_starts[tree] + leaves.astype(np.int64)]
