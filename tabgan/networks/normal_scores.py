"""Ordered columns as normal scores (van der Waerden 1952): what Gaussians are fitted to.

On a scale from 0 to 1 the classes of a column stand side by side in the order of their values, each
as wide as its share of the rows, gaps below all values; a score is the normal quantile of a place.
The place of a number in its mode is its scalar, and that of a cell without one is drawn within its
class: so each column's scores are normal, whatever its distribution is, and rounding back is exact.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.layout import Layout
from tabgan.schema.arrays import Floats, Indices
from tabgan.state_reader import StateReader

MAX_SCORED = 48  # columns of a table, if any are
MIN_CLASSES = 10  # of an ordered column that is scored though most of it is no number of a mode
MIN_NUMBERS = 0.5  # share of a column's cells that are in modes, from which on it is scored
MIN_WIDTH = 1e-6  # of a class, whose logarithm is taken
END = 1e-5  # of the scale, beyond which no score is told from others
BELOW_ALL = -2.0  # where gaps stand in the order of classes
TOLERANCE = 1e-3  # of widths that add up to 1


@dataclass(frozen=True)
class NormalScores:
    """The scales of those columns that are scored.

    Attributes:
        layout: Of all columns.
        widths: Of each class on the scale of its column, 1 together; 0 where a column is not
            scored; (width,).

    Example:
        >>> layout = Layout((2,), (1,), (0,), np.array([[0.0, 1.0], [0.0, 0.0]]))
        >>> numbers_and_gaps = NormalScores(layout, np.array([0.5, 0.5]))
        >>> codes, scalars = np.array([[0], [0]], np.int32), np.array([[-1.0], [0.0]], np.float32)
        >>> table = EncodedTable(codes, scalars)
        >>> scores = numbers_and_gaps.to_scores(table, np.full((2, 1), 0.5))
        >>> scores.ravel().round(2).tolist()
        [0.0, 0.67]
        >>> numbers_and_gaps.to_cells(scores, table).scalars.ravel().round(2).tolist()
        [-1.0, 0.0]
    """

    layout: Layout
    widths: Floats

    @classmethod
    def of_table(cls, table: EncodedTable, layout: Layout) -> "NormalScores":
        """Return the scales of a table's rows: at least one."""
        widths = []
        for column, counts in enumerate(table.count_classes(layout)):
            shares = counts / len(table)
            is_number = shares[: layout.n_modes[column]].sum() >= MIN_NUMBERS
            is_fine = is_number or layout.n_classes[column] >= MIN_CLASSES
            widths.append(shares * (is_fine and column in layout.ordered))
        return cls(layout, np.concatenate(widths))

    @cached_property
    def columns(self) -> Indices:
        """Those that are scored; (n_scored,)."""
        return np.flatnonzero(np.add.reduceat(self.widths, self.layout.offsets) > 0)

    def find_number(self, column: int) -> int:
        """Return which of the scored columns one of all is."""
        return int(np.searchsorted(self.columns, column))

    @property
    def n_moments(self) -> int:
        """How many means, and means of products of two, all scores have."""
        return len(self.columns) * (len(self.columns) + 3) // 2

    @cached_property
    def _orders(self) -> list[Indices]:
        """Of each scored column its classes in order; (n_classes,) each."""
        found = []
        for column in self.columns:
            spans = self.layout.spans[self._slice(column)]
            middles = np.where((spans == 0).all(axis=1), BELOW_ALL, spans.mean(axis=1))
            found.append(np.argsort(middles, kind="stable"))
        return found

    @cached_property
    def _starts(self) -> Floats:
        """Where each class begins on its column's scale; (width,)."""
        starts = np.zeros(len(self.widths))
        for column, order in zip(self.columns, self._orders, strict=True):
            own = self.widths[self._slice(column)][order]
            starts[self._slice(column)][order] = np.cumsum(own) - own
        return starts.clip(max=1)  # rounding aside

    def _slice(self, column: int) -> slice:
        first = self.layout.offsets[column]
        return slice(first, first + self.layout.n_classes[column])

    def to_scores(self, table: EncodedTable, positions: npt.NDArray[Any]) -> Floats:
        """Return the scores of rows; (n_rows, n_columns) -> (n_rows, n_scored).

        Args:
            table: The rows.
            positions: Of cells without a scalar within their class, 0 to 1; as the rows are.
        """
        codes = table.codes[:, self.columns]
        classes = codes + np.array(self.layout.offsets)[self.columns]
        is_number = codes < np.array(self.layout.n_modes)[self.columns]
        within = (table.scalars[:, self.columns].astype(np.float64) + 1) / 2
        within = np.where(is_number, within, positions[:, self.columns])
        return _to_scores(self._starts[classes] + self.widths[classes] * within)

    def intervals(self, column: int) -> Floats:
        """Return from and to which score each class of a scored column is; (n_classes, 2)."""
        starts = self._starts[self._slice(column)]
        ends = starts + self.widths[self._slice(column)]
        quantiles = np.column_stack([starts, np.where(ends > 1 - MIN_WIDTH, 1, ends)])
        return np.asarray(torch.special.ndtri(torch.from_numpy(quantiles)).numpy())

    def score_within(self, column: int, codes: Indices, within: Floats) -> Floats:
        """Return the scores of cells so far within a class, 0 to 1, of a column; (n_rows,) each."""
        own = self._slice(column)
        return _to_scores(self._starts[own][codes] + self.widths[own][codes] * within)

    def find_within(self, column: int, codes: Indices, scores: Floats) -> Floats:
        """Return how far within its class, 0 to 1, each score of a column is; (n_rows,) each."""
        own = self._slice(column)
        within = _to_quantiles(scores) - self._starts[own][codes]
        return np.asarray((within / np.maximum(self.widths[own][codes], MIN_WIDTH)).clip(0, 1))

    def to_cells(self, scores: Floats, table: EncodedTable) -> EncodedTable:
        """Return rows with the cells of scored columns as their scores say.

        Args:
            scores: Shape (n_rows, n_scored).
            table: Of the other columns.
        """
        codes, scalars = table.codes.copy(), table.scalars.copy()
        quantiles = _to_quantiles(scores)
        for number, (column, classes) in enumerate(zip(self.columns, self._orders, strict=True)):
            order = classes[self.widths[self._slice(column)][classes] > 0]
            widths = self.widths[self._slice(column)][order]
            starts = self._starts[self._slice(column)][order]
            rank = np.searchsorted(starts, quantiles[:, number], "right").clip(1) - 1
            within = (quantiles[:, number] - starts[rank]) / widths[rank]
            is_number = order[rank] < self.layout.n_modes[column]
            codes[:, column] = order[rank]
            scalars[:, column] = np.where(is_number, (2 * within - 1).clip(-1, 1), 0)
        return EncodedTable(codes, scalars)

    def log_slopes(self, table: EncodedTable) -> Floats:
        """Return the log of how fast quantiles on the scales rise with a row's scalars; (n_rows,).

        A cell without a scalar has all the width of its class.
        """
        codes = table.codes[:, self.columns]
        widths = self.widths[codes + np.array(self.layout.offsets)[self.columns]]
        halves = np.where(codes < np.array(self.layout.n_modes)[self.columns], 0.5, 1.0)
        return np.asarray(np.log(np.maximum(widths, MIN_WIDTH) * halves).sum(axis=1))

    @classmethod
    def from_state(cls, layout: Layout, state: StateReader) -> "NormalScores":
        """Rebuild it from its field `widths`.

        Raises:
            ModelFileError: They are of no scales of such a layout.
        """
        widths = state.floats("widths", (layout.width,), 0, 1)
        sums = np.add.reduceat(widths, layout.offsets)
        is_sound = (np.abs(sums - 1) <= TOLERANCE) | (sums == 0)
        state.check(bool(is_sound.all()), "widths", "do not add up to 1")
        found = cls(layout, widths)
        state.check(len(found.columns) <= MAX_SCORED, "widths", "are of too many columns")
        state.check(set(found.columns) <= set(layout.ordered), "widths", "are of unordered columns")
        return found


def _to_scores(quantiles: Floats) -> Floats:
    found = torch.special.ndtri(torch.from_numpy(quantiles.clip(END, 1 - END)))
    return np.asarray(found.numpy())


def _to_quantiles(scores: Floats) -> Floats:
    return np.asarray(torch.special.ndtr(torch.from_numpy(scores)).numpy())
