"""What relations are discovered in: columns as numbers, as codes and as gaps, each made once."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from tabgan.config import NO_PROTECTION, Protection
from tabgan.relations.statistics import SAMPLE_ROWS
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Codes, Floats, Integers, Mask
from tabgan.schema.categories import Categories
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.float_conversion import to_float
from tabgan.schema.whole_numbers import WholeNumbers, parse_long_numbers

Rows = slice | Integers  # which of them
EVERY = slice(None)
UNRELATED_KINDS = {
    ColumnKind.CONSTANT,
    ColumnKind.EMPTY,
    *(kind for kind in ColumnKind if kind.is_made_anew),
}


class TableProfile:
    """A table column by column, in the forms that tests of relations need.

    Attributes:
        frame: The table, checked by its schema; shape (n_rows, n_columns).
        schema: Kinds and names of its columns.
        protection: What must not be remembered: rare categories, and extremes.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        schema: TableSchema,
        protection: Protection = NO_PROTECTION,
    ) -> None:
        self.frame, self.schema = frame, schema
        self.protection = protection
        self._numbers: dict[Name, Floats] = {}
        self._codes: dict[Name, Integers] = {}
        self._missing: dict[Name, Mask] = {}
        self._categories: dict[tuple[Name, int], Categories] = {}

    @property
    def min_rows(self) -> int:
        """Rows in which a category has to be seen to be remembered: 1 without protection."""
        return self.protection.k

    @cached_property
    def unprotected(self) -> "TableProfile":
        """The same table with nothing to hide."""
        return TableProfile(self.frame, self.schema) if self.protection.is_on else self

    def __len__(self) -> int:
        return len(self.frame)

    @cached_property
    def sample(self) -> "TableProfile":
        """At most `SAMPLE_ROWS` rows, the same every time, spread over the whole table."""
        if len(self) <= SAMPLE_ROWS:
            return self
        return TableProfile(self.frame.iloc[self.sample_rows], self.schema, self.protection)

    @cached_property
    def sample_rows(self) -> Integers:
        """Positions of the rows of `sample`, in order; (n_sample_rows,)."""
        if len(self) <= SAMPLE_ROWS:
            return np.arange(len(self))
        return np.sort(np.random.default_rng(0).choice(len(self), SAMPLE_ROWS, replace=False))

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Columns that can be part of a relation: no constants, no identifiers, no several marks.

        Where gaps have several marks, the mark is learned beside the value.
        """
        related = [column for column in self.schema.columns if column.kind not in UNRELATED_KINDS]
        return tuple(column for column in related if len(column.missing_marks) <= 1)

    @cached_property
    def number_columns(self) -> tuple[Column, ...]:
        """Those of `columns` that hold numbers which float64 can tell apart, without datetimes."""
        return tuple(
            column
            for column in self.columns
            if column.kind.is_number and self._long_numbers(column) is None
        )

    @cached_property
    def datetime_columns(self) -> tuple[Column, ...]:
        """Those of `columns` that hold datetimes."""
        return tuple(column for column in self.columns if column.kind is ColumnKind.DATETIME)

    def series(self, column: Column) -> "pd.Series[Any]":
        """Return a column with its own values and dtype; shape (n_rows,)."""
        series: pd.Series[Any] = self.frame[column.name]
        return series

    def numbers(self, column: Column) -> Floats:
        """Return a column of numbers or datetimes as floats; shape (n_rows,), NaN where missing."""
        if column.name not in self._numbers:
            self._numbers[column.name] = to_float(self.series(column), column)
        return self._numbers[column.name]

    def _long_numbers(self, column: Column) -> WholeNumbers | None:
        """Return a column's numbers exactly, if float64 cannot tell them apart; (n_rows,)."""
        return parse_long_numbers(self.series(column))

    def codes(self, column: Column) -> Integers:
        """Return each row's code: values numbered from 0 as they appear, a gap too; (n_rows,)."""
        if column.name not in self._codes:
            series = self.series(column)
            is_number = column.kind.is_quantitative and self._long_numbers(column) is None
            values: Any = self.numbers(column) if is_number else series.astype(object)
            self._codes[column.name] = pd.factorize(values, use_na_sentinel=False)[0].astype(
                np.int64
            )
        return self._codes[column.name]

    def categories(self, column: Column, min_rows: int = 1) -> Categories:
        """Return the categories that at least `min_rows` rows hold, commonest first."""
        key = column.name, min_rows
        if key not in self._categories:

            def keep(counts: Integers) -> Integers:
                return np.flatnonzero(counts >= min_rows)

            self._categories[key] = Categories.from_series(
                self.series(column), column, keep if min_rows > 1 else None
            )
        return self._categories[key]

    def n_categories(self, column: Column) -> int:
        """Return the number of different codes, a gap being one."""
        return int(self.codes(column).max()) + 1

    def is_same(self, column: Column, other: Column) -> bool:
        """Return whether what one column says of the other goes without saying."""
        return column == other

    def counted(self, column: Column) -> Mask | None:  # noqa: ARG002
        """Return the rows that tell what decides a column's gaps, (n_rows,); None for all."""
        return None

    def missing(self, column: Column) -> Mask:
        """Return where a column has gaps; shape (n_rows,), not to be written to."""
        if column.name not in self._missing:
            is_number = column.kind.is_quantitative
            gaps = np.isnan(self.numbers(column)) if is_number else self.series(column).isna()
            self._missing[column.name] = np.asarray(gaps)
        return self._missing[column.name]

    def stack_codes(self, columns: Sequence[Column], rows: Rows = EVERY) -> Codes:
        """Return the codes of several columns, as small integers; (n_rows, n_columns)."""
        n_codes = max(map(self.n_categories, columns), default=0)
        dtype = np.min_scalar_type(-n_codes - 1)
        none = np.zeros((len(self), 0), dtype)[rows]
        return np.column_stack([none, *(self.codes(c)[rows].astype(dtype) for c in columns)])

    def stack_gaps(self, columns: Sequence[Column], rows: Rows = EVERY) -> Mask:
        """Return where several columns have gaps; (n_rows, n_columns)."""
        none = np.zeros((len(self), 0), bool)[rows]
        return np.column_stack([none, *(self.missing(c)[rows] for c in columns)])
