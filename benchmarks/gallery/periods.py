"""The gallery's periods: quarters, weeks, months, and moments counted since 1970."""

import calendar
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.gallery.column import GalleryColumn, is_of, reads, text_series
from benchmarks.gallery.times import is_date, pick

Generator = np.random.Generator
MONTHS = calendar.month_name[1:]


def make_epochs(rng: Generator, n: int, unit: int) -> "pd.Series[Any]":
    """Return moments as whole numbers, to the minute where the unit is one second's."""
    steps = 60 if unit == 1 else unit
    moments = 1_700_000_000 * unit + steps * rng.integers(0, 500_000, n)
    return pd.Series(moments - moments % steps)


PERIODS = (
    GalleryColumn(
        "2024Q1",
        "periods and quarters",
        lambda rng, n: text_series(
            f"{2010 + place // 4}Q{place % 4 + 1}" for place in rng.binomial(55, 0.6, n).tolist()
        ),
        reads(r"\d{4}Q\d"),
        reads(r"20[12]\dQ[1-4]"),
        "2024-Q1",
        "2024Q5",
        number=lambda value: int(value[:4]) * 4.0 + int(value[5]),
        parts=(lambda value: value[4:],),
    ),
    GalleryColumn(
        "2024-W07",
        "periods and quarters",
        lambda rng, n: text_series(
            pick(rng, n, pd.date_range("2021-01-04", "2024-12-30", freq="7D").strftime("%G-W%V"))
        ),
        reads(r"\d{4}-W\d\d"),
        lambda value: is_date("%G-W%V-%u")(f"{value}-1"),
        "2024-7",
        "2024-W60",
        number=lambda value: int(value[:4]) * 53.0 + int(value[6:]),
    ),
    GalleryColumn(
        "months",
        "periods and quarters",
        lambda rng, n: pick(rng, n, pd.period_range("2012-01", "2023-12", freq="M")),
        is_of(pd.Period),
        lambda value: value.freqstr == "M" and 2000 < value.year < 2030,
        "2012-01",
        pd.Period("1912-01", "M"),
        number=lambda value: float(value.ordinal),
        parts=(lambda value: value.month,),
    ),
    GalleryColumn(
        "epoch, seconds",
        "epochs",
        lambda rng, n: make_epochs(rng, n, 1),
        is_of(int),
        lambda value: value % 60 == 0 and 1.6e9 < value < 1.8e9,
        1.7e9,
        1_700_000_001,
        number=float,
        parts=(lambda value: value // 3_600 % 24,),
    ),
    GalleryColumn(
        "epoch, milliseconds",
        "epochs",
        lambda rng, n: make_epochs(rng, n, 1_000),
        is_of(int),
        lambda value: value % 1_000 == 0 and 1.6e12 < value < 1.8e12,
        1.7e12,
        1_700_000_000_001,
        number=float,
        parts=(lambda value: value // 3_600_000 % 24,),
    ),
    GalleryColumn(
        "month names",
        "month names",
        lambda rng, n: text_series(MONTHS[place] for place in rng.binomial(11, 0.6, n).tolist()),
        reads(r"[A-Z][a-z]+"),
        lambda value: value in MONTHS,
        "6",
        "Smarch",
        parts=(str,),
    ),
)
