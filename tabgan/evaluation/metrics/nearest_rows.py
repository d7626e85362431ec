"""How far apart two rows are, and which rows are the nearest."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from tabgan.evaluation.metrics.feature_matrix import Features

BLOCK = 50  # rows looked up at once: 50 x 50,000 distances are 20 MB
DECIMALS = 9  # of sums of distances, of which others were taken off: equal ones stay equal
MISSING = -2.0  # code of a missing category, beside -1 of an unknown one


@dataclass(frozen=True)
class Neighbours:
    """The nearest records of some rows.

    Attributes:
        distances: From the nearest on, shape (queries, k).
        indices: Of these records, shape (queries, k).
    """

    distances: NDArray[np.float64]
    indices: NDArray[np.int64]


@dataclass(frozen=True)
class GowerDistance:
    """How far apart two rows are: the distance of Gower (1971), summed over the features.

    Numbers differ by their distance over their range; categories, and a gap and a value, differ by
    1. NOTE[DIFF]: the range is that of the middle 98 %, so that outliers do not shrink the rest.

    Attributes:
        categorical: Which features are codes of categories, shape (features,).
        medians: Median of each number, which fills its gaps, shape (numbers,).
        ranges: Distance between the 1 % and the 99 % quantile of each number, shape (numbers,).
    """

    categorical: NDArray[np.bool_]
    medians: NDArray[np.float64]
    ranges: NDArray[np.float64]

    @classmethod
    def fit(cls, real: NDArray[np.float64], features: Features) -> "GowerDistance":
        """Return the distance that the ranges of the real table, (rows, features), define."""
        numbers = real[:, ~features.categorical]
        empty = np.isnan(numbers).all(axis=0)
        known = np.where(empty, 0.0, numbers)
        low, medians, high = (np.nanquantile(known, q, axis=0) for q in (0.01, 0.5, 0.99))
        return cls(features.categorical, medians, np.where(high > low, high - low, 1.0))

    def nearest(
        self, queries: NDArray[np.float64], records: NDArray[np.float64], k: int = 1
    ) -> Neighbours:
        """Return the k nearest of the records to each query; both of shape (some, features)."""
        parts, of_records = self._split(queries), self._split(records)
        distances, indices = np.empty((len(queries), k)), np.empty((len(queries), k), np.int64)
        for start in range(0, len(queries), BLOCK):
            block = slice(start, start + BLOCK)
            total = parts.rows(block).distances(of_records)
            near = np.argpartition(total, k - 1, axis=1)[:, :k]
            found = np.take_along_axis(total, near, axis=1)
            order = found.argsort(axis=1, kind="stable")
            indices[block] = np.take_along_axis(near, order, axis=1)
            distances[block] = np.take_along_axis(found, order, axis=1)
        return Neighbours(distances, indices)

    def nearest_by_others(
        self, queries: NDArray[np.float64], records: NDArray[np.float64], columns: Sequence[int]
    ) -> NDArray[np.int64]:
        """Return for each column the nearest record by all other columns; (queries, columns).

        Args:
            queries: Shape (some, features).
            records: Shape (others, features).
            columns: Features that are left out, one at a time.
        """
        parts, of_records = self._split(queries), self._split(records)
        split = [(self._take(parts, each), self._take(of_records, each)) for each in columns]
        indices = np.empty((len(queries), len(columns)), np.int64)
        for start in range(0, len(queries), BLOCK):
            block = slice(start, start + BLOCK)
            total = parts.rows(block).distances(of_records)
            for place, (own, of_column) in enumerate(split):
                others = total - own.rows(block).distances(of_column)
                indices[block, place] = np.round(others, DECIMALS).argmin(axis=1)
        return indices

    def range_of(self, column: int) -> float:
        """Return the range of a feature that is a number."""
        return float(self.ranges[np.flatnonzero(~self.categorical) == column][0])

    def _take(self, parts: "_Parts", column: int) -> "_Parts":
        """Return what one feature is in split rows."""
        place = int((self.categorical[:column] == self.categorical[column]).sum())
        if self.categorical[column]:
            return _Parts(parts.numbers[:, :0], parts.codes[:, [place]])
        gap = int(self.categorical.sum()) + place
        return _Parts(parts.numbers[:, [place]], parts.codes[:, [gap]])

    def _split(self, matrix: NDArray[np.float64]) -> "_Parts":
        """Return numbers over their ranges, and all that matches or does not: codes and gaps."""
        numbers, codes = matrix[:, ~self.categorical], matrix[:, self.categorical]
        gaps = np.isnan(numbers)
        scaled = np.where(gaps, 0.0, (numbers - self.medians) / self.ranges)
        return _Parts(scaled, np.hstack([np.nan_to_num(codes, nan=MISSING), gaps]))


@dataclass(frozen=True)
class _Parts:
    """Rows as numbers over their ranges, (rows, numbers), and as codes and gaps, (rows, others)."""

    numbers: NDArray[np.float64]
    codes: NDArray[np.float64]

    def rows(self, block: slice) -> "_Parts":
        return _Parts(self.numbers[block], self.codes[block])

    def distances(self, records: "_Parts") -> NDArray[np.float64]:
        """Return how far each row is from each record, shape (rows, records)."""
        total = cdist(self.codes, records.codes, "hamming") * records.codes.shape[1]
        if records.numbers.shape[1]:
            total += cdist(self.numbers, records.numbers, "cityblock")
        return np.asarray(total)


def subsample(
    matrix: NDArray[np.float64], max_rows: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the rows, or as many as are allowed, drawn without replacement."""
    if len(matrix) <= max_rows:
        return matrix
    return matrix[rng.choice(len(matrix), max_rows, replace=False)]
