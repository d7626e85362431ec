"""Categories by where a number lies, and columns that others switch off."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.made_facts.made_fact import Columns, MadeFact, Rng, equal, noise

Frame = pd.DataFrame


def make_columns(rng: Rng, n: int) -> Columns:
    """Return what the facts of this room follow from."""
    return {
        "income": rng.lognormal(10.3, 0.6, n).round(0),
        "balance": rng.normal(300, 900, n).round(2),
        "limit": rng.normal(100, 400, n).round(2),
        "score": rng.integers(0, 101, n),
        "at": pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 10**7, n), unit="s"),
    } | noise(rng, n)


def cut(name: str, sources: str, compute: Callable[[Frame], Any]) -> MadeFact:
    """Return a fact of a category decided by numbers."""
    names = tuple(sources.split())
    return MadeFact("thresholds", name, make_columns, "z", compute, equal("z", compute), names)


def _band(ends: list[float], labels: list[str], column: str, *, right: bool) -> Any:
    def compute(frame: Frame) -> Any:
        side: Any = "left" if right else "right"
        positions = np.searchsorted(ends, frame[column].to_numpy(float), side=side)
        return np.array(labels, object)[positions]

    return compute


def gated(
    name: str, gate: Callable[[Rng, int], Any], is_on: Callable[[Any], Any], off: Any
) -> MadeFact:
    """Return a fact of an amount that is free where a column says so, and `off` elsewhere."""

    def make(rng: Rng, n: int) -> Columns:
        gates = gate(rng, n)
        amounts = pd.Series(rng.lognormal(3, 1, n).round(2) + 1)
        return {"gate": gates} | noise(rng, n) | {"z": amounts.where(is_on(gates), off)}

    def holds(rows: Frame) -> Any:
        is_off = rows.z.isna() if off is None else rows.z.eq(off)
        return np.asarray(is_off) != np.asarray(is_on(rows.gate))

    if off is None:  # a gap is the fact here, not what is missing
        return MadeFact("gates", name, make, "gate", None, holds, ("gate",))
    return MadeFact("gates", name, make, "z", None, holds, ("gate",))


def _draw(*levels: str) -> Callable[[Rng, int], Any]:
    return lambda rng, n: rng.choice(np.array(levels, object), n)


BRACKETS = _band([20_000, 42_500, 90_000], ["low", "middle", "high", "top"], "income", right=False)
GRADES = _band([49, 64, 79, 89], ["F", "D", "C", "B", "A"], "score", right=True)
FACTS: tuple[MadeFact, ...] = (
    cut("bracket of income", "income", BRACKETS),
    cut("grade of a whole number", "score", GRADES),
    cut("flag below 0", "balance", lambda d: d.balance < 0),
    cut("yes or no above a limit", "income", lambda d: np.where(d.income > 50_000, "yes", "no")),
    cut("flag of two numbers", "balance limit", lambda d: d.balance < d.limit),
    cut(
        "season by a moment",
        "at",
        lambda d: np.where(d["at"] < pd.Timestamp("2023-03-01"), "before", "after"),
    ),
    cut(
        "1 or 0 by two conditions",
        "income score",
        lambda d: ((d.income > 40_000) & (d.score >= 60)).astype("int64"),
    ),
    gated(
        "0 where not employed",
        _draw("employed", "employed", "student", "retired"),
        lambda gate: np.asarray(gate) == "employed",
        0.0,
    ),
    gated(
        "0 where a flag is false",
        lambda rng, n: rng.random(n) < 0.6,
        lambda gate: np.asarray(gate, bool),
        0.0,
    ),
    gated(
        "missing where no car", _draw("car", "none", "none"), lambda g: np.asarray(g) == "car", None
    ),
    gated(
        "0 where the count is 0",
        lambda rng, n: rng.poisson(1.0, n),
        lambda gate: np.asarray(gate) > 0,
        0.0,
    ),
)
