"""Tokens read one by one, and what is said where the next one is not what it should be."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from tabgan.query import syntax
from tabgan.query.tokens import Dialect, Token, write_tokens
from tabgan.schema.column import Name

MAX_NESTED = 30
MAX_SHOWN = 200  # characters of what has been read, in a message


class TokenReader:
    """Tokens, how many of them are read, and how deep the brackets are that are open."""

    def __init__(self, tokens: Sequence[Token], names: Sequence[Name], dialect: Dialect) -> None:
        self.tokens, self.names, self.dialect = tokens, names, dialect
        self.index = self.depth = 0

    def take(self, *values: str) -> str | None:
        """Go on if one of these operators or words is next, and return which."""
        if not self.is_next(*values):
            return None
        self.index += 1
        return str(self.tokens[self.index - 1].value)

    def is_next(self, *values: str) -> bool:
        """Return whether one of these operators or words is next."""
        return self.index < len(self.tokens) and self.tokens[self.index].says(*values)

    def column_range(self, start: int) -> tuple[int, int]:
        """Return where a node begins and ends that is read from here on back to `start`."""
        return start, self.index

    @contextmanager
    def nested(self) -> Iterator[None]:
        """Count one pair of brackets, `not` or minus more while the body reads what it holds.

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

    def as_condition(self, node: syntax.Node) -> syntax.Condition:
        """Return a node that has to be a condition where it stands."""
        if not isinstance(node, syntax.Condition):
            self.fail(f"a comparison of {self._show(*node.column_range)!r}")
        return node

    def as_value(self, node: syntax.Node) -> syntax.Value:
        """Return a node that has to be a value where it stands."""
        if not isinstance(node, syntax.Value):
            self.fail(f"a value instead of the condition {self._show(*node.column_range)!r}")
        return node

    def _show(self, start: int, end: int) -> str:
        text = write_tokens(self.tokens[start:end])
        return text if len(text) <= MAX_SHOWN else f"... {text[-MAX_SHOWN:]}"

    def fail(self, expected: str) -> NoReturn:
        """Return what should come next.

        Raises:
            RelationError, ConditionError: With that, what does come, and what came before.
        """
        before, what = self._show(0, self.index), self.dialect.what
        after = f"after {before!r}" if before else "at the start"
        left = self.tokens[self.index :]
        found = f"not {left[0].write()!r}" if left else f"and the {what} ends"
        raise self.dialect.error(
            f"a condition cannot be read {after}: there should be {expected}, {found}; "
            f"{self.dialect.advice}."
        )
