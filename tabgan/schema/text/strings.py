"""Columns of text, as Arrow arrays and as the dtype that they came in.

>>> text_array(pd.Series(["a", " ", None])).to_pylist()
['a', None, None]
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.column import Column, dtype_of, holds_text


def is_text(series: "pd.Series[Any]") -> bool:
    """Return whether all that is present in a column is text."""
    if holds_text(series.dtype):
        return True
    if not pd.api.types.is_object_dtype(series.dtype):
        return False
    return pd.api.types.infer_dtype(series, skipna=True) in {"string", "empty"}


def text_array(series: "pd.Series[Any]") -> pa.Array:
    """Return a text column as an Arrow array of shape (n,); blank text is a gap in it."""
    values = raw_text_array(series)
    blank = pc.equal(pc.utf8_length(pc.utf8_trim_whitespace(values)), 0)
    return pc.if_else(blank, pa.scalar(None, pa.large_string()), values)


def raw_text_array(series: "pd.Series[Any]") -> pa.Array:
    """Return a text column as an Arrow array of shape (n,), blank text as it is."""
    values = pa.array(series.array, type=pa.large_string(), from_pandas=True)
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def text_series(
    texts: npt.NDArray[np.object_], missing: npt.NDArray[np.bool_], column: Column, index: Any
) -> "pd.Series[Any]":
    """Return texts of shape (n,) as a column of the original's dtype, with gaps where `missing`."""
    dtype = dtype_of(column.dtype)
    texts[missing] = np.nan if pd.api.types.is_object_dtype(dtype) else None
    series: pd.Series[Any] = pd.Series(texts, index=index, name=column.name, dtype=dtype)
    return series


def arrow_series(values: pa.Array, index: pd.Index | None, name: Any) -> "pd.Series[Any]":
    """Return an Arrow array of shape (n,) as a series of its Arrow dtype."""
    return pd.Series(pd.arrays.ArrowExtensionArray(values), index=index, name=name)
