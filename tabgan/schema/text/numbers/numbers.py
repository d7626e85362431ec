"""Columns that hold numbers, as numbers or as text.

>>> parse_numbers(pd.Series(["29.85", " "])).tolist()
[29.85, nan]
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.errors import SchemaError, TableError
from tabgan.schema.arrays import Floats, Objects
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.text.missing_marks import read_marks
from tabgan.schema.text.numbers.number_format import NumberFormat, NumberFormats, is_number_format
from tabgan.schema.text.numbers.number_inference import infer_number_formats
from tabgan.schema.text.numbers.plain_numbers import (
    are_numbers,
    parse_plain_numbers,
    write_plain_number,
)
from tabgan.schema.text.numbers.units import is_currency
from tabgan.schema.text.strings import is_text, text_array, text_series

_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def parse_numbers(series: "pd.Series[Any]", column: Column | None = None) -> Floats:
    """Return a column as float64 of shape (n,), NaN for gaps; durations become seconds.

    Args:
        series: The cells; (n,).
        column: What they are, where that is known: text is read in its format, and its marks are
            gaps. Without it, the way in which text is written is found out.

    Raises:
        TableError: A value is no number, or not written in the column's format.
    """
    if isinstance(series.dtype, pd.CategoricalDtype):
        own = series.dtype.categories.dtype
        lacks_gaps = getattr(own, "kind", "O") in "iub" and series.hasnans
        series = series.astype(object if lacks_gaps else own)
    elif isinstance(series.dtype, pd.SparseDtype):
        series = series.astype(series.dtype.subtype)
    dtype = series.dtype
    if _is_duration(series):
        return _seconds(series)
    if is_text(series):
        return _formatted_numbers(series, column) if column else _any_numbers(series)
    is_decimal = isinstance(dtype, pd.ArrowDtype) and pa.types.is_decimal(dtype.pyarrow_dtype)
    if pd.api.types.is_object_dtype(dtype) or is_decimal:
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
    durations = series.to_numpy()
    per_second = _PER_SECOND[np.datetime_data(durations.dtype)[0]]
    exact = durations.astype(np.int64) / per_second  # what pandas returns is not the nearest
    return np.where(np.isnat(durations), np.nan, exact)


def _any_numbers(series: "pd.Series[Any]") -> Floats:
    """Return text as numbers, however it is written."""
    try:
        return _plain_numbers(series)
    except TableError:
        formats = infer_number_formats(text_array(series))
        if formats is None:
            raise
        return formats.parse(text_array(series))[1]


def _plain_numbers(series: "pd.Series[Any]", column: Column | None = None) -> Floats:
    values = text_array(series)
    try:
        return parse_plain_numbers(values)
    except ValueError as error:
        problem = f"the column {series.name!r} has {error}, which is not a number"
        formats = None if column is None else infer_number_formats(values)
        if formats is not None:
            problem += f" unless the schema gives it the format {formats.text!r}"
        raise TableError(f"{problem}.") from error


def _formatted_numbers(series: "pd.Series[Any]", column: Column) -> Floats:
    series, formats = read_marks(series, column), number_formats(column)
    if formats is None:
        return _plain_numbers(series, column)
    values = text_array(series)
    numbers = formats.parse(values)[1]
    wrong = np.isnan(numbers) & np.asarray(pc.is_valid(values))
    if wrong.any():
        example = values[int(np.flatnonzero(wrong)[0])].as_py()
        raise TableError(
            f"the column {series.name!r} has {example!r}, which is no number written as "
            f"{formats.text!r}; correct it, or name it among the column's missing_marks."
        )
    return numbers


def number_formats(column: Column) -> NumberFormats | None:
    """Return in which formats a column of text writes its numbers; None: as plain numbers.

    Where there is but a unit, decimals are as needed, with a currency in front and any other unit
    behind.

    Raises:
        SchemaError: The format is none.
    """
    if not (column.text or column.kind is ColumnKind.PATTERN):
        return None
    if is_number_format(column.format):
        try:
            return NumberFormats.from_text(column.format or "")
        except ValueError as error:
            raise SchemaError(f"the column {column.name!r}: {error}.") from error
    if column.format is None and column.unit is not None:
        return NumberFormats.from_text(
            f"{column.unit}0.#" if is_currency(column.unit) else f"0.# {column.unit}"
        )
    return None


def read_number(text: str, column: Column) -> float:
    """Return the number that a user's text means in a column: `1,234.50`, `$1,234.50`, `1234.5`.

    The column's own way of writing comes first, then Python's, then the column's without its unit.

    Raises:
        ValueError: It means none.
    """
    series: pd.Series[Any] = pd.Series([text], dtype=object)
    formats = number_formats(column)
    if formats is not None and formats.round_trips(text_array(series)):
        return float(formats.parse(text_array(series))[1][0])
    try:
        return float(text)
    except ValueError:
        if formats is None and are_numbers(text_array(series)):
            return float(_plain_numbers(series)[0])
        if formats is None:
            raise
    bare = [NumberFormat.with_unit(variant.numeral) for variant in formats.variants]
    known = NumberFormats((*formats.variants, *bare))
    number = float(known.parse(text_array(series))[1][0])
    if np.isnan(number):
        raise ValueError(text)
    return number


def _object_numbers(series: "pd.Series[Any]") -> Floats:
    present = series.notna().to_numpy()
    numbers = np.full(len(series), np.nan)
    try:
        numbers[present] = [float(value) for value in series[present]]
    except (TypeError, ValueError) as error:
        raise TableError(f"the column {series.name!r} has values that are no numbers.") from error
    return numbers


def format_numbers(
    numbers: Floats, column: Column, index: pd.Index | None = None
) -> "pd.Series[Any]":
    """Write numbers of shape (n,) as a text column in the way of the original; NaN is missing."""
    formats = number_formats(column)
    if formats is None:
        texts = write_numbers(numbers, partial(write_plain_number, column.format))
    else:
        texts = formats.variants[0].write(numbers + 0.0)  # -0.0 as 0.0
    return text_series(texts, np.isnan(numbers), column, index)


def write_numbers(numbers: npt.NDArray[Any], write: Callable[[Any], Any]) -> Objects:
    """Write numbers of shape (n,), each distinct one once; None where they are NaN."""
    distinct, indices = np.unique(numbers + 0, return_inverse=True)  # -0.0 as 0.0
    written = [None if np.isnan(number) else write(number) for number in distinct.tolist()]
    return np.array(written, dtype=object)[indices]
