"""Parts of a table put under one another, whatever dtype each part was read with."""

from collections.abc import Sequence
from typing import Any

import pandas as pd


def stack(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return frames of the same columns under one another, categories of their dtypes joined."""
    columns: dict[Any, Any] = {
        name: _stack_column([frame[name] for frame in frames]) for name in frames[0].columns
    }
    return pd.DataFrame(columns)


def append(table: pd.DataFrame, made: pd.DataFrame) -> pd.DataFrame:
    """Return rows of a table and rows made for it, in the dtypes of these and with its gaps.

    Objects may have several: where the table's gaps are None, made ones are None as well.
    """
    made = made.copy()
    objects = [name for name, kind in table.dtypes.items() if pd.api.types.is_object_dtype(kind)]
    for name in objects:
        gaps = table[name][table[name].isna()]
        if len(gaps):
            made[name] = made[name].where(made[name].notna(), gaps.iloc[0])
    return pd.concat([table, made], ignore_index=True).astype(made.dtypes)


def _stack_column(parts: "Sequence[pd.Series[Any]]") -> "pd.Series[Any]":
    dtypes = {part.dtype for part in parts}
    if len(dtypes) > 1:
        present = [part for part in parts if not part.isna().all()] or parts[:1]
        dtypes = {part.dtype for part in present}
        if len(present) < len(parts) and len(dtypes) == 1:
            parts = [cast(part, present[0].dtype) for part in parts]
    if len(dtypes) > 1 and all(isinstance(dtype, pd.CategoricalDtype) for dtype in dtypes):
        joined = pd.api.types.union_categoricals(list(parts), ignore_order=True)
        return pd.Series(joined, name=parts[0].name)
    return pd.concat(list(parts), ignore_index=True)


def cast(series: "pd.Series[Any]", dtype: Any) -> "pd.Series[Any]":
    """Return a part of a column with the dtype of the whole; gaps stay gaps."""
    if series.isna().all():
        try:
            return pd.Series([None] * len(series), series.index, dtype, name=series.name)
        except (TypeError, ValueError):  # a dtype without gaps
            return series
    return series.astype(dtype)
