"""Conditions as they are typed, `30<=age<40`, turned into the mapping that Python callers give.

    clause = COLUMN OP VALUE | BOUND < COLUMN [< BOUND]        OP is one of = < <= > >=

The longest known name that the text starts with is the column, and the operator is the first one
met after it. Names and values can stand in '...' or "...", where the quote is doubled to mean
itself. `COLUMN=` asks for missing values, `COLUMN=""` for empty text.

>>> collect(["30<=age<40", "income=>50K"], ["age", "income"])
{'age': [('>=', '30'), ('<', '40')], 'income': '>50K'}
"""

import re
from collections.abc import Iterable, Sequence

from tabgan.errors import ConditionError
from tabgan.schema import close_names
from tabgan.schema.column import Name
from tabgan.schema.predicates import Clause

Value = str | None
Asked = Value | tuple[str, Value] | list[tuple[str, Value]]

_OPERATOR = re.compile(r"\s*(<=|>=|=|<|>)\s*")
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_HOW = "write COLUMN=VALUE, or for numbers COLUMN>=VALUE or LOW<=COLUMN<HIGH"


def parse_where(text: str, names: Sequence[Name]) -> list[tuple[Name, Clause]]:
    """Return the columns and clauses of one condition on columns of these names.

    Values are still text; None asks for missing ones.

    Raises:
        ConditionError: It names no known column, has no operator, or a quote is left open.
    """
    text = text.strip()
    if _OPERATOR.search(text) is None:
        raise ConditionError(f"the condition {text!r} has no operator; {_HOW}.")
    found = _column_at_start(text, names)
    if found is not None:
        column, rest = found
        operator, value = _split_operator(rest)
        return [(column, Clause(operator, _value(value, operator, text)))]
    bounded = _bound_at_start(text, names)
    if bounded is not None:
        return bounded
    raise ConditionError(_unknown_column(text, names))


def _column_at_start(text: str, names: Sequence[Name]) -> tuple[Name, str] | None:
    """Return the column that the text starts with and the rest from its operator on, if any."""
    if text[:1] in {"'", '"'}:
        word, rest = _unquote(text)
        known = {str(name): name for name in names}
        return (known[word], rest) if word in known and _OPERATOR.match(rest) else None
    for name in sorted(names, key=lambda name: len(str(name)), reverse=True):
        rest = text.removeprefix(str(name))
        if rest != text and _OPERATOR.match(rest):
            return name, rest
    return None


def _bound_at_start(text: str, names: Sequence[Name]) -> list[tuple[Name, Clause]] | None:
    """Return the clauses of `30<=age` or `30<=age<40`, or None if the text is neither."""
    if text[0] in {"'", '"'}:
        low, rest = _unquote(text)
        match = _OPERATOR.match(rest)
    else:
        match = _OPERATOR.search(text)
        low, rest = (text[: match.start()], text) if match else ("", "")
    if match is None or match[1] not in _MIRRORED or not low:
        return None
    rest = rest[match.end() :]
    found = _column_at_start(rest, names)
    if found is None:
        found = _column_alone(rest, names)
    if found is None:
        return None
    column, rest = found
    clauses = [(column, Clause(_MIRRORED[match[1]], low))]
    if rest:
        operator, value = _split_operator(rest)
        if operator[0] != match[1][0]:
            raise ConditionError(
                f"the condition {text!r} has {operator!r} after {match[1]!r}; "
                "the two sides of a range point the same way, as in 30<=age<40."
            )
        clauses.append((column, Clause(operator, _value(value, operator, text))))
    return clauses


def _column_alone(text: str, names: Sequence[Name]) -> tuple[Name, str] | None:
    word = text
    if text[:1] in {"'", '"'}:
        word, rest = _unquote(text)
        word += rest
    return next(((name, "") for name in names if str(name) == word), None)


def _split_operator(rest: str) -> tuple[str, str]:
    match = _OPERATOR.match(rest)
    if match is None:
        raise ConditionError(f"there is no operator before {rest!r}; {_HOW}.")
    return match[1], rest[match.end() :]


def _value(text: str, operator: str, condition: str) -> Value:
    """Return what is asked for, without the quotes that may stand around it."""
    if text[:1] in {"'", '"'}:
        value, rest = _unquote(text)
        if rest.strip():
            raise ConditionError(
                f"the condition {condition!r} goes on after the closing quote with {rest!r}; "
                "double a quote that belongs to the value."
            )
        return value
    if text == "" and operator != "=":
        raise ConditionError(f"the condition {condition!r} has no value after {operator!r}.")
    return text or None


def _unquote(text: str) -> tuple[str, str]:
    """Return what stands in the quotes that the text starts with, and what follows them."""
    quote = text[0]
    match = re.match(f"{quote}((?:[^{quote}]|{quote}{quote})*){quote}(?!{quote})", text)
    if match is None:
        raise ConditionError(f"the quote {quote} is not closed in {text!r}; add a closing one.")
    return match[1].replace(quote * 2, quote), text[match.end() :]


def _unknown_column(text: str, names: Sequence[Name]) -> str:
    if "!=" in text:
        return f"the condition {text!r} has no operator that is known; {_HOW}."
    pieces = [piece.strip(" '\"") for piece in re.split("<=|>=|=|<|>", text)]
    number = re.fullmatch(r"[+-]?[\d.]+(?:[eE][+-]?\d+)?", pieces[0])
    guess = pieces[1] if number and len(pieces) > 1 and text[len(pieces[0])] != "=" else pieces[0]
    return f"there is no column {guess!r} for the condition {text!r}; {close_names(guess, names)}."


def collect(texts: Iterable[str], names: Sequence[Name]) -> dict[Name, Asked]:
    """Return conditions as typed in the form of `where=`: a value, (operator, value), or a list.

    Raises:
        ConditionError: A condition cannot be read (see `parse_where`).
    """
    asked: dict[Name, list[Clause]] = {}
    for text in texts:
        for column, clause in parse_where(text, names):
            clauses = asked.setdefault(column, [])
            if clause not in clauses:
                clauses.append(clause)
    return {column: _as_asked(clauses) for column, clauses in asked.items()}


def _as_asked(clauses: list[Clause]) -> Asked:
    if len(clauses) > 1:
        return [(clause.operator, clause.value) for clause in clauses]
    clause = clauses[0]
    return clause.value if clause.operator == "=" else (clause.operator, clause.value)
