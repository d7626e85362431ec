"""Datetimes in local time, in the time zone of their column, and back to seconds in UTC.

>>> to_datetimes(np.array([3_600.0, np.nan])).tolist()
[Timestamp('1970-01-01 01:00:00'), NaT]
"""

from typing import Any

import numpy as np
import pandas as pd

from tabgan.schema.arrays import Floats
from tabgan.schema.column import Column, dtype_of
from tabgan.schema.text.datetimes.reading import shared_offset


def to_local(seconds: Floats, column: Column) -> pd.DatetimeIndex:
    """Return a column's numbers, seconds since 1970 in UTC, as local datetimes; shape (n_rows,)."""
    local = to_datetimes(seconds + shared_offset(column.format or "") / 1e6)
    zone = _time_zone(column)
    return local if zone is None else local.tz_localize("UTC").tz_convert(zone).tz_localize(None)


def from_local(local: pd.DatetimeIndex, column: Column) -> Floats:
    """Return local datetimes as a column's numbers, seconds since 1970 in UTC; shape (n_rows,).

    An hour that a clock shows twice is taken for the first; one that it skips is moved on.
    """
    zone = _time_zone(column)
    if zone is not None:
        is_summer = np.ones(len(local), bool)
        local = local.tz_localize(zone, ambiguous=is_summer, nonexistent="shift_forward")
        local = local.tz_convert("UTC").tz_localize(None)
    return to_seconds(local) - shared_offset(column.format or "") / 1e6


def to_datetimes(seconds: Floats) -> pd.DatetimeIndex:
    """Return seconds since 1970, (n_rows,), as datetimes without a zone, NaT where they are NaN."""
    missing = np.isnan(seconds)
    ticks = np.rint(np.where(missing, 0.0, seconds) * 1e6).astype(np.int64)
    datetimes = ticks.astype("datetime64[us]")
    datetimes[missing] = np.datetime64("NaT", "us")
    return pd.DatetimeIndex(datetimes)


def to_seconds(datetimes: pd.DatetimeIndex) -> Floats:
    """Return datetimes without a zone as seconds since 1970; shape (n_rows,), NaN where missing."""
    ticks = datetimes.to_numpy().astype("datetime64[us]")
    return np.where(np.isnat(ticks), np.nan, ticks.astype(np.int64) / 1e6)


def _time_zone(column: Column) -> Any:
    """Return the time zone of a column, or None."""
    if column.zone is not None:
        return column.zone
    dtype = dtype_of(column.dtype)
    if isinstance(dtype, pd.ArrowDtype):
        return getattr(dtype.pyarrow_dtype, "tz", None)
    return dtype.tz if isinstance(dtype, pd.DatetimeTZDtype) else None
