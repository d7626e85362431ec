"""What a column's dtype has room for: which sums it can hold, and to which float it rounds.

>>> find_room(Column("x", ColumnKind.INTEGER, "uint8"), 0)
(0.0, 255.0)
"""

import numpy as np
import pandas as pd
import pyarrow as pa

from tabgan.clauses import Floats
from tabgan.columns import Column, ColumnKind, dtype_of

_SPARE = 8  # sums of float64 stay this many times below where they stop being exact


def _plain_dtype(column: Column) -> np.dtype[np.generic]:
    """Give the numpy dtype that numbers of a column are kept in; float64 where there is none."""
    dtype = dtype_of(column.dtype)
    if isinstance(dtype, pd.SparseDtype):
        dtype = dtype.subtype
    plain = getattr(dtype, "numpy_dtype", dtype)
    is_number = isinstance(plain, np.dtype) and plain.kind in "iuf"
    return plain if is_number else np.dtype(np.float64)


def find_room(column: Column, decimals: int) -> tuple[float, float]:
    """Give the least and the greatest number with so many decimals that a column can hold."""
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
    """Tell whether a column keeps any float64 as it is: as such, or as text or an object."""
    dtype = dtype_of(column.dtype)
    if isinstance(dtype, pd.ArrowDtype) and pa.types.is_decimal(dtype.pyarrow_dtype):
        return False
    return _plain_dtype(column) == np.dtype(np.float64)


def find_precision(column: Column) -> float:
    """Give the relative distance between neighbours in a column of numbers."""
    plain = _plain_dtype(column)
    return float(np.finfo(plain.name if plain.kind == "f" else "float64").eps)


def round_to_dtype(values: Floats, column: Column) -> Floats:
    """Give numbers as a column keeps them: float32 has fewer of them; shape (n,)."""
    plain = _plain_dtype(column)
    if plain.kind != "f" or plain.itemsize == 8 or column.kind is ColumnKind.DATETIME:
        return values
    return np.asarray(values.astype(plain).astype(np.float64))
