"""Exact arithmetic with the numbers of a column: decimals, ranges of dtypes, round trips.

Numbers are rounded to the decimals of their column before they are compared:

>>> 0.1 + 0.2 == 0.3, bool(round_decimals(np.array([0.1 + 0.2]), 1)[0] == 0.3)
(False, True)

What a dtype can represent, and whether text is read and written back the same, is known beforehand:

>>> representable_range(Column("x", ColumnKind.INTEGER, "uint8"), 0)
(0.0, 255.0)
>>> round_trips(pd.Series(["1.50", "2.25"]), Column("x", ColumnKind.CONTINUOUS, "str", text=True,
...            format=".2f"))
True
"""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from tabgan.relations.table_profile import TableProfile
from tabgan.schema import restore_dtype
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Column, ColumnKind, dtype_of
from tabgan.schema.float_conversion import to_float

MAX_DECIMALS = 9
DATETIME_DECIMALS = 6  # of seconds
DAY = 86_400.0  # seconds
MAX_EXACT = 2.0**53  # whole numbers beyond are not all float64
MAX_INT = float(np.nextafter(2.0**63, 0))  # the greatest float that is an int64
MAX_EXACT_SUM = MAX_EXACT / 8  # of terms as large: room for rounding on the way


def find_decimals(values: Floats) -> int | None:
    """Return the fewest decimals that write all values exactly; None if more than 9 were needed.

    Args:
        values: Numbers, of which NaN are left out of account; (n,).
    """
    present = values[~np.isnan(values)]
    for decimals in range(MAX_DECIMALS + 1):
        if len(present) and np.abs(present).max() * 10.0**decimals >= MAX_EXACT:
            return None
        if (round_decimals(present, decimals) == present).all():
            return decimals
    return None


def round_decimals(values: Floats, decimals: int | None) -> Floats:
    """Return the nearest numbers with so many decimals, or the same if that is None; shape (n,)."""
    if decimals is None:
        return values
    scale = 10.0**decimals
    return np.asarray(np.rint(values * scale) / scale)


def ceil_decimals(values: Floats, decimals: int | None) -> Floats:
    """Return the next numbers with so many decimals that are no smaller, but for rounding; (n,)."""
    if decimals is None:
        return values
    scale = 10.0**decimals
    return np.asarray(np.ceil(np.round(values * scale, 3)) / scale)


def round_trips(series: "pd.Series[Any]", column: Column) -> bool:
    """Return whether a column of numbers or datetimes, read and written back, is the same."""
    distinct = series.drop_duplicates()
    numbers = to_float(distinct, column) + 0.0  # a sum never gives -0.0, whose text is another
    back = restore_dtype(numbers, column, index=distinct.index)
    return bool(back.dtype == distinct.dtype and back.equals(distinct))


def equal_nan(one: Floats, other: Floats) -> Mask:
    """Return where two columns of numbers are equal, NaN to NaN as well; shape (n_rows,)."""
    return np.asarray((one == other) | (np.isnan(one) & np.isnan(other)))


def column_decimals(column: Column, profile: TableProfile) -> int | None:
    """Return `find_decimals` of a column's numbers, or of its seconds: at most 6 for datetimes.

    The sample comes first: a few rows show for most columns that there is no such number.
    """
    decimals = find_decimals(profile.sample.numbers(column))
    if decimals is not None:
        decimals = find_decimals(profile.numbers(column))
    if column.kind is ColumnKind.DATETIME:
        return DATETIME_DECIMALS if decimals is None else min(decimals, DATETIME_DECIMALS)
    return decimals


def _storage_dtype(column: Column) -> np.dtype[np.generic]:
    """Return the numpy dtype that a column's numbers are stored in; float64 where there is none."""
    dtype = dtype_of(column.dtype)
    if isinstance(dtype, pd.SparseDtype):
        dtype = dtype.subtype
    storage = getattr(dtype, "numpy_dtype", dtype)
    is_number = isinstance(storage, np.dtype) and storage.kind in "iuf"
    return storage if is_number else np.dtype(np.float64)


def representable_range(
    column: Column, decimals: int, largest: float = MAX_EXACT_SUM
) -> tuple[float, float]:
    """Return the least and the greatest sum of so many decimals that a column's dtype can hold.

    Args:
        column: Of numbers.
        decimals: Of them.
        largest: Sum without its point that is still exact.
    """
    dtype = dtype_of(column.dtype)
    largest = largest / 10.0**decimals
    if isinstance(dtype, pd.ArrowDtype) and pa.types.is_decimal(dtype.pyarrow_dtype):
        digits = dtype.pyarrow_dtype.precision - dtype.pyarrow_dtype.scale
        largest = min(10.0**digits - 1, largest)
        return -largest, largest
    storage = _storage_dtype(column)
    if storage.kind == "f":
        largest *= float(np.finfo(np.float64).eps) / machine_epsilon(column)
        return -largest, largest
    limits = np.iinfo(storage.name)
    return max(float(limits.min), -largest), min(float(limits.max), largest)


def stores_float64(column: Column) -> bool:
    """Return whether a column holds any float64 unchanged: as such, or as text or an object."""
    dtype = dtype_of(column.dtype)
    if isinstance(dtype, pd.ArrowDtype) and pa.types.is_decimal(dtype.pyarrow_dtype):
        return False
    return _storage_dtype(column) == np.dtype(np.float64)


def machine_epsilon(column: Column) -> float:
    """Return the relative distance between neighbouring floats of a column's dtype."""
    storage = _storage_dtype(column)
    return float(np.finfo(storage.name if storage.kind == "f" else "float64").eps)


def round_to_dtype(values: Floats, column: Column) -> Floats:
    """Return numbers rounded to those that a column's dtype has, such as float32; shape (n,)."""
    storage = _storage_dtype(column)
    if storage.kind != "f" or storage.itemsize == 8 or column.kind is ColumnKind.DATETIME:
        return values
    return np.asarray(values.astype(storage).astype(np.float64))
