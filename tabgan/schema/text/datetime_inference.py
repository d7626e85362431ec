"""Which way of writing datetimes the text of a column follows, if any.

>>> infer_datetime_format(pa.array(["3/09/2016", "12/10/2017"]))
'%-d/%m/%Y'
"""

import re
from collections.abc import Iterator
from itertools import product

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.text.datetime_format import format_pattern, read_datetimes

MAX_SAMPLE = 200  # values that formats are tried on before all are
_SPLIT = re.compile(
    r"(?P<date>.+?)"
    r"(?:(?P<joint>T|, | )(?P<hour>\d{1,2}):\d\d(?P<second>:\d\d(?:\.(?P<fraction>\d{1,9}))?)?"
    r"(?P<half>\s?[AaPp][Mm])?(?P<zone>\s?(?:Z|UTC|[+-]\d\d:?\d\d))?)?"
)


def infer_datetime_format(values: pa.Array) -> str | None:
    """Return the format that all values (text, shape (n,), gaps skipped) are written in, or None.

    Where both would do, the day stands before the month. Plain integers are never dates.
    """
    present = pc.drop_null(values)
    step = max(1, len(present) // MAX_SAMPLE)
    sample = present.take(np.arange(0, len(present), step)[:MAX_SAMPLE]).to_pylist()
    if not sample:
        return None
    for strict, candidate in product((True, False), _candidates(sample)):
        pattern = format_pattern(candidate, strict)
        if (
            all(re.fullmatch(pattern, value) for value in sample)
            and pc.all(pc.match_substring_regex(present, pattern)).as_py()
            and not np.isnat(read_datetimes(present, candidate)).any()
        ):
            return _with_shared_offset(candidate, present)
    return None


def _candidates(sample: list[str]) -> Iterator[str]:
    """Yield the formats that the sample may be written in, the likeliest first."""
    parts = [match for value in sample if (match := _SPLIT.fullmatch(value))]
    if len(parts) < len(sample) or not any(char.isdigit() for char in sample[0]):
        return
    first = parts[0]
    clocks = [""] if first["hour"] is None else list(_clock_formats(parts))
    for date in _date_formats(first["date"]):
        for clock in clocks:
            yield date + clock


def _date_formats(text: str) -> Iterator[str]:
    days, months = ("%d", "%-d"), ("%m", "%-m")
    pairs = [(days[index], months[other]) for index, other in ((0, 0), (1, 1), (1, 0), (0, 1))]
    for separator in [char for char in "-/." if text.count(char) == 2]:
        for day, month in pairs:
            yield separator.join(("%Y", month, day))
        for year in ("%Y", "%y"):
            if year == "%y" and separator == "-":
                continue  # 12-03-16 is as likely a code
            short = year == "%y" and separator == "."  # 1.2.10 is as likely a version
            usable = pairs[:1] if short else pairs
            yield from (separator.join((day, month, year)) for day, month in usable)
            yield from (separator.join((month, day, year)) for day, month in usable)
    for month in ("%b", "%B"):
        for day in days:
            yield from (f"{day}{gap}{month}{gap}%Y" for gap in (" ", "-", "/"))
            yield f"{day}-{month}-%y"
            yield from (f"{month} {day}, %Y", f"{month} {day} %Y", f"{day} {month}, %Y")


def _clock_formats(parts: list[re.Match[str]]) -> Iterator[str]:
    first = parts[0]
    half = first["half"] or ""
    code = "I" if half else "H"
    if half:
        half = half[:-2] + ("%P" if half[-1].islower() else "%p")
    zone = first["zone"] or ""
    if zone and zone[-1].isdigit():
        zone = zone[: zone.index(zone.strip()[0])] + ("%:z" if ":" in zone else "%z")
    lengths = {len(part["fraction"] or "") for part in parts}
    fractions = [""] if lengths == {0} else [f".%{length}f" for length in lengths - {0}]
    fractions = [*fractions, "%?f", ".%f"] if first["second"] else [""]
    second = ":%S" if first["second"] else ""
    for hour in (f"%{code}", f"%-{code}"):
        for fraction in fractions:
            yield f"{first['joint']}{hour}:%M{second}{fraction}{half}{zone}"


def _with_shared_offset(format_: str, values: pa.Array) -> str:
    """Write an offset that all values share into the format itself, so that it is given back."""
    token = next((token for token in ("%:z", "%z") if format_.endswith(token)), None)
    if token is None:
        return format_
    width = 6 if token == "%:z" else 5  # noqa: S105
    offsets = pc.unique(pc.utf8_slice_codeunits(values, -width))
    return format_[: -len(token)] + offsets[0].as_py() if len(offsets) == 1 else format_
