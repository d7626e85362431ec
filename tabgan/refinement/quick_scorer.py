"""Trees evaluated over many rows at once: compiled by Numba, or by NumPy where that is missing.

A node clears the bits of the leaves that it rules out; the leaf of a row is the lowest bit left
(QuickScorer; Lucchese et al. 2015, section 3.1). Both engines add the same numbers in the same
order, so that their sums are equal to the last bit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from tabgan.runtime.compilation import compiled, has_compiler
from tabgan.schema.arrays import Floats

MAX_LEAVES = 64  # of a tree: a bit for each
MAX_THRESHOLDS = 65_534  # of a feature
GAP_RIGHT = np.uint16(65_535)  # rank of a gap for nodes that send it right; for others it is 0
COMPILED_ROWS, NUMPY_ROWS = 64, 8_192  # that are evaluated together
DE_BRUIJN = np.uint64(0x03F7_9D71_B4CB_0A89)  # times 2^k, it starts with six bits of its own
SHIFT = np.uint64(58)

Score = Callable[..., None]


@dataclass(frozen=True)
class Nodes:
    """The nodes of trees, as both engines take them.

    Attributes:
        features: That each node compares; shape (n_nodes,).
        ranks: That rows have to exceed; (n_nodes,).
        missing_right: Whether gaps exceed it; (n_nodes,).
        masks: Bits of the leaves that stay where they do; (n_nodes,).
        node_starts: Where the nodes of each tree begin, and their number; (n_trees + 1,).
        values: Of all leaves; (n_leaves,).
        leaf_starts: Where the leaves of each tree begin, and their number; (n_trees + 1,).
    """

    features: npt.NDArray[np.int32]
    ranks: npt.NDArray[np.uint16]
    missing_right: npt.NDArray[np.bool_]
    masks: npt.NDArray[np.uint64]
    node_starts: npt.NDArray[np.int64]
    values: Floats
    leaf_starts: npt.NDArray[np.int64]

    def score(self, ranks: npt.NDArray[np.uint16]) -> Floats:
        """Return the sums of the rows' leaf values; (2, n_features, n_rows) -> (n_rows,).

        Args:
            ranks: How many thresholds of its feature lie below each value, with gaps as 0, and
                again with gaps as GAP_RIGHT.
        """
        total = np.zeros(ranks.shape[2])
        score = compiled_score() or score_by_numpy
        score(
            ranks,
            self.features,
            self.ranks,
            self.missing_right.astype(np.int64),
            self.masks,
            self.node_starts,
            self.values,
            self.leaf_starts,
            BIT_INDEX,
            total,
        )
        return total


def rank_values(
    columns: npt.NDArray[np.float64], thresholds: list[Floats]
) -> npt.NDArray[np.uint16]:
    """Return the ranks of values among thresholds; (n_rows, n_features) -> as `Nodes.score` takes.

    Args:
        columns: Values; NaN is a gap.
        thresholds: Of each feature, rising.
    """
    ranks = np.empty((2, len(thresholds), len(columns)), np.uint16)
    for feature, known in enumerate(thresholds):
        values = columns[:, feature]
        ranks[:, feature] = np.searchsorted(known, values)
        gaps = np.isnan(values)
        ranks[0, feature, gaps], ranks[1, feature, gaps] = 0, GAP_RIGHT
    return ranks


def engine() -> str:
    """Return what evaluates trees here: "numba" or "numpy"."""
    return "numpy" if compiled_score() is None else "numba"


@cache
def compiled_score() -> Score | None:
    """Return the scorer that Numba compiles at its first call; None where there is no Numba."""
    return compiled(_score_blocks) if has_compiler() else None


def _score_blocks(  # type: ignore[no-untyped-def]
    ranks, features, limits, missing_right, masks, node_starts, values, leaf_starts, bits, total
) -> None:
    n_rows = ranks.shape[2]
    block = np.empty(COMPILED_ROWS, np.uint64)
    every = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
    for start in range(0, n_rows, COMPILED_ROWS):
        size = min(COMPILED_ROWS, n_rows - start)
        for tree in range(len(node_starts) - 1):
            block[:] = every
            for node in range(node_starts[tree], node_starts[tree + 1]):
                limit, mask = limits[node], masks[node]
                row = ranks[missing_right[node], features[node], start : start + size]
                for k in range(size):
                    block[k] &= mask if row[k] > limit else every
            leaf = leaf_starts[tree]
            for k in range(size):
                lowest = block[k] & (~block[k] + np.uint64(1))
                total[start + k] += values[leaf + bits[(lowest * DE_BRUIJN) >> SHIFT]]


def score_by_numpy(  # type: ignore[no-untyped-def]
    ranks, features, limits, missing_right, masks, node_starts, values, leaf_starts, bits, total
) -> None:
    """Add to the totals as the compiled scorer does."""
    every = ~np.uint64(0)
    for start in range(0, ranks.shape[2], NUMPY_ROWS):
        rows = slice(start, start + NUMPY_ROWS)
        for tree in range(len(node_starts) - 1):
            block = np.full(len(total[rows]), every)
            for node in range(node_starts[tree], node_starts[tree + 1]):
                beyond = ranks[missing_right[node], features[node], rows] > limits[node]
                block &= np.where(beyond, masks[node], every)
            lowest = block & (~block + np.uint64(1))
            leaves = leaf_starts[tree] + bits[((lowest * DE_BRUIJN) >> SHIFT).astype(np.int64)]
            total[rows] += values[leaves]


def _index_bits() -> npt.NDArray[np.int64]:
    """Return the k of the six bits that DE_BRUIJN * 2^k starts with; shape (64,)."""
    powers = np.uint64(1) << np.arange(64, dtype=np.uint64)
    bits = np.zeros(64, np.int64)
    bits[((powers * DE_BRUIJN) >> SHIFT).astype(np.int64)] = np.arange(64)
    return bits


BIT_INDEX = _index_bits()
