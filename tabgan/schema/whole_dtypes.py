"""From whole numbers and decimals, held exactly, back to the dtype that a column had.

>>> from tabgan.schema.column import ColumnKind
>>> column = Column("x", ColumnKind.CONTINUOUS, "object", format=".2f", element="Decimal")
>>> restore_whole_numbers(WholeNumbers(np.array([25]), np.array([False]), 2), column).tolist()
[Decimal('0.25')]
"""

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from tabgan.schema.arrays import Objects
from tabgan.schema.column import Column, dtype_of, holds_text
from tabgan.schema.dtypes import integer_series
from tabgan.schema.text import arrow_series
from tabgan.schema.whole_numbers import WholeNumbers


def restore_whole_numbers(
    numbers: WholeNumbers, column: Column, index: pd.Index | None = None
) -> "pd.Series[Any]":
    """Return numbers of shape (n,) as a series with the name and the dtype of a column.

    Args:
        numbers: Within what the dtype can hold.
        column: Of integers or decimals, as such, as objects, or as text.
        index: Of the series; 0, 1, ... where left out.
    """
    dtype = dtype_of(column.dtype)
    if isinstance(dtype, pd.SparseDtype):
        dtype = dtype.subtype
    plain = getattr(dtype, "numpy_dtype", dtype)
    if getattr(plain, "kind", "O") in "iu":
        whole = numbers.units.astype(plain)
        series = integer_series(whole, numbers.missing, column, dtype, index)
        return series if dtype == dtype_of(column.dtype) else series.astype(dtype_of(column.dtype))
    objects = _write(numbers, column)
    objects[numbers.missing] = None
    if isinstance(dtype, pd.ArrowDtype) and pa.types.is_decimal(dtype.pyarrow_dtype):
        return arrow_series(pa.array(objects, dtype.pyarrow_dtype), index, column.name)
    if column.element == "str":
        objects[numbers.missing] = np.nan
    restored: pd.Series[Any] = pd.Series(objects, index=index, name=column.name).astype(dtype)
    return restored


def can_hold(column: Column, low: int, high: int, decimals: int) -> bool:
    """Return whether a column's dtype holds whole numbers from `low` to `high` as they are.

    >>> can_hold(Column("x", ColumnKind.INTEGER, "int8"), 0, 200, decimals=0)
    False
    """
    dtype = dtype_of(column.dtype)
    plain = getattr(dtype, "subtype", getattr(dtype, "numpy_dtype", dtype))
    if getattr(plain, "kind", "O") not in "iu":
        return True
    limits = np.iinfo(plain)
    return decimals == 0 and limits.min <= low and high <= limits.max


def _write(numbers: WholeNumbers, column: Column) -> Objects:
    """Return numbers as Python objects of the column's type, each distinct one made once."""
    codes, distinct = pd.factorize(numbers.units)
    written = np.empty(len(distinct), object)
    for position, units in enumerate(distinct):
        written[position] = _write_one(int(units), numbers.decimals, column)
    return written[codes]


def _write_one(units: int, decimals: int, column: Column) -> Any:
    if column.element in {"int", "uint"}:
        return units // 10**decimals
    exact = Decimal(f"{units}e-{decimals}")  # arithmetic would round it to 28 digits
    is_styled = column.format is not None and column.format.endswith("f")
    text = f"{exact:{column.format if is_styled else 'f'}}"
    if not is_styled and "." in text:
        text = text.rstrip("0").rstrip(".")
    is_text = column.text or column.element == "str" or holds_text(dtype_of(column.dtype))
    return text if is_text else Decimal(text)
