"""Intervals of numbers, and what is calculated with them.

>>> Interval(1, 2) * Interval(-3, 4), Interval(1, 2) & Interval(3, 4)
(Interval(low=-6, high=8), Interval(low=3, high=2))
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

INF = float(np.inf)


@dataclass(frozen=True)
class Interval:
    """All numbers between two, both included; none if they are crossed."""

    low: float = -INF
    high: float = INF

    @property
    def is_empty(self) -> bool:
        """Whether there is no such number."""
        return not self.low <= self.high

    def __and__(self, other: "Interval") -> "Interval":
        return Interval(max(self.low, other.low), min(self.high, other.high))

    def __neg__(self) -> "Interval":
        return Interval(-self.high, -self.low)

    def __add__(self, other: "Interval") -> "Interval":
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: "Interval") -> "Interval":
        return self + -other

    def __mul__(self, other: "Interval") -> "Interval":
        ends = product((self.low, self.high), (other.low, other.high))
        products = [0.0 if 0 in pair else pair[0] * pair[1] for pair in ends]
        return Interval(min(products), max(products))

    def __truediv__(self, other: "Interval") -> "Interval":
        """Return what a number of this is, divided by one of the other that is not 0."""
        if other.high <= 0:
            return -self / -other
        if other.low < 0:
            return ANY
        most = 1 / other.low if other.low > 0 else INF
        return self * Interval(1 / other.high, most)

    def widen(self, by: float) -> "Interval":
        """Return it with so much more at each end."""
        return Interval(self.low - by, self.high + by)

    def map(self, function: Callable[[float], float]) -> "Interval":
        """Return what a function that never falls makes of it."""
        with np.errstate(all="ignore"):
            return Interval(float(function(self.low)), float(function(self.high)))


ANY = Interval()
POSITIVE = Interval(0.0, INF)
