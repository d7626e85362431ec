"""Parts of datetimes by the clock on the wall: year, month, weekday, date, ...

>>> wall = pd.DatetimeIndex(["2024-03-01 12:30", None])
>>> CalendarPart("month").compute(wall).tolist(), CalendarPart("weekday").compute(wall).tolist()
([3.0, nan], [4.0, nan])

Weekdays and months may stand in English words: `Monday`, `mon`, `MAR`.

>>> column = Column("x", ColumnKind.CATEGORICAL, "str")
>>> find_words(pd.Series(["mon", "fri", "sun"], name="x"), column)[1].values
['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tabgan.relations.date_part.local_time import count_seconds, leave_wall, read_wall, to_datetimes
from tabgan.relations.exact_arithmetic import round_trips
from tabgan.schema import restore_dtype
from tabgan.schema.arrays import Floats
from tabgan.schema.categories import Categories
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.predicates import to_float

PARTS: Mapping[str, Callable[[pd.DatetimeIndex], Any]] = {
    "year": lambda wall: wall.year,
    "month": lambda wall: wall.month,
    "day": lambda wall: wall.day,
    "hour": lambda wall: wall.hour,
    "minute": lambda wall: wall.minute,
    "weekday": lambda wall: wall.day_of_week,
    "dayofyear": lambda wall: wall.day_of_year,
    "quarter": lambda wall: wall.quarter,
    "week": lambda wall: wall.isocalendar().week,
    "date": lambda wall: count_seconds(wall.normalize()),
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WAYS = [
    (part, [case(name[:length]) for name in names])
    for part, names in (("weekday", WEEKDAYS), ("month", MONTHS))
    for length in (None, 3)
    for case in (str.title, str.lower, str.upper)
]
FIRST_WORD = {"weekday": 0, "month": 1}  # the number of Monday, and of January


@dataclass(frozen=True)
class CalendarPart:
    """One part of a datetime, and how a column writes it.

    Attributes:
        name: One of `PARTS`.
        turn: Days by which the week begins before Monday: 1 on Sunday, 2 on Saturday.
        start: Number of the week's first day.
        words: All weekdays from Monday on, or all months, where the column has words for them.
    """

    name: str
    turn: int = 0
    start: int = 0
    words: Categories | None = None

    def compute(self, wall: pd.DatetimeIndex) -> Floats:
        """Return the part of datetimes, (n_rows,): seconds on the wall for dates; NaN for gaps."""
        values = pd.Series(PARTS[self.name](wall)).to_numpy(np.float64, na_value=np.nan)
        return (values + self.turn) % 7 + self.start if self.name == "weekday" else values

    def read(self, series: "pd.Series[Any]", column: Column) -> Floats:
        """Read a column that holds the part, as `compute` gives it; -1 for no word of it."""
        if self.words is not None:
            indices = self.words.find(series)
            values = np.where(indices < 0, -1.0, indices + FIRST_WORD[self.name])
            values[series.isna().to_numpy()] = np.nan
            return values
        numbers = to_float(series, column)
        if column.kind is ColumnKind.DATETIME:
            return count_seconds(read_wall(numbers, column))
        return numbers

    def write(self, values: Floats, column: Column, index: pd.Index) -> "pd.Series[Any]":
        """Write what `compute` gave, (n_rows,), as the column that holds the part."""
        if self.words is not None:
            indices = np.where(np.isnan(values), -1, values - FIRST_WORD[self.name])
            return self.words.write(indices.astype(np.int64)).set_axis(index)
        if column.kind is ColumnKind.DATETIME:
            values = leave_wall(to_datetimes(values), column)
        return restore_dtype(values, column, index=index)

    def round_trips(self, series: "pd.Series[Any]", column: Column) -> bool:
        """Return whether a column that holds the part, read and written again, is what it was."""
        if self.words is None and column.kind is not ColumnKind.DATETIME:
            return round_trips(series, column)
        distinct = series.drop_duplicates()
        values = self.read(distinct, column)
        known = distinct[values != -1] if self.words is not None else distinct
        back = self.write(self.read(known, column), column, known.index)
        return bool(back.dtype == known.dtype and back.equals(known))


NUMBERS = tuple(
    part
    for name in PARTS
    if name != "date"
    for part in (
        [CalendarPart(name, turn, start) for turn in range(3) for start in range(2)]
        if name == "weekday"
        else [CalendarPart(name)]
    )
)


def find_words(series: "pd.Series[Any]", column: Column) -> tuple[str, Categories] | None:
    """Return the part of a datetime that categories name, and all its words in their order.

    None if they name none, or if the column is a `category` that lacks some of the words.
    """
    if column.kind is not ColumnKind.CATEGORICAL:
        return None
    categories = Categories.of(series.drop_duplicates(), column)
    for part, words in WAYS:
        has_all = all(word in (categories.dtype_categories or words) for word in words)
        if has_all and all(category in words for category in categories.values):
            return part, Categories(column, words, categories.dtype_categories, categories.ordered)
    return None
