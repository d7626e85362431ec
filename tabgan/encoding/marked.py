"""Columns with several marks of a gap, such as `?` beside `N/A`: which one is a category."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.encoding.amount import AmountEncoder
from tabgan.encoding.categorical import CategoricalEncoder
from tabgan.encoding.column_encoder import ColumnEncoder, EncoderConfig, PartEncoder
from tabgan.encoding.datetime import DatetimeEncoder
from tabgan.encoding.encoded_column import EncodedColumn, PartSelections, Rows
from tabgan.encoding.free_text.free_text import FreeTextEncoder
from tabgan.encoding.keys.pattern import PatternEncoder
from tabgan.encoding.numerical import NumericalEncoder
from tabgan.schema import Column, ColumnKind
from tabgan.schema.holding import Holding
from tabgan.schema.predicates import Clause
from tabgan.schema.text import join_marks, read_marks, split_marks
from tabgan.state_reader import StateReader

REAL_GAP = "a gap without a mark"  # among the marks; pandas tells no text with a NUL apart
VALUES: Mapping[ColumnKind, type[ColumnEncoder]] = {  # of columns that may have marks
    ColumnKind.CONTINUOUS: NumericalEncoder,
    ColumnKind.INTEGER: NumericalEncoder,
    ColumnKind.MIXED: NumericalEncoder,
    ColumnKind.CATEGORICAL: CategoricalEncoder,
    ColumnKind.BOOLEAN: CategoricalEncoder,
    ColumnKind.DATETIME: DatetimeEncoder,
    ColumnKind.IDENTIFIER: PatternEncoder,
    ColumnKind.PATTERN: PatternEncoder,
    ColumnKind.TEXT: FreeTextEncoder,
}


@dataclass(frozen=True)
class MarkedEncoder(ColumnEncoder):
    """A column as the parts of its values, then what stands in its gaps.

    Attributes:
        values: Of the column with gaps in the place of its marks.
        marks: Of the marks; missing where there is a value.
    """

    values: ColumnEncoder
    marks: CategoricalEncoder

    @classmethod
    def fit(cls, column: Column, series: pd.Series, config: EncoderConfig) -> Self:
        """Fit an encoder to the values and one to the marks."""
        plain, marks = _split(series, column)
        marks = _without_rare(marks, config.protection.k)
        config = replace(config, counts={})  # all rows were counted with their marks
        values = _encoder_of_values(column).fit(_without_marks(column), plain, config)
        return cls(column, values, CategoricalEncoder.fit(_mark_column(column), marks, config))

    @property
    def parts(self) -> tuple[PartEncoder, ...]:
        return (*self.values.parts, self.marks)

    @property
    def room(self) -> int | None:
        return self.values.room

    @property
    def max_length(self) -> int:
        return max(self.values.max_length, self.marks.max_length)

    @property
    def note(self) -> str | None:
        return self.values.note

    def encode_parts(self, series: pd.Series, rng: np.random.Generator) -> list[EncodedColumn]:
        plain, marks = _split(series, self.column)
        return [*self.values.encode_parts(plain, rng), self.marks.encode(marks, rng)]

    def decode_parts(
        self,
        cells: Sequence[EncodedColumn],
        rows: Rows,
        rng: np.random.Generator,
        selections: PartSelections | None = None,
    ) -> pd.Series:
        plain = self.values.decode_parts(cells[:-1], rows, rng, selections)
        missing = plain.isna().to_numpy()
        marks = self.marks.decode(cells[-1], rows, rng)[missing]
        marks = marks.fillna(next(iter(self.marks.categories.values), REAL_GAP))
        return join_marks(plain, marks.mask(marks == REAL_GAP))

    def select_parts(self, clauses: list[Clause]) -> PartSelections:
        """Return what clauses leave; asking for a mark means gaps that have it."""
        marks = [clause for clause in clauses if self._asks_for_mark(clause)]
        plain = [clause.read_marks(self.column.missing_marks) for clause in clauses]
        selections = self.values.select_parts(plain)
        if not marks:
            return selections
        asked = self.marks.select(marks)
        return replace(selections, by_part={**selections.by_part, len(self.values.parts): asked})

    def _asks_for_mark(self, clause: Clause) -> bool:
        if clause.operator == "or":
            return all(len(b) == 1 and self._asks_for_mark(b[0]) for b in clause.value)
        return clause.operator == "=" and clause.value in self.column.missing_marks

    def with_counts(self, counts: Sequence[npt.NDArray[np.int64]], n_rows: int) -> Self:
        values = self.values.with_counts(counts[:-1], n_rows)
        return replace(self, values=values, marks=self.marks.with_counts(counts[-1:], n_rows))

    def keep_out(self, series: pd.Series) -> Self:
        return replace(self, values=self.values.keep_out(read_marks(series, self.column)))

    def renumber(self, series: pd.Series, rows: Rows, rng: np.random.Generator) -> pd.Series:
        plain, marks = split_marks(series, self.column)
        return join_marks(self.values.renumber(plain, rows, rng), marks)

    @property
    def holdings(self) -> tuple[Holding, ...]:
        marks = [replace(one, what="marks of gaps") for one in self.marks.holdings]
        return (*self.values.holdings, *marks)

    def to_state(self) -> dict[str, Any]:
        return {"values": self.values.to_state(), "marks": self.marks.to_state()}

    @classmethod
    def from_state(cls, column: Column, state: StateReader) -> Self:
        state.check(
            column.kind in VALUES, "values", f"are of the kind {column.kind}, without marks"
        )
        kind = _encoder_of_values(column)
        values = kind.from_state(_without_marks(column), state.state("values"))
        marks = CategoricalEncoder.from_state(_mark_column(column), state.state("marks"))
        known, allowed = set(marks.categories.values), {*column.missing_marks, REAL_GAP}
        state.check(set() < known <= allowed, "marks", "holds none of the column's marks")
        return cls(column, values, marks)


def _encoder_of_values(column: Column) -> type[ColumnEncoder]:
    return AmountEncoder if column.is_amount else VALUES[column.kind]


def _split(series: pd.Series, column: Column) -> tuple[pd.Series, pd.Series]:
    """Return the values, gaps in the place of marks, and the marks, gaps elsewhere; (n_rows,)."""
    plain, found = split_marks(series, column)
    marks = pd.Series(None, index=series.index, dtype=object)
    marks[plain.isna()] = found.astype(object).where(found.notna(), REAL_GAP)
    return plain, marks


def _without_rare(marks: pd.Series, k: int) -> pd.Series:
    """Return marks, as gaps without one if no mark is in k rows."""
    counts = marks.value_counts()
    return marks if not len(counts) or counts.iloc[0] >= k else marks.where(marks.isna(), REAL_GAP)


def _without_marks(column: Column) -> Column:
    return replace(column, missing_marks=())


def _mark_column(column: Column) -> Column:
    name = f"{column.name}: mark of a gap"
    return Column(name, ColumnKind.CATEGORICAL, "object", element="str")
