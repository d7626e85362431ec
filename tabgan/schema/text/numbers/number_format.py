"""Numbers in text with a sign and a unit: `$1,234.50`, `(1.200) €`, `19.67 kmpl`.

A format is written as in a spreadsheet, with the marks that stand in the text: `$#,##0.00`,
`#.##0,00 €`, `₹#,##,##0`, `0.## kmpl`. A second part says how negative numbers are written, where
that is not with a minus in front of all, and a third one zeros: `#,##0;(#,##0)`, `+0;-0;0`. Several
formats of one column stand with bars between: `0.# Lakh | 0.# Crore`.

>>> format_ = NumberFormat.from_text("$#,##0.00;($#,##0.00)")
>>> format_.parse(pa.array(["$1,234.50", "($0.25)"])).tolist()
[1234.5, -0.25]
>>> format_.write(np.array([-7.0, 1e6])).tolist()
['($7.00)', '$1,000,000.00']
"""

import re
from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.arrays import Floats, Integers, Objects
from tabgan.schema.text.numbers.numeral import Numeral, escape
from tabgan.state_reader import show_value

_SIGNS = "+-\u2212\u2013()"
_OLD_STYLE = re.compile(r",?\.\d+[feE]|repr")  # of plain numbers, as Python writes them


def is_number_format(text: str | None) -> bool:
    """Return whether a column's format is one as above; plain numbers have `.2f`, `repr`, None."""
    return text is not None and not _OLD_STYLE.fullmatch(text)


@dataclass(frozen=True)
class Affixes:
    """What stands before and behind the digits, exactly."""

    before: str = ""
    behind: str = ""

    def surround(self, text: str) -> str:
        """Return a text with both around it."""
        return f"{self.before}{text}{self.behind}"


