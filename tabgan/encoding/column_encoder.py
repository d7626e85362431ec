"""The contract of a column encoder: a column <-> parts, a class and at most one scalar a row each.

Every kind of column becomes the same two arrays a part, so that networks, conditions and files need
not know kinds: ``codes`` say which class a cell falls into (a category, a mode, a spike, missing),
and ``scalars`` say where in its class a number lies, from -1 to 1.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.config import NO_PROTECTION, Protection, TrainingConfig
from tabgan.encoding.encoded_column import EncodedColumn, PartSelections, Rows, Selection
from tabgan.encoding.made_up import describe_made_up
from tabgan.encoding.mode_specific_normalization import MAX_MIXTURE_ROWS
from tabgan.errors import ConditionError
from tabgan.schema import Column, Name
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.categories import CategoryCounts
from tabgan.schema.holding import Holder
from tabgan.schema.predicates import Clause
from tabgan.state_reader import StateReader


@dataclass(frozen=True)
class ColumnEncoder(Holder, ABC):
    """A fitted encoding of one column as one part or several; its fields are its whole state.

    Most columns are one part; a datetime may be a day and a time of day (`CompositeEncoder`).
    """

    column: Column

    @classmethod
    @abstractmethod
    def fit(cls, column: Column, series: pd.Series, config: "EncoderConfig") -> Self:
        """Fit the encoding to a column of the training table; shape (n_rows,)."""

    @property
    @abstractmethod
    def parts(self) -> tuple["PartEncoder", ...]:
        """What is learned of the column, part by part."""

    @abstractmethod
    def encode_parts(self, series: pd.Series, rng: np.random.Generator) -> list[EncodedColumn]:
        """Return a column's cells as codes and scalars, part by part."""

    @abstractmethod
    def decode_parts(
        self,
        cells: Sequence[EncodedColumn],
        rows: Rows,
        rng: np.random.Generator,
        selections: PartSelections | None = None,
    ) -> pd.Series:
        """Return cells as a column with the dtype of the training table: undo `encode_parts`.

        Args:
            cells: What to decode, part by part; shape (n_rows,) each.
            rows: Numbers of the rows in the whole sample, by which values do not repeat; (n_rows,).
            rng: Source of the draws among values that are encoded alike.
            selections: What parts satisfy also within their classes.
        """

    @abstractmethod
    def select_parts(self, clauses: list[Clause]) -> PartSelections:
        """Turn clauses on this column into what they leave of its parts.

        Raises:
            ConditionError: Nothing is left, or a value is none of this column's.
        """

    @property
    def n_classes(self) -> int:
        """How many classes a cell can fall into, in all parts; 0: there is nothing to learn."""
        return sum(part.n_classes for part in self.parts)

    @property
    def room(self) -> int | None:
        """How many new keys are left to be made; None where values may repeat."""
        return None

    @property
    def max_length(self) -> int:
        """Characters of the longest text that is learned or made of it; 0: there is none."""
        return 0

    @property
    def note(self) -> str | None:
        """What of the column is made up instead of learned, in words; None if nothing is."""
        return describe_made_up(self.column, self.room)

    def group(
        self,
        frame: pd.DataFrame,  # noqa: ARG002
        others: Sequence["ColumnEncoder"],  # noqa: ARG002
    ) -> "ColumnEncoder":
        """Return the encoder with classes grouped by what stands in other columns of their rows.

        `frame` is the training table, `others` are the fitted encoders of its other columns.
        """
        return self

    def with_counts(
        self,
        counts: Sequence[npt.NDArray[np.int64]],  # noqa: ARG002
        n_rows: int,  # noqa: ARG002
    ) -> Self:
        """Return the encoder with the frequencies of all rows, where it was fitted to a sample.

        Args:
            counts: Rows of each class, part by part; shape (n_classes,) each.
            n_rows: Rows of the whole table.
        """
        return self

    def keep_out(self, series: pd.Series) -> "ColumnEncoder":  # noqa: ARG002
        """Return the encoder that makes up none of the values of these rows either; (n_rows,)."""
        return self

    def renumber(
        self,
        series: pd.Series,
        rows: Rows,  # noqa: ARG002
        rng: np.random.Generator,  # noqa: ARG002
    ) -> pd.Series:
        """Return a decoded column with new values for rows of these numbers, if they are unique."""
        return series

    def to_state(self) -> dict[str, Any]:
        """Return every field but the column: arrays as arrays, the rest JSON-able."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "column"}

    @classmethod
    @abstractmethod
    def from_state(cls, column: Column, state: StateReader) -> Self:
        """Rebuild an encoder from what `to_state` returned; a `ModelFileError` if it did not."""


@dataclass(frozen=True)
class PartEncoder(ColumnEncoder):
    """A column, or a part of one, that is a class and at most one scalar for each row."""

    @property
    @abstractmethod
    def n_classes(self) -> int: ...

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
        """Return a column's cells as codes and scalars."""

    @abstractmethod
    def decode(self, cells: EncodedColumn, rows: Rows, rng: np.random.Generator) -> pd.Series:
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

    @property
    def parts(self) -> tuple["PartEncoder", ...]:
        return (self,)

    def encode_parts(self, series: pd.Series, rng: np.random.Generator) -> list[EncodedColumn]:
        return [self.encode(series, rng)]

    def decode_parts(
        self,
        cells: Sequence[EncodedColumn],
        rows: Rows,
        rng: np.random.Generator,
        selections: PartSelections | None = None,
    ) -> pd.Series:
        selection = selections.by_part.get(0) if selections else None
        return self.decode_selected(cells[0], rows, rng, selection)

    def decode_selected(
        self,
        cells: EncodedColumn,
        rows: Rows,
        rng: np.random.Generator,
        selection: Selection | None,
    ) -> pd.Series:
        """Return decoded cells that satisfy a condition, if there is one, also within classes."""
        series = self.decode(cells, rows, rng)
        return series if selection is None else self.enforce(series, selection, rng)

    def enforce(
        self,
        series: pd.Series,
        selection: Selection,  # noqa: ARG002
        rng: np.random.Generator,  # noqa: ARG002
    ) -> pd.Series:
        """Return decoded cells that satisfy a condition also within their classes."""
        return series

    def select_parts(self, clauses: list[Clause]) -> PartSelections:
        return PartSelections({0: self.select(clauses)})


@dataclass(frozen=True)
class EncoderConfig:
    """What fitting an encoder may use, and what it must not remember.

    Attributes:
        rng: Source of all draws.
        max_modes: Components of a column's Gaussian mixture at the most.
        protection: How many rows hold what is kept.
        counts: Frequencies of categories, by column, where all rows were counted beforehand.
        mixture_rows: Rows that a column's mixture is fitted on at the most.
        n_rows: Rows of the whole table, where encoders are fitted to a sample of them.
        fillers: Cells that count for nothing since they only fill gaps, by column; (n_rows,) each.
    """

    rng: np.random.Generator
    max_modes: int = TrainingConfig.max_modes
    protection: Protection = NO_PROTECTION
    counts: Mapping[Name, CategoryCounts] = field(default_factory=dict)
    mixture_rows: int = MAX_MIXTURE_ROWS
    n_rows: int = 0
    fillers: Mapping[Name, Mask] = field(default_factory=dict)


def no_missing_error(column: Column) -> ConditionError:
    """Return the error of asking for missing values of a column that has none."""
    words = "has no missing values in the table, so none can be asked for"
    return ConditionError(f"column {column.name!r} {words}.")
