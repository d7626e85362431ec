"""The tokens that formats of datetimes are made of.

A format is written as for `strptime`, with these additions:

    %-d %-m %-H %-I     have no leading zero
    %3f                 a fraction of three digits
    %?f                 a point and six digits that are left out when zero
    %^b %#b             names in capital or in small letters, so %^B %#B %^a %#a %^A %#A
    %P                  a lower-case am or pm
    %o                  the ending of a day that is counted: st, nd, rd, th
    %q                  a quarter, 1 to 4; %G, %V and %u are ISO year, week and weekday
    %:z                 an offset with a colon

An offset that all values share is part of the text around.

>>> format_pattern("%YQ%q")
'^(?P<t0>[12][0-9]{3}|9999)Q(?P<t1>[1-4])$'
"""

import re
from collections.abc import Callable, Mapping
from functools import cache

from tabgan.state_reader import show_value

MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September"]
MONTHS += ["October", "November", "December"]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
CASES: Mapping[str, Callable[[str], str]] = {"": str, "^": str.upper, "#": str.lower}


def _names_by_token(letter: str, names: list[str]) -> dict[str, list[str]]:
    return {f"%{mark}{letter}": [case(name) for name in names] for mark, case in CASES.items()}


MONTH_NAMES = _names_by_token("b", [name[:3] for name in MONTHS]) | _names_by_token("B", MONTHS)
WEEKDAY_NAMES = _names_by_token("a", [name[:3] for name in WEEKDAYS])
WEEKDAY_NAMES |= _names_by_token("A", WEEKDAYS)
LIKELY_YEAR = "[12][0-9]{3}|9999"  # by which formats are found; any year is read
_PATTERNS = {
    "%Y": LIKELY_YEAR,
    "%y": "[0-9]{2}",
    "%G": "[12][0-9]{3}",
    "%q": "[1-4]",
    "%V": "0[1-9]|[1-4][0-9]|5[0-3]",
    "%u": "[1-7]",
    "%m": "0[1-9]|1[0-2]",
    "%-m": "0?[1-9]|1[0-2]",
    "%d": "0[1-9]|[12][0-9]|3[01]",
    "%-d": "0?[1-9]|[12][0-9]|3[01]",
    "%o": "st|nd|rd|th",
    "%H": "[01][0-9]|2[0-3]",
    "%-H": "[01]?[0-9]|2[0-3]",
    "%I": "0[1-9]|1[0-2]",
    "%-I": "0?[1-9]|1[0-2]",
    "%M": "[0-5][0-9]",
    "%S": "[0-5][0-9]",
    "%f": "[0-9]{1,9}",
    "%?f": "(?:\\.[0-9]{1,6})?",
    "%p": "[AP]M",
    "%P": "[ap]m",
    "%z": "[+-][0-9]{4}",
    "%:z": "[+-][0-9]{2}:[0-9]{2}",
} | {token: "|".join(names) for token, names in (MONTH_NAMES | WEEKDAY_NAMES).items()}
TOKEN = re.compile(r"%(?:[-:?^#]?[A-Za-z]|[1-9]f)")


def tokens_of(format_: str) -> list[str]:
    """Return the tokens of a format, in order.

    >>> tokens_of("%-d/%m/%Y")
    ['%-d', '%m', '%Y']
    """
    return TOKEN.findall(format_)


def is_digits_only(format_: str) -> bool:
    """Return whether all that is written in a format is digits, of which it has a fixed number."""
    return TOKEN.sub("", format_) == "" and set(tokens_of(format_)) <= {*_WIDTHS, "%3f"}


_WIDTHS = {"%Y": 4, "%y": 2, "%m": 2, "%d": 2, "%H": 2, "%M": 2, "%S": 2}


def count_digits(format_: str) -> int:
    """Return how many digits a format has that `is_digits_only`.

    >>> count_digits("%Y%m%d")
    8
    """
    return sum(_WIDTHS.get(token, 3) for token in tokens_of(format_))


@cache
def format_pattern(format_: str, strict: bool = False) -> str:
    """Return the pattern of a format, with one group named t0, t1, ... for each token.

    Unless strict, leading zeros may stand where the format would write none.

    Raises:
        ValueError: The format has a token that is not known.
    """
    pattern, end = "", 0
    for number, match in enumerate(TOKEN.finditer(format_)):
        token = match.group()
        inner = f"[0-9]{{{token[1]}}}" if token[1].isdigit() else _PATTERNS.get(token)
        if inner is None:
            raise ValueError(f"the format {show_value(format_)} has {token!r}, which is not known")
        inner = inner.replace("0?", "").replace("[01]?", "1?") if strict else inner
        pattern += _plain(format_[end : match.start()]) + f"(?P<t{number}>{inner})"
        end = match.end()
    return f"^{pattern}{_plain(format_[end:])}$"


def _plain(text: str) -> str:
    return re.sub(r"([^\w\s])", r"\\\1", text)
