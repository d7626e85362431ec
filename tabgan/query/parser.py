"""Tokens -> a tree, by descent: or < and < not < comparison < + - < * / < unary minus.

>>> parse_relation("age>=18 or job missing", ["age", "job"])  # doctest: +NORMALIZE_WHITESPACE
BoolOp(word='or', operands=(Comparison(operands=(ColumnName(name='age'), Number(value=18.0)),
                                       operators=('>=',)),
                            Missing(operand=ColumnName(name='job'))))
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from tabgan.query import syntax
from tabgan.query.relation_forms import read_form
from tabgan.query.token_reader import TokenReader
from tabgan.query.tokens import (
    COMPARING,
    CONDITION,
    RELATION,
    Token,
    TokenKind,
    tokenize,
)
from tabgan.schema import close_names
from tabgan.schema.column import Name

_TRUTHS = {"true", "false"}


def parse_relation(text: str, names: Sequence[Name]) -> syntax.Node:
    """Return the tree of a relation between columns of these names.

    Raises:
        RelationError: It cannot be read.
    """
    tokens = tokenize(text, names, RELATION)
    tree = read_form(tokens) or _Parser(tokens, names, RELATION).parse()
    return replace(tree, has_brackets=any(token.says("(") for token in tokens))


def parse_condition(text: str, names: Sequence[Name]) -> syntax.Node:
    """Return the tree of a condition in the dialect of `--where`, in which words are texts, too.

    Raises:
        ConditionError: It cannot be read.
    """
    return _Parser(tokenize(text, names, CONDITION), names, CONDITION).parse()


class _Parser(TokenReader):
    """Reads what the grammar has, from what holds together least to what does most."""

    def parse(self) -> syntax.Node:
        """Return the tree of all tokens."""
        node = self._read_or()
        if self.index < len(self.tokens):
            self.fail("the end, 'and', 'or' or an operator")
        return node

    def _read_or(self) -> syntax.Node:
        return self._read_joined("or", lambda: self._read_joined("and", self._read_not))

    def _read_joined(self, word: str, read: Callable[[], syntax.Node]) -> syntax.Node:
        start = self.index
        first = read()
        if not self.is_next(word):
            return first
        operands = [self.as_condition(first)]
        while self.take(word):
            operands.append(self.as_condition(read()))
        return syntax.BoolOp(word, tuple(operands), column_range=self.column_range(start))

    def _read_not(self) -> syntax.Node:
        start = self.index
        if not self.take("not"):
            return self._read_comparison()
        with self.nested():
            operand = self.as_condition(self._read_not())
        return syntax.Not(operand, column_range=self.column_range(start))

    def _read_comparison(self) -> syntax.Node:
        start, left = self.index, self._read_operand()
        if self.take("missing"):
            if not isinstance(left, syntax.ColumnName | syntax.Text):
                self.index -= 1
                self.fail("a comparison, since only a column can be missing")
            return syntax.Missing(left, column_range=self.column_range(start))
        if (is_negated := self._takes_in()) is not None:
            inside = self._read_options(self.as_value(left), start)
            return syntax.Not(inside, column_range=inside.column_range) if is_negated else inside
        operands, operators = [left], []
        while sign := self.take(*COMPARING):
            operators.append("=" if sign == "==" else sign)
            if len(operators) == 1 and sign in ("=", "!=") and self._has_no_value():
                empty = syntax.Missing(self.as_value(left), column_range=self.column_range(start))
                return empty if sign == "=" else syntax.Not(empty, column_range=empty.column_range)
            operands.append(self._read_operand())
        if not operators:
            return left
        values = tuple(map(self.as_value, operands))
        return syntax.Comparison(values, tuple(operators), column_range=self.column_range(start))

    def _has_no_value(self) -> bool:
        """Return whether `COLUMN=` ends here, which asks `--where` for missing values."""
        is_over = self.index == len(self.tokens) or self.is_next(")", "and", "or")
        return is_over and not self.dialect.has_arithmetic

    def _takes_in(self) -> bool | None:
        """Go on behind `in (` or `not in (`, and return whether it is negated; None: neither.

        A column may be called `in`: where an operator stands, no column does.
        """
        rest = self.tokens[self.index : self.index + 3]
        is_negated = bool(rest) and rest[0].says("not")
        words = rest[is_negated:]
        if len(words) < 2 or str(words[0].value) != "in" or not words[1].says("("):
            return None
        if words[0].is_quoted:
            return None
        self.index += 2 + is_negated
        return is_negated

    def _read_options(self, operand: syntax.Value, start: int) -> syntax.Membership:
        options = [self.as_value(self._read_sum())]
        while self.take(","):
            options.append(self.as_value(self._read_sum()))
        if not self.take(")"):
            self.fail("',' or ')'")
        return syntax.Membership(operand, tuple(options), column_range=self.column_range(start))

    def _read_operand(self) -> syntax.Node:
        """Read what is compared: a value, or names with commas between them."""
        start, first = self.index, self._read_sum()
        is_list = self.dialect.has_arithmetic and not self.depth and self.is_next(",")
        if not isinstance(first, syntax.ColumnName) or not is_list:
            return first
        names = [first.name]
        while self.take(","):
            name = self._read_sum()
            if not isinstance(name, syntax.ColumnName):
                self.index = self.as_value(name).column_range[0]
                self.fail("a column")
            names.append(name.name)
        return syntax.NameList(tuple(names), column_range=self.column_range(start))

    def _read_sum(self) -> syntax.Node:
        return self._read_arithmetic(("+", "-"), self._read_product)

    def _read_product(self) -> syntax.Node:
        return self._read_arithmetic(("*", "/"), self._read_unary)

    def _read_arithmetic(
        self, signs: tuple[str, str], read: Callable[[], syntax.Node]
    ) -> syntax.Node:
        start, first, others = self.index, read(), []
        while sign := self.take(*signs):
            others.append((sign, self.as_value(read())))
        if not others:
            return first
        return syntax.Arithmetic(
            self.as_value(first), tuple(others), column_range=self.column_range(start)
        )

    def _read_unary(self) -> syntax.Node:
        start = self.index
        sign = self.take("-", "+")
        if not sign:
            return self._read_atom()
        with self.nested():
            operand = self.as_value(self._read_unary())
        return (
            operand
            if sign == "+"
            else syntax.Negative(operand, column_range=self.column_range(start))
        )

    def _read_atom(self) -> syntax.Node:
        if self.take("("):
            with self.nested():
                inner = self._read_or()
            if not self.take(")"):
                self.fail("')' or an operator")
            return inner
        if self.index == len(self.tokens):
            self.fail("a column or a value")
        self.index += 1
        return self._read_leaf(self.tokens[self.index - 1])

    def _read_leaf(self, token: Token) -> syntax.Value:
        column_range = (self.index - 1, self.index)
        if token.is_name:
            return syntax.ColumnName(token.value, column_range=column_range)
        if token.kind is TokenKind.NUMBER and np.isfinite(token.value):
            return self._read_number(token.value, column_range)
        if token.kind is TokenKind.TEXT or self._is_text(token):
            return syntax.Text(token.value, column_range=column_range)
        if token.says("rest"):
            return syntax.Rest(column_range=column_range)
        if token.kind is TokenKind.WORD and token.value not in self.dialect.words:
            close = close_names(token.value, self.names)
            raise self.dialect.error(
                f"there is no column {token.value!r}; {close}, and texts stand in quotes."
            )
        self.index -= 1
        return self.fail("a column or a value")

    def _read_number(self, value: float, column_range: tuple[int, int]) -> syntax.Value:
        rest = self.tokens[self.index : self.index + 1]
        unit = str(rest[0].value).removesuffix("s") if rest else ""
        if not rest or rest[0].kind is not TokenKind.WORD or unit not in syntax.UNITS:
            return syntax.Number(value, column_range=column_range)
        self.index += 1
        return syntax.Duration(
            value * syntax.UNITS[unit], column_range=self.column_range(column_range[0])
        )

    def _is_text(self, token: Token) -> bool:
        """Return whether a word needs no quotes to be a text."""
        if token.kind is not TokenKind.WORD or token.value in self.dialect.words:
            return False
        return not self.dialect.has_arithmetic or token.value.lower() in _TRUTHS
