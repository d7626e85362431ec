"""Gaps of columns that relations leave, clear or give back."""

from typing import Any

import numpy as np
import pandas as pd

from tabgan.errors import RelationError
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Mask
from tabgan.schema.column import Column, Name

GIVEN = "given"  # stands for any value where only the gaps of a column are learned


def mark_given(frame: pd.DataFrame, name: Name) -> pd.DataFrame:
    """Return a table in which a column says only where it has a value: GIVEN, or a gap."""
    changed = frame.copy(deep=False)
    changed[name] = pd.Series(GIVEN, frame.index, dtype=object).mask(frame[name].isna())
    return changed


def has_plain_gaps(profile: TableProfile, column: Column) -> bool:
    """Return whether all gaps of a column are missing values: blank text would not be restored."""
    return bool((profile.missing(column) == profile.series(column).isna()).all())


def check_gaps(dependent: Column, source: Column, profile: TableProfile) -> None:
    """Check that one column can decide the other's gaps.

    Raises:
        RelationError: They are the same, one is not learned, or the dependent has no plain gaps.
    """
    for column in (dependent, source):
        if column not in profile.columns:
            raise RelationError(
                f"column {column.name!r} is {column.kind.value} and has no part in relations of "
                "gaps; name another."
            )
    if dependent == source:
        raise RelationError(f"column {source.name!r} cannot decide its own gaps; name another.")
    if not profile.missing(dependent).any():
        raise RelationError(f"column {dependent.name!r} has no gaps; name one that has.")
    if not has_plain_gaps(profile, dependent):
        raise RelationError(
            f"the gaps of column {dependent.name!r} are blank text, which cannot be given back; "
            "turn them into missing values."
        )


def clear_cells(series: "pd.Series[Any]", gaps: Mask, column: Column) -> "pd.Series[Any]":
    """Return a column with missing values, as its dtype has them, where `gaps`; shape (n_rows,)."""
    if not gaps.any():
        return series
    dtype = series.dtype
    if isinstance(dtype, pd.SparseDtype):
        return clear_cells(series.astype(dtype.subtype), gaps, column).astype(dtype)
    if pd.api.types.is_object_dtype(dtype):
        objects = series.to_numpy(object).copy()
        objects[gaps] = column.gap
        return pd.Series(objects, index=series.index, name=series.name, dtype=object)
    if isinstance(dtype, np.dtype) and dtype.kind in "iub":  # has no room for gaps
        series = series.convert_dtypes(convert_string=False, convert_floating=False)
    return series.mask(gaps)


def write_cells(series: "pd.Series[Any]", rows: Mask, cell: Any) -> "pd.Series[Any]":
    """Return a column with one cell written where `rows` are True; shape (n_rows,)."""
    if not rows.any():
        return series
    dtype = series.dtype
    if isinstance(dtype, pd.SparseDtype):
        return write_cells(series.astype(dtype.subtype), rows, cell).astype(dtype)
    if pd.api.types.is_object_dtype(dtype):
        objects = series.to_numpy(object).copy()
        objects[rows] = cell
        return pd.Series(objects, index=series.index, name=series.name, dtype=object)
    if isinstance(dtype, pd.CategoricalDtype) and cell not in dtype.categories:
        series = series.cat.add_categories([cell])
    return series.mask(rows, cell)
