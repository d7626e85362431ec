"""Datetimes written as text of a known format.

>>> moment = np.array(["2016-09-03"], "datetime64[us]")
>>> [write_datetimes(moment, style)[0].as_py() for style in ("%-d%o %^b %y", "%YQ%q", "%G-W%V-%u")]
['3rd SEP 16', '2016Q3', '2016-W35-6']
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.text.datetimes.reading import shared_offset
from tabgan.schema.text.datetimes.tokens import MONTH_NAMES, TOKEN, WEEKDAY_NAMES

_PLAIN = {  # at least so many digits of what
    "%Y": (4, "year"),
    "%q": (1, "quarter"),
    "%m": (2, "month"),
    "%-m": (1, "month"),
    "%d": (2, "day"),
    "%-d": (1, "day"),
    "%H": (2, "hour"),
    "%-H": (1, "hour"),
    "%M": (2, "minute"),
    "%S": (2, "second"),
}
_WEEK = {"%G": (4, "year"), "%V": (2, "week"), "%u": (1, "day")}


def write_datetimes(datetimes: npt.NDArray[np.datetime64], format_: str) -> pa.Array:
    """Write datetimes (datetime64[us] in UTC without NaT, (n,)) in a format, as Arrow strings.

    What is finer than what the format has is cut off.

    Raises:
        ValueError: The format has a token that is not known.
    """
    local = pd.DatetimeIndex(datetimes + np.timedelta64(shared_offset(format_), "us"))
    parts, end = [], 0
    for match in TOKEN.finditer(format_):
        parts += [format_[end : match.start()], _written(match.group(), local)]
        end = match.end()
    return pc.binary_join_element_wise(*parts, format_[end:], "")


def _written(token: str, local: pd.DatetimeIndex) -> pa.Array | str:
    """Return what stands for one token: a text for each datetime, or one for all."""
    if token in _PLAIN:
        digits, part = _PLAIN[token]
        return _digits(getattr(local, part), digits)
    if token in _WEEK:
        digits, part = _WEEK[token]
        return _digits(local.isocalendar()[part].to_numpy(np.int64), digits)
    if token in MONTH_NAMES:
        return _names(MONTH_NAMES[token], local.month - 1)
    if token in WEEKDAY_NAMES:
        return _names(WEEKDAY_NAMES[token], local.day_of_week)
    if token.endswith("f"):
        return _fraction(token, local)
    hour = local.hour.to_numpy()
    written: dict[str, Callable[[], pa.Array | str]] = {
        "%y": lambda: _digits(local.year % 100, 2),
        "%o": lambda: _names(["th", "st", "nd", "rd"], _endings(local.day.to_numpy())),
        "%I": lambda: _digits((hour + 11) % 12 + 1, 2),
        "%-I": lambda: _digits((hour + 11) % 12 + 1, 1),
        "%p": lambda: _names(["AM", "PM"], hour // 12),
        "%P": lambda: _names(["am", "pm"], hour // 12),
        "%z": lambda: "+0000",
        "%:z": lambda: "+00:00",
    }
    if token not in written:
        raise ValueError(f"the token {token!r} of a format is not known")
    return written[token]()


def _digits(numbers: Any, count: int) -> pa.Array:
    """Write whole numbers, with zeros in front up to so many digits."""
    return pc.utf8_lpad(pc.cast(pa.array(np.asarray(numbers)), pa.string()), count, "0")


def _names(names: list[str], indices: Any) -> pa.Array:
    return pa.array(names).take(pa.array(np.asarray(indices)))


def _endings(days: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return which ending days of a month have when counted: 0 is th, else 1st, 2nd, 3rd."""
    return np.where((days % 10 <= 3) & (days // 10 != 1), days % 10, 0)


def _fraction(token: str, local: pd.DatetimeIndex) -> pa.Array:
    digits = _digits(local.microsecond, 6)
    if token == "%?f":  # noqa: S105
        written = pc.binary_join_element_wise(".", digits, "")
        return pc.if_else(np.asarray(local.microsecond > 0), written, "")
    length = int(token[1]) if token[1].isdigit() else 6
    return pc.utf8_rpad(pc.utf8_slice_codeunits(digits, 0, length), length, "0")
