"""Odd columns of numbers, categories and texts: each maker returns a series of n rows."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.attack.maker import Maker, pick
from benchmarks.attack.times import (
    make_far_date,
    make_interval,
    make_moment,
    make_period,
    make_span,
)

FLOATS = (
    "float16",
    "float32",
    "float64",
    "Float32",
    "Float64",
    "float[pyarrow]",
    "double[pyarrow]",
)
WHOLES = (
    *("int8", "uint8", "int16", "int32", "uint32", "int64", "uint64", "Int8", "UInt16", "Int64"),
    *("UInt64", "int8[pyarrow]", "uint16[pyarrow]", "int64[pyarrow]", "uint64[pyarrow]"),
)
BOOLS = ("bool", "boolean", "bool[pyarrow]", "object", "category", "float64", "str")
FINITE = (0.0, -0.0, 1.0, np.nan, 1.79e308, -1.7e308, 5e-324, 1e300, -1e16, 0.1)
EXTREMES = (*FINITE, np.inf, -np.inf)
WORDS = ("Ulm", "Köln", "Rome", "red", "blue", "São Paulo", "東京", "Ελλάδα", "mañana", "no", "yes")
ODD_TEXTS = (
    *(
        "",
        " ",
        "\t",
        "\n",
        "\x00",
        "\x1b[31mred\x1b[0m",
        "\x1b]0;title\x07",
        "[/x]",
        "[red]",
        "=1+1",
    ),
    *(
        "=cmd|'/C calc'!A0",
        "@SUM(A1)",
        "-",
        "?",
        "N/A",
        "nan",
        "NaN",
        "None",
        "null",
        "inf",
        "1e999",
    ),
    *(
        "٣٤",
        "½",
        "1_000",
        "0x1F",
        "1,2,3",
        '"',
        "'",
        "\\",
        "%s",
        "{0}",
        "a\u202eb",
        "e\u0301",
        "🙂",
    ),
    *("\ufeff", "ß" * 50, "x" * 5_000, "9" * 400, "2024-02-30", "24:00:00", "0000-00-00"),
)
NUMBER_TEXTS: tuple[Callable[[float], str], ...] = (
    lambda v: f"{v:.2f}",
    lambda v: f"{v:,.2f} €",
    lambda v: f"$ {v:.0f}",
    lambda v: f"{v:.3e}",
    lambda v: f"{v:.1f}%",
    lambda v: f"{v:.1f}".replace(".", ","),
    lambda v: f"{v:.1f} {'MB' if v > 30 else 'GB'}",
    lambda v: f"({v:.2f})" if v > 60 else f"{v:.2f}",
    lambda v: f"{int(v):08d}",
    lambda v: f"{int(v) * 10**30}",
    lambda v: f"{int(v)}'{int(v * 7) % 60:02d}\"",
    lambda v: f"<{v:.1f}" if v < 20 else f"{v:.1f}",
)
DATE_FORMATS = (
    *(
        "%Y-%m-%d",
        "%d.%m.%y",
        "%m/%d/%Y %I:%M %p",
        "%Y%m%d",
        "%d %b %Y",
        "%H:%M",
        "%G-W%V",
        "%Y-%m",
    ),
    *("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S+02:00", "%B %Y", "%A", "%j"),
)
KEYS: tuple[Callable[[int], str], ...] = (
    lambda v: f"K{v:05d}",
    lambda v: f"{v:032x}",
    lambda v: f"ord-{v % 7}/{v}",
    lambda v: f"user{v}@mail{v % 3}.com",
    lambda v: f"{v % 256}.{v // 3 % 256}.{v // 7 % 256}.1",
    lambda v: f"DE{v:020d}",
    lambda v: f"+49 {v % 900 + 100} {v:07d}",
    lambda v: f"https://x.org/{v}?q={v % 5}",
    lambda v: "".join(chr(97 + v * k % 26) for k in range(1, 9)),
)


def draw_floats(rng: np.random.Generator, n: int) -> np.ndarray[Any, Any]:
    """Return numbers of some distribution, shape (n,)."""
    scale = 10.0 ** pick(rng, (-300, -30, -9, -2, 0, 0, 0, 2, 6, 15, 30, 300))
    base: np.ndarray[Any, Any] = pick(
        rng,
        (
            rng.normal(size=n),
            rng.gamma(2, 30, n),
            rng.lognormal(0, pick(rng, (1, 5, 20)), n),
            rng.integers(-5, 90, n) / pick(rng, (1, 3, 4, 7, 60)),
            np.where(rng.random(n) < 0.8, 0.0, rng.normal(size=n)),
            np.where(rng.random(n) < 0.5, rng.normal(-9, 0.1, n), rng.normal(99, 3, n)),
            np.repeat(rng.normal(), n),
            np.arange(n) * 0.25,
        ),
    )
    with np.errstate(over="ignore"):
        made = base * scale
    return np.asarray(made if rng.random() < 0.5 else np.round(made, int(rng.integers(0, 4))))


def make_float(rng: np.random.Generator, n: int) -> "pd.Series[Any]":
    """Return floats of any dtype."""
    with np.errstate(over="ignore"):
        return pd.Series(draw_floats(rng, n)).astype(pick(rng, FLOATS))


def make_extremes(rng: np.random.Generator, n: int) -> "pd.Series[Any]":
    """Return infinities, the largest and the smallest floats among others."""
    odd = rng.choice(EXTREMES if rng.random() < 0.1 else FINITE, n)
    return pd.Series(np.where(rng.random(n) < pick(rng, (0.02, 0.3, 1.0)), odd, rng.normal(size=n)))


def make_whole(rng: np.random.Generator, n: int) -> "pd.Series[Any]":
    """Return whole numbers of any dtype, as far as it goes."""
    dtype = pick(rng, WHOLES)
    plain = dtype.partition("[")[0].lower()
    bounds = np.iinfo(plain)
    low, high = pick(
        rng, ((0, 9), (0, 127), (int(bounds.min), int(bounds.max)), (max(-90, int(bounds.min)), 90))
    )
    made = rng.integers(low, high, n, dtype=plain, endpoint=True)
    if rng.random() < 0.2:
        made = (np.arange(n) % 127).astype(plain)
    return pd.Series(made).astype(dtype)


def make_bool(rng: np.random.Generator, n: int) -> "pd.Series[Any]":
    """Return truth values of any dtype."""
    return pd.Series(rng.random(n) < pick(rng, (0.0, 0.01, 0.4))).astype(pick(rng, BOOLS))


def make_text(rng: np.random.Generator, n: int) -> "pd.Series[Any]":
    """Return words, odd texts, sentences, or numbers and dates as text."""
    kind = int(rng.integers(6))
    if kind == 0:
        values = [pick(rng, ODD_TEXTS) for _ in range(n)]
    elif kind == 1:
        values = [
            pick(rng, ODD_TEXTS) if rng.random() < 0.1 else pick(rng, WORDS) for _ in range(n)
        ]
    elif kind == 2:
        write = pick(rng, NUMBER_TEXTS)
        values = [write(value) for value in rng.gamma(2, 30, n)]
    elif kind == 3:
        days = pd.Timestamp("2019-12-30") + pd.to_timedelta(rng.integers(0, 90_000, n), "min")
        values = list(days.strftime(pick(rng, DATE_FORMATS)))
    elif kind == 4:
        write = pick(rng, KEYS)
        values = [write(int(v)) for v in rng.choice(10**6, n, replace=bool(rng.integers(2)))]
    else:
        values = [" ".join(rng.choice(WORDS, int(rng.integers(1, 9)))) for _ in range(n)]
    if rng.random() < 0.02:  # what UTF-8 cannot write
        values = [f"{v}\ud800" for v in values]
    if rng.random() < 0.2:
        values = [pick(rng, ("?", "N/A", "")) if rng.random() < 0.2 else v for v in values]
    return pd.Series(values, dtype=object)


def make_category(rng: np.random.Generator, n: int) -> "pd.Series[Any]":
    """Return a category column over any other kind, ordered or not, with levels nobody has."""
    makers = (make_float, make_whole, make_bool, make_moment, make_span, make_text, make_period)
    values = pick(rng, (*makers, make_interval))(rng, max(1, int(rng.integers(1, 12))))
    if values.dtype == "float16":  # of which pandas makes no levels
        values = values.astype("float64")
    if values.dtype == object:  # of which pandas makes levels of text, in UTF-8
        values = values.map(
            lambda v: v.encode("utf-8", "replace").decode() if isinstance(v, str) else v
        )
    levels = pd.Index(values.dropna().unique()).drop_duplicates()
    codes = rng.integers(-1, len(levels), n) if rng.random() < 0.5 else np.full(n, len(levels) - 1)
    return pd.Series(pd.Categorical.from_codes(codes, levels, ordered=bool(rng.integers(2))))


def make_sparse(rng: np.random.Generator, n: int) -> "pd.Series[Any]":
    """Return a sparse column."""
    fill = pick(rng, (0, np.nan, 1.5))
    values = np.where(rng.random(n) < 0.8, fill, rng.integers(0, 9, n))
    return pd.Series(pd.arrays.SparseArray(values, fill_value=fill))


COLUMNS: Mapping[str, Maker] = {
    "floats": make_float,
    "extremes": make_extremes,
    "whole numbers": make_whole,
    "truth values": make_bool,
    "moments": make_moment,
    "durations": make_span,
    "far dates": make_far_date,
    "periods": make_period,
    "intervals": make_interval,
    "texts": make_text,
    "more texts": make_text,
    "categories": make_category,
    "sparse": make_sparse,
}
