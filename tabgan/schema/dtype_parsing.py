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


def parse_dtype(name: str) -> Any:
    """Return the dtype of a name that pandas does not read as it wrote it; None for all others."""
    for pattern, make in _MAKERS:
        if match := pattern.fullmatch(name):
            return make(*match.groups())
    return None


def _decimal(bits: str, precision: str, scale: str) -> Any:
    kind = {"128": pa.decimal128, "256": pa.decimal256}[bits]
    return pd.ArrowDtype(kind(int(precision), int(scale)))


def _dictionary(values: str, indices: str, ordered: str) -> Any:
    kinds = map(pa.type_for_alias, (indices, values))
    return pd.ArrowDtype(pa.dictionary(*kinds, ordered=ordered == "1"))


def _sparse(subtype: str, fill: str) -> Any:
    kind = np.dtype(subtype)
    scalar = _SCALAR.fullmatch(fill)  # as NumPy 2 writes one
    text = (scalar[1] or scalar[2]) if scalar else fill
    value = kind.type(text == "True" if kind == np.dtype(bool) else text)
    return pd.SparseDtype(kind, value if scalar else value.item())


_SCALAR = re.compile(r"np\.\w+\((.+)\)|np\.(\w+)_")
_MAKERS: tuple[tuple[re.Pattern[str], Callable[..., Any]], ...] = (
    (re.compile(r"decimal(128|256)\((\d+), ?(-?\d+)\)\[pyarrow\]"), _decimal),
    (
        re.compile(r"dictionary<values=(\w+), indices=(\w+), ordered=([01])>\[pyarrow\]"),
        _dictionary,
    ),
    (re.compile(r"Sparse\[((?:u?int|float)\d+|bool), (.+)\]"), _sparse),
)
