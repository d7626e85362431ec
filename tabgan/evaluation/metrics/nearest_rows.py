"""How far apart two rows are, and which rows are the nearest."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from tabgan.evaluation.metrics.feature_matrix import Features

BLOCK = 50  # rows looked up at once: 50 x 50,000 distances are 20 MB
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
        query_numbers, query_codes = self._split(queries)
        record_numbers, record_codes = self._split(records)
        distances, indices = np.empty((len(queries), k)), np.empty((len(queries), k), np.int64)
        for start in range(0, len(queries), BLOCK):
            block = slice(start, start + BLOCK)
            total = cdist(query_codes[block], record_codes, "hamming") * record_codes.shape[1]
            if record_numbers.shape[1]:
                total += cdist(query_numbers[block], record_numbers, "cityblock")
            near = np.argpartition(total, k - 1, axis=1)[:, :k]
            found = np.take_along_axis(total, near, axis=1)
            order = found.argsort(axis=1, kind="stable")
            indices[block] = np.take_along_axis(near, order, axis=1)
            distances[block] = np.take_along_axis(found, order, axis=1)
        return Neighbours(distances, indices)

    def _split(
        self, matrix: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return numbers over their ranges, and all that matches or does not: codes and gaps."""
        numbers, codes = matrix[:, ~self.categorical], matrix[:, self.categorical]
        gaps = np.isnan(numbers)
        scaled = np.where(gaps, 0.0, (numbers - self.medians) / self.ranges)
        return scaled, np.hstack([np.nan_to_num(codes, nan=MISSING), gaps])


def subsample(
    matrix: NDArray[np.float64], max_rows: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the rows, or as many as are allowed, drawn without replacement."""
    if len(matrix) <= max_rows:
        return matrix
    return matrix[rng.choice(len(matrix), max_rows, replace=False)]
