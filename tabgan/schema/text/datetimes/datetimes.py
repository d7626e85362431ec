"""Columns that hold datetimes: as datetimes, as text, as whole numbers or as Python objects.

Datetimes are seconds since 1970 in UTC: float64 is exact to the microsecond for the dates of today.

>>> parse_datetimes(pd.Series(["1970-01-02", None])).tolist()
[86400.0, nan]
"""

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.errors import TableError
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Column, dtype_of, holds_text
from tabgan.schema.text.datetimes.datetime_numbers import (
    EPOCHS,
    detect_datetime_numbers,
    integer_series,
    is_datetime_number_format,
    read_datetime_numbers,
    read_datetime_texts,
    write_datetime_numbers,
)
from tabgan.schema.text.datetimes.inference import infer_datetime_format
from tabgan.schema.text.datetimes.objects import (
    read_objects,
    read_periods,
    write_objects,
    write_periods,
    write_times,
)
from tabgan.schema.text.datetimes.reading import read_datetimes
from tabgan.schema.text.datetimes.writing import write_datetimes
from tabgan.schema.text.strings import arrow_series, is_text, text_array, text_series

_DEFAULT_FORMAT = "%Y-%m-%d %H:%M:%S"
_ENDS_OF_YEARS = np.array(["0001-01-01T00:00:00", "9999-12-31T23:59:59"], "datetime64[us]")
_ENDS_IN_NS = np.array([-(2**63 // 1_000), 2**63 // 1_000]).astype("datetime64[us]")


def find_datetime_format(series: "pd.Series[Any]", numbers: Floats | None = None) -> str | None:
    """Return the format by which a column of text or numbers is recognisably datetimes, or None.

    Args:
        series: Text or numbers, named as in the table; (n,).
        numbers: The same as float64, NaN for gaps, if they are numbers or text of numbers; (n,).
    """
    is_written = is_text(series)
    found = infer_datetime_format(text_array(series)) if is_written else None
    if found is not None or numbers is None:
        return found
    found = detect_datetime_numbers(numbers, series.name)
    if not is_written or found is None:
        return found
    texts = text_array(series)  # +1706745600 is a number, too
    is_plain = found in EPOCHS and (
        int(np.isnat(read_datetime_texts(texts, found)).sum()) == texts.null_count
    )
    return found if is_plain else None


def parse_datetimes(
    series: "pd.Series[Any]",
    format: str | None = None,  # noqa: A002
    errors: Literal["raise", "coerce"] = "raise",
) -> Floats:
    """Return a column of datetimes as float64 seconds since 1970 in UTC, shape (n,), NaN for gaps.

    Datetimes without a zone are taken as UTC, times of day as those of 1970-01-01.

    Args:
        series: Datetimes, as such, as text, or as whole numbers of a format; (n,).
        format: How text or numbers are written; text is looked at where it is None.
        errors: Whether numbers that are no datetimes are refused, or taken for gaps.

    Raises:
        TableError: A value is no datetime, or not written in `format` (or, without one, in any
            one).
    """
    if errors == "coerce" and format is not None and _holds_numbers(series):
        datetimes = read_datetime_numbers(series, format)
    else:
        datetimes = _datetimes(series, format)
    missing = np.isnat(datetimes)
    seconds = datetimes.astype(np.int64) / 1e6
    seconds[missing] = np.nan
    return np.asarray(seconds, dtype=np.float64)


def _datetimes(series: "pd.Series[Any]", style: str | None) -> npt.NDArray[np.datetime64]:
    series = _plain(series)
    if isinstance(series.dtype, pd.PeriodDtype):
        return read_periods(series)
    if isinstance(series.dtype, pd.DatetimeTZDtype):
        series = series.dt.tz_convert("UTC").dt.tz_localize(None)
    elif is_text(series):
        return _text_datetimes(series, style)
    if pd.api.types.is_datetime64_dtype(series.dtype):
        return series.to_numpy().astype("datetime64[us]")
    if _holds_numbers(series):
        return _number_datetimes(series, style)
    return read_objects(series)


def _plain(series: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return a column with categories or sparse values as a column of the values themselves."""
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return series.astype(dtype.categories.dtype)
    return series.astype(dtype.subtype) if isinstance(dtype, pd.SparseDtype) else series


def _holds_numbers(series: "pd.Series[Any]") -> bool:
    if pd.api.types.is_object_dtype(series.dtype):
        inferred = pd.api.types.infer_dtype(series, skipna=True)
        return inferred in {"integer", "floating", "mixed-integer-float", "decimal"}
    return getattr(series.dtype, "kind", "O") in "iuf"


def _number_datetimes(series: "pd.Series[Any]", style: str | None) -> npt.NDArray[np.datetime64]:
    if not is_datetime_number_format(style):
        raise TableError(
            f"the column {series.name!r} holds {series.dtype}, not moments; give its numbers a "
            "format such as '%Y%m%d' or 'epoch s'."
        )
    datetimes = read_datetime_numbers(series, style or "")
    _check_read(datetimes, series.notna().to_numpy(bool), series, style)
    return datetimes


def _check_read(
    datetimes: npt.NDArray[np.datetime64],
    present: Mask,
    series: "pd.Series[Any]",
    style: str | None,
) -> None:
    """Refuse values that are no datetimes of a format.

    Raises:
        TableError: There is one.
    """
    wrong = np.isnat(datetimes) & present
    if wrong.any():
        example = series.iloc[int(np.flatnonzero(wrong)[0])]
        shown = repr(example) if isinstance(example, str) else str(example)
        raise TableError(
            f"the column {series.name!r} has {shown}, which is no moment written as {style!r}."
        )


def _text_datetimes(series: "pd.Series[Any]", style: str | None) -> npt.NDArray[np.datetime64]:
    values = text_array(series)
    style = style or infer_datetime_format(values, is_known=True)
    if style is None:
        present = pc.drop_null(values)
        if len(present) == 0:
            return np.full(len(values), "NaT", dtype="datetime64[us]")
        raise TableError(
            f"the column {series.name!r} has {present[0].as_py()!r} and others that are not "
            "all moments written in one format."
        )
    try:
        if style in EPOCHS:
            datetimes = read_datetime_texts(values, style)
        else:
            datetimes = read_datetimes(values, style)
    except ValueError as error:
        raise TableError(f"the column {series.name!r}: {error}.") from error
    _check_read(datetimes, np.asarray(pc.is_valid(values)), series, style)
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
    style = column.format or _DEFAULT_FORMAT
    if holds_text(dtype) or column.text or pd.api.types.is_object_dtype(dtype):
        datetimes = np.clip(datetimes, *_ENDS_OF_YEARS)
    if holds_text(dtype) or column.text:
        return text_series(_write_texts(datetimes, style), missing, column, index)
    if is_datetime_number_format(style):
        numbers = write_datetime_numbers(datetimes, style)
        return integer_series(numbers, missing, column, index)
    datetimes[missing] = np.datetime64("NaT", "us")
    if pd.api.types.is_object_dtype(dtype):
        objects = write_objects(datetimes, missing, column)
        return pd.Series(objects, index=index, name=column.name, dtype=object)
    series = _with_dtype(datetimes, missing, dtype).rename(column.name)
    return series if index is None else series.set_axis(index)


def _write_texts(datetimes: npt.NDArray[np.datetime64], style: str) -> npt.NDArray[np.object_]:
    if style in EPOCHS:
        return write_datetime_numbers(datetimes, style).astype(str).astype(object)
    return np.array(write_datetimes(datetimes, style))


def _with_dtype(
    datetimes: npt.NDArray[np.datetime64], missing: Mask, dtype: Any
) -> "pd.Series[Any]":
    if isinstance(dtype, pd.PeriodDtype):
        return pd.Series(write_periods(datetimes, missing, dtype))
    if "[ns" in str(dtype):
        datetimes = np.clip(datetimes, *_ENDS_IN_NS)
    if isinstance(dtype, pd.ArrowDtype):
        target = dtype.pyarrow_dtype
        if pa.types.is_time(target):
            return arrow_series(write_times(datetimes, missing, target), None, None)
        ticks = pa.array(datetimes, from_pandas=True)
        if pa.types.is_timestamp(target) and target.tz is not None:
            ticks = pc.assume_timezone(ticks, "UTC")
        return arrow_series(pc.cast(ticks, target, safe=False), None, None)
    series = pd.Series(datetimes)
    if isinstance(dtype, pd.DatetimeTZDtype):
        series = series.dt.tz_localize("UTC").dt.tz_convert(dtype.tz)
    return series.astype(dtype)
