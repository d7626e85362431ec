"""The gallery's times: datetimes on calendars, compact dates and times of day."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.gallery.column import (
    Check,
    GalleryColumn,
    anything,
    between,
    is_of,
    reads,
    text_series,
)

Generator = np.random.Generator
START = pd.Timestamp("2023-01-02")
ZONE = "Europe/Berlin"


def pick(rng: Generator, n: int, choices: "pd.Series[Any] | pd.Index[Any]") -> "pd.Series[Any]":
    """Return some of the choices, later ones more often than early ones."""
    places = (np.sqrt(rng.random(n)) * len(choices)).astype(int)
    return pd.Series(choices).iloc[places].reset_index(drop=True)


def seconds_of(value: Any) -> float:
    """Return a timestamp as seconds since 1970."""
    return float(value.timestamp())


def parsed(pattern: str) -> Callable[[object], dt.datetime | None]:
    """Return what reads a date from text or a whole number, or finds that there is none."""

    def read(value: object) -> dt.datetime | None:
        try:
            return dt.datetime.strptime(str(value), pattern).replace(tzinfo=dt.UTC)
        except ValueError:
            return None

    return read


def is_date(pattern: str, check: Check = anything) -> Check:
    """Return a check that text, or a whole number, is a date of the calendar."""
    read = parsed(pattern)

    def is_so(value: object) -> bool:
        moment = read(value)
        return moment is not None and check(moment)

    return is_so


def day_of(pattern: str) -> Callable[[object], float]:
    """Return what reads text or a whole number as seconds since 1970, or nan."""
    read = parsed(pattern)

    def find(value: object) -> float:
        moment = read(value)
        return float("nan") if moment is None else moment.timestamp()

    return find


def stamps(
    name: str,
    kind: str,
    make: Callable[[Generator, int], "pd.Series[Any]"],
    is_on_grid: Check,
    off_grid: str,
    zone: str | None = None,
) -> GalleryColumn:
    """Return a column of datetimes; hours and weekdays are compared as well."""
    return GalleryColumn(
        name,
        kind,
        make,
        is_of(pd.Timestamp, lambda value: str(value.tz) == str(zone)),
        is_on_grid,
        "2024-01-31",
        pd.Timestamp(off_grid, tz=zone),
        number=seconds_of,
        parts=(lambda value: value.hour, lambda value: value.weekday()),
    )


def make_office_hours(rng: Generator, n: int) -> "pd.Series[Any]":
    """Return full hours from nine to four, of any day."""
    hours = rng.binomial(7, 0.45, n) + 9
    day = pd.to_timedelta(rng.integers(0, 500, n), "D")
    return pd.Series(START + day + pd.to_timedelta(hours, "h"))


def make_quarter_hours(rng: Generator, n: int) -> "pd.Series[Any]":
    """Return quarters of an hour, more of them by day than by night."""
    quarters = np.where(rng.random(n) < 0.8, rng.integers(28, 80, n), rng.integers(0, 96, n))
    day = pd.to_timedelta(rng.integers(0, 300, n), "D")
    return pd.Series(START + day + pd.to_timedelta(quarters * 15, "min"))


def make_days(rng: Generator, n: int) -> "pd.Series[Any]":
    """Return days of twenty years."""
    return pick(rng, n, pd.date_range("2001-01-01", "2021-12-31"))


def make_times(rng: Generator, n: int) -> list[dt.time]:
    """Return times of day in steps of five minutes, between six and ten."""
    minutes = (6 * 60 + 5 * rng.binomial(191, rng.beta(2, 3, n))).tolist()
    return [dt.time(*divmod(minute, 60)) for minute in minutes]


def is_month_end(value: Any) -> bool:
    """Return whether a timestamp is the midnight of the last day of a month."""
    return bool(value.is_month_end) and value == value.normalize()


STAMPS = (
    stamps(
        "office hours",
        "datetimes on a calendar",
        make_office_hours,
        lambda value: 9 <= value.hour <= 16 and value == value.floor("h"),
        "2024-01-31 17:00",
    ),
    stamps(
        "working days",
        "datetimes on a calendar",
        lambda rng, n: pick(rng, n, pd.bdate_range("2023-01-01", "2024-06-30")),
        lambda value: value.weekday() < 5 and value == value.normalize(),
        "2024-06-01",
    ),
    GalleryColumn(
        "first of the month, text",
        "datetimes on a calendar",
        lambda rng, n: text_series(
            pick(rng, n, pd.date_range("2010-01-01", "2023-12-01", freq="MS").strftime("%Y-%m-%d"))
        ),
        reads(r"\d{4}-\d\d-\d\d"),
        is_date("%Y-%m-%d", lambda moment: moment.day == 1),
        "2020-1-1",
        "2020-01-02",
        number=day_of("%Y-%m-%d"),
        parts=(lambda value: value[5:7],),
    ),
    stamps(
        "month ends",
        "datetimes on a calendar",
        lambda rng, n: pick(
            rng, n, pd.date_range("2012-01-31", "2023-12-31", freq=pd.offsets.MonthEnd())
        ),
        is_month_end,
        "2023-02-27",
    ),
    stamps(
        "every quarter of an hour",
        "datetimes on a calendar",
        make_quarter_hours,
        lambda value: value == value.floor("15min"),
        "2024-01-31 17:05",
    ),
    stamps(
        "local midnights",
        "local midnights with a time zone",
        lambda rng, n: pick(rng, n, pd.date_range("2022-01-01", "2023-12-31", tz=ZONE)),
        lambda value: value == value.normalize(),
        "2023-07-01 01:00",
        ZONE,
    ),
)
WRITTEN = (
    GalleryColumn(
        "20240131, whole number",
        "compact dates and times",
        lambda rng, n: make_days(rng, n).dt.strftime("%Y%m%d").astype(np.int64),
        is_of(int, between(10**7, 10**8 - 1)),
        is_date("%Y%m%d"),
        2024_01_31.0,
        2024_02_31,
        number=day_of("%Y%m%d"),
    ),
    GalleryColumn(
        "20240131, text",
        "compact dates and times",
        lambda rng, n: text_series(make_days(rng, n).dt.strftime("%Y%m%d")),
        reads(r"\d{8}"),
        is_date("%Y%m%d"),
        "2024-01-31",
        "20240231",
        number=day_of("%Y%m%d"),
    ),
    GalleryColumn(
        "0830",
        "compact dates and times",
        lambda rng, n: text_series(f"{time:%H%M}" for time in make_times(rng, n)),
        reads(r"\d{4}"),
        reads(r"([01]\d|2[0-3])[0-5][05]"),
        "830",
        "0860",
        number=lambda value: int(value[:2]) * 60.0 + int(value[2:]),
    ),
    GalleryColumn(
        "times of day",
        "compact dates and times",
        lambda rng, n: pd.Series(make_times(rng, n), dtype=object),
        is_of(dt.time),
        lambda value: value.minute % 5 == 0 and value.second == value.microsecond == 0,
        "08:30",
        dt.time(8, 31),
        number=lambda value: value.hour * 60.0 + value.minute,
    ),
)
