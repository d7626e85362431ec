"""Which marks group the digits of numbers in text, and which one stands before decimals.

>>> infer_numeral(pa.array(["1.234,50", "7,00"])).text
'#.##0,00'
"""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.arrays import Integers
from tabgan.schema.text.numbers.numeral import BLANKS, DECIMAL_MARKS, GROUPING_MARKS, Numeral

MIN_CODES = 10  # texts with equally many digits, as telephone numbers have
MIN_CODE_DIGITS = 7
MAX_DECIMAL_COUNTS = 4  # different numbers of decimals that have a format each
_LONG = "^[0-9]{16}"  # has no float64 of its own, as it may be a code
_BYTE = "(?:1?[0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])"
_ADDRESS = rf"{_BYTE}(?:\.{_BYTE}){{3}}"


def infer_numeral(numerals: pa.Array, *, is_currency: bool = False) -> Numeral | None:
    """Return how all digits are written, or None: in several ways, or they are codes.

    Args:
        numerals: Digits with marks between them; shape (n,), none missing.
        is_currency: Whether they are amounts of money.
    """
    marks = _infer_marks(numerals, is_currency)
    return (
        None if marks is None else _with_decimals(marks, count_decimals(numerals, marks), numerals)
    )


def split_by_decimals(numerals: pa.Array, *, is_currency: bool = False) -> list[Numeral]:
    """Return one numeral for each number of decimals there is; none if there are too many."""
    marks = _infer_marks(numerals, is_currency)
    if marks is None:
        return []
    counts = count_decimals(numerals, marks)
    distinct = np.unique(counts).tolist()
    if len(distinct) > MAX_DECIMAL_COUNTS:
        return []
    return [replace(marks, decimals=count) for count in distinct]


def count_decimals(numerals: pa.Array, marks: Numeral) -> Integers:
    """Return how many digits stand behind each decimal mark; shape (n,)."""
    place = np.asarray(pc.find_substring(numerals, marks.decimal)).astype(np.int64)
    ends = np.asarray(pc.binary_length(numerals)).astype(np.int64)  # in bytes, as `place` is
    return np.where(place < 0, 0, ends - place - 1)


def _infer_marks(numerals: pa.Array, is_currency: bool) -> Numeral | None:
    """Return the marks, with decimals left open; None if no marks fit all, or they are codes."""
    used = [mark for mark in GROUPING_MARKS if pc.any(pc.match_substring(numerals, mark)).as_py()]
    if len(used) > 2 or _any_matches(numerals, _LONG):
        return None
    fitting = [each for each in _candidates(used) if _all_match(numerals, each.exact_pattern)]
    if len(fitting) > 1:
        fitting = [_choose(fitting, numerals, is_currency)]
    if not fitting or _are_codes(numerals, fitting[0], is_currency):
        return None
    return fitting[0]


def _candidates(used: list[str]) -> list[Numeral]:
    """Return the numerals in which just these marks occur, western groups before Indian ones."""
    if not used:
        return [Numeral()]
    found = []
    for grouping in used:
        rest = [mark for mark in used if mark != grouping]
        decimal = rest[0] if rest else ("," if grouping == "." else ".")
        if decimal in DECIMAL_MARKS:
            found += [Numeral(grouping, decimal=decimal), Numeral(grouping, True, decimal)]
    if len(used) == 1 and used[0] in DECIMAL_MARKS:
        found.append(Numeral(decimal=used[0]))
    return found


def _choose(fitting: list[Numeral], numerals: pa.Array, is_currency: bool) -> Numeral:
    """Return the likelier of several that fit: see `number_inference`."""
    grouped, plain = fitting[0], [each for each in fitting if not each.grouping]
    if not grouped.grouping or not plain:
        return grouped
    decimals = count_decimals(numerals, plain[0])
    if not np.isin(decimals, [0, 3]).all():
        return plain[0]
    is_mixed = bool((decimals == 0).any())
    return grouped if is_mixed or grouped.grouping == "," or is_currency else plain[0]


def _are_codes(numerals: pa.Array, marks: Numeral, is_currency: bool) -> bool:
    """Return whether grouped digits are telephone numbers or internet addresses."""
    if not marks.grouping or is_currency:
        return False
    if marks.grouping == "." and _all_match(numerals, _ADDRESS):
        return True
    if marks.grouping not in f"{BLANKS}." or len(numerals) < MIN_CODES:
        return False
    ends = pc.min_max(pc.utf8_length(pc.replace_substring(numerals, marks.grouping, ""))).as_py()
    return bool(ends["min"] == ends["max"] and ends["min"] >= MIN_CODE_DIGITS)


def _with_decimals(marks: Numeral, counts: Integers, numerals: pa.Array) -> Numeral | None:
    """Return the numeral with its decimals; None if some end in zeros that others lack."""
    least, most = int(counts.min()), int(counts.max())
    if least == most:
        return replace(marks, decimals=least)
    ends_in_zero = np.asarray(pc.ends_with(numerals, "0"))
    if (ends_in_zero & (counts > least)).any():
        return None
    return replace(marks, decimals=least, varies=True)


def _all_match(texts: pa.Array, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(texts, f"^(?:{pattern})$")).as_py())


def _any_matches(texts: pa.Array, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(texts, pattern)).as_py())
