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

from tabgan.errors import RelationError
from tabgan.query import relation_syntax, syntax
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
    tree = parse_form(tokens) or _parse_nearly_equal(tokens, names) or _parse_where(tokens, names)
    tree = tree or Parser(tokens, names, RELATION).parse()
    has_brackets = any(token.is_one_of("(") for token in tokens)
    return replace(tree, n_tokens=len(tokens), has_brackets=has_brackets)


def _parse_nearly_equal(tokens: Sequence[Token], names: Sequence[Name]) -> syntax.Node | None:
    """Return the tree of `y nearly = x ** 2`; None if there is no such word.

    Raises:
        RelationError: There is, but no column or no value beside it.
    """
    match tokens:
        case [y, nearly, *rest] if y.is_name and nearly.is_one_of("nearly"):
            if rest and rest[0].is_one_of("=", "=="):
                tree = Parser([y, *rest], names, RELATION).parse()
                if isinstance(tree, syntax.Comparison) and len(tree.operands) == 2:
                    return relation_syntax.NearlyEqual(y.value, tree.right_side)
            raise RelationError(
                "what a column nearly is, is written 'y nearly = 2 * x', with a column and a value."
            )
    return None


def _parse_where(tokens: Sequence[Token], names: Sequence[Name]) -> syntax.Node | None:
    """Return the tree of a condition that holds where another does; None if there is no `where`."""
    if not (parts := split_where(tokens)):
        return None
    parsers = [Parser(part, names, RELATION) for part in parts]
    claim, condition = (each.as_condition(each.parse(), slice(each.index)) for each in parsers)
    is_exact = sum(map(len, parts)) < len(tokens) - 1
    return relation_syntax.ClaimWhere(claim, condition, is_exact)


def parse_condition(text: str, names: Sequence[Name]) -> syntax.Node:
    """Return the tree of a condition in the dialect of `--where`, in which words are texts, too.

    Raises:
        ConditionError: It cannot be read.
    """
    return Parser(tokenize(text, names, CONDITION), names, CONDITION).parse()
