"""Values that conditions decide: `case when age < 18 then 'child' else 'adult' end`, `age < 18`.

>>> import pandas as pd
>>> from tabgan.schema.column import Column, ColumnKind
>>> from tabgan.query.expressions import Number, Text
>>> from tabgan.query.three_valued_logic import Comparison
>>> age = ColumnRef(Column("age", ColumnKind.INTEGER, "int64"))
>>> case = Case((Branch(Comparison("<", age, Number(18.0)), Text("child")),), Text("adult"))
>>> case.write(), case.categories(ColumnReader(pd.DataFrame({"age": [7, 30]}))).tolist()
("case when age < 18 then 'child' else 'adult' end", ['child', 'adult'])
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tabgan.query.column_reader import ColumnReader
from tabgan.query.expressions import (
    ColumnRef,
    Expression,
    Value,
    ValueType,
)
from tabgan.query.functions import Approximation, exact
from tabgan.query.three_valued_logic import Comparison, Condition
from tabgan.schema.arrays import Objects

WORDS = {"case", "when", "then", "else", "end"}


@dataclass(frozen=True)
class Flag(Value):
    """The truth of a condition: `true`, `false`, or a gap where it is unknown."""

    condition: Condition

    @property
    def value_type(self) -> ValueType:
        return ValueType.CATEGORY

    @property
    def children(self) -> tuple[Expression, ...]:
        return (self.condition,)

    @property
    def precedence(self) -> int:
        return 3 if isinstance(self.condition, Comparison) else 0

    def write(self) -> str:
        return self.condition.write()

    def evaluate(self, reader: ColumnReader) -> Approximation:
        """Return 1, 0 and NaN."""
        truth = self.condition.evaluate(reader)
        unknown = truth.can_be_true & truth.can_be_false
        return exact(np.where(unknown, np.nan, truth.can_be_true.astype(np.float64)))

    def categories(self, reader: ColumnReader) -> Objects:
        """Return `true`, `false` and None; (n_rows,)."""
        found = self.evaluate(reader).values
        names = np.array(["false", "true", None], object)
        return np.asarray(names[np.where(np.isnan(found), 2, found).astype(np.int64)])


@dataclass(frozen=True)
class Branch:
    """A condition of a case expression, and the result where it is the first that is true.

    Attributes:
        condition: Of a row.
        result: None for a missing one.
    """

    condition: Condition
    result: Value | None


@dataclass(frozen=True)
class Case(Value):
    """The result of the first condition that is true.

    Attributes:
        branches: At least one.
        otherwise: The result where none is true; None for a missing one.
        is_simple: Whether all conditions compare one value, by =: `case a when 1 then ...`.
    """

    branches: tuple[Branch, ...]
    otherwise: Value | None = None
    is_simple: bool = False

    @property
    def results(self) -> tuple[Value, ...]:
        """All but missing ones."""
        results = [*(branch.result for branch in self.branches), self.otherwise]
        return tuple(result for result in results if result is not None)

    @property
    def value_type(self) -> ValueType:
        return self.results[0].value_type

    @property
    def children(self) -> tuple[Expression, ...]:
        return (*(branch.condition for branch in self.branches), *self.results)

    def write(self) -> str:
        parts = [f"case {self._write_operand()}" if self.is_simple else "case"]
        for branch in self.branches:
            condition = branch.condition
            is_value = self.is_simple and isinstance(condition, Comparison)
            asked = condition.right.write() if is_value else condition.write()  # type: ignore[attr-defined]
            parts.append(f"when {asked} then {_write_result(branch.result)}")
        if self.otherwise is not None:
            parts.append(f"else {_write_result(self.otherwise)}")
        return " ".join([*parts, "end"])

    def _write_operand(self) -> str:
        operand = self.branches[0].condition.children[0]
        if isinstance(operand, ColumnRef) and str(operand.column.name).lower() not in WORDS:
            return operand.write()
        return f"({operand.write()})"

    def evaluate(self, reader: ColumnReader) -> Approximation:
        gap = Approximation(np.array(np.nan), np.array(0.0))
        found = self._select(reader, gap, lambda result: result.evaluate(reader))
        values = np.asarray(found(lambda each: each.values), np.float64)
        return Approximation(values, np.asarray(found(lambda each: each.error), np.float64))

    def categories(self, reader: ColumnReader) -> Objects:
        """Return the results as text; (n_rows,), None where missing."""
        gap = np.array(None, object)
        found = self._select(reader, gap, lambda result: result.categories(reader))
        return np.asarray(found(lambda each: each))

    def _select(
        self, reader: ColumnReader, gap: Any, read: Callable[[Value], Any]
    ) -> Callable[[Callable[[Any], Any]], Any]:
        """Return a function that joins parts of the results of each row."""
        truths = [branch.condition.evaluate(reader) for branch in self.branches]
        holds = [truth.can_be_true & ~truth.can_be_false for truth in truths]
        results = [branch.result for branch in self.branches]
        read_results = [gap if result is None else read(result) for result in results]
        last = gap if self.otherwise is None else read(self.otherwise)

        def join(part: Callable[[Any], Any]) -> Any:
            joined = part(last)
            for held, result in zip(reversed(holds), reversed(read_results), strict=True):
                joined = np.where(held, part(result), joined)
            return joined

        return join


def _write_result(result: Value | None) -> str:
    return "missing" if result is None else result.write_operand(3)
