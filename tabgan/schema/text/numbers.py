"""Columns that hold numbers, as numbers or as text.

>>> parse_numbers(pd.Series(["29.85", " "])).tolist()
[29.85, nan]
"""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.errors import TableError
from tabgan.schema.arrays import Floats, Objects
from tabgan.schema.column import Column
from tabgan.schema.text.strings import is_text, text_array, text_series

HEAD = 200  # values that are tried before all are
_NUMBER = r"^\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?\s*$"
_GROUPED = r"^\s*[+-]?[0-9]{1,3}(?:,[0-9]{3})*(?:\.[0-9]+)?\s*$"  # 1,234,567.89
_CODE = r"^\s*[+-]?(?:0[0-9]|[0-9]{16})"  # 00501 is a code, and 16 digits are more than float64 has


def are_numbers(values: pa.Array) -> bool:
    """Return whether all text that is present reads as numbers and none as a code such as 00501."""
    present = pc.drop_null(values)
    if len(present) == 0:
        return False
    if _is_grouped(present):
        return True
    head = present.slice(0, HEAD)  # most columns of words end here
    return all(
        pc.all(pc.match_substring_regex(texts, _NUMBER)).as_py()
        and not pc.any(pc.match_substring_regex(texts, _CODE)).as_py()
        for texts in (head, present)
    )


def _is_grouped(present: pa.Array) -> bool:
    """Return whether numbers, gaps left out, have commas between thousands, all alike."""
    if not pc.any(pc.match_substring(present.slice(0, HEAD), ",")).as_py():
        return False
    if not pc.all(pc.match_substring_regex(present, _GROUPED)).as_py():
        return False
    return _count_decimals(present) is not None


def _count_decimals(present: pa.Array) -> int | None:
    """Return how many decimals every text has; None if they have different numbers of them."""
    trimmed = pc.utf8_trim_whitespace(present)
    point = pc.find_substring(trimmed, ".")
    behind = pc.subtract(pc.subtract(pc.utf8_length(trimmed), point), 1)
    ends = pc.min_max(pc.if_else(pc.equal(point, -1), 0, behind)).as_py()
    return ends["min"] if ends["min"] == ends["max"] else None


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
    seconds = series.dt.total_seconds()
    return np.asarray(seconds.to_numpy(dtype=np.float64, na_value=np.nan))


def _text_numbers(series: "pd.Series[Any]") -> Floats:
    values = text_array(series)
    if _is_grouped(pc.drop_null(values)):
        values = pc.replace_substring(values, ",", "")
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
    """Return `.2f` where all text has two decimals, `repr` where all has some, else None.

    With commas between thousands it is `,.2f`, or `,.0f` for whole numbers.
    """
    if _is_grouped(pc.drop_null(values)):
        return f",.{_count_decimals(pc.drop_null(values))}f"
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
    texts = write_numbers(numbers, partial(_write, column.format))
    return text_series(texts, np.isnan(numbers), column, index)


def _write(style: str | None, number: float) -> str:
    if style is not None and style.startswith((".", ",")):
        return f"{number:{style}}"
    return repr(number) if style else repr(number).removesuffix(".0")


def format_decimals(numbers: Floats) -> Objects:
    """Return numbers of shape (n,) as shortest `Decimal`s, None for NaN."""
    return write_numbers(numbers, lambda number: Decimal(repr(number)))


def write_numbers(numbers: npt.NDArray[Any], write: Callable[[Any], Any]) -> Objects:
    """Write numbers of shape (n,), each distinct one once; None where they are NaN."""
    distinct, indices = np.unique(numbers + 0, return_inverse=True)  # -0.0 as 0.0
    written = [None if np.isnan(number) else write(number) for number in distinct.tolist()]
    return np.array(written, dtype=object)[indices]
