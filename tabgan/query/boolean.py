"""Conditions in predicates: what is true, false or unknown of the rows of a table.

A comparison with a gap is unknown, and so is what depends on it.

>>> import pandas as pd
>>> from tabgan.schema.column import ColumnKind
>>> from tabgan.query.expressions import Arithmetic
>>> x = Column("x", ColumnKind.CONTINUOUS, "float64")
>>> condition = Comparison("<=", Arithmetic("+", Cell(x), Number(0.1)), Number(0.3))
>>> condition.judge(Cells(pd.DataFrame({"x": [0.2, 0.3, None]}))).may_hold.tolist()
[True, False, True]
"""

from abc import abstractmethod
from dataclasses import dataclass
from functools import reduce

import numpy as np

from tabgan.query.expressions import (
    Amounts,
    Cell,
    Cells,
    Expression,
    Number,
    Sort,
    Text,
    Value,
)
from tabgan.schema.column import Column
from tabgan.schema.predicates import Mask, comparable_cells


@dataclass(frozen=True)
class Truth:
    """What may be true and what may be false; what may be both is unknown; (n_rows,)."""

    may_hold: Mask
    may_fail: Mask

    @classmethod
    def of(cls, holds: Mask, unknown: Mask) -> "Truth":
        """Return what holds where it is known."""
        return cls(holds | unknown, ~holds | unknown)


@dataclass(frozen=True)
class Condition(Expression):
    """An expression that is true or not."""

    @abstractmethod
    def judge(self, cells: Cells) -> Truth:
        """Return where it is true."""


@dataclass(frozen=True)
class Comparison(Condition):
    """Two values compared with =, !=, <, <=, > or >=.

    Results of arithmetic are equal where rounding alone tells them apart.
    """

    operator: str
    left: Value
    right: Value

    @property
    def rank(self) -> int:
        return 3

    @property
    def parts(self) -> tuple[Expression, ...]:
        return self.left, self.right

    def write(self) -> str:
        return f"{self.left.write_inside(4)} {self.operator} {self.right.write_inside(4)}"

    def judge(self, cells: Cells) -> Truth:
        if self.left.sort is Sort.LEVEL:
            return self._compare_levels(cells)
        with np.errstate(all="ignore"):  # 0 / 0 is unknown
            return self._compare(self.left.measure(cells), self.right.measure(cells))

    def _compare(self, left: Amounts, right: Amounts) -> Truth:
        a, b = left.values, right.values
        equal = a == b
        if any(not isinstance(side, Cell | Number | Text) for side in self.parts):
            equal |= np.abs(a - b) <= left.noise + right.noise
        holds = {
            "=": equal,
            "!=": ~equal,
            "<": (a < b) & ~equal,
            "<=": (a < b) | equal,
            ">": (a > b) & ~equal,
            ">=": (a > b) | equal,
        }[self.operator]
        return Truth.of(holds, np.isnan(a) | np.isnan(b))

    def _compare_levels(self, cells: Cells) -> Truth:
        left, right = (side.name(cells) for side in self.parts if isinstance(side, Cell | Text))
        equal = np.asarray(left == right, bool)
        unknown = np.asarray((left == None) | (right == None), bool)  # noqa: E711
        return Truth.of(equal if self.operator == "=" else ~equal, unknown)


@dataclass(frozen=True)
class Gap(Condition):
    """Whether a column has no value: the one condition that is never unknown."""

    column: Column

    @property
    def rank(self) -> int:
        return 3

    @property
    def columns(self) -> tuple[Column, ...]:
        return (self.column,)

    def write(self) -> str:
        return f"{Cell(self.column).write()} missing"

    def judge(self, cells: Cells) -> Truth:
        missing = comparable_cells(cells.frame[self.column.name], self.column).isna().to_numpy(bool)
        return Truth(missing, ~missing)


@dataclass(frozen=True)
class Opposite(Condition):
    """What is true where another condition is false."""

    operand: Condition

    @property
    def rank(self) -> int:
        return 2

    @property
    def parts(self) -> tuple[Expression, ...]:
        return (self.operand,)

    def write(self) -> str:
        return f"not ({self.operand.write()})"

    def judge(self, cells: Cells) -> Truth:
        truth = self.operand.judge(cells)
        return Truth(truth.may_fail, truth.may_hold)


@dataclass(frozen=True)
class Joint(Condition):
    """Conditions of which all must be true (`and`), or one (`or`); none is such a joint itself."""

    word: str
    operands: tuple[Condition, ...]

    @classmethod
    def of(cls, word: str, operands: list[Condition]) -> Condition:
        """Join conditions, as one flat list; one alone stays as it is."""
        flat: list[Condition] = []
        for operand in operands:
            is_same = isinstance(operand, Joint) and operand.word == word
            flat += operand.operands if is_same and isinstance(operand, Joint) else [operand]
        return flat[0] if len(flat) == 1 else cls(word, tuple(flat))

    @property
    def rank(self) -> int:
        return 1 if self.word == "and" else 0

    @property
    def parts(self) -> tuple[Expression, ...]:
        return self.operands

    def write(self) -> str:
        return f" {self.word} ".join(part.write_inside(self.rank + 1) for part in self.operands)

    def judge(self, cells: Cells) -> Truth:
        truths = [operand.judge(cells) for operand in self.operands]
        holds, fails = [t.may_hold for t in truths], [t.may_fail for t in truths]
        if self.word == "and":
            return Truth(reduce(np.logical_and, holds), reduce(np.logical_or, fails))
        return Truth(reduce(np.logical_or, holds), reduce(np.logical_and, fails))
