"""Datetimes in text of a known format: read and written exactly, as int64 microseconds since 1970.

A format is written as for `strptime`, with these additions: `%-d %-m %-H %-I` have no leading zero,
`%3f` is a fraction of three digits, `%?f` a point and six digits that are left out when zero,
`%P` a lower-case am or pm, `%:z` an offset with a colon; an offset that all values share is part of
the text around.

>>> datetimes = read_datetimes(pa.array(["3/09/2016"]), "%-d/%m/%Y")
>>> datetimes, write_datetimes(datetimes, "%-d %b %Y").to_pylist()
(array(['2016-09-03T00:00:00.000000'], dtype='datetime64[us]'), ['3 Sep 2016'])
"""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September"]
_MONTHS += ["October", "November", "December"]
_SHORT = [month[:3] for month in _MONTHS]
_PATTERNS = {
    "%Y": "[12][0-9]{3}|9999",
    "%y": "[0-9]{2}",
    "%m": "0[1-9]|1[0-2]",
    "%-m": "0?[1-9]|1[0-2]",
    "%d": "0[1-9]|[12][0-9]|3[01]",
    "%-d": "0?[1-9]|[12][0-9]|3[01]",
    "%b": "|".join(_SHORT),
    "%B": "|".join(_MONTHS),
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
}
_PLAIN = {  # at least so many digits of what
    "%Y": (4, "year"),
    "%m": (2, "month"),
    "%-m": (1, "month"),
    "%d": (2, "day"),
    "%-d": (1, "day"),
    "%H": (2, "hour"),
    "%-H": (1, "hour"),
    "%M": (2, "minute"),
    "%S": (2, "second"),
}
_TOKEN = re.compile(r"%(?:[-:?]?[A-Za-z]|[1-9]f)")
_SHARED_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)$")


def _tokens(format_: str) -> list[str]:
    return _TOKEN.findall(format_)


def format_pattern(format_: str, strict: bool = False) -> str:
    """Return the pattern of a format, with one group named t0, t1, ... for each token.

    Unless strict, leading zeros may stand where the format would write none.
    """
    pattern, end = "", 0
    for number, match in enumerate(_TOKEN.finditer(format_)):
        token = match.group()
        inner = f"[0-9]{{{token[1]}}}" if token[1].isdigit() else _PATTERNS.get(token)
        if inner is None:
            raise ValueError(f"the format {format_!r} has {token!r}, which is not known")
        inner = inner.replace("0?", "").replace("[01]?", "1?") if strict else inner
        pattern += _plain(format_[end : match.start()]) + f"(?P<t{number}>{inner})"
        end = match.end()
    return f"^{pattern}{_plain(format_[end:])}$"


def _plain(text: str) -> str:
    return re.sub(r"([^\w\s])", r"\\\1", text)


def read_datetimes(values: pa.Array, format_: str) -> npt.NDArray[np.datetime64]:
    """Read text of shape (n,) as datetime64[us] in UTC; NaT where it is missing or does not fit.

    Raises:
        ValueError: The format has a token that is not known.
    """
    groups = pc.extract_regex(values, format_pattern(format_))
    parts = {
        token: pc.struct_field(groups, [number]) for number, token in enumerate(_tokens(format_))
    }
    missing = np.asarray(pc.is_null(groups))
    month = (_year(parts, len(values)) - 1970) * 12 + _month(parts, len(values)) - 1
    day = _integers(parts, ("%d", "%-d"), len(values), 1)
    start = month.astype("datetime64[M]")
    date = start.astype("datetime64[D]") + (day - 1)
    missing |= date.astype("datetime64[M]") != start  # 31 February
    micros = date.astype("datetime64[us]").astype(np.int64)
    micros += _time_of_day(parts, len(values)) - _offset(parts, format_, len(values))
    datetimes = micros.astype("datetime64[us]")
    datetimes[missing] = np.datetime64("NaT", "us")
    return datetimes


def _integers(
    parts: dict[str, pa.Array], tokens: tuple[str, ...], count: int, default: int
) -> npt.NDArray[np.int64]:
    for token in tokens:
        if token in parts:
            numbers = pc.cast(pc.fill_null(parts[token], str(default)), pa.int64())
            return np.array(numbers, dtype=np.int64)
    return np.full(count, default, dtype=np.int64)


def _year(parts: dict[str, pa.Array], count: int) -> npt.NDArray[np.int64]:
    if "%y" in parts:
        short = _integers(parts, ("%y",), count, 70)
        return np.where(short < 69, short + 2000, short + 1900)  # as POSIX has it
    return _integers(parts, ("%Y",), count, 1970)


