"""Moments, dates and durations, and what follows from them."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.derived.table import UNITS, ZONES, DerivedTable, derive, draw_moments


def make_zoned(rng: np.random.Generator, n: int) -> Iterator[DerivedTable]:
    """Yield tables of moments with a zone, across changes of clocks."""
    for zone in ZONES:
        for unit in ("s", "ns"):
            local = draw_moments(rng, n, unit, step=86_400)
            t = local.dt.tz_localize(zone, nonexistent="shift_forward", ambiguous=True)
            for other in (zone, "UTC", None):
                day = (t + pd.Timedelta(minutes=345)).dt.tz_convert(other)
                yield derive(
                    f"zoned midnights {zone} {unit} +345 min in {other}",
                    lambda f: (
                        f["day"].dt.tz_localize("UTC") if f["day"].dt.tz is None else f["day"]
                    ).eq(f["t"] + pd.Timedelta(minutes=345)),
                    {"t": t, "day": day},
                    rng,
                )
        t = draw_moments(rng, n, "us", step=1_800).dt.tz_localize("UTC").dt.tz_convert(zone)
        yield derive(
            f"zoned {zone} half hours, due 2 days later",
            lambda f: (f["due"] - f["t"]).eq(pd.Timedelta(days=2)),
            {"t": t, "due": t + pd.Timedelta(days=2)},
            rng,
        )
        walls = t.dt.tz_localize(None)
        yield derive(
            f"zoned {zone} and its wall time",
            lambda f: f["t"].dt.tz_localize(None).eq(f["wall"]),
            {"t": t, "wall": walls},
            rng,
        )
        yield derive(
            f"zoned {zone} order",
            lambda f: f["t"] < f["end"],
            {"t": t, "end": t + pd.to_timedelta(rng.integers(1, 200, n), "h")},
            rng,
        )


def make_dates(rng: np.random.Generator, n: int) -> Iterator[DerivedTable]:
    """Yield tables of dates without a time of day."""
    t = draw_moments(rng, n, "us", step=1)
    for dtype in ("date32[pyarrow]", "date64[pyarrow]"):
        day = t.dt.normalize().astype(dtype)
        due = (t.dt.normalize() + pd.Timedelta(days=30)).astype(dtype)
        yield derive(
            f"{dtype} of a moment",
            lambda f: f["t"].dt.normalize().eq(pd.to_datetime(f["day"])),
            {"t": t, "day": day},
            rng,
        )
        yield derive(
            f"{dtype} and 30 days later",
            lambda f: (pd.to_datetime(f["due"]) - pd.to_datetime(f["day"])).eq(
                pd.Timedelta(days=30)
            ),
            {"day": day, "due": due},
            rng,
        )
        late = (t.dt.normalize() + pd.to_timedelta(rng.integers(1, 9, n), "D")).astype(dtype)
        yield derive(
            f"{dtype} before another",
            lambda f: pd.to_datetime(f["late"]) > pd.to_datetime(f["day"]),
            {"day": day, "late": late},
            rng,
        )
        moment = t.dt.normalize() + pd.to_timedelta(rng.integers(86_400, 700_000, n), "s")
        yield derive(
            f"{dtype} before a moment",
            lambda f: f["moment"] > pd.to_datetime(f["day"]),
            {"day": day, "moment": moment},
            rng,
        )
    objects = t.dt.date
    yield derive(
        "dates as objects, a week later",
        lambda f: (pd.to_datetime(f["due"]) - pd.to_datetime(f["day"])).eq(pd.Timedelta(days=7)),
        {"day": objects, "due": (t + pd.Timedelta(days=7)).dt.date},
        rng,
    )
    period = t.dt.to_period("M")
    yield derive(
        "months as periods, before a moment",
        lambda f: f["t"] >= f["month"].dt.to_timestamp(),
        {"month": period, "t": t},
        rng,
    )


def make_units(rng: np.random.Generator, n: int) -> Iterator[DerivedTable]:
    """Yield tables of moments in every unit."""
    for unit in UNITS:
        t = draw_moments(rng, n, unit)
        step = pd.Timedelta(1, unit)
        t = t + (rng.integers(0, 10**6, n) * step if unit != "s" else 0 * step)
        for steps in (1, 1_001):
            yield derive(
                f"datetime64[{unit}] and {steps} steps later",
                lambda f, d=steps * step: (f["late"] - f["t"]).eq(d),
                {"t": t, "late": t + steps * step},
                rng,
            )
        yield derive(
            f"datetime64[{unit}] strictly before another",
            lambda f: f["late"] > f["t"],
            {"t": t, "late": t + rng.integers(1, 1_000, n) * step},
            rng,
        )
        for other in UNITS:
            yield derive(
                f"datetime64[{unit}] and its {other}",
                lambda f, o=other: f["t"].astype(f"M8[{o}]").eq(f["other"]),
                {"t": t, "other": t.astype(f"M8[{other}]")},
                rng,
            )


def _duration(unit: str) -> Any:
    return f"m8[{unit}]"


def make_durations(rng: np.random.Generator, n: int) -> Iterator[DerivedTable]:
    """Yield tables of durations in every unit."""
    for unit in UNITS:
        start = draw_moments(rng, n, unit)
        took = pd.Series(rng.integers(1, 9_000, n)).astype(_duration(unit))
        yield derive(
            f"timedelta64[{unit}] doubled",
            lambda f: f["twice"].eq(f["took"] * 2),
            {"took": took, "twice": took * 2},
            rng,
        )
        more = pd.Series(rng.integers(1, 9_000, n)).astype(_duration(unit))
        yield derive(
            f"timedelta64[{unit}] added up",
            lambda f: f["both"].eq(f["took"] + f["more"]),
            {"took": took, "more": more, "both": took + more},
            rng,
        )
        yield derive(
            f"timedelta64[{unit}] before another",
            lambda f: f["both"] > f["took"],
            {"took": took, "both": took + more, "start": start},
            rng,
        )
    arrow = pd.Series(rng.integers(1, 9_000, n)).astype("m8[ms]").astype("duration[ms][pyarrow]")
    yield derive(
        "Arrow durations tripled",
        lambda f: f["triple"].eq(f["took"] * 3),
        {"took": arrow, "triple": arrow * 3},
        rng,
    )
