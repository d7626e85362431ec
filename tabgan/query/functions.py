"""What is calculated with: operators and functions of numbers, each with its rounding error.

>>> half = exact(np.array([1.0, 2.0])), exact(np.array(2.0))
>>> OPERATIONS["/"](*half).values.tolist(), FUNCTIONS["max"].compute(*half).values.tolist()
([0.5, 1.0], [2.0, 2.0])
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from tabgan.schema.arrays import Floats

EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Approximation:
    """Numbers, or datetimes as seconds, with a bound of their rounding error.

    Attributes:
        values: NaN where missing; (n_rows,) or ().
        error: How far the exact values may be from them; (n_rows,) or ().
    """

    values: Floats
    error: Floats


def exact(values: Floats) -> Approximation:
    """Return numbers as they were read: half a unit of the last place from what is meant."""
    return Approximation(values, np.abs(values) * (EPSILON / 2))


def _rounded(values: Any, error: Any) -> Approximation:
    """Return a result with its error, and the rounding of the last operation."""
    found = np.asarray(values, np.float64)
    return Approximation(found, np.asarray(error + np.abs(found) * EPSILON))


def _add(left: Approximation, right: Approximation) -> Approximation:
    return _rounded(left.values + right.values, left.error + right.error)


def _subtract(left: Approximation, right: Approximation) -> Approximation:
    return _rounded(left.values - right.values, left.error + right.error)


def _multiply(left: Approximation, right: Approximation) -> Approximation:
    error = np.abs(left.values) * right.error + np.abs(right.values) * left.error
    return _rounded(left.values * right.values, error)


def _divide(left: Approximation, right: Approximation) -> Approximation:
    values = np.asarray(left.values / right.values)
    return _rounded(values, (left.error + np.abs(values) * right.error) / np.abs(right.values))


def _divide_whole(left: Approximation, right: Approximation) -> Approximation:
    return _step(np.floor, _divide(left, right))


def _take_remainder(left: Approximation, right: Approximation) -> Approximation:
    return _subtract(left, _multiply(_divide_whole(left, right), right))


def _raise(left: Approximation, right: Approximation) -> Approximation:
    values = np.asarray(np.power(left.values, right.values))
    relative = np.abs(right.values) * left.error / np.abs(left.values)
    return _rounded(values, np.nan_to_num(np.abs(values) * relative))


OPERATIONS: Mapping[str, Callable[[Approximation, Approximation], Approximation]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "//": _divide_whole,
    "%": _take_remainder,
    "**": _raise,
}


def _step(
    function: Callable[[Floats], Floats], value: Approximation, n: float = 1
) -> Approximation:
    """Return whole numbers, or multiples of 1 / n, which jump where the error may decide."""
    low, high = (function((value.values + sign * value.error) * n) / n for sign in (-1, 1))
    nudged = np.round(value.values * n, 6)  # 2.9999999 that means 3 is 3
    values = function(np.where(low == high, value.values * n, nudged)) / n
    return Approximation(np.asarray(values), np.asarray(high - low))


def _to_decimals(
    function: Callable[[Floats], Floats],
    value: Approximation,
    decimals: Approximation | None = None,
) -> Approximation:
    scale: Any = 1.0 if decimals is None else 10.0**decimals.values
    return _step(function, value, scale)


def _log(value: Approximation, base: float = np.e) -> Approximation:
    scale = np.log(base)
    return _rounded(np.log(value.values) / scale, value.error / np.abs(value.values) / scale)


def _exp(value: Approximation) -> Approximation:
    values = np.exp(value.values)
    return _rounded(values, values * value.error)


def _sqrt(value: Approximation) -> Approximation:
    values = np.sqrt(value.values)
    return _rounded(values, np.nan_to_num(value.error / (2 * values)))


def _abs(value: Approximation) -> Approximation:
    return Approximation(np.abs(value.values), value.error)


def _extreme(choose: Callable[[Any, Any], Any], *values: Approximation) -> Approximation:
    found, error = values[0].values, values[0].error
    for value in values[1:]:
        found, error = choose(found, value.values), np.maximum(error, value.error)
    return Approximation(np.asarray(found), np.asarray(error))


@dataclass(frozen=True)
class Function:
    """A function of numbers.

    Attributes:
        compute: Returns its value; a gap in, a gap out.
        n_arguments: The least and the greatest number of them.
    """

    compute: Callable[..., Approximation]
    n_arguments: tuple[int, int] = (1, 1)


FUNCTIONS: Mapping[str, Function] = {
    "abs": Function(_abs),
    "ceil": Function(partial(_to_decimals, np.ceil), (1, 2)),
    "exp": Function(_exp),
    "floor": Function(partial(_to_decimals, np.floor), (1, 2)),
    "log": Function(_log),
    "log10": Function(partial(_log, base=10.0)),
    "log2": Function(partial(_log, base=2.0)),
    "max": Function(partial(_extreme, np.maximum), (2, 100)),
    "min": Function(partial(_extreme, np.minimum), (2, 100)),
    "round": Function(partial(_to_decimals, np.rint), (1, 2)),
    "sqrt": Function(_sqrt),
}