@dataclass(frozen=True)
class NumberFormat:
    """One way of writing numbers in text.

    Attributes:
        numeral: How the digits are written.
        positive: What stands around those of positive numbers.
        negative: And of negative ones.
        zero: And of zeros.
    """

    numeral: Numeral
    positive: Affixes
    negative: Affixes
    zero: Affixes

    @classmethod
    def with_unit(cls, numeral: Numeral, before: str = "", behind: str = "") -> Self:
        """Return the format whose negative numbers have a minus in front of all."""
        positive = Affixes(before, behind)
        return cls(numeral, positive, _negative_of(positive), positive)

    @property
    def unit(self) -> str | None:
        """What stands before and behind the digits, without signs and blanks; None: nothing."""
        parts = [self.positive.before.strip(_SIGNS + " "), self.positive.behind]
        return " ".join(part.strip() for part in parts if part.strip()) or None

    @property
    def text(self) -> str:
        """It as users read and edit it."""
        parts = [self.positive]
        if self.negative != _negative_of(self.positive) or self.zero != self.positive:
            parts.append(self.negative)
        if self.zero != self.positive:
            parts.append(self.zero)
        return ";".join(part.surround(self.numeral.text) for part in parts)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read what `text` wrote, perhaps edited by hand.

        Raises:
            ValueError: There are no digits in it, or it has too many parts.
        """
        sections = text.split(";")
        found = [Numeral.find(section) for section in sections]
        first = found[0]
        if first is None or None in found or len(sections) > 3:
            raise ValueError(
                f"the format {show_value(text)} is none of numbers, which are such as '#,##0.00', "
                "'0.# km' or '#.##0,00 €'"
            )
        affixes = [
            Affixes(section[: place[1].start], section[place[1].stop :])
            for section, place in zip(sections, found, strict=True)
            if place is not None
        ]
        positive, negative, zero = [*affixes, _negative_of(affixes[0]), affixes[0]][:3]
        if len(affixes) == 2:
            negative, zero = affixes[1], positive
        return cls(first[0], positive, negative, zero)

    def parse(self, values: pa.Array) -> Floats:
        """Return texts as float64 of shape (n,); NaN where missing, or written otherwise."""
        parts = {"n": self.negative, "p": self.positive, "z": self.zero}
        if self.zero == self.positive:
            del parts["z"]
        digits = self.numeral.pattern
        options = "|".join(
            f"{escape(affixes.before)}(?P<{name}>{digits}){escape(affixes.behind)}"
            for name, affixes in parts.items()
        )
        groups = pc.extract_regex(values, f"^(?:{options})$")
        numerals = [pc.struct_field(groups, [index]) for index in range(len(parts))]
        joint = pa.scalar("", numerals[0].type)
        joined = pc.binary_join_element_wise(*numerals, joint)  # all but one of them are blank
        numbers = self.numeral.parse(joined)
        is_negative = np.asarray(pc.fill_null(pc.not_equal(numerals[0], ""), fill_value=False))
        return np.where(is_negative, -numbers, numbers)

    def write(self, numbers: Floats) -> Objects:
        """Write numbers of shape (n,), each distinct one once; None where they are NaN."""
        bits = np.where(np.isnan(numbers), np.nan, numbers).view(np.int64)  # -0.0 is not 0.0
        distinct, indices = np.unique(bits, return_inverse=True)
        written = [self._write_one(number) for number in distinct.view(np.float64).tolist()]
        return np.array(written, dtype=object)[indices]

    def _write_one(self, number: float) -> str | None:
        if np.isnan(number):
            return None
        digits = self.numeral.write(abs(number))
        if number == 0:
            is_negative = bool(np.signbit(number))
            return (self.negative if is_negative else self.zero).surround(digits)
        if abs(number) < 1 and not any(digit in digits for digit in "123456789"):
            return self.zero.surround(digits)
        return (self.negative if number < 0 else self.positive).surround(digits)


def _negative_of(positive: Affixes) -> Affixes:
    if "+" in positive.before:
        return Affixes(positive.before.replace("+", "-", 1), positive.behind)
    return Affixes(f"-{positive.before}", positive.behind)


@dataclass(frozen=True)
class NumberFormats:
    """All ways in which the numbers of one column are written, each with a unit of its own.

    >>> formats = NumberFormats.from_text("0.# Lakh | 0.# Crore")
    >>> variants, numbers = formats.parse(pa.array(["5.51 Lakh", "1.2 Crore"]))
    >>> variants.tolist(), numbers.tolist()
    ([0, 1], [5.51, 1.2])
    >>> formats.write(variants, numbers).tolist()
    ['5.51 Lakh', '1.2 Crore']
    """

    variants: tuple[NumberFormat, ...]

    @property
    def text(self) -> str:
        """It as users read and edit it."""
        return " | ".join(variant.text for variant in self.variants)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read what `text` wrote, perhaps edited by hand.

        Raises:
            ValueError: One of the formats has no digits in it, or too many parts.
        """
        return cls(tuple(NumberFormat.from_text(part) for part in text.split(" | ")))

    @property
    def single(self) -> NumberFormat | None:
        """The only format, if there is just one."""
        return self.variants[0] if len(self.variants) == 1 else None

    def parse(self, values: pa.Array) -> tuple[Integers, Floats]:
        """Return each text's variant, int64 of shape (n,), and its number, float64 of shape (n,).

        It is -1 and NaN where the text is missing, or written in none of them. A text that two can
        read is of the one that writes it.
        """
        if self.single is not None:
            numbers = self.single.parse(values)
            return np.where(np.isnan(numbers), -1, 0), numbers
        encoded = pc.dictionary_encode(values)
        texts = np.array(encoded.dictionary, dtype=object)
        variants = np.full(len(texts) + 1, -1, dtype=np.int64)  # the last one is that of gaps
        numbers = np.full(len(texts) + 1, np.nan)
        found = [variant.parse(encoded.dictionary) for variant in self.variants]
        n_readings = np.sum([~np.isnan(read) for read in found], axis=0)
        for is_exact in (True, False):
            for index, read in enumerate(found):
                is_here = ~np.isnan(read) & (variants[:-1] < 0)
                is_open = is_here & (n_readings > 1)
                if is_exact:
                    is_here[is_open] = self.variants[index].write(read[is_open]) == texts[is_open]
                variants[:-1][is_here], numbers[:-1][is_here] = index, read[is_here]
        rows = np.asarray(pc.fill_null(encoded.indices, -1))
        return variants[rows], numbers[rows]

    def write(self, variants: Integers, numbers: Floats) -> Objects:
        """Write numbers of shape (n,) in their variants (n,); None where they are NaN."""
        texts = np.full(len(numbers), None, dtype=object)
        for index, variant in enumerate(self.variants):
            is_here = variants == index
            texts[is_here] = variant.write(numbers[is_here])
        return texts

    def round_trips(self, texts: pa.Array) -> bool:
        """Return whether texts, of shape (n,) and none missing, are written back as they came."""
        written = self.write(*self.parse(texts))
        return bool((written == np.array(texts, dtype=object)).all())
