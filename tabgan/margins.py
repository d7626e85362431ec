"""Raking: weights are moved until every column has the table's shares (Deming and Stephan 1940).

>>> rng = np.random.default_rng(0)
>>> real, pool = np.repeat([[0.0], [1.0]], 500, 0), np.repeat([[0.0], [1.0]], [3_000, 1_000], 0)
>>> margins = Margins.fit(real, pool, np.zeros(4_000), 1_000, rng)
>>> bool(margins.weigh(np.array([[1.0]]))[0] > margins.weigh(np.array([[0.0]]))[0] + 0.8)
True
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

MOST_VALUES = 512  # of a column that are bins of their own
BINS = 32  # of a column with more values, equally full
TURNS = 3  # through all columns, one after the other: many of them say the same
SMOOTHING = 5.0  # rows added to every bin, so that rare ones are moved little
MOST_OFFSET = 2.0  # of one column


@dataclass(frozen=True)
class Margins:
    """What is added to log-weights for the bin that a row falls into, column by column.

    Without features nothing is added.

    Shape:
        - edges: one array a feature, rising; (n_bins - 2,)
        - offsets: one array a feature; (n_bins,), the last one for gaps
    """

    edges: tuple[Floats, ...]
    offsets: tuple[Floats, ...]

    @classmethod
    def fit(
        cls, real: Floats, pool: Floats, log_weights: Floats, n_rows: int, rng: np.random.Generator
    ) -> Self:
        """Learn offsets by which draws from a pool get the shares of real rows.

        Args:
            real: Features of real rows; (n_real, n_features), NaN for gaps.
            pool: Features of candidates; (n_candidates, n_features).
            log_weights: Of the candidates; (n_candidates,).
            n_rows: Rows drawn from the pool each time.
            rng: Source of the draws.
        """
        edges = tuple(_find_edges(column) for column in real.T)
        sizes = [len(part) + 2 for part in edges]
        wanted = [
            np.bincount(row, minlength=size) / len(real)
            for row, size in zip(_sort(real, edges), sizes, strict=True)
        ]
        bins = _sort(pool, edges)
        offsets = [np.zeros(size) for size in sizes]
        keys, smooth = log_weights.copy(), SMOOTHING / n_rows
        for _ in range(TURNS):
            for row, offset, aim in zip(bins, offsets, wanted, strict=True):
                drawn = draw_by_weight(keys, n_rows, rng)
                found = np.bincount(row[drawn], minlength=len(offset)) / n_rows
                step = np.log((aim + smooth) / (found + smooth))
                step = np.clip(offset + step, -MOST_OFFSET, MOST_OFFSET) - offset
                offset += step  # noqa: PLW2901 - in place
                keys += step[row]
        return cls(edges, tuple(offsets))

    def weigh(self, features: Floats) -> Floats:
        """Give what is added to log-weights; (n_rows, n_features) -> (n_rows,)."""
        if not self.edges:
            return np.zeros(len(features))
        return _add_up(_sort(features, self.edges), self.offsets)

    def to_state(self) -> dict[str, Any]:
        """Give it as arrays."""
        return {"edges": list(self.edges), "offsets": list(self.offsets)}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """Rebuild it from `to_state`'s answer."""
        return cls(tuple(state["edges"]), tuple(state["offsets"]))


def _find_edges(column: Floats) -> Floats:
    """Give the edges between a column's bins: its values, or equally full ranges; (n_edges,)."""
    present = column[~np.isnan(column)]
    values = np.unique(present)
    if len(values) > MOST_VALUES:
        levels = np.linspace(0, 1, BINS + 1)[1:-1]
        return np.unique(np.quantile(present, levels))
    return np.asarray((values[1:] + values[:-1]) / 2)


def _sort(features: Floats, edges: tuple[Floats, ...]) -> Places:
    """Give the bin of each cell; (n_rows, n_features) -> (n_features, n_rows)."""
    bins = np.empty(features.T.shape, np.int64)
    for place, part in enumerate(edges):
        column = features[:, place]
        bins[place] = np.searchsorted(part, column)
        bins[place, np.isnan(column)] = len(part) + 1
    return bins


def _add_up(bins: Places, offsets: tuple[Floats, ...]) -> Floats:
    """Add up the offsets of each row's bins; shape (n_rows,)."""
    total = np.zeros(bins.shape[1])
    for row, offset in zip(bins, offsets, strict=True):
        total += offset[row]
    return total


def draw_by_weight(log_weights: Floats, n_rows: int, rng: np.random.Generator) -> Places:
    """Draw places without replacement, in proportion to exp(log_weights); shape (n_rows,).

    The largest of log-weights plus Gumbel noise are such a draw (Kool et al. 2019, section 2).
    """
    keys = log_weights + rng.gumbel(size=len(log_weights))
    chosen = (
        np.argpartition(-keys, n_rows - 1)[:n_rows] if n_rows < len(keys) else np.arange(n_rows)
    )
    return rng.permutation(chosen)
