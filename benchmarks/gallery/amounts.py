"""The gallery's amounts: numbers that are written as text, with currencies, units and groups."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.gallery.column import GalleryColumn, digits_of, reads, text_series

Generator = np.random.Generator


def amounts(write: Callable[[float], str]) -> Callable[[Generator, int], "pd.Series[Any]"]:
    """Return what makes amounts to the cent, of a gamma distribution, and writes them."""
    return lambda rng, n: text_series(map(write, rng.gamma(3, 700, n).round(2).tolist()))


def group_in_lakh(number: float) -> str:
    """Return a whole number in India's groups: `1,39,900`."""
    head, tail = divmod(int(number), 1_000)
    if not head:
        return str(tail)
    pairs = re.sub(r"(?<=\d)(?=(\d\d)+$)", ",", str(head))
    return f"{pairs},{tail:03d}"


def write_rupees(number: float) -> str:
    """Return an amount to the hundred: `₹1,39,900`."""
    return f"₹{group_in_lakh(round(number) * 100)}"


def write_euros(number: float) -> str:
    """Return `1.234,50 €`."""
    return f"{number:,.2f} €".translate(str.maketrans(",.", ".,"))


def write_lakh(number: float) -> str:
    """Return `5.51 Lakh`, or `1.20 Crore`, which are a hundred of them."""
    lakh = number / 30
    return f"{lakh / 100:.2f} Crore" if lakh >= 100 else f"{lakh:.2f} Lakh"


def read_lakh(value: str) -> float:
    """Return how many lakh an amount is."""
    return digits_of(value) * (100 if value.endswith("Crore") else 1)


def make_balances(rng: Generator, n: int) -> "pd.Series[Any]":
    """Return amounts, those below zero in parentheses."""
    numbers = rng.normal(800, 900, n).round(2).tolist()
    return text_series(f"({-x:,.2f})" if x < 0 else f"{x:,.2f}" for x in numbers)


def read_balance(value: str) -> float:
    """Return an amount that may stand in parentheses."""
    return digits_of(value) * (-1 if value.startswith("(") else 1)


def make_two_currencies(rng: Generator, n: int) -> "pd.Series[Any]":
    """Return amounts in two currencies, those in dollars the larger ones."""
    dollars = rng.random(n) < 0.3
    numbers = rng.gamma(4, np.where(dollars, 30, 10)).round(2).tolist()
    return text_series(
        f"{'USD' if is_dollar else 'EUR'} {x:.2f}"
        for is_dollar, x in zip(dollars, numbers, strict=True)
    )


WRITTEN = (
    GalleryColumn(
        "dollars",
        "money",
        amounts(lambda x: f"${x:,.2f}"),
        reads(r"\$[\d,]*\d(\.\d+)?"),
        reads(r"\$\d{1,3}(,\d{3})*\.\d\d"),
        "1234.5",
        "$1234.5",
        number=digits_of,
    ),
    GalleryColumn(
        "euros",
        "money",
        amounts(write_euros),
        reads(r"[\d.]*\d(,\d+)? €"),
        reads(r"\d{1,3}(\.\d{3})*,\d\d €"),
        "1234,50",
        "1234,5 €",
        number=lambda value: digits_of(value.replace(".", "").replace(",", ".")),
    ),
    GalleryColumn(
        "rupees",
        "money",
        amounts(write_rupees),
        reads(r"₹[\d,]*\d"),
        reads(r"₹(\d{1,2},(\d\d,)*\d00|\d00|0)"),
        "139900",
        "₹139,900",
        number=digits_of,
    ),
    GalleryColumn(
        "lakh and crore",
        "units",
        amounts(write_lakh),
        reads(r"\d+(\.\d+)? (Lakh|Crore)"),
        reads(r"\d\d?\.\d\d Lakh|[1-9]\d*\.\d\d Crore"),
        "5.51",
        "551.0 Lakh",
        number=read_lakh,
        parts=(lambda value: value.split()[1],),
    ),
    GalleryColumn(
        "Swiss francs",
        "money",
        amounts(lambda x: f"{x:,.2f}".replace(",", "'")),
        reads(r"[\d']*\d(\.\d+)?"),
        reads(r"\d{1,3}('\d{3})*\.\d\d"),
        "1,234.50",
        "1234.5",
        number=digits_of,
    ),
    GalleryColumn(
        "below zero in parentheses",
        "money",
        make_balances,
        reads(r"\([\d,]*\d(\.\d+)?\)|[\d,]*\d(\.\d+)?"),
        reads(r"\(\d{1,3}(,\d{3})*\.\d\d\)|\d{1,3}(,\d{3})*\.\d\d"),
        "-1,200.50",
        "(1200.5)",
        number=read_balance,
        parts=(lambda value: value.startswith("("),),
    ),
    GalleryColumn(
        "two currencies",
        "money",
        make_two_currencies,
        reads(r"(EUR|USD) \d+(\.\d+)?"),
        reads(r"(EUR|USD) \d{1,4}\.\d\d"),
        "12.50",
        "EUR 12.5",
        number=digits_of,
        parts=(lambda value: value[:3],),
    ),
    GalleryColumn(
        "km per litre",
        "units",
        lambda rng, n: text_series(f"{x:.2f} kmpl" for x in rng.normal(19, 3, n)),
        reads(r"\d+(\.\d+)? kmpl"),
        reads(r"\d{1,2}\.\d\d kmpl"),
        "19.67",
        "19.6712 kmpl",
        number=digits_of,
    ),
    GalleryColumn(
        "engine, CC",
        "units",
        lambda rng, n: text_series(f"{x} CC" for x in rng.normal(1_400, 200, n).astype(int)),
        reads(r"\d+(\.\d+)? CC"),
        reads(r"\d{3,4} CC"),
        "998",
        "998.5 CC",
        number=digits_of,
    ),
    GalleryColumn(
        "percent",
        "percent and decimal comma",
        lambda rng, n: text_series(f"{x}%" for x in rng.binomial(100, rng.beta(2, 4, n))),
        reads(r"-?\d+(\.\d+)?%"),
        reads(r"\d{1,3}%", lambda value: digits_of(value) <= 100),
        "45",
        "101%",
        number=digits_of,
    ),
    GalleryColumn(
        "decimal comma",
        "percent and decimal comma",
        lambda rng, n: text_series(f"{x:.3f}".replace(".", ",") for x in rng.normal(5, 1, n)),
        reads(r"-?\d+(,\d+)?"),
        reads(r"-?\d{1,2},\d{3}"),
        "5.123",
        "5,1",
        number=lambda value: digits_of(value.replace(",", ".")),
    ),
)
