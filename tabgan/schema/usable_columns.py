"""Whether a column that was read or edited can be used: its fields are sound, it can be written.

>>> check_column(Column("due", ColumnKind.DATETIME, "float16"))
Traceback (most recent call last):
tabgan.errors.SchemaError: the schema's column 'due' has the dtype 'float16', in which datetime \
values cannot be written.
"""

import re
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.errors import SchemaError, TabganError, reason
from tabgan.schema.calendar_grid import CalendarGrid
from tabgan.schema.column import Column, ColumnKind, dtype_name
from tabgan.schema.dtypes import restore_dtype
from tabgan.schema.float_conversion import to_float
from tabgan.schema.text import number_formats
from tabgan.schema.text.patterns.pattern import Pattern
from tabgan.state_reader import show_value

MAX_DECIMALS = 350  # that a float can have, its exponent included
MAX_FORMAT = 5_000  # characters
_DECIMALS = re.compile(r",?\.(\d+)[feE]")


def check_column(column: Column) -> None:
    """Check that a column's fields fit one another, and that its dtype can hold its kind.

    Raises:
        SchemaError: They do not.
    """
    fault = _find_fault(column)
    if fault is not None:
        raise SchemaError(f"the schema's column {show_value(column.name)} {fault}.")


def check_values(column: Column, series: "pd.Series[Any]") -> None:
    """Check that a table's values can be given back in the dtype of the schema, if it is another.

    Raises:
        SchemaError: They cannot.
    """
    dtype = series.dtype
    categories = getattr(dtype, "categories", None)
    is_same = dtype_name(dtype) == column.dtype and column.element is None
    if is_same and (categories is None or column.categories == dtype_name(categories.dtype)):
        return
    distinct = series.drop_duplicates()
    if column.kind.is_quantitative:
        fault = _find_writing_fault(to_float(distinct, column), column)
    else:
        fault = _find_writing_fault(distinct.astype(object).to_numpy(), column)
    if fault is not None:
        raise SchemaError(f"the schema's column {show_value(column.name)} {fault}.")


@lru_cache(maxsize=4096)
def _find_fault(column: Column) -> str | None:
    """Return what is wrong with a column, as the rest of a sentence; None if nothing is."""
    if len(column.format or "") > MAX_FORMAT:
        return (
            f"has a format of {len(column.format or ''):,} characters, not {MAX_FORMAT:,} at most"
        )
    decimals = _DECIMALS.fullmatch(column.format or "")
    if decimals and int(decimals[1]) > MAX_DECIMALS:
        return f"has the format {column.format!r}, but numbers have at most {MAX_DECIMALS} decimals"
    return _find_reading_fault(column) or _find_writing_fault(_sample_of(column), column)


def _find_reading_fault(column: Column) -> str | None:
    """Return which text of a column says nothing, as the rest of a sentence; None if none."""
    try:
        if column.grid is not None:
            CalendarGrid.from_text(column.grid)
        if column.pattern is not None:
            Pattern.from_text(column.pattern)
        if column.kind.is_number or column.is_amount:
            number_formats(column)
        if column.zone is not None:
            pd.DatetimeIndex([0]).tz_localize(column.zone)
    except TabganError as error:
        return f"cannot be used: {reason(error)}"
    except Exception:  # noqa: BLE001 - what an unknown zone raises depends on how it is written
        return f"has the zone {show_value(column.zone)}, which is not known"
    return None


def _sample_of(column: Column) -> npt.NDArray[Any]:
    """Return a few values that any column of the kind must be able to hold."""
    if column.kind.is_quantitative:
        return np.array([0.0, 1.0, np.nan])
    if column.kind in {ColumnKind.PATTERN, ColumnKind.TEXT}:
        return np.array(["a", None], dtype=object)
    return np.array([], dtype=object)


def _find_writing_fault(values: npt.NDArray[Any], column: Column) -> str | None:
    """Return why values, (n,), cannot be written as a column; None if they can."""
    try:
        with np.errstate(all="ignore"):
            restore_dtype(values, column)
    except Exception as error:  # noqa: BLE001 - whatever pandas, NumPy and Arrow refuse it with
        what = "has the dtype" if column.format is None else f"has the format {column.format!r} and"
        dtype = show_value(column.dtype)
        return f"{what} {dtype}, in which {column.kind.value} values cannot be written" + (
            f": {reason(error)}" if isinstance(error, TabganError) else ""
        )
    return None
