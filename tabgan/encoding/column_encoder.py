"""The contract of a column encoder: a column <-> a class and at most one scalar for each row.

Every kind of column becomes the same two arrays, so that networks, conditions and files need not
know kinds: ``codes`` say which class a cell falls into (a category, a mode, a spike, missing), and
``scalars`` say where in its class a number lies, from -1 to 1.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.config import NO_PROTECTION, Protection, TrainingConfig
from tabgan.encoding.mode_specific_normalization import MAX_MIXTURE_ROWS
from tabgan.errors import ConditionError
from tabgan.schema import Column, Name
from tabgan.schema.arrays import Floats
from tabgan.schema.categories import CategoryCounts
from tabgan.schema.predicates import Clause
from tabgan.schema.ranges import Range

Codes = npt.NDArray[np.int32]
Scalars = npt.NDArray[np.float32]


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
    """What a condition leaves of a column: the classes allowed, and the range of each one's scalar.

    A class comes twice if two parts of it are allowed.

    Shape:
        - classes, weights, low, high: (n_allowed,); weights are shares of the table's rows,
          low and high bound the scalar
    """

    classes: Codes
    weights: Floats
    low: Floats
    high: Floats
    indices: npt.NDArray[np.int64] | None = None  # of the categories allowed: several share a class
    ranges: tuple[Range, ...] | None = None  # decoded numbers lie in one of these
    share: float = 1.0  # of the table's rows

    def join(self, other: "Selection") -> Self:
        """Return what either leaves of a column of numbers, if they have nothing in common."""
        arrays = {
            name: np.concatenate([getattr(self, name), getattr(other, name)])
            for name in ("classes", "weights", "low", "high")
        }
        ranges = (*(self.ranges or ()), *(other.ranges or ())) or None
        return replace(self, **arrays, ranges=ranges, share=self.share + other.share)

    def draw(self, n_rows: int, rng: np.random.Generator) -> EncodedColumn:
        """Draw cells at their true frequency within what is allowed; shape (n_rows,) each."""
        total = self.weights.sum()
        shares = self.weights / total if total > 0 else None
        drawn = rng.choice(len(self.classes), n_rows, p=shares)
        scalars = rng.uniform(self.low[drawn], self.high[drawn])
        return EncodedColumn(self.classes[drawn], scalars.astype(np.float32))


@dataclass(frozen=True)
class ColumnEncoder(ABC):
    """A fitted encoding of one column. Its fields are its whole state."""

    column: Column

    @classmethod
    @abstractmethod
    def fit(cls, column: Column, series: pd.Series, config: "EncoderConfig") -> Self:
        """Fit the encoding to a column of the training table; shape (n_rows,)."""

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

    @property
    def note(self) -> str | None:
        """What a user should know of how its values are made up; None: they are learned."""
        return None

    @abstractmethod
    def encode(self, series: pd.Series, rng: np.random.Generator) -> EncodedColumn:
        """Return a column's cells as codes and scalars."""

    @abstractmethod
    def decode(
        self, cells: EncodedColumn, rows: npt.NDArray[np.int64], rng: np.random.Generator
    ) -> pd.Series:
        """Return cells as a column with the dtype of the training table: undo `encode`.

        Args:
            cells: What to decode; shape (n_rows,) each.
            rows: Numbers of the rows in the whole sample, by which values do not repeat; (n_rows,).
            rng: Source of the draws among values that share a class.
        """

    @abstractmethod
    def select(self, clauses: list[Clause]) -> Selection:
        """Turn clauses on this column into what they leave of it.

        Raises:
            ConditionError: Nothing is left, or a value is none of this column's.
        """

    def group(
        self,
        frame: pd.DataFrame,  # noqa: ARG002
        others: Sequence["ColumnEncoder"],  # noqa: ARG002
    ) -> "ColumnEncoder":
        """Return the encoder with classes grouped by what stands in other columns of their rows.

        Args:
            frame: Rows of the training table; shape (n_rows, n_columns).
            others: Fitted, of all other columns.
        """
        return self

    def with_counts(self, counts: npt.NDArray[np.int64], n_rows: int) -> "ColumnEncoder":  # noqa: ARG002
        """Return the encoder with the frequencies of all rows, where it was fitted to a sample.

        Args:
            counts: Rows of each class; shape (n_classes,).
            n_rows: Rows of the whole table.

        Raises:
            TableError: They contradict what was counted of the whole table before.
        """
        return self

    def keep_out(self, series: pd.Series) -> "ColumnEncoder":  # noqa: ARG002
        """Return the encoder that makes up none of the texts of these rows either; (n_rows,)."""
        return self

    def renumber(
        self,
        series: pd.Series,
        rows: npt.NDArray[np.int64],  # noqa: ARG002
        rng: np.random.Generator,  # noqa: ARG002
    ) -> pd.Series:
        """Return a decoded column with new values for rows of these numbers, if they are unique."""
        return series

    def enforce(
        self,
        series: pd.Series,
        selection: Selection,  # noqa: ARG002
        rng: np.random.Generator,  # noqa: ARG002
    ) -> pd.Series:
        """Return a decoded column that satisfies a condition also within its classes."""
        return series

    def to_state(self) -> dict[str, Any]:
        """Return every field but the column: arrays as arrays, the rest JSON-able."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "column"}

    @classmethod
    def from_state(cls, column: Column, state: dict[str, Any]) -> Self:
        """Rebuild an encoder from what `to_state` returned."""
        return cls(column=column, **state)


@dataclass(frozen=True)
class EncoderConfig:
    """What fitting an encoder may use, and what it must not remember.

    Attributes:
        rng: Source of all draws.
        max_modes: Components of a column's Gaussian mixture at the most.
        protection: Whether extremes are rounded and rare categories dropped.
        counts: Frequencies of categories, by column, where all rows were counted beforehand.
        mixture_rows: Rows that a column's mixture is fitted on at the most.
    """

    rng: np.random.Generator
    max_modes: int = TrainingConfig.max_modes
    protection: Protection = NO_PROTECTION
    counts: Mapping[Name, CategoryCounts] = field(default_factory=dict)
    mixture_rows: int = MAX_MIXTURE_ROWS


def no_missing_error(column: Column) -> ConditionError:
    """Return the error of asking for missing values of a column that has none."""
    return ConditionError(
        f"column {column.name!r} has no missing values in the table, so none can be asked for."
    )
