"""Plain numbers in text, as Python writes them: `29.85`, `1e-3`, `1,234.50`.

Their formats are `.2f`, `,.2f`, `.2e`, `repr` (some decimals always) and None (the shortest).

>>> parse_plain_numbers(pa.array(["29.85", None])).tolist()
[29.85, nan]
"""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.arrays import Floats

HEAD = 200  # values that are tried before all are
_NUMBER = r"^\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?\s*$"
_GROUPED = r"^\s*[+-]?[0-9]{1,3}(?:,[0-9]{3})*(?:\.[0-9]+)?\s*$"  # 1,234,567.89
_SCIENTIFIC = re.compile(r"-?[0-9]\.([0-9]+)([eE])[+-][0-9]{2}")
_CODE = r"^\s*[+-]?(?:0[0-9]|[0-9]{16})"  # 00501 is a code, and 16 digits are more than float64 has
_PHONE_NUMBER = r"^\+[1-9][0-9]{7,14}$"


def are_numbers(values: pa.Array) -> bool:
    """Return whether all text that is present reads as numbers and none as a code such as 00501."""
    present = pc.drop_null(values)
    if len(present) == 0:
        return False
    if _is_grouped(present):
        return True
    head = present.slice(0, HEAD)  # most columns of words end here
    return all(
        pc.all(pc.match_substring_regex(texts, _NUMBER)).as_py()
        and not pc.any(pc.match_substring_regex(texts, _CODE)).as_py()
        for texts in (head, present)
    )


def are_phone_numbers(values: pa.Array) -> bool:
    """Return whether all text that is present is a plus and 8 to 15 digits.

    >>> are_phone_numbers(pa.array(["+4930901820", "+12025550143", None]))
    True
    """
    present = pc.drop_null(values)
    return len(present) > 0 and all(
        pc.all(pc.match_substring_regex(texts, _PHONE_NUMBER)).as_py()
        for texts in (present.slice(0, HEAD), present)
    )


def _is_grouped(present: pa.Array) -> bool:
    """Return whether numbers, gaps left out, have commas between thousands, all alike."""
    if not pc.any(pc.match_substring(present.slice(0, HEAD), ",")).as_py():
        return False
    if not pc.all(pc.match_substring_regex(present, _GROUPED)).as_py():
        return False
    return _count_decimals(present) is not None


def _count_decimals(present: pa.Array) -> int | None:
    """Return how many decimals every text has; None if they have different numbers of them."""
    trimmed = pc.utf8_trim_whitespace(present)
    point = pc.find_substring(trimmed, ".")
    behind = pc.subtract(pc.subtract(pc.utf8_length(trimmed), point), 1)
    ends = pc.min_max(pc.if_else(pc.equal(point, -1), 0, behind)).as_py()
    return ends["min"] if ends["min"] == ends["max"] else None


def parse_plain_numbers(values: pa.Array) -> Floats:
    """Return text of shape (n,) as float64, NaN where it is missing.

    Raises:
        ValueError: A text is no number; it is what the message consists of.
    """
    if _is_grouped(pc.drop_null(values)):
        values = pc.replace_substring(values, ",", "")
    wrong = pc.invert(pc.match_substring_regex(values, _NUMBER))
    if pc.any(wrong).as_py():
        raise ValueError(repr(pc.filter(values, wrong)[0].as_py()))
    stripped = pc.utf8_ltrim(pc.utf8_trim_whitespace(values), "+")
    return np.array(pc.cast(stripped, pa.float64()), dtype=np.float64)


def detect_number_format(values: pa.Array) -> str | None:
    """Return `.2f` where all text has two decimals, `repr` where all has some, else None.

    With commas between thousands it is `,.2f`, or `,.0f` for whole numbers.
    """
    if _is_grouped(pc.drop_null(values)):
        return f",.{_count_decimals(pc.drop_null(values))}f"
    present = pc.utf8_trim_whitespace(pc.drop_null(values))
    if pc.any(pc.match_substring_regex(present, "[eE]")).as_py():
        return _detect_scientific_format(present)
    point = pc.find_substring(present, ".")
    if len(present) == 0 or pc.any(pc.equal(point, -1)).as_py():
        return None
    decimals = pc.min_max(pc.subtract(pc.subtract(pc.utf8_length(present), point), 1)).as_py()
    if decimals["min"] == 0:
        return None
    return f".{decimals['min']}f" if decimals["min"] == decimals["max"] else "repr"


def _detect_scientific_format(present: pa.Array) -> str | None:
    """Return `.2e` where all text has two decimals and an exponent of two digits, else None."""
    match = _SCIENTIFIC.fullmatch(present[0].as_py())
    if match is None:
        return None
    same = rf"^-?[0-9]\.[0-9]{{{len(match[1])}}}{match[2]}[+-][0-9]{{2}}$"
    if not pc.all(pc.match_substring_regex(present, same)).as_py():
        return None
    return f".{len(match[1])}{match[2]}"


def write_plain_number(style: str | None, number: float) -> str:
    """Write one number in one of the formats."""
    if style is not None and style.startswith((".", ",")):
        return f"{number:{style}}"
    return repr(number) if style else repr(number).removesuffix(".0")
