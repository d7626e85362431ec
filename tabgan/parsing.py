"""Text that means numbers or moments, read as float64 and written back as it came.

Moments are seconds since 1970 in UTC: float64 is exact to the microsecond for the dates of today.

>>> parse_numbers(pd.Series(["29.85", " "])).tolist()
[29.85, nan]
"""

from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.columns import Column, dtype_of, holds_text
from tabgan.errors import TableError
from tabgan.moment_formats import find_moment_format
from tabgan.moment_text import read_moments, write_moments

Floats = npt.NDArray[np.float64]
_NUMBER = r"^\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?\s*$"
_CODE = r"^\s*[+-]?(?:0[0-9]|[0-9]{16})"  # 00501 is a code, and 16 digits are more than float64 has
_DEFAULT_FORMAT = "%Y-%m-%d %H:%M:%S"


def is_text(series: "pd.Series[Any]") -> bool:
    """Tell whether all that is present in a column is text."""
    if holds_text(series.dtype):
        return True
    if not pd.api.types.is_object_dtype(series.dtype):
        return False
    return pd.api.types.infer_dtype(series, skipna=True) in {"string", "empty"}


def text_array(series: "pd.Series[Any]") -> pa.Array:
    """Return a text column as an Arrow array of shape (n,); blank text is a gap in it."""
    values = pa.array(series.array, type=pa.large_string(), from_pandas=True)
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    blank = pc.equal(pc.utf8_length(pc.utf8_trim_whitespace(values)), 0)
    return pc.if_else(blank, pa.scalar(None, pa.large_string()), values)


def are_numbers(values: pa.Array) -> bool:
    """Tell whether all text that is present reads as numbers and none as a code such as 00501."""
    present = pc.drop_null(values)
    if len(present) == 0:
        return False
    head = present.slice(0, 200)
    return all(
        pc.all(pc.match_substring_regex(some, _NUMBER)).as_py()
        and not pc.any(pc.match_substring_regex(some, _CODE)).as_py()
        for some in (head, present)
    )


def parse_numbers(series: "pd.Series[Any]") -> Floats:
    """Return a column as float64 of shape (n,), NaN for gaps; durations become seconds.

    Raises:
        TableError: A value is no number.
    """
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return parse_numbers(series.astype(dtype.categories.dtype))
    if isinstance(dtype, pd.SparseDtype):
        return parse_numbers(series.astype(dtype.subtype))
    if _is_duration(series):
        return _seconds(series)
    if is_text(series):
        return _text_numbers(series)
    if pd.api.types.is_object_dtype(dtype):
        return _object_numbers(series)
    if getattr(dtype, "kind", "O") not in "biuf":
        raise TableError(f"the column {series.name!r} holds {dtype}, not numbers.")
    return series.to_numpy(dtype=np.float64, na_value=np.nan)


def _is_duration(series: "pd.Series[Any]") -> bool:
    dtype = series.dtype
    if isinstance(dtype, pd.ArrowDtype):
        return bool(pa.types.is_duration(dtype.pyarrow_dtype))
    if pd.api.types.is_object_dtype(dtype):
        return pd.api.types.infer_dtype(series, skipna=True) in {"timedelta", "timedelta64"}
    return pd.api.types.is_timedelta64_dtype(dtype)


def _seconds(series: "pd.Series[Any]") -> Floats:
    if isinstance(series.dtype, pd.ArrowDtype) or pd.api.types.is_object_dtype(series.dtype):
        series = pd.Series(pd.to_timedelta(series))
    seconds = series.dt.total_seconds()
    return np.asarray(seconds.to_numpy(dtype=np.float64, na_value=np.nan))


def _text_numbers(series: "pd.Series[Any]") -> Floats:
    values = text_array(series)
    wrong = pc.invert(pc.match_substring_regex(values, _NUMBER))
    if pc.any(wrong).as_py():
        example = pc.filter(values, wrong)[0].as_py()
        raise TableError(f"the column {series.name!r} has {example!r}, which is not a number.")
    stripped = pc.utf8_ltrim(pc.utf8_trim_whitespace(values), "+")
    return np.array(pc.cast(stripped, pa.float64()), dtype=np.float64)


def _object_numbers(series: "pd.Series[Any]") -> Floats:
    present = series.notna().to_numpy()
    numbers = np.full(len(series), np.nan)
    try:
        numbers[present] = [float(value) for value in series[present]]
    except (TypeError, ValueError) as error:
        raise TableError(f"the column {series.name!r} has values that are no numbers.") from error
    return numbers


def detect_number_format(values: pa.Array) -> str | None:
    """Return `.2f` where all text has two decimals, `repr` where all has some, else None."""
    present = pc.utf8_trim_whitespace(pc.drop_null(values))
    if pc.any(pc.match_substring_regex(present, "[eE]")).as_py():
        return None
    point = pc.find_substring(present, ".")
    if len(present) == 0 or pc.any(pc.equal(point, -1)).as_py():
        return None
    decimals = pc.min_max(pc.subtract(pc.subtract(pc.utf8_length(present), point), 1)).as_py()
    if decimals["min"] == 0:
        return None
    return f".{decimals['min']}f" if decimals["min"] == decimals["max"] else "repr"


