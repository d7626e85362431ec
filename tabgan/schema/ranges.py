"""Which numbers clauses allow: ranges, lowest first, with or without missing values.

>>> clauses = [Clause("!=", 3), Clause("<=", 9)]
>>> allow(clauses, float, step=1.0).ranges
((-inf, 2.999), (3.001, 9.0))
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from typing import Self

import numpy as np

from tabgan.schema.predicates import Clause, interval_of

Range = tuple[float, float]  # lowest and highest number, both included
Read = Callable[[object], float]


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


def allow(clauses: Sequence[Clause], read: Read, step: float | None = None) -> Allowed:
    """Return what clauses on a column of numbers or datetimes allow at once.

    Args:
        clauses: What is asked; `in` counts as the range that its categories span.
        read: Turns a clause's value into a number, NaN if it means missing ones.
        step: Between neighbours of the column; `> 3` starts less than a step behind 3.

    Raises:
        ConditionError: By `read`, a value is none that the column could hold.
    """
    return reduce(Allowed.__and__, (_allow_one(clause, read, step) for clause in clauses))


def _allow_one(clause: Clause, read: Read, step: float | None) -> Allowed:
    if clause.operator == "or":
        return Allowed.union([allow(branch, read, step) for branch in clause.value])
    if clause.operator == "in":
        categories = [read(category) for category in clause.value]
        return Allowed((), missing=True) if np.isnan(categories).any() else _span(categories)
    value = read(clause.value)
    if clause.operator == "!=":
        return Allowed(((-np.inf, np.inf),)) if np.isnan(value) else _around(value, step)
    if np.isnan(value):
        return Allowed((), missing=True)
    return Allowed((interval_of([clause], [value], step),))


def _span(categories: Sequence[float]) -> Allowed:
    return Allowed(((min(categories), max(categories)),))


def _around(value: float, step: float | None) -> Allowed:
    below = interval_of([Clause("<", value)], [value], step)
    above = interval_of([Clause(">", value)], [value], step)
    return Allowed((below, above))
