"""What bounds of a result demand of the columns that it is calculated from: interval arithmetic.

A result is computed forwards from the range of each column, and what is asked of it is carried back
to the columns: forward-backward contraction. What is returned is necessary, not enough.

Source: Benhamou, Goualard, Granvilliers, Puget 1999, "Revising hull and box consistency".

>>> from tabgan.schema.column import ColumnKind
>>> x, y = (Column(name, ColumnKind.CONTINUOUS, "float64") for name in "xy")
>>> product = Arithmetic("*", ColumnRef(x), ColumnRef(y))
>>> found = contract(product, Interval(500, 900), {x: Interval(1, 10), y: Interval(0, 400)})
>>> found[x], found[y]
(Interval(low=1.25, high=10), Interval(low=50.0, high=400))
"""

from collections.abc import Callable, Mapping

import numpy as np

from tabgan.query.datetime_calls import DatetimeCall
from tabgan.query.expressions import Arithmetic, Call, ColumnRef, Expression, Number, Text
from tabgan.relations.formula.conditions.datetime_intervals import (
    UNITS,
    ZONES,
    count_units,
    find_seconds,
    find_span,
    find_years,
)
from tabgan.relations.formula.conditions.interval import ANY, INF, POSITIVE, Interval
from tabgan.schema.column import Column

Ranges = Mapping[Column, Interval]
# Functions that never fall: how they are computed, and undone.
RISING: Mapping[str, tuple[Callable[[float], float], Callable[[float], float]]] = {
    "exp": (np.exp, np.log),
    "log": (np.log, np.exp),
    "log10": (np.log10, lambda number: 10.0**number),
    "log2": (np.log2, np.exp2),
    "sqrt": (np.sqrt, np.square),
}
FROM_0 = {"log", "log10", "log2", "sqrt"}
OPERATIONS: Mapping[str, Callable[[Interval, Interval], Interval]] = {
    "+": Interval.__add__,
    "-": Interval.__sub__,
    "*": Interval.__mul__,
    "/": Interval.__truediv__,
    "//": lambda left, right: (left / right).widen(1.0),
}
# What is left for the left and the right side of an operation, of its result and both sides.
INVERSES: Mapping[str, Callable[[Interval, Interval, Interval], tuple[Interval, Interval]]] = {
    "+": lambda result, left, right: (result - right, result - left),
    "-": lambda result, left, right: (result + right, left - result),
    "*": lambda result, left, right: (result / right, result / left),
    "/": lambda result, left, right: (result * right, left / result),
    "//": lambda result, left, right: (result.widen(1.0) * right, left / result.widen(1.0)),
}
CUTS = {"ceil", "floor", "round"}


def contract(value: Expression, asked: Interval, ranges: Ranges) -> dict[Column, Interval] | None:
    """Return what is left of the range of each column that a value names; None if nothing is.

    Args:
        value: Calculated from columns.
        asked: Of the value.
        ranges: Of each column.
    """
    left = dict(ranges)
    _narrow(value, asked, left)
    return None if any(interval.is_empty for interval in left.values()) else left


def compute(value: Expression, ranges: Ranges) -> Interval:
    """Return bounds of a value."""
    match value:
        case ColumnRef(column=column):
            return ranges.get(column, ANY)
        case Number(value=number) | Text(seconds=float(number)):
            return Interval(number, number)
        case Arithmetic(operator="**", left=left, right=Number(value=exponent)):
            return _raise(compute(left, ranges), exponent)
        case Arithmetic(operator=operator, left=left, right=right) if operator in OPERATIONS:
            return OPERATIONS[operator](compute(left, ranges), compute(right, ranges))
        case Call(function=function, arguments=arguments):
            ends = [compute(argument, ranges) for argument in arguments]
            is_of_datetimes = isinstance(value, DatetimeCall)
            return (_call_on_datetimes if is_of_datetimes else _call)(function, ends)
    return ANY


def _raise(base: Interval, exponent: float) -> Interval:
    if base.low < 0:
        return POSITIVE if exponent % 2 == 0 else ANY
    if exponent > 0:
        return base.map(lambda number: number**exponent)
    return Interval(1.0, 1.0) / _raise(base, -exponent) if exponent else Interval(1.0, 1.0)


def _call(function: str, arguments: list[Interval]) -> Interval:
    first = arguments[0]
    if function in RISING:
        return (first & POSITIVE if function in FROM_0 else first).map(RISING[function][0])
    if function in CUTS:
        return first.widen(_step(arguments))
    if function == "abs":
        return Interval(max(first.low, -first.high, 0.0), max(-first.low, first.high))
    choose = {"max": max, "min": min}.get(function)
    if choose is None:
        return ANY
    lows, highs = ([getattr(a, end) for a in arguments] for end in ("low", "high"))
    return Interval(choose(lows), choose(highs))


