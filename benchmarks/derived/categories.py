"""Look-ups, gaps, and what is odd otherwise."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.derived.table import DerivedTable, derive

SPARSE: Any = "Sparse[int64]"


def make_look_ups(rng: np.random.Generator, n: int) -> Iterator[DerivedTable]:
    """Yield tables of look-ups with rare keys."""
    code = np.minimum(rng.zipf(1.5, n), 120)
    name = np.char.add("n", (code % 37).astype(str))
    pairs = dict(zip(code.tolist(), name.tolist(), strict=True))
    for dtype in ("int64", "Int64", "str", "category", "float64"):
        key = pd.Series(code).astype(dtype)
        yield derive(
            f"names of codes as {dtype}, rare ones too",
            lambda f, p=pairs: [
                p.get(int(k)) == v for k, v in zip(f["code"], f["name"], strict=True)
            ],
            {"code": key, "name": name},
            rng,
        )
    make, doors = rng.integers(0, 9, n), rng.integers(2, 6, n)
    size = np.char.add("s", ((make * 7 + doors * 3) % 11).astype(str))
    yield derive(
        "names of pairs",
        lambda f: [
            f"s{(int(m[1:]) * 7 + d * 3) % 11}" == s
            for m, d, s in zip(f["make"], f["doors"], f["size"], strict=True)
        ],
        {"make": np.char.add("m", make.astype(str)), "doors": doors, "size": size},
        rng,
    )


def make_gaps(rng: np.random.Generator, n: int) -> Iterator[DerivedTable]:
    """Yield tables of gaps that follow."""
    smoker = pd.Series(rng.choice(["never", "former", "now"], n))
    year = pd.Series(rng.integers(1980, 2020, n)).astype(float)
    yield derive(
        "missing exactly at a level",
        lambda f: f["year"].isna().eq(f["smoker"].eq("never")),
        {"smoker": smoker, "year": year.mask(smoker.eq("never"))},
        rng,
    )
    yield derive(
        "missing at a level, elsewhere free",
        lambda f: f["year"].isna() | f["smoker"].ne("never"),
        {"smoker": smoker, "year": year.mask(smoker.eq("never") | (rng.random(n) < 0.3))},
        rng,
    )
    gap = pd.Series(rng.random(n) < 0.4)
    for dtype in ("Int64", "int64[pyarrow]", "float32", "M8[ns]", "category", "str", "m8[s]"):
        other = pd.Series(rng.integers(0, 50, n)).astype(dtype).mask(gap)
        yield derive(
            f"missing together, {dtype}",
            lambda f: f["x"].isna().eq(f["other"].isna()),
            {"x": pd.Series(rng.normal(size=n)).mask(gap), "other": other},
            rng,
        )


def make_odd(rng: np.random.Generator, n: int) -> Iterator[DerivedTable]:
    """Yield tables of what fits nowhere else."""
    x = rng.integers(0, 500, n)
    marked = pd.Series(x).astype(str).mask(pd.Series(rng.random(n) < 0.1), "?")
    read: Any = partial(pd.to_numeric, errors="coerce")
    twice = pd.Series(2 * x).astype(str).mask(marked.eq("?"), "?")
    yield derive(
        "doubled where a mark is no gap",
        lambda f: (
            (read(f["b"]) - 2 * read(f["a"])).fillna(0).eq(0) & f["a"].eq("?").eq(f["b"].eq("?"))
        ),
        {"a": marked, "b": twice},
        rng,
    )
    yield derive(
        "bool of a number as text",
        lambda f: f["flag"].eq(f["level"].isin(["a", "b"])),
        {
            "level": (level := pd.Series(rng.choice(list("abcd"), n))),
            "flag": level.isin(["a", "b"]),
        },
        rng,
    )
    quoted = rng.integers(0, 900, n).astype(float)
    billed = np.where(rng.random(n) < 0.6, quoted, rng.integers(0, 900, n))
    yield derive(
        "often equal, and a copy of it",
        lambda f: f["copy"].eq(f["billed"]),
        {"quoted": quoted, "billed": billed, "copy": billed},
        rng,
    )
    celsius = rng.integers(-300, 400, n) / 10
    yield derive(
        "fahrenheit rounded to one decimal",
        lambda f: (f["f"] - (f["c"] * 1.8 + 32)).abs() <= 0.05 + 1e-9,
        {"c": celsius, "f": (celsius * 1.8 + 32).round(1)},
        rng,
    )
    yield derive(
        "miles of kilometres, rounded to whole",
        lambda f: (f["miles"] - f["km"] / 1.609344).abs() <= 0.5 + 1e-9,
        {"km": (km := rng.integers(1, 9_000, n)), "miles": np.rint(km / 1.609344).astype(int)},
        rng,
    )
    sparse: Any = pd.Series(np.where(rng.random(n) < 0.8, 0, x)).astype(SPARSE)
    yield derive(
        "sparse numbers doubled",
        lambda f: np.asarray(f["y"]) == 2 * np.asarray(f["x"]),
        {"x": sparse, "y": (2 * sparse.sparse.to_dense()).astype(SPARSE)},
        rng,
    )
