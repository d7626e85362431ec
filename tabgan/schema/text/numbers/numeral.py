"""The digits of a number in text, without sign and unit: `1,234.50`, `1.234,5`, `1,39,900`.

>>> Numeral(",", decimals=2).text, Numeral(",", decimals=2).write(1234.5)
('#,##0.00', '1,234.50')
"""

import re
from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.arrays import Floats

BLANKS = " \u00a0\u202f\u2009\u2007"  # plain, no-break, narrow no-break, thin, as wide as a digit
GROUPING_MARKS = ",.'\u2019" + BLANKS
DECIMAL_MARKS = ".,"
_MARKS = "".join(f"\\{mark}" if mark in ".'" else mark for mark in GROUPING_MARKS)
NUMERAL = f"[0-9]+(?:[{_MARKS}][0-9]+)*"  # digits with single marks between them
_TEXT = re.compile(
    rf"(?:#(?P<grouping>[{_MARKS}])(?P<indian>##(?P=grouping))?##0|0)"
    r"(?:(?P<decimal>[.,])(?P<zeros>0*)(?P<more>#*)(?<=[0#]))?"
)


def escape(text: str) -> str:
    """Return the pattern of a text, for Python's expressions and for Arrow's alike."""
    return re.sub(r"([!-/:-@\[-^`{-~])", r"\\\1", text)


@dataclass(frozen=True)
class Numeral:
    """How digits are grouped and where decimals begin.

    Attributes:
        grouping: The mark between groups of digits; blank text where there are none.
        is_indian: Whether groups have two digits but for the last one, as in `1,39,900`.
        decimal: The mark before decimals.
        decimals: How many there are, at least.
        varies: Whether more follow where a number has more.
    """

    grouping: str = ""
    is_indian: bool = False
    decimal: str = "."
    decimals: int = 0
    varies: bool = False

    @property
    def text(self) -> str:
        """It as users read it: `0`, `0.00`, `#,##0.00`, `#,##,##0`; `0.#` has as many as needed."""
        mark = self.grouping
        whole = f"#{mark}{f'##{mark}' if self.is_indian else ''}##0" if mark else "0"
        decimals = "0" * self.decimals + "#" * self.varies
        return f"{whole}{self.decimal}{decimals}" if decimals else whole

    @classmethod
    def find(cls, text: str) -> "tuple[Self, slice] | None":
        """Return the first numeral that stands in a text, and where; None if there is none."""
        match = _TEXT.search(text)
        if match is None:
            return None
        grouping = match["grouping"] or ""
        decimal = match["decimal"] or ("," if grouping == "." else ".")
        if decimal == grouping:
            return None
        decimals = len(match["zeros"] or "")
        numeral = cls(grouping, match["indian"] is not None, decimal, decimals, bool(match["more"]))
        return numeral, slice(*match.span())

    @property
    def pattern(self) -> str:
        """What reads as one; decimals may be more or fewer, and groups be left out."""
        mark = escape(self.grouping)
        grouped = f"[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+|" if mark else ""
        if self.is_indian:
            grouped = f"[0-9]{{1,2}}(?:{mark}[0-9]{{2}})*{mark}[0-9]{{3}}|"
        return f"(?:{grouped}[0-9]+)(?:{escape(self.decimal)}[0-9]+)?"

    @property
    def exact_pattern(self) -> str:
        """What is written as one, but for how many decimals there are."""
        mark = escape(self.grouping)
        grouped = f"[1-9][0-9]{{0,2}}(?:{mark}[0-9]{{3}})*" if mark else "[1-9][0-9]*"
        if self.is_indian:
            grouped = f"[1-9][0-9]{{0,2}}|[1-9][0-9]?(?:{mark}[0-9]{{2}})*{mark}[0-9]{{3}}"
        return f"(?:0|{grouped})(?:{escape(self.decimal)}[0-9]+)?"

    def parse(self, numerals: pa.Array) -> Floats:
        """Return texts of `pattern` as float64 of shape (n,); NaN where missing or blank."""
        digits = pc.replace_substring(numerals, self.grouping, "") if self.grouping else numerals
        digits = pc.replace_substring(digits, self.decimal, ".")
        present = pc.if_else(pc.equal(digits, ""), pa.scalar(None, digits.type), digits)
        return np.array(pc.cast(present, pa.float64()), dtype=np.float64)

    def write(self, number: float) -> str:
        """Write a number that is no less than 0."""
        if self.varies:
            digits = np.format_float_positional(number, trim="-")
            whole, _, decimals = digits.partition(".")
            decimals = decimals.ljust(self.decimals, "0")
        else:
            whole, _, decimals = f"{number:.{self.decimals}f}".partition(".")
        if self.grouping:
            whole = self._group(whole)
        return f"{whole}{self.decimal}{decimals}" if decimals else whole

    def _group(self, digits: str) -> str:
        if not self.is_indian:
            return f"{int(digits):,}".replace(",", self.grouping)
        head, tail = digits[:-3], digits[-3:]
        first = len(head) % 2
        pairs = [head[:first]] if first else []
        pairs += [head[start : start + 2] for start in range(first, len(head), 2)]
        return self.grouping.join([*pairs, tail])
