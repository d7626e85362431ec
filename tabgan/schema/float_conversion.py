"""Cells of a column, and values that users give, as floats that can be compared.

>>> value_to_float(Column("day", ColumnKind.DATETIME, "datetime64[us]"), "1970-01-02")
86400.0
"""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from tabgan.errors import ConditionError
from tabgan.schema.arrays import Floats, Objects
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.precision import nearest_float
from tabgan.schema.text import (
    is_datetime_number_format,
    number_formats,
    parse_datetimes,
    parse_numbers,
    read_marks,
    read_number,
    text_array,
)
from tabgan.schema.whole_numbers import parse_long_numbers

MAX_NANOSECONDS = 9e9  # seconds that 64 bits count in nanoseconds


def asks_for_missing(value: object) -> bool:
    """Return whether a clause's value means a missing one: None, NA, NaN or NaT."""
    return value is None or value is pd.NA or value is pd.NaT or value != value  # noqa: PLR0124


def to_float(series: "pd.Series[Any]", column: Column) -> Floats:
    """Return a column of numbers or datetimes as floats; shape (n_rows,), NaN where missing.

    Datetimes are seconds since 1970 in UTC.
    """
    if column.kind is ColumnKind.DATETIME:
        return parse_datetimes(read_marks(series, column), column.format)
    return parse_numbers(series, column)


def comparable_cells(series: "pd.Series[Any]", column: Column) -> "pd.Series[Any]":
    """Return a column's cells with numbers and datetimes as float64, others as they are.

    So are numbers that float64 cannot tell apart.
    """
    if column.kind.is_quantitative and parse_long_numbers(series) is None:
        return pd.Series(to_float(series, column), index=series.index)
    return series


def ordered_categories(categories: Objects, column: Column, value: object) -> tuple[Floats, float]:
    """Return categories, of shape (n,), and a value that they are compared with, as numbers.

    Amounts are compared with those of the same unit: NaN stands for those of others.

    Raises:
        TypeError, ValueError: They have no order.
    """
    formats = number_formats(column)
    if formats is None:
        return categories.astype(float), float(value)  # type: ignore[arg-type]
    units, numbers = formats.parse(text_array(pd.Series([value, *categories], dtype=object)))
    if units[0] < 0:
        raise ValueError(value)
    return np.where(units[1:] == units[0], numbers[1:], np.nan), float(numbers[0])


def value_to_float(
    column: Column, value: object, expected: str = "give one such as the table holds"
) -> float:
    """Return a clause's value as `to_float` returns the column's cells; NaN asks for missing ones.

    Args:
        column: Of numbers or datetimes.
        value: As users give it: a number, a text, a datetime, ...
        expected: Ends the message: what to give instead.

    Raises:
        ConditionError: The column cannot hold such a value.
    """
    if asks_for_missing(value) or _means_missing(value, column):
        return float("nan")
    if column.kind is ColumnKind.DATETIME:
        return _datetime_to_float(column, value, expected)
    if isinstance(value, timedelta):
        return value.total_seconds()
    try:
        number = _read_text(value, column) if isinstance(value, str) else float(value)  # type: ignore[arg-type]
        return nearest_float(number, column)
    except (TypeError, ValueError, OverflowError):
        raise ConditionError(
            f"column {column.name!r} holds {column.kind.value} values, so "
            f"{value!r} cannot be asked for; {expected}."
        ) from None


def _read_text(text: str, column: Column) -> float:
    """Return the number that a text means; durations are seconds, or written as `2 days 01:30:00`.

    Raises:
        ValueError: It means none.
    """
    try:
        return read_number(text, column)
    except ValueError:
        if not column.is_duration:
            raise
        return pd.Timedelta(text).total_seconds()


def show_duration(seconds: float) -> str:
    """Return a duration as people read it, and may ask for it.

    >>> show_duration(93_600.0), show_duration(1e11)
    ('1 days 02:00:00', '1157407 days 09:46:40')
    """
    is_short = abs(seconds) < MAX_NANOSECONDS
    ticks = round(seconds * (1e9 if is_short else 1e6))
    return str(pd.Timedelta(np.timedelta64(ticks, "ns" if is_short else "us")))


def _means_missing(value: object, column: Column) -> bool:
    """Return whether text means a gap: it is blank, or one of the column's marks."""
    return isinstance(value, str) and (not value.strip() or value in column.missing_marks)


def _datetime_to_float(column: Column, value: object, expected: str) -> float:
    is_number = isinstance(value, str) and value.strip().isdecimal() and not column.text
    if is_number and is_datetime_number_format(column.format):
        value = int(str(value))
    series = pd.Series([value])
    for format_ in (column.format, None):
        try:
            return float(parse_datetimes(series, format_)[0])
        except (TypeError, ValueError):
            continue
    raise ConditionError(
        f"column {column.name!r} holds moments, so {value!r} cannot be asked for; {expected}."
    )
