"""Datetimes that are calculated: `end = start + minutes * 1 minute`, `add_months(start, term)`.

The base is another datetime, its date, or a date put together from columns of years, months and
days; to it come one or two columns of numbers times a unit of time, whole months, or a fixed span.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from tabgan.query.datetime_calls import MONTH_NUMBERS, DatetimeCall
from tabgan.query.expressions import (
    Arithmetic,
    ColumnReader,
    ColumnRef,
    Duration,
    Number,
    Value,
)
from tabgan.relations.exact_arithmetic import DAY
from tabgan.relations.formula.coefficients import pays, solve
from tabgan.relations.formula.datetime_terms import MAX_DATETIMES
from tabgan.relations.formula.regression import MAX_ODD, Regression, pursue
from tabgan.relations.statistics import MIN_ROWS, correlate
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.text.datetimes.local_time import to_local, to_seconds

MAX_UNITS = 2  # columns of numbers beside a datetime
MIN_CORRELATION = 0.2
DIGITS = 2  # of a unit of time
MAX_ERROR = 0.5  # seconds
MIN_UNIT = 1e-6  # seconds
MONTHS_IN = (1, 3, 12)  # a month, a quarter, a year
YEARS = (1_800, 2_200)
MAX_DATE_COLUMNS = 2  # of years, of months and of days each


@dataclass(frozen=True)
class DatetimeSums:
    """The search for sums that a datetime is, on rows of a sample.

    Attributes:
        frame: Those rows; (n_rows, n_columns).
        numbers: Of the columns of numbers and datetimes; (n_rows,) each.
        columns: Of numbers.
        datetimes: Others.
        months: Columns that may hold names of months.
    """

    frame: pd.DataFrame
    numbers: Mapping[Column, Floats]
    columns: Sequence[Column]
    datetimes: Sequence[Column]
    months: Sequence[Column] = ()

    def iter_values(self, dependent: Column) -> Iterator[Value]:
        """Yield what a column of datetimes may be, fixed spans first."""
        bases = self._find_bases(dependent)
        spans = {base: self.numbers[dependent] - seconds for base, seconds in bases.items()}
        for base, span in spans.items():
            if not isinstance(base, ColumnRef) and _is_constant(span):
                yield _add(base, float(np.nanmedian(span)))
        for base, span in spans.items():
            yield from self._add_months(base, bases[base], dependent)
            yield from self._add_units(base, span)

    def _find_bases(self, dependent: Column) -> dict[Value, Floats]:
        """Return the datetimes that others may be counted from, with their seconds; (n_rows,)."""
        reader = ColumnReader(self.frame)
        bases: dict[Value, Floats] = {}
        for column in self.datetimes[:MAX_DATETIMES]:
            if column == dependent:
                continue
            bases[ColumnRef(column)] = own = self.numbers[column]
            date = DatetimeCall("date", (ColumnRef(column),))
            midnights = date.evaluate(reader).values
            if np.any(midnights < own):
                bases[date] = midnights
        for call in self._find_dates():
            seconds = call.evaluate(reader).values
            if np.isnan(seconds).mean() < 0.5:
                bases[call] = seconds
        return bases

    def _find_dates(self) -> list[DatetimeCall]:
        """Return the dates that columns of years, months and days may be put together to."""
        years = [c for c in self.columns if self._is_within(c, *YEARS)]
        months = [c for c in self.columns if self._is_within(c, 1, 12)]
        months += [c for c in self.months if self._has_month_names(c)]
        days = [c for c in self.columns if self._is_within(c, 1, 31) and c not in months]
        chosen = (found[:MAX_DATE_COLUMNS] for found in (years, months, days))
        return [
            DatetimeCall("date", tuple(ColumnRef(column) for column in columns))
            for columns in product(*chosen)
        ]

    def _is_within(self, column: Column, low: float, high: float) -> bool:
        values = self.numbers[column][~np.isnan(self.numbers[column])]
        is_inside = (values >= low) & (values <= high) & (values % 1 == 0)
        return len(values) >= MIN_ROWS and bool(is_inside.all()) and np.ptp(values) > 0

    def _has_month_names(self, column: Column) -> bool:
        distinct = self.frame[column.name].dropna().unique()
        return len(distinct) > 1 and all(str(name).lower() in MONTH_NUMBERS for name in distinct)

    def _add_units(self, base: Value, span: Floats) -> Iterator[Value]:
        """Yield a base and columns of numbers, each times the seconds that its unit has."""
        present = ~np.isnan(span)
        if present.sum() < MIN_ROWS or not self.columns or _is_constant(span):
            return
        terms = np.column_stack([self.numbers[column] for column in self.columns])
        if correlate(np.column_stack([span, terms]))[0, 1:].max() < MIN_CORRELATION:
            return
        limit = np.full(len(span), MAX_ERROR)
        picked = pursue(span, terms, [], MAX_UNITS, lambda found, _: found.is_near(limit))
        if not picked:
            return
        regression = Regression.fit(terms[:, picked].T, span)
        near = regression.present & (np.abs(regression.residual) <= MAX_ERROR)
        matrix = np.column_stack([terms[:, picked], np.ones(len(span))])[near]
        units = _fit_units(matrix, span[near], len(self.columns) * len(self.datetimes) ** 2)
        if units is not None:
            value = base
            for index, unit in zip(picked, units, strict=False):
                value = _add(value, float(unit), ColumnRef(self.columns[index]))
            yield _add(value, float(units[-1]))

    def _add_months(self, base: Value, seconds: Floats, dependent: Column) -> Iterator[Value]:
        """Yield a base so many months later, or the day before."""
        column = next((c for c in base.columns if c.kind is ColumnKind.DATETIME), dependent)
        start = to_local(seconds, column)
        for shift in (0.0, -DAY):
            end = to_local(self.numbers[dependent] - shift, dependent)
            months = np.asarray((end.year - start.year) * 12.0 + (end.month - start.month))
            if not self._is_same_day(start, end):
                continue
            if np.nanmax(months, initial=0.0) == np.nanmin(months, initial=np.inf) != 0:
                call = DatetimeCall("add_months", (base, Number(float(np.nanmax(months)))))
                yield _add(call, shift)
            for column, n_months in product(self.columns, MONTHS_IN):
                if _is_mostly(months == n_months * self.numbers[column], ~np.isnan(months)):
                    ref: Value = ColumnRef(column)
                    count = ref if n_months == 1 else Arithmetic("*", Number(float(n_months)), ref)
                    yield _add(DatetimeCall("add_months", (base, count)), shift)

    def _is_same_day(self, start: pd.DatetimeIndex, end: pd.DatetimeIndex) -> bool:
        """Return whether most pairs stand at the same place in a month, or the second at its end."""
        is_near = (start.day == end.day) | ((end.day < start.day) & (end.day == end.days_in_month))
        is_same_time = to_seconds(start) % DAY == to_seconds(end) % DAY
        return _is_mostly(is_near & is_same_time, ~np.asarray(start.isna() | end.isna()))


def _is_mostly(holds: Mask, present: Mask) -> bool:
    n_present = int(present.sum())
    return n_present >= MIN_ROWS and (holds & present).sum() >= (1 - MAX_ODD) * n_present


def _is_constant(span: Floats) -> bool:
    return _is_mostly(np.asarray(span == np.nanmedian(span)), ~np.isnan(span))


def _fit_units(matrix: Floats, span: Floats, n_tried: int) -> Floats | None:
    """Return the seconds of each column's unit and of what is always added; (n_terms + 1,)."""
    found = solve(matrix, span)
    if found is None:
        return None
    units = np.where(np.abs(found) >= 1, np.rint(found), np.round(found, 6))
    units[-1] = np.rint(found[-1])
    error = np.abs(matrix @ units - span)
    if np.any(units[:-1] == 0) or error.max(initial=0.0) > 1e-3:
        return None
    is_worth = [
        pays(matrix, span, 1.0, DIGITS, n_tried, np.arange(len(units)) == index)
        for index in range(len(units) - 1)
    ]
    return units if all(is_worth) else None


def _add(value: Value, seconds: float, times: Value | None = None) -> Value:
    """Return a value and a span of time, times a column if one is given."""
    if seconds == 0:
        return value
    span: Value = Duration(abs(seconds))
    if times is not None:
        span = Arithmetic("*", times, span)
    return Arithmetic("-" if seconds < 0 else "+", value, span)
