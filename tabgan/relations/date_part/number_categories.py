"""Whole numbers that stand in a column as categories: text such as "07", a pandas `category`, bool.

>>> series = pd.Series(["07", "11", "07"], name="month", dtype="object")
>>> numbers = NumberCategories.match(series, Column("month", ColumnKind.CATEGORICAL, "object"))
>>> numbers.read(series).tolist(), numbers.write(np.array([8.0, 12.0])).tolist()
([7.0, 11.0, 7.0], ['08', '12'])
"""

import re
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd

from tabgan.relations.protected_values import drop_unused
from tabgan.relations.saved_columns import read_categories
from tabgan.schema.arrays import Floats
from tabgan.schema.categories import Categories
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.plain_categories import to_plain
from tabgan.state_reader import StateReader

MAX_DIGITS = 4  # of a year
_NUMBER = re.compile(rf"\d{{1,{MAX_DIGITS}}}", re.ASCII)


@dataclass(frozen=True)
class NumberCategories:
    """Whole numbers as the categories of a column.

    Attributes:
        categories: Those seen; under protection in enough rows.
        width: Digits that all texts have, zeros before them if need be; 0 for as many as it takes.
    """

    categories: Categories
    width: int = 0

    @classmethod
    def match(cls, series: "pd.Series[Any]", column: Column) -> Self | None:
        """Return the numbers that a column holds; None if it holds anything else."""
        if column.kind not in {ColumnKind.CATEGORICAL, ColumnKind.BOOLEAN}:
            return None
        categories = Categories.from_series(series.drop_duplicates(), column)
        values = [category for category in categories.values if isinstance(category, str)]
        widths = {len(value) for value in values}
        has_zeros = any(value.startswith("0") and value != "0" for value in values)
        if not len(categories) or (has_zeros and len(widths) > 1):
            return None
        found = cls(categories, widths.pop() if has_zeros else 0)
        return found if all(found.parse(category) >= 0 for category in categories.values) else None

    def protect(self, series: "pd.Series[Any]", min_rows: int) -> Self | None:
        """Return it with the categories that enough rows of a column hold; None without any."""
        counts = np.bincount(self.categories.find(series) + 1, minlength=len(self.categories) + 1)
        kept = np.flatnonzero(counts[1:] >= min_rows)
        return (
            replace(self, categories=drop_unused(self.categories, kept)[0]) if len(kept) else None
        )

    @property
    def _type(self) -> type[Any]:
        return type(self.categories.values[0])

    @property
    def is_bool(self) -> bool:
        """Whether they are only 0 and 1, as False and True."""
        return self._type is bool

    def parse(self, category: object) -> float:
        """Return the number that a category is, -1 if it is none."""
        if isinstance(category, str):
            return float(category) if _NUMBER.fullmatch(category) else -1.0
        is_whole = isinstance(category, bool | int | float) and float(category).is_integer()
        return float(category) if is_whole else -1.0  # type: ignore[arg-type]

    def read(self, series: "pd.Series[Any]") -> Floats:
        """Return a column's numbers, NaN for gaps, -1 for what is none; shape (n_rows,)."""
        codes, distinct = pd.factorize(series.astype(object).to_numpy())
        plain = [to_plain(category, self.categories.column) for category in distinct]
        numbers = np.array([*map(self.parse, plain), np.nan])
        return np.asarray(numbers[codes])

    def write(self, numbers: Floats) -> "pd.Series[Any]":
        """Return numbers, NaN for gaps, as the column has them; shape (n_rows,)."""
        codes, distinct = pd.factorize(numbers)
        values = [self._write_one(int(number)) for number in distinct]
        known = self.categories.dtype_categories
        if known is not None:  # a number that none of them is joins them
            known = [*known, *(value for value in values if value not in known)]
        written = replace(self.categories, values=values, dtype_categories=known)
        return written.write(np.asarray(codes, np.int64))

    def _write_one(self, number: int) -> Any:
        return f"{number:0{self.width}d}" if self._type is str else self._type(number)

    def to_state(self) -> dict[str, Any]:
        """Return it as JSON-able values."""
        return {"width": self.width, "categories": self.categories.to_state()}

    @classmethod
    def from_state(cls, column: Column, state: StateReader) -> Self:
        """Rebuild it from its column and what `to_state` returned.

        Raises:
            ModelFileError: It holds what it cannot, or what are no whole numbers.
        """
        categories = read_categories(state.state("categories"), column)
        found = cls(categories, state.whole("width", 0, MAX_DIGITS))
        types = {type(value) for value in categories.values}
        is_sound = len(types) == 1 and all(found.parse(value) >= 0 for value in categories.values)
        state.check(is_sound, "categories", "are no whole numbers, all written in one way")
        return found
