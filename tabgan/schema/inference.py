"""The kind of a column, inferred from its values.

>>> infer_column(pd.Series([0.5, 2.25, None], name="x")).kind
<ColumnKind.CONTINUOUS: 'continuous'>
"""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from enum import Enum, auto
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.arrays import Floats
from tabgan.schema.column import Column, ColumnKind, dtype_name, holds_text
from tabgan.schema.text import detect_number_format, detect_pattern, is_free_text, parse_numbers
from tabgan.schema.text.text_inference import Meaning, TextReading, infer_meaning
from tabgan.schema.text.units import is_amount

MIN_SPIKE_SHARE = 0.2  # of the present rows: a value that holds so many makes a column mixed ...
MAX_DISCRETE_VALUES = 20  # ... if the rest takes more values than these
MIN_KEY_ROWS = 20  # fewer rows are too few to call distinct values keys
MAX_KEY_SPREAD = 1.2  # range of integer keys, over how many there are: they nearly fill it
MIN_TEXT_ROWS, MIN_TEXT_SHARE = 100, 0.98  # texts of which a few repeat are no categories either
MAX_EXACT_INTEGER = 2.0**53  # integers beyond have no float64 of their own
MAX_SAMPLE_ROWS = 10_000  # looked at before all rows are


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
    BROKEN = auto()  # several types in one column


def storage_type_of(series: "pd.Series[Any]") -> StorageType:
    """Return what the values of a column are."""
    dtype = series.dtype
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
        (pa.types.is_timestamp, StorageType.DATETIME),
        (pa.types.is_date, StorageType.DATETIME),
        (pa.types.is_string, StorageType.TEXT),
        (pa.types.is_large_string, StorageType.TEXT),
    ):
        if test(arrow):
            return storage
    return StorageType.OTHER


_TYPES: tuple[tuple[tuple[type, ...], StorageType], ...] = (
    ((bool, np.bool_), StorageType.BOOLEAN),
    ((str,), StorageType.TEXT),
    ((complex, np.complexfloating), StorageType.COMPLEX),
    ((dt.timedelta, np.timedelta64), StorageType.DURATION),
    ((int, float, Decimal, np.integer, np.floating), StorageType.NUMBER),
    ((dt.date, np.datetime64), StorageType.DATETIME),
    ((list, tuple, dict, set, frozenset, np.ndarray, pd.Series, pd.DataFrame), StorageType.NESTED),
)


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
    dates = {issubclass(kind, dt.datetime | np.datetime64) for kind in types}
    mixed_dates = storages == {StorageType.DATETIME} and len(dates) > 1
    others = storages == {StorageType.OTHER} and len(types) > 1
    return StorageType.BROKEN if len(storages) > 1 or mixed_dates or others else storages.pop()


def infer_column(series: "pd.Series[Any]", is_target: bool = False) -> Column:
    """Return the column that a series (of a frame that `check_frame` passed) is taken for.

    The target is never an identifier: a model is to predict it.
    """
    name: Any = int(series.name) if isinstance(series.name, np.integer) else series.name
    base = Column(name, ColumnKind.CATEGORICAL, dtype_name(series.dtype))
    if isinstance(series.dtype, pd.CategoricalDtype):
        categories = dtype_name(series.dtype.categories.dtype)
        base = replace(base, categories=categories, ordered=bool(series.dtype.ordered))
    storage = storage_type_of(series)
    if pd.api.types.is_object_dtype(series.dtype):
        base = _with_element(base, series, storage)
    missing = series.isna()
    if missing.all():
        return replace(base, kind=ColumnKind.EMPTY)
    is_single = _is_single(series[~missing])
    if is_single and not missing.any():
        return replace(base, kind=ColumnKind.CONSTANT)
    if storage is StorageType.TEXT:
        return _text_column(base, series, is_target)
    return replace(base, kind=_plain_kind(series, storage, is_single, is_target))


def _plain_kind(
    series: "pd.Series[Any]", storage: StorageType, is_single: bool, is_target: bool
) -> ColumnKind:
    if storage is StorageType.BOOLEAN:
        return ColumnKind.BOOLEAN
    if storage is StorageType.DATETIME:
        return ColumnKind.DATETIME
    if storage is StorageType.DURATION:
        return ColumnKind.CONTINUOUS
    if storage is StorageType.NUMBER and not is_single:
        return number_kind(parse_numbers(series), is_target)
    return ColumnKind.CATEGORICAL


