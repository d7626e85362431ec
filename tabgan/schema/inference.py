"""Which kind a column is, found from its values without help.

>>> infer_column(pd.Series([0.5, 2.25, None], name="x")).kind
<ColumnKind.CONTINUOUS: 'continuous'>
"""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from enum import Enum, auto
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.column import Column, ColumnKind, dtype_name, holds_text
from tabgan.schema.text import (
    are_numbers,
    detect_moment_format,
    detect_number_format,
    parse_numbers,
    text_array,
)

Floats = npt.NDArray[np.float64]

SPIKE_SHARE = 0.2  # a value with this share of the present rows is a spike ...
SPIKE_REST = 20  # ... where the rest takes more than this many values: mixed
KEY_ROWS = 20  # fewer rows are too few to call distinct values keys
KEY_SPREAD = 1.2  # integer keys fill their range but for this factor
TEXT_ROWS, TEXT_SHARE = 100, 0.98  # free text of which a few repeat is no category either
_EXACT = 2.0**53  # integers beyond have no float64 of their own
_SAMPLE = 10_000


class Family(Enum):
    """What the values of a column are, before asking how they are spread."""

    MISSING = auto()
    BOOLEAN = auto()
    NUMBER = auto()
    DURATION = auto()
    MOMENT = auto()
    TEXT = auto()
    OTHER = auto()
    NESTED = auto()
    COMPLEX = auto()
    BROKEN = auto()  # several families in one column


def family_of(series: "pd.Series[Any]") -> Family:
    """Return what the values of a column are."""
    dtype = series.dtype
    if isinstance(dtype, pd.ArrowDtype):
        return _arrow_family(dtype.pyarrow_dtype)
    if holds_text(dtype):
        return Family.TEXT
    if isinstance(dtype, pd.DatetimeTZDtype | pd.PeriodDtype):
        return Family.MOMENT
    if isinstance(dtype, pd.SparseDtype):
        dtype = dtype.subtype
    if pd.api.types.is_object_dtype(dtype):
        return _object_family(series)
    kinds = {"b": Family.BOOLEAN, "i": Family.NUMBER, "u": Family.NUMBER, "f": Family.NUMBER}
    kinds |= {"m": Family.DURATION, "M": Family.MOMENT, "c": Family.COMPLEX}
    return kinds.get(getattr(dtype, "kind", "O"), Family.OTHER)


def _arrow_family(arrow: Any) -> Family:
    for test, family in (
        (pa.types.is_nested, Family.NESTED),
        (pa.types.is_null, Family.MISSING),
        (pa.types.is_boolean, Family.BOOLEAN),
        (pa.types.is_integer, Family.NUMBER),
        (pa.types.is_floating, Family.NUMBER),
        (pa.types.is_decimal, Family.NUMBER),
        (pa.types.is_duration, Family.DURATION),
        (pa.types.is_timestamp, Family.MOMENT),
        (pa.types.is_date, Family.MOMENT),
        (pa.types.is_string, Family.TEXT),
        (pa.types.is_large_string, Family.TEXT),
    ):
        if test(arrow):
            return family
    return Family.OTHER


_TYPES: tuple[tuple[tuple[type, ...], Family], ...] = (
    ((bool, np.bool_), Family.BOOLEAN),
    ((str,), Family.TEXT),
    ((complex, np.complexfloating), Family.COMPLEX),
    ((dt.timedelta, np.timedelta64), Family.DURATION),
    ((int, float, Decimal, np.integer, np.floating), Family.NUMBER),
    ((dt.date, np.datetime64), Family.MOMENT),
    ((list, tuple, dict, set, frozenset, np.ndarray, pd.Series, pd.DataFrame), Family.NESTED),
)


def object_types(series: "pd.Series[Any]") -> set[type]:
    """Return the Python types of what is present in an object column."""
    if pd.api.types.infer_dtype(series, skipna=True) == "string":  # much the quickest to tell
        return {str}
    return set(map(type, series[series.notna()].tolist()))


def _object_family(series: "pd.Series[Any]") -> Family:
    types = object_types(series)
    families = {
        next((family for bases, family in _TYPES if issubclass(kind, bases)), Family.OTHER)
        for kind in types
    }
    if not families:
        return Family.MISSING
    if Family.NESTED in families:
        return Family.NESTED
    dates = {issubclass(kind, dt.datetime | np.datetime64) for kind in types}
    mixed_dates = families == {Family.MOMENT} and len(dates) > 1
    others = families == {Family.OTHER} and len(types) > 1
    return Family.BROKEN if len(families) > 1 or mixed_dates or others else families.pop()


