"""The kind of a column, inferred from its values.

>>> infer_column(pd.Series([0.5, 2.25, None], name="x")).kind
<ColumnKind.CONTINUOUS: 'continuous'>
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from tabgan.schema.calendar_grid import CalendarGrid, to_ticks
from tabgan.schema.column import Column, ColumnKind, dtype_name
from tabgan.schema.number_kinds import MAX_DISCRETE_VALUES, MIN_KEY_ROWS, long_kind, number_kind
from tabgan.schema.storage_types import StorageType, object_types, storage_type_of
from tabgan.schema.text import (
    detect_number_format,
    detect_pattern,
    find_datetime_format,
    find_zone,
    is_free_text,
    moment_element,
    parse_datetimes,
    parse_numbers,
    read_marks,
)
from tabgan.schema.text.datetimes.local_time import to_local
from tabgan.schema.text.numbers.units import is_amount
from tabgan.schema.text.text_inference import Meaning, TextReading, infer_meaning
from tabgan.schema.whole_numbers import find_decimal_format, parse_long_numbers

MIN_TEXT_ROWS, MIN_TEXT_SHARE = 100, 0.98  # texts of which a few repeat are no categories either


def infer_column(series: "pd.Series[Any]", is_target: bool = False) -> Column:
    """Return the column that a series (of a frame that `check_frame` passed) is taken for.

    The target is never an identifier: a model is to predict it.
    """
    column = _infer_kind(series, is_target)
    if column.kind is not ColumnKind.DATETIME:
        return column
    seconds = parse_datetimes(read_marks(series, column), column.format)
    local = to_local(seconds[~np.isnan(seconds)], column)
    return replace(column, grid=str(CalendarGrid.infer(to_ticks(local))))


def _infer_kind(series: "pd.Series[Any]", is_target: bool) -> Column:
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
    if storage is StorageType.NUMBER and not is_single:
        numbers = parse_numbers(series)
        style = find_datetime_format(series, numbers)
        if style is not None:
            return replace(base, kind=ColumnKind.DATETIME, format=style)
        exact = parse_long_numbers(series)
        kind = long_kind(exact, is_target) if exact else number_kind(numbers, is_target)
        return replace(base, kind=kind)
    return replace(base, kind=_PLAIN_KINDS.get(storage, ColumnKind.CATEGORICAL))


_PLAIN_KINDS = {
    StorageType.BOOLEAN: ColumnKind.BOOLEAN,
    StorageType.DATETIME: ColumnKind.DATETIME,
    StorageType.DURATION: ColumnKind.CONTINUOUS,
}


def _with_element(base: Column, series: "pd.Series[Any]", storage: StorageType) -> Column:
    """Return the column with the Python type that its objects have, and their time zone."""
    types = object_types(series)
    if storage is StorageType.NUMBER and Decimal in types:
        return replace(base, element="Decimal", format=find_decimal_format(series))
    if storage is StorageType.NUMBER and len(types) > 1:
        is_whole = all(issubclass(kind, int | np.integer) for kind in types)
        return replace(base, element="int" if is_whole else "float")
    if storage is StorageType.DATETIME:
        element = moment_element(next(iter(types)))
        zone = find_zone(series[series.notna()]) if element == "datetime" else None
        element = "Timestamp" if types == {pd.Timestamp} else element
        return replace(base, element=element, zone=zone)
    names = {
        StorageType.BOOLEAN: "bool",
        StorageType.TEXT: "str",
        StorageType.DURATION: "Timedelta" if types == {pd.Timedelta} else "timedelta",
    }
    kind = next(iter(types), None)
    plain = kind.__name__.rstrip("0123456789") if kind and storage is StorageType.NUMBER else None
    return replace(base, element=names.get(storage, plain))


def _is_single(present: "pd.Series[Any]") -> bool:
    return present.iloc[:100].nunique() == 1 and present.nunique() == 1


def _text_column(base: Column, series: "pd.Series[Any]", is_target: bool) -> Column:
    reading = infer_meaning(series, is_target=is_target)
    if reading.meaning is Meaning.NUMBERS:
        return _text_number_column(base, series, reading, is_target)
    if reading.meaning is Meaning.DATETIMES:
        kind, marks = ColumnKind.DATETIME, reading.marks
        return replace(base, kind=kind, text=True, format=reading.style, missing_marks=marks)
    marked = replace(base, missing_marks=reading.marks)
    if reading.meaning is Meaning.TRUTH_VALUES:
        return marked
    if not is_target and is_free_text(reading.texts):
        return replace(marked, kind=ColumnKind.TEXT)
    rows, distinct = len(reading.texts), pc.count_distinct(reading.texts).as_py()
    hardly_repeats = rows >= MIN_TEXT_ROWS and distinct > MIN_TEXT_SHARE * rows
    if not is_target and (hardly_repeats or (rows >= MIN_KEY_ROWS and distinct == rows)):
        kind = ColumnKind.IDENTIFIER if distinct == rows else ColumnKind.PATTERN
        return replace(marked, kind=kind, pattern=detect_pattern(reading.texts))
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
