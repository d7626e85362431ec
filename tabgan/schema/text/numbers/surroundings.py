"""What stands around the digits of numbers in text: a sign, and a unit before or behind.

>>> [(each.unit.before, each.sign) for each in read_surroundings(pa.array(["-$5", "$7"])).found]
[('$', '-'), ('$', '')]
"""

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.arrays import Indices, Integers
from tabgan.schema.text.numbers.number_format import Affixes
from tabgan.schema.text.numbers.numeral import BLANKS, NUMERAL
from tabgan.schema.text.numbers.units import is_currency, is_rate, is_unit

MAX_SURROUNDINGS = 100  # of one column: units with and without signs, and some that are none
_SPLIT = f"^(?P<before>[^0-9]*)(?P<digits>{NUMERAL})(?P<behind>.*)$"
_MINUS = "\u2212\u2013-"
_SIGN_BEFORE = re.compile(rf"[+({_MINUS}][{BLANKS}]*")
_SIGN_BEHIND = re.compile(rf"[{BLANKS}]*[{_MINUS}]$")
_CLOSING = re.compile(rf"[{BLANKS}]*\)")


@dataclass(frozen=True)
class Surrounding:
    """What stands around the digits of some texts.

    Attributes:
        affixes: As it stands there.
        unit: The same without a sign.
        sign: "+", "-" or blank text.
        texts: Indices of the texts that have it; (n_here,).
        rows: That have one of these texts.
    """

    affixes: Affixes
    unit: Affixes
    sign: str
    texts: Indices
    rows: int

    @property
    def name(self) -> Affixes:
        """The unit without blanks around."""
        return Affixes(self.unit.before.strip(BLANKS), self.unit.behind.strip(BLANKS))


@dataclass(frozen=True)
class Surroundings:
    """All there are in a column.

    Attributes:
        found: Those of numbers, most rows first.
        others: Indices of the texts that are no numbers; (n_others,).
    """

    found: list[Surrounding]
    others: Indices


def digits_of(texts: pa.Array) -> pa.Array:
    """Return the digits of each text, shape (n,), with marks between them; gaps where none are."""
    return pc.struct_field(pc.extract_regex(texts, _SPLIT), [1])


def read_surroundings(texts: pa.Array, rows: Integers | None = None) -> Surroundings | None:
    """Return what stands around the digits of texts; None if that is of too many kinds.

    Args:
        texts: Shape (n_texts,), none missing.
        rows: How many have each; one if left out; (n_texts,).
    """
    groups = pc.extract_regex(texts, _SPLIT)
    parts = [pc.fill_null(pc.struct_field(groups, [index]), "\0") for index in (0, 2)]
    joint = pa.scalar("\0", parts[0].type)
    encoded = pc.dictionary_encode(pc.binary_join_element_wise(*parts, joint))
    codes, pairs = np.asarray(encoded.indices), encoded.dictionary.to_pylist()
    if len(pairs) > MAX_SURROUNDINGS:
        return None
    sums = np.bincount(codes, weights=rows, minlength=len(pairs)).astype(int)
    found, others = [], []
    for index in np.argsort(-sums, kind="stable").tolist():
        here, affixes = np.flatnonzero(codes == index), Affixes(*pairs[index].split("\0", 1))
        told = tell_sign(affixes)
        if told is None:
            others.append(here)
        else:
            found.append(Surrounding(affixes, *told, here, int(sums[index])))
    return Surroundings(found, np.sort(np.concatenate([np.zeros(0, np.int64), *others])))


def tell_sign(affixes: Affixes) -> tuple[Affixes, str] | None:
    """Return the unit without its sign, and the sign; None if it is no unit."""
    before, behind, sign = affixes.before, affixes.behind, ""
    found = _SIGN_BEFORE.search(before)
    if found is not None:
        sign = "+" if found[0][0] == "+" else "-"
        before = before[: found.start()] + before[found.end() :]
        if found[0][0] == "(":
            behind, closed = _CLOSING.subn("", behind, count=1)
            if not closed:
                return None
    elif _SIGN_BEHIND.search(behind) and not is_rate(behind):
        sign, behind = "-", _SIGN_BEHIND.sub("", behind)
    name = before.strip(BLANKS)
    is_money = is_currency(name)
    is_known = ((not name or is_money) and is_unit(behind)) or (is_money and is_rate(behind))
    return (Affixes(before, behind), sign) if is_known else None
