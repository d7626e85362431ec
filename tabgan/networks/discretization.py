"""Rows as bins: each cell is one of finitely many, and what a mixture of products is over.

A class without scalars is one bin. A mode is cut into bins of equal width: scalars are quantiles of
their mode (`tabgan.encoding.mode_specific_normalization`), so such bins hold about equally many
rows, and no edge of one is a value of some row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.layout import Layout
from tabgan.schema.arrays import Floats, Indices
from tabgan.state_reader import StateReader

MAX_BINS = 48  # of a mode
BINS_PER_COLUMN = 96  # of a column that is all modes: those of a mode go by its share of the rows
MIN_BIN_ROWS = 25  # on average


@dataclass(frozen=True)
class Discretization:
    """The bins of all columns, those of a column after each other, those of a class as well.

    Attributes:
        layout: Of the columns.
        n_bins: Of each class; (width,).

    Example:
        >>> layout = Layout((2,), (1,), (0,), np.array([[0.0, 1.0], [0.0, 0.0]]))
        >>> numbers_and_gaps = Discretization(layout, np.array([4, 1]))
        >>> codes, scalars = np.array([[0], [0], [1]], np.int32), np.array([[-0.9], [1.0], [0.0]])
        >>> numbers_and_gaps.to_bins(EncodedTable(codes, scalars)).ravel().tolist()
        [0, 3, 4]
    """

    layout: Layout
    n_bins: Indices

    @classmethod
    def of_table(
        cls, table: EncodedTable, layout: Layout, whole: Sequence[int] = ()
    ) -> "Discretization":
        """Return bins for a table: the more rows a mode holds, the more it is cut into.

        Args:
            table: The rows.
            layout: Of the columns.
            whole: Columns whose modes are not cut.
        """
        is_whole = np.repeat(np.isin(np.arange(len(layout.n_classes)), whole), layout.n_classes)
        counts = np.concatenate(table.count_classes(layout))
        enough = np.minimum(counts // MIN_BIN_ROWS, BINS_PER_COLUMN * counts // max(len(table), 1))
        return cls(layout, np.where(_find_modes(layout) & ~is_whole, enough.clip(1, MAX_BINS), 1))

    @cached_property
    def starts(self) -> Indices:
        """The first bin of each class, and the number of all; (width + 1,)."""
        return np.concatenate([[0], np.cumsum(self.n_bins)])

    @cached_property
    def column_starts(self) -> Indices:
        """The first bin of each column, and the number of all; (n_columns + 1,)."""
        return self.starts[[*self.layout.offsets, self.layout.width]]

    @property
    def n_all(self) -> int:
        """Bins of all columns together."""
        return int(self.starts[-1])

    @cached_property
    def _classes(self) -> Indices:
        """The class of each bin, counted over all columns; (n_all,)."""
        return np.repeat(np.arange(self.layout.width), self.n_bins)

    @cached_property
    def _is_mode(self) -> npt.NDArray[np.bool_]:
        return _find_modes(self.layout)

    def to_bins(self, table: EncodedTable) -> Indices:
        """Return the bin of each cell; (n_rows, n_columns)."""
        classes = table.codes + np.array(self.layout.offsets)
        n_bins = self.n_bins[classes]
        within = ((table.scalars + 1) / 2 * n_bins).astype(np.int64)
        return np.asarray(self.starts[classes] + within.clip(0, n_bins - 1))

    def to_table(self, bins: Indices, positions: npt.NDArray[np.float32]) -> EncodedTable:
        """Return rows in such bins, their scalars where `positions` say: 0 to 1 from end to end.

        Shape (n_rows, n_columns) all of them.
        """
        classes = self._classes[bins]
        codes = (classes - np.array(self.layout.offsets)).astype(np.int32)
        within = bins - self.starts[classes] + positions
        scalars = (2 * within / self.n_bins[classes] - 1) * self._is_mode[classes]
        return EncodedTable(codes, scalars.clip(-1, 1).astype(np.float32))

    def log_densities(self) -> Floats:
        """Return the log-density of a scalar in each bin, 0 where there is none; (n_all,)."""
        densities = np.where(self._is_mode, np.log(self.n_bins / 2), 0.0)
        return np.asarray(densities[self._classes])

    def find_positions(self) -> Floats:
        """Return where bins begin on their column's scale from 0 to 1; (n_all,), 0 without one."""
        low, high = self.layout.spans[self._classes].T
        within = np.arange(self.n_all) - self.starts[self._classes]
        return np.asarray(low + (high - low) * within / self.n_bins[self._classes])

    def pool_modes(self, shares: Floats) -> Floats:
        """Return shares of bins, those of a mode's bins made equal; (n_all,) both."""
        of_classes = np.add.reduceat(shares, self.starts[:-1])
        return np.asarray((of_classes / self.n_bins)[self._classes])

    @classmethod
    def from_state(cls, layout: Layout, state: StateReader) -> "Discretization":
        """Rebuild it from its field `n_bins`.

        Raises:
            ModelFileError: A class cannot be cut into so many.
        """
        n_bins = state.integers("n_bins", (layout.width,), 1, MAX_BINS)
        is_sound = bool((n_bins[~_find_modes(layout)] == 1).all())
        state.check(is_sound, "n_bins", "cuts classes that hold no number")
        return cls(layout, n_bins)


def _find_modes(layout: Layout) -> npt.NDArray[np.bool_]:
    """Return which classes hold scalars; (width,)."""
    codes = np.concatenate([np.arange(count) for count in layout.n_classes])
    return np.asarray(codes < np.repeat(layout.n_modes, layout.n_classes))
