"""Tokens -> a tree, by recursive descent.

From what binds least to what binds most: or, and, not, comparison, ||, + -, * / // %, unary minus,
**.
What only relations have (`city -> country`) is read by `relation_forms`.

>>> parse_relation("age>=18 or job missing", ["age", "job"])  # doctest: +NORMALIZE_WHITESPACE
BoolOp(word='or', operands=(Comparison(operands=(ColumnName(name='age'), Number(value=18.0)),
                                       operators=('>=',)),
                            Missing(operand=ColumnName(name='job'))))
"""

from collections.abc import Sequence
from dataclasses import replace

from tabgan.query import syntax
from tabgan.query.grammar_rules import Parser
from tabgan.query.relation_forms import parse_form, split_where
from tabgan.query.tokens import (
    CONDITION,
    RELATION,
    Token,
    tokenize,
)
from tabgan.schema.column import Name


def parse_relation(text: str, names: Sequence[Name]) -> syntax.Node:
    """Return the tree of a relation between columns of these names.

    Raises:
        RelationError: It cannot be read.
    """
    tokens = tokenize(text, names, RELATION)
    tree = parse_form(tokens) or _parse_where(tokens, names)
    tree = tree or Parser(tokens, names, RELATION).parse()
    has_brackets = any(token.is_one_of("(") for token in tokens)
    return replace(tree, n_tokens=len(tokens), has_brackets=has_brackets)


def _parse_where(tokens: Sequence[Token], names: Sequence[Name]) -> syntax.Node | None:
    """Return the tree of a condition that holds where another does; None if there is no `where`."""
    if not (parts := split_where(tokens)):
        return None
    parsers = [Parser(part, names, RELATION) for part in parts]
    claim, condition = (each.as_condition(each.parse(), slice(each.index)) for each in parsers)
    is_exact = sum(map(len, parts)) < len(tokens) - 1
    return syntax.ClaimWhere(claim, condition, is_exact)


def parse_condition(text: str, names: Sequence[Name]) -> syntax.Node:
    """Return the tree of a condition in the dialect of `--where`, in which words are texts, too.

    Raises:
        ConditionError: It cannot be read.
    """
    return Parser(tokenize(text, names, CONDITION), names, CONDITION).parse()
