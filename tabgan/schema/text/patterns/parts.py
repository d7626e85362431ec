"""The parts of which patterned text is made: literal text, choices, numbers, characters, checks.

>>> Number(0, 255).write(np.array([7, 255])).tolist()
['7', '255']
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from string import ascii_lowercase, ascii_uppercase, digits

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.arrays import Integers, Mask, Objects
from tabgan.schema.text.patterns.check_digits import CHECK_RULES

ALPHABETS: Mapping[str, str] = {  # the smallest one that holds all characters comes first
    "digit": digits,
    "hex": digits + "abcdef",
    "HEX": digits + "ABCDEF",
    "upper": ascii_uppercase,
    "lower": ascii_lowercase,
    "upper-digit": digits + ascii_uppercase,
    "lower-digit": digits + ascii_lowercase,
    "letter": ascii_uppercase + ascii_lowercase,
    "any": digits + ascii_uppercase + ascii_lowercase,
}
Codes = npt.NDArray[np.uint32]
MAX_NUMBER = 10**18 - 1  # that a number in text counts up to


def escape(text: str) -> str:
    """Return the regular expression that matches a text: Arrow's know no escaped blanks."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


@dataclass(frozen=True)
class Literal:
    """Text that stands in all values."""

    text: str

    @property
    def bases(self) -> tuple[int, ...]:
        """No positions that vary."""
        return ()

    @property
    def expression(self) -> str:
        """The regular expression that it matches."""
        return escape(self.text)


@dataclass(frozen=True)
class Alternation:
    """One of a few texts, in the order in which the pattern lists them."""

    values: tuple[str, ...]

    @property
    def bases(self) -> tuple[int, ...]:
        """How many values it takes, as one position."""
        return (len(self.values),)

    @property
    def expression(self) -> str:
        """The regular expression that matches its values alone."""
        return "|".join(map(escape, self.values))

    def read(self, texts: pa.Array) -> tuple[list[Integers], Mask]:
        """Return the index of each text, in a list, and whether it is one of the values; (n,)."""
        indices = pc.index_in(texts, pa.array(self.values, texts.type))
        found = np.asarray(pc.fill_null(indices, -1)).astype(np.int64)
        return [np.maximum(found, 0)], found >= 0

    def write(self, *indices: Integers) -> Objects:
        """Return values by index; (n,) -> (n,)."""
        return np.asarray(np.array(self.values, object)[indices[0]])


@dataclass(frozen=True)
class Number:
    """A whole number within bounds, with zeros in front up to a width.

    Attributes:
        low: The least it can be.
        high: The largest; None: it goes on counting.
        width: Characters it has at the least.
    """

    low: int
    high: int | None = None
    width: int = 1

    @property
    def last(self) -> int:
        """The largest it can be."""
        return MAX_NUMBER if self.high is None else self.high

    @property
    def bases(self) -> tuple[int, ...]:
        """How many numbers there are, as one position."""
        return (self.last - self.low + 1,)

    @property
    def expression(self) -> str:
        """The regular expression that matches numbers of its width, within the bounds or not."""
        low, high = (max(self.width, len(str(end))) for end in (self.low, self.last))
        if low == high:
            return f"[0-9]{{{low}}}"
        longer = f"[1-9][0-9]{{{self.width},{high - 1}}}"
        return f"[0-9]{{{self.width}}}|{longer}"

    def read(self, texts: pa.Array) -> tuple[list[Integers], Mask]:
        """Return how far each number lies above the lowest, in a list, and whether in bounds."""
        numbers = np.asarray(pc.cast(texts, pa.int64())).astype(np.int64)
        inside = (numbers >= self.low) & (numbers <= self.last)
        return [np.where(inside, numbers - self.low, 0)], inside

    def write(self, *indices: Integers) -> Objects:
        """Return numbers as text, by how far they lie above the lowest; (n,) -> (n,)."""
        numbers = pc.cast(pa.array(indices[0] + self.low, pa.int64()), pa.string())
        padded = pc.utf8_lpad(numbers, self.width, "0")
        return np.asarray(padded.to_numpy(zero_copy_only=False), object)


