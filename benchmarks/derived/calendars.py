"""Parts of moments, and moments in order."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.derived.table import ZONES, DerivedTable, derive, draw_moments


def make_parts(rng: np.random.Generator, n: int) -> Iterator[DerivedTable]:
    """Yield tables of parts of moments."""
    parts: dict[str, Any] = {
        "year": lambda t: t.dt.year,
        "month": lambda t: t.dt.month,
        "weekday": lambda t: t.dt.day_of_week,
        "hour": lambda t: t.dt.hour,
        "dayname": lambda t: t.dt.day_name(),
        "weekend": lambda t: t.dt.day_of_week >= 5,
        "week": lambda t: t.dt.isocalendar().week,
        "quarter": lambda t: t.dt.quarter,
        "dayofyear": lambda t: t.dt.day_of_year,
    }
    for zone in (*ZONES, None):
        t = draw_moments(rng, n, step=900).dt.tz_localize("UTC").dt.tz_convert(zone)
        columns = {name: part(t) for name, part in parts.items()}
        yield derive(
            f"parts of a moment in {zone}",
            lambda f: np.logical_and.reduce(
                [np.asarray(part(f["t"])) == np.asarray(f[name]) for name, part in parts.items()]
            ),
            {"t": t, **columns},
            rng,
        )
        day = t.dt.tz_localize(None).dt.normalize()
        yield derive(
            f"date of a moment in {zone}",
            lambda f: f["t"].dt.tz_localize(None).dt.normalize().eq(pd.to_datetime(f["day"])),
            {"t": t, "day": day.dt.date},
            rng,
        )


def make_pairs(rng: np.random.Generator, n: int) -> Iterator[DerivedTable]:
    """Yield tables of text dates in pairs."""
    t = draw_moments(rng, n, step=86_400)
    late = t + pd.to_timedelta(rng.integers(1, 50, n), "D")
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d %b %Y", "%Y%m%d"):
        read = partial(pd.to_datetime, format=form)
        yield derive(
            f"text dates {form} in order",
            lambda f, r=read: r(f["late"]) > r(f["t"]),
            {"t": t.dt.strftime(form), "late": late.dt.strftime(form)},
            rng,
        )
        yield derive(
            f"text dates {form} a week later",
            lambda f, r=read: (r(f["late"]) - r(f["t"])).eq(pd.Timedelta(days=7)),
            {"t": t.dt.strftime(form), "late": (t + pd.Timedelta(days=7)).dt.strftime(form)},
            rng,
        )
    months = t.dt.strftime("%Y-%m")
    yield derive(
        "text months and a later day",
        lambda f: pd.to_datetime(f["late"]) > pd.to_datetime(f["month"]),
        {"month": months, "late": late},
        rng,
    )


def make_chains(rng: np.random.Generator, n: int) -> Iterator[DerivedTable]:
    """Yield tables of columns that follow from one another in turn."""
    steps = rng.integers(0, 900, (5, n))
    total = steps.cumsum(axis=0)
    columns = {f"s{i}": steps[i] for i in range(5)} | {f"c{i}": total[i] for i in range(5)}
    yield derive(
        "cumulative sums of five steps",
        lambda f: np.logical_and.reduce(
            [f[f"c{i}"].eq(f[f"c{i - 1}"] + f[f"s{i}"]) for i in range(1, 5)]
        ),
        columns,
        rng,
    )
    t = draw_moments(rng, n)
    times = [t + pd.to_timedelta(s, "min") for s in (total + np.arange(5)[:, None])]
    yield derive(
        "five moments in strict order",
        lambda f: np.logical_and.reduce([f[f"t{i}"] < f[f"t{i + 1}"] for i in range(4)]),
        {f"t{i}": moment for i, moment in enumerate(times)},
        rng,
    )
    x = rng.integers(0, 900, n)
    yield derive(
        "a line of a line of a line",
        lambda f: f["b"].eq(2 * f["a"] + 1) & f["c"].eq(f["b"] - 9) & f["d"].eq(f["c"] * 5),
        {"a": x, "b": 2 * x + 1, "c": 2 * x - 8, "d": 10 * x - 40},
        rng,
    )


def make_ends(rng: np.random.Generator, n: int) -> Iterator[DerivedTable]:
    """Yield tables of values at the ends of their dtypes."""
    for dtype in ("int32", "int64", "uint16", "uint32"):
        low, high = np.iinfo(dtype).min, min(np.iinfo(dtype).max, 2**52)
        x = rng.integers(max(low, -(2**52)), high - 100, n)
        top = np.where(rng.random(n) < 0.3, high, x + rng.integers(1, 90, n))
        yield derive(
            f"{dtype} strictly below its greatest",
            lambda f: f["x"] < f["top"],
            {"x": x.astype(dtype), "top": top.astype(dtype)},
            rng,
        )
    t = draw_moments(rng, n, "ns")
    last = pd.Series(
        np.where(
            rng.random(n) < 0.3,
            pd.Timestamp.max.floor("us").to_datetime64(),
            t + pd.Timedelta(days=9),
        )
    )
    yield derive(
        "moments before the end of 64 bits",
        lambda f: f["t"] < f["last"],
        {"t": t, "last": last.astype("M8[ns]")},
        rng,
    )
    far = pd.Series(
        np.where(
            rng.random(n) < 0.4,
            np.datetime64("9999-12-31"),
            (t + pd.Timedelta(days=9)).to_numpy().astype("M8[s]"),
        )
    ).astype("M8[s]")
    yield derive(
        "valid until 9999-12-31",
        lambda f: f["t"] < f["last"],
        {"t": t.astype("M8[s]"), "last": far},
        rng,
    )
    yield derive(
        "valid until 9999-12-31, text",
        lambda f: f["t"] < f["last"],
        {"t": t.dt.strftime("%Y-%m-%d"), "last": far.dt.strftime("%Y-%m-%d")},
        rng,
    )
