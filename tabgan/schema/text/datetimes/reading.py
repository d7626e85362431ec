"""Datetimes in text of a known format: read exactly, as int64 microseconds since 1970.

`datetime_tokens` lists what a format is made of, `datetime_writing` undoes what is done here.

>>> read_datetimes(pa.array(["3/09/2016"]), "%-d/%m/%Y")
array(['2016-09-03T00:00:00.000000'], dtype='datetime64[us]')
>>> read_datetimes(pa.array(["2024-W07"]), "%G-W%V")
array(['2024-02-12T00:00:00.000000'], dtype='datetime64[us]')
"""

import re
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.text.datetimes.tokens import LIKELY_YEAR, MONTH_NAMES, format_pattern, tokens_of

_SHARED_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)$")


def read_datetimes(values: pa.Array, format_: str) -> npt.NDArray[np.datetime64]:
    """Read text of shape (n,) as datetime64[us] in UTC; NaT where it is missing or does not fit.

    What is no more than a time of day is one of 1970-01-01.

    Raises:
        ValueError: The format has a token that is not known.
    """
    pattern = format_pattern(format_).replace(LIKELY_YEAR, "[0-9]{4}")
    groups = pc.extract_regex(values, pattern)
    parts = {
        token: pc.struct_field(groups, [number]) for number, token in enumerate(tokens_of(format_))
    }
    date = _week_date(parts, len(values)) if "%G" in parts else _date(parts, len(values))
    micros = date.astype("datetime64[us]").astype(np.int64)
    micros += _time_of_day(parts, len(values)) - _offset(parts, format_, len(values))
    datetimes = micros.astype("datetime64[us]")
    datetimes[np.asarray(pc.is_null(groups)) | np.isnat(date)] = np.datetime64("NaT", "us")
    return datetimes


def _date(parts: dict[str, pa.Array], count: int) -> npt.NDArray[np.datetime64]:
    """Return the day of each value, datetime64[D] of shape (count,); NaT for 31 February."""
    month = (_year(parts, count) - 1970) * 12 + _month(parts, count) - 1
    start = month.astype("datetime64[M]")
    days = _integers(parts, ("%d", "%-d"), count, 1) - 1
    date = np.asarray(start.astype("datetime64[D]") + days, dtype="datetime64[D]")
    date[date.astype("datetime64[M]") != start] = np.datetime64("NaT", "D")
    return date


def _week_date(parts: dict[str, pa.Array], count: int) -> npt.NDArray[np.datetime64]:
    """Return the day, Monday if none is given, of each ISO week; NaT for a week 53 too much."""
    year = _integers(parts, ("%G",), count, 1970)
    fourth = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]") + 3  # is in week 1
    monday = fourth - (fourth.astype(np.int64) + 3) % 7
    monday += 7 * (_integers(parts, ("%V",), count, 1) - 1)
    thursday_year = (monday + 3).astype("datetime64[Y]").astype(np.int64) + 1970
    days = _integers(parts, ("%u",), count, 1) - 1
    date = np.asarray(monday + days, dtype="datetime64[D]")
    date[thursday_year != year] = np.datetime64("NaT", "D")
    return date


def _integers(
    parts: dict[str, pa.Array], tokens: Iterable[str], count: int, default: int
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
    """Return the month of each value, the first one of a quarter; int64 of shape (count,)."""
    for token in parts.keys() & MONTH_NAMES.keys():
        index = pc.fill_null(pc.index_in(parts[token], pa.array(MONTH_NAMES[token])), 0)
        return np.asarray(index).astype(np.int64) + 1
    if "%q" in parts:
        return 3 * _integers(parts, ("%q",), count, 1) - 2
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