@dataclass(frozen=True)
class Characters:
    """Characters, each of an alphabet of its position."""

    alphabets: tuple[str, ...]

    @property
    def bases(self) -> tuple[int, ...]:
        """How many characters there are at each position."""
        return tuple(map(len, self.alphabets))

    @property
    def expression(self) -> str:
        """The regular expression that matches them."""
        return "".join(f"[{escape(alphabet)}]" for alphabet in self.alphabets)

    def read(self, texts: pa.Array) -> tuple[list[Integers], Mask]:
        """Return the index of each character in its alphabet, position by position; (n,) each."""
        codes = _code_points(texts, len(self.alphabets))
        indices, inside = [], np.ones(len(codes), bool)
        for position, alphabet in enumerate(self.alphabets):
            letters = np.array(list(map(ord, alphabet)), np.uint32)
            table = np.full(max(letters.max(), codes[:, position].max(initial=0)) + 1, -1, np.int64)
            table[letters] = np.arange(len(letters))
            index = table[codes[:, position]]
            inside &= index >= 0
            indices.append(np.maximum(index, 0))
        return indices, inside

    def write(self, *indices: Integers) -> Objects:
        """Return texts by the index of each character in its alphabet; (n,) each -> (n,)."""
        codes = np.empty((len(indices[0]), len(self.alphabets)), np.uint32)
        for position, alphabet in enumerate(self.alphabets):
            codes[:, position] = np.array(list(map(ord, alphabet)), np.uint32)[indices[position]]
        return np.asarray(codes.view(f"<U{len(self.alphabets)}")[:, 0], object)


@dataclass(frozen=True)
class CheckDigits:
    """Digits that follow from the rest of the text, by a rule of `CHECK_RULES`."""

    rule: str

    @property
    def bases(self) -> tuple[int, ...]:
        """No positions that vary."""
        return ()

    @property
    def expression(self) -> str:
        """The regular expression that they match."""
        width = CHECK_RULES[self.rule].width
        return "[0-9X]" if CHECK_RULES[self.rule].modulus == 11 else f"[0-9]{{{width}}}"

    @cached_property
    def zeros(self) -> str:
        """What stands in their place while they are worked out."""
        return "0" * CHECK_RULES[self.rule].width


def _code_points(texts: pa.Array, width: int) -> Codes:
    """Return the characters of texts of one width; (n,) -> (n, width)."""
    sizes = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, sizes)[texts.offset :][[0, len(texts)]] if len(texts) else [0, 0]
    if data is not None and ends[1] - ends[0] == len(texts) * width:  # a byte a character
        letters = np.frombuffer(data, np.uint8)[ends[0] : ends[1]]
        return letters.reshape(len(texts), width).astype(np.uint32)
    plain = np.asarray(texts.to_numpy(zero_copy_only=False), f"<U{width}")
    return np.ascontiguousarray(plain).view(np.uint32).reshape(len(plain), width)


def part_lengths(part: "Part") -> tuple[int, int]:
    """Return how many characters the texts of a part have, the fewest and the most.

    >>> part_lengths(Number(0, 255))
    (1, 3)
    """
    if isinstance(part, Alternation):
        lengths = [len(value) for value in part.values]
        return min(lengths), max(lengths)
    if isinstance(part, Number):
        low, high = (max(part.width, len(str(end))) for end in (part.low, part.last))
        return low, high
    if isinstance(part, Characters):
        return len(part.alphabets), len(part.alphabets)
    width = len(part.text if isinstance(part, Literal) else part.zeros)
    return width, width


Part = Literal | Alternation | Number | Characters | CheckDigits
Varying = Alternation | Number | Characters
