"""A parser's reading of single values: numbers, durations, texts, and what opens a call."""

from tabgan.query import syntax
from tabgan.query.function_names import FUNCTION_NAMES
from tabgan.query.numbers import UNITS
from tabgan.query.token_reader import TokenReader
from tabgan.query.tokens import Token, TokenKind


class LeafReader(TokenReader):
    """Reads what is no further divided."""

    def opens_call(self, token: Token) -> bool:
        """Return whether a token names a function, which a column may be called too, and go on."""
        is_word = token.kind in (TokenKind.WORD, TokenKind.NAME) and not token.is_quoted
        is_function = is_word and token.value in FUNCTION_NAMES and self.dialect.has_arithmetic
        return is_function and self.accept("(") is not None

    def parse_number(self, value: float) -> syntax.Value:
        """Return a number, or a duration if a unit is next."""
        following = None if self.is_at_end else self.tokens[self.index]
        if following is None or following.is_quoted:
            return syntax.Number(value)
        is_word = following.kind in (TokenKind.WORD, TokenKind.NAME)  # there may be such a column
        unit = str(following.value).removesuffix("s")
        if not is_word or unit not in UNITS:
            return syntax.Number(value)
        self.index += 1
        return syntax.Duration(value * UNITS[unit])

    def is_text(self, token: Token) -> bool:
        """Return whether a word needs no quotes to be a text."""
        if token.kind is not TokenKind.WORD or token.value in self.dialect.words:
            return False
        return not self.dialect.has_arithmetic or token.value.lower() in syntax.TRUTH_VALUES

    def ends_without_value(self) -> bool:
        """Return whether `COLUMN=` ends here, which asks `--where` for missing values.

        In `state=OR and age>3`, the word in capitals is a value.
        """
        if self.dialect.has_arithmetic or self.is_at_end:
            return not self.dialect.has_arithmetic
        after = self.tokens[self.index + 1 : self.index + 2]
        is_value = str(self.tokens[self.index].value).isupper() and (
            not after or after[0].is_one_of(")", "and", "or")
        )
        return self.peek(")", "and", "or") and not is_value
