"""Predicates are read by descent: or < and < not < comparison < + - < * / < unary minus.

>>> import pandas as pd
>>> from tabgan.query.tokens import read
>>> schema = TableSchema.infer(pd.DataFrame({"age": [17, 30, 41], "job": ["no", "yes", "no"]}))
>>> read_condition(read("age>=18 or job == 'no'", schema.names), schema).write()
"age >= 18 or job = 'no'"
"""

from collections.abc import Sequence
from typing import NoReturn

import numpy as np

from tabgan.errors import RelationError
from tabgan.query.boolean import Condition, Gap, Joint, Opposite
from tabgan.query.expressions import Cell, Expression, Number, Sort, Text, Value
from tabgan.query.tokens import WORDS, Part, Token, write_name
from tabgan.query.type_check import combine, compare
from tabgan.schema import TableSchema, close_names
from tabgan.schema.column import Column, ColumnKind

COMPARISONS = ("=", "==", "!=", "<", "<=", ">", ">=")
MAX_TOKENS, MAX_NESTED = 300, 30
EXAMPLE = """write one such as "age >= 18 or income = '<=50K'\""""
_TRUTHS = {"true", "false"}


def read_condition(tokens: Sequence[Token], schema: TableSchema) -> Condition:
    """Read a condition on the columns of a table.

    Raises:
        RelationError: It is none, or compares what cannot be compared.
    """
    if len(tokens) > MAX_TOKENS:
        raise RelationError(
            f"a condition has {len(tokens)} words and signs, of which {MAX_TOKENS} can be read; "
            "write it as several."
        )
    return _Reader(tokens, schema).read()


class _Reader:
    """Tokens, how many of them are read, and how deep the brackets are that are open."""

    def __init__(self, tokens: Sequence[Token], schema: TableSchema) -> None:
        self.tokens, self.schema = tokens, schema
        self.index = self.depth = 0

    def read(self) -> Condition:
        condition = self._as_condition(self._read_or())
        if self.index < len(self.tokens):
            self._fail("the end, 'and', 'or' or an operator")
        return condition

    def _take(self, *values: str) -> str | None:
        """Go on if one of these operators or words is next, and say which."""
        if not self._is_next(*values):
            return None
        self.index += 1
        return str(self.tokens[self.index - 1].value)

    def _is_next(self, *values: str) -> bool:
        return self.index < len(self.tokens) and self.tokens[self.index].says(*values)

    def _fail(self, expected: str) -> NoReturn:
        before = " ".join(_show(token) for token in self.tokens[: self.index])
        after = f"after {before!r}" if before else "at the start"
        left = self.tokens[self.index :]
        found = f"not {_show(left[0])!r}" if left else "and the relation ends"
        raise RelationError(
            f"a condition cannot be read {after}: there should be {expected}, {found}; {EXAMPLE}."
        )

    def _read_or(self) -> Expression:
        return self._read_joint("or")

    def _read_joint(self, word: str) -> Expression:
        descend = self._read_not if word == "and" else lambda: self._read_joint("and")
        first = descend()
        if not self._is_next(word):
            return first
        operands = [self._as_condition(first)]
        while self._take(word):
            operands.append(self._as_condition(descend()))
        return Joint.of(word, operands)

    def _read_not(self) -> Expression:
        if not self._take("not"):
            return self._read_comparison()
        self._go_deeper()
        operand = self._as_condition(self._read_not())
        self.depth -= 1
        return Opposite(operand)

    def _read_comparison(self) -> Expression:
        left = self._read_sum()
        if self._take("missing"):
            if not isinstance(left, Cell):
                self.index -= 1
                self._fail("a comparison, since only a column can be missing")
            return Gap(left.column)
        comparisons: list[Condition] = []
        while sign := self._take(*COMPARISONS):
            right = self._read_sum()
            sides = self._as_value(left), self._as_value(right)
            comparisons.append(compare("=" if sign == "==" else sign, *sides))
            left = right
        return Joint.of("and", comparisons) if comparisons else left

    def _read_sum(self) -> Expression:
        left = self._read_product()
        while sign := self._take("+", "-"):
            left = combine(sign, self._as_value(left), self._as_value(self._read_product()))
        return left

    def _read_product(self) -> Expression:
        left = self._read_unary()
        while sign := self._take("*", "/"):
            left = combine(sign, self._as_value(left), self._as_value(self._read_unary()))
        return left

    def _read_unary(self) -> Expression:
        if not self._take("-"):
            return self._read_atom()
        self._go_deeper()
        operand = self._as_value(self._read_unary())
        self.depth -= 1
        if operand.sort is not Sort.NUMBER:
            raise RelationError(
                f"{operand.write()!r} is no number, so it has no negative; {EXAMPLE}."
            )
        if isinstance(operand, Number):
            return Number(-operand.value)
        return combine("*", Number(-1.0), operand)

    def _read_atom(self) -> Expression:
        if self._take("("):
            self._go_deeper()
            inner = self._read_or()
            self.depth -= 1
            if not self._take(")"):
                self._fail("')' or an operator")
            return inner
        if self.index == len(self.tokens):
            self._fail("a column or a value")
        token = self.tokens[self.index]
        self.index += 1
        return self._read_leaf(token)

    def _read_leaf(self, token: Token) -> Expression:
        if token.is_name:
            return self._read_column(self.schema.column(token.value))
        if token.part is Part.NUMBER and np.isfinite(token.value):
            return Number(token.value)
        if token.part is Part.TEXT or (token.part is Part.WORD and token.value.lower() in _TRUTHS):
            return Text(token.value)
        if token.part is Part.WORD and token.value not in WORDS:
            close = close_names(token.value, self.schema.names)
            raise RelationError(
                f"there is no column {token.value!r}; {close}, and texts stand in quotes."
            )
        self.index -= 1
        return self._fail("a column or a value")

    def _read_column(self, column: Column) -> Cell:
        if column.kind is ColumnKind.IDENTIFIER:
            raise RelationError(
                f"column {column.name!r} holds identifiers, whose values are made anew, so no "
                "condition can name it; leave it out."
            )
        return Cell(column)

    def _go_deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_NESTED:
            raise RelationError(
                f"a condition is nested more than {MAX_NESTED} deep; write it with fewer brackets."
            )

    def _as_condition(self, expression: Expression) -> Condition:
        if not isinstance(expression, Condition):
            self._fail(f"a comparison of {expression.write()!r}")
        return expression

    def _as_value(self, expression: Expression) -> Value:
        if not isinstance(expression, Value):
            self._fail(f"a value instead of the condition {expression.write()!r}")
        return expression


def _show(token: Token) -> str:
    if token.is_name:
        return write_name(token.value)
    if token.part is Part.NUMBER:
        return f"{token.value:g}"
    return Text(token.value).write() if token.part is Part.TEXT else str(token.value)
