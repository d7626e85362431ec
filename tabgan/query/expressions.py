"""Values in conditions: columns, numbers, texts, and arithmetic with them, each with its rounding.

>>> x = Column("x", ColumnKind.CONTINUOUS, "float64")
>>> double = Arithmetic("*", Number(2.0), Arithmetic("+", ColumnRef(x), Number(0.1)))
>>> double.write(), double.evaluate(ColumnReader(pd.DataFrame({"x": [1.0, None]}))).values.tolist()
('2 * (x + 0.1)', [2.2, nan])
"""

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
import pandas as pd

from tabgan.query.tokens import write_name, write_text
from tabgan.schema.arrays import Floats, Objects
from tabgan.schema.column import Column, ColumnKind, dtype_of
from tabgan.schema.float_conversion import to_float
from tabgan.schema.predicates import category_names

_EPSILON = float(np.finfo(np.float64).eps)
_OPERATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


class ValueType(Enum):
    """What an expression is worth, as messages call it."""

    NUMBER = "numbers"
    DATETIME = "moments"
    CATEGORY = "text"


@dataclass(frozen=True)
class Approximation:
    """Numbers, or datetimes as seconds, with a bound of their rounding error.

    Attributes:
        values: NaN where missing; (n_rows,) or ().
        error: How far the exact values may be from them; (n_rows,) or ().
    """

    values: Floats
    error: Floats


class ColumnReader:
    """The columns of a table as expressions need them, each converted once.

    Args:
        frame: The table.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self._cache: dict[tuple[Column, bool], Any] = {}

    def numbers(self, column: Column) -> Approximation:
        """Return a column of numbers or datetimes; (n_rows,), NaN where missing."""
        key = (column, True)
        if key not in self._cache:
            self._cache[key] = _exact(to_float(self.frame[column.name], column))
        numbers: Approximation = self._cache[key]
        return numbers

    def categories(self, column: Column) -> Objects:
        """Return a column of categories as text; (n_rows,), None where missing."""
        key = (column, False)
        if key not in self._cache:
            codes, seen = pd.factorize(self.frame[column.name].astype(object))
            names = category_names([*seen, None], column)  # the code of a gap is -1
            self._cache[key] = names[codes]
        categories: Objects = self._cache[key]
        return categories


def _exact(values: Floats) -> Approximation:
    return Approximation(values, np.abs(values) * (_EPSILON / 2))


@dataclass(frozen=True)
class Expression(ABC):
    """A part of a condition on the columns of one row."""

    @property
    def precedence(self) -> int:
        """Of its operator, from 0 for `or` up to 5 for `*`; 7 for what needs no brackets."""
        return 7

    @property
    def children(self) -> "tuple[Expression, ...]":
        """The expressions that its operator joins."""
        return ()

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that it names, each once, in order."""
        named = [column for part in self.children for column in part.columns]
        return tuple(dict.fromkeys(named))

    @abstractmethod
    def write(self) -> str:
        """Return it as text that is read back as the same."""

    def write_operand(self, precedence: int) -> str:
        """Return it as an operand, in brackets if it binds less tightly than `precedence`."""
        return self.write() if self.precedence >= precedence else f"({self.write()})"


@dataclass(frozen=True)
class Value(Expression):
    """An expression that is worth numbers, datetimes or categories."""

    @property
    @abstractmethod
    def value_type(self) -> ValueType:
        """The type of its values."""

    @abstractmethod
    def evaluate(self, reader: ColumnReader) -> Approximation:
        """Return its value in each row, for numbers and datetimes."""


@dataclass(frozen=True)
class ColumnRef(Value):
    """A column's value in each row."""

    column: Column

    @property
    def value_type(self) -> ValueType:
        if self.column.kind is ColumnKind.DATETIME:
            return ValueType.DATETIME
        return ValueType.NUMBER if _holds_numbers(self.column) else ValueType.CATEGORY

    @property
    def columns(self) -> tuple[Column, ...]:
        return (self.column,)

    def write(self) -> str:
        return write_name(self.column.name)

    def evaluate(self, reader: ColumnReader) -> Approximation:
        return reader.numbers(self.column)

    def categories(self, reader: ColumnReader) -> Objects:
        """Return its categories; (n_rows,), None where missing."""
        return reader.categories(self.column)


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
    def value_type(self) -> ValueType:
        return ValueType.NUMBER

    def write(self) -> str:
        return repr(self.value).removesuffix(".0")

    def evaluate(self, reader: ColumnReader) -> Approximation:  # noqa: ARG002
        return _exact(np.array(self.value))


@dataclass(frozen=True)
class Text(Value):
    """A text that is given: a category or, with its seconds since 1970, a datetime."""

    text: str
    seconds: float | None = None

    @property
    def value_type(self) -> ValueType:
        return ValueType.CATEGORY if self.seconds is None else ValueType.DATETIME

    def write(self) -> str:
        return write_text(self.text)

    def evaluate(self, reader: ColumnReader) -> Approximation:  # noqa: ARG002
        return _exact(np.array(self.seconds, np.float64))

    def categories(self, reader: ColumnReader) -> Objects:  # noqa: ARG002
        """Return the category; ()."""
        return np.array(self.text, object)


@dataclass(frozen=True)
class Arithmetic(Value):
    """Two values added, subtracted, multiplied or divided."""

    operator: str
    left: Value
    right: Value

    @property
    def value_type(self) -> ValueType:
        types = [self.left.value_type, self.right.value_type]
        return ValueType.DATETIME if types.count(ValueType.DATETIME) == 1 else ValueType.NUMBER

    @property
    def children(self) -> tuple[Expression, ...]:
        return self.left, self.right

    @property
    def precedence(self) -> int:
        return 4 if self.operator in "+-" else 5

    def write(self) -> str:
        left, right = (
            self.left.write_operand(self.precedence),
            self.right.write_operand(self.precedence + 1),
        )
        return f"{left} {self.operator} {right}"

    def evaluate(self, reader: ColumnReader) -> Approximation:
        left, right = self.left.evaluate(reader), self.right.evaluate(reader)
        values = np.asarray(_OPERATIONS[self.operator](left.values, right.values))
        if self.operator in "+-":
            error = left.error + right.error
        elif self.operator == "*":
            error = np.abs(left.values) * right.error + np.abs(right.values) * left.error
        else:
            error = (left.error + np.abs(values) * right.error) / np.abs(right.values)
        return Approximation(values, error + np.abs(values) * _EPSILON)
