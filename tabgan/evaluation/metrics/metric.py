"""The contract of a metric: two tables in, one result out, or the reason why there is none.

A new metric is one class with `compute` and one line in `METRICS` (`registry.py`).
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tabgan.evaluation.metrics.feature_matrix import Features
from tabgan.schema import TableSchema
from tabgan.schema.column import Name


class Direction(StrEnum):
    """Which way a score gets better."""

    UP = "up"
    DOWN = "down"

    @property
    def sign(self) -> int:
        """Factor that makes a difference of two scores positive where it is an improvement."""
        return 1 if self is Direction.UP else -1


class MetricCategory(StrEnum):
    """What a metric watches over; a copy of the real table has perfect fidelity, and no privacy."""

    FIDELITY = "fidelity"
    PRIVACY = "privacy"

    @property
    def reference_title(self) -> str:
        """What stands beside each figure, as the head of a column."""
        return "noise floor" if self is MetricCategory.FIDELITY else "real test rows"


class IncomputableError(Exception):
    """A figure cannot be computed for these tables; the message says why, without a full stop."""


@dataclass(frozen=True)
class Unavailable:
    """Stands in the place of what could not be had, and says why.

    Attributes:
        reason: Why, in words that a report shows.
    """

    reason: str


@dataclass(frozen=True)
class Comparison:
    """Two tables to compare, and what is known about them.

    Attributes:
        real: The rows that the synthetic table imitates.
        synthetic: The table under judgement, with the columns of `real`.
        test: Real rows that no generator has seen, with the same columns.
        schema: Kinds of the columns, inferred from the real table.
        target: The column that a downstream learner predicts.
        seed: Decides every draw.
        is_unseen: False where the test rows are some of the table's own, cut out for want of
            others, so that the generator may have seen them.
    """

    real: pd.DataFrame
    synthetic: pd.DataFrame
    test: pd.DataFrame
    schema: TableSchema
    target: Name
    seed: int
    is_unseen: bool = True

    @cached_property
    def features(self) -> Features:
        """The comparable columns, target included, with the codes of the real table."""
        return Features.fit(self.real, self.schema)

    @cached_property
    def real_matrix(self) -> NDArray[np.float64]:
        """The real table as numbers, shape (rows, features)."""
        return self._to_matrix(self.real)

    @cached_property
    def synthetic_matrix(self) -> NDArray[np.float64]:
        """The synthetic table as numbers, shape (rows, features)."""
        return self._to_matrix(self.synthetic)

    @cached_property
    def test_matrix(self) -> NDArray[np.float64]:
        """The test rows as numbers, shape (rows, features)."""
        return self._to_matrix(self.test)

    def _to_matrix(self, table: pd.DataFrame) -> NDArray[np.float64]:
        if not self.features.items:
            raise IncomputableError("no column of the real table holds values to compare")
        return self.features.matrix(table)


@dataclass(frozen=True)
class Measurement:
    """What `Metric.compute` found; each field is that of `MetricResult`."""

    value: float
    reference: float | None = None
    note: str = ""
    low: float | None = None
    high: float | None = None
    warning: str = ""
    worst: tuple[str, ...] = ()


@dataclass(frozen=True)
class MetricResult:
    """One figure of a report; the fields have the names that its JSON has.

    Attributes:
        metric: Name in `METRICS`.
        title: The same in words.
        aim: What it watches over: fidelity or privacy.
        direction: Which way is better.
        unit: Unit of value and reference, "" for a share of one.
        value: The figure; None where it cannot be computed.
        reference: What perfect looks like; None where unknown. Of fidelity the noise floor: what
            real rows get in the place of the synthetic ones; of privacy what test rows get.
        note: Why there is no value, or what the value leaves out; "" where nothing needs saying.
        low: Lower end of the value's 95 % interval, where there is one. Of an attack it is that of
            the difference to the reference, laid around the value.
        high: Upper end of the same interval.
        warning: What is out of line, in a sentence; "" where nothing is.
        worst: The columns that fit least, from the worst on, where a metric looks at each.
    """

    metric: str
    title: str
    aim: MetricCategory
    direction: Direction
    unit: str
    value: float | None
    reference: float | None = None
    note: str = ""
    low: float | None = None
    high: float | None = None
    warning: str = ""
    worst: tuple[str, ...] = ()

    @property
    def interval(self) -> str:
        """The 95 % interval in words; "" where there is none."""
        known = self.low is not None and self.high is not None
        ends = f"{self.low:.3f} to {self.high:.3f} {self.unit}" if known else ""
        return f"95 % interval {ends}".rstrip() if known else ""


class Metric(ABC):
    """One question about a synthetic table, answered by one number.

    Attributes:
        name: Key in `METRICS` and in reports.
        title: The same in words.
        aim: What it watches over: fidelity or privacy.
        direction: Which way its value is better.
        unit: Unit of its value, "" for a share of one.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    aim: ClassVar[MetricCategory]
    direction: ClassVar[Direction]
    unit: ClassVar[str] = ""

    @abstractmethod
    def compute(self, comparison: Comparison) -> Measurement:
        """Return the metric of one comparison.

        Raises:
            IncomputableError: These tables have none; the message says why.
        """

    def evaluate(self, comparison: Comparison) -> MetricResult:
        """Return the metric with everything a reader needs, or the reason in its place."""
        try:
            found = self.compute(comparison)
        except IncomputableError as error:
            return self.without_value(str(error))
        if not np.isfinite(found.value):
            return self.without_value("the numbers are too large for it")
        return replace(self.without_value(""), **vars(found))

    def without_value(self, reason: str) -> MetricResult:
        """Return a result without a value, and why it has none."""
        facts = self.name, self.title, self.aim, self.direction, self.unit
        return MetricResult(*facts, value=None, note=reason)


class FidelityMetric(Metric):
    """A metric of similarity; a bootstrap of the real table is its noise floor."""

    aim = MetricCategory.FIDELITY

    @abstractmethod
    def compare(
        self, comparison: Comparison, real: NDArray[np.float64], synthetic: NDArray[np.float64]
    ) -> Measurement:
        """Return the similarity of two matrices, each of shape (some rows, features).

        Args:
            comparison: Says which features are categories, and the seed.
            real: The real rows, or some of them.
            synthetic: The synthetic rows, or real ones in their place for the noise floor.

        Raises:
            IncomputableError: These tables have none; the message says why.
        """

    def noise_floor_rows(
        self, comparison: Comparison
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return real rows, and a bootstrap of them in the place of the synthetic ones."""
        rng = np.random.default_rng(comparison.seed)
        real = comparison.real_matrix
        return real, real[rng.integers(len(real), size=len(comparison.synthetic))]

    def compute(self, comparison: Comparison) -> Measurement:
        """Return the similarity of the synthetic table, beside the noise floor."""
        found = self.compare(comparison, comparison.real_matrix, comparison.synthetic_matrix)
        try:
            reference = self.compare(comparison, *self.noise_floor_rows(comparison)).value
        except IncomputableError:
            return found
        return replace(found, reference=reference)


class SplitHalfMetric(FidelityMetric):
    """A metric that copies pass better than new rows: its floor is one half of the real table."""

    def noise_floor_rows(
        self, comparison: Comparison
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return one half of the real rows, and the other in the place of the synthetic rows."""
        rng = np.random.default_rng(comparison.seed)
        first, second = np.array_split(rng.permutation(len(comparison.real)), 2)
        return comparison.real_matrix[first], comparison.real_matrix[second]
