"""Odd columns of moments, dates, durations, periods and intervals."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.attack.maker import pick

ZONES = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "+05:45", "Pacific/Apia")
NUMPY_STEPS = {"min": "m"}
UNITS = ("s", "ms", "us", "ns")


def make_moment(rng: np.random.Generator, n: int) -> "pd.Series[Any]":
    """Return datetimes of any unit, calendar and zone."""
    unit = pick(rng, UNITS)
    start = pd.Timestamp(pick(rng, ("1970-01-01", "2024-02-28", "1700-01-01", "2200-12-31")))
    step = pick(rng, ("D", "h", "min", "s", "ms", "us", "ns"))
    steps = rng.integers(0, pick(rng, (3, 400, 9_000)), n).astype(
        f"timedelta64[{NUMPY_STEPS.get(step, step)}]"
    )
    made = pd.Series(
        (start.to_datetime64().astype("datetime64[s]") + steps).astype(f"datetime64[{unit}]")
    )
    kind = int(rng.integers(6))
    if kind == 0:
        return made.dt.tz_localize("UTC").dt.tz_convert(pick(rng, ZONES))
    if kind == 1:
        zone = pick(rng, (None, "UTC", "Asia/Tokyo"))
        return made.astype("datetime64[us]").astype(pd.ArrowDtype(pa.timestamp("us", zone)))
    if kind == 2:
        return made.dt.date
    if kind == 3:
        return pd.Series(list(made), dtype=object)
    return made


def make_span(rng: np.random.Generator, n: int) -> "pd.Series[Any]":
    """Return durations of any unit."""
    count = rng.integers(-5, pick(rng, (9, 900, 10**5)), n)
    made = pd.Series(pd.to_timedelta(count, pick(rng, ("D", "min", "s", "ms"))))
    kind = int(rng.integers(4))
    if kind == 0:
        return made.astype("timedelta64[us]").astype(pd.ArrowDtype(pa.duration("us")))
    if kind == 1:
        return pd.Series([value.to_pytimedelta() for value in made], dtype=object)
    return pd.Series(made.dt.as_unit(pick(rng, UNITS)))


def make_far_date(rng: np.random.Generator, n: int) -> "pd.Series[Any]":
    """Return dates of the first and the last years."""
    days = rng.integers(1, dt.date.max.toordinal(), n, endpoint=True)
    dates = [dt.date.fromordinal(int(day)) for day in days]
    kind = int(rng.integers(4))
    if kind == 0:
        return pd.Series(dates, dtype=pd.ArrowDtype(pa.date32()))
    if kind == 1:
        return pd.Series(np.array(dates, dtype="datetime64[s]"))
    if kind == 2:
        return pd.Series([str(date) for date in dates])
    return pd.Series(dates, dtype=object)


def make_period(rng: np.random.Generator, n: int) -> "pd.Series[Any]":
    """Return periods of days, weeks, months, quarters or years."""
    freq = pick(rng, ("D", "W", "M", "Q", "Y", "h"))
    return pd.Series([pd.Period(ordinal=v, freq=freq) for v in rng.integers(0, 900, n).tolist()])


def make_interval(rng: np.random.Generator, n: int) -> "pd.Series[Any]":
    """Return intervals of numbers or of days, or what `pd.cut` makes."""
    left = rng.integers(0, 9, n)
    if rng.random() < 0.5:
        return pd.Series(pd.cut(rng.normal(size=max(n, 1)), 5)[:n])
    return pd.Series(pd.arrays.IntervalArray.from_arrays(left, left + 1.5))
