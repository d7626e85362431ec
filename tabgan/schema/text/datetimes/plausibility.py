"""What must be seen before short or plain digits are taken for datetimes.

`2024-01-31` speaks for itself, `20240131` does not: one 8-digit number in 27 is a date. Nor do
`0830`, of which 60 % are times, or `2024-01`. So many different ones must be dates or times that
other numbers would hardly all be.
"""

import numpy as np
import numpy.typing as npt

from tabgan.schema.text.datetimes.tokens import is_digits_only, tokens_of

MIN_DATES = 10  # different ones of digits alone: each is a date by chance once in 27, or in 200
MIN_SHORT_DATES = 20  # different ones of 6 digits
MIN_TIMES = 20  # different ones of digits alone
MIN_HOURS = 5  # that these lie in
MIN_SHORT = 3  # different ones such as 08:30 or 2024-01
MAX_TIMES_OF_HOUR = 10  # that count as evidence: neighbouring numbers come together
MAX_CHANCE = 1e-9  # that plain numbers are all times
MAX_CODE_CHANCE = 1e-4  # that codes with leading zeros are
YEARS = (1800, 2200)  # of dates of digits alone ...
LAST_YEAR = 9999  # ... and that of the day which stands for none

Datetimes = npt.NDArray[np.datetime64]


def is_self_evident(format_: str) -> bool:
    """Return whether a single text in a format means a datetime, as 2024-01-31 and 2024Q1 do.

    >>> [is_self_evident(format_) for format_ in ("%d.%m.%y", "%b %Y", "%H:%M", "%Y-%m")]
    [True, True, False, False]
    """
    letters = _letters_of(format_)
    if is_digits_only(format_) or letters == {"Y", "m"}:
        return False
    return bool(letters & {"Y", "G"}) or {"y", "d"} <= letters


def _letters_of(format_: str) -> set[str]:
    return {token[-1] for token in tokens_of(format_)}


def is_evident(format_: str, datetimes: Datetimes) -> bool:
    """Return whether text that can be read as datetimes means some, where one does not tell.

    Args:
        format_: That all of the text follows.
        datetimes: The different ones, read; datetime64[us], (n_distinct,).
    """
    letters = _letters_of(format_)
    if is_digits_only(format_):
        if "Y" in letters:
            return are_dates(datetimes, has_days="d" in letters)
        if "y" in letters:
            return are_short_dates(datetimes)
        return _are_times(datetimes, MAX_CODE_CHANCE) and len(datetimes) >= MIN_TIMES
    is_season = letters == {"Y", "m"} and _are_seasons(datetimes)
    return len(datetimes) >= MIN_SHORT and not is_season


def _are_seasons(datetimes: Datetimes) -> bool:
    """Return whether each month is the year that follows: 2009-10, 2010-11, 2011-12."""
    months = datetimes.astype("datetime64[M]").astype(np.int64)
    years = months // 12 + 1970
    return bool(((months % 12 + 1) == (years + 1) % 100).all())


def are_dates(datetimes: Datetimes, *, has_days: bool = True) -> bool:
    """Return whether so many different numbers that are all dates mean dates.

    Args:
        datetimes: The different ones; (n_distinct,).
        has_days: Whether they are more than year and month.
    """
    years = datetimes.astype("datetime64[Y]").astype(np.int64) + 1970
    years = years[years != LAST_YEAR]
    is_usual = bool((years >= YEARS[0]).all() and (years <= YEARS[1]).all())
    return len(datetimes) >= MIN_DATES and is_usual and (has_days or len(np.unique(years)) > 1)


def are_short_dates(datetimes: Datetimes) -> bool:
    """Return whether different numbers of 6 digits that are all dates mean dates.

    They are of several months. Where the years might as well be days, they are no more than these.
    """
    months = datetimes.astype("datetime64[M]")
    days = np.unique(datetimes.astype("datetime64[D]") - months.astype("datetime64[D]"))
    years = np.unique(datetimes.astype("datetime64[Y]").astype(np.int64) + 1970) % 100
    is_swapped = bool(((years >= 1) & (years <= 31)).all()) and len(years) > len(days)
    return len(datetimes) >= MIN_SHORT_DATES and len(np.unique(months)) > 1 and not is_swapped


def are_times(datetimes: Datetimes) -> bool:
    """Return whether different numbers such as 830 and 1745, all of them times, mean times."""
    return _are_times(datetimes, MAX_CHANCE)


def _are_times(datetimes: Datetimes, max_chance: float) -> bool:
    """Return whether times are of several hours, and plain numbers would hardly all be times.

    Prices in fifties and years would be: by what all are multiples of, a share of the numbers ends
    in 00 to 59. No more than ten of an hour count, and those before 01:00 do not: small numbers
    have no hours.
    """
    seconds = datetimes.astype("datetime64[s]").astype(np.int64)
    hours, counts = np.unique(seconds // 3_600, return_counts=True)
    if len(hours) < MIN_HOURS:
        return False
    has_seconds = bool((seconds % 60).any())
    minutes = seconds // 60 % 60
    written = minutes * 100 + seconds % 60 if has_seconds else minutes
    size = 10_000 if has_seconds else 100
    multiples = np.arange(0, size, int(np.gcd.reduce([*np.unique(written).tolist(), size])))
    share = float(((multiples % 100 < 60) & (multiples // 100 < 60)).mean())
    n_counted = int(np.minimum(counts[hours > 0], MAX_TIMES_OF_HOUR).sum())
    return share**n_counted < max_chance
