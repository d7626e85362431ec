"""Do synthetic rows stay where real rows are, and do they reach everywhere that real rows are?

Around every real row lies a ball that reaches to its fifth nearest real row. Precision is that of
Kynkäänniemi et al. (2019), but a row is inside only if it is in the ball of the real row nearest to
it, so that the wide balls of outliers do not let everything in. Coverage is that of Naeem et al.
(2020).
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tabgan.evaluation.metrics.metric import (
    Comparison,
    Direction,
    IncomputableError,
    Measurement,
    SplitHalfMetric,
)
from tabgan.evaluation.metrics.nearest_rows import GowerDistance, subsample

NEIGHBOURS = 5  # as Naeem et al. recommend
MAX_ROWS = 2_000  # of each table; the balls of the same number of rows are equally wide
MIN_ROWS = 20


@dataclass(frozen=True)
class Balls:
    """Where real rows are.

    Attributes:
        distance: How far rows are apart.
        centres: Real rows, shape (rows, features).
        radii: Distance to the fifth nearest other row, shape (rows,).
    """

    distance: GowerDistance
    centres: NDArray[np.float64]
    radii: NDArray[np.float64]

    @classmethod
    def from_rows(cls, rows: NDArray[np.float64], distance: GowerDistance) -> Self:
        """Return a ball around each row, shape (rows, features)."""
        near = distance.nearest(rows, rows, NEIGHBOURS + 1)  # the nearest is the row itself
        return cls(distance, rows, near.distances[:, -1])


class SupportMetric(SplitHalfMetric):
    """A share of rows, found from the balls around real rows."""

    direction = Direction.UP

    def compare(
        self, comparison: Comparison, real: NDArray[np.float64], synthetic: NDArray[np.float64]
    ) -> Measurement:
        """Draw as many rows of each table, no more than half the real ones; return their share."""
        rows = min(len(comparison.real) // 2, len(synthetic), MAX_ROWS)
        if rows < MIN_ROWS:
            raise IncomputableError(f"{rows} rows are too few, {MIN_ROWS} are needed")
        rng = np.random.default_rng(comparison.seed)
        distance = GowerDistance.fit(comparison.real_matrix, comparison.features)
        balls = Balls.from_rows(subsample(real, rows, rng), distance)
        return Measurement(self.share(balls, subsample(synthetic, rows, rng)))

    @abstractmethod
    def share(self, balls: Balls, points: NDArray[np.float64]) -> float:
        """Return the share that is asked for, of synthetic rows of shape (rows, features)."""


class Precision(SupportMetric):
    """Share of synthetic rows where real rows are."""

    name = "precision"
    title = "Precision: synthetic rows among real ones"

    def share(self, balls: Balls, points: NDArray[np.float64]) -> float:
        """Return the share of the points that lie in the ball of the nearest real row."""
        near = balls.distance.nearest(points, balls.centres)
        return float(np.mean(near.distances[:, 0] <= balls.radii[near.indices[:, 0]]))


class Coverage(SupportMetric):
    """Share of real rows that have a synthetic row near; low where a generator forgot a part."""

    name = "coverage"
    title = "Coverage: real rows with synthetic ones near"

    def share(self, balls: Balls, points: NDArray[np.float64]) -> float:
        """Return the share of the balls that hold a point."""
        near = balls.distance.nearest(balls.centres, points)
        return float(np.mean(near.distances[:, 0] <= balls.radii))
