"""What a sum of terms may be: a column, that column where it was not cut off, its square ...

>>> own = np.array([0.0, 0.0, 0.0, 2.0, 5.0, 7.0])
>>> [type(target).__name__ for target in iter_cuts(own)]
['Cut']
>>> Root().transform(own).tolist()
[0.0, 0.0, 0.0, 4.0, 25.0, 49.0]
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tabgan.query.expressions import Call, Number, Value
from tabgan.relations.formula.numbers.sums import Summands, write_reciprocal, write_sum
from tabgan.schema.arrays import Floats

MIN_CUT = 3  # rows at the end of a column that was cut off there
MAX_RELATIVE_ERROR = 0.1  # of numbers whose reciprocal or logarithm is taken
MAX_EXPONENT = 50.0  # of a number that is raised to e


@dataclass(frozen=True)
class Target(ABC):
    """A function of a column that a sum of terms may be."""

    def transform(self, own: Floats) -> Floats:
        """Return what a sum is to be, NaN where that says nothing; (n_rows,)."""
        return own

    def spread(self, own: Floats, tolerance: Floats) -> Floats:  # noqa: ARG002
        """Return how far it may be from a sum if the column is no more than `tolerance` off."""
        return tolerance

    @abstractmethod
    def write(self, summands: Summands, constant: float) -> Value:
        """Return the column as an expression."""


class Plain(Target):
    """The column itself."""

    def write(self, summands: Summands, constant: float) -> Value:
        return write_sum(summands, constant)


@dataclass(frozen=True)
class Cut(Target):
    """The column where it lies above its least value, and below its greatest one.

    Attributes:
        low: The least, or None if it is not cut off there.
        high: The greatest, as well.
    """

    low: float | None
    high: float | None

    def transform(self, own: Floats) -> Floats:
        is_cut = np.isin(own, [end for end in (self.low, self.high) if end is not None])
        return np.where(is_cut, np.nan, own)

    def write(self, summands: Summands, constant: float) -> Value:
        return self.wrap(write_sum(summands, constant))

    def wrap(self, value: Value) -> Value:
        """Return a value cut off at the ends."""
        if self.low is not None:
            value = Call("max", (value, Number(self.low)))
        return value if self.high is None else Call("min", (value, Number(self.high)))


def iter_cuts(own: Floats) -> Iterator[Cut]:
    """Yield where a column may be cut off: many rows hold its least or its greatest value."""
    values, counts = np.unique(own[~np.isnan(own)], return_counts=True)
    if len(values) < 4:
        return
    low = float(values[0]) if counts[0] >= max(MIN_CUT, 2 * counts[1]) else None
    high = float(values[-1]) if counts[-1] >= max(MIN_CUT, 2 * counts[-2]) else None
    if low is not None:
        yield Cut(low, None)
    if high is not None:
        yield Cut(None, high)
    if low is not None and high is not None:
        yield Cut(low, high)


class Root(Target):
    """The square of the column."""

    def transform(self, own: Floats) -> Floats:
        return np.asarray(np.where(own >= 0, own**2, np.nan))

    def spread(self, own: Floats, tolerance: Floats) -> Floats:
        return np.asarray(2 * np.abs(own) * tolerance + tolerance**2)

    def write(self, summands: Summands, constant: float) -> Value:
        return Call("sqrt", (write_sum(summands, constant),))


@dataclass(frozen=True)
class Logarithm(Target):
    """The base raised to the column."""

    function: str
    base: float

    def transform(self, own: Floats) -> Floats:
        exponent = own * np.log(self.base)
        with np.errstate(all="ignore"):
            return np.where(np.abs(exponent) < MAX_EXPONENT, np.exp(exponent), np.nan)

    def spread(self, own: Floats, tolerance: Floats) -> Floats:
        relative = np.expm1(np.minimum(tolerance * np.log(self.base), 1.0))
        return np.asarray(np.nan_to_num(self.transform(own)) * relative)

    def write(self, summands: Summands, constant: float) -> Value:
        return Call(self.function, (write_sum(summands, constant),))


class _Relative(Target):
    """A function of numbers that are told well enough."""

    def spread(self, own: Floats, tolerance: Floats) -> Floats:
        with np.errstate(all="ignore"):
            relative = tolerance / np.abs(own)
            found = self._error(own, relative) * (1 + 2 * relative)
        return np.where(relative <= MAX_RELATIVE_ERROR, found, np.inf)

    @abstractmethod
    def _error(self, own: Floats, relative: Floats) -> Floats:
        """Return the error to first order."""


class Exponential(_Relative):
    """The logarithm of the column."""

    def transform(self, own: Floats) -> Floats:
        with np.errstate(all="ignore"):
            return np.where(own > 0, np.log(own), np.nan)

    def _error(self, own: Floats, relative: Floats) -> Floats:  # noqa: ARG002
        return relative

    def write(self, summands: Summands, constant: float) -> Value:
        return Call("exp", (write_sum(summands, constant),))


class Reciprocal(_Relative):
    """1 / the column."""

    def transform(self, own: Floats) -> Floats:
        with np.errstate(all="ignore"):
            return np.where(own != 0, 1 / own, np.nan)

    def _error(self, own: Floats, relative: Floats) -> Floats:
        return np.asarray(relative / np.abs(own))

    def write(self, summands: Summands, constant: float) -> Value:
        return write_reciprocal(summands, constant)


PLAIN = Plain()
CURVED: tuple[Target, ...] = (
    Root(),
    Reciprocal(),
    Logarithm("log", float(np.e)),
    Logarithm("log10", 10.0),
    Exponential(),
)
