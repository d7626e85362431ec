"""The roundest number or moment between two neighbours, one on each side of a threshold.

>>> from tabgan.schema.column import ColumnKind
>>> income = Column("income", ColumnKind.CONTINUOUS, "float64")
>>> find_cut(income, 19_998.5, 20_004.0).below.write()
'income < 20000'
>>> find_cut(Column("day", ColumnKind.DATETIME, "datetime64[ns]"), 1.70e9, 1.71e9).above.write()
"day >= '2024-01-01'"
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import pandas as pd

from tabgan.errors import RelationError
from tabgan.query.expressions import ColumnRef, Duration, Number, Text, Value
from tabgan.query.numbers import UNITS
from tabgan.query.operands import read_datetime
from tabgan.query.three_valued_logic import Comparison
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.predicates import MIRRORED
from tabgan.schema.text import show_datetime

MAX_DIGITS = 17
YEAR_DIGITS = 4
DATE_DIGITS = {
    "YS": YEAR_DIGITS,
    "MS": 6,
    "D": 8,
    "h": 10,
    "min": 12,
    "s": 14,
}  # of whole years, months, ...
OFFSETS = {"YS": pd.offsets.YearBegin(), "MS": pd.offsets.MonthBegin()}


@dataclass(frozen=True)
class Cut:
    """A threshold of a column.

    Attributes:
        source: What is compared.
        point: With what: a number or a moment.
        is_below: Whether the point itself is on the lower side.
        digits: That it takes.
        is_turned: Whether `source` falls where what is cut rises: its lower side is the upper one.
    """

    source: Value
    point: Value
    is_below: bool
    digits: int
    is_turned: bool = False

    @property
    def below(self) -> Comparison:
        """What is true on the lower side."""
        return self._compare("<=" if self.is_below else "<")

    @property
    def above(self) -> Comparison:
        """What is true on the upper side."""
        return self._compare(">" if self.is_below else ">=")

    def _compare(self, sign: str) -> Comparison:
        written = MIRRORED[sign] if self.is_turned else sign
        return Comparison(written, self.source, self.point)

    @property
    def number(self) -> float:
        """The point of a number or a span of time."""
        return self.point.value if isinstance(self.point, Number) else math.nan

    def turn(self, difference: Value, left: Value, right: Value) -> "Cut":
        """Return the cut of a difference, at 0 or below, as one of the opposite difference.

        Args:
            difference: The opposite one.
            left: What the first is subtracted from; at 0 both are compared.
            right: What is subtracted.
        """
        if self.number == 0:
            return replace(self, source=left, point=right)
        point = replace(self.point, value=-self.number)  # type: ignore[call-arg]
        return replace(self, source=difference, point=point, is_turned=True)


def find_cut(column: Column, low: float, high: float) -> Cut | None:
    """Return the roundest threshold with `low` below and `high` above it; None if none is written.

    Args:
        column: Of numbers or datetimes.
        low: The greatest number on the lower side.
        high: The least one on the upper side.
    """
    source = ColumnRef(column)
    if column.kind is ColumnKind.DATETIME:
        return _find_datetime(source, low, high)
    return find_value_cut(source, low, high, is_duration=column.is_duration)


def find_value_cut(source: Value, low: float, high: float, *, is_duration: bool) -> Cut:
    """Return the same for a value that is calculated: a number, or a span of time in seconds."""
    number = find_round_number(low, high)
    digits = count_digits(number)
    if not is_duration:
        return Cut(source, Number(number), number == low, digits)
    for length in UNITS.values():
        count = find_round_number(low / length, high / length)
        if count == round(count) and low <= count * length <= high:
            number, digits = count * length, count_digits(count)
            break
    return Cut(source, Duration(number), number == low, digits)


def find_round_number(low: float, high: float) -> float:
    """Return the number of the fewest digits between two, both included.

    >>> find_round_number(17, 18), find_round_number(0.61, 1.4), find_round_number(-3, 0.2)
    (18.0, 1.0, 0.0)
    >>> find_round_number(18.3, 18.9)
    18.5
    """
    if low <= 0 <= high:
        return 0.0
    start = math.ceil(math.log10(max(abs(low), abs(high))))
    ends = [Decimal(repr(float(number))) for number in (low, high)]
    for exponent in range(start, start - MAX_DIGITS - 1, -1):
        first, last = (number.scaleb(-exponent) for number in ends)
        if math.ceil(first) <= math.floor(last):
            return float(f"{_choose(math.ceil(first), math.floor(last))}e{exponent}")
    return float(high)


def _choose(first: int, last: int) -> int:
    """Return a whole number from one to another: one that ends in 5, or the middle one."""
    middle = (first + last + 1) // 2
    five = 10 * (middle // 10) + 5
    return five if first <= five <= last else middle


def count_digits(number: float) -> int:
    """Return the digits that a number takes, without zeros before and after them.

    >>> count_digits(20_000.0), count_digits(0.125), count_digits(0.0)
    (1, 3, 0)
    """
    mantissa = repr(float(number)).split("e")[0].replace(".", "").strip("-0")
    return len(mantissa)


def _find_datetime(source: ColumnRef, low: float, high: float) -> Cut | None:
    for seconds, digits in _iter_datetimes(low, high):
        text = Text(show_datetime(seconds, source.column))
        try:
            point = read_datetime(text, source)
        except RelationError:
            continue
        if point.seconds is not None and low <= point.seconds <= high:
            return Cut(source, point, point.seconds == low, digits)
    return None


def _iter_datetimes(low: float, high: float) -> Iterator[tuple[float, int]]:
    """Yield moments between two, as seconds since 1970, with their digits; the roundest first."""
    end = pd.Timestamp(high, unit="s")
    for unit, digits in DATE_DIGITS.items():
        day = end.floor("D" if unit in OFFSETS else unit)
        rounded = OFFSETS[unit].rollback(day) if unit in OFFSETS else day
        seconds = (rounded - pd.Timestamp(0)) / pd.Timedelta(1, "s")
        if seconds >= low:
            yield seconds, digits
    yield high, MAX_DIGITS