def _call_on_datetimes(function: str, arguments: list[Interval]) -> Interval:
    if function in UNITS:
        return count_units(function, arguments[1] - arguments[0])
    if function == "date" and len(arguments) == 1:
        return arguments[0].widen(ZONES)
    return find_years(arguments[0]) if function == "year" else ANY


def _step(arguments: list[Interval]) -> float:
    """Return how far a value is cut, at the most."""
    return float(10.0 ** -arguments[1].low) if len(arguments) > 1 else 1.0


def _narrow(value: Expression, asked: Interval, left: dict[Column, Interval]) -> None:
    """Leave of the range of each column what a value may have if it lies in what is asked."""
    match value:
        case ColumnRef(column=column):
            left[column] = left.get(column, ANY) & asked
        case Arithmetic(operator="**", left=base, right=Number(value=exponent)):
            _narrow(base, _find_base(compute(base, left), asked, exponent), left)
        case Arithmetic(operator=operator) if operator in INVERSES:
            _narrow_sides(value, asked & compute(value, left), left)
        case Call(function="max" | "min" as function, arguments=arguments):
            _narrow_extreme(function, list(arguments), asked, left)
        case DatetimeCall():
            _narrow_datetimes(value, asked, left)
        case Call(function=function, arguments=(argument, *others)):
            ends = [compute(each, left) for each in (argument, *others)]
            _narrow(argument, _find_argument(function, ends, asked), left)


def _narrow_sides(value: Arithmetic, asked: Interval, left: dict[Column, Interval]) -> None:
    """Leave what a result leaves of the two sides of an operation."""
    if not asked.is_empty:
        sides = compute(value.left, left), compute(value.right, left)
        first, second = INVERSES[value.operator](asked, *sides)
        _narrow(value.left, first, left)
        _narrow(value.right, second, left)
    elif value.columns:
        left[value.columns[0]] = Interval(INF, -INF)


def _narrow_datetimes(value: DatetimeCall, asked: Interval, left: dict[Column, Interval]) -> None:
    """Leave what a date, a year or whole units leave of datetimes."""
    match value:
        case DatetimeCall(function=unit, arguments=(start, end)) if unit in UNITS:
            span = find_span(unit, asked)
            _narrow(start, compute(end, left) - span, left)
            _narrow(end, compute(start, left) + span, left)
        case DatetimeCall(function="date", arguments=(datetime,)):
            _narrow(datetime, asked.widen(ZONES), left)
        case DatetimeCall(function="year", arguments=(datetime, *_)):
            _narrow(datetime, find_seconds(asked), left)


def _find_base(base: Interval, asked: Interval, exponent: float) -> Interval:
    """Return what is left of a number that is raised to an exponent."""
    if exponent <= 0 or (base.low < 0 and exponent % 2):
        return ANY
    root = (asked & POSITIVE).map(lambda number: number ** (1 / exponent))
    return root if base.low >= 0 or root.is_empty else Interval(-root.high, root.high)


def _find_argument(function: str, arguments: list[Interval], asked: Interval) -> Interval:
    """Return what is left of the argument of a function."""
    if function in RISING:
        inside = asked & POSITIVE if function in {"exp", "sqrt"} else asked
        return inside if inside.is_empty else inside.map(RISING[function][1])
    if function in CUTS:
        return asked.widen(_step(arguments))
    if function != "abs":
        return ANY
    is_positive = arguments[0].low >= 0
    return asked if is_positive else Interval(-asked.high, asked.high)


def _narrow_extreme(
    function: str, arguments: list[Expression], asked: Interval, left: dict[Column, Interval]
) -> None:
    """Leave what the greatest or the least of several values leaves of each."""
    is_max = function == "max"
    able = []
    for argument in arguments:
        ends = compute(argument, left)
        _narrow(argument, Interval(-INF, asked.high) if is_max else Interval(asked.low, INF), left)
        if (ends.high >= asked.low) if is_max else (ends.low <= asked.high):
            able.append(argument)
    if len(able) == 1:  # no other one comes as far
        _narrow(able[0], Interval(asked.low, INF) if is_max else Interval(-INF, asked.high), left)
    if not able:
        columns = [column for argument in arguments for column in argument.columns]
        left.update(dict.fromkeys(columns[:1], Interval(INF, -INF)))
