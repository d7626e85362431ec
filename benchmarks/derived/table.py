"""A made table, and what holds in every row of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

Fact = Any  # a function of rows: which of them keep it, (n_rows,)
ZONES = ("Asia/Kathmandu", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe")
UNITS: tuple[Any, ...] = ("s", "ms", "us", "ns")


@dataclass(frozen=True)
class DerivedTable:
    """A table, and what holds in every row of it.

    Attributes:
        name: Says what is odd about it.
        frame: The table; (n_rows, n_columns).
        fact: Returns which rows of a frame keep the fact, (n_rows,).
    """

    name: str
    frame: pd.DataFrame
    fact: Fact


def derive(
    name: str, fact: Fact, columns: Mapping[str, Any], rng: np.random.Generator
) -> DerivedTable:
    """Return a table of these columns and one of noise, in which the fact holds."""
    frame = pd.DataFrame(columns)
    frame["noise"] = rng.normal(size=len(frame))
    if not np.asarray(fact(frame), bool).all():
        raise ValueError(name)
    return DerivedTable(name, frame, fact)


def draw_moments(rng: np.random.Generator, n: int, unit: Any = "us", step: int = 60) -> Any:
    """Return moments of 900 days from 2021 on, multiples of so many seconds; (n,)."""
    first = np.datetime64("2021-01-01", "s").astype(np.int64)
    seconds = first + rng.integers(0, 900 * 86_400 // step, n) * step
    return pd.Series(pd.DatetimeIndex(seconds.astype("datetime64[s]")).as_unit(unit))
