"""The contingency tables of a column with many others, of two tables of rows, counted at once.

>>> real, other = np.array([[0, 0, 5], [1, 1, 5], [1, 1, 6]]), np.array([[0, 1, 5], [1, 0, 6]])
>>> tables = ContingencyTables(real, other)
>>> tables.measure_strengths(0, np.array([1, 2])).round(3).tolist()
[1.0, 0.5]
>>> tables.measure_distances(0, np.array([1, 2])).round(3).tolist()
[1.0, 0.333]
"""

import numpy as np
from numpy.typing import NDArray

MAX_COUNTED = 2**22  # cells of tables, or rows of pairs, that are counted at once

Codes = NDArray[np.int64]
Figures = NDArray[np.float64]


class ContingencyTables:
    """The cells of two tables of the same columns.

    Args:
        real: Integers; (n_rows, n_columns).
        synthetic: The same; (n_other_rows, n_columns).
    """

    def __init__(self, real: Codes, synthetic: Codes) -> None:
        both = np.concatenate([real, synthetic])
        found = [np.unique(column, return_inverse=True) for column in both.T]
        self._codes = np.array([codes for _, codes in found], np.int64).reshape(-1, len(both))
        self._sizes = np.array([len(values) for values, _ in found], np.int64)
        self._n_real = len(real)

    def find_narrow(self, column: int, others: Codes) -> NDArray[np.bool_]:
        """Return with which others a column has a table that is small enough; (n_others,)."""
        return np.asarray(self._sizes[column] * self._sizes[others] <= MAX_COUNTED)

    def split(self, column: int, others: Codes) -> list[Codes]:
        """Return others in parts that are counted at once with a column."""
        widths = np.maximum(self._sizes[column] * self._sizes[others], self._codes.shape[1])
        parts = np.cumsum(widths) // MAX_COUNTED
        return np.split(others, np.flatnonzero(np.diff(parts)) + 1) if len(others) else []

    def measure_strengths(self, column: int, others: Codes) -> Figures:
        """Return Cramér's V of a real column with others (Cramér 1946); (n_others,).

        0 to 1, NaN where one does not vary.
        """
        counts, starts = self._count(column, others, slice(self._n_real))
        rows, columns = counts.sum(axis=1, keepdims=True), np.add.reduceat(counts, starts)
        with np.errstate(all="ignore"):
            expected = rows * np.repeat(columns, self._sizes[others], axis=0)
            parts = np.where(counts > 0, counts**2 / expected, 0.0).sum(axis=1)
            excess = np.maximum(np.add.reduceat(parts, starts) - 1, 0.0)
            n_rows = np.add.reduceat((rows[:, 0] > 0).astype(np.int64), starts)
            fewer = np.minimum(n_rows, (columns > 0).sum(axis=1)) - 1
            return np.where(fewer > 0, np.sqrt(excess / fewer), np.nan)

    def measure_distances(self, column: int, others: Codes) -> Figures:
        """Return the total variation between both tables' pairs of cells, 0 to 1; (n_others,)."""
        real, starts = self._count(column, others, slice(self._n_real))
        synthetic, _ = self._count(column, others, slice(self._n_real, None))
        n_synthetic = self._codes.shape[1] - self._n_real
        apart = np.abs(real / self._n_real - synthetic / n_synthetic).sum(axis=1)
        return np.asarray(np.add.reduceat(apart, starts) / 2)

    def _count(self, column: int, others: Codes, rows: slice) -> tuple[Codes, Codes]:
        """Return the tables on top of each other, and where each of them begins.

        Args:
            column: Whose cells stand in the tables' columns.
            others: Whose cells stand in their rows.
            rows: That are counted.
        """
        ends, width = np.cumsum(self._sizes[others]), int(self._sizes[column])
        starts = ends - self._sizes[others]
        numbered = (self._codes[others, rows] + starts[:, None]) * width
        pairs = (numbered + self._codes[column, rows]).ravel()
        return np.bincount(pairs, minlength=int(ends[-1]) * width).reshape(-1, width), starts
