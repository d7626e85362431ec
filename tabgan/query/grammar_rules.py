"""The grammar of relations and conditions: tokens -> a tree, by recursive descent.

From what binds least to what binds most: or, and, not, comparison, + -, * / // %, unary minus, **.
"""

from collections.abc import Callable

import numpy as np

from tabgan.query import syntax
from tabgan.query.case_form import opens_case, parse_case
from tabgan.query.leaf_reader import LeafReader
from tabgan.query.tokens import (
    COMPARATORS,
    MEANT,
    Token,
    TokenKind,
)
from tabgan.schema import close_names

_PHRASES = (
    *("in (", "not in (", "between", "not between", "like", "not like", "ilike"),
    *("is null", "is not null", "is missing", "is not missing", "is none", "is not none"),
)


class Parser(LeafReader):
    """A method for each rule of the grammar."""

    def parse(self) -> syntax.Node:
        """Return the tree of all tokens."""
        node = self._parse_or()
        if not self.is_at_end:
            self.fail("the end, 'and', 'or' or an operator")
        return node

    def _parse_or(self) -> syntax.Node:
        return self._parse_joined("or", self._parse_and)

    def _parse_and(self) -> syntax.Node:
        return self._parse_joined("and", self._parse_not)

    def _parse_joined(self, word: str, parse: Callable[[], syntax.Node]) -> syntax.Node:
        first, tokens = self.read(parse)
        if not self.peek(word):
            return first
        operands = [self.as_condition(first, tokens)]
        while self.accept(word):
            operands.append(self.read_condition(parse))
        return syntax.BoolOp(word, tuple(operands))

    def _parse_not(self) -> syntax.Node:
        if not self.accept("not"):
            return self._parse_comparison()
        with self.nested():
            return syntax.Not(self.read_condition(self._parse_not))

    def _parse_comparison(self) -> syntax.Node:
        left, tokens = self.read(self._parse_operand)
        if self.peek("missing"):
            if not isinstance(left, syntax.ColumnName | syntax.Text):
                self.fail("a comparison, since only a column can be missing")
            self.accept("missing")
            return syntax.Missing(left)
        if phrase := self.accept_phrase(*_PHRASES):
            asked = self._parse_phrase(phrase, self.as_value(left, tokens))
            return syntax.Not(asked) if "not" in phrase else asked
        operands: list[syntax.Value] = []
        operators: list[str] = []
        while sign := self.accept(*COMPARATORS):
            operators.append(MEANT.get(sign, sign))
            if len(operators) == 1 and operators[0] in ("=", "!=") and self.ends_without_value():
                missing = syntax.Missing(self.as_value(left, tokens))
                return missing if operators[0] == "=" else syntax.Not(missing)
            operands.append(self._parse_side(is_defined=sign == "=" and not operands))
        if not operators:
            return left
        return syntax.Comparison((self.as_value(left, tokens), *operands), tuple(operators))

    def _parse_side(self, *, is_defined: bool) -> syntax.Value:
        """Return the right side of an operator: in a definition, perhaps a bracketed condition."""
        node, tokens = self.read(self._parse_operand)
        if isinstance(node, syntax.Condition) and is_defined and self.dialect.has_arithmetic:
            return syntax.Flag(node)
        return self.as_value(node, tokens)

    def _parse_phrase(self, phrase: str, left: syntax.Value) -> syntax.Condition:
        """Return the condition that words between values make, without the `not` among them."""
        if phrase.endswith("in ("):
            return syntax.Membership(left, self._parse_options())
        if phrase.endswith("between"):
            low = self.read_value(self._parse_joined_texts)
            if not self.accept("and"):
                self.fail("'and', as in 'age between 30 and 40'")
            high = self.read_value(self._parse_joined_texts)
            return syntax.Comparison((low, left, high), ("<=", "<="))
        if phrase.endswith("like"):
            raise self.dialect.error(
                f"{phrase!r} asks for texts by a pattern, which cannot be done; name the values, "
                "as in 'city in (Ulm, Wien)'."
            )
        return syntax.Missing(left)

    def _parse_options(self) -> tuple[syntax.Value, ...]:
        options = [self.read_value(self._parse_joined_texts)]
        while self.accept(","):
            options.append(self.read_value(self._parse_joined_texts))
        if not self.accept(")"):
            self.fail("',' or ')'")
        return tuple(options)

    def _parse_operand(self) -> syntax.Node:
        """Return what is compared: a value, or names with commas between them."""
        first = self._parse_joined_texts()
        is_list = self.dialect.has_arithmetic and not self.depth and self.peek(",")
        if not isinstance(first, syntax.ColumnName) or not is_list:
            return first
        names = [first.name]
        while self.accept(","):
            name, tokens = self.read(self._parse_sum)
            if not isinstance(name, syntax.ColumnName):
                self.index = tokens.start
                self.fail("a column")
            names.append(name.name)
        return syntax.NameList(tuple(names))

    def _parse_joined_texts(self) -> syntax.Node:
        first, tokens = self.read(self._parse_sum)
        if not self.peek("||"):
            return first
        parts = [self.as_value(first, tokens)]
        while self.accept("||"):
            parts.append(self.read_value(self._parse_sum))
        return syntax.Concatenation(tuple(parts))

    def _parse_sum(self) -> syntax.Node:
        return self._parse_arithmetic(("+", "-"), self._parse_product)

    def _parse_product(self) -> syntax.Node:
        return self._parse_arithmetic(("*", "/", "//", "%"), self._parse_unary)

    def _parse_arithmetic(
        self, signs: tuple[str, ...], parse: Callable[[], syntax.Node]
    ) -> syntax.Node:
        first, tokens = self.read(parse)
        if not self.peek(*signs):
            return first
        value, others = self.as_value(first, tokens), []
        while sign := self.accept(*signs):
            others.append((sign, self.read_value(parse)))
        return syntax.Arithmetic(value, tuple(others))

    def _parse_unary(self) -> syntax.Node:
        sign = self.accept("-", "+")
        if not sign:
            return self._parse_power()
        with self.nested():
            operand = self.read_value(self._parse_unary)
        return operand if sign == "+" else syntax.Negative(operand)

    def _parse_power(self) -> syntax.Node:
        base, tokens = self.read(self._parse_atom)
        if not self.accept("**"):
            return base
        with self.nested():
            exponent = self.read_value(self._parse_unary)
        return syntax.Arithmetic(self.as_value(base, tokens), (("**", exponent),))

    def _parse_atom(self) -> syntax.Node:
        if self.accept("("):
            with self.nested():
                inner = self._parse_or()
            if not self.accept(")"):
                self.fail("')' or an operator")
            return inner
        if self.is_at_end:
            self.fail("a column or a value")
        self.index += 1
        return self._parse_leaf(self.tokens[self.index - 1])

    def _parse_leaf(self, token: Token) -> syntax.Value:
        form = self._parse_form(token)
        if form is not None:
            return form
        if token.is_name:
            return syntax.ColumnName(token.value)
        if token.kind is TokenKind.NUMBER and np.isfinite(token.value):
            return self.parse_number(token.value)
        if token.kind is TokenKind.TEXT or self.is_text(token):
            return syntax.Text(token.value)
        if token.is_one_of("rest"):
            return syntax.Rest()
        if token.kind is TokenKind.WORD and token.value not in self.dialect.words:
            close = close_names(token.value, self.names)
            raise self.dialect.error(
                f"there is no column {token.value!r}; {close}, and texts stand in quotes."
            )
        self.index -= 1
        return self.fail("a column or a value")

    def _parse_form(self, token: Token) -> syntax.Value | None:
        """Return the case expression or the call that a token opens; None if it opens none."""
        if opens_case(self, token):
            return parse_case(self, self._parse_or)
        if self.opens_call(token):
            return syntax.Call(str(token.value), self._parse_arguments())
        return None

    def _parse_arguments(self) -> tuple[syntax.Value, ...]:
        with self.nested():
            arguments = [self._parse_argument()]
            while self.accept(","):
                arguments.append(self._parse_argument())
        if not self.accept(")"):
            self.fail("',' or ')'")
        return tuple(arguments)

    def _parse_argument(self) -> syntax.Value:
        node, tokens = self.read(self._parse_or)
        if isinstance(node, syntax.Condition):
            return syntax.Flag(node)
        return self.as_value(node, tokens)
