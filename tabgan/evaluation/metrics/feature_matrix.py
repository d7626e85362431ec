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
from tabgan.schema import TableSchema
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.text import parse_datetimes, parse_numbers, read_marks

UNKNOWN = -1.0
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
    """

    column: Column
    categories: pd.Index | None

    @classmethod
    def fit(cls, column: Column, values: pd.Series) -> "Feature":
        """Learn the categories from the real column; numbers need nothing."""
        if column.kind not in CATEGORICAL_KINDS:
            return cls(column, None)
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
        if self.column.kind is ColumnKind.DATETIME:
            return _parse_datetimes(read_marks(values, self.column), self.column.format)
        if self.categories is None:
            return parse_any_numbers(values, self.column)
        texts = category_texts(values)
        codes = self.categories.get_indexer(pd.Index(texts, dtype=object)).astype(np.float64)
        codes[[text is None for text in texts]] = np.nan
        return codes


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


def parse_any_numbers(values: pd.Series, column: Column) -> NDArray[np.float64]:
    """Return numbers read in the real table's way of writing, or else in any one way; (rows,).

    Raises:
        TableError: A value is no number.
    """
    try:
        return parse_numbers(values, column)
    except TableError:
        return parse_numbers(read_marks(values, column))


def _parse_datetimes(values: pd.Series, written: str | None) -> NDArray[np.float64]:
    """Return datetimes read in the real table's way of writing, or else in any one way."""
    try:
        return parse_datetimes(values, written)
    except TableError:
        return parse_datetimes(values)


def category_texts(values: pd.Series) -> list[str | None]:
    """Return categories as texts that do not depend on a file's dtype: 1, 1.0 and "1" are one.

    Returns:
        One text a row, None where the value is missing.
    """
    codes, uniques = pd.factorize(values)
    texts: list[str | None] = [_category_text(value) for value in uniques]
    texts.append(None)  # factorize marks a gap as -1
    return [texts[code] for code in codes]


def _category_text(value: object) -> str:
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)
