"""The contract of a column encoder: a column <-> one class a row, and at most one scalar.

Every kind of column comes down to the same two arrays, so that networks, conditions and files know
no kinds: ``codes`` say which class a cell falls into (a level, a mode, a spike, missing), and
``scalars`` say where in its class a number lies, from -1 to 1.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.config import PROTECTED_ROWS
from tabgan.encoding.mode_specific_normalization import MIXTURE_ROWS
from tabgan.errors import ConditionError
from tabgan.schema import Column, Name
from tabgan.schema.categories import LevelCounts
from tabgan.schema.predicates import Clause

Codes = npt.NDArray[np.int32]
Scalars = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class EncodedColumn:
    """One column as numbers.

    Shape:
        - codes: (n_rows,), from 0 to n_classes - 1
        - scalars: (n_rows,), from -1 to 1; 0 in classes that hold a single value
    """

    codes: Codes
    scalars: Scalars


@dataclass(frozen=True)
class Selection:
    """What a condition leaves of a column: the classes allowed, and how far into each.

    Shape:
        - classes, weights, low, high: (n_allowed,); weights are shares of the table's rows,
          low and high bound the scalar
    """

    classes: Codes
    weights: Floats
    low: Floats
    high: Floats
    places: npt.NDArray[np.int64] | None = None  # of the levels allowed: several share a class
    bounds: tuple[float, float] | None = None  # decoded numbers lie between these, ends included

    def draw(self, n_rows: int, rng: np.random.Generator) -> EncodedColumn:
        """Draw cells at their true frequency within what is allowed; shape (n_rows,) each."""
        total = self.weights.sum()
        shares = self.weights / total if total > 0 else None
        pick = rng.choice(len(self.classes), n_rows, p=shares)
        scalars = rng.uniform(self.low[pick], self.high[pick])
        return EncodedColumn(self.classes[pick], scalars.astype(np.float32))


@dataclass(frozen=True)
class ColumnEncoder(ABC):
    """One column's way into the networks and back. Its fields are its whole state."""

    column: Column

    @classmethod
    @abstractmethod
    def fit(cls, column: Column, series: pd.Series, setting: "EncoderSetting") -> Self:
        """Learn the encoding from a column of the training table; shape (n_rows,)."""

    @property
    @abstractmethod
    def n_classes(self) -> int:
        """How many classes a cell can fall into; 0: there is nothing to learn."""

    @property
    def n_modes(self) -> int:
        """How many of the classes, the first ones, hold a scalar."""
        return 0

    @property
    def spans(self) -> Floats | None:
        """Where each class lies on the column's own scale from 0 to 1; shape (n_classes, 2).

        Both ends agree for a class of one value; None for columns without an order.
        """
        return None

    @abstractmethod
    def encode(self, series: pd.Series, rng: np.random.Generator) -> EncodedColumn:
        """Give a column's cells as codes and scalars."""

    @abstractmethod
    def decode(
        self, cells: EncodedColumn, rows: npt.NDArray[np.int64], rng: np.random.Generator
    ) -> pd.Series:
        """Give cells back as a column with the dtype of the training table.

        Args:
            cells: What to decode; shape (n_rows,) each.
            rows: Number of each row in the whole sample, for values that must not repeat.
            rng: Source of the draws among what the network does not tell apart.
        """

    @abstractmethod
    def select(self, clauses: list[Clause]) -> Selection:
        """Turn clauses on this column into what they leave of it.

        Raises:
            ConditionError: Nothing is left, or a value is none of this column's.
        """

    def impose(
        self,
        series: pd.Series,
        selection: Selection,  # noqa: ARG002
        rng: np.random.Generator,  # noqa: ARG002
    ) -> pd.Series:
        """Write into a decoded column what a condition says beyond its class."""
        return series

    def to_state(self) -> dict[str, Any]:
        """Give every field but the column: arrays as arrays, the rest JSON-able."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "column"}

    @classmethod
    def from_state(cls, column: Column, state: dict[str, Any]) -> Self:
        """Rebuild an encoder from `to_state`'s answer."""
        return cls(column=column, **state)


@dataclass(frozen=True)
class EncoderSetting:
    """What fitting an encoder may use and must heed."""

    rng: np.random.Generator
    modes: int = 10
    protect: bool = False  # round the extremes, drop levels seen in fewer rows than `fewest`
    fewest: int = PROTECTED_ROWS
    counts: Mapping[Name, LevelCounts] = field(default_factory=dict)  # where known beforehand
    mixture_rows: int = MIXTURE_ROWS  # that tell a column's modes


def refuse_missing(column: Column) -> ConditionError:
    """Say that a missing value was asked of a column that has none."""
    return ConditionError(
        f"column {column.name!r} has no missing values in the table, so none can be asked for."
    )
