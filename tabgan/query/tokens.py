"""Text -> tokens: column names, numbers, texts, operators and words of one of two dialects.

The longest known column name that a text goes on with is a name, so `education-num` is one and
`a-b` a difference, unless there is a column `a-b`. Any name can stand in "..." or '...', where the
quote is doubled to mean itself; names that are words or operators of the dialect have to, and in
relations numbers.

`RELATION` calculates: `a-1` is a difference, a text stands in quotes. `CONDITION`, of `--where`,
does not: whatever else has no space, bracket, comma or comparison in it is a text: `2024-01-31`.

>>> [token.value for token in tokenize("cost = 2 * 'my tip' + rest", ["cost", "my tip"], RELATION)]
['cost', '=', 2.0, '*', 'my tip', '+', 'rest']
>>> [token.value for token in tokenize("cost>=-2 or tip in (a, b)", ["cost", "tip"], CONDITION)]
['cost', '>=', '-2', 'or', 'tip', 'in', '(', 'a', ',', 'b', ')']
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import islice
from typing import Any

from tabgan.errors import ConditionError, RelationError
from tabgan.query.numbers import write_number
from tabgan.schema.column import Name
from tabgan.schema.predicates import COMPARISONS

COMPARATORS = (*COMPARISONS, "==", "<>")
MEANT = {"==": "=", "<>": "!="}  # as other languages write them
PUNCTUATION = ("(", ")", ",")
ARITHMETIC = ("+", "-", "*", "/", "//", "%", "**", "||")
ARROWS = ("->", "<->")

QUOTED = re.compile(r"\"(?:[^\"]|\"\")*\"(?!\")|'(?:[^']|'')*'(?!')")
_NUMBER = re.compile(r"\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?")
_IDENTIFIER = re.compile(r"[^\W\d][\w.-]*")


class TokenKind(Enum):
    """What a token is."""

    NAME = auto()
    NUMBER = auto()
    TEXT = auto()
    OPERATOR = auto()
    WORD = auto()


@dataclass(frozen=True)
class Token:
    """One piece of a text.

    Attributes:
        value: A column's name, a float, a text, an operator or a word.
        is_quoted: Whether it stood in quotes.
    """

    kind: TokenKind
    value: Any
    is_quoted: bool = False

    @property
    def is_name(self) -> bool:
        """Whether it names a column."""
        return self.kind is TokenKind.NAME

    def is_one_of(self, *values: str) -> bool:
        """Return whether it is one of these operators, or of these words, perhaps in capitals."""
        if self.kind is TokenKind.WORD:
            value = self.value.lower() if self.value.isupper() else self.value
            return value in values
        return self.kind is TokenKind.OPERATOR and self.value in values

    def write(self) -> str:
        """Return it as it may have been typed."""
        if self.is_name:
            return write_name(self.value)
        if self.kind is TokenKind.NUMBER:
            return write_number(self.value)
        is_text = self.kind is TokenKind.TEXT
        return write_text(self.value) if is_text and self.is_quoted else str(self.value)


@dataclass(frozen=True)
class Dialect:
    """What is peculiar to relations or to conditions.

    Attributes:
        noun: What a whole text is, for messages.
        error: Raised where it cannot be read.
        advice: Ends the message of such an error.
        words: Keywords; columns of such a name stand in quotes.
        operators: Matches any operator, the longest that fits.
        patterns: Match numbers and words.
        has_arithmetic: Whether values are calculated with.
        max_tokens: In a text.
    """

    noun: str
    error: type[RelationError] | type[ConditionError]
    advice: str
    words: frozenset[str]
    operators: re.Pattern[str]
    patterns: Mapping[TokenKind, re.Pattern[str]]
    has_arithmetic: bool
    max_tokens: int


def _match_any(operators: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(operators, key=len, reverse=True))))


RELATION = Dialect(
    noun="relation",
    error=RelationError,
    advice="""write one such as "age >= 18 or income = '<=50K'\"""",
    words=frozenset(
        {
            "and",
            "or",
            "not",
            "missing",
            "rest",
            "often",
            "of",
            "with",
            "by",
            "combinations",
            "partly",
        }
    ),
    operators=_match_any([*ARROWS, *COMPARATORS, *ARITHMETIC, *PUNCTUATION]),
    patterns={TokenKind.NUMBER: _NUMBER, TokenKind.WORD: re.compile(r"[^\W\d]\w*")},
    has_arithmetic=True,
    max_tokens=100_000,  # a sum of all columns of a wide table
)
CONDITION = Dialect(
    noun="condition",
    error=ConditionError,
    advice="put values with spaces, words or signs in quotes",
    words=frozenset({"and", "or", "not", "missing"}),
    operators=_match_any([*COMPARATORS, *PUNCTUATION]),
    patterns={TokenKind.WORD: re.compile(r"(?!['\"])(?:[^\s()<>=!,]|!(?!=))+")},
    has_arithmetic=False,
    max_tokens=10_000,  # a set of some thousand values
)


