"""Terms made of datetimes: spans between two, parts, whole years and months, ages at a fixed day.

>>> from tabgan.schema.column import ColumnKind
>>> start, end = (Column(name, ColumnKind.DATETIME, "datetime64[us]") for name in ("start", "end"))
>>> numbers = {start: np.array([90_000.0, 0.0]), end: np.array([180_000.0, 1e9])}
>>> for term in iter_datetime_terms(start, [end], numbers):
...     print(term.to_value(1.0).write(), term.compute(numbers).tolist())
start - '1970-01-01' [90000.0, 0.0]
year(start) [1970.0, 1970.0]
end - start [90000.0, 1000000000.0]
date(end) - date(start) [86400.0, 999993600.0]
years(start, end) [0.0, 31.0]
months(start, end) [0.0, 380.0]
year(end) - year(start) [0.0, 31.0]
12 * (year(end) - year(start)) + month(end) - month(start) [0.0, 380.0]
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tabgan.query.calendar_parts import add_months
from tabgan.query.column_reader import ColumnReader
from tabgan.query.datetime_calls import DatetimeCall
from tabgan.query.expressions import (
    Arithmetic,
    Call,
    ColumnRef,
    Duration,
    Number,
    Text,
    Value,
)
from tabgan.query.functions import Approximation, exact
from tabgan.relations.bounds import write_value
from tabgan.relations.exact_arithmetic import DAY
from tabgan.relations.formula.numbers.terms import Difference, Epoch, Numbers, Term, in_units
from tabgan.schema.arrays import Floats
from tabgan.schema.column import Column
from tabgan.schema.float_conversion import value_to_float
from tabgan.schema.text.datetimes.local_time import from_local, to_datetimes, to_local, to_seconds

MAX_DATETIMES = 12  # of a table in which whole years and months are sought
MAX_ODD = 0.01  # share of rows that may be older or younger than the others say


class NumbersReader(ColumnReader):
    """Columns of which only the numbers are at hand.

    Args:
        numbers: Of each; (n_rows,).
    """

    def __init__(self, numbers: Numbers) -> None:
        n_rows = len(next(iter(numbers.values())))
        super().__init__(pd.DataFrame(index=pd.RangeIndex(n_rows)))
        self._numbers = numbers

    def numbers(self, column: Column) -> Approximation:
        return exact(self._numbers[column])


@dataclass(frozen=True)
class ExpressionTerm(Term):
    """An expression of datetimes.

    Attributes:
        value: That.
        is_span: Whether it is in seconds.
    """

    value: Value
    is_span: bool = False

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.value.columns

    def compute(self, numbers: Numbers) -> Floats:
        return self.value.evaluate(NumbersReader(numbers)).values

    def to_value(self, factor: float) -> Value:
        if self.is_span:
            return in_units(self.value, factor)
        return self.value if factor == 1 else Arithmetic("*", Number(factor), self.value)


def iter_datetime_terms(
    column: Column, others: Sequence[Column], numbers: Numbers
) -> Iterator[Term]:
    """Yield the terms of a datetime, and of it with each of the others: those after it.

    Args:
        column: Of datetimes.
        others: The same.
        numbers: Of the columns; (n_rows,).
    """
    yield Epoch(column)
    yield ExpressionTerm(DatetimeCall("year", (ColumnRef(column),)))
    for other in others:
        spans = numbers[other] - numbers[column]
        is_later = np.nansum(spans) >= 0
        start, end = (column, other) if is_later else (other, column)
        yield Difference(end, start)
        if not (_has_dates(numbers[start]) and _has_dates(numbers[end])):
            continue
        days = [_date_of(one, numbers) for one in (end, start)]
        if days != [ColumnRef(end), ColumnRef(start)]:
            yield ExpressionTerm(Arithmetic("-", days[0], days[1]), is_span=True)
        pair = (ColumnRef(start), ColumnRef(end))
        yield ExpressionTerm(DatetimeCall("years", pair))
        yield ExpressionTerm(DatetimeCall("months", pair))
        years = Arithmetic("-", DatetimeCall("year", pair[1:]), DatetimeCall("year", pair[:1]))
        yield ExpressionTerm(years)
        months = [DatetimeCall("month", (one,)) for one in pair]
        both = Arithmetic("+", Arithmetic("*", Number(12.0), years), months[1])
        yield ExpressionTerm(Arithmetic("-", both, months[0]))


def _has_dates(seconds: Floats) -> bool:
    """Return whether datetimes, (n_rows,), are more than times of one day."""
    return bool(np.any((seconds < 0) | (seconds > DAY)))


def spans_dates(term: Term) -> bool:
    """Return whether a term is the time between two dates."""
    return isinstance(term, ExpressionTerm) and term.is_span


def _date_of(column: Column, numbers: Numbers) -> Value:
    """Return the date of a column as an expression: itself if it has no time of day."""
    local = to_seconds(to_local(numbers[column], column))
    is_date = not np.any(local % DAY > 0)
    return ColumnRef(column) if is_date else DatetimeCall("date", (ColumnRef(column),))


@dataclass(frozen=True)
class SnapshotAge(Term):
    """What has passed at a fixed day, which the rows tell: the age of each.

    Attributes:
        column: The datetime from which on it is counted.
        unit: `years`, `months`, or the seconds of a unit.
        is_rounded: Whether it is rounded to its decimals, rather than cut to whole units.
    """

    column: Column
    unit: str | float
    is_rounded: bool = False

    @property
    def columns(self) -> tuple[Column, ...]:
        return (self.column,)

    def compute(self, numbers: Numbers) -> Floats:
        return -numbers[self.column]

    def to_value(self, factor: float) -> Value:
        raise NotImplementedError(factor)  # `fit` returns it

    def fit(self, numbers: Numbers, own: Floats, step: float) -> Value | None:
        """Return the age at the day at which nearly all rows have it; None if there is none.

        Args:
            numbers: Of the column, among others; (n_rows,).
            own: Ages; (n_rows,).
            step: Between neighbouring ages.
        """
        shift = step / 2 if self.is_rounded else 0.0
        seconds = numbers[self.column]
        present = ~np.isnan(seconds) & ~np.isnan(own)
        local = to_local(seconds[present], self.column)
        low, high = (
            np.sort(self._reach(local, own[present] + more)) for more in (-shift, step - shift)
        )
        ends = np.searchsorted(high, low, side="right")
        counts = np.arange(1, len(low) + 1) - ends
        if not len(counts) or counts.max() < (1 - MAX_ODD) * len(counts):
            return None
        best = int(counts.argmax())
        events = np.concatenate([low[best + 1 :], high[ends[best] :]])
        day = find_roundest(low[best], events.min(initial=np.inf))
        number = float(from_local(to_datetimes(np.array([day])), self.column)[0])
        text = str(write_value(self.column, number)).removesuffix(" 00:00:00")
        return self._write(Text(text, value_to_float(self.column, text)))

    def _reach(self, local: pd.DatetimeIndex, ages: Floats) -> Floats:
        """Return the local seconds at which an age is reached; (n_rows,)."""
        if not isinstance(self.unit, str):
            return to_seconds(local) + ages * self.unit
        days = local.normalize()
        later = add_months(days, ages * (12 if self.unit == "years" else 1))
        is_cut = np.asarray(later.day < days.day)  # 29 February is reached on 1 March
        return to_seconds(later) + is_cut * DAY

    def _write(self, day: Text) -> Value:
        column = ColumnRef(self.column)
        if isinstance(self.unit, str):
            return DatetimeCall(self.unit, (column, day))
        units = Arithmetic("/", Arithmetic("-", day, column), Duration(self.unit))
        return units if self.is_rounded else Call("floor", (units,))


WHOLE_UNITS: tuple[str | float, ...] = ("years", "months", DAY, 7 * DAY, 365.25 * DAY, 365 * DAY)
ROUNDED_UNITS = (365.25 * DAY, 365 * DAY, 365.25 / 12 * DAY, 30 * DAY, 7 * DAY, DAY)


def iter_snapshot_ages(column: Column, decimals: int | None) -> Iterator[SnapshotAge]:
    """Yield the ages that a column of so many decimals may be, in all units."""
    if decimals == 0:
        yield from (SnapshotAge(column, unit) for unit in WHOLE_UNITS)
    if decimals is not None:
        yield from (SnapshotAge(column, unit, is_rounded=True) for unit in ROUNDED_UNITS)


def find_roundest(low: float, high: float) -> float:
    """Return the roundest datetime from one on to before another, in local seconds since 1970.

    >>> (find_roundest(19_500.5 * DAY, 19_503 * DAY) / DAY, find_roundest(5.0, 5.5))
    (19501.0, 5.0)
    """
    start = np.array(np.ceil(low), "datetime64[s]")
    units: Any = ("Y", "M", "D", "h", "m", "s")
    for unit in units:
        begun = start.astype(f"datetime64[{unit}]")
        rounded = begun if begun >= start else begun + 1
        seconds = float(rounded.astype("datetime64[s]").astype(np.int64))
        if seconds < high:
            return seconds
    return low
