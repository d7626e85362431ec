"""Parts of datetimes in local time, and whole years and months between two: plain calendar.

>>> local = pd.DatetimeIndex(["2024-03-01 12:30", None])
>>> PARTS["month"](local).tolist(), PARTS["yearquarter"](local).tolist()
([3.0, nan], [20241.0, nan])
>>> months_between(pd.DatetimeIndex(["2024-01-31"]), pd.DatetimeIndex(["2024-02-29"])).tolist()
[0.0]
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from tabgan.schema.arrays import Floats
from tabgan.schema.text.datetimes.local_time import to_seconds

SATURDAY = 5  # of the weekdays from 0, Monday, on
DAY = 86_400.0  # seconds


def _join(*parts: tuple[str, int]) -> Callable[[pd.DatetimeIndex], Any]:
    """Return a function that writes parts one after the other, each with so many digits."""

    def compute(local: pd.DatetimeIndex) -> Any:
        number: Any = 0
        for name, digits in parts:
            number = number * 10**digits + PARTS[name](local)
        return number

    return compute


def _thursday(local: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Return the Thursday of each ISO week, which has its year."""
    return local + pd.to_timedelta(np.nan_to_num(3.0 - local.day_of_week), unit="D")


def _week_of_year(local: pd.DatetimeIndex, first: int) -> Any:
    """Return the week as C's `%W` and `%U` count them, which begins `first` days after Monday."""
    weekday = (local.day_of_week - first) % 7
    return (local.day_of_year + 6 - weekday) // 7


def _us_week(local: pd.DatetimeIndex) -> Any:
    """Return the week, from Sunday on, of which the first has 1 January."""
    weekday = (local.day_of_week + 1) % 7
    first_weekday = (weekday - local.day_of_year + 1) % 7
    return (local.day_of_year + first_weekday - 1) // 7 + 1


def _row_of_month(local: pd.DatetimeIndex) -> Any:
    """Return the row of a calendar sheet, from Monday on."""
    return (local.day + (local.day_of_week - local.day + 1) % 7 - 1) // 7 + 1


def _flag(local: pd.DatetimeIndex, values: Any) -> Any:
    return np.where(local.isna(), np.nan, values)


def _start(unit: str) -> Callable[[pd.DatetimeIndex], Any]:
    """Return a function of the seconds at which the unit of a local datetime begins."""

    def compute(local: pd.DatetimeIndex) -> Any:
        ticks = local.to_numpy().astype("datetime64[us]")
        return to_seconds(pd.DatetimeIndex(ticks.astype(unit).astype("datetime64[us]")))

    return compute


def _quarter_start(local: pd.DatetimeIndex) -> Any:
    months = local.to_numpy().astype("datetime64[M]")
    back = np.nan_to_num(np.asarray((local.month - 1) % 3, np.float64)).astype(np.int64)
    return to_seconds(pd.DatetimeIndex((months - back).astype("datetime64[us]")))


def _end(unit: str, n_months: int) -> Callable[[pd.DatetimeIndex], Any]:
    """Return a function of the seconds at which the last day of the unit begins."""

    def compute(local: pd.DatetimeIndex) -> Any:
        start = pd.DatetimeIndex(pd.to_datetime(PARTS[unit](local), unit="s"))
        later = add_months(start, np.full(len(start), float(n_months)))
        return to_seconds(later) - DAY

    return compute


def _time_of(unit: str) -> Callable[[pd.DatetimeIndex], Any]:
    return lambda local: _start(unit)(local) - _start("datetime64[D]")(local)


