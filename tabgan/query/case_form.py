"""`case when age < 18 then 'child' else 'adult' end`, as SQL has it: tokens -> tree.

Its words are words only where no value can stand, so that columns may have their names.
"""

from collections.abc import Callable

from tabgan.query import syntax
from tabgan.query.function_names import FUNCTION_NAMES
from tabgan.query.token_reader import TokenReader
from tabgan.query.tokens import Token, TokenKind


def opens_case(reader: TokenReader, token: Token) -> bool:
    """Return whether a token that was read last is the word `case`: a value or `when` is next."""
    if not reader.dialect.has_arithmetic or not _is_word(token, "case") or reader.is_at_end:
        return False
    following = reader.tokens[reader.index]
    if any(_is_word(following, word) for word in ("then", "else", "end")):
        return False
    if following.kind is TokenKind.WORD:
        return _is_word(following, "when") or following.value in FUNCTION_NAMES
    return following.kind is not TokenKind.OPERATOR or following.is_one_of("(")


def parse_case(reader: TokenReader, parse: Callable[[], syntax.Node]) -> syntax.Case:
    """Return the tree of a case expression, whose first word has been read.

    Args:
        reader: Of the tokens.
        parse: Reads a condition or a value.

    Raises:
        RelationError: It cannot be read.
    """
    with reader.nested():
        operand = None if _peek(reader, "when") else reader.read_value(parse)
        branches: list[tuple[syntax.Node, syntax.Value | None]] = []
        while _accept(reader, "when"):
            read = reader.read_condition if operand is None else reader.read_value
            asked = read(parse)
            if not _accept(reader, "then"):
                reader.fail("'then', as in 'case when age < 18 then 1 end'")
            branches.append((asked, _parse_result(reader, parse)))
        if not branches:
            reader.fail("'when', as in 'case when age < 18 then 1 end'")
        otherwise = _parse_result(reader, parse) if _accept(reader, "else") else None
        if not _accept(reader, "end"):
            reader.fail("'when', 'else' or 'end'")
    return syntax.Case(tuple(branches), otherwise, operand)


def _parse_result(reader: TokenReader, parse: Callable[[], syntax.Node]) -> syntax.Value | None:
    """Return a result; None for a missing one."""
    is_null = not reader.is_at_end and reader.tokens[reader.index].kind is TokenKind.WORD
    if is_null and (reader.accept("missing") or _accept(reader, "null")):
        return None
    node, tokens = reader.read(parse)
    if isinstance(node, syntax.Condition):
        return syntax.Flag(node)
    return reader.as_value(node, tokens)


def _is_word(token: Token, word: str) -> bool:
    is_one = token.kind is TokenKind.WORD or token.is_name
    return is_one and not token.is_quoted and str(token.value) in (word, word.upper())


def _peek(reader: TokenReader, word: str) -> bool:
    return not reader.is_at_end and _is_word(reader.tokens[reader.index], word)


def _accept(reader: TokenReader, word: str) -> bool:
    is_next = _peek(reader, word)
    reader.index += is_next
    return is_next
