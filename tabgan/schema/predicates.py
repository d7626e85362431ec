"""What is asked of one column: clauses such as `>= 65`, read, turned into bounds, checked.

>>> series = pd.Series([1.5, 3.0, None], name="x")
>>> matches(series, Column("x", ColumnKind.CONTINUOUS, "float64"), [Clause(">", "2")]).tolist()
[False, True, False]
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.errors import ConditionError
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.text import parse_datetimes, parse_numbers

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Clause:
    """One thing asked of a column: an operator (`=`, `<`, `<=`, `>`, `>=` or `in`) and a value.

    None asks for missing values. `in` takes a tuple of categories: relations ask with it, users do
    not.
    """

    operator: str
    value: Any


def asks_for_missing(value: object) -> bool:
    """Return whether a clause's value means a gap: None, NA, NaN or NaT."""
    return value is None or value is pd.NA or value is pd.NaT or value != value  # noqa: PLR0124


def to_float(series: "pd.Series[Any]", column: Column) -> Floats:
    """Return a column of numbers or datetimes as floats; shape (n_rows,), NaN where missing.

    Datetimes are seconds since 1970 in UTC.
    """
    if column.kind is ColumnKind.DATETIME:
        return parse_datetimes(series, column.format)
    return parse_numbers(series)


def value_to_float(column: Column, value: object, expected: str) -> float:
    """Read a clause's value as a column of numbers or datetimes holds it; NaN asks for missing.

    Raises:
        ConditionError: It is none; `expected` says what would be.
    """
    if asks_for_missing(value) or (isinstance(value, str) and not value.strip()):
        return float("nan")
    if column.kind is ColumnKind.DATETIME:
        return _read_datetime(column, value, expected)
    if isinstance(value, timedelta):
        return value.total_seconds()
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise ConditionError(
            f"column {column.name!r} holds {column.kind.value} values, so "
            f"{value!r} cannot be asked for; {expected}."
        ) from None


def _read_datetime(column: Column, value: object, expected: str) -> float:
    series = pd.Series([value])
    for style in (column.format, None):
        try:
            return float(parse_datetimes(series, style)[0])
        except (TypeError, ValueError):
            continue
    raise ConditionError(
        f"column {column.name!r} holds moments, so {value!r} cannot be asked for; {expected}."
    )


def matches(series: "pd.Series[Any]", column: Column, clauses: Iterable[Clause]) -> Mask:
    """Return which cells of a column satisfy all clauses; shape (n_rows,).

    Raises:
        ConditionError: A value is none that the column could hold.
    """
    is_number = column.kind.is_quantitative
    satisfied = np.ones(len(series), bool)
    for clause in clauses:
        if asks_for_missing(clause.value):
            satisfied &= series.isna().to_numpy()
        elif is_number and clause.operator in COMPARISONS:
            numbers = to_float(series, column)
            value = value_to_float(column, clause.value, "give one such as the table holds")
            satisfied &= COMPARISONS[clause.operator](numbers, value)
        else:
            allowed = {category_name(category, column) for category in _categories(clause)}
            satisfied &= series.map(lambda v: category_name(v, column) in allowed).to_numpy(bool)  # noqa: B023
    return satisfied


def _categories(clause: Clause) -> Sequence[Any]:
    return clause.value if clause.operator == "in" else [clause.value]


def category_name(category: object, column: Column) -> str | None:
    """Write a category as it is asked for, in lower case for booleans; None for a gap."""
    if asks_for_missing(category):
        return None
    return str(category).lower() if column.kind is ColumnKind.BOOLEAN else str(category)


def interval_of(
    clauses: Sequence[Clause], values: Sequence[float], step: float | None = None
) -> tuple[float, float]:
    """Return the lowest and the highest number that clauses allow, both included.

    Args:
        clauses: What is asked.
        values: Theirs, read; (n_clauses,).
        step: Between neighbours of the column; `> 3` starts less than a step behind 3.
    """
    low, high = -np.inf, np.inf
    for clause, value in zip(clauses, values, strict=True):
        if clause.operator in ("=", ">", ">="):
            low = max(low, _next(value, np.inf, step) if clause.operator == ">" else value)
        if clause.operator in ("=", "<", "<="):
            high = min(high, _next(value, -np.inf, step) if clause.operator == "<" else value)
    return low, high


def _next(value: float, towards: float, step: float | None) -> float:
    """Return a number a little further on: less than a step, more than rounding."""
    if step is None:
        return float(np.nextafter(value, towards))
    return value + float(np.sign(towards)) * step / 1_000


def comparable_cells(series: "pd.Series[Any]", column: Column) -> "pd.Series[Any]":
    """Return a column's cells as categories are told apart: numbers as float64; (n_rows,)."""
    if column.kind.is_quantitative:
        return pd.Series(to_float(series, column), index=series.index)
    return series
