"""What relations are found in: columns as numbers, as codes and as gaps, each made once."""

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.config import PROTECTED_ROWS
from tabgan.schema import TableSchema
from tabgan.schema.categories import Levels
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.predicates import Floats, Mask, read_numbers

Codes = npt.NDArray[np.int64]

SAMPLE_ROWS = 5_000  # on which candidates are sought; survivors are checked on all rows
SILENT = {ColumnKind.CONSTANT, ColumnKind.EMPTY, ColumnKind.IDENTIFIER}
CHANCE = 1e-9  # a relation is kept when chance would bring it about more rarely than this
TOLERATED = 1 / 1_000  # share of rows that may break a relation that is offered, not kept


class Evidence:
    """A table seen column by column.

    Attributes:
        frame: The table, checked by its schema; shape (n_rows, n_columns).
        schema: Its schema.
        protect: Whether levels seen in fewer than `fewest` rows must not be remembered.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        schema: TableSchema,
        *,
        protect: bool = False,
        fewest: int = PROTECTED_ROWS,
    ) -> None:
        self.frame, self.schema = frame, schema
        self.protect, self.fewest = protect, fewest
        self._numbers: dict[Name, Floats] = {}
        self._codes: dict[Name, Codes] = {}
        self._levels: dict[tuple[Name, int], Levels] = {}

    def __len__(self) -> int:
        return len(self.frame)

    @cached_property
    def sample(self) -> "Evidence":
        """A bounded choice of rows, the same every time, spread over the whole table."""
        if len(self) <= SAMPLE_ROWS:
            return self
        rows = np.random.default_rng(0).choice(len(self), SAMPLE_ROWS, replace=False)
        chosen = self.frame.iloc[np.sort(rows)]
        return Evidence(chosen, self.schema, protect=self.protect, fewest=self.fewest)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Columns that can be part of a relation: no constants, no identifiers."""
        return tuple(column for column in self.schema.columns if column.kind not in SILENT)

    @cached_property
    def number_columns(self) -> tuple[Column, ...]:
        """Columns of numbers among them, moments not included."""
        return tuple(column for column in self.columns if column.kind.is_number)

    @cached_property
    def moment_columns(self) -> tuple[Column, ...]:
        """Columns of moments among them."""
        return tuple(column for column in self.columns if column.kind is ColumnKind.DATETIME)

    def series(self, column: Column) -> "pd.Series[Any]":
        """Give a column as it stands in the table; shape (n_rows,)."""
        series: pd.Series[Any] = self.frame[column.name]
        return series

    def numbers(self, column: Column) -> Floats:
        """Give a column of numbers or moments as numbers; shape (n_rows,), NaN where missing."""
        if column.name not in self._numbers:
            self._numbers[column.name] = read_numbers(self.series(column), column)
        return self._numbers[column.name]

    def codes(self, column: Column) -> Codes:
        """Give a column's levels by number, from 0, a gap being one more level; shape (n_rows,)."""
        if column.name not in self._codes:
            series = self.series(column)
            is_number = column.kind.is_number or column.kind is ColumnKind.DATETIME
            values: Any = self.numbers(column) if is_number else series.astype(object)
            self._codes[column.name] = pd.factorize(values, use_na_sentinel=False)[0].astype(
                np.int64
            )
        return self._codes[column.name]

    def levels(self, column: Column, fewest: int = 1) -> Levels:
        """Give a column's levels that stand in so many rows at the least, commonest first."""
        key = column.name, fewest
        if key not in self._levels:

            def keep(counts: Codes) -> Codes:
                return np.flatnonzero(counts >= fewest)

            self._levels[key] = Levels.of(self.series(column), column, keep if fewest > 1 else None)
        return self._levels[key]

    def n_levels(self, column: Column) -> int:
        """Give how many levels a column has, a gap being one."""
        return int(self.codes(column).max()) + 1

    def missing(self, column: Column) -> Mask:
        """Say where a column has gaps; shape (n_rows,)."""
        if column.kind.is_number or column.kind is ColumnKind.DATETIME:
            return np.isnan(self.numbers(column))
        return np.asarray(self.series(column).isna())
