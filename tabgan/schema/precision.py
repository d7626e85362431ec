"""Numbers as people wrote them, where a column holds them with fewer digits than float64.

The float32 nearest to 0.1 is 0.10000000149... as a float64, which is a multiple of no round step.

>>> from tabgan.schema.column import ColumnKind
>>> shortest_floats(np.array([0.10000000149011612]), Column("x", ColumnKind.CONTINUOUS, "float32"))
array([0.1])
"""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.arrays import Floats
from tabgan.schema.column import Column, dtype_of


def float_dtype(column: Column) -> np.dtype[Any] | None:
    """Return float16 or float32 for a column of such numbers, however stored; None for others."""
    dtype = dtype_of(column.dtype)
    if isinstance(dtype, pd.SparseDtype):
        dtype = dtype.subtype
    plain = getattr(dtype, "numpy_dtype", dtype)
    is_short = isinstance(plain, np.dtype) and plain.kind == "f" and plain.itemsize < 8
    return plain if is_short else None


def shortest_floats(numbers: Floats, column: Column) -> Floats:
    """Return numbers with no more digits than the column's dtype needs to tell them apart.

    Args:
        numbers: NaN where missing; (n,).
        column: Of float16, of float32, or of others, whose numbers are returned as they are.
    """
    dtype = float_dtype(column)
    if dtype is None:
        return numbers
    with np.errstate(over="ignore"):
        distinct, inverse = np.unique(numbers.astype(dtype), return_inverse=True)
    if dtype.itemsize == 2:
        return np.array([float(str(number)) for number in distinct])[inverse]
    written = pc.cast(pa.array(distinct), pa.string())
    return np.asarray(pc.cast(written, pa.float64()))[inverse]


def nearest_float(number: float, column: Column) -> float:
    """Return the float of a column's dtype that is nearest to a number."""
    dtype = float_dtype(column)
    if dtype is None:
        return number
    with np.errstate(over="ignore"):
        return float(dtype.type(number))
