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

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.arrays import Integers
from tabgan.schema.text.numbers.number_format import Affixes, NumberFormat, NumberFormats
from tabgan.schema.text.numbers.numeral import Numeral
from tabgan.schema.text.numbers.numeral_inference import infer_numeral, split_by_decimals
from tabgan.schema.text.numbers.surroundings import (
    Surrounding,
    Surroundings,
    digits_of,
    read_surroundings,
)
from tabgan.schema.text.numbers.units import are_codes, is_currency

MAX_UNITS = 20  # that one column has
MIN_TEXTS_PER_UNIT = 4  # where there are more than two
MAX_RARE_SHARE = 0.02  # of the rows may have a unit that is in one row only
MAX_OTHERS, MAX_OTHER_SHARE = 5, 0.02  # texts that are none, of the rows and of distinct texts
HEAD = 200  # texts that are tried before all are


@dataclass(frozen=True)
class NumberReading:
    """How the text of a column is read as numbers.

    Attributes:
        formats: That it is written in.
        others: A few texts that are no numbers, most frequent first.
    """

    formats: NumberFormats
    others: tuple[str, ...] = ()


def infer_number_formats(values: pa.Array) -> NumberFormats | None:
    """Return the formats in which all text is numbers, or None; gaps are skipped.

    Args:
        values: Shape (n,).
    """
    reading = read_as_numbers(values)
    return None if reading is None or reading.others else reading.formats


def read_as_numbers(values: pa.Array) -> NumberReading | None:
    """Return the formats in which text is numbers, but for a few texts in 2 % of the rows, or None.

    Args:
        values: Shape (n,); gaps are skipped.
    """
    present = pc.drop_null(values)
    head = read_surroundings(present.slice(0, HEAD)) if len(present) else None
    if head is None or len(head.others) > MAX_OTHERS * max(1, len(present) // HEAD):
        return None
    counted = pc.value_counts(present)
    texts, rows = counted.field("values"), np.asarray(counted.field("counts"))
    surroundings = read_surroundings(texts, rows)
    if surroundings is None:
        return None
    surroundings = _set_aside(surroundings, len(present))
    if not _are_few(surroundings, rows):
        return None
    digits = digits_of(texts)
    variants = _infer_variants(list(_iter_units(surroundings.found, digits)), digits)
    formats, others = NumberFormats(tuple(variants)), surroundings.others
    numbers = texts.take(pa.array(np.setdiff1d(np.arange(len(texts)), others)))
    if not variants or not formats.round_trips(numbers):
        return None
    if len(others) and any(each.unit is None for each in formats.variants):
        return None  # plain digits beside other texts are codes
    order = others[np.argsort(-rows[others], kind="stable")]
    return NumberReading(formats, tuple(texts.take(pa.array(order)).to_pylist()))


def _set_aside(surroundings: Surroundings, n_rows: int) -> Surroundings:
    """Return them with rare ones that have digits, as in `2 to 3 km`, among those of no numbers."""
    found: list[Surrounding] = []
    rare: list[Surrounding] = []
    for each in surroundings.found:
        has_digits = any(map(str.isdigit, each.unit.behind))
        is_rare = has_digits and each.rows <= MAX_OTHER_SHARE * n_rows
        (rare if is_rare else found).append(each)
    others = np.concatenate([surroundings.others, *(each.texts for each in rare)])
    return Surroundings(found, np.sort(others))


def _are_few(surroundings: Surroundings, rows: Integers) -> bool:
    """Return whether the units are few enough to be learned as categories, and make no codes."""
    of_unit: dict[Affixes, int] = defaultdict(int)
    for each in surroundings.found:
        of_unit[each.name] += each.rows
    n_rows, n_texts, others = int(rows.sum()), len(rows), surroundings.others
    rare = sum(count for count in of_unit.values() if count == 1 and count < n_rows / 100)
    return (
        0 < len(of_unit) <= MAX_UNITS
        and (len(of_unit) <= 2 or len(of_unit) * MIN_TEXTS_PER_UNIT <= n_texts)
        and rare <= MAX_RARE_SHARE * n_rows
        and not are_codes({each.unit.behind for each in surroundings.found})
        and len(others) <= min(MAX_OTHERS, MAX_OTHER_SHARE * n_texts)
        and rows[others].sum() <= MAX_OTHER_SHARE * n_rows
    )


def _iter_units(surroundings: list[Surrounding], digits: pa.Array) -> Iterator[list[Surrounding]]:
    """Yield the surroundings that one format has: with and without sign, of one unit."""
    by_name: dict[Affixes, list[Surrounding]] = defaultdict(list)
    for each in surroundings:
        by_name[each.name].append(each)
    for same in by_name.values():
        waiting = same
        while waiting:
            taken: dict[str, Surrounding] = {}
            unit = waiting[0].unit if len({each.sign for each in same}) < len(same) else None
            for each in waiting:
                if unit in (None, each.unit) and _agrees(each, taken, digits):
                    taken.setdefault(each.sign, each)
            yield list(taken.values())
            waiting = [each for each in waiting if each not in taken.values()]


def _agrees(each: Surrounding, taken: Mapping[str, Surrounding], digits: pa.Array) -> bool:
    """Return whether positive numbers have a plus in front in all texts or in none, but zeros."""
    if each.sign == "-" or each.sign in taken:
        return each.sign not in taken
    other = taken.get("" if each.sign == "+" else "+")
    plain = each if each.sign == "" else other
    return other is None or plain is None or _are_zeros(digits.take(pa.array(plain.texts)))


def _are_zeros(digits: pa.Array) -> bool:
    return not pc.any(pc.match_substring_regex(digits, "[1-9]")).as_py()


def _infer_variants(units: list[list[Surrounding]], digits: pa.Array) -> list[NumberFormat]:
    """Return the formats of units, numerals alike if possible; none if there are no such formats.

    Where some have zeros at the end that others lack, each number of decimals has a format.
    """
    names = [f"{part[0].name.before}{part[0].name.behind}" for part in units]
    is_currency_ = all(name and (is_currency(name[:1]) or is_currency(name)) for name in names)
    all_texts = np.concatenate([each.texts for part in units for each in part])
    shared = infer_numeral(digits.take(pa.array(all_texts)), is_currency=is_currency_)
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


def _format(part: list[Surrounding], numeral: Numeral) -> NumberFormat:
    by_sign = {each.sign: each for each in part}
    first = by_sign.get("+") or by_sign.get("")
    positive = part[0].unit if first is None else first.affixes
    plain = NumberFormat.with_unit(numeral, positive.before, positive.behind)
    negative = by_sign["-"].affixes if "-" in by_sign else plain.negative
    zero = by_sign[""].affixes if "+" in by_sign and "" in by_sign else positive
    return NumberFormat(numeral, positive, negative, zero)
