"""Numbers from numbers: sums, products and ratios, each up to the rounding that is written."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.made_facts.made_fact import Columns, MadeFact, Rng, near, noise, rounded

KIND = "numbers"
Frame = pd.DataFrame


def make_columns(rng: Rng, n: int) -> Columns:
    """Return what the facts of this room are calculated from."""
    return {
        "qty": rng.integers(1, 13, n),
        "price": rng.lognormal(3, 1, n).round(2),
        "discount": rng.choice([0, 5, 10, 15, 20, 25, 40], n),
        "weight": rng.normal(75, 12, n).round(1),
        "height": rng.normal(1.72, 0.1, n).round(2),
        "shown": rng.integers(400, 9_000, n),
        "clicks": rng.integers(3, 300, n),
        "exam": rng.integers(0, 101, n),
        "home": rng.integers(0, 101, n),
        "oral": rng.integers(0, 101, n),
        "balance": rng.normal(0, 900, n).round(2),
        "x": rng.normal(0, 3, n),
        "y": rng.normal(1, 2, n),
    }


def fact(
    name: str,
    sources: str,
    compute: Callable[[Frame], Any],
    decimals: int | None = None,
    *,
    round_: Callable[[Any], Any] | None = None,
    **settings: Any,
) -> MadeFact:
    """Return a fact of these sources, in a table of them and of noise.

    Args:
        name: Of the member.
        sources: With spaces between.
        compute: Returns the dependent before it is rounded.
        decimals: To which it is rounded; None for none.
        round_: How it is, if not to even neighbours.
        settings: Of the fact.
    """
    names = tuple(sources.split())

    def make(rng: Rng, n: int) -> Columns:
        every = make_columns(rng, n)
        return {key: every[key] for key in names} | noise(rng, n)

    def write(frame: Frame) -> Any:
        exact = compute(frame)
        if round_ is not None:
            return round_(exact)
        return exact if decimals is None else exact.round(decimals)

    holds = near("z", compute) if decimals is None else rounded("z", compute, decimals)
    return MadeFact(KIND, name, make, "z", write, holds, names, **settings)


def half_up(exact: Any) -> Any:
    """Return whole numbers, halves away from 0."""
    return (np.sign(exact) * np.floor(np.abs(exact) + 0.5)).astype("int64")


FACTS: tuple[MadeFact, ...] = (
    fact("quantity times price", "qty price", lambda d: d.qty * d.price, 2),
    fact("weight by height squared", "weight height", lambda d: d.weight / d.height**2, 1),
    fact("clicks in percent", "clicks shown", lambda d: 100 * d.clicks / d.shown, 2),
    fact("grade of two parts", "exam home", lambda d: 0.7 * d.exam + 0.3 * d.home, 1),
    fact(
        "whole grade of three parts, half up",
        "exam home oral",
        lambda d: 0.35 * d.exam + 0.25 * d.home + 0.4 * d.oral,
        0,
        round_=half_up,
    ),
    fact("mean of three", "exam home oral", lambda d: (d.exam + d.home + d.oral) / 3, 2),
    fact("price less a discount", "price discount", lambda d: d.price * (1 - d.discount / 100), 2),
    fact(
        "amount less a discount",
        "qty price discount",
        lambda d: d.qty * d.price * (1 - d.discount / 100),
        2,
    ),
    fact("margin in percent", "price weight", lambda d: 100 * (d.price - d.weight) / d.price, 1),
    fact(
        "two products added up",
        "qty price weight height",
        lambda d: d.qty * d.price + d.weight * d.height,
        2,
    ),
    fact("product and a fee", "qty price", lambda d: d.qty * d.price + 4.95, 2),
    fact("product of three", "exam home oral", lambda d: d.exam * d.home * d.oral),
    fact("Fahrenheit", "balance", lambda d: 1.8 * d.balance + 32, 1),
    fact("part of a sum", "clicks shown", lambda d: 100 * d.clicks / (d.clicks + d.shown), 1),
    fact("ratio of floats", "x y", lambda d: d.x / d.y),
    fact("line of two floats", "x y", lambda d: 0.3 * d.x - 1.7 * d.y + 2),
    fact("product of signed numbers", "balance qty", lambda d: d.balance * d.qty, 2),
    fact("product with zeros", "discount price", lambda d: d.discount * d.price / 100, 2),
    fact("quantity times price, to predict", "qty price", lambda d: d.qty * d.price, 2, target="z"),
)
