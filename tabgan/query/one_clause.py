"""A condition of one clause, in which all that follows the operator is the value, without quotes.

The rule by which a text is one clause or several stands in `where.py`.

>>> parse_one_clause("pay=Bank transfer (automatic)", ["pay"]).operands
(ColumnName(name='pay'), Text(text='Bank transfer (automatic)'))
>>> parse_one_clause("pay=cash or 30<=age<40", ["pay", "age"]) is None
True
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tabgan.errors import ConditionError
from tabgan.query import syntax
from tabgan.query.tokens import COMPARATORS, MEANT, QUOTED, explain_unclosed, unquote
from tabgan.schema import close_names
from tabgan.schema.column import Name

USAGE = (
    "write COLUMN=VALUE, 'COLUMN in (A, B)', or for numbers COLUMN>=VALUE or LOW<=COLUMN<HIGH; "
    "several are joined by 'and' and 'or'"
)

_SIGN = re.compile("|".join(sorted(COMPARATORS, key=len, reverse=True)))
_OPERATOR = re.compile(rf"\s*({_SIGN.pattern})\s*")
_BOUND_SIGNS = ("<", "<=", ">", ">=")
_QUOTES = ("'", '"')
_WORDS = (
    r"\b(?i:in)\s*\(|\S\s+(?:(?i:missing|is\s+(?:not\s+)?(?:null|none|missing)))%s"
    r"|\S\s+(?i:between|i?like)\s"
)
_JOINT = re.compile(r"(?:^|[\s)])(?:and|or|AND|OR)(?=[\s(])")
_COMPARISON = re.compile(r"[<>=]|" + _WORDS % r"\b")
_FOREIGN_JOINT = re.compile(r"\s(&&?|\|\|?)\s")
_COMPOUND_START = re.compile(r"\(|(?:not|NOT)[\s(]")  # of several clauses
_COMPOUND_BOUND = re.compile(r"\s(?:and|or|missing|AND|OR|MISSING)\s")  # not in a lower bound
_WORD_OPERATOR = re.compile(_WORDS % "$")
_NUMBER = re.compile(r"[+-]?[\d.]+(?:[eE][+-]?\d+)?")


@dataclass(frozen=True)
class _Clause:
    """A clause as it is typed; in `LOW <= COLUMN < HIGH` all parts are there.

    Attributes:
        column: A known one.
        operator: Behind the column; empty for `LOW <= COLUMN`.
        value: All that follows, with its quotes if it has any.
        low: What stands before the column; mostly nothing.
        low_operator: Between that and the column.
    """

    column: Name
    operator: str = ""
    value: str = ""
    low: str = ""
    low_operator: str = ""


def parse_one_clause(text: str, names: Sequence[Name]) -> syntax.Node | None:
    """Return the tree of a text that is one clause; None if it is several.

    Raises:
        ConditionError: It is neither, or a quote is left open.
    """
    clause = _split(text, names)
    if clause is None:
        if _COMPOUND_START.match(text) or _is_joined(text) or _WORD_OPERATOR.search(text):
            return None
        raise ConditionError(_explain(text, names))
    low, value = _skip_quoted(clause.low), _skip_quoted(clause.value)
    if sign := _FOREIGN_JOINT.search(value, 0, max(map(value.rfind, "<>=")) + 1):
        raise ConditionError(
            f"the condition {text!r} has {sign[1]!r} before a comparison; write "
            f"{'and' if '&' in sign[1] else 'or'!r}, or put a value that goes on so in quotes."
        )
    if _COMPOUND_START.match(low) or _COMPOUND_BOUND.search(low) or _is_joined(value):
        return None
    return _to_tree(clause, text)


def _is_joined(text: str) -> bool:
    """Return whether `and` or `or` stands before a comparison."""
    last = max((match.start() for match in _COMPARISON.finditer(text)), default=0)
    return _JOINT.search(text, 0, last) is not None


def _skip_quoted(text: str) -> str:
    return _unquote(text)[1] if text[:1] in _QUOTES else text


def _split(text: str, names: Sequence[Name]) -> _Clause | None:
    found = _column_at_start(text, names)
    if found is None:
        return _split_bound(text, names)
    column, operator, value = found
    return _Clause(column, operator, value)


def _column_at_start(text: str, names: Sequence[Name]) -> tuple[Name, str, str] | None:
    """Return the column that a text starts with, its operator and the rest; None if it has none."""
    if text[:1] in _QUOTES:
        word, rest = _unquote(text)
        found = [(name, rest) for name in names if str(name) == word]
    else:
        longest = sorted(names, key=lambda name: -len(str(name)))
        found = [
            (name, text[len(str(name)) :])
            for name in longest
            if str(name) and text.startswith(str(name))
        ]
    for name, rest in found:
        match = _OPERATOR.match(rest)
        if match:
            return name, MEANT.get(match[1], match[1]), rest[match.end() :]
    return None


def _split_bound(text: str, names: Sequence[Name]) -> _Clause | None:
    """Return the parts of `30<=age` or `30<=age<40`; None if the text is neither."""
    behind = _skip_quoted(text)
    sign = _SIGN.search(text, len(text) - len(behind))
    low = text[: sign.start()].rstrip() if sign else ""
    is_bound = sign is not None and sign[0] in _BOUND_SIGNS and low not in {"", "''", '""'}
    if not sign or not is_bound or (behind != text and not _OPERATOR.match(behind)):
        return None
    rest = text[sign.end() :].lstrip()
    found = _column_at_start(rest, names)
    if found is not None:
        return _Clause(*found, low, sign[0])
    word = "".join(_unquote(rest)) if rest[:1] in _QUOTES else rest
    return next((_Clause(n, low=low, low_operator=sign[0]) for n in names if str(n) == word), None)


def _to_tree(clause: _Clause, text: str) -> syntax.Node:
    column = syntax.ColumnName(clause.column)
    operands: list[syntax.Value] = [column]
    operators = [sign for sign in (clause.low_operator, clause.operator) if sign]
    if clause.low_operator:
        operands.insert(0, syntax.Text(_read_value(clause.low, text)))
    elif not clause.value and clause.operator in ("=", "!="):
        missing = syntax.Missing(column)
        return missing if clause.operator == "=" else syntax.Not(missing)
    if clause.operator:
        if not clause.value:
            raise ConditionError(f"the condition {text!r} has no value after {operators[-1]!r}.")
        operands.append(syntax.Text(_read_value(clause.value, text)))
    return syntax.Comparison(tuple(operands), tuple(operators))


def _read_value(typed: str, text: str) -> str:
    """Return a value without the quotes that may stand around it."""
    if typed[:1] not in _QUOTES:
        return typed
    value, rest = _unquote(typed)
    if rest.strip():
        raise ConditionError(
            f"the condition {text!r} goes on after the closing quote with {rest!r}; "
            "double a quote that belongs to the value."
        )
    return value


def _unquote(text: str) -> tuple[str, str]:
    """Return what stands in the quotes that the text starts with, and what follows them."""
    quoted = QUOTED.match(text)
    if quoted is None:
        raise ConditionError(explain_unclosed(text))
    return unquote(quoted), text[quoted.end() :]


def _explain(text: str, names: Sequence[Name]) -> str:
    """Return the message for a text that is no clause."""
    pieces = [piece.strip(" '\"") for piece in _SIGN.split(text)]
    sign = _SIGN.search(text)
    if sign is None:
        return f"the condition {text!r} has no operator; {USAGE}."
    is_bound = _NUMBER.fullmatch(pieces[0]) and sign[0] in _BOUND_SIGNS
    guess = pieces[1] if is_bound else pieces[0]
    return f"there is no column {guess!r} for the condition {text!r}; {close_names(guess, names)}."
