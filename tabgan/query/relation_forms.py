"""Forms of relations that are no conditions, each known by a word or an arrow of its own.

>>> from tabgan.query.tokens import RELATION, tokenize
>>> parse_form(tokenize("city -> country", ["city", "country"], RELATION))
Determines(sources=('city',), dependent='country', is_mutual=False)
"""

from collections.abc import Sequence

from tabgan.errors import RelationError
from tabgan.query import relation_syntax, syntax
from tabgan.query.tokens import ARROWS, Token, TokenKind
from tabgan.schema.column import Name


def parse_form(tokens: Sequence[Token]) -> syntax.Node | None:
    """Return the tree of a relation of such a form; None if it is of no such form.

    Raises:
        RelationError: It has the word or the arrow of a form, but not the columns.
    """
    match tokens:
        case [first, *rest] if first.is_one_of("combinations"):
            is_list = bool(rest) and rest[0].is_one_of("of")
            return relation_syntax.CombinationsOf(_read_names(rest[1:]) if is_list else ())
        case [y, often, *rest] if often.is_one_of("often"):
            return _read_often_equal(y, rest)
        case [y, equals, part, of, x, *zone] if of.is_one_of("of"):
            is_part = part.kind in {TokenKind.NAME, TokenKind.WORD} and equals.is_one_of("=", "==")
            if y.is_name and x.is_name and is_part and (not zone or _is_zone(zone)):
                return relation_syntax.PartOf(y.value, str(part.value), x.value, *_read_zone(zone))
        case [y, *rest] if _is_about_gaps(rest):
            return _read_missing(y, rest)
    arrow = next((i for i, token in enumerate(tokens) if token.is_one_of(*ARROWS)), None)
    if arrow is None:
        return None
    is_mutual = tokens[arrow].is_one_of("<->")
    return _read_arrow(tokens[:arrow], tokens[arrow + 1 :], is_mutual=is_mutual)


def _is_zone(tokens: Sequence[Token]) -> bool:
    match tokens:
        case [word, zone]:
            is_in = word.value == "in" and not word.is_quoted  # there may be such a column
            return is_in and zone.kind is TokenKind.TEXT
    return False


def _read_zone(tokens: Sequence[Token]) -> Sequence[str]:
    return [str(token.value) for token in tokens[1:]]


def split_where(tokens: Sequence[Token]) -> tuple[Sequence[Token], Sequence[Token]] | None:
    """Return what is before `where` or `exactly where`, and what is after; None without it."""
    is_where = [t.kind is TokenKind.WORD and t.is_one_of("where") for t in tokens]
    if True not in is_where:
        return None
    at = is_where.index(True)
    is_exact = at > 0 and tokens[at - 1].is_one_of("exactly")
    return tokens[: at - is_exact], tokens[at + 1 :]


def _read_names(tokens: Sequence[Token]) -> tuple[Name, ...]:
    """Return the names of a list with commas; none if it is no such list, or has one twice."""
    names, commas = tokens[::2], tokens[1::2]
    is_list = len(names) == len(commas) + 1 and all(token.is_one_of(",") for token in commas)
    found = tuple(token.value for token in names if token.is_name)
    return found if is_list and len(set(found)) == len(names) else ()


def _read_often_equal(y: Token, rest: Sequence[Token]) -> syntax.Node:
    if len(rest) != 2 or not rest[0].is_one_of("=", "==") or not (y.is_name and rest[1].is_name):
        raise RelationError("what is often equal is written 'y often = x', with two columns.")
    return relation_syntax.OftenEqual(y.value, rest[1].value)


def _is_about_gaps(tokens: Sequence[Token]) -> bool:
    match tokens:
        case [partly, _, *_] if partly.is_one_of("partly"):
            return True
        case [missing, word, *_]:
            return missing.is_one_of("missing") and word.is_one_of("with", "by")
    return False


def _read_missing(y: Token, rest: Sequence[Token]) -> syntax.Node:
    is_partial = rest[0].is_one_of("partly")
    match rest[is_partial:]:
        case [missing, word, x] if missing.is_one_of("missing") and word.is_one_of("with", "by"):
            if y.is_name and x.is_name:
                return relation_syntax.MissingWith(
                    y.value, x.value, word.is_one_of("by"), is_partial
                )
    raise RelationError(
        "gaps are related as in 'b missing with a', 'b missing by a' or 'b partly missing by a', "
        "with two columns."
    )


def _read_arrow(left: Sequence[Token], right: Sequence[Token], *, is_mutual: bool) -> syntax.Node:
    sources, dependents = _read_names(left), _read_names(right)
    is_apart = not set(sources) & set(dependents)
    if len(sources) not in {1, 2} or len(dependents) != 1 or not is_apart:
        raise RelationError(
            "a dependency is written 'city -> country' or 'make, model -> doors', with columns of "
            "the table, each once."
        )
    return relation_syntax.Determines(sources, dependents[0], is_mutual)
