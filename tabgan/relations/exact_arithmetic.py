"""Exact arithmetic with the numbers of a column: grids of decimals, dtypes' ranges, round trips.

Decimal numbers are compared and summed as whole multiples of their last place:

>>> 0.1 + 0.2 == 0.3, bool(snap(np.array([0.1 + 0.2]), 1)[0] == 0.3)
(False, True)

What a dtype has room for, and whether text comes back bit for bit, is known beforehand:

>>> find_room(Column("x", ColumnKind.INTEGER, "uint8"), 0)
(0.0, 255.0)
>>> comes_back(pd.Series(["1.50", "2.25"]), Column("x", ColumnKind.CONTINUOUS, "str", text=True,
...            format=".2f"))
True
"""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from tabgan.relations.table_profile import TableProfile
from tabgan.schema import restore_dtype
from tabgan.schema.column import Column, ColumnKind, dtype_of
from tabgan.schema.predicates import Floats, Mask, to_float

MAX_DECIMALS = 9
DATETIME_DECIMALS = 6  # of seconds
_EXACT = 2.0**53  # multiples beyond have no float64 of their own
_SPARE = 8  # sums of float64 stay this many times below where they stop being exact


def find_decimals(values: Floats) -> int | None:
    """Return the fewest decimals that write all values exactly; None if there is no such number.

    Shape (n,); NaN is left out of account.
    """
    present = values[~np.isnan(values)]
    for decimals in range(MAX_DECIMALS + 1):
        if len(present) and np.abs(present).max() * 10.0**decimals >= _EXACT:
            return None
        if (snap(present, decimals) == present).all():
            return decimals
    return None


def snap(values: Floats, decimals: int | None) -> Floats:
    """Return the nearest numbers with so many decimals; None leaves them as they are."""
    if decimals is None:
        return values
    scale = 10.0**decimals
    return np.asarray(np.rint(values * scale) / scale)


def snap_up(values: Floats, decimals: int | None) -> Floats:
    """Return the next numbers with so many decimals that are no smaller, rounding noise aside."""
    if decimals is None:
        return values
    scale = 10.0**decimals
    return np.asarray(np.ceil(np.round(values * scale, 3)) / scale)


def comes_back(series: "pd.Series[Any]", column: Column) -> bool:
    """Return whether a column of numbers or datetimes, read and written again, is what it was."""
    distinct = series.drop_duplicates()
    numbers = to_float(distinct, column) + 0.0  # text of -0.0 would not come back from a sum
    back = restore_dtype(numbers, column, index=distinct.index)
    return bool(back.dtype == distinct.dtype and back.equals(distinct))


def are_same(one: Floats, other: Floats) -> Mask:
    """Return where two columns of numbers agree, in their gaps, too; shape (n_rows,)."""
    return np.asarray((one == other) | (np.isnan(one) & np.isnan(other)))


def count_decimals(column: Column, profile: TableProfile) -> int | None:
    """Return the fewest decimals that write a column's numbers, or seconds; None if there are none.

    The sample is asked first: most columns without such a number are told by a few rows.
    """
    decimals = find_decimals(profile.sample.numbers(column))
    if decimals is not None:
        decimals = find_decimals(profile.numbers(column))
    if column.kind is ColumnKind.DATETIME:
        return DATETIME_DECIMALS if decimals is None else min(decimals, DATETIME_DECIMALS)
    return decimals


def _plain_dtype(column: Column) -> np.dtype[np.generic]:
    """Return the numpy dtype that numbers of a column are kept in; float64 where there is none."""
    dtype = dtype_of(column.dtype)
    if isinstance(dtype, pd.SparseDtype):
        dtype = dtype.subtype
    plain = getattr(dtype, "numpy_dtype", dtype)
    is_number = isinstance(plain, np.dtype) and plain.kind in "iuf"
    return plain if is_number else np.dtype(np.float64)


def find_room(column: Column, decimals: int) -> tuple[float, float]:
    """Return the least and the greatest number with so many decimals that a column can hold."""
    dtype = dtype_of(column.dtype)
    if isinstance(dtype, pd.ArrowDtype) and pa.types.is_decimal(dtype.pyarrow_dtype):
        digits = dtype.pyarrow_dtype.precision - dtype.pyarrow_dtype.scale
        most = min(10.0**digits - 1, _most(np.dtype(np.float64), decimals))
        return -most, most
    plain = _plain_dtype(column)
    if plain.kind == "f":
        most = _most(plain, decimals)
        return -most, most
    most = _most(np.dtype(np.float64), decimals)
    limits = np.iinfo(plain.name)
    return max(float(limits.min), -most), min(float(limits.max), most)


def _most(dtype: np.dtype[np.generic], decimals: int) -> float:
    return float(2.0 ** (np.finfo(dtype.name).nmant + 1) / _SPARE / 10.0**decimals)


def is_double(column: Column) -> bool:
    """Return whether a column keeps any float64 as it is: as such, or as text or an object."""
    dtype = dtype_of(column.dtype)
    if isinstance(dtype, pd.ArrowDtype) and pa.types.is_decimal(dtype.pyarrow_dtype):
        return False
    return _plain_dtype(column) == np.dtype(np.float64)


def find_precision(column: Column) -> float:
    """Return the relative distance between neighbours in a column of numbers."""
    plain = _plain_dtype(column)
    return float(np.finfo(plain.name if plain.kind == "f" else "float64").eps)


def round_to_dtype(values: Floats, column: Column) -> Floats:
    """Return numbers as a column keeps them: float32 has fewer of them; shape (n,)."""
    plain = _plain_dtype(column)
    if plain.kind != "f" or plain.itemsize == 8 or column.kind is ColumnKind.DATETIME:
        return values
    return np.asarray(values.astype(plain).astype(np.float64))
