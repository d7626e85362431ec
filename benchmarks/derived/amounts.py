"""Sums, shares, and numbers that no float holds."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.derived.table import DerivedTable, derive


def make_sums(rng: np.random.Generator, n: int) -> Iterator[DerivedTable]:
    """Yield tables of sums with gaps and fees."""
    a, b, c = rng.integers(0, 5_000, (3, n)) / 100
    gap = pd.Series(rng.random(n) < 0.2)
    total = pd.Series((a + b + c).round(2)).mask(gap)
    yield derive(
        "sum of three with gaps in the total",
        lambda f: (f["total"] - f[["a", "b", "c"]].sum(axis=1)).abs().fillna(0) < 1e-9,
        {"a": a, "b": b, "c": c, "total": total},
        rng,
    )
    part = pd.Series(a).mask(gap)
    yield derive(
        "sum that counts gaps as nothing",
        lambda f: (f["total"] - f[["a", "b", "c"]].sum(axis=1)).abs() < 1e-9,
        {"a": part, "b": b, "c": c, "total": (part.fillna(0) + b + c).round(2)},
        rng,
    )
    yield derive(
        "sum with a fee of three kinds",
        lambda f: (f["total"] - f["a"] - f["b"]).round(2).isin([0, 0.5, 2.75]),
        {"a": a, "b": b, "total": (a + b + rng.choice([0, 0.5, 2.75], n)).round(2)},
        rng,
    )
    i, j = rng.integers(-300, 300, (2, n))
    yield derive(
        "difference of whole numbers",
        lambda f: f["d"].eq(f["i"] - f["j"]),
        {"i": i, "j": j, "d": i - j},
        rng,
    )


def make_percentages(rng: np.random.Generator, n: int) -> Iterator[DerivedTable]:
    """Yield tables of shares and parts of a whole."""
    share = rng.integers(0, 1_000, n) / 1_000
    yield derive(
        "share in percent",
        lambda f: (f["percent"] - f["share"] * 100).abs() < 1e-9,
        {"share": share, "percent": (share * 100).round(1)},
        rng,
    )
    yield derive(
        "share as text in percent",
        lambda f: (f["percent"].str.rstrip("%").astype(float) - f["share"] * 100).abs() < 1e-9,
        {"share": share, "percent": [f"{s * 100:.1f}%" for s in share]},
        rng,
    )
    yield derive(
        "the rest to 100",
        lambda f: (f["yes"] + f["no"]).round(6).eq(100),
        {"yes": (share * 100).round(1), "no": (100 - share * 100).round(1)},
        rng,
    )
    whole = rng.integers(1, 40, n)
    part = (whole * rng.random(n)).astype(int)
    yield derive(
        "a part is no more than the whole",
        lambda f: f["part"] <= f["whole"],
        {"part": part, "whole": whole},
        rng,
    )


def make_long(rng: np.random.Generator, n: int) -> Iterator[DerivedTable]:
    """Yield tables of numbers that float64 hardly holds."""
    x = rng.integers(2**53, 2**62, n)
    yield derive(
        "whole numbers beyond 2**53, one more",
        lambda f: f["y"].eq(f["x"] + 1),
        {"x": x, "y": x + 1},
        rng,
    )
    big = rng.integers(2**50, 2**52, n)
    yield derive(
        "whole numbers near 2**52, tripled plus one",
        lambda f: f["y"].astype(object).eq(f["x"].astype(object) * 3 + 1),
        {"x": big, "y": big * 3 + 1},
        rng,
    )
    tiny = rng.uniform(1, 9, n) * 1e-12
    yield derive(
        "tiny numbers doubled",
        lambda f: f["y"].eq(2 * f["x"]),
        {"x": tiny, "y": 2 * tiny},
        rng,
    )
    huge = rng.uniform(1, 9, n) * 1e200
    yield derive(
        "huge numbers in order", lambda f: f["x"] < f["y"], {"x": huge, "y": 1.5 * huge}, rng
    )


def _read(texts: Any) -> Any:
    return texts.str.replace(r"\.00$|[^0-9]", "", regex=True).astype(float)


def make_texts(rng: np.random.Generator, n: int) -> Iterator[DerivedTable]:
    """Yield tables of numbers in text, with units and separators."""
    kilos = rng.integers(1_000, 9_999_999, n)
    for write in ("{:,} kg", "${:,}.00", "{:,}", "{} EUR", "{:07d}x"):
        yield derive(
            f"text {write} doubled",
            lambda f: _read(f["b"]).eq(2 * _read(f["a"])),
            {"a": [write.format(k) for k in kilos], "b": [write.format(2 * k) for k in kilos]},
            rng,
        )
        more = rng.integers(1, 9_999, n)
        yield derive(
            f"text {write} added up",
            lambda f: _read(f["c"]).eq(_read(f["a"]) + _read(f["b"])),
            {"a": [write.format(k) for k in kilos], "b": [write.format(m) for m in more],
             "c": [write.format(k + m) for k, m in zip(kilos, more, strict=True)]},
            rng,
        )  # fmt: skip
        yield derive(
            f"text {write} strictly below",
            lambda f: _read(f["a"]) < _read(f["c"]),
            {"a": [write.format(k) for k in kilos],
             "c": [write.format(k + m) for k, m in zip(kilos, more, strict=True)]},
            rng,
        )  # fmt: skip
