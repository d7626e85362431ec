"""The contract of a metric: two tables in, one reading out, or the reason why there is none.

A new metric is one class with `compute` and one line in `METRICS` (`tabgan.evaluation.evaluator`).
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tabgan.columns import Name
from tabgan.evaluation.features import Features
from tabgan.schema import TableSchema


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
    """What `Metric.compute` found: the value, what real rows would get, and what was left out."""

    value: float
    reference: float | None = None
    note: str = ""


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
        reference: what real test rows get in the place of the synthetic ones; None where unknown.
        note: why there is no value, or what the value leaves out; "" where nothing needs saying.
    """

    metric: str
    title: str
    aim: Aim
    direction: Direction
    unit: str
    value: float | None
    reference: float | None = None
    note: str = ""


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
        return replace(self.unread(found.note), value=found.value, reference=found.reference)

    def unread(self, reason: str) -> Reading:
        """No answer, and why."""
        facts = self.name, self.title, self.aim, self.direction, self.unit
        return Reading(*facts, value=None, note=reason)


class FidelityMetric(Metric):
    """A metric of likeness; test rows in the place of the synthetic ones show what is perfect."""

    aim = Aim.FIDELITY

    @abstractmethod
    def likeness(self, comparison: Comparison, matrix: NDArray[np.float64]) -> Measurement:
        """Compare the real table with a matrix of shape (rows, features).

        Raises:
            IncomputableError: these tables allow no answer; the message says why.
        """

    def compute(self, comparison: Comparison) -> Measurement:
        """The likeness of the synthetic table, beside that of the test rows."""
        found = self.likeness(comparison, comparison.synthetic_matrix)
        try:
            reference = self.likeness(comparison, comparison.test_matrix).value
        except IncomputableError:
            return found
        return Measurement(found.value, reference, found.note)
