"""How many of several columns; what never occurs; facts of some categories; nearly so."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.made_facts.made_fact import Columns, MadeFact, Rng, equal, noise

Frame = pd.DataFrame
FLAGS = tuple(f"has_{name}" for name in ("phone", "tv", "backup", "support", "safety"))
SPECIES = {
    "Adelie": ("Biscoe", "Dream", "Torgersen"),
    "Gentoo": ("Biscoe",),
    "Chinstrap": ("Dream",),
}
MIN_MADE = 0.998  # share of rows, of what never occurs


def counted(
    name: str, draw: Callable[[Rng, int], Any], compute: Callable[[Frame], Any]
) -> MadeFact:
    """Return a fact of five columns."""

    def make(rng: Rng, n: int) -> Columns:
        return {flag: draw(rng, n) for flag in FLAGS} | noise(rng, n)

    return MadeFact("counts", name, make, "z", compute, equal("z", compute), FLAGS)


def _yes(rng: Rng, n: int) -> Any:
    return np.where(rng.random(n) < rng.uniform(0.2, 0.7), "Yes", "No")


def _gappy(rng: Rng, n: int) -> Any:
    return pd.Series(rng.normal(10, 2, n).round(1)).mask(rng.random(n) < 0.3)


def _count_gaps(frame: Frame) -> Any:
    return frame[list(FLAGS)].isna().sum(axis=1)


def _make_species(rng: Rng, n: int) -> Columns:
    species = rng.choice(np.array(list(SPECIES), object), n, p=[0.45, 0.35, 0.2])
    islands = [rng.choice(SPECIES[name]) for name in species]
    return {"species": species, "z": np.array(islands, object)} | noise(rng, n)


def _make_plans(rng: Rng, n: int) -> Columns:
    plan = rng.choice(np.array(["free", "basic", "pro", "team"], object), n)
    support = rng.choice(np.array(["none", "mail", "phone"], object), n)
    support = np.where((plan == "free") & (support == "phone"), "mail", support)
    support = np.where((plan == "team") & (support == "none"), "phone", support)
    return {"plan": plan, "z": support} | noise(rng, n)


def _make_measures(rng: Rng, n: int) -> Columns:
    gaps = rng.random(n) < 0.12
    columns = {
        name: pd.Series(rng.normal(mean, 3, n).round(1)).mask(gaps)
        for name, mean in (("bill", 43.0), ("depth", 17.0), ("flipper", 200.0))
    }
    return noise(rng, n) | columns


def _make_stays(rng: Rng, n: int) -> Columns:
    arrived = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 300, n), unit="D")
    nights = rng.integers(1, 15, n)
    status = rng.choice(np.array(["stayed", "cancelled", "moved"], object), n, p=[0.6, 0.25, 0.15])
    free = np.where(status == "stayed", nights, rng.integers(0, 20, n))
    return (
        {"arrived": arrived, "nights": nights, "status": status}
        | noise(rng, n)
        | {"z": arrived + pd.to_timedelta(free, unit="D")}
    )


def _make_refunds(rng: Rng, n: int) -> Columns:
    paid = rng.lognormal(4, 1, n).round(2)
    kind = rng.choice(np.array(["full", "part"], object), n)
    part = (paid * rng.uniform(0.1, 0.9, n)).round(2)
    return (
        {"paid": paid, "kind": kind} | noise(rng, n) | {"z": np.where(kind == "full", paid, part)}
    )


def _make_bmi(rng: Rng, n: int) -> Columns:
    weight, height = rng.normal(75, 12, n), rng.normal(1.72, 0.1, n)
    bmi = (weight / height**2).round(1)
    return {"weight": weight.round(0), "height": height.round(2)} | noise(rng, n) | {"z": bmi}


def _is_near(rows: Frame) -> Any:
    """Return where a ratio is that of what was rounded, give or take what rounding does."""
    weight, height = rows.weight.astype(float), rows.height.astype(float)
    low = (weight - 0.5) / (height + 0.005) ** 2 - 0.051
    return (rows.z >= low) & (rows.z <= (weight + 0.5) / (height - 0.005) ** 2 + 0.051)


def _make_chain(rng: Rng, n: int) -> Columns:
    return {"qty": rng.integers(1, 13, n), "price": rng.lognormal(3, 1, n).round(2)} | noise(rng, n)


def _chain(frame: Frame) -> Any:
    net = (frame.qty * frame.price).round(2)
    frame["net"], frame["vat"] = net, (net * 0.19).round(2)
    return (net + frame["vat"]).round(2)


def _adds_up(rows: Frame) -> Any:
    is_net = (rows.net - rows.qty * rows.price).abs() < 0.005001
    is_vat = (rows.vat - 0.19 * rows.net).abs() < 0.005001
    return is_net & is_vat & ((rows.z - rows.net - rows.vat).abs() < 1e-6)


def _lives_there(rows: Frame) -> Any:
    return [place in SPECIES[name] for name, place in zip(rows.species, rows.z, strict=True)]


def _is_sold(rows: Frame) -> Any:
    return ~(rows.plan.eq("free") & rows.z.eq("phone") | rows.plan.eq("team") & rows.z.eq("none"))


def _are_together(rows: Frame) -> Any:
    gaps = rows[["bill", "depth", "flipper"]].isna()
    return gaps.all(axis=1) | ~gaps.any(axis=1)


FACTS: tuple[MadeFact, ...] = (
    counted("how many are Yes", _yes, lambda d: (d[list(FLAGS)] == "Yes").sum(axis=1)),
    counted(
        "how many are true", lambda r, n: r.random(n) < 0.4, lambda d: d[list(FLAGS)].sum(axis=1)
    ),
    counted(
        "how many are 1", lambda r, n: r.integers(0, 2, n), lambda d: d[list(FLAGS)].sum(axis=1)
    ),
    MadeFact(
        "counts",
        "how many are missing",
        lambda rng, n: {flag: _gappy(rng, n) for flag in FLAGS} | noise(rng, n),
        "z",
        _count_gaps,
        equal("z", _count_gaps),
        (),
    ),
    MadeFact("never", "species on islands", _make_species, "z", None, _lives_there, ("species",)),
    MadeFact("never", "support of plans", _make_plans, "z", None, _is_sold, ("plan",)),
    MadeFact("never", "gaps that come together", _make_measures, "noise", None, _are_together, ()),
    MadeFact(
        "where",
        "nights of those who stayed",
        _make_stays,
        "z",
        None,
        lambda d: d.status.ne("stayed") | d.z.eq(d.arrived + pd.to_timedelta(d.nights, "D")),
        ("arrived", "nights", "status"),
    ),
    MadeFact(
        "where",
        "full refunds",
        _make_refunds,
        "z",
        None,
        lambda d: d.kind.ne("full") | d.z.eq(d.paid),
        ("paid", "kind"),
    ),
    MadeFact(
        "nearly", "ratio of what was rounded", _make_bmi, "z", None, _is_near, ("weight", "height")
    ),
    MadeFact("chains", "net, tax and gross", _make_chain, "z", _chain, _adds_up, ("qty", "price")),
)
