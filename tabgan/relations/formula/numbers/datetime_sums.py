"""Datetimes that are calculated: `end = start + minutes * 1 minute`, `add_months(start, term)`.

The base is another datetime, its date, or a date put together from columns of years, months and
days; to it come one or two columns of numbers times a unit of time, whole months, or a fixed span.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

import numpy as np
import pandas as pd

from tabgan.query.column_reader import ColumnReader
from tabgan.query.datetime_calls import MONTH_NUMBERS, DatetimeCall
from tabgan.query.expressions import (
    Arithmetic,
    ColumnRef,
    Duration,
    Number,
    Value,
)
from tabgan.relations.exact_arithmetic import DAY
from tabgan.relations.formula.numbers.coefficients import pays, solve
from tabgan.relations.formula.numbers.datetime_terms import MAX_DATETIMES
from tabgan.relations.formula.numbers.dictionary import Dictionary, correlate_terms
from tabgan.relations.formula.numbers.pursuit import pursue
from tabgan.relations.formula.numbers.regression import MAX_ODD, Regression
from tabgan.relations.formula.numbers.terms import linear
from tabgan.relations.statistics import MIN_ROWS
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Column
from tabgan.schema.text.datetimes.local_time import to_datetimes, to_local, to_seconds

MAX_UNITS = 2  # columns of numbers beside a datetime
MIN_SHARE = 0.2  # of a span's spread that a column of numbers tells
MAX_GAPS = 0.5  # share of dates that a calendar has not
DIGITS = 2  # of a unit of time
MAX_ERROR = 0.5  # seconds
MIN_UNIT = 1e-6  # seconds
MONTHS_IN = (1, 3, 12)  # a month, a quarter, a year
YEARS = (1_800, 2_200)
MAX_DATE_COLUMNS = 2  # of years, of months and of days each


@dataclass(frozen=True)
class Base:
    """A datetime from which others may be counted.

    Attributes:
        value: It, as an expression.
        column: Of datetimes, on whose clock it is; None if on no clock in particular.
        seconds: Since 1970 in UTC; (n_rows,).
    """

    value: Value
    column: Column | None
    seconds: Floats

    @cached_property
    def local(self) -> pd.DatetimeIndex:
        """It in local time; (n_rows,)."""
        if self.column is None:
            return to_datetimes(self.seconds)
        return to_local(self.seconds, self.column)


class DatetimeSums:
    """The search for sums that a datetime is, on rows of a sample.

    Args:
        frame: Those rows; (n_rows, n_columns).
        numbers: Of the columns of numbers and datetimes; (n_rows,) each.
        columns: Of numbers.
        datetimes: Others.
        months: Columns that may hold names of months.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        numbers: Mapping[Column, Floats],
        columns: Sequence[Column],
        datetimes: Sequence[Column],
        months: Sequence[Column] = (),
    ) -> None:
        self.frame, self.numbers, self.columns = frame, numbers, list(columns)
        self.datetimes, self.months = list(datetimes[:MAX_DATETIMES]), list(months)

    @cached_property
    def _bases(self) -> list[Base]:
        reader = ColumnReader(self.frame)
        bases: list[Base] = []
        for column in self.datetimes:
            bases.append(Base(ColumnRef(column), column, self.numbers[column]))
            date = DatetimeCall("date", (ColumnRef(column),))
            midnights = date.evaluate(reader).values
            if np.any(midnights < self.numbers[column]):
                bases.append(Base(date, column, midnights))
        for call in self._find_dates():
            seconds = call.evaluate(reader).values
            if np.isnan(seconds).mean() < MAX_GAPS:
                bases.append(Base(call, None, seconds))
        return bases

    @cached_property
    def _terms(self) -> Floats:
        """The columns of numbers; (n_rows, n_columns)."""
        return np.column_stack([self.numbers[column] for column in self.columns])

    def iter_values(self, dependent: Column) -> Iterator[Value]:
        """Yield what a column of datetimes may be, fixed spans first."""
        own = Base(ColumnRef(dependent), dependent, self.numbers[dependent])
        bases = [base for base in self._bases if dependent not in base.value.columns]
        for base in bases:
            span = own.seconds - base.seconds
            if not isinstance(base.value, ColumnRef) and _is_constant(span):
                yield _add(base.value, float(np.nanmedian(span)))
        ends = {shift: replace(own, seconds=own.seconds - shift) for shift in (0.0, -DAY)}
        for base in bases:
            for shift, end in ends.items():
                yield from (_add(value, shift) for value in self._iter_months(base, end))
            yield from self._add_units(base.value, own.seconds - base.seconds)

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
        return len(values) >= MIN_ROWS and bool(is_inside.all() and np.ptp(values) > 0)

    def _has_month_names(self, column: Column) -> bool:
        distinct = self.frame[column.name].dropna().unique()
        return len(distinct) > 1 and all(str(name).lower() in MONTH_NUMBERS for name in distinct)

    def _add_units(self, base: Value, span: Floats) -> Iterator[Value]:
        """Yield a base and columns of numbers, each times the seconds that its unit has."""
        present = ~np.isnan(span)
        if present.sum() < MIN_ROWS or not self.columns or _is_constant(span):
            return
        centred = np.where(present, span - span[present].mean(), 0.0)
        if correlate_terms(self._terms, centred).max() < MIN_SHARE * np.sqrt((centred**2).sum()):
            return
        limit = np.full(len(span), MAX_ERROR)
        terms = Dictionary([linear(column) for column in self.columns], self._terms)
        near_sums = pursue(span, terms, [], MAX_UNITS, lambda found, _: found.is_near(limit))
        picked = next(near_sums, None)
        if not picked:
            return
        regression = Regression.fit(self._terms[:, picked].T, span)
        near = regression.present & (np.abs(regression.residual) <= MAX_ERROR)
        matrix = np.column_stack([self._terms[:, picked], np.ones(len(span))])[near]
        units = _fit_units(matrix, span[near], len(self.columns) * len(self.datetimes) ** 2)
        if units is not None:
            value = base
            for index, unit in zip(picked, units, strict=False):
                value = _add(value, float(unit), ColumnRef(self.columns[index]))
            yield _add(value, float(units[-1]))

    def _iter_months(self, base: Base, end: Base) -> Iterator[Value]:
        """Yield a base so many months later, if nearly all ends stand there."""
        if not _is_same_day(base, end):
            return
        start, later = base.local, end.local
        months = np.asarray((later.year - start.year) * 12.0 + (later.month - start.month))
        least, greatest = np.nanmin(months), np.nanmax(months)
        if least == greatest != 0:
            yield DatetimeCall("add_months", (base.value, Number(float(least))))
        for column, n_months in product(self.columns, MONTHS_IN):
            if _is_mostly(months == n_months * self.numbers[column], ~np.isnan(months)):
                ref: Value = ColumnRef(column)
                count = ref if n_months == 1 else Arithmetic("*", Number(float(n_months)), ref)
                yield DatetimeCall("add_months", (base.value, count))


def _is_same_day(base: Base, end: Base) -> bool:
    """Return whether most pairs stand at one place in a month, or the second at its last day."""
    present = ~np.isnan(base.seconds) & ~np.isnan(end.seconds)
    start, later = base.local, end.local
    is_near = (start.day == later.day) | ((later.day < start.day) & later.is_month_end)
    if not _is_mostly(np.asarray(is_near), present):
        return False
    times = (to_seconds(local) % DAY for local in (start, later))
    return _is_mostly(np.equal(*times), present)


def _is_mostly(holds: Mask, present: Mask) -> bool:
    n_present = int(present.sum())
    return n_present >= MIN_ROWS and (holds & present).sum() >= (1 - MAX_ODD) * n_present


def _is_constant(span: Floats) -> bool:
    present = ~np.isnan(span)
    return bool(present.any()) and _is_mostly(span == np.median(span[present]), present)


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
