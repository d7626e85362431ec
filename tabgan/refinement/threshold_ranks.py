"""Ranks of values among a feature's thresholds: all that a tree has to know of a row.

Between the lowest and the highest threshold there are cells of equal width, and a guide says which
thresholds lie in each; a value is compared with those of its own cell alone. Ranks are of eight
bits where they fit, as they do for trees that LightGBM grows by its default.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tabgan.runtime.compilation import compiled, has_compiler
from tabgan.schema.arrays import Floats, Indices

N_CELLS = 1_024  # between the lowest threshold of a feature and its highest
MAX_THRESHOLDS = 65_534  # of a feature

Ranks = npt.NDArray[Any]  # of uint8 or uint16


@dataclass(frozen=True)
class Thresholds:
    """The thresholds of each feature.

    Attributes:
        of_feature: Rising and distinct.

    Example:
        >>> Thresholds([np.array([0.5, 2.0])]).rank(np.array([[0.5], [1.0], [9.0], [np.nan]]))
        array([[[  0,   1,   2,   0]],
        <BLANKLINE>
               [[  0,   1,   2, 255]]], dtype=uint8)
    """

    of_feature: Sequence[Floats]

    @cached_property
    def dtype(self) -> type[np.unsignedinteger[Any]]:
        """The type of ranks: the smallest that holds all, and one more for gaps."""
        most = max(map(len, self.of_feature), default=0)
        return np.uint8 if most < np.iinfo(np.uint8).max else np.uint16

    def rank(self, rows: npt.NDArray[np.float64]) -> Ranks:
        """Return how many thresholds lie below values; shape (2, n_features, n_rows).

        NaN is a gap, whose rank is 0 in the first half and above all others in the second.

        Args:
            rows: Shape (n_rows, n_features).
        """
        ranks = np.zeros((2, len(self.of_feature), len(rows)), self.dtype)
        gap = self.dtype(np.iinfo(self.dtype).max)
        rank = compiled_rank()
        if rank is None:
            rank_by_numpy(rows, self.of_feature, gap, ranks)
        else:
            rank(rows, self._guide, gap, ranks)
        return ranks

    @cached_property
    def _guide(self) -> "Guide":
        starts = np.cumsum([0, *map(len, self.of_feature)])
        n_features, edges = len(self.of_feature), np.arange(N_CELLS + 1)
        lowest, scales = np.zeros(n_features), np.zeros(n_features)
        below = np.zeros((n_features, N_CELLS + 1), np.uint16)
        for feature, known in enumerate(self.of_feature):
            finite = known[np.isfinite(known)]
            low, high = (finite[0], finite[-1]) if len(finite) else (0.0, np.inf)
            with np.errstate(over="ignore", divide="ignore"):
                lowest[feature], scales[feature] = low, np.float64(N_CELLS) / (high - low)
            cells = _find_cells(known, lowest[feature], scales[feature])
            below[feature] = np.searchsorted(cells, edges)
        return Guide(np.concatenate([*self.of_feature, []]), starts, lowest, scales, below)


class Guide(NamedTuple):
    """Where among the thresholds of a feature a value is looked for.

    Shape:
        - thresholds: (n_thresholds,), those of a feature after each other
        - starts: (n_features + 1,): where those of each begin, and their number
        - lowest, scales: (n_features,): the lowest of each, and how many cells are in a unit
        - below: (n_features, N_CELLS + 1): how many lie in the cells before each
    """

    thresholds: Floats
    starts: Indices
    lowest: Floats
    scales: Floats
    below: npt.NDArray[np.uint16]


def _find_cells(values: Floats, low: float, scale: float) -> Indices:
    """Return the cells of values, which rise with them; shape (n_values,) each."""
    with np.errstate(over="ignore", invalid="ignore"):
        positions = (values - low) * scale
    return np.nan_to_num(positions, nan=0.0, posinf=N_CELLS).clip(0, N_CELLS - 1).astype(np.int64)


@cache
def compiled_rank() -> Callable[..., None] | None:
    """Return the function that Numba compiles at its first call; None where there is no Numba."""
    return compiled(_rank_columns) if has_compiler() else None


def _rank_columns(rows, guide, gap, ranks) -> None:  # type: ignore[no-untyped-def]
    one = np.uint64(1)
    for feature in range(len(guide.lowest)):
        known = guide.thresholds[guide.starts[feature] : guide.starts[feature + 1]]
        lowest, scale = guide.lowest[feature], guide.scales[feature]
        of_cells = guide.below[feature]
        for row in range(len(rows)):
            value = rows[row, feature]
            place = (value - lowest) * scale
            cell = np.uint64(min(place, N_CELLS - 1)) if place > 0 else np.uint64(0)
            below, end = np.uint64(of_cells[cell]), np.uint64(of_cells[cell + one])
            while below < end:
                middle = (below + end) >> one
                if known[middle] < value:
                    below = middle + one
                else:
                    end = middle
            is_gap = np.isnan(value)
            ranks[0, feature, row] = np.uint64(0) if is_gap else below
            ranks[1, feature, row] = np.uint64(gap) if is_gap else below


def rank_by_numpy(
    rows: npt.NDArray[np.float64], of_feature: Sequence[Floats], gap: Any, ranks: Ranks
) -> None:
    """Set ranks as the compiled function does."""
    for feature, known in enumerate(of_feature):
        values = rows[:, feature]
        is_gap = np.isnan(values)
        ranks[:, feature] = np.where(is_gap, 0, np.searchsorted(known, values))
        ranks[1, feature, is_gap] = gap
