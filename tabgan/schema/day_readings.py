"""Days as two whole numbers each: a week and a weekday, a month and a day of it, and the way back.

>>> week, weekday = DAY_READINGS["weekday"].split(np.array([0, 3, 4]))
>>> week.tolist(), weekday.tolist()
([0, 0, 1], [3, 6, 0])
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from tabgan.schema.arrays import Indices

EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday, if Monday is 0
WEEKEND = 5  # the first weekday of it


@dataclass(frozen=True)
class DayReading:
    """A day as two whole numbers, such as its week and its weekday.

    Attributes:
        names: Of the two.
        split: Days since 1970 -> both.
        join: Both -> days since 1970.
    """

    names: tuple[str, str]
    split: Callable[[Indices], tuple[Indices, Indices]]
    join: Callable[[Indices, Indices], Indices]


def _split_week(day: Indices) -> tuple[Indices, Indices]:
    return (day + EPOCH_WEEKDAY) // 7, (day + EPOCH_WEEKDAY) % 7


def _join_week(week: Indices, weekday: Indices) -> Indices:
    return np.asarray(week * 7 + weekday - EPOCH_WEEKDAY)


def _month_start(month: Indices) -> Indices:
    """Return the first day of months since 1970, as days since 1970; shape (n,)."""
    months = month.astype("datetime64[M]")
    return np.asarray(months.astype("datetime64[D]").astype(np.int64))


def _split_month(day: Indices) -> tuple[Indices, Indices]:
    month = np.asarray(day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64))
    return month, day - _month_start(month) + 1


def _join_month(month: Indices, of_month: Indices) -> Indices:
    last = _month_start(month + 1) - 1
    return np.asarray(np.minimum(_month_start(month) + of_month - 1, last))


def _split_month_end(day: Indices) -> tuple[Indices, Indices]:
    month, _ = _split_month(day)
    return month, _month_start(month + 1) - 1 - day


def _join_month_end(month: Indices, to_end: Indices) -> Indices:
    last = _month_start(month + 1) - 1
    return np.asarray(np.maximum(last - to_end, _month_start(month)))


def _split_business(day: Indices) -> tuple[Indices, Indices]:
    month, _ = _split_month(day)
    return month, _count_business_days(_month_start(month), day)


def _join_business(month: Indices, of_month: Indices) -> Indices:
    last = _offset_business_days(_month_start(month + 1), np.full_like(month, -1))
    return np.minimum(_offset_business_days(_month_start(month), of_month), last)


def _split_business_end(day: Indices) -> tuple[Indices, Indices]:
    month, _ = _split_month(day)
    return month, _count_business_days(day + 1, _month_start(month + 1))


def _join_business_end(month: Indices, to_end: Indices) -> Indices:
    first = _offset_business_days(_month_start(month), np.zeros_like(month))
    return np.maximum(_offset_business_days(_month_start(month + 1), -1 - to_end), first)


def _count_business_days(first: Indices, last: Indices) -> Indices:
    """Return the working days from `first` to before `last`; shape (n,)."""
    days = np.busday_count(first.astype("datetime64[D]"), last.astype("datetime64[D]"))
    return np.asarray(days, np.int64)


def _offset_business_days(day: Indices, n_days: Indices) -> Indices:
    """Return days moved by so many working days, from the first one that is no weekend."""
    moved = np.busday_offset(day.astype("datetime64[D]"), n_days, "forward")
    return np.asarray(moved.astype(np.int64))


def _split_day(day: Indices) -> tuple[Indices, Indices]:
    return day, np.zeros_like(day)


def _join_day(day: Indices, _: Indices) -> Indices:
    return day


DAY_READINGS: Mapping[str, DayReading] = {
    "day": DayReading(("day", "nothing"), _split_day, _join_day),
    "weekday": DayReading(("week", "weekday"), _split_week, _join_week),
    "month": DayReading(("month", "day of month"), _split_month, _join_month),
    "month-end": DayReading(("month", "days to its end"), _split_month_end, _join_month_end),
    "business-month": DayReading(
        ("month", "working day of month"), _split_business, _join_business
    ),
    "business-month-end": DayReading(
        ("month", "working days to its end"), _split_business_end, _join_business_end
    ),
}
