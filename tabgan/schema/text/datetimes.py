"""Columns that hold datetimes, as datetimes or as text.

Datetimes are seconds since 1970 in UTC: float64 is exact to the microsecond for the dates of today.

>>> parse_datetimes(pd.Series(["1970-01-02", None])).tolist()
[86400.0, nan]
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.errors import TableError
from tabgan.schema.arrays import Floats
from tabgan.schema.column import Column, dtype_of, holds_text
from tabgan.schema.text.datetime_format import read_datetimes, write_datetimes
from tabgan.schema.text.datetime_inference import infer_datetime_format
from tabgan.schema.text.strings import arrow_series, is_text, text_array, text_series

_DEFAULT_FORMAT = "%Y-%m-%d %H:%M:%S"


def detect_datetime_format(values: "pd.Series[Any] | pa.Array") -> str | None:
    """Return the format that all text of a column is written in as datetimes, or None."""
    if isinstance(values, pd.Series):
        values = text_array(values)
    return infer_datetime_format(values)


def parse_datetimes(series: "pd.Series[Any]", format: str | None = None) -> Floats:  # noqa: A002
    """Return a column of datetimes as float64 seconds since 1970 in UTC, shape (n,), NaN for gaps.

    Datetimes without a zone are taken as UTC.

    Raises:
        TableError: A value is no datetime, or not written in `format` (or, without one, in any
            one).
    """
    datetimes = _datetimes(series, format)
    missing = np.isnat(datetimes)
    seconds = datetimes.astype(np.int64) / 1e6
    seconds[missing] = np.nan
    return np.asarray(seconds, dtype=np.float64)


def _datetimes(series: "pd.Series[Any]", style: str | None) -> npt.NDArray[np.datetime64]:
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return _datetimes(series.astype(dtype.categories.dtype), style)
    if isinstance(dtype, pd.PeriodDtype):
        series = series.dt.to_timestamp()
    elif isinstance(dtype, pd.DatetimeTZDtype):
        series = series.dt.tz_convert("UTC").dt.tz_localize(None)
    elif is_text(series):
        return _text_datetimes(series, style)
    if pd.api.types.is_datetime64_dtype(series.dtype):
        return series.to_numpy().astype("datetime64[us]")
    try:
        values = pa.array(series.array, from_pandas=True)
        if not (pa.types.is_timestamp(values.type) or pa.types.is_date(values.type)):
            raise TableError(f"the column {series.name!r} holds {dtype}, not moments.")
        values = pc.cast(values, pa.timestamp("us", getattr(values.type, "tz", None)), safe=False)
    except pa.ArrowException as error:
        raise TableError(f"the column {series.name!r} has values that are no moments.") from error
    return _to_numpy(values)


def _to_numpy(values: Any) -> npt.NDArray[np.datetime64]:
    """Return Arrow timestamps[us] as datetime64[us], whatever their zone."""
    missing = np.asarray(pc.is_null(values))
    ticks = pc.fill_null(pc.cast(values, pa.int64()), 0)
    datetimes = np.array(ticks, dtype=np.int64).astype("datetime64[us]")
    datetimes[missing] = np.datetime64("NaT", "us")
    return datetimes


def _text_datetimes(series: "pd.Series[Any]", style: str | None) -> npt.NDArray[np.datetime64]:
    values = text_array(series)
    style = style or infer_datetime_format(values)
    if style is None:
        present = pc.drop_null(values)
        if len(present) == 0:
            return np.full(len(values), "NaT", dtype="datetime64[us]")
        raise TableError(
            f"the column {series.name!r} has {present[0].as_py()!r} and others that are not "
            "all moments written in one format."
        )
    try:
        datetimes = read_datetimes(values, style)
    except ValueError as error:
        raise TableError(f"the column {series.name!r}: {error}.") from error
    wrong = np.isnat(datetimes) & np.asarray(pc.is_valid(values))
    if wrong.any():
        example = values[int(np.flatnonzero(wrong)[0])].as_py()
        raise TableError(
            f"the column {series.name!r} has {example!r}, which is no moment written as {style!r}."
        )
    return datetimes


def format_datetimes(
    seconds: Floats, column: Column, index: pd.Index | None = None
) -> "pd.Series[Any]":
    """Return seconds since 1970 in UTC, shape (n,), as the datetimes of a column; NaN is missing.

    It undoes `parse_datetimes`: dtype, unit, zone, Python type or way of writing are those of
    `column`. What is finer than the unit written is cut off.
    """
    missing = np.isnan(seconds)
    ticks = np.rint(np.where(missing, 0, seconds) * 1e6).astype(np.int64)
    datetimes = ticks.astype("datetime64[us]")
    dtype = dtype_of(column.dtype)
    if holds_text(dtype) or column.text:
        texts = write_datetimes(datetimes, column.format or _DEFAULT_FORMAT)
        return text_series(np.array(texts), missing, column, index)
    datetimes[missing] = np.datetime64("NaT", "us")
    if pd.api.types.is_object_dtype(dtype):
        objects = _python_datetimes(datetimes, missing, column)
        return pd.Series(objects, index=index, name=column.name, dtype=object)
    series = pd.Series(datetimes, index=index, name=column.name)
    return _with_dtype(series, dtype)


def _python_datetimes(
    datetimes: npt.NDArray[np.datetime64], missing: npt.NDArray[np.bool_], column: Column
) -> npt.NDArray[np.object_]:
    if column.element == "date":
        objects = datetimes.astype("datetime64[D]").astype(object)
    elif column.zone is not None:
        zoned = pd.DatetimeIndex(datetimes).tz_localize("UTC").tz_convert(column.zone)
        objects = np.array(zoned.to_pydatetime(), dtype=object)
    else:
        objects = datetimes.astype(object)
    objects[missing] = None
    return objects


def _with_dtype(series: "pd.Series[Any]", dtype: Any) -> "pd.Series[Any]":
    if isinstance(dtype, pd.PeriodDtype):
        return pd.Series(series.dt.to_period(dtype.freq))
    if isinstance(dtype, pd.DatetimeTZDtype):
        zoned = series.dt.tz_localize("UTC").dt.tz_convert(dtype.tz)
        return pd.Series(zoned.astype(dtype))
    if isinstance(dtype, pd.ArrowDtype):
        target = dtype.pyarrow_dtype
        ticks = pa.array(series.to_numpy(), from_pandas=True)
        if pa.types.is_timestamp(target) and target.tz is not None:
            ticks = pc.assume_timezone(ticks, "UTC")
        return arrow_series(pc.cast(ticks, target, safe=False), series.index, series.name)
    return series.astype(dtype)
