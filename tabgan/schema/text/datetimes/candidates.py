"""The formats that datetimes may be written in, by what a sample of them looks like.

>>> list(iter_formats(["2024Q1", "2024Q3"]))
['%YQ%q']
"""

import re
from collections.abc import Iterator, Sequence

_SPLIT = re.compile(
    r"(?P<date>(?:(?P<weekday>[A-Za-z]{3,9})(?P<comma>,? ))?(?P<day>.+?))"
    r"(?:(?P<joint>T|, | |:)(?P<hour>\d{1,2}):\d\d(?P<second>:\d\d(?:\.(?P<fraction>\d{1,9}))?)?"
    r"(?P<half>\s?[AaPp][Mm])?(?P<zone>\s?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?)?"
)
_CLOCK = re.compile(
    r"(?P<joint>)(?P<hour>\d{1,2}):\d\d(?P<second>:\d\d(?:\.(?P<fraction>\d{1,9}))?)?"
    r"(?P<half>\s?[AaPp][Mm])?(?P<zone>)"
)
_LOGGED = re.compile(  # as C's asctime and the shell's date write it, the year last
    r"[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d(?P<zone> (?:\+0000|UTC|GMT))? \d{4}"
)
_DIGITS = {  # formats without a mark, by how many digits they have
    4: ("%H%M",),
    6: ("%Y%m", "%y%m%d", "%d%m%y", "%H%M%S"),
    8: ("%Y%m%d", "%d%m%Y", "%m%d%Y"),
    10: ("%Y%m%d%H",),
    12: ("%Y%m%d%H%M",),
    14: ("%Y%m%d%H%M%S",),
    17: ("%Y%m%d%H%M%S%3f",),
}
_SHAPES = {  # formats told by their shape, 9 for a digit
    "99999999T9999": ("%Y%m%dT%H%M",),
    "99999999T9999Z": ("%Y%m%dT%H%MZ",),
    "99999999T999999": ("%Y%m%dT%H%M%S",),
    "99999999T999999Z": ("%Y%m%dT%H%M%SZ",),
    "99999999_9999": ("%Y%m%d_%H%M",),
    "99999999_999999": ("%Y%m%d_%H%M%S",),
    "99999999-9999": ("%Y%m%d-%H%M",),
    "99999999-999999": ("%Y%m%d-%H%M%S",),
    "9999_99_99": ("%Y_%m_%d",),
    "9999-99-99_99-99-99": ("%Y-%m-%d_%H-%M-%S",),
    "9999-99-99 99": ("%Y-%m-%d %H",),
    "9999-99-99T99": ("%Y-%m-%dT%H",),
    "9999年99月99日": ("%Y年%m月%d日",),
    "9999年9月9日": ("%Y年%-m月%-d日",),
    "99h99": ("%Hh%M",),
    "9h99": ("%-Hh%M",),
    "9999-99": ("%Y-%m",),
    "9999/99": ("%Y/%m",),
    "9999.99": ("%Y.%m",),
    "99-9999": ("%m-%Y",),
    "99/9999": ("%m/%Y",),
    "99.9999": ("%m.%Y",),
    "9/9999": ("%-m/%Y",),
    "9999Q9": ("%YQ%q",),
    "9999-Q9": ("%Y-Q%q",),
    "9999 Q9": ("%Y Q%q",),
    "9999/Q9": ("%Y/Q%q",),
    "Q9 9999": ("Q%q %Y",),
    "Q9-9999": ("Q%q-%Y",),
    "Q9/9999": ("Q%q/%Y",),
    "9Q9999": ("%qQ%Y",),
    "9Q99": ("%qQ%y",),
    "Q9 99": ("Q%q %y",),
    "9999-W99": ("%G-W%V",),
    "9999W99": ("%GW%V",),
    "9999-W99-9": ("%G-W%V-%u",),
    "9999W999": ("%GW%V%u",),
}


def iter_formats(sample: Sequence[str]) -> Iterator[str]:
    """Yield the formats that a sample of texts may be written in, the likeliest first."""
    first = sample[0]
    if not any(char.isdigit() for char in first):
        return
    if first.isdigit():
        yield from _DIGITS.get(len(first), ())
        return
    shapes = {re.sub(r"\d", "9", value) for value in sample}  # 9/9999 may be 99/9999 as well
    for shape in sorted(shapes):
        yield from _SHAPES.get(shape, ())
    clocks = [match for value in sample if (match := _CLOCK.fullmatch(value))]
    if len(clocks) == len(sample):
        yield from _clock_formats(clocks)
        return
    logged = _LOGGED.fullmatch(first)
    if logged:
        yield f"%a %b %d %H:%M:%S{logged['zone'] or ''} %Y"
        return
    parts = [match for value in sample if (match := _SPLIT.fullmatch(value))]
    if len(parts) == len(sample):
        yield from _datetime_formats(parts)


def _datetime_formats(parts: list[re.Match[str]]) -> Iterator[str]:
    first = parts[0]
    clocks = [""] if first["hour"] is None else list(_clock_formats(parts))
    dates = list(_date_formats(first["date"]))
    if first["weekday"]:
        mark = _mark_of(first["weekday"])
        dates += [
            f"%{mark}{letter}{first['comma']}{date}"
            for letter in "aA"
            for date in _date_formats(first["day"])
        ]
    for date in dates:
        for clock in clocks:
            yield date + clock


def _date_formats(text: str) -> Iterator[str]:
    days, months = ("%d", "%-d"), ("%m", "%-m")
    pairs = [(days[index], months[other]) for index, other in ((0, 0), (1, 1), (1, 0), (0, 1))]
    if text.isdigit():
        yield "%Y%m%d"
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
    word = re.search("[A-Za-z]{3,}", text)
    if word:
        mark = _mark_of(word[0])
        yield from _named_month_formats(f"%{mark}b", days)
        yield from _named_month_formats(f"%{mark}B", days)


def _named_month_formats(month: str, days: tuple[str, str]) -> Iterator[str]:
    for day in days:
        yield from (f"{day}{gap}{month}{gap}%Y" for gap in (" ", "-", "/", "."))
        yield from (f"{day}-{month}-%y", f"{day} {month} %y")
        yield from (f"{month} {day}, %Y", f"{month} {day} %Y", f"{day} {month}, %Y")
        yield from (f"%Y-{month}-{day}", f"%Y {month} {day}")
        yield from (f"{day}%o {month} %Y", f"{month} {day}%o, %Y", f"{month} {day}%o %Y")
    yield from (f"%d{month}%Y", f"%d{month}%y")
    yield from (f"{month}{gap}%Y" for gap in (" ", "-", "/", ", ", ""))
    yield from (f"%Y{gap}{month}" for gap in (" ", "-"))
    yield from (f"{month}-%y", f"{month} %y")


def _mark_of(word: str) -> str:
    """Return how a name is written: `^` for JAN, `#` for jan, nothing for Jan."""
    return "^" if word.isupper() else "#" if word.islower() else ""


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
