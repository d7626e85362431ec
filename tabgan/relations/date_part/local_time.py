"""Datetimes as the clock on the wall shows them, in the time zone of their column, and back.

>>> to_datetimes(np.array([3_600.0, np.nan])).tolist()
[Timestamp('1970-01-01 01:00:00'), NaT]
"""

from typing import Any

import numpy as np
import pandas as pd

from tabgan.schema.arrays import Floats
from tabgan.schema.column import Column, dtype_of
from tabgan.schema.text.datetime_format import shared_offset


def read_wall(seconds: Floats, column: Column) -> pd.DatetimeIndex:
    """Return a column's numbers, (n_rows,), as the datetimes that the clock on the wall shows."""
    wall = to_datetimes(seconds + shared_offset(column.format or "") / 1e6)
    zone = _find_zone(column)
    return wall if zone is None else wall.tz_localize("UTC").tz_convert(zone).tz_localize(None)


def leave_wall(wall: pd.DatetimeIndex, column: Column) -> Floats:
    """Return datetimes on a column's wall as its numbers, seconds since 1970 in UTC; (n_rows,).

    Of two that the clock shows alike, it is the first; what it skips is moved on.
    """
    zone = _find_zone(column)
    if zone is not None:
        is_summer = np.ones(len(wall), bool)
        local = wall.tz_localize(zone, ambiguous=is_summer, nonexistent="shift_forward")
        wall = local.tz_convert("UTC").tz_localize(None)
    return count_seconds(wall) - shared_offset(column.format or "") / 1e6


def to_datetimes(seconds: Floats) -> pd.DatetimeIndex:
    """Return seconds since 1970, (n_rows,), as datetimes without a zone, NaT where they are NaN."""
    missing = np.isnan(seconds)
    ticks = np.rint(np.where(missing, 0.0, seconds) * 1e6).astype(np.int64)
    datetimes = ticks.astype("datetime64[us]")
    datetimes[missing] = np.datetime64("NaT", "us")
    return pd.DatetimeIndex(datetimes)


def count_seconds(datetimes: pd.DatetimeIndex) -> Floats:
    """Return datetimes without a zone as seconds since 1970; shape (n_rows,), NaN where missing."""
    ticks = datetimes.to_numpy().astype("datetime64[us]")
    return np.where(np.isnat(ticks), np.nan, ticks.astype(np.int64) / 1e6)


def _find_zone(column: Column) -> Any:
    """Return the time zone of a column, or None."""
    if column.zone is not None:
        return column.zone
    dtype = dtype_of(column.dtype)
    if isinstance(dtype, pd.ArrowDtype):
        return getattr(dtype.pyarrow_dtype, "tz", None)
    return dtype.tz if isinstance(dtype, pd.DatetimeTZDtype) else None
