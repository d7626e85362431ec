"""A parser's view of tokens: which one is next, what has to be, and the error where it is not."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from tabgan.query import syntax
from tabgan.query.tokens import Dialect, Token, write_tokens
from tabgan.schema.column import Name

MAX_NESTED = 30
MAX_SHOWN = 200  # characters of what has been read, in a message


class TokenReader:
    """Tokens, and how far they are read.

    Attributes:
        tokens: Of a whole text.
        names: Of the columns that it can be about, for messages.
        dialect: Of the text.
        index: Of the next token.
        depth: Brackets, `not` and minuses that are open.
    """

    def __init__(self, tokens: Sequence[Token], names: Sequence[Name], dialect: Dialect) -> None:
        self.tokens, self.names, self.dialect = tokens, names, dialect
        self.index = self.depth = 0

    @property
    def is_at_end(self) -> bool:
        """Whether all tokens are read."""
        return self.index == len(self.tokens)

    def peek(self, *values: str) -> bool:
        """Return whether one of these operators or words is next."""
        return not self.is_at_end and self.tokens[self.index].is_one_of(*values)

    def accept(self, *values: str) -> str | None:
        """Return which of these operators or words is next, and go past it; None if none is."""
        if not self.peek(*values):
            return None
        self.index += 1
        token = self.tokens[self.index - 1]
        return next(value for value in values if token.is_one_of(value))

    def accept_phrase(self, *phrases: str) -> str | None:
        """Return which of these phrases is next, in either case, and go past it; None if none is.

        Columns may be called like words: where an operator stands, no column does.
        """
        for phrase in phrases:
            words = phrase.split()
            end = self.index + len(words)
            found = [str(t.value).lower() for t in self.tokens[self.index : end] if not t.is_quoted]
            if found == words:
                self.index = end
                return phrase
        return None

    @contextmanager
    def nested(self) -> Iterator[None]:
        """Count one more pair of brackets, `not` or minus for as long as its inside is read.

        Raises:
            RelationError, ConditionError: There are too many.
        """
        self.depth += 1
        if self.depth > MAX_NESTED:
            raise self.dialect.error(
                f"a condition is nested more than {MAX_NESTED} deep; write it with fewer brackets."
            )
        yield
        self.depth -= 1

    def read(self, parse: Callable[[], syntax.Node]) -> tuple[syntax.Node, slice]:
        """Return the node that is next, and which tokens it was read from."""
        start = self.index
        return parse(), slice(start, self.index)

    def read_condition(self, parse: Callable[[], syntax.Node]) -> syntax.Condition:
        """Return the node that is next, which has to be a condition."""
        return self.as_condition(*self.read(parse))

    def read_value(self, parse: Callable[[], syntax.Node]) -> syntax.Value:
        """Return the node that is next, which has to be a value."""
        return self.as_value(*self.read(parse))

    def as_condition(self, node: syntax.Node, tokens: slice) -> syntax.Condition:
        """Return a node that has to be a condition, or fail and quote the tokens it is made of."""
        if not isinstance(node, syntax.Condition):
            self.fail(f"a comparison of {self._quote(tokens)!r}")
        return node

    def as_value(self, node: syntax.Node, tokens: slice) -> syntax.Value:
        """Return a node that has to be a value, or fail and quote the tokens it is made of."""
        if not isinstance(node, syntax.Value):
            self.fail(f"a value instead of the condition {self._quote(tokens)!r}")
        return node

    def fail(self, expected: str) -> NoReturn:
        """Refuse the next token.

        Args:
            expected: What should be there, in words.

        Raises:
            RelationError, ConditionError: With that, what is there, and what was read before.
        """
        before, noun = self._quote(slice(self.index)), self.dialect.noun
        after = f"after {before!r}" if before else "at the start"
        following = self.tokens[self.index :]
        found = f"not {following[0].write()!r}" if following else f"and the {noun} ends"
        raise self.dialect.error(
            f"a condition cannot be read {after}: there should be {expected}, {found}; "
            f"{self.dialect.advice}."
        )

    def _quote(self, tokens: slice) -> str:
        text = write_tokens(self.tokens[tokens])
        return text if len(text) <= MAX_SHOWN else f"... {text[-MAX_SHOWN:]}"
