"""Terms of formulas: columns, powers, products, ratios and functions of them, as numbers and text.

>>> from tabgan.schema.column import ColumnKind
>>> x, y = (Column(name, ColumnKind.CONTINUOUS, "float64") for name in "xy")
>>> Monomial(((x, 1.0), (y, -2.0))).to_value(3.0).write()
'3 * x / y ** 2'
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from tabgan.query.expressions import Arithmetic, Call, ColumnRef, Duration, Number, Text, Value
from tabgan.relations.linear_form import find_divisor
from tabgan.schema.arrays import Floats
from tabgan.schema.column import Column

Numbers = Mapping[Column, Floats]  # of each column; (n_rows,), NaN where missing
UNARY = {"log": np.log, "log10": np.log10, "log2": np.log2, "exp": np.exp, "abs": np.abs}


@dataclass(frozen=True)
class Term(ABC):
    """What is multiplied with a coefficient in a formula."""

    @property
    @abstractmethod
    def columns(self) -> tuple[Column, ...]:
        """The columns that it is made of."""

    @abstractmethod
    def compute(self, numbers: Numbers) -> Floats:
        """Return its values; (n_rows,), NaN where there are none."""

    @abstractmethod
    def to_value(self, factor: float) -> Value:
        """Return it times a factor above 0, as an expression."""


@dataclass(frozen=True)
class Monomial(Term):
    """A product of powers of columns; none is 1.

    Attributes:
        powers: Columns with their exponents, which are not 0.
    """

    powers: tuple[tuple[Column, float], ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(column for column, _ in self.powers)

    def compute(self, numbers: Numbers) -> Floats:
        with np.errstate(all="ignore"):
            product = reduce(np.multiply, (_power(numbers[c], to) for c, to in self.powers))
        return np.where(np.isfinite(product), product, np.nan)

    def to_value(self, factor: float) -> Value:
        roots = {exponent for _, exponent in self.powers} == {0.5}
        powers = [(column, 1.0) for column, _ in self.powers] if roots else self.powers
        above = [_raise(column, exponent) for column, exponent in powers if exponent > 0]
        below = [_raise(column, -exponent) for column, exponent in powers if exponent < 0]
        if roots:
            above = [Call("sqrt", (_join("*", above),))]
        divisor = find_divisor(factor) if above else None
        if divisor is not None:
            below.append(Number(divisor))
        elif factor != 1 or not above:
            above.insert(0, Number(factor))
        return _join("/", [_join("*", above), *below])


@dataclass(frozen=True)
class UnaryTerm(Term):
    """A function of one column."""

    function: str
    column: Column

    @property
    def columns(self) -> tuple[Column, ...]:
        return (self.column,)

    def compute(self, numbers: Numbers) -> Floats:
        with np.errstate(all="ignore"):
            values = UNARY[self.function](numbers[self.column])
        return np.where(np.isfinite(values), values, np.nan)

    def to_value(self, factor: float) -> Value:
        return scale(Call(self.function, (ColumnRef(self.column),)), factor)


@dataclass(frozen=True)
class AbsoluteDifference(Term):
    """How far two columns are from each other."""

    left: Column
    right: Column

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.left, self.right

    def compute(self, numbers: Numbers) -> Floats:
        return np.asarray(np.abs(numbers[self.left] - numbers[self.right]))

    def to_value(self, factor: float) -> Value:
        difference = Arithmetic("-", ColumnRef(self.left), ColumnRef(self.right))
        return scale(Call("abs", (difference,)), factor)


@dataclass(frozen=True)
class Difference(Term):
    """The seconds from one datetime to another."""

    end: Column
    start: Column

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.end, self.start

    def compute(self, numbers: Numbers) -> Floats:
        return numbers[self.end] - numbers[self.start]

    def to_value(self, factor: float) -> Value:
        return in_units(Arithmetic("-", ColumnRef(self.end), ColumnRef(self.start)), factor)


@dataclass(frozen=True)
class Epoch(Term):
    """The seconds from the start of 1970 to a datetime."""

    column: Column

    @property
    def columns(self) -> tuple[Column, ...]:
        return (self.column,)

    def compute(self, numbers: Numbers) -> Floats:
        return numbers[self.column]

    def to_value(self, factor: float) -> Value:
        start = Text("1970-01-01", 0.0)
        return in_units(Arithmetic("-", ColumnRef(self.column), start), factor)


def scale(value: Value, factor: float) -> Value:
    """Return a value times a factor above 0."""
    divisor = find_divisor(factor)
    if divisor is not None:
        return Arithmetic("/", value, Number(divisor))
    return value if factor == 1 else Arithmetic("*", Number(factor), value)


def in_units(seconds: Value, factor: float) -> Value:
    """Return seconds times a factor: `(end - start) / 1 day` rather than `/ 86400`."""
    divisor = find_divisor(factor)
    if divisor is not None:
        return Arithmetic("/", seconds, Duration(divisor))
    return seconds if factor == 1 else Arithmetic("*", Number(factor), seconds)


def _join(operator: str, values: Sequence[Value]) -> Value:
    value = values[0]
    for other in values[1:]:
        value = Arithmetic(operator, value, other)
    return value


def _raise(column: Column, exponent: float) -> Value:
    if exponent == 1:
        return ColumnRef(column)
    if exponent == 0.5:
        return Call("sqrt", (ColumnRef(column),))
    return Arithmetic("**", ColumnRef(column), Number(exponent))


def _power(values: Floats, exponent: float) -> Floats:
    return values if exponent == 1 else values**exponent


def linear(column: Column) -> Monomial:
    """Return a column as a term."""
    return Monomial(((column, 1.0),))


def is_indicator(values: Floats) -> bool:
    """Return whether all that is there is 0 or 1, of which powers say nothing; (n_rows,)."""
    return bool(np.isin(values, (0.0, 1.0)).sum() == np.count_nonzero(~np.isnan(values)))


def is_linear(term: Term) -> bool:
    """Return whether a term is a column as it is."""
    return isinstance(term, Monomial) and len(term.powers) == 1 and term.powers[0][1] == 1
