"""Values in predicates: columns, numbers, texts, and arithmetic with them, each with its rounding.

>>> x = Column("x", ColumnKind.CONTINUOUS, "float64")
>>> double = Arithmetic("*", Number(2.0), Arithmetic("+", Cell(x), Number(0.1)))
>>> double.write(), double.measure(Cells(pd.DataFrame({"x": [1.0, None]}))).values.tolist()
('2 * (x + 0.1)', [2.2, nan])
"""

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.query.tokens import write_name
from tabgan.schema.column import Column, ColumnKind, dtype_of
from tabgan.schema.predicates import Floats, category_name, to_float

Objects = npt.NDArray[np.object_]

_EPSILON = float(np.finfo(np.float64).eps)
_OPERATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


class Sort(Enum):
    """What an expression is worth."""

    NUMBER = "numbers"
    MOMENT = "moments"
    LEVEL = "text"


@dataclass(frozen=True)
class Amounts:
    """Numbers, or datetimes as seconds, and how far rounding may move them; (n_rows,) or ()."""

    values: Floats
    noise: Floats


class Cells:
    """The columns of a table, each read once."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self._read: dict[tuple[Column, bool], Any] = {}

    def amounts(self, column: Column) -> Amounts:
        """Return a column of numbers or datetimes; (n_rows,), NaN where missing."""
        key = (column, True)
        if key not in self._read:
            self._read[key] = _exact(to_float(self.frame[column.name], column))
        amounts: Amounts = self._read[key]
        return amounts

    def categories(self, column: Column) -> Objects:
        """Return a column of categories as they are asked for; (n_rows,), None where missing."""
        key = (column, False)
        if key not in self._read:
            indices, seen = pd.factorize(self.frame[column.name].astype(object))
            names = np.array(
                [*(category_name(category, column) for category in seen), None], object
            )
            self._read[key] = names[indices]
        categories: Objects = self._read[key]
        return categories


def _exact(values: Floats) -> Amounts:
    return Amounts(values, np.abs(values) * (_EPSILON / 2))


@dataclass(frozen=True)
class Expression(ABC):
    """A part of a predicate."""

    @property
    def rank(self) -> int:
        """How tightly it holds together when it is written: `or` least."""
        return 7

    @property
    def parts(self) -> "tuple[Expression, ...]":
        """The expressions that it is made of."""
        return ()

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that it names, each once, in order."""
        named = [column for part in self.parts for column in part.columns]
        return tuple(dict.fromkeys(named))

    @abstractmethod
    def write(self) -> str:
        """Write it so that it is read back as the same."""

    def write_inside(self, rank: int) -> str:
        """Write it as part of another, in brackets if it holds less tightly than `rank`."""
        return self.write() if self.rank >= rank else f"({self.write()})"


@dataclass(frozen=True)
class Value(Expression):
    """An expression that is worth numbers, datetimes or categories."""

    @property
    @abstractmethod
    def sort(self) -> Sort:
        """What it is worth."""

    @abstractmethod
    def measure(self, cells: Cells) -> Amounts:
        """Return the numbers or datetimes that it is worth."""


@dataclass(frozen=True)
class Cell(Value):
    """A column's value in each row."""

    column: Column

    @property
    def sort(self) -> Sort:
        if self.column.kind is ColumnKind.DATETIME:
            return Sort.MOMENT
        return Sort.NUMBER if _holds_numbers(self.column) else Sort.LEVEL

    @property
    def columns(self) -> tuple[Column, ...]:
        return (self.column,)

    def write(self) -> str:
        return write_name(self.column.name)

    def measure(self, cells: Cells) -> Amounts:
        return cells.amounts(self.column)

    def name(self, cells: Cells) -> Objects:
        """Return its categories; (n_rows,), None where missing."""
        return cells.categories(self.column)


def _holds_numbers(column: Column) -> bool:
    """Return whether a column's values are numbers, learned as such or not."""
    if column.kind.is_number or column.kind is ColumnKind.BOOLEAN:
        return column.kind.is_number
    dtype = dtype_of(column.categories or column.dtype)
    is_number = pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype)
    return is_number or column.element in {"int", "uint", "float", "Decimal"}


@dataclass(frozen=True)
class Number(Value):
    """A number that is given."""

    value: float

    @property
    def sort(self) -> Sort:
        return Sort.NUMBER

    def write(self) -> str:
        return repr(self.value).removesuffix(".0")

    def measure(self, cells: Cells) -> Amounts:  # noqa: ARG002
        return _exact(np.array(self.value))


@dataclass(frozen=True)
class Text(Value):
    """A text that is given: a category or, with its seconds since 1970, a datetime."""

    text: str
    seconds: float | None = None

    @property
    def sort(self) -> Sort:
        return Sort.LEVEL if self.seconds is None else Sort.MOMENT

    def write(self) -> str:
        return "'" + self.text.replace("'", "''") + "'"

    def measure(self, cells: Cells) -> Amounts:  # noqa: ARG002
        return _exact(np.array(self.seconds, np.float64))

    def name(self, cells: Cells) -> Objects:  # noqa: ARG002
        """Return the category; ()."""
        return np.array(self.text, object)


@dataclass(frozen=True)
class Arithmetic(Value):
    """Two values added, subtracted, multiplied or divided."""

    operator: str
    left: Value
    right: Value

    @property
    def sort(self) -> Sort:
        sorts = [self.left.sort, self.right.sort]
        return Sort.MOMENT if sorts.count(Sort.MOMENT) == 1 else Sort.NUMBER

    @property
    def parts(self) -> tuple[Expression, ...]:
        return self.left, self.right

    @property
    def rank(self) -> int:
        return 4 if self.operator in "+-" else 5

    def write(self) -> str:
        left, right = self.left.write_inside(self.rank), self.right.write_inside(self.rank + 1)
        return f"{left} {self.operator} {right}"

    def measure(self, cells: Cells) -> Amounts:
        left, right = self.left.measure(cells), self.right.measure(cells)
        values = np.asarray(_OPERATIONS[self.operator](left.values, right.values))
        if self.operator in "+-":
            noise = left.noise + right.noise
        elif self.operator == "*":
            noise = np.abs(left.values) * right.noise + np.abs(right.values) * left.noise
        else:
            noise = (left.noise + np.abs(values) * right.noise) / np.abs(right.values)
        return Amounts(values, noise + np.abs(values) * _EPSILON)