def _month(parts: dict[str, pa.Array], count: int) -> npt.NDArray[np.int64]:
    for token, names in (("%b", _SHORT), ("%B", _MONTHS)):
        if token in parts:
            index = pc.fill_null(pc.index_in(parts[token], pa.array(names)), 0)
            return np.asarray(index).astype(np.int64) + 1
    return _integers(parts, ("%m", "%-m"), count, 1)


def _time_of_day(parts: dict[str, pa.Array], count: int) -> npt.NDArray[np.int64]:
    """Return the microseconds since midnight, int64 of shape (count,)."""
    hour = _integers(parts, ("%H", "%-H"), count, 0)
    if "%I" in parts or "%-I" in parts:
        halves = parts.get("%p", parts.get("%P"))
        after = np.asarray(pc.equal(pc.utf8_upper(pc.fill_null(halves, "AM")), "PM"))
        hour = _integers(parts, ("%I", "%-I"), count, 12) % 12 + 12 * after
    minute, second = _integers(parts, ("%M",), count, 0), _integers(parts, ("%S",), count, 0)
    micros = np.zeros(count, dtype=np.int64)
    for token, part in parts.items():
        if token.endswith("f"):
            digits = pc.utf8_rpad(pc.utf8_ltrim(pc.fill_null(part, ""), "."), 6, "0")
            six = pc.utf8_slice_codeunits(digits, 0, 6)
            micros = np.array(pc.cast(six, pa.int64()), dtype=np.int64)
    return np.asarray(((hour * 60 + minute) * 60 + second) * 1_000_000 + micros, dtype=np.int64)


def _offset(parts: dict[str, pa.Array], format_: str, count: int) -> npt.NDArray[np.int64]:
    """Return what local time is ahead of UTC in microseconds, int64 of shape (count,)."""
    part = parts.get("%:z", parts.get("%z"))
    if part is None:
        return np.full(count, shared_offset(format_), dtype=np.int64)
    digits = np.array(
        pc.cast(pc.replace_substring_regex(pc.fill_null(part, "0000"), "[+:]", ""), pa.int64())
    )
    minutes = np.sign(digits) * (np.abs(digits) // 100 * 60 + np.abs(digits) % 100)
    return np.asarray(minutes * 60_000_000, dtype=np.int64)


def shared_offset(format_: str) -> int:
    """Return the offset written at the end of a format in microseconds; 0 if there is none."""
    match = _SHARED_OFFSET.search(format_)
    if match is None:
        return 0
    minutes = int(match[2]) * 60 + int(match[3])
    return (-minutes if match[1] == "-" else minutes) * 60_000_000


def write_datetimes(datetimes: npt.NDArray[np.datetime64], format_: str) -> pa.Array:
    """Write datetimes (datetime64[us] in UTC without NaT, (n,)) in a format, as Arrow strings.

    Raises:
        ValueError: The format has a token that is not known.
    """
    local = pd.DatetimeIndex(datetimes + np.timedelta64(shared_offset(format_), "us"))
    parts, end = [], 0
    for match in _TOKEN.finditer(format_):
        parts += [format_[end : match.start()], _written(match.group(), local)]
        end = match.end()
    return pc.binary_join_element_wise(*parts, format_[end:], "")


def _written(token: str, local: pd.DatetimeIndex) -> pa.Array | str:
    """Return what stands for one token: a text for each datetime, or one for all."""
    if token in _PLAIN:
        digits, part = _PLAIN[token]
        return _digits(getattr(local, part), digits)
    if token.endswith("f"):
        return _fraction(token, local)
    hour = local.hour.to_numpy()
    written: dict[str, Callable[[], pa.Array | str]] = {
        "%y": lambda: _digits(local.year % 100, 2),
        "%b": lambda: _names(_SHORT, local.month - 1),
        "%B": lambda: _names(_MONTHS, local.month - 1),
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


def _fraction(token: str, local: pd.DatetimeIndex) -> pa.Array:
    digits = _digits(local.microsecond, 6)
    if token == "%?f":  # noqa: S105
        written = pc.binary_join_element_wise(".", digits, "")
        return pc.if_else(np.asarray(local.microsecond > 0), written, "")
    length = int(token[1]) if token[1].isdigit() else 6
    return pc.utf8_rpad(pc.utf8_slice_codeunits(digits, 0, length), length, "0")
