"""Values in conditions: columns, numbers, texts, and arithmetic with them, each with its rounding.

>>> x = Column("x", ColumnKind.CONTINUOUS, "float64")
>>> double = Arithmetic("*", Number(2.0), Arithmetic("+", ColumnRef(x), Number(0.1)))
>>> double.write(), double.evaluate(ColumnReader(pd.DataFrame({"x": [1.0, None]}))).values.tolist()
('2 * (x + 0.1)', [2.2, nan])
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum

import numpy as np
import pandas as pd

from tabgan.query.column_reader import ColumnReader
from tabgan.query.functions import FUNCTIONS, OPERATIONS, Approximation, exact
from tabgan.query.numbers import write_duration
from tabgan.query.tokens import write_name, write_text
from tabgan.schema.arrays import Objects
from tabgan.schema.column import Column, ColumnKind, dtype_of


class ValueType(Enum):
    """What an expression is worth, as messages call it."""

    NUMBER = "numbers"
    DATETIME = "moments"
    CATEGORY = "text"


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

    def categories(self, reader: ColumnReader) -> Objects:
        """Return its categories as text, for those; (n_rows,) or (), None where missing."""
        raise NotImplementedError


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
        return exact(np.array(self.value))


@dataclass(frozen=True)
class Duration(Number):
    """A span of time that is given, in seconds."""

    def write(self) -> str:
        return write_duration(self.value)


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
        return exact(np.array(self.seconds, np.float64))

    def categories(self, reader: ColumnReader) -> Objects:  # noqa: ARG002
        return np.array(self.text, object)


@dataclass(frozen=True)
class Arithmetic(Value):
    """Two values added, subtracted, multiplied or divided, a remainder, or a power."""

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
        return {"+": 4, "-": 4, "**": 6}.get(self.operator, 5)

    def write(self) -> str:
        inner = (self.precedence, self.precedence + 1)
        left, right = (
            side.write_operand(least)
            for side, least in zip((self.left, self.right), sorted(inner), strict=True)
        )
        if self.operator == "**":
            left = self.left.write_operand(7)
        return f"{left} {self.operator} {right}"

    def evaluate(self, reader: ColumnReader) -> Approximation:
        return OPERATIONS[self.operator](self.left.evaluate(reader), self.right.evaluate(reader))


@dataclass(frozen=True)
class Call(Value):
    """A function of values, such as `round(a / b, 2)`."""

    function: str
    arguments: tuple[Value, ...]

    @property
    def value_type(self) -> ValueType:
        return ValueType.NUMBER

    @property
    def children(self) -> tuple[Expression, ...]:
        return self.arguments

    def write(self) -> str:
        return f"{self.function}({', '.join(argument.write() for argument in self.arguments)})"

    def evaluate(self, reader: ColumnReader) -> Approximation:
        values = [argument.evaluate(reader) for argument in self.arguments]
        return FUNCTIONS[self.function].compute(*values)