def infer_column(series: "pd.Series[Any]", is_target: bool = False) -> Column:
    """Return the column that a series (of a frame that `check_frame` passed) is taken for.

    The target is never an identifier: a model is to predict it.
    """
    name: Any = int(series.name) if isinstance(series.name, np.integer) else series.name
    base = Column(name, ColumnKind.CATEGORICAL, dtype_name(series.dtype))
    if isinstance(series.dtype, pd.CategoricalDtype):
        categories = dtype_name(series.dtype.categories.dtype)
        base = replace(base, categories=categories, ordered=bool(series.dtype.ordered))
    family = family_of(series)
    if pd.api.types.is_object_dtype(series.dtype):
        base = _with_element(base, series, family)
    missing = series.isna()
    if missing.all():
        return replace(base, kind=ColumnKind.EMPTY)
    single = _is_single(series[~missing])
    if single and not missing.any():
        return replace(base, kind=ColumnKind.CONSTANT)
    if family is Family.TEXT:
        return _text_column(base, series, is_target)
    return replace(base, kind=_plain_kind(series, family, single, is_target))


def _plain_kind(
    series: "pd.Series[Any]", family: Family, single: bool, is_target: bool
) -> ColumnKind:
    if family is Family.BOOLEAN:
        return ColumnKind.BOOLEAN
    if family is Family.MOMENT:
        return ColumnKind.DATETIME
    if family is Family.DURATION:
        return ColumnKind.CONTINUOUS
    if family is Family.NUMBER and not single:
        return number_kind(parse_numbers(series), is_target)
    return ColumnKind.CATEGORICAL


def _with_element(base: Column, series: "pd.Series[Any]", family: Family) -> Column:
    """Note the Python type that an object column holds, and the zone of its datetimes."""
    types = object_types(series)
    if family is Family.NUMBER and len(types) > 1:
        return replace(base, element="Decimal" if Decimal in types else "float")
    if family is Family.MOMENT:
        if not any(issubclass(kind, dt.datetime | np.datetime64) for kind in types):
            return replace(base, element="date")
        zone = getattr(series[series.notna()].iloc[0], "tzinfo", None)
        return replace(base, element="datetime", zone=None if zone is None else str(zone))
    names = {Family.BOOLEAN: "bool", Family.TEXT: "str", Family.DURATION: "timedelta"}
    kind = next(iter(types), None)
    plain = kind.__name__.rstrip("0123456789") if kind and family is Family.NUMBER else None
    return replace(base, element=names.get(family, plain))


def _is_single(present: "pd.Series[Any]") -> bool:
    first = present.iloc[0]
    if (present.iloc[:100] != first).any():
        return False
    return bool((present == first).all())


def number_kind(values: Floats, is_target: bool = False) -> ColumnKind:
    """Return the kind of numbers of shape (n,), NaN for gaps, of at least two values.

    Mixed: one value holds at least 20 % of the present rows, while the rest takes more than 20
    values. Identifier: integers without gaps that are all distinct and nearly fill their range,
    as a row counter does, or that are too long to be a measure.
    """
    present = values[~np.isnan(values)]
    whole = bool((present[:100] % 1 == 0).all() and (present % 1 == 0).all())
    if whole and not is_target and len(present) == len(values) and _are_keys(present):
        return ColumnKind.IDENTIFIER
    if is_mixed(present):
        return ColumnKind.MIXED
    return ColumnKind.INTEGER if whole else ColumnKind.CONTINUOUS


def _are_keys(present: Floats) -> bool:
    spread = float(present.max()) - float(present.min()) + 1  # Python's floats overflow quietly
    dense = spread <= KEY_SPREAD * len(present)
    long = float(np.abs(present).max()) > _EXACT
    return len(present) >= KEY_ROWS and (dense or long) and bool(pd.Series(present).is_unique)


def is_mixed(present: Floats) -> bool:
    """Tell whether numbers without gaps, shape (n,), are a spike and a part that varies."""
    if len(present) > _SAMPLE:  # a bounded sample first: most columns have no spike at all
        head = pd.Series(present[:: len(present) // _SAMPLE])
        if head.value_counts(sort=False).max() < SPIKE_SHARE / 2 * len(head):
            return False
    counts = pd.Series(present).value_counts(sort=False)
    return bool(counts.max() >= SPIKE_SHARE * len(present) and len(counts) - 1 > SPIKE_REST)


def _text_column(base: Column, series: "pd.Series[Any]", is_target: bool) -> Column:
    values = text_array(series)
    present = pc.drop_null(values)
    if are_numbers(values):
        return _text_number_column(base, series, present, is_target)
    style = detect_moment_format(values)
    if style is not None:
        return replace(base, kind=ColumnKind.DATETIME, text=True, format=style)
    rows, distinct = len(present), pc.count_distinct(present).as_py()
    free = rows >= TEXT_ROWS and distinct > TEXT_SHARE * rows
    if not is_target and (free or (rows >= KEY_ROWS and distinct == rows)):
        return replace(base, kind=ColumnKind.IDENTIFIER)
    return base


def _text_number_column(
    base: Column, series: "pd.Series[Any]", present: pa.Array, is_target: bool
) -> Column:
    numbers = parse_numbers(series)
    seen = numbers[~np.isnan(numbers)]
    if (seen == seen[0]).all():
        return base
    kind = number_kind(numbers, is_target)
    style = detect_number_format(present)
    if kind is ColumnKind.IDENTIFIER:
        return replace(base, kind=kind)
    return replace(base, kind=kind, text=True, format=style)
