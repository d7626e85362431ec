"""Which numbers clauses allow: ranges, lowest first, with or without missing values.

>>> clauses = [Clause("!=", 3), Clause("<=", 9)]
>>> allow(clauses, float, step=1.0).ranges
((-inf, 2.999), (3.001, 9.0))
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import product
from typing import Self

import numpy as np

from tabgan.schema.predicates import Clause

Range = tuple[float, float]  # lowest and highest number, both included
ToFloat = Callable[[object], float]


@dataclass(frozen=True)
class Allowed:
    """What is allowed of a column of numbers or datetimes.

    Attributes:
        ranges: Apart from each other, rising; a single one may be empty, with its ends crossed.
        missing: Whether missing values are allowed.
    """

    ranges: tuple[Range, ...]
    missing: bool = False

    def __and__(self, other: "Allowed") -> "Allowed":
        pairs = product(self.ranges, other.ranges)
        both = [(max(a[0], b[0]), min(a[1], b[1])) for a, b in pairs]
        ranges = [(low, high) for low, high in both if low <= high] or both[:1]
        return Allowed(tuple(sorted(ranges)), self.missing and other.missing)

    @classmethod
    def union(cls, parts: Sequence["Allowed"]) -> Self:
        """Return what any part allows."""
        merged: list[Range] = []
        for low, high in sorted(ends for part in parts for ends in part.ranges):
            if merged and low <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
            elif low <= high:
                merged.append((low, high))
        return cls(tuple(merged), any(part.missing for part in parts))


def allow(clauses: Sequence[Clause], read: ToFloat, step: float | None = None) -> Allowed:
    """Return what clauses on a column of numbers or datetimes allow at once.

    Args:
        clauses: That all hold; `in` counts as the range that its categories span.
        read: Turns a clause's value into a number, NaN if it means missing ones.
        step: Between neighbouring values of the column; `> 3` starts less than a step behind 3.

    Raises:
        ConditionError: By `read`, a value is none that the column could hold.
    """
    return reduce(Allowed.__and__, (_allow_one(clause, read, step) for clause in clauses))


def _allow_one(clause: Clause, read: ToFloat, step: float | None) -> Allowed:
    if clause.operator == "or":
        return Allowed.union([allow(branch, read, step) for branch in clause.value])
    if clause.operator == "in":
        categories = [read(category) for category in clause.value]
        is_missing = any(map(math.isnan, categories))
        return Allowed(() if is_missing else ((min(categories), max(categories)),), is_missing)
    value = read(clause.value)
    if clause.operator == "!=":
        everything = Allowed(((-np.inf, np.inf),))
        return everything if math.isnan(value) else Allowed(_ranges_beside(value, step))
    if math.isnan(value):
        return Allowed((), missing=True)
    return Allowed((_range_of(clause.operator, value, step),))


def _range_of(operator: str, value: float, step: float | None) -> Range:
    low, high = -np.inf, np.inf
    if operator in ("=", ">", ">="):
        low = _next_number(value, np.inf, step) if operator == ">" else value
    if operator in ("=", "<", "<="):
        high = _next_number(value, -np.inf, step) if operator == "<" else value
    return low, high


def _ranges_beside(value: float, step: float | None) -> tuple[Range, Range]:
    return _range_of("<", value, step), _range_of(">", value, step)


def _next_number(value: float, towards: float, step: float | None) -> float:
    """Return a number a little further on: less than a step, more than rounding.

    Whole numbers and fractions are exact: the next whole one is a step further on.
    """
    if isinstance(value, int | Fraction):
        return math.floor(value) + 1 if towards > 0 else math.ceil(value) - 1
    neighbour = float(np.nextafter(value, towards))
    if step is None:
        return neighbour
    further = value + float(np.sign(towards)) * step / 1_000
    return min(further, neighbour) if towards < 0 else max(further, neighbour)
