"""Parts of datetimes in local time: year, month, weekday, date, ...

>>> local = pd.DatetimeIndex(["2024-03-01 12:30", None])
>>> CalendarPart("month").compute(local).tolist(), CalendarPart("weekday").compute(local).tolist()
([3.0, nan], [4.0, nan])

Weekdays and months may have English names: `Monday`, `mon`, `MAR`.

>>> column = Column("x", ColumnKind.CATEGORICAL, "str")
>>> match_names(pd.Series(["mon", "fri", "sun"], name="x"), column)[1].values
['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd

from tabgan.relations.date_part.number_categories import NumberCategories
from tabgan.relations.exact_arithmetic import round_trips
from tabgan.relations.protected_values import drop_unused
from tabgan.relations.saved_columns import read_categories
from tabgan.schema import restore_dtype
from tabgan.schema.arrays import Floats
from tabgan.schema.categories import Categories
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.float_conversion import to_float
from tabgan.schema.text.datetimes.local_time import from_local, to_datetimes, to_local, to_seconds
from tabgan.state_reader import StateReader

SATURDAY = 5  # of the weekdays from 0, Monday, on
PARTS: Mapping[str, Callable[[pd.DatetimeIndex], Any]] = {
    "year": lambda local: local.year,
    "month": lambda local: local.month,
    "day": lambda local: local.day,
    "hour": lambda local: local.hour,
    "minute": lambda local: local.minute,
    "weekday": lambda local: local.day_of_week,
    "dayofyear": lambda local: local.day_of_year,
    "quarter": lambda local: local.quarter,
    "week": lambda local: local.isocalendar().week,
    "weekend": lambda local: np.where(local.isna(), np.nan, local.day_of_week >= SATURDAY),
    "date": lambda local: to_seconds(local.normalize()),
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
SPELLINGS = [
    (part, [case(name[:length]) for name in names])
    for part, names in (("weekday", WEEKDAYS), ("month", MONTHS))
    for length in (None, 3)
    for case in (str.title, str.lower, str.upper)
]
SPELLINGS += [("quarter", [f"{letter}{number}" for number in range(1, 5)]) for letter in "Qq"]
FIRST_NUMBER = {"weekday": 0, "month": 1, "quarter": 1}  # of Monday, of January, of Q1


@dataclass(frozen=True)
class CalendarPart:
    """One part of a datetime, and how a column writes it.

    Attributes:
        name: One of `PARTS`.
        week_offset: Days by which the week begins before Monday: 1 on Sunday, 2 on Saturday.
        first_number: Of the week's first day, 0 or 1.
        names: Those of all weekdays from Monday on, of all months, or of all quarters; None for
            numbers and dates.
        numbers: How numbers are written if they are categories; None if they are numbers.
    """

    name: str
    week_offset: int = 0
    first_number: int = 0
    names: Categories | None = None
    numbers: NumberCategories | None = None

    @classmethod
    def from_state(cls, state: StateReader, column: Column) -> Self:
        """Rebuild it from the state of its relation, for the column that holds it.

        Raises:
            ModelFileError: It holds what it cannot, or the column cannot hold such a part.
        """
        name, names, numbers = state.text("part", PARTS), None, None
        is_weekday = name == "weekday" and not state.has("words")
        if state.has("words"):
            names = read_categories(state.state("words"), column)
            is_known = any((name, names.values) == spelling for spelling in SPELLINGS)
            state.check(is_known, "words", f"are not those of each {name}")
        if state.has("numbers"):  # not in the files of release 0.1
            numbers = NumberCategories.from_state(column, state.state("numbers"))
        part = cls(
            name,
            state.whole("turn", 0, 2 * is_weekday),
            state.whole("start", 0, is_weekday),
            names,
            numbers,
        )
        state.check(part._fits(column), "part", f"cannot be held by a {column.kind.value} column")
        return part

    def _fits(self, column: Column) -> bool:
        """Return whether a column of this kind can hold the part, written as it is."""
        if self.name == "date":
            return column.kind is ColumnKind.DATETIME and not (self.names or self.numbers)
        if self.names is not None:
            return column.kind is ColumnKind.CATEGORICAL and self.numbers is None
        if self.numbers is not None:
            is_bool = column.kind is ColumnKind.BOOLEAN
            return column.kind.has_categories and (self.name == "weekend" or not is_bool)
        return column.kind.is_number

    def compute(self, local: pd.DatetimeIndex) -> Floats:
        """Return the part of local datetimes: seconds for dates, NaN for gaps; shape (n_rows,)."""
        values = pd.Series(PARTS[self.name](local)).to_numpy(np.float64, na_value=np.nan)
        return (
            (values + self.week_offset) % 7 + self.first_number
            if self.name == "weekday"
            else values
        )

    def read(self, series: "pd.Series[Any]", column: Column) -> Floats:
        """Return a column that holds the part as `compute` returns it, -1 for what is no name."""
        if self.names is not None:
            codes = self.names.find(series)
            values = np.where(codes < 0, -1.0, codes + FIRST_NUMBER[self.name])
            values[series.isna().to_numpy()] = np.nan
            return values
        if self.numbers is not None:
            return self.numbers.read(series)
        numbers = to_float(series, column)
        if column.kind is ColumnKind.DATETIME:
            return to_seconds(to_local(numbers, column))
        return numbers

    def write(self, values: Floats, column: Column, index: pd.Index) -> "pd.Series[Any]":
        """Return what `compute` returned, (n_rows,), as the column that holds the part."""
        if self.names is not None:
            codes = np.where(np.isnan(values), -1, values - FIRST_NUMBER[self.name])
            return self.names.write(codes.astype(np.int64)).set_axis(index)
        if self.numbers is not None:
            return self.numbers.write(values).set_axis(index)
        if column.kind is ColumnKind.DATETIME:
            values = from_local(to_datetimes(values), column)
        return restore_dtype(values, column, index=index)

    def protect(self, series: "pd.Series[Any]", min_rows: int) -> Self | None:
        """Return the part without categories of a column that few rows hold; None without others.

        Names stay: a calendar has them all.
        """
        names, numbers = self.names, self.numbers
        if names is not None:
            names = drop_unused(names, np.arange(len(names)))[0]
        if numbers is not None:
            numbers = numbers.protect(series, min_rows)
        is_lost = self.numbers is not None and numbers is None
        return None if is_lost else replace(self, names=names, numbers=numbers)

    def round_trips(self, series: "pd.Series[Any]", column: Column) -> bool:
        """Return whether a column that holds the part, read and written back, is the same."""
        if column.kind.is_number:
            return round_trips(series, column)
        distinct = series.drop_duplicates()
        values = self.read(distinct, column)
        readable = distinct if column.kind is ColumnKind.DATETIME else distinct[values != -1]
        back = self.write(self.read(readable, column), column, readable.index)
        return bool(back.dtype == readable.dtype and back.equals(readable))


NUMBER_PARTS = tuple(
    part
    for name in PARTS
    if name != "date"
    for part in (
        [
            CalendarPart(name, week_offset, first_number)
            for week_offset in range(3)
            for first_number in range(2)
        ]
        if name == "weekday"
        else [CalendarPart(name)]
    )
)


BOOL_PARTS = (CalendarPart("weekend"),)  # the only one of no other value than 0 and 1


def match_names(series: "pd.Series[Any]", column: Column) -> tuple[str, Categories] | None:
    """Return the part of a datetime whose names a column holds, and all names in their order.

    None if it holds others, or if it is a `category` that lacks some of them.
    """
    if column.kind is not ColumnKind.CATEGORICAL:
        return None
    categories = Categories.from_series(series.drop_duplicates(), column)
    for part, names in SPELLINGS:
        has_all = all(word in (categories.dtype_categories or names) for word in names)
        if has_all and all(category in names for category in categories.values):
            return part, Categories(column, names, categories.dtype_categories, categories.ordered)
    return None
