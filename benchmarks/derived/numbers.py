"""Numbers of small dtypes."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.derived.table import DerivedTable, derive


def make_small_ints(rng: np.random.Generator, n: int) -> Iterator[DerivedTable]:
    """Yield tables of integers near the ends of small dtypes."""
    for dtype in ("int8", "uint8", "int16", "Int8", "UInt8", "int8[pyarrow]", "uint8[pyarrow]"):
        plain = dtype.lower().removesuffix("[pyarrow]")
        low, high = np.iinfo(plain).min, np.iinfo(plain).max
        x = rng.integers(low, high - 4, n)
        x[:5] = low, high - 5, high - 5, low, high - 6
        series = pd.Series(x).astype(dtype)
        yield derive(
            f"{dtype} + 5 up to its end",
            lambda f: (f["y"].astype(float) - f["x"].astype(float)).eq(5),
            {"x": series, "y": pd.Series(x + 5).astype(dtype)},
            rng,
        )
        a, b = rng.integers(0, high // 2, (2, n))
        yield derive(
            f"{dtype} added up near its end",
            lambda f: f["c"].astype(float).eq(f["a"].astype(float) + f["b"].astype(float)),
            {k: pd.Series(v).astype(dtype) for k, v in {"a": a, "b": b, "c": a + b}.items()},
            rng,
        )
        top = np.minimum(x + rng.integers(1, 40, n), high)
        yield derive(
            f"{dtype} strictly below another up to its end",
            lambda f: f["x"].astype(float) < f["top"].astype(float),
            {"x": pd.Series(np.minimum(x, high - 1)).astype(dtype),
             "top": pd.Series(np.maximum(top, np.minimum(x, high - 1) + 1)).astype(dtype)},
            rng,
        )  # fmt: skip


def make_small_floats(rng: np.random.Generator, n: int) -> Iterator[DerivedTable]:
    """Yield tables of floats of few bits."""
    for dtype in ("float16", "float32", "Float32", "float[pyarrow]"):
        plain: Any = np.float16 if dtype == "float16" else np.float32
        x: Any = rng.uniform(-90, 90, n).round(1).astype(plain)
        for factor, offset in ((2, 0), (1, 0.1), (1.1, 0), (1.8, 32), (0.001, 0)):
            y = (x.astype(plain) * plain(factor) + plain(offset)).astype(plain)
            yield derive(
                f"{dtype} times {factor} plus {offset}",
                lambda f, a=factor, b=offset, p=plain: np.isclose(
                    f["y"].astype(float),
                    f["x"].astype(float) * a + b,
                    rtol=8 * float(np.finfo(p).eps),
                    atol=8 * float(np.finfo(p).eps) * (abs(b) + 1),
                ),
                {"x": pd.Series(x).astype(dtype), "y": pd.Series(y).astype(dtype)},
                rng,
            )
        more = rng.uniform(0, 90, n).round(1).astype(plain) + plain(0.1)
        yield derive(
            f"{dtype} strictly below another",
            lambda f: f["x"].astype(float) < f["top"].astype(float),
            {"x": pd.Series(x).astype(dtype), "top": pd.Series(x + more).astype(dtype)},
            rng,
        )
        a, b = rng.integers(0, 900, (2, n)) / 4
        parts = {"a": a, "b": b, "c": a + b}
        yield derive(
            f"{dtype} quarters added up",
            lambda f: f["c"].astype(float).eq(f["a"].astype(float) + f["b"].astype(float)),
            {k: pd.Series(v.astype(plain)).astype(dtype) for k, v in parts.items()},
            rng,
        )
    x, y = rng.uniform(0, 90, (2, n)).round(2)
    yield derive(
        "float64 cents added up",
        lambda f: f["z"].eq((f["x"] + f["y"]).round(2)),
        {"x": x, "y": y, "z": (x + y).round(2)},
        rng,
    )
    yield derive(
        "float64 mean of two, not rounded",
        lambda f: np.isclose(f["z"], f["x"] * 0.37 + 1.3, rtol=1e-14),
        {"x": x, "z": x * 0.37 + 1.3},
        rng,
    )


def make_nullable(rng: np.random.Generator, n: int) -> Iterator[DerivedTable]:
    """Yield tables of nullable and Arrow numbers with gaps."""
    for dtype in ("Int64", "int64[pyarrow]", "Float64", "double[pyarrow]", "Int32"):
        x = pd.Series(rng.integers(0, 10**6, n)).astype(dtype).mask(pd.Series(rng.random(n) < 0.2))
        yield derive(
            f"{dtype} tripled plus 7, gaps together",
            lambda f: (f["y"] - f["x"] * 3).fillna(7).eq(7) & f["x"].isna().eq(f["y"].isna()),
            {"x": x, "y": x * 3 + 7},
            rng,
        )
        y = (x * 3 + 7).mask(pd.Series(rng.random(n) < 0.3))
        yield derive(
            f"{dtype} tripled plus 7, more gaps",
            lambda f: (f["y"] - f["x"] * 3).fillna(7).eq(7) & (f["x"].notna() | f["y"].isna()),
            {"x": x, "y": y},
            rng,
        )


def _adds_up(f: Any) -> list[bool]:
    return [a + b == c for a, b, c in zip(f["net"], f["tip"], f["total"], strict=True)]


def make_decimals(rng: np.random.Generator, n: int) -> Iterator[DerivedTable]:
    """Yield tables of exact decimals."""
    cents = rng.integers(1, 10**6, (2, n))
    one, two = ([Decimal(int(c)).scaleb(-2) for c in part] for part in cents)
    objects = {"net": one, "tip": two, "total": [a + b for a, b in zip(one, two, strict=True)]}
    yield derive("Decimal objects added up", _adds_up, objects, rng)
    arrow = {
        name: pd.Series(v).astype(pd.ArrowDtype(pa.decimal128(12, 2)))
        for name, v in objects.items()
    }
    yield derive("Arrow decimals added up", _adds_up, arrow, rng)
    tax = [(a * 19 / 100).quantize(Decimal("0.01"), ROUND_HALF_UP) for a in one]
    yield derive(
        "Decimal tax rounded half up",
        lambda f: [
            abs(t - a * 19 / 100) <= Decimal("0.005")
            for a, t in zip(f["net"], f["tax"], strict=True)
        ],
        {"net": one, "tax": tax},
        rng,
    )
    yield derive(
        "Decimal strictly below another",
        lambda f: [a < b for a, b in zip(f["low"], f["high"], strict=True)],
        {"low": one, "high": [a + b for a, b in zip(one, two, strict=True)]},
        rng,
    )
