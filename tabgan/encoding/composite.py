"""Columns that are learned as several parts, such as a datetime as its day and its time of day.

Parts are columns of numbers or of categories; the networks learn them jointly with all others.

    parts = encoder.split(series)              # the cells of each part, gaps in all of them
    encoder.join(parts, rows, rng)             # the column again
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.encoding.categorical import CategoricalEncoder
from tabgan.encoding.column_encoder import (
    ColumnEncoder,
    EncoderConfig,
    PartEncoder,
    no_missing_error,
)
from tabgan.encoding.encoded_column import EncodedColumn, PartSelections, Rows
from tabgan.encoding.numerical import NumericalEncoder
from tabgan.errors import ConditionError
from tabgan.schema import Column
from tabgan.schema.float_conversion import asks_for_missing
from tabgan.schema.holding import Holding, join_holdings
from tabgan.schema.predicates import Clause
from tabgan.state_reader import StateReader

PartClauses = dict[int, Clause]  # what one clause asks of the parts, by number


@dataclass(frozen=True)
class CompositeEncoder(ColumnEncoder):
    """A column as parts.

    Attributes:
        part_encoders: Of the parts, in the order of `split`. The first one says which cells are
            missing.
    """

    part_encoders: tuple[PartEncoder, ...]

    @abstractmethod
    def split(self, series: pd.Series) -> list[pd.Series]:
        """Return the cells of each part; shape (n_rows,) each."""

    @abstractmethod
    def join(self, parts: list[pd.Series], rows: Rows, rng: np.random.Generator) -> pd.Series:
        """Return the column that parts make: undo `split`.

        Args:
            parts: Cells of each part, perhaps such as never stand together; (n_rows,) each.
            rows: Numbers of the rows in the whole sample; (n_rows,).
            rng: Source of what parts leave open.
        """

    @abstractmethod
    def to_cells(self, values: Sequence[object]) -> pd.Series:
        """Return values that a condition asks for as cells of the column.

        Raises:
            ConditionError: A value is none that the column could hold.
        """

    def push_down(self, clause: Clause) -> tuple[PartClauses, bool]:
        """Return what a comparison demands of parts, and whether that is all that it demands.

        Args:
            clause: With another operator than `=`, and a value of its own.
        """
        del clause
        return {}, False

    @property
    def parts(self) -> tuple[PartEncoder, ...]:
        return self.part_encoders

    def encode_parts(self, series: pd.Series, rng: np.random.Generator) -> list[EncodedColumn]:
        cells = zip(self.part_encoders, self.split(series), strict=True)
        return [encoder.encode(part, rng) for encoder, part in cells]

    def decode_parts(
        self,
        cells: Sequence[EncodedColumn],
        rows: Rows,
        rng: np.random.Generator,
        selections: PartSelections | None = None,
    ) -> pd.Series:
        asked = selections.by_part if selections else {}
        parts = [
            encoder.decode_selected(part, rows, rng, asked.get(number))
            for number, (encoder, part) in enumerate(zip(self.parts, cells, strict=True))
        ]
        return self.join(parts, rows, rng)

    def select_parts(self, clauses: list[Clause]) -> PartSelections:
        needed: dict[int, list[Clause]] = {}
        is_exact = True
        for clause in clauses:
            pushed, is_all = self._push_down_any(clause)
            is_exact &= is_all
            for number, part_clause in pushed.items():
                needed.setdefault(number, []).append(part_clause)
        selections = {}
        for number, part_clauses in needed.items():
            try:
                selections[number] = self.part_encoders[number].select(part_clauses)
            except ConditionError:
                raise self.unknown_error(clauses) from None
        return PartSelections(selections, is_exact)

    @property
    def holdings(self) -> tuple[Holding, ...]:
        held = [one for part in self.part_encoders for one in part.holdings]
        return join_holdings(one for one in held if one.count is not None)

    def unknown_error(self, clauses: Sequence[Clause]) -> ConditionError:
        """Return the error of asking for what the table does not have."""
        if all(clause.is_missing for clause in clauses):
            return no_missing_error(self.column)
        asked = " and ".join(clause.write() for clause in clauses)
        return ConditionError(
            f"column {self.column.name!r} cannot be {asked}: {self.describe_values()}."
        )

    def describe_values(self) -> str:
        """Return what the column's values are, in words that end a message."""
        return "the table has nothing like it"

    def _push_down_any(self, clause: Clause) -> tuple[PartClauses, bool]:
        if clause.operator in ("=", "!=") and asks_for_missing(clause.value):
            return {0: clause}, True
        if clause.operator == "=":
            cells = self.split(self.to_cells([clause.value]))
            return {n: Clause("=", _plain(part.iloc[0])) for n, part in enumerate(cells)}, True
        if clause.operator == "or":
            values, others = clause.split()
            if others or not values:
                return {}, False
            cells = self.split(self.to_cells(values))
            return {n: _one_of(part) for n, part in enumerate(cells)}, len(values) == 1
        return self.push_down(clause)

    def group(self, frame: pd.DataFrame, others: Sequence[ColumnEncoder]) -> "CompositeEncoder":
        if not any(isinstance(p, CategoricalEncoder) and p.has_rare for p in self.part_encoders):
            return self
        cells = dict(enumerate(self.split(frame[self.column.name])))
        wide = frame.assign(**{str(p.column.name): cells[n] for n, p in enumerate(self.parts)})
        parts = self.part_encoders
        grouped = [
            part.group(wide, [*others, *parts[:number], *parts[number + 1 :]])
            if isinstance(part, CategoricalEncoder)
            else part
            for number, part in enumerate(parts)
        ]
        return replace(self, part_encoders=tuple(grouped))

    def with_counts(self, counts: Sequence[npt.NDArray[np.int64]], n_rows: int) -> Self:
        pairs = zip(self.part_encoders, counts, strict=True)
        counted = tuple(part.with_counts([each], n_rows) for part, each in pairs)
        return replace(self, part_encoders=counted)

    def to_state(self) -> dict[str, Any]:
        parts = [{"column": p.column.to_dict(), "state": p.to_state()} for p in self.part_encoders]
        return super().to_state() | {"part_encoders": parts}


def fit_parts(
    columns: Sequence[Column], cells: Sequence[pd.Series], config: EncoderConfig
) -> tuple[PartEncoder, ...]:
    """Return an encoder fitted to each part: of numbers or of categories, by its column's kind.

    Args:
        columns: What each part is.
        cells: Of each part; (n_rows,) each.
        config: What encoders may use, and must not remember.
    """
    pairs = zip(columns, cells, strict=True)
    return tuple(_part_encoder(column).fit(column, part, config) for column, part in pairs)


def read_parts(columns: Sequence[Column], state: StateReader) -> tuple[PartEncoder, ...]:
    """Return the encoder of each part from what `to_state` returned of the whole.

    Args:
        columns: What each part is.
        state: Of the whole.

    Raises:
        ModelFileError: They are not those of such parts.
    """
    entries = state.states("part_encoders")
    found = f"has {len(entries)} parts, not {len(columns)}"
    state.check(len(entries) == len(columns), "part_encoders", found)
    pairs = zip(columns, entries, strict=True)
    return tuple(_part_encoder(each).from_state(each, e.state("state")) for each, e in pairs)


def _part_encoder(column: Column) -> type[PartEncoder]:
    return NumericalEncoder if column.kind.is_number else CategoricalEncoder


def _plain(cell: Any) -> Any:
    return None if pd.isna(cell) else cell


def _one_of(cells: pd.Series) -> Clause:
    return Clause("or", tuple((Clause("=", _plain(cell)),) for cell in cells.unique()))
