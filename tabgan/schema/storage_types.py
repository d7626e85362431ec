"""What the values of a column are, before asking how they are distributed.

>>> storage_type_of(pd.Series([1, 2])).name
'NUMBER'
"""

import datetime as dt
from decimal import Decimal
from enum import Enum, auto
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from tabgan.schema.column import holds_text
from tabgan.schema.text import is_moment_type, moment_element


class StorageType(Enum):
    """What the values of a column are, before asking how they are distributed."""

    MISSING = auto()
    BOOLEAN = auto()
    NUMBER = auto()
    DURATION = auto()
    DATETIME = auto()
    TEXT = auto()
    OTHER = auto()
    NESTED = auto()
    COMPLEX = auto()
    OPAQUE = auto()  # bytes and whatever else is neither told apart nor written back
    BROKEN = auto()  # several types in one column


def storage_type_of(series: "pd.Series[Any]") -> StorageType:
    """Return what the values of a column are."""
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return _category_storage(dtype.categories)
    if isinstance(dtype, pd.ArrowDtype):
        return _arrow_storage(dtype.pyarrow_dtype)
    if holds_text(dtype):
        return StorageType.TEXT
    if isinstance(dtype, pd.DatetimeTZDtype | pd.PeriodDtype):
        return StorageType.DATETIME
    if isinstance(dtype, pd.SparseDtype):
        dtype = dtype.subtype
    if pd.api.types.is_object_dtype(dtype):
        return _object_storage(series)
    kinds = {"b": StorageType.BOOLEAN, **dict.fromkeys("iuf", StorageType.NUMBER)}
    kinds |= {"m": StorageType.DURATION, "M": StorageType.DATETIME, "c": StorageType.COMPLEX}
    return kinds.get(getattr(dtype, "kind", "O"), StorageType.OTHER)


def _arrow_storage(arrow: Any) -> StorageType:
    for test, storage in (
        (pa.types.is_nested, StorageType.NESTED),
        (pa.types.is_null, StorageType.MISSING),
        (pa.types.is_boolean, StorageType.BOOLEAN),
        (pa.types.is_integer, StorageType.NUMBER),
        (pa.types.is_floating, StorageType.NUMBER),
        (pa.types.is_decimal, StorageType.NUMBER),
        (pa.types.is_duration, StorageType.DURATION),
        (is_moment_type, StorageType.DATETIME),
        (pa.types.is_string, StorageType.TEXT),
        (pa.types.is_large_string, StorageType.TEXT),
        (pa.types.is_dictionary, StorageType.OTHER),
    ):
        if test(arrow):
            return storage
    return StorageType.OPAQUE


def _category_storage(categories: pd.Index) -> StorageType:
    if not pd.api.types.is_object_dtype(categories.dtype):
        return StorageType.OTHER
    found = _object_storage(pd.Series(categories, dtype=object))
    return found if found in {StorageType.NESTED, StorageType.OPAQUE} else StorageType.OTHER


_TYPES: tuple[tuple[tuple[type, ...], StorageType], ...] = (
    ((bool, np.bool_), StorageType.BOOLEAN),
    ((str,), StorageType.TEXT),
    ((complex, np.complexfloating), StorageType.COMPLEX),
    ((dt.timedelta, np.timedelta64), StorageType.DURATION),
    ((int, float, Decimal, np.integer, np.floating), StorageType.NUMBER),
    ((dt.date, dt.time, np.datetime64), StorageType.DATETIME),
    ((list, tuple, dict, set, frozenset, np.ndarray, pd.Series, pd.DataFrame), StorageType.NESTED),
)


_CATEGORIES = (pd.Period, pd.Interval)  # told apart, though neither numbers nor text


def opaque_type(series: "pd.Series[Any]") -> str:
    """Return the name of the type, or one of them, that makes a column OPAQUE."""
    if isinstance(series.dtype, pd.ArrowDtype):
        return str(series.dtype.pyarrow_dtype)
    if isinstance(series.dtype, pd.CategoricalDtype):
        series = pd.Series(series.cat.categories, dtype=object)
    return min(kind.__name__ for kind in object_types(series) if _is_opaque(kind))


def _is_opaque(kind: type) -> bool:
    is_known = any(issubclass(kind, bases) for bases, _ in _TYPES)
    return not is_known and not issubclass(kind, _CATEGORIES)


def object_types(series: "pd.Series[Any]") -> set[type]:
    """Return the Python types of what is present in an object column."""
    if pd.api.types.infer_dtype(series, skipna=True) == "string":  # by far the quickest test
        return {str}
    return set(map(type, series[series.notna()].tolist()))


def _object_storage(series: "pd.Series[Any]") -> StorageType:
    types = object_types(series)
    storages = {
        next((storage for bases, storage in _TYPES if issubclass(kind, bases)), StorageType.OTHER)
        for kind in types
    }
    if not storages:
        return StorageType.MISSING
    if StorageType.NESTED in storages:
        return StorageType.NESTED
    if StorageType.OTHER in storages and any(map(_is_opaque, types)):
        return StorageType.OPAQUE
    mixed_dates = storages == {StorageType.DATETIME} and len(set(map(moment_element, types))) > 1
    others = storages == {StorageType.OTHER} and len(types) > 1
    return StorageType.BROKEN if len(storages) > 1 or mixed_dates or others else storages.pop()
