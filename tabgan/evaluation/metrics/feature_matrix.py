"""How any two tables become numeric matrices that can be compared cell by cell.

Numbers stand as they are and datetimes as seconds since 1970; a gap stays NaN. A category is its
ordinal code in the real table, -1 for a category that the real table does not hold. What is made
anew for each row (keys, patterned text, free text), constants and empty columns say nothing about
similarity: they are left out, and `unjudged` names them.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tabgan.errors import TableError
from tabgan.evaluation.metrics.categories import category_texts, encode_categories
from tabgan.schema import TableSchema
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.text import is_datetime_number_format, parse_datetimes, parse_numbers, read_marks
from tabgan.schema.whole_numbers import parse_long_numbers, parse_whole_numbers

MAX_EXPONENT = 256  # of two, of numbers whose squares may be summed
MAX_NUMBER = 2.0**480  # of any table; beyond, what is summed of squares is no float64
NUMERIC_KINDS = frozenset({ColumnKind.CONTINUOUS, ColumnKind.INTEGER, ColumnKind.MIXED})
CATEGORICAL_KINDS = frozenset({ColumnKind.CATEGORICAL, ColumnKind.BOOLEAN})
FEATURE_KINDS = NUMERIC_KINDS | CATEGORICAL_KINDS | {ColumnKind.DATETIME}


@dataclass(frozen=True)
class Feature:
    """One column as numbers.

    Attributes:
        column: The column as the schema describes it.
        categories: Texts of the real table's categories in code order; None for numbers and
            datetimes.
        origin: What is taken off numbers that float64 cannot tell apart; None for all others.
        decimals: That those numbers have.
        exponent: Of the power of two by which numbers are divided whose squares float64 lacks.
    """

    column: Column
    categories: pd.Index | None
    origin: int | None = None
    decimals: int = 0
    exponent: int = 0

    @classmethod
    def fit(cls, column: Column, values: pd.Series) -> "Feature":
        """Learn the categories from the real column; numbers need nothing."""
        if column.kind not in CATEGORICAL_KINDS:
            exact = parse_long_numbers(values) if column.kind in NUMERIC_KINDS else None
            if exact is None:
                return cls(column, None, exponent=_extreme_exponent(column, values))
            return cls(column, None, int(exact.present.min()), exact.decimals)
        texts = category_texts(values)
        return cls(
            column, pd.Index(sorted({text for text in texts if text is not None}), dtype=object)
        )

    @property
    def name(self) -> Name:
        """Name of the column."""
        return self.column.name

    @property
    def categorical(self) -> bool:
        """Whether the values are codes of categories."""
        return self.categories is not None

    def encode(self, values: pd.Series) -> NDArray[np.float64]:
        """Return one column as numbers, float64 of shape (rows,); NaN where a value is missing.

        Raises:
            TableError: A value is no number or no datetime, where the real table holds these.
        """
        if self.categories is not None:
            return encode_categories(values, self.categories)
        numbers = self.read(values)
        with np.errstate(over="ignore"):  # numbers far beyond those of the real table
            return clip(np.ldexp(numbers, -self.exponent))

    def read(self, values: pd.Series) -> NDArray[np.float64]:
        """Return numbers or seconds as they are, infinite ones too; categories as their codes."""
        if self.categories is not None:
            return encode_categories(values, self.categories)
        if self.column.kind is ColumnKind.DATETIME:
            return _parse_datetimes(read_marks(values, self.column), self.column.format)
        if self.origin is not None:
            return self._distances(values)
        return parse_any_numbers(values, self.column)

    def empty(self, rows: int) -> pd.Series:
        """Return a column of gaps that `encode` takes; shape (rows,)."""
        if self.categorical:
            return pd.Series([None] * rows, dtype=object, name=self.name)
        if self.column.kind is ColumnKind.DATETIME:
            return pd.Series(np.full(rows, "NaT", "datetime64[us]"), name=self.name)
        return pd.Series(np.full(rows, np.nan), name=self.name)

    def _distances(self, values: pd.Series) -> NDArray[np.float64]:
        """Return long numbers by their distances from the origin, NaN where missing; (rows,)."""
        exact = parse_whole_numbers(values, self.decimals)
        if exact is None:
            return parse_numbers(values) - float(self.origin or 0) / 10.0**self.decimals
        distances = (exact.units.astype(object) - self.origin).astype(np.float64)
        return np.where(exact.missing, np.nan, distances / 10.0**self.decimals)


@dataclass(frozen=True)
class Features:
    """The comparable columns of a table, in its order.

    >>> from tabgan.schema import TableSchema
    >>> real = pd.DataFrame({"size": [1.5, 2.5, None, 2.75], "sex": ["m", "f", "f", "m"]})
    >>> features = Features.fit(real, TableSchema.infer(real))
    >>> features.matrix(pd.DataFrame({"size": [7.0], "sex": ["x"]}))
    array([[ 7., -1.]])
    """

    items: tuple[Feature, ...]

    @classmethod
    def fit(cls, real: pd.DataFrame, schema: TableSchema) -> "Features":
        """Learn the features of the real table, which decides what the codes mean."""
        comparable = [column for column in schema.columns if column.kind in FEATURE_KINDS]
        return cls(tuple(Feature.fit(column, real[column.name]) for column in comparable))

    @property
    def categorical(self) -> NDArray[np.bool_]:
        """Which features are codes of categories, shape (features,)."""
        return np.array([item.categorical for item in self.items], dtype=bool)

    @property
    def category_counts(self) -> NDArray[np.int64]:
        """How many categories each feature has, 0 for numbers, shape (features,)."""
        counts = [0 if item.categories is None else len(item.categories) for item in self.items]
        return np.array(counts, dtype=np.int64)

    def without(self, name: Name) -> "Features":
        """Return all features but one: what a downstream learner may look at."""
        return Features(tuple(item for item in self.items if item.name != name))

    def matrix(self, table: pd.DataFrame) -> NDArray[np.float64]:
        """Return a table as float64 (rows, features); NaN is missing, -1 an unknown category."""
        if not self.items:
            return np.empty((len(table), 0))
        return np.column_stack([item.encode(table[item.name]) for item in self.items])


def clip(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return numbers, those whose squares float64 lacks as the largest that it has squares of."""
    return np.asarray(np.clip(numbers, -MAX_NUMBER, MAX_NUMBER))


def parse_any_numbers(values: pd.Series, column: Column) -> NDArray[np.float64]:
    """Return numbers read in the real table's way of writing, or else in any one way; (rows,).

    Raises:
        TableError: A value is no number.
    """
    try:
        return parse_numbers(values, column)
    except TableError:
        return parse_numbers(read_marks(values, column))


def _extreme_exponent(column: Column, values: pd.Series) -> int:
    """Return the power of two that numbers are near to; 0 if their squares are ordinary."""
    if column.kind not in NUMERIC_KINDS or values.isna().all():
        return 0
    exponent = int(np.frexp(np.nanmax(np.abs(parse_any_numbers(values, column))))[1])
    return exponent if abs(exponent) > MAX_EXPONENT else 0


def _parse_datetimes(values: pd.Series, written: str | None) -> NDArray[np.float64]:
    """Return datetimes read in the real table's way of writing, or else in any one way.

    Whole numbers that are none, such as 20240230, count as missing.
    """
    try:
        return parse_datetimes(values, written)
    except TableError:
        if is_datetime_number_format(written) and pd.api.types.is_numeric_dtype(values):
            return parse_datetimes(values, written, errors="coerce")
        return parse_datetimes(values)
