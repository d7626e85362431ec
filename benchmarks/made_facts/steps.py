"""Numbers from numbers: functions, whole divisions and their remainders, extremes, odd dtypes."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.made_facts.made_fact import MadeFact, equal, near
from benchmarks.made_facts.numbers import Frame, fact

KIND = "functions"


def step(name: str, sources: str, compute: Callable[[Frame], Any]) -> MadeFact:
    """Return a fact that holds exactly."""
    return replace(fact(name, sources, compute), kind=KIND, holds=equal("z", compute))


def curve(
    name: str, sources: str, compute: Callable[[Frame], Any], decimals: int | None = None
) -> MadeFact:
    """Return a fact that holds up to rounding."""
    return replace(fact(name, sources, compute, decimals), kind=KIND)


def typed(
    name: str, convert: Callable[["pd.Series[Any]"], Any], read: Callable[[Any], Any] = float
) -> MadeFact:
    """Return a product of two columns of a dtype; `read` turns a cell into a number."""

    def make(rng: np.random.Generator, n: int) -> dict[str, Any]:
        return {
            "qty": convert(pd.Series(rng.integers(1, 13, n).astype(float))),
            "price": convert(pd.Series(rng.lognormal(3, 1, n).round(2))),
            "noise": rng.normal(50, 12, n).round(1),
        }

    def numbers(frame: Frame) -> Frame:
        return pd.DataFrame({key: frame[key].map(read).astype(float) for key in ("qty", "price")})

    def exact(frame: Frame) -> Any:
        values = numbers(frame)
        return (values.qty * values.price).round(2)

    def holds(rows: Frame) -> Any:
        own = rows.assign(z=rows["z"].map(read).astype(float))
        return near("z", lambda _: exact(rows), 2e-7)(own)

    return MadeFact("dtypes", name, make, "z", lambda d: convert(exact(d)), holds, ("qty", "price"))


FACTS: tuple[MadeFact, ...] = (
    curve("natural logarithm", "price", lambda d: np.log(d.price)),
    curve("decimal logarithm", "shown", lambda d: np.log10(d.shown), 4),
    curve("logarithm of one more", "clicks", lambda d: np.log(d.clicks + 1), 5),
    curve("exponential", "x", lambda d: np.exp(d.x), 4),
    curve("square root", "weight", lambda d: np.sqrt(d.weight), 3),
    curve("geometric mean", "weight height", lambda d: np.sqrt(d.weight * d.height), 3),
    curve("length of a vector", "x y", lambda d: np.sqrt(d.x**2 + d.y**2), 4),
    curve("square", "x", lambda d: d.x**2),
    curve("squared difference", "exam home", lambda d: (d.exam - d.home) ** 2),
    curve("absolute value", "balance", lambda d: d.balance.abs(), 2),
    curve("absolute difference", "exam home", lambda d: (d.exam - d.home).abs()),
    step("whole dozens", "shown", lambda d: d.shown // 12),
    step("pages begun", "shown", lambda d: -(-d.shown // 300)),
    step("remainder by 7", "shown", lambda d: d.shown % 7),
    step("last two digits", "shown", lambda d: d.shown % 100),
    step("whole divisions by a column", "shown qty", lambda d: d.shown // d.qty),
    step("remainder by a column", "shown clicks", lambda d: d.shown % d.clicks),
    step("greatest of three", "exam home oral", lambda d: d[["exam", "home", "oral"]].max(axis=1)),
    step("least of two", "exam home", lambda d: d[["exam", "home"]].min(axis=1)),
    step("at the most 5,000", "shown", lambda d: d.shown.clip(upper=5_000)),
    step("excess over another", "exam home", lambda d: (d.exam - d.home).clip(lower=0)),
    step("bulk rate over 40", "exam", lambda d: (d.exam - 40).clip(lower=0) * 3),
    curve("mean cut off", "price", lambda d: np.floor(d.price * 0.19 * 100 + 1e-9) / 100),
)
DTYPES: tuple[MadeFact, ...] = (
    typed("float32", lambda s: s.astype("float32")),
    typed("Float64, nullable", lambda s: s.astype("Float64")),
    typed("Arrow doubles", lambda s: s.astype("double[pyarrow]")),
    typed("Decimal", lambda s: s.map(lambda v: Decimal(f"{v:.2f}"))),
    typed(
        "text in dollars",
        lambda s: s.map(lambda v: f"${v:,.2f}"),
        lambda cell: float(cell.replace("$", "").replace(",", "")),
    ),
)
