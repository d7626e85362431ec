"""Datetimes as Python objects, as periods, and as times of day: read and given back.

>>> objects = pd.Series([dt.time(8, 30), None], dtype=object)
>>> read_objects(objects)
array(['1970-01-01T08:30:00.000000',                        'NaT'],
      dtype='datetime64[us]')
"""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.errors import TableError
from tabgan.schema.arrays import Mask
from tabgan.schema.column import Column

Datetimes = npt.NDArray[np.datetime64]
DAY = 86_400_000_000  # microseconds


def read_objects(series: "pd.Series[Any]") -> Datetimes:
    """Return Arrow's or Python's datetimes, dates or times of day as datetime64[us] in UTC; (n,).

    Times are those of 1970-01-01; datetimes without a zone are taken as UTC.

    Raises:
        TableError: There are others.
    """
    try:
        values = pa.array(series.array, from_pandas=True)
        if not is_moment_type(values.type):
            raise TableError(f"the column {series.name!r} holds {series.dtype}, not moments.")
        if pa.types.is_time(values.type):
            values = pc.cast(pc.cast(values, pa.time64("us"), safe=False), pa.int64())
            values = pc.cast(values, pa.timestamp("us"))
        values = pc.cast(values, pa.timestamp("us", getattr(values.type, "tz", None)), safe=False)
    except pa.ArrowException as error:
        raise TableError(f"the column {series.name!r} has values that are no moments.") from error
    missing = np.asarray(pc.is_null(values))
    ticks = pc.fill_null(pc.cast(values, pa.int64()), 0)
    datetimes = np.array(ticks, dtype=np.int64).astype("datetime64[us]")
    datetimes[missing] = np.datetime64("NaT", "us")
    return datetimes


def is_moment_type(arrow: Any) -> bool:
    """Return whether an Arrow type is one of datetimes, dates or times of day."""
    is_type = (pa.types.is_timestamp, pa.types.is_date, pa.types.is_time)
    return any(check(arrow) for check in is_type)


def write_objects(datetimes: Datetimes, missing: Mask, column: Column) -> npt.NDArray[np.object_]:
    """Return datetimes (datetime64[us] in UTC, (n,)) as a column's objects; None or NaT if missing.

    Dates and times of day lose the rest.
    """
    if column.element == "date":
        objects = datetimes.astype("datetime64[D]").astype(object)
    elif column.element == "time":
        objects = np.array(write_times(datetimes, missing, pa.time64("us")), dtype=object)
    elif column.zone is None and column.element != "Timestamp":
        objects = datetimes.astype(object)
    else:
        objects = _write_zoned(datetimes, column)
    objects[missing] = column.gap
    return objects


def _write_zoned(datetimes: Datetimes, column: Column) -> npt.NDArray[np.object_]:
    """Return datetimes in the column's zone, as pandas' timestamps or Python's datetimes; (n,)."""
    index = pd.DatetimeIndex(datetimes)
    if column.zone is not None:
        index = index.tz_localize("UTC").tz_convert(column.zone)
    is_pandas = column.element == "Timestamp"
    return np.asarray(index.astype(object) if is_pandas else index.to_pydatetime(), dtype=object)


def write_times(datetimes: Datetimes, missing: Mask, arrow: Any) -> Any:
    """Return the times of day of datetimes as Arrow times of a type; (n,)."""
    ticks = np.where(missing, 0, datetimes.astype(np.int64)) % DAY
    return pc.cast(pa.array(ticks, pa.time64("us"), mask=missing), arrow, safe=False)


def read_periods(series: "pd.Series[Any]") -> Datetimes:
    """Return the first moment of each period as datetime64[us]; (n,)."""
    periods: Any = pd.PeriodIndex(series.array)
    starts = periods.asfreq("us", how="start")
    datetimes = starts.asi8.astype("datetime64[us]")
    datetimes[np.asarray(starts.isna())] = np.datetime64("NaT", "us")
    return np.asarray(datetimes)


def write_periods(datetimes: Datetimes, missing: Mask, dtype: pd.PeriodDtype) -> Any:
    """Return the periods that datetimes lie in; (n,)."""
    ticks = np.where(missing, 0, datetimes.astype(np.int64))
    index: Any = pd.PeriodIndex
    periods = index.from_ordinals(ticks, freq="us").asfreq(dtype.freq)
    return pd.Series(periods).mask(missing)


def moment_element(kind: type) -> str:
    """Return what a column of Python objects of a type holds: datetimes, dates or times of day.

    >>> moment_element(dt.time), moment_element(pd.Timestamp)
    ('time', 'datetime')
    """
    if issubclass(kind, dt.time):
        return "time"
    return "datetime" if issubclass(kind, dt.datetime | np.datetime64) else "date"


def check_zones(series: "pd.Series[Any]") -> None:
    """Refuse datetime objects of which only some have a time zone, and times of day that have one.

    Raises:
        TableError: The column holds such.
    """
    if not pd.api.types.is_object_dtype(series.dtype):
        return
    present = series[series.notna()]
    has_zone = {getattr(value, "tzinfo", None) is not None for value in present}
    if has_zone == {True} and isinstance(present.iloc[0], dt.time):
        raise TableError(
            f"the column {series.name!r} holds times of day with a time zone, which only dates "
            "have; give them without it."
        )
    if len(has_zone) > 1:
        raise TableError(
            f"the column {series.name!r} mixes datetimes with a time zone and without one; "
            "give all of them a zone, or none."
        )


def find_zone(present: "pd.Series[Any]") -> str | None:
    """Return the name of the time zone of datetime objects, without gaps; UTC if there are several.

    >>> one, two = (dt.timezone(dt.timedelta(hours=hours)) for hours in (1, 2))
    >>> find_zone(pd.Series([dt.datetime(2024, 1, 1, tzinfo=one)], dtype=object))
    'UTC+01:00'
    >>> moments = [dt.datetime(2024, 1, 1, tzinfo=zone) for zone in (one, two)]
    >>> find_zone(pd.Series(moments, dtype=object))
    'UTC'
    """
    zones = {id(zone): value for value in present if (zone := getattr(value, "tzinfo", None))}
    names = {_zone_name(value) for value in zones.values()}
    return next(iter(names), None) if len(names) < 2 else "UTC"


def _zone_name(value: dt.datetime) -> str:
    """Return the name of a datetime's zone; zones that have none that all know are an offset."""
    zone: Any = value.tzinfo
    path = str(getattr(zone, "_filename", ""))  # of dateutil's
    names = (
        getattr(zone, "key", None),
        getattr(zone, "zone", None),
        path.rpartition("zoneinfo/")[2],
    )
    for name in filter(None, names):
        try:
            return ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return _offset_name(value)


def _offset_name(value: dt.datetime) -> str:
    minutes = int((value.utcoffset() or dt.timedelta()).total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}" if minutes else "UTC"
