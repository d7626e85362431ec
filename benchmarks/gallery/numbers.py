"""The gallery's numbers: whole ones, measured ones, and those among which marks stand for gaps."""

import re
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.gallery.column import (
    GalleryColumn,
    between,
    is_of,
    reads,
    text_series,
)

Generator = np.random.Generator
CODES = [990_000_000_000_000_000 + 7_919 * code for code in range(24)]
MARKS = ("?", "n/a", "-")


def make_codes(rng: Generator, n: int) -> "pd.Series[Any]":
    """Return account numbers, some of which are in many rows."""
    shares = 1 / np.arange(2, len(CODES) + 2)
    return pd.Series(rng.choice(np.array(CODES), n, p=shares / shares.sum()))


def make_quarters(rng: Generator, n: int) -> "pd.Series[Any]":
    """Return measures in steps of a quarter."""
    return pd.Series(rng.normal(40, 6, n) * 4).round() / 4


def make_decimals(rng: Generator, n: int) -> "pd.Series[Any]":
    """Return Decimals to the cent."""
    return pd.Series([Decimal(f"{x:.2f}") for x in rng.gamma(2, 40, n)], dtype=object)


def marked(name: str, decimals: int, *marks: str) -> GalleryColumn:
    """Return a column of numbers in text with marks among them, the first the most frequent."""

    def make(rng: Generator, n: int) -> "pd.Series[Any]":
        numbers = [f"{x:.{decimals}f}" for x in rng.gamma(5, 9, n)]
        places = np.flatnonzero(rng.random(n) < 0.15)
        weights = np.arange(len(marks), 0, -1)
        for place, mark in zip(
            places, rng.choice(marks, len(places), p=weights / weights.sum()), strict=True
        ):
            numbers[place] = str(mark)
        return text_series(numbers)

    def read_mark(value: str) -> str:
        return value if value in marks else "a number"

    def read_number(value: str) -> float:
        return float("nan") if value in marks else float(value)

    either = "|".join(map(re.escape, marks))
    exact = rf"\d{{1,3}}\.\d{{{decimals}}}" if decimals else r"\d{1,3}"
    return GalleryColumn(
        name,
        "gaps among numbers",
        make,
        reads(rf"-?\d+(\.\d+)?|{either}"),
        reads(rf"{exact}|{either}"),
        "nan",
        "7.12345",
        number=read_number,
        parts=(read_mark,),
    )


WHOLE = (
    GalleryColumn(
        "account number",
        "whole numbers beyond 2^53",
        make_codes,
        is_of(int),
        lambda value: value in CODES,
        "990000000000000000",
        990_000_000_000_000_001,
        parts=(str,),
    ),
    GalleryColumn(
        "key beyond 2^53",
        "whole numbers beyond 2^53",
        lambda rng, n: pd.Series(2**61 + rng.permutation(10**6)[:n]),
        is_of(int),
        between(2**61, 2**61 + 10**7),
        1.5,
        2**53,
        is_key=True,
    ),
    GalleryColumn(
        "key near the end of int16",
        "keys near the end of their dtype",
        lambda rng, n: pd.Series(rng.permutation(np.arange(32_500 - n, 32_500, dtype=np.int16))),
        is_of(int),
        between(0, 32_767),
        1.5,
        -32_768,
        is_key=True,
    ),
)
MEASURED = (
    GalleryColumn(
        "mass, kg",
        "masses around 1e-12 and 1e24",
        lambda rng, n: pd.Series(rng.gamma(3, 1e-13, n)),
        is_of(float),
        between(0, 2.5e-12),
        "1e-12",
        -1e-13,
        number=float,
    ),
    GalleryColumn(
        "mass of a planet, kg",
        "masses around 1e-12 and 1e24",
        lambda rng, n: pd.Series(rng.gamma(3, 1e24, n)),
        is_of(float),
        between(0, 2.5e25),
        "1e24",
        1e27,
        number=float,
    ),
    GalleryColumn(
        "half precision",
        "float16 and float32",
        lambda rng, n: pd.Series(rng.normal(20, 5, n).astype(np.float16)),
        is_of(float, lambda value: float(np.float16(value)) == value),
        between(-20, 60),
        0.1,
        1_000.0,
        number=float,
    ),
    GalleryColumn(
        "single precision, 2 decimals",
        "float16 and float32",
        lambda rng, n: pd.Series(rng.gamma(4, 2, n).round(2).astype(np.float32)),
        is_of(float, lambda value: float(np.float32(value)) == value),
        lambda value: float(np.float32(round(value, 2))) == value and 0 <= value < 100,
        0.1,
        0.125,
        number=float,
    ),
    GalleryColumn(
        "steps of a quarter",
        "numbers on a grid",
        make_quarters,
        is_of(float),
        lambda value: value * 4 == round(value * 4) and 0 < value < 80,
        "40.25",
        40.3,
        number=float,
    ),
    GalleryColumn(
        "decimals",
        "Decimals",
        make_decimals,
        is_of(Decimal),
        lambda value: value.as_tuple().exponent == -2 and 0 <= value < 1_000,
        40.25,
        Decimal("40.255"),
        number=float,
    ),
)
MARKED = (
    marked("question marks", 0, "?"),
    marked("dashes", 1, "-"),
    marked("N/A", 2, "N/A"),
    marked("null", 0, "null"),
    marked("blanks", 1, ""),
    marked("several marks", 1, *MARKS),
)
