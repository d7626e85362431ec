"""Conditions on expressions: true, false or unknown in each row (Kleene's three-valued logic).

A comparison with a gap is unknown, and so is what depends on it.

>>> import pandas as pd
>>> from tabgan.schema.column import ColumnKind
>>> from tabgan.query.expressions import Arithmetic
>>> x = Column("x", ColumnKind.CONTINUOUS, "float64")
>>> condition = Comparison("<=", Arithmetic("+", ColumnRef(x), Number(0.1)), Number(0.3))
>>> condition.evaluate(ColumnReader(pd.DataFrame({"x": [0.2, 0.3, None]}))).can_be_true.tolist()
[True, False, True]
"""

from abc import abstractmethod
from dataclasses import dataclass
from functools import reduce

import numpy as np

from tabgan.query.column_reader import ColumnReader
from tabgan.query.expressions import (
    ColumnRef,
    Expression,
    Number,
    Text,
    Value,
    ValueType,
)
from tabgan.query.functions import Approximation
from tabgan.schema.arrays import Mask, Objects
from tabgan.schema.column import Column
from tabgan.schema.predicates import COMPARISONS


@dataclass(frozen=True)
class Truth:
    """The truth of a condition in each row, unknown where it can be both.

    Attributes:
        can_be_true: (n_rows,).
        can_be_false: (n_rows,).
    """

    can_be_true: Mask
    can_be_false: Mask

    @classmethod
    def from_known(cls, holds: Mask, unknown: Mask) -> "Truth":
        """Return the truth of what holds, or not, in rows that are not unknown; (n_rows,) each."""
        return cls(holds | unknown, ~holds | unknown)


@dataclass(frozen=True)
class Condition(Expression):
    """An expression that is true, false or unknown."""

    @abstractmethod
    def evaluate(self, reader: ColumnReader) -> Truth:
        """Return its truth in each row."""


@dataclass(frozen=True)
class Comparison(Condition):
    """Two values compared with =, !=, <, <=, > or >=.

    Results of arithmetic are equal where rounding alone tells them apart, unless the reader
    compares them raw.
    """

    operator: str
    left: Value
    right: Value

    @property
    def precedence(self) -> int:
        return 3

    @property
    def children(self) -> tuple[Expression, ...]:
        return self.left, self.right

    def write(self) -> str:
        return f"{self.left.write_operand(4)} {self.operator} {self.right.write_operand(4)}"

    def evaluate(self, reader: ColumnReader) -> Truth:
        if self.left.value_type is ValueType.CATEGORY:
            return self._compare_categories(reader)
        with np.errstate(all="ignore"):  # 0 / 0 is unknown
            left, right = self.left.evaluate(reader), self.right.evaluate(reader)
            return self._compare(left, right, is_raw=reader.compares_raw)

    def _compare(self, left: Approximation, right: Approximation, *, is_raw: bool) -> Truth:
        a, b = left.values, right.values
        order = np.asarray(np.greater(a, b), np.int8) - np.less(a, b)
        is_read = all(isinstance(side, ColumnRef | Number | Text) for side in self.children)
        if not is_read and not is_raw:
            order = np.where(np.abs(a - b) <= left.error + right.error, 0, order)
        holds = np.asarray(COMPARISONS[self.operator](order, 0))
        return Truth.from_known(holds, np.isnan(a) | np.isnan(b))

    def _compare_categories(self, reader: ColumnReader) -> Truth:
        if isinstance(self.left, ColumnRef) and isinstance(self.right, Text):
            codes, names = reader.factorize(self.left.column)
            truth = self._compare_texts(names, np.array(self.right.text, object))
            return Truth(truth.can_be_true[codes], truth.can_be_false[codes])
        return self._compare_texts(self.left.categories(reader), self.right.categories(reader))

    def _compare_texts(self, left: Objects, right: Objects) -> Truth:
        unknown = np.asarray((left == None) | (right == None), bool)  # noqa: E711
        return Truth.from_known(np.asarray(COMPARISONS[self.operator](left, right), bool), unknown)


@dataclass(frozen=True)
class IsIn(Condition):
    """Whether a value is one of several: comparisons with `=` that have their left side in common.

    What is compared with several values is true as soon as one of them is equal.
    """

    comparisons: tuple[Comparison, ...]

    @property
    def precedence(self) -> int:
        return 3

    @property
    def children(self) -> tuple[Expression, ...]:
        return self.comparisons

    def write(self) -> str:
        options = ", ".join(comparison.right.write() for comparison in self.comparisons)
        return f"{self.comparisons[0].left.write_operand(4)} in ({options})"

    def evaluate(self, reader: ColumnReader) -> Truth:
        return BoolOp("or", self.comparisons).evaluate(reader)


@dataclass(frozen=True)
class IsMissing(Condition):
    """Whether a column has no value: the one condition that is never unknown."""

    column: Column

    @property
    def precedence(self) -> int:
        return 3

    @property
    def columns(self) -> tuple[Column, ...]:
        return (self.column,)

    def write(self) -> str:
        return f"{ColumnRef(self.column).write()} missing"

    def evaluate(self, reader: ColumnReader) -> Truth:
        missing = reader.missing(self.column)
        return Truth(missing, ~missing)


@dataclass(frozen=True)
class Not(Condition):
    """What is true where another condition is false."""

    operand: Condition

    @property
    def precedence(self) -> int:
        return 2

    @property
    def children(self) -> tuple[Expression, ...]:
        return (self.operand,)

    def write(self) -> str:
        return f"not ({self.operand.write()})"

    def evaluate(self, reader: ColumnReader) -> Truth:
        truth = self.operand.evaluate(reader)
        return Truth(truth.can_be_false, truth.can_be_true)


@dataclass(frozen=True)
class BoolOp(Condition):
    """Conditions of which all must be true (`and`), or one (`or`); none has the same word."""

    word: str
    operands: tuple[Condition, ...]

    @classmethod
    def join(cls, word: str, operands: list[Condition]) -> Condition:
        """Return the conditions joined, without nesting the same word; a single one as it is."""
        flat: list[Condition] = []
        for operand in operands:
            is_same = isinstance(operand, BoolOp) and operand.word == word
            flat += operand.operands if is_same and isinstance(operand, BoolOp) else [operand]
        return flat[0] if len(flat) == 1 else cls(word, tuple(flat))

    @property
    def precedence(self) -> int:
        return 1 if self.word == "and" else 0

    @property
    def children(self) -> tuple[Expression, ...]:
        return self.operands

    def write(self) -> str:
        return f" {self.word} ".join(
            part.write_operand(self.precedence + 1) for part in self.operands
        )

    def evaluate(self, reader: ColumnReader) -> Truth:
        truths = [operand.evaluate(reader) for operand in self.operands]
        true, false = [t.can_be_true for t in truths], [t.can_be_false for t in truths]
        if self.word == "and":
            return Truth(reduce(np.logical_and, true), reduce(np.logical_or, false))
        return Truth(reduce(np.logical_or, true), reduce(np.logical_and, false))
