"""Parts of datetimes in local time: year, month, weekday, date, ...

>>> local = pd.DatetimeIndex(["2024-03-01 12:30", None])
>>> CalendarPart("month").compute(local).tolist(), CalendarPart("weekday").compute(local).tolist()
([3.0, nan], [4.0, nan])

Weekdays and months may have English names: `Monday`, `mon`, `MAR`.

>>> column = Column("x", ColumnKind.CATEGORICAL, "str")
>>> match_names(pd.Series(["mon", "fri", "sun"], name="x"), column)[1].values
['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd

from tabgan.query.calendar_parts import DATETIME_PARTS, NUMBER_PARTS, compute_part
from tabgan.query.datetime_calls import check_zone, in_zone
from tabgan.relations.date_part.number_categories import NumberCategories
from tabgan.relations.exact_arithmetic import DAY, round_trips
from tabgan.relations.protected_values import drop_unused
from tabgan.relations.saved_columns import read_categories
from tabgan.schema import restore_dtype
from tabgan.schema.arrays import Floats
from tabgan.schema.categories import Categories
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.float_conversion import to_float
from tabgan.schema.text.datetimes.local_time import from_local, to_datetimes, to_local, to_seconds
from tabgan.state_reader import StateReader

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
SPELLINGS += [("halfyear", [f"{letter}1", f"{letter}2"]) for letter in "Hh"]
SPELLINGS += [("afternoon", names) for names in (["AM", "PM"], ["am", "pm"])]
FROM_0 = ("weekday", "afternoon")  # Monday and AM; others are numbered from 1
WEEK_PARTS = ("weekday", "week_start", "week_end")
FISCAL_PARTS = ("fiscal_year", "fiscal_quarter", "fiscal_month")
PARTS = (*NUMBER_PARTS, *FISCAL_PARTS, *DATETIME_PARTS)
BOOL_PARTS = {  # of no other value than 0 and 1
    "weekend": "on a weekend",
    "afternoon": "after noon",
    "is_month_start": "the first day of its month",
    "is_month_end": "the last day of its month",
}


@dataclass(frozen=True)
class CalendarPart:
    """One part of a datetime, and how a column writes it.

    Attributes:
        name: One of `PARTS`.
        week_offset: Days by which the week begins before Monday: 1 on Sunday, 2 on Saturday.
        first_number: Of the week's first day, 0 or 1; of a fiscal year, 1 if it is called after the
            year in which it ends.
        names: Those of all weekdays from Monday on, of all months, or of all quarters; None for
            numbers and dates.
        numbers: How numbers are written if they are categories; None if they are numbers.
        start_month: With which a fiscal year begins.
        zone: On whose clock it is read; None for that of the datetimes.
    """

    name: str
    week_offset: int = 0
    first_number: int = 0
    names: Categories | None = None
    numbers: NumberCategories | None = None
    start_month: int = 1
    zone: str | None = None

    def to_local(self, seconds: Floats, column: Column) -> pd.DatetimeIndex:
        """Return a column's numbers, seconds since 1970 in UTC, as local datetimes; (n_rows,)."""
        return to_local(seconds, column) if self.zone is None else in_zone(seconds, self.zone)

    def to_number(self, local: pd.DatetimeIndex, column: Column) -> float:
        """Return a local datetime, (1,), as a column's number, undoing `to_local`."""
        zoned = column if self.zone is None else replace(column, zone=self.zone, format=None)
        return float(from_local(local, zoned)[0])

    def explain(self, source: str) -> str:
        """Return the part of a column in words."""
        if self.name in BOOL_PARTS:
            return f"whether {source} is {BOOL_PARTS[self.name]}"
        form = ", in words" if self.names is not None else ""
        begun = self.name in FISCAL_PARTS
        start = f", of years that begin in {MONTHS[self.start_month - 1]}" if begun else ""
        return f"the {self.name.replace('_', ' ')} of {source}{form}{start}"

    @classmethod
    def from_state(cls, state: StateReader, column: Column) -> Self:
        """Rebuild it from the state of its relation, for the column that holds it.

        Raises:
            ModelFileError: It holds what it cannot, or the column cannot hold such a part.
        """
        name, names, numbers = state.text("part", PARTS), None, None
        has_turn = name in WEEK_PARTS and not state.has("words")
        if state.has("words"):
            names = read_categories(state.state("words"), column)
            named = name.removeprefix("fiscal_"), names.values
            is_known = any(named == spelling for spelling in SPELLINGS)
            state.check(is_known, "words", f"are not those of each {name}")
        if state.has("numbers"):  # not in the files of release 0.1
            numbers = NumberCategories.from_state(column, state.state("numbers"))
        part = cls(
            name,
            state.whole("turn", 0, 2 * has_turn),
            state.whole("start", 0, name == "fiscal_year" or (has_turn and name == "weekday")),
            names,
            numbers,
            state.whole("start_month", 1, 12) if state.has("start_month") else 1,
            state.text("zone") if state.has("zone") else None,
        )
        if part.zone is not None:
            state.build(lambda: check_zone(str(part.zone)))
        state.check(part._fits(column), "part", f"cannot be held by a {column.kind.value} column")
        return part

    def _fits(self, column: Column) -> bool:
        """Return whether a column of this kind can hold the part, written as it is."""
        if self.name in DATETIME_PARTS:
            return column.kind is ColumnKind.DATETIME and not (self.names or self.numbers)
        if self.names is not None:
            return column.kind is ColumnKind.CATEGORICAL and self.numbers is None
        if self.numbers is not None:
            is_bool = column.kind is ColumnKind.BOOLEAN
            return column.kind.has_categories and (self.name in BOOL_PARTS or not is_bool)
        return column.kind.is_number

    def compute(self, local: pd.DatetimeIndex) -> Floats:
        """Return the part of local datetimes: seconds for dates, NaN for gaps; shape (n_rows,)."""
        if self.name in FISCAL_PARTS:
            return self._compute_fiscal(local)
        values = compute_part(self.name, local)
        if self.name == "weekday":
            return (values + self.week_offset) % 7 + self.first_number
        if self.name in ("week_start", "week_end"):
            return values - (compute_part("weekday", local) + self.week_offset) % 7 * DAY
        return values

    def _compute_fiscal(self, local: pd.DatetimeIndex) -> Floats:
        month = (compute_part("month", local) - self.start_month) % 12
        if self.name == "fiscal_year":
            is_before = compute_part("month", local) < self.start_month
            return compute_part("year", local) - is_before + self.first_number
        return month + 1 if self.name == "fiscal_month" else month // 3 + 1

    @property
    def _first_name(self) -> int:
        return 0 if self.name in FROM_0 else 1

    def read(self, series: "pd.Series[Any]", column: Column) -> Floats:
        """Return a column that holds the part as `compute` returns it, -1 for what is no name."""
        if self.names is not None:
            codes = self.names.find(series)
            values = np.where(codes < 0, -1.0, codes + self._first_name)
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
            codes = np.where(np.isnan(values), -1, values - self._first_name)
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


def iter_variants(name: str) -> Iterator[CalendarPart]:
    """Yield a part for each day that a week, or month that a fiscal year, may begin with."""
    part = CalendarPart(name)
    if name in WEEK_PARTS:
        first_numbers = range(2) if name == "weekday" else range(1)
        for offset in range(3):
            yield from (replace(part, week_offset=offset, first_number=n) for n in first_numbers)
    elif name in FISCAL_PARTS:
        first_numbers = range(2) if name == "fiscal_year" else range(1)
        for month in (4, 7, 10, *(month for month in range(2, 13) if month % 3 != 1)):
            yield from (replace(part, start_month=month, first_number=n) for n in first_numbers)
    else:
        yield part


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