NUMBER_PARTS: Mapping[str, Callable[[pd.DatetimeIndex], Any]] = {
    "year": lambda local: local.year,
    "month": lambda local: local.month,
    "day": lambda local: local.day,
    "hour": lambda local: local.hour,
    "minute": lambda local: local.minute,
    "weekday": lambda local: local.day_of_week,
    "dayofyear": lambda local: local.day_of_year,
    "quarter": lambda local: local.quarter,
    "week": lambda local: (_thursday(local).day_of_year + 6) // 7,
    "weekend": lambda local: _flag(local, local.day_of_week >= SATURDAY),
    "second": lambda local: local.second,
    "hour12": lambda local: (local.hour + 11) % 12 + 1,
    "shortyear": lambda local: local.year % 100,
    "isoyear": lambda local: _thursday(local).year,
    "mondayweek": lambda local: _week_of_year(local, 0),
    "sundayweek": lambda local: _week_of_year(local, 6),
    "usweek": _us_week,
    "weekofyear": lambda local: (local.day_of_year + 6) // 7,
    "weekofmonth": lambda local: (local.day + 6) // 7,
    "rowofmonth": _row_of_month,
    "halfyear": lambda local: (local.month + 5) // 6,
    "decade": lambda local: local.year // 10 * 10,
    "daysinmonth": lambda local: local.days_in_month,
    "minuteofday": lambda local: local.hour * 60 + local.minute,
    "secondofday": lambda local: (local.hour * 60 + local.minute) * 60 + local.second,
    "afternoon": lambda local: _flag(local, local.hour >= 12),
    "is_month_start": lambda local: _flag(local, local.day == 1),
    "is_month_end": lambda local: _flag(local, local.day == local.days_in_month),
    "yearmonth": _join(("year", 0), ("month", 2)),
    "yearmonthday": _join(("year", 0), ("month", 2), ("day", 2)),
    "yearquarter": _join(("year", 0), ("quarter", 1)),
    "yearweek": _join(("isoyear", 0), ("week", 2)),
    "hourminute": _join(("hour", 0), ("minute", 2)),
    "hourminutesecond": _join(("hour", 0), ("minute", 2), ("second", 2)),
}
DATETIME_PARTS: Mapping[str, Callable[[pd.DatetimeIndex], Any]] = {
    "date": _start("datetime64[D]"),
    "week_start": _start("datetime64[D]"),  # moved by the one who knows when weeks begin
    "month_start": _start("datetime64[M]"),
    "quarter_start": _quarter_start,
    "year_start": _start("datetime64[Y]"),
    "week_end": lambda local: _start("datetime64[D]")(local) + 6 * DAY,  # moved as well
    "month_end": _end("month_start", 1),
    "quarter_end": _end("quarter_start", 3),
    "year_end": _end("year_start", 12),
    "hour_start": _start("datetime64[h]"),
    "minute_start": _start("datetime64[m]"),
    "time": _time_of("datetime64[us]"),
    "time_hours": _time_of("datetime64[h]"),
    "time_minutes": _time_of("datetime64[m]"),
    "time_seconds": _time_of("datetime64[s]"),
    "datetime": to_seconds,
}
PARTS = {**NUMBER_PARTS, **DATETIME_PARTS}
FUNCTION_NAMES = ("date", "years", "months", "add_months", *NUMBER_PARTS)  # in expressions


def compute_part(name: str, local: pd.DatetimeIndex) -> Floats:
    """Return a part of local datetimes: seconds of a datetime, NaN for gaps; shape (n_rows,)."""
    return pd.Series(PARTS[name](local)).to_numpy(np.float64, na_value=np.nan)


def _is_before(one: pd.DatetimeIndex, other: pd.DatetimeIndex) -> Any:
    """Return where one stands earlier in its month than the other; (n_rows,)."""
    return np.asarray(one.day < other.day)


def months_between(start: pd.DatetimeIndex, end: pd.DatetimeIndex) -> Floats:
    """Return the whole months from one day to another, below 0 if it is earlier; (n_rows,)."""
    months = (end.year - start.year) * 12 + (end.month - start.month)
    return np.asarray(months - _is_before(end, start), np.float64)


def years_between(start: pd.DatetimeIndex, end: pd.DatetimeIndex) -> Floats:
    """Return the whole years from one day to another: an age; (n_rows,)."""
    return np.asarray(np.floor(months_between(start, end) / 12))


def add_months(start: pd.DatetimeIndex, months: Floats) -> pd.DatetimeIndex:
    """Return datetimes so many months later, on the last day where a month is too short; (n_rows,).

    >>> add_months(pd.DatetimeIndex(["2024-01-31 08:00"]), np.array([1.0])).tolist()
    [Timestamp('2024-02-29 08:00:00')]
    """
    missing = np.isnan(months) | np.asarray(start.isna())
    ticks = start.to_numpy().astype("datetime64[us]")
    count = np.where(missing, 0, months).astype(np.int64)
    first = (ticks.astype("datetime64[M]") + count).astype("datetime64[D]")
    last = (first.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1
    days = ticks.astype("datetime64[D]") - ticks.astype("datetime64[M]").astype("datetime64[D]")
    found = np.minimum(first + days, last) + (ticks - ticks.astype("datetime64[D]"))
    found[missing] = np.datetime64("NaT")
    return pd.DatetimeIndex(found.astype("datetime64[us]"))


def join_date(year: Floats, month: Floats, day: Floats) -> Floats:
    """Return the seconds at which dates begin, NaN for those that no calendar has; (n_rows,).

    >>> (join_date(np.array([2024.0, 2023]), np.array([2.0]), np.array([29.0])) / DAY).tolist()
    [19782.0, nan]
    """
    year, month, day = np.broadcast_arrays(year, month, day)
    is_whole = (year % 1 == 0) & (month % 1 == 0) & (day % 1 == 0)
    valid = is_whole & (np.abs(year) < 10_000) & (month >= 1) & (month <= 12) & (day >= 1)
    count = np.where(valid, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = count.astype("datetime64[D]") + np.where(valid & (day <= 31), day - 1, 40).astype(int)
    valid &= days.astype("datetime64[M]") == count
    return np.where(valid, days.astype(np.int64) * DAY, np.nan)