def _with_element(base: Column, series: "pd.Series[Any]", storage: StorageType) -> Column:
    """Return the column with the Python type that its objects have, and their time zone."""
    types = object_types(series)
    if storage is StorageType.NUMBER and len(types) > 1:
        return replace(base, element="Decimal" if Decimal in types else "float")
    if storage is StorageType.DATETIME:
        if not any(issubclass(kind, dt.datetime | np.datetime64) for kind in types):
            return replace(base, element="date")
        zone = getattr(series[series.notna()].iloc[0], "tzinfo", None)
        return replace(base, element="datetime", zone=None if zone is None else str(zone))
    names = {
        StorageType.BOOLEAN: "bool",
        StorageType.TEXT: "str",
        StorageType.DURATION: "timedelta",
    }
    kind = next(iter(types), None)
    plain = kind.__name__.rstrip("0123456789") if kind and storage is StorageType.NUMBER else None
    return replace(base, element=names.get(storage, plain))


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
    is_dense = spread <= MAX_KEY_SPREAD * len(present)
    is_long = float(np.abs(present).max()) > MAX_EXACT_INTEGER
    return (
        len(present) >= MIN_KEY_ROWS
        and (is_dense or is_long)
        and bool(pd.Series(present).is_unique)
    )


def is_mixed(present: Floats) -> bool:
    """Return whether numbers without gaps, shape (n,), are a spike and a part that varies."""
    if len(present) > MAX_SAMPLE_ROWS:  # a bounded sample first: most columns have no spike at all
        head = pd.Series(present[:: len(present) // MAX_SAMPLE_ROWS])
        if head.value_counts(sort=False).max() < MIN_SPIKE_SHARE / 2 * len(head):
            return False
    counts = pd.Series(present).value_counts(sort=False)
    return bool(
        counts.max() >= MIN_SPIKE_SHARE * len(present) and len(counts) - 1 > MAX_DISCRETE_VALUES
    )


def _text_column(base: Column, series: "pd.Series[Any]", is_target: bool) -> Column:
    reading = infer_meaning(series, is_target=is_target)
    if reading.meaning is Meaning.NUMBERS:
        return _text_number_column(base, series, reading, is_target)
    if reading.meaning is Meaning.DATETIMES:
        kind, marks = ColumnKind.DATETIME, reading.marks
        return replace(base, kind=kind, text=True, format=reading.style, missing_marks=marks)
    if reading.marks:
        return replace(base, missing_marks=reading.marks)
    if not is_target and is_free_text(reading.texts):
        return replace(base, kind=ColumnKind.TEXT)
    rows, distinct = len(reading.texts), pc.count_distinct(reading.texts).as_py()
    hardly_repeats = rows >= MIN_TEXT_ROWS and distinct > MIN_TEXT_SHARE * rows
    if not is_target and (hardly_repeats or (rows >= MIN_KEY_ROWS and distinct == rows)):
        kind = ColumnKind.IDENTIFIER if distinct == rows else ColumnKind.PATTERN
        return replace(base, kind=kind, pattern=detect_pattern(reading.texts))
    return base


def _text_number_column(
    base: Column, series: "pd.Series[Any]", reading: TextReading, is_target: bool
) -> Column:
    """Return a column of numbers in text: with several units a pattern, unless it has few texts."""
    base, formats = replace(base, missing_marks=reading.marks), reading.formats
    if formats is not None and formats.single is None:
        if is_target or pc.count_distinct(reading.texts).as_py() <= MAX_DISCRETE_VALUES:
            return replace(base, missing_marks=())
        return replace(base, kind=ColumnKind.PATTERN, format=formats.text)
    style = detect_number_format(reading.texts) if formats is None else formats.text
    unit = formats.variants[0].unit if formats is not None else None
    column = replace(base, text=True, format=style, unit=unit)
    numbers = parse_numbers(series, column)
    if np.nanmin(numbers) == np.nanmax(numbers):
        return replace(base, missing_marks=())
    is_measure = style is not None if formats is None else unit is not None and is_amount(unit)
    kind = number_kind(numbers, is_target or is_measure)  # keys have no decimals
    return replace(base if kind is ColumnKind.IDENTIFIER else column, kind=kind)
