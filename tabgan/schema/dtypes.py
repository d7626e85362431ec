"""From learned values back to a series of exactly the dtype that a column had.

>>> restore_dtype(np.array([1.0, np.nan]), Column("x", ColumnKind.INTEGER, "Int64")).tolist()
[1, <NA>]
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Column, ColumnKind, dtype_of, holds_text
from tabgan.schema.text import (
    arrow_series,
    format_datetimes,
    format_numbers,
    is_moment_type,
    write_numbers,
    write_plain_number,
)


def restore_dtype(
    values: Any,
    column: Column,
    index: pd.Index | None = None,
    categories: pd.Index | None = None,
    ordered: bool | None = None,
) -> "pd.Series[Any]":
    """Return values of shape (n,) as a series with the name and the dtype of a column.

    Args:
        values: float64 for numbers, NaN where missing; float64 seconds since 1970 in UTC for
            datetimes, and seconds for durations; for all other kinds the values themselves, as
            they were in the table.
        column: Whose name and dtype the series gets.
        index: Its index; 0, 1, ... where left out.
        categories: All categories of a `category` column, in their order.
        ordered: Whether they are ordered; as `column.ordered` where left out.

    An integer or boolean dtype that cannot hold gaps becomes the nullable one if there are any.
    """
    array = values.to_numpy() if isinstance(values, pd.Series) else np.asarray(values)
    dtype = dtype_of(column.dtype)
    if isinstance(dtype, pd.CategoricalDtype):
        return _categorical_series(array, column, index, categories, ordered)
    if isinstance(dtype, pd.SparseDtype):
        dense = replace(column, dtype=str(dtype.subtype))
        return restore_dtype(array, dense, index).astype(dtype)
    if array.dtype.kind in "iuf":
        return _from_numbers(array, column, dtype, index)
    if pd.api.types.is_object_dtype(dtype):
        return _object_series(array, column, index)
    return _plain(array, column, dtype, index)


def _plain(
    array: npt.NDArray[Any], column: Column, dtype: Any, index: pd.Index | None
) -> "pd.Series[Any]":
    series = pd.Series(array, index=index, name=column.name)
    if isinstance(dtype, np.dtype) and dtype.kind in "biu" and series.isna().any():
        return series.astype(_nullable(dtype))
    if isinstance(dtype, pd.ArrowDtype):
        return arrow_series(_to_arrow(array, dtype.pyarrow_dtype), index, column.name)
    return series.astype(dtype)


def _to_arrow(array: npt.NDArray[Any], kind: Any) -> Any:
    """Return values as an Arrow array of a type; None and NaN are gaps."""
    if pa.types.is_dictionary(kind):
        return pc.cast(_to_arrow(array, kind.value_type).dictionary_encode(), kind)
    is_long = pa.types.is_uint64(kind) or pa.types.is_decimal(kind)
    if is_long and array.dtype == object:  # Arrow itself takes whole numbers for 64 bits
        return pa.array(array, kind, from_pandas=True)
    return pc.cast(pa.array(array, from_pandas=True), kind)


def _categorical_series(
    array: npt.NDArray[Any],
    column: Column,
    index: pd.Index | None,
    categories: pd.Index | None,
    ordered: bool | None,
) -> "pd.Series[Any]":
    if categories is None:
        categories = pd.Index(pd.Series(array).dropna().unique())
        if column.categories is not None:
            categories = categories.astype(dtype_of(column.categories))
    is_ordered = column.ordered if ordered is None else ordered
    values = pd.Categorical(array.tolist(), categories=categories, ordered=is_ordered)
    return pd.Series(values, index=index, name=column.name)


def _from_numbers(
    array: npt.NDArray[Any], column: Column, dtype: Any, index: pd.Index | None
) -> "pd.Series[Any]":
    if column.kind is ColumnKind.DATETIME or _is_datetime(dtype):
        return format_datetimes(array.astype(np.float64), column, index)
    if holds_text(dtype) or column.text or column.element == "str":
        return format_numbers(array.astype(np.float64), column, index)
    if pd.api.types.is_object_dtype(dtype):
        return _object_series(_elements(array, column.element, column.format), column, index)
    if _is_duration(dtype):
        array = _durations(array, "ns" if "[ns]" in column.dtype else "us")
        if not isinstance(dtype, pd.ArrowDtype):
            return pd.Series(array, index=index, name=column.name).astype(dtype)
    elif getattr(dtype, "kind", "") in "iu":
        return _integers(array, column, dtype, index)
    return _plain(array, column, dtype, index)


def _is_datetime(dtype: Any) -> bool:
    if isinstance(dtype, pd.ArrowDtype):
        return is_moment_type(dtype.pyarrow_dtype)
    return isinstance(dtype, pd.PeriodDtype) or pd.api.types.is_datetime64_any_dtype(dtype)


def _is_duration(dtype: Any) -> bool:
    if isinstance(dtype, pd.ArrowDtype):
        return bool(pa.types.is_duration(dtype.pyarrow_dtype))
    return pd.api.types.is_timedelta64_dtype(dtype)


def _durations(seconds: npt.NDArray[Any], unit: str) -> npt.NDArray[np.timedelta64]:
    ticks = np.rint(np.nan_to_num(seconds) * (1e9 if unit == "ns" else 1e6)).astype(np.int64)
    durations = ticks.astype(f"timedelta64[{unit}]")
    durations[np.isnan(seconds)] = np.array("NaT", dtype=durations.dtype)
    return np.asarray(durations)


def _integers(
    array: npt.NDArray[Any], column: Column, dtype: Any, index: pd.Index | None
) -> "pd.Series[Any]":
    """Return numbers rounded and clipped to an integer dtype: numpy's, nullable or Arrow's."""
    missing = np.isnan(array) if array.dtype.kind == "f" else np.zeros(len(array), dtype=bool)
    plain = np.dtype(getattr(dtype, "numpy_dtype", dtype))
    limits = np.iinfo(plain)
    whole = np.zeros(len(array), dtype=plain)
    for mask, bound in ((array <= limits.min, limits.min), (array >= limits.max, limits.max)):
        whole[mask] = bound
    inside = ~missing & (array > limits.min) & (array < limits.max)
    rounded = np.rint(array[inside]) if array.dtype.kind == "f" else array[inside]
    whole[inside] = rounded.astype(plain)
    return integer_series(whole, missing, column, dtype, index)


def integer_series(
    whole: npt.NDArray[Any], missing: Mask, column: Column, dtype: Any, index: pd.Index | None
) -> "pd.Series[Any]":
    """Return integers of shape (n,) as a series of an integer dtype: numpy's, nullable or Arrow's.

    Where numpy's has gaps to hold, it is the nullable one.
    """
    if not missing.any() and isinstance(dtype, np.dtype):
        return pd.Series(whole, index=index, name=column.name)
    if isinstance(dtype, pd.ArrowDtype):
        arrow = pa.array(whole, type=dtype.pyarrow_dtype, mask=missing)
        return arrow_series(arrow, index, column.name)
    masked = pd.Series(whole, index=index, name=column.name).astype(_nullable(whole.dtype))
    return masked.mask(missing)


def _nullable(dtype: "np.dtype[Any]") -> Any:
    """Return the dtype that holds what a NumPy one of integers or truth values does, and gaps."""
    return "boolean" if dtype.kind == "b" else dtype.name.replace("int", "Int").replace("uI", "UI")


def _elements(array: npt.NDArray[Any], element: str | None, style: str | None) -> npt.NDArray[Any]:
    """Return numbers as Python objects of the type that an object column held."""
    if element == "Decimal":
        return _decimals(array.astype(np.float64), style)
    missing = np.isnan(array.astype(np.float64))
    if element == "timedelta":
        objects = _durations(array, "us").astype(object)
    elif element == "Timedelta":
        objects = np.asarray(pd.TimedeltaIndex(_durations(array, "us")).astype(object))
    elif element in {"int", "uint", "bool"}:
        kind = bool if element == "bool" else int
        objects = write_numbers(array, lambda number: kind(round(number)))
    else:
        objects = array.astype(object)
    objects[missing] = None
    return objects


def _decimals(array: Floats, style: str | None) -> npt.NDArray[Any]:
    """Return numbers as decimals: with as many digits behind the point as `style`, or the least."""
    return write_numbers(array, lambda number: Decimal(write_plain_number(style, number)))


def _object_series(
    array: npt.NDArray[Any], column: Column, index: pd.Index | None
) -> "pd.Series[Any]":
    series = pd.Series(array.astype(object), index=index, name=column.name, dtype=object)
    missing = series.isna().to_numpy()
    if missing.any():
        objects = series.to_numpy().copy()
        objects[missing] = column.gap
        series = pd.Series(objects, index=index, name=column.name, dtype=object)
    return series
