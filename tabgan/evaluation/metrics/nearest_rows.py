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
        distances: from the nearest on, shape (queries, k).
        places: of these records, shape (queries, k).
    """

    distances: NDArray[np.float64]
    places: NDArray[np.int64]


@dataclass(frozen=True)
class Placement:
    """How far apart two rows are.

    Numbers differ by their distance over the span of their middle 98 %; categories, and a gap and a
    value, differ by 1; the differences are summed.

    Attributes:
        categorical: which features are codes of levels, shape (features,).
        middles: median of each number, which fills its gaps, shape (numbers,).
        spans: distance between the 1 % and the 99 % quantile of each number, shape (numbers,).
    """

    categorical: NDArray[np.bool_]
    middles: NDArray[np.float64]
    spans: NDArray[np.float64]

    @classmethod
    def fit(cls, real: NDArray[np.float64], features: Features) -> "Placement":
        """Spans of the real table, shape (rows, features)."""
        numbers = real[:, ~features.categorical]
        low, middles, high = np.nanquantile(numbers, [0.01, 0.5, 0.99], axis=0)
        return cls(features.categorical, middles, np.where(high > low, high - low, 1.0))

    def nearest(
        self, queries: NDArray[np.float64], records: NDArray[np.float64], k: int = 1
    ) -> Neighbours:
        """The k nearest of the records to each query; both of shape (some, features)."""
        query_numbers, query_codes = self._parts(queries)
        record_numbers, record_codes = self._parts(records)
        distances, places = np.empty((len(queries), k)), np.empty((len(queries), k), dtype=np.int64)
        for start in range(0, len(queries), BLOCK):
            block = slice(start, start + BLOCK)
            total = cdist(query_codes[block], record_codes, "hamming") * record_codes.shape[1]
            if record_numbers.shape[1]:
                total += cdist(query_numbers[block], record_numbers, "cityblock")
            near = np.argpartition(total, k - 1, axis=1)[:, :k]
            found = np.take_along_axis(total, near, axis=1)
            order = found.argsort(axis=1, kind="stable")
            places[block] = np.take_along_axis(near, order, axis=1)
            distances[block] = np.take_along_axis(found, order, axis=1)
        return Neighbours(distances, places)

    def _parts(
        self, matrix: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Numbers over their spans, and all that matches or does not: codes and gaps."""
        numbers, codes = matrix[:, ~self.categorical], matrix[:, self.categorical]
        gaps = np.isnan(numbers)
        scaled = np.where(gaps, 0.0, (numbers - self.middles) / self.spans)
        return scaled, np.hstack([np.nan_to_num(codes, nan=MISSING), gaps])


def draw(matrix: NDArray[np.float64], most: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """At most so many rows, drawn without replacement."""
    if len(matrix) <= most:
        return matrix
    return matrix[rng.choice(len(matrix), most, replace=False)]
