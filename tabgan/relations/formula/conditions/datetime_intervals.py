"""Bounds of what is counted between datetimes: of whole years, months, years of the calendar.

>>> whole = count_units("years", Interval(0.0, 20 * 365.25 * DAY))
>>> whole.low <= 0 and whole.high >= 20
True
>>> span = find_span("years", Interval(18, 29))
>>> round(span.low / DAY / 365.25, 1), round(span.high / DAY / 365.25, 1)
(18.0, 30.1)
"""

from collections.abc import Mapping

from tabgan.relations.exact_arithmetic import DAY
from tabgan.relations.formula.conditions.interval import Interval

UNITS: Mapping[str, tuple[float, float]] = {
    "years": (365 * DAY, 366 * DAY),
    "months": (28 * DAY, 31 * DAY),
}  # the shortest and the longest
EPOCH_YEAR, YEAR = 1970, 365.2425 * DAY
ZONES = 2 * DAY  # that a date may be from UTC's, and a year from one of mean length


def count_units(unit: str, span: Interval) -> Interval:
    """Return bounds of the whole units in a span of seconds."""
    lows, highs = ([end / length for length in UNITS[unit]] for end in (span.low, span.high))
    return Interval(min(lows) - 1, max(highs) + 1)


def find_span(unit: str, asked: Interval) -> Interval:
    """Return bounds of the seconds that hold so many whole units."""
    lows, highs = ([end * length for length in UNITS[unit]] for end in (asked.low, asked.high + 1))
    return Interval(min(lows), max(highs)).widen(DAY)


def find_years(seconds: Interval) -> Interval:
    """Return bounds of the calendar's years at seconds since 1970."""
    return seconds.map(lambda second: EPOCH_YEAR + second / YEAR).widen(1.0)


def find_seconds(years: Interval) -> Interval:
    """Return bounds of the seconds since 1970 in years of the calendar."""
    ends = Interval(years.low, years.high + 1).map(lambda year: (year - EPOCH_YEAR) * YEAR)
    return ends.widen(ZONES)
