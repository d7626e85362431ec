"""Names of dtypes that pandas writes and cannot read again.

>>> parse_dtype("Sparse[float64, 0.0]")
Sparse[float64, 0.0]
"""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

MAX_NAME = 200  # characters of a dtype
_TIMES = {
    f"{kind}64[{unit}]" for kind in ("datetime", "timedelta") for unit in ("s", "ms", "us", "ns")
}


def parse_dtype(name: str) -> Any:
    """Return the dtype of a name that pandas does not read as it wrote it; None for all others."""
    for pattern, make in _MAKERS:
        if match := pattern.fullmatch(name):
            return make(*match.groups())
    return None


def read_dtype(name: str) -> Any:
    """Return the dtype of a name that may be anything, if it is one that a column can have.

    Raises:
        TypeError: It is none: unknown, nested, or of several fields.
    """
    try:
        parsed = parse_dtype(name) if len(name) <= MAX_NAME else None
        dtype = pd.api.types.pandas_dtype(name[:MAX_NAME]) if parsed is None else parsed
    except (TypeError, ValueError, LookupError, ArithmeticError, SyntaxError, pa.ArrowException):
        dtype = None
    if isinstance(dtype, np.dtype):
        is_column = dtype.kind in "biufO" or dtype.name in _TIMES
    else:
        is_column = isinstance(dtype, pd.api.extensions.ExtensionDtype) and not _is_nested(dtype)
    if not is_column:
        raise TypeError(f"{name[:MAX_NAME]!r} is no dtype of a column")
    return dtype


def _is_nested(dtype: Any) -> bool:
    return isinstance(dtype, pd.ArrowDtype) and pa.types.is_nested(dtype.pyarrow_dtype)


def _decimal(bits: str, precision: str, scale: str) -> Any:
    kind = {"128": pa.decimal128, "256": pa.decimal256}[bits]
    return pd.ArrowDtype(kind(int(precision), int(scale)))


def _dictionary(values: str, indices: str, ordered: str) -> Any:
    kinds = map(pa.type_for_alias, (indices, values))
    return pd.ArrowDtype(pa.dictionary(*kinds, ordered=ordered == "1"))


def _sparse(subtype: str, fill: str) -> Any:
    kind = np.dtype(subtype)
    value = fill == "True" if kind == np.dtype(bool) else kind.type(fill).item()
    return pd.SparseDtype(kind, value)


_MAKERS: tuple[tuple[re.Pattern[str], Callable[..., Any]], ...] = (
    (re.compile(r"decimal(128|256)\((\d+), ?(-?\d+)\)\[pyarrow\]"), _decimal),
    (
        re.compile(r"dictionary<values=(\w+), indices=(\w+), ordered=([01])>\[pyarrow\]"),
        _dictionary,
    ),
    (re.compile(r"Sparse\[((?:u?int|float)\d+|bool), (.+)\]"), _sparse),
)
