"""Relations as they are typed: one line of names, numbers, operators and a few words.

The longest known column name that a text goes on with is a name, so `education-num` is one and
`a-b` a difference, unless there is a column `a-b`. Any name can stand in "..." or '...', and names
that are words of the language, or numbers, have to.

>>> [token.value for token in read("cost = 2 * 'my tip' + rest", ["cost", "my tip"])]
['cost', '=', 2.0, '*', 'my tip', '+', 'rest']
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from tabgan.errors import RelationError
from tabgan.schema.column import Name

WORDS = {"and", "or", "not", "rest", "often", "of", "missing", "with", "by", "combinations"}

_NUMBER = re.compile(r"\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?")
_OPERATOR = re.compile(r"<->|->|<=|>=|==|!=|[=<>+\-*/(),]")
_WORD = re.compile(r"[^\W\d]\w*")
_QUOTED = re.compile(r"\"((?:[^\"]|\"\")*)\"|'((?:[^']|'')*)'")
_PLAIN = re.compile(r"[^\W\d][\w.-]*")


class Part(Enum):
    """What a piece of a relation is."""

    NAME = auto()
    NUMBER = auto()
    TEXT = auto()
    OPERATOR = auto()
    WORD = auto()


@dataclass(frozen=True)
class Token:
    """One piece of a relation: a column's name, a float, a text, an operator or a word."""

    part: Part
    value: Any

    @property
    def is_name(self) -> bool:
        """Whether it names a column."""
        return self.part is Part.NAME

    def says(self, *values: str) -> bool:
        """Return whether it is one of these operators or words."""
        return self.part in {Part.OPERATOR, Part.WORD} and self.value in values


def read(text: str, names: Sequence[Name]) -> list[Token]:
    """Split a relation into its pieces.

    Raises:
        RelationError: It is empty, or has a character that belongs to none.
    """
    known = {str(name): name for name in sorted(names, key=lambda name: -len(str(name)))}
    tokens: list[Token] = []
    index = 0
    while index < len(text):
        if text[index].isspace():
            index += 1
            continue
        token, index = _next(text, index, known)
        tokens.append(token)
    if not tokens:
        raise RelationError("a relation is empty; write one such as 'a <= b' or 'city -> country'.")
    return tokens


def _next(text: str, index: int, known: dict[str, Name]) -> tuple[Token, int]:
    quoted = _QUOTED.match(text, index)
    if quoted:
        quote = text[index]
        inner = (quoted[1] if quote == '"' else quoted[2]).replace(2 * quote, quote)
        part = Part.NAME if inner in known else Part.TEXT
        return Token(part, known.get(inner, inner)), quoted.end()
    for text_name, name in known.items():
        if text_name in WORDS or _NUMBER.fullmatch(text_name):
            continue  # those are columns in quotes only
        end = index + len(text_name)
        if text.startswith(text_name, index) and _stands_alone(text, index, end):
            return Token(Part.NAME, name), end
    for part, pattern in (
        (Part.NUMBER, _NUMBER),
        (Part.OPERATOR, _OPERATOR),
        (Part.WORD, _WORD),
    ):
        match = pattern.match(text, index)
        if match:
            value = float(match[0]) if part is Part.NUMBER else match[0]
            return Token(part, value), match.end()
    raise RelationError(f"the relation {text!r} cannot be read from {text[index:]!r} on.")


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Return whether a name ends where a word does: `age` is not read out of `agent`."""
    before, after = text[start - 1 : start], text[end : end + 1]
    joined_before = before.isalnum() and text[start].isalnum()
    joined_after = text[end - 1].isalnum() and (after.isalnum() or after == "_")
    return not joined_before and not joined_after


def write_name(name: Name) -> str:
    """Write a column's name so that `read` finds it again."""
    text = str(name)
    if _PLAIN.fullmatch(text) and text not in WORDS:
        return text
    return '"' + text.replace('"', '""') + '"'