def format_numbers(
    numbers: Floats, column: Column, index: pd.Index | None = None
) -> "pd.Series[Any]":
    """Write numbers of shape (n,) as a text column in the way of the original; NaN is missing."""
    style = column.format
    if style is not None and style.startswith("."):
        texts = [f"{number:{style}}" for number in numbers]
    else:
        texts = [repr(number) for number in numbers.tolist()]
        if style is None:
            texts = [text.removesuffix(".0") for text in texts]
    return _text_series(np.array(texts, dtype=object), np.isnan(numbers), column, index)


def format_decimals(numbers: Floats) -> npt.NDArray[np.object_]:
    """Return numbers of shape (n,) as shortest `Decimal`s, None for NaN."""
    values: list[Any] = [None if np.isnan(x) else Decimal(repr(x)) for x in numbers.tolist()]
    return np.array(values, dtype=object)


def _text_series(
    texts: npt.NDArray[np.object_], missing: npt.NDArray[np.bool_], column: Column, index: Any
) -> "pd.Series[Any]":
    dtype = dtype_of(column.dtype)
    texts[missing] = np.nan if pd.api.types.is_object_dtype(dtype) else None
    series: pd.Series[Any] = pd.Series(texts, index=index, name=column.name, dtype=dtype)
    return series


def detect_moment_format(values: "pd.Series[Any] | pa.Array") -> str | None:
    """Return the format that all text of a column is written in as moments, or None."""
    if isinstance(values, pd.Series):
        values = text_array(values)
    return find_moment_format(values)


def parse_moments(series: "pd.Series[Any]", format: str | None = None) -> Floats:  # noqa: A002
    """Return a column of moments as float64 seconds since 1970 in UTC, shape (n,), NaN for gaps.

    Moments without a zone are taken as UTC.

    Raises:
        TableError: A value is no moment, or not written in `format` (or, without one, in any one).
    """
    moments = _moments(series, format)
    missing = np.isnat(moments)
    seconds = moments.astype(np.int64) / 1e6
    seconds[missing] = np.nan
    return np.asarray(seconds, dtype=np.float64)


def _moments(series: "pd.Series[Any]", style: str | None) -> npt.NDArray[np.datetime64]:
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return _moments(series.astype(dtype.categories.dtype), style)
    if isinstance(dtype, pd.PeriodDtype):
        series = series.dt.to_timestamp()
    elif isinstance(dtype, pd.DatetimeTZDtype):
        series = series.dt.tz_convert("UTC").dt.tz_localize(None)
    elif is_text(series):
        return _text_moments(series, style)
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
    moments = np.array(ticks, dtype=np.int64).astype("datetime64[us]")
    moments[missing] = np.datetime64("NaT")
    return moments


def _text_moments(series: "pd.Series[Any]", style: str | None) -> npt.NDArray[np.datetime64]:
    values = text_array(series)
    style = style or find_moment_format(values)
    if style is None:
        present = pc.drop_null(values)
        if len(present) == 0:
            return np.full(len(values), "NaT", dtype="datetime64[us]")
        raise TableError(
            f"the column {series.name!r} has {present[0].as_py()!r} and others that are not "
            "all moments written in one format."
        )
    try:
        moments = read_moments(values, style)
    except ValueError as error:
        raise TableError(f"the column {series.name!r}: {error}.") from error
    wrong = np.isnat(moments) & np.asarray(pc.is_valid(values))
    if wrong.any():
        example = values[int(np.flatnonzero(wrong)[0])].as_py()
        raise TableError(
            f"the column {series.name!r} has {example!r}, which is no moment written as {style!r}."
        )
    return moments


def format_moments(
    seconds: Floats, column: Column, index: pd.Index | None = None
) -> "pd.Series[Any]":
    """Return seconds since 1970 in UTC, shape (n,), as the moments of a column; NaN is missing.

    It undoes `parse_moments`: dtype, unit, zone, Python type or way of writing are those of
    `column`. What is finer than the unit written is cut off.
    """
    missing = np.isnan(seconds)
    ticks = np.rint(np.where(missing, 0, seconds) * 1e6).astype(np.int64)
    moments = ticks.astype("datetime64[us]")
    dtype = dtype_of(column.dtype)
    if holds_text(dtype) or column.text:
        texts = write_moments(moments, column.format or _DEFAULT_FORMAT)
        return _text_series(np.array(texts, dtype=object), missing, column, index)
    moments[missing] = np.datetime64("NaT")
    if pd.api.types.is_object_dtype(dtype):
        objects = _python_moments(moments, missing, column)
        return pd.Series(objects, index=index, name=column.name, dtype=object)
    series = pd.Series(moments, index=index, name=column.name)
    return _with_dtype(series, dtype)


def _python_moments(
    moments: npt.NDArray[np.datetime64], missing: npt.NDArray[np.bool_], column: Column
) -> npt.NDArray[np.object_]:
    if column.element == "date":
        objects = moments.astype("datetime64[D]").astype(object)
    elif column.zone is not None:
        zoned = pd.DatetimeIndex(moments).tz_localize("UTC").tz_convert(column.zone)
        objects = np.array(zoned.to_pydatetime(), dtype=object)
    else:
        objects = moments.astype(object)
    objects[missing] = None
    return objects


def arrow_series(values: pa.Array, index: pd.Index | None, name: Any) -> "pd.Series[Any]":
    """Return an Arrow array of shape (n,) as a series of its Arrow dtype."""
    return pd.Series(pd.arrays.ArrowExtensionArray(values), index=index, name=name)


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
