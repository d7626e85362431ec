"""Check digits: what card numbers, book numbers and account numbers end on or begin with.

>>> CHECK_RULES["luhn"].is_satisfied(np.array(["4111 1111 1111 1111", "4111 1111 1111 1112"]))
array([ True, False])
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tabgan.schema.arrays import Integers, Mask, Objects

MIN_CHECKED = 50  # texts that all satisfy a rule before it is taken for one
NUMBER_RULES = {"luhn", "ean13"}  # whose check digit is a digit, at the end
MIN_CHECKED_NUMBER, MAX_CHECKED_NUMBER = 10**7, 10**19 - 1
Texts = npt.NDArray[np.str_]


@dataclass(frozen=True)
class _Symbols:
    """The letters and digits of texts, position by position; the rest does not count.

    Shape:
        - values: (n_texts, n_positions), 0 to 9 for digits, 10 to 35 for letters, 0 for the rest
        - counts: (n_texts, n_positions), 1 where a letter or a digit stands
    """

    values: Integers
    counts: Integers

    @property
    def length(self) -> Integers:
        """How many count; (n_texts,)."""
        return np.asarray(self.counts.sum(axis=1))

    @property
    def from_right(self) -> Integers:
        """How many of them stand right of each position; (n_texts, n_positions)."""
        return np.asarray(self.length[:, None] - self.counts.cumsum(axis=1))


def _read_symbols(texts: npt.NDArray[Any]) -> _Symbols:
    plain = np.asarray(texts, np.str_)
    width = max(plain.dtype.itemsize // 4, 1)
    codes = np.ascontiguousarray(plain).view(np.uint32).reshape(len(plain), width).astype(np.int64)
    is_digit = (codes >= ord("0")) & (codes <= ord("9"))
    upper = np.where((codes >= ord("a")) & (codes <= ord("z")), codes - 32, codes)
    is_letter = (upper >= ord("A")) & (upper <= ord("Z"))
    values = np.where(is_digit, codes - ord("0"), np.where(is_letter, upper - ord("A") + 10, 0))
    return _Symbols(values, (is_digit | is_letter).astype(np.int64))


def _luhn(symbols: _Symbols) -> Integers:
    doubled = 2 * symbols.values - 9 * (symbols.values > 4)
    values = np.where(symbols.from_right % 2 == 1, doubled, symbols.values)
    return np.asarray((values * symbols.counts).sum(axis=1) % 10)


def _ean13(symbols: _Symbols) -> Integers:
    weights = np.where(symbols.from_right % 2 == 1, 3, 1)
    return np.asarray((symbols.values * weights * symbols.counts).sum(axis=1) % 10)


def _isbn10(symbols: _Symbols) -> Integers:
    is_x = (symbols.values == ord("X") - ord("A") + 10) & (symbols.from_right == 0)
    values = np.where(is_x, 10, symbols.values)
    return np.asarray((values * (symbols.from_right + 1) * symbols.counts).sum(axis=1) % 11)


def _iban(symbols: _Symbols) -> Integers:
    rest = np.zeros(len(symbols.values), np.int64)
    is_head = symbols.counts.cumsum(axis=1) <= 4
    for is_turn in (~is_head, is_head):  # the first four are read last
        for position in range(symbols.values.shape[1]):
            value = symbols.values[:, position]
            factor = np.where(value > 9, 100, 10)
            counts = (symbols.counts[:, position] == 1) & is_turn[:, position]
            rest = np.where(counts, (rest * factor + value) % 97, rest)
    return rest


@dataclass(frozen=True)
class CheckRule:
    """A rule that ties one or two digits of a text to the rest of it.

    Attributes:
        remainder: Of the symbols of texts, modulo `modulus`; (n_texts,).
        modulus: Of the rule.
        valid: The remainder that a right text has.
        start: Where the digits stand among letters and digits, -1: at the end.
        width: How many they are.
        lengths: Letters and digits that a text has.
        letters: Letters that it has in front, for which the digits are not the last.
    """

    remainder: Callable[[_Symbols], Integers]
    modulus: int
    valid: int
    lengths: range
    start: int = -1
    width: int = 1
    letters: bool = False

    def is_satisfied(self, texts: npt.NDArray[Any]) -> Mask:
        """Return whether each text has the right check digits; shape (n_texts,)."""
        symbols = _read_symbols(texts)
        length = symbols.length
        fits = (length >= self.lengths.start) & (length < self.lengths.stop)
        last = symbols.from_right == 0
        letters = symbols.values * (~last if self.modulus == 11 else 1) > 9
        fits &= letters.any(axis=1) == self.letters
        if self.letters:
            rank = symbols.counts.cumsum(axis=1)
            head = (symbols.counts == 1) & (rank <= 4)
            fits &= ((symbols.values > 9) == (rank <= 2)).all(axis=1, where=head)
        return np.asarray(fits & (self.remainder(symbols) == self.valid))

    def digits(self, texts: npt.NDArray[Any]) -> Objects:
        """Return the check digits of texts that have zeros in their place; shape (n_texts,)."""
        rest = self.remainder(_read_symbols(texts))
        value = (self.valid - rest) % self.modulus
        table = [str(number).zfill(self.width) for number in range(self.modulus)]
        if self.modulus == 11:
            table[10] = "X"
        if self.letters:
            value = np.where(value < 2, value + self.modulus, value)
            table += ["97", "98"]
        return np.array(table, object)[value]

    def position(self, text: str) -> int:
        """Return where the check digits begin in a text."""
        indices = [index for index, letter in enumerate(text) if letter.isalnum()]
        return indices[self.start]


CHECK_RULES: Mapping[str, CheckRule] = {
    "ean13": CheckRule(_ean13, 10, 0, range(13, 14)),
    "luhn": CheckRule(_luhn, 10, 0, range(8, 20)),
    "isbn10": CheckRule(_isbn10, 11, 0, range(10, 11)),
    "iban": CheckRule(_iban, 97, 1, range(15, 35), start=2, width=2, letters=True),
}


def find_check_rule(texts: list[str]) -> str | None:
    """Return the rule that all of at least 50 distinct texts satisfy, or None."""
    distinct = list(dict.fromkeys(texts))
    if len(distinct) < MIN_CHECKED or max(map(len, distinct)) > 64:
        return None
    for part in (distinct[:MIN_CHECKED], distinct):
        array = np.array(part, np.str_)
        rules = [name for name, rule in CHECK_RULES.items() if rule.is_satisfied(array).all()]
        if not rules:
            return None
    return rules[0]


def find_number_rule(numbers: Sequence[int]) -> str | None:
    """Return the rule of the digit that all of at least 50 distinct numbers end on, or None.

    >>> find_number_rule([95_012_346])
    """
    if not numbers or min(numbers) < MIN_CHECKED_NUMBER or max(numbers) > MAX_CHECKED_NUMBER:
        return None
    for part in (numbers[: 10 * MIN_CHECKED], numbers):
        rule = find_check_rule(list(map(str, part)))
        if rule not in NUMBER_RULES:
            return None
    return rule
