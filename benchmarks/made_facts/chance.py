"""Tables of chance: columns that have nothing to do with each other, or only correlate."""

from typing import Any

import numpy as np
import pandas as pd

from benchmarks.made_facts.made_fact import Columns, Rng

N_TABLES = 300
MIN_ROWS, MAX_ROWS = 50, 50_000
MIN_COLUMNS, MAX_COLUMNS = 5, 100
MAX_CELLS = 1_000_000
SEPARATION = 1.2  # of what columns share, in units of what is their own


def make_chance_table(number: int) -> pd.DataFrame:
    """Return a table without facts: every second one of columns that correlate.

    What columns share is never all of them: each value has noise of its own.
    """
    rng = np.random.default_rng([number, 7])
    n_rows = int(np.exp(rng.uniform(np.log(MIN_ROWS), np.log(MAX_ROWS))))
    n_columns = int(np.exp(rng.uniform(np.log(MIN_COLUMNS), np.log(MAX_COLUMNS))))
    n_columns = max(MIN_COLUMNS, min(n_columns, MAX_CELLS // n_rows))
    shared = rng.normal(size=n_rows) * (SEPARATION if number % 2 else 0.0)
    columns: Columns = {}
    for index in range(n_columns):
        kind, make = list(MAKERS.items())[rng.integers(len(MAKERS))]
        latent = rng.normal(size=n_rows) + shared * rng.choice([-1, 0, 1], p=[0.2, 0.3, 0.5])
        values = pd.Series(make(rng, latent))
        has_gaps = rng.random() < 0.15
        columns[f"{kind}{index}"] = (
            values.mask(rng.random(n_rows) < rng.uniform(0.01, 0.3)) if has_gaps else values
        )
    return pd.DataFrame(columns)


def _rank(latent: Any) -> Any:
    """Return numbers between 0 and 1 in the same order; (n,)."""
    return (np.argsort(np.argsort(latent)) + 0.5) / len(latent)


def _number(rng: Rng, latent: Any) -> Any:
    return np.round(latent * rng.lognormal(1, 1.5) + rng.normal() * 50, rng.integers(0, 5))


def _amount(rng: Rng, latent: Any) -> Any:
    return np.round(np.exp(latent * rng.uniform(0.3, 1.2) + rng.uniform(0, 7)), 2)


def _count(rng: Rng, latent: Any) -> Any:
    return np.floor(np.exp(latent * rng.uniform(0.2, 0.8) + rng.uniform(-1, 4))).astype("int64")


def _whole(rng: Rng, latent: Any) -> Any:
    low, width = int(rng.integers(-20, 60)), int(rng.integers(3, 500))
    return low + np.floor(_rank(latent) * width).astype("int64")


def _float(rng: Rng, latent: Any) -> Any:
    return latent * rng.lognormal(0, 2) + rng.normal()


def _category(rng: Rng, latent: Any) -> Any:
    names = np.array(
        [f"level {letter}" for letter in "abcdefghijkl"[: rng.integers(2, 12)]], object
    )
    return names[np.floor(_rank(latent) ** rng.uniform(0.5, 2) * len(names)).astype(int)]


def _flag(rng: Rng, latent: Any) -> Any:
    return _rank(latent) < rng.uniform(0.05, 0.95)


def _zero(rng: Rng, latent: Any) -> Any:
    return np.where(_rank(latent) < rng.uniform(0.3, 0.9), 0.0, _amount(rng, latent))


def _day(rng: Rng, latent: Any) -> Any:
    start = pd.Timestamp("2019-01-01") + pd.Timedelta(days=int(rng.integers(0, 900)))
    return start + pd.to_timedelta(np.round(latent * rng.uniform(30, 400)), unit="D")


def _moment(rng: Rng, latent: Any) -> Any:
    start = pd.Timestamp("2021-06-01") + pd.Timedelta(days=int(rng.integers(0, 300)))
    return start + pd.to_timedelta(np.round(latent * rng.uniform(1e5, 1e7)), unit="s")


MAKERS = {
    "number": _number,
    "amount": _amount,
    "count": _count,
    "whole": _whole,
    "float": _float,
    "category": _category,
    "flag": _flag,
    "zero": _zero,
    "day": _day,
    "moment": _moment,
}
