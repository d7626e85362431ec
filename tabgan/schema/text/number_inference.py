"""Which way of writing numbers with units the text of a column follows, if any.

A text is a sign, a unit before, digits, a unit behind. Texts of one unit have one format; a few
units, such as EUR and USD, have one each. Formats are only inferred if they write every text back
as it came.

Digits that read in two ways, `1,234` or `1.234`, have groups of three rather than decimals if
- one of them has two groups, or none of them has other than three digits behind the mark while
  others, below 1000, have no mark at all;
- all have the mark and three digits behind it, and it is a comma, or there is a currency.
They have decimals if any begins with `0,` or `0.`, and where none of this is so.

>>> infer_number_formats(pa.array(["1.234,50 €", "-7,00 €"])).text
'#.##0,00 €'
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.arrays import Integers
from tabgan.schema.text.number_format import Affixes, NumberFormat, NumberFormats
from tabgan.schema.text.numeral import BLANKS, NUMERAL, Numeral
from tabgan.schema.text.numeral_inference import infer_numeral, split_by_decimals
from tabgan.schema.text.units import are_codes, is_currency, is_unit

MAX_UNITS = 20  # that one column has
MIN_TEXTS_PER_UNIT = 4  # where there are more than two
MAX_RARE_SHARE = 0.02  # of the rows may have a unit that is in one row only
MAX_SURROUNDINGS = 4 * MAX_UNITS  # units with and without signs
_HEAD = 200  # texts that are tried before all are
_SPLIT = f"^(?P<before>[^0-9]*)(?P<digits>{NUMERAL})(?P<behind>.*)$"
_MINUS = "\u2212\u2013-"
_SIGN_BEFORE = re.compile(rf"[+({_MINUS}][{BLANKS}]*")
_SIGN_BEHIND = re.compile(rf"[{BLANKS}]*[{_MINUS}]$")
_CLOSING = re.compile(rf"[{BLANKS}]*\)")


@dataclass(frozen=True)
class _Surrounding:
    """What stands around the digits of some texts.

    Attributes:
        affixes: As it stands there.
        unit: The same without a sign.
        sign: "+", "-" or blank text.
        texts: Indices of the distinct texts that have it; (n_here,).
        rows: That have one of these texts.
    """

    affixes: Affixes
    unit: Affixes
    sign: str
    texts: Integers
    rows: int

    @property
    def name(self) -> Affixes:
        """The unit without blanks around."""
        return Affixes(self.unit.before.strip(BLANKS), self.unit.behind.strip(BLANKS))


@dataclass(frozen=True)
class _Texts:
    """Distinct texts, the digits within each, and the rows that have it; shape (n_texts,)."""

    texts: pa.Array
    digits: pa.Array
    rows: Integers


def infer_number_formats(values: pa.Array) -> NumberFormats | None:
    """Return the formats in which all text is numbers, or None; gaps are skipped.

    Args:
        values: Shape (n,).
    """
    present = pc.drop_null(values)
    if len(present) == 0 or not _read(present.slice(0, _HEAD)):
        return None
    counted = pc.value_counts(present)
    texts, rows = counted.field("values"), np.asarray(counted.field("counts"))
    surroundings = _read(texts, rows)
    if not surroundings or not _are_few(surroundings, len(present), len(texts)):
        return None
    digits = pc.struct_field(pc.extract_regex(texts, _SPLIT), [1])
    variants = _infer_variants(list(_iter_units(surroundings, digits)), digits)
    formats = NumberFormats(tuple(variants))
    return formats if variants and formats.round_trips(texts) else None


def _read(texts: pa.Array, rows: Integers | None = None) -> list[_Surrounding]:
    """Return what stands around the digits of texts, most rows first; none if they are no numbers.

    Args:
        texts: Shape (n_texts,).
        rows: How many have each; one if left out; (n_texts,).
    """
    groups = pc.extract_regex(texts, _SPLIT)
    if groups.null_count:
        return []
    before, behind = (pc.struct_field(groups, [index]) for index in (0, 2))
    joint = pa.scalar("\0", before.type)
    codes, pairs = pd.factorize(np.array(pc.binary_join_element_wise(before, behind, joint)))
    if len(pairs) > MAX_SURROUNDINGS:
        return []
    sums = np.bincount(codes, weights=rows, minlength=len(pairs)).astype(int)
    order = np.argsort(-sums, kind="stable").tolist()
    found = []
    for index in order:
        affixes = Affixes(*pairs[index].split("\0", 1))
        told = _tell_sign(affixes)
        if told is None:
            return []
        found.append(_Surrounding(affixes, *told, np.flatnonzero(codes == index), int(sums[index])))
    return found


def _tell_sign(affixes: Affixes) -> tuple[Affixes, str] | None:
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
    elif _SIGN_BEHIND.search(behind):
        sign, behind = "-", _SIGN_BEHIND.sub("", behind)
    name = before.strip(BLANKS)
    is_known = (not name or is_currency(name)) and is_unit(behind)
    return (Affixes(before, behind), sign) if is_known else None


def _are_few(surroundings: list[_Surrounding], n_rows: int, n_texts: int) -> bool:
    """Return whether the units are few enough to be learned as categories, and make no codes."""
    rows: dict[Affixes, int] = defaultdict(int)
    for each in surroundings:
        rows[each.name] += each.rows
    rare = sum(count for count in rows.values() if count == 1 and count < n_rows / 100)
    return (
        len(rows) <= MAX_UNITS
        and (len(rows) <= 2 or len(rows) * MIN_TEXTS_PER_UNIT <= n_texts)
        and rare <= MAX_RARE_SHARE * n_rows
        and not are_codes({each.unit.behind for each in surroundings})
    )


def _iter_units(surroundings: list[_Surrounding], digits: pa.Array) -> Iterator[list[_Surrounding]]:
    """Yield the surroundings that one format has: with and without sign, of one unit."""
    by_name: dict[Affixes, list[_Surrounding]] = defaultdict(list)
    for each in surroundings:
        by_name[each.name].append(each)
    for same in by_name.values():
        waiting = same
        while waiting:
            taken: dict[str, _Surrounding] = {}
            unit = waiting[0].unit if len({each.sign for each in same}) < len(same) else None
            for each in waiting:
                if unit in (None, each.unit) and _agrees(each, taken, digits):
                    taken.setdefault(each.sign, each)
            yield list(taken.values())
            waiting = [each for each in waiting if each not in taken.values()]


def _agrees(each: _Surrounding, taken: Mapping[str, _Surrounding], digits: pa.Array) -> bool:
    """Return whether positive numbers have a plus in front in all texts or in none, but zeros."""
    if each.sign == "-" or each.sign in taken:
        return each.sign not in taken
    other = taken.get("" if each.sign == "+" else "+")
    plain = each if each.sign == "" else other
    return other is None or plain is None or _are_zeros(digits.take(pa.array(plain.texts)))


def _are_zeros(digits: pa.Array) -> bool:
    return not pc.any(pc.match_substring_regex(digits, "[1-9]")).as_py()


def _infer_variants(units: list[list[_Surrounding]], digits: pa.Array) -> list[NumberFormat]:
    """Return the formats of units, numerals alike if possible; none if there are no such formats.

    Where some have zeros at the end that others lack, each number of decimals has a format.
    """
    names = [f"{part[0].name.before}{part[0].name.behind}" for part in units]
    is_currency_ = all(name and (is_currency(name[:1]) or is_currency(name)) for name in names)
    shared = infer_numeral(digits, is_currency=is_currency_)
    if shared is not None:
        return [_format(part, shared) for part in units]
    formats = []
    for part in units:
        own = digits.take(pa.array(np.concatenate([each.texts for each in part])))
        numeral = infer_numeral(own, is_currency=is_currency_)
        numerals = [numeral] if numeral else split_by_decimals(own, is_currency=is_currency_)
        if not numerals:
            return []
        formats += [_format(part, each) for each in numerals]
    return formats if len(formats) <= MAX_UNITS else []


def _format(part: list[_Surrounding], numeral: Numeral) -> NumberFormat:
    by_sign = {each.sign: each for each in part}
    first = by_sign.get("+") or by_sign.get("")
    positive = part[0].unit if first is None else first.affixes
    plain = NumberFormat.with_unit(numeral, positive.before, positive.behind)
    negative = by_sign["-"].affixes if "-" in by_sign else plain.negative
    zero = by_sign[""].affixes if "+" in by_sign and "" in by_sign else positive
    return NumberFormat(numeral, positive, negative, zero)
