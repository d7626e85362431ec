"""A factor, an offset or a line that depends on a category."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.made_facts.made_fact import Columns, MadeFact, Rng, near, noise, rounded

KIND = "groups"
RATES = {"EUR": 1.0, "USD": 0.9231, "GBP": 1.1702, "JPY": 0.00614, "CHF": 1.0415}
TARIFFS = {"day": (0.31, 9.5), "night": (0.22, 7.9), "green": (0.34, 8.25), "basic": (0.39, 5.0)}
FEES = {"letter": 0.85, "parcel": 4.99, "express": 12.9}
TAXES = {"food": 7, "book": 7, "tool": 19, "toy": 19, "export": 0}
Frame = pd.DataFrame


def grouped(
    name: str,
    group: str,
    levels: Any,
    compute: Callable[[Frame], Any],
    decimals: int | None = 2,
) -> MadeFact:
    """Return a fact of an amount and a category."""

    def make(rng: Rng, n: int) -> Columns:
        return {
            "amount": rng.lognormal(4, 1, n).round(2),
            "used": rng.integers(20, 900, n),
            group: rng.choice(np.array(list(levels), object), n),
        } | noise(rng, n)

    holds = near("z", compute) if decimals is None else rounded("z", compute, decimals)
    return MadeFact(
        KIND,
        name,
        make,
        "z",
        lambda d: compute(d) if decimals is None else compute(d).round(decimals),
        holds,
        (group, "amount", "used"),
    )


FACTS: tuple[MadeFact, ...] = (
    grouped("amount at a rate", "currency", RATES, lambda d: d.amount * d.currency.map(RATES)),
    grouped(
        "tariff of two parts",
        "tariff",
        TARIFFS,
        lambda d: (
            d.used * d.tariff.map({k: v[0] for k, v in TARIFFS.items()})
            + d.tariff.map({k: v[1] for k, v in TARIFFS.items()})
        ),
    ),
    grouped("amount and a fee", "sent", FEES, lambda d: d.amount + d.sent.map(FEES)),
    grouped("tax by goods", "goods", TAXES, lambda d: d.amount * d.goods.map(TAXES) / 100),
    grouped(
        "offset of a whole number",
        "zone",
        {"A": 1, "B": 2, "C": 5},
        lambda d: d.used + d.zone.map({"A": 100, "B": 250, "C": 700}),
        None,
    ),
)
