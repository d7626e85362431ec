"""Do synthetic rows stand nearer to real rows than rows of the real world would?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from tabgan.evaluation.features import Features
from tabgan.evaluation.metric import (
    Aim,
    Comparison,
    Direction,
    IncomputableError,
    Measurement,
    Metric,
)

DECIMALS = 6  # numbers that agree so far count as the same
NEAR = 0.05  # quantile of the test rows' distances that counts as near
MOST_RECORDS = 50_000  # real rows searched
MOST_QUERIES = 1_000  # synthetic and test rows looked up
BLOCK = 50  # rows looked up at once: 50 x 50,000 distances are 20 MB
MISSING = -2.0  # code of a missing category, beside -1 of an unknown one


class Copies(Metric):
    """Share of synthetic rows that stand verbatim in the real table, in percent."""

    name = "copies"
    title = "Rows copied verbatim"
    aim = Aim.PRIVACY
    direction = Direction.DOWN
    unit = "%"

    def compute(self, comparison: Comparison) -> Measurement:
        """Copies among the synthetic rows; the reference is the natural rate among test rows."""
        known = set(_keys(comparison.real_matrix))
        shares = [
            100 * float(np.mean([key in known for key in _keys(matrix)]))
            for matrix in (comparison.synthetic_matrix, comparison.test_matrix)
        ]
        return Measurement(value=shares[0], reference=shares[1])


class Nearness(Metric):
    """Share of synthetic rows nearer to a real row than 95 % of test rows are, in percent."""

    name = "nearness"
    title = "Rows nearer than the nearest 5 % of test rows"
    aim = Aim.PRIVACY
    direction = Direction.DOWN
    unit = "%"

    def compute(self, comparison: Comparison) -> Measurement:
        """Distance to the closest real record; the reference is 5 %, and more where rows tie."""
        if len(comparison.test) < 1 / NEAR:
            raise IncomputableError(
                f"{len(comparison.test)} test rows are too few to say what is near, 20 are needed"
            )
        rng = np.random.default_rng(comparison.seed)
        place = Placement.fit(comparison.real_matrix, comparison.features)
        records = _some(comparison.real_matrix, MOST_RECORDS, rng)
        synthetic, test = (
            place.closest(_some(matrix, MOST_QUERIES, rng), records)
            for matrix in (comparison.synthetic_matrix, comparison.test_matrix)
        )
        edge = np.quantile(test, NEAR)
        return Measurement(
            100 * float(np.mean(synthetic <= edge)), 100 * float(np.mean(test <= edge))
        )


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

    def closest(
        self, queries: NDArray[np.float64], records: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Distance of each query to the closest record, shape (queries,)."""
        query_numbers, query_codes = self._parts(queries)
        record_numbers, record_codes = self._parts(records)
        closest = np.empty(len(queries))
        for start in range(0, len(queries), BLOCK):
            block = slice(start, start + BLOCK)
            total = cdist(query_codes[block], record_codes, "hamming") * record_codes.shape[1]
            if record_numbers.shape[1]:
                total += cdist(query_numbers[block], record_numbers, "cityblock")
            closest[block] = total.min(axis=1)
        return closest

    def _parts(
        self, matrix: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Numbers over their spans, and all that matches or does not: codes and gaps."""
        numbers, codes = matrix[:, ~self.categorical], matrix[:, self.categorical]
        gaps = np.isnan(numbers)
        scaled = np.where(gaps, 0.0, (numbers - self.middles) / self.spans)
        return scaled, np.hstack([np.nan_to_num(codes, nan=MISSING), gaps])


def _some(matrix: NDArray[np.float64], most: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """At most so many rows, drawn without replacement."""
    if len(matrix) <= most:
        return matrix
    return matrix[rng.choice(len(matrix), most, replace=False)]


def _keys(matrix: NDArray[np.float64]) -> list[bytes]:
    """One hashable key a row; equal rows have equal keys."""
    rounded = np.round(matrix, DECIMALS) + 0.0  # -0.0 becomes 0.0
    rounded[np.isnan(rounded)] = np.nan  # one bit pattern for all gaps
    return [row.tobytes() for row in np.ascontiguousarray(rounded)]