def tokenize(text: str, names: Sequence[Name], dialect: Dialect) -> list[Token]:
    """Return the tokens of a text.

    Args:
        text: A whole relation or condition.
        names: Of the columns that it can be about.
        dialect: `RELATION` or `CONDITION`.

    Raises:
        RelationError, ConditionError: It is empty, too long, or has a character that belongs to
            none.
    """
    columns = {str(name): name for name in sorted(names, key=lambda name: -len(str(name)))}
    tokens = list(islice(_iter_tokens(text, columns, dialect), dialect.max_tokens + 1))
    if len(tokens) > dialect.max_tokens:
        raise dialect.error(
            f"a {dialect.noun} has more than {dialect.max_tokens:,} words and signs; write it as "
            "several."
        )
    if not tokens:
        raise dialect.error(
            f"a {dialect.noun} is empty; write one such as "
            + ("'a <= b' or 'city -> country'." if dialect.has_arithmetic else "'age>=65'.")
        )
    return tokens


def _iter_tokens(text: str, columns: Mapping[str, Name], dialect: Dialect) -> Iterator[Token]:
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        token, position = _read_token(text, position, columns, dialect)
        yield token


def _read_token(
    text: str, position: int, columns: Mapping[str, Name], dialect: Dialect
) -> tuple[Token, int]:
    quoted = QUOTED.match(text, position)
    if quoted:
        inner = unquote(quoted)
        kind = TokenKind.NAME if inner in columns else TokenKind.TEXT
        return Token(kind, columns.get(inner, inner), is_quoted=True), quoted.end()
    if text[position] in "'\"":
        raise dialect.error(explain_unclosed(text[position:]))
    for name, column in columns.items():
        end = position + len(name)
        if text.startswith(name, position) and _is_name(text, position, end, dialect):
            return Token(TokenKind.NAME, column), end
    for kind, pattern in {**dialect.patterns, TokenKind.OPERATOR: dialect.operators}.items():
        match = pattern.match(text, position)
        if match:
            value = float(match[0]) if kind is TokenKind.NUMBER else match[0]
            if value == math.inf:
                raise dialect.error(
                    f"the number {match[0]} is beyond all that a float holds; write a smaller one."
                )
            return Token(kind, value), match.end()
    raise dialect.error(f"the {dialect.noun} {text!r} cannot be read from {text[position:]!r} on.")


def unquote(quoted: re.Match[str]) -> str:
    """Return the text inside the quotes that `QUOTED` has matched."""
    quote = quoted[0][0]
    return quoted[0][1:-1].replace(2 * quote, quote)


def explain_unclosed(text: str) -> str:
    """Return the message for a text that begins with a quote and has no closing one."""
    return f"the quote {text[0]} is not closed in {text!r}; add a closing one."


def _is_name(text: str, start: int, end: int, dialect: Dialect) -> bool:
    """Return whether a known name that a text goes on with is meant as one."""
    name, after = text[start:end], text[end : end + 1]
    if not name or name in dialect.words or dialect.operators.fullmatch(name):
        return False  # a word or an operator is a column in quotes only
    operator = dialect.operators.match(text, start)
    if operator and operator.end() > end:
        return False
    if not dialect.has_arithmetic:
        return not dialect.patterns[TokenKind.WORD].match(text, end)
    if _NUMBER.fullmatch(name):
        return False
    joined_before = text[start - 1 : start].isalnum() and name[0].isalnum()
    joined_after = name[-1].isalnum() and (after.isalnum() or after == "_")
    return not joined_before and not joined_after


def write_tokens(tokens: Sequence[Token]) -> str:
    """Return tokens as they may have been typed, for a message."""
    text = " ".join(token.write() for token in tokens)
    return text.replace("( ", "(").replace(" )", ")").replace(" ,", ",")


def write_name(name: Name) -> str:
    """Return a column's name as `tokenize` finds it again."""
    text = str(name)
    if _IDENTIFIER.fullmatch(text) and text not in RELATION.words:
        return text
    return '"' + text.replace('"', '""') + '"'


def write_text(text: str) -> str:
    """Return a text in quotes, as `tokenize` finds it again."""
    return "'" + text.replace("'", "''") + "'"
