"""The contract of a metric: two tables in, one reading out, or the reason why there is none.

A new metric is one class with `compute` and one line in `METRICS` (`tabgan.evaluation.evaluate`).
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


class Aim(StrEnum):
    """What a metric watches over: a copy of the real table is perfect likeness, and a leak."""

    FIDELITY = "fidelity"
    PRIVACY = "privacy"

    @property
    def yardstick(self) -> str:
        """What stands beside each figure, as the head of a column."""
        return "noise floor" if self is Aim.FIDELITY else "real test rows"


class IncomputableError(Exception):
    """A metric cannot be computed for these tables; the message is its reading's reason."""


@dataclass(frozen=True)
class Comparison:
    """Two tables to compare, and what is known about them.

    Attributes:
        real: the rows that the synthetic table imitates.
        synthetic: the table under judgement, with the columns of `real`.
        test: real rows that no generator has seen, with the same columns.
        schema: kinds of the columns, inferred from the real table.
        target: the column that a downstream learner predicts.
        seed: decides every draw.
    """

    real: pd.DataFrame
    synthetic: pd.DataFrame
    test: pd.DataFrame
    schema: TableSchema
    target: Name
    seed: int

    @cached_property
    def features(self) -> Features:
        """The comparable columns, target included, with the codes of the real table."""
        return Features.fit(self.real, self.schema)

    @cached_property
    def real_matrix(self) -> NDArray[np.float64]:
        """The real table as numbers, shape (rows, features)."""
        return self._matrix(self.real)

    @cached_property
    def synthetic_matrix(self) -> NDArray[np.float64]:
        """The synthetic table as numbers, shape (rows, features)."""
        return self._matrix(self.synthetic)

    @cached_property
    def test_matrix(self) -> NDArray[np.float64]:
        """The test rows as numbers, shape (rows, features)."""
        return self._matrix(self.test)

    def _matrix(self, table: pd.DataFrame) -> NDArray[np.float64]:
        if not self.features.items:
            raise IncomputableError("no column of the real table holds values to compare")
        return self.features.matrix(table)


@dataclass(frozen=True)
class Measurement:
    """What `Metric.compute` found; each field is that of `Reading`."""

    value: float
    reference: float | None = None
    note: str = ""
    low: float | None = None
    high: float | None = None
    warning: str = ""


@dataclass(frozen=True)
class Reading:
    """One figure of a report.

    Attributes:
        metric: name in `METRICS`.
        title: the same in words.
        aim: fidelity or privacy.
        direction: which way is better.
        unit: unit of value and reference, "" for a share of one.
        value: the figure; None where it cannot be computed.
        reference: what perfect looks like; None where unknown. Of fidelity the noise floor: what
            real rows get in the place of the synthetic ones; of privacy what test rows get.
        note: why there is no value, or what the value leaves out; "" where nothing needs saying.
        low: lower end of the value's 95 % interval, where there is one.
        high: upper end of the value's 95 % interval, where there is one.
        warning: what is out of line, in a sentence; "" where nothing is.
    """

    metric: str
    title: str
    aim: Aim
    direction: Direction
    unit: str
    value: float | None
    reference: float | None = None
    note: str = ""
    low: float | None = None
    high: float | None = None
    warning: str = ""

    @property
    def remark(self) -> str:
        """The interval and the note, as they stand beside the figure."""
        known = self.low is not None and self.high is not None
        doubt = f"95 % interval {self.low:.3f} to {self.high:.3f}" if known else ""
        return "; ".join(part for part in (doubt, self.note) if part)


class Metric(ABC):
    """One question about a synthetic table, answered by one number."""

    name: ClassVar[str]
    title: ClassVar[str]
    aim: ClassVar[Aim]
    direction: ClassVar[Direction]
    unit: ClassVar[str] = ""

    @abstractmethod
    def compute(self, comparison: Comparison) -> Measurement:
        """Answer for one comparison.

        Raises:
            IncomputableError: these tables allow no answer; the message says why.
        """

    def read(self, comparison: Comparison) -> Reading:
        """The answer with everything a reader needs; an answer that fails says why in its place."""
        try:
            found = self.compute(comparison)
        except IncomputableError as reason:
            return self.unread(str(reason))
        return replace(self.unread(""), **vars(found))

    def unread(self, reason: str) -> Reading:
        """No answer, and why."""
        facts = self.name, self.title, self.aim, self.direction, self.unit
        return Reading(*facts, value=None, note=reason)


class FidelityMetric(Metric):
    """A metric of likeness; a bootstrap of the real table is its noise floor."""

    aim = Aim.FIDELITY

    @abstractmethod
    def likeness(
        self, comparison: Comparison, real: NDArray[np.float64], synthetic: NDArray[np.float64]
    ) -> Measurement:
        """Compare two matrices of shape (some rows, features).

        Raises:
            IncomputableError: these tables allow no answer; the message says why.
        """

    def floor(self, comparison: Comparison) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Real rows, and real rows in the place of the synthetic ones: their bootstrap."""
        rng = np.random.default_rng(comparison.seed)
        real = comparison.real_matrix
        return real, real[rng.integers(len(real), size=len(comparison.synthetic))]

    def compute(self, comparison: Comparison) -> Measurement:
        """The likeness of the synthetic table, beside the noise floor."""
        found = self.likeness(comparison, comparison.real_matrix, comparison.synthetic_matrix)
        try:
            reference = self.likeness(comparison, *self.floor(comparison)).value
        except IncomputableError:
            return found
        return replace(found, reference=reference)


class ApartMetric(FidelityMetric):
    """A metric that copies pass better than new rows: its floor is one half of the real table."""

    def floor(self, comparison: Comparison) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """One half of the real rows, and the other one in the place of the synthetic rows."""
        rng = np.random.default_rng(comparison.seed)
        first, second = np.array_split(rng.permutation(len(comparison.real)), 2)
        return comparison.real_matrix[first], comparison.real_matrix[second]
