"""A table's maker, and the checker of rows like its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

Columns = dict[str, Any]
Rng = np.random.Generator

N_ROWS, FEW_ROWS, MANY_ROWS = 2_000, 100, 20_000
GAP_SHARE = 0.08  # of each source
OWN_GAP_SHARE = 0.04  # of the dependent, beside those that its sources bring
DIRTY_SHARE = 0.005  # of rows


@dataclass(frozen=True)
class MadeFact:
    """A fact, a maker of tables in which it holds, and a checker of rows.

    Attributes:
        kind: Of fact, as its room of makers is called.
        name: Of the member.
        make: Returns the sources, and columns that are no part of the fact: as many values as
            asked for of each.
        dependent: The column that follows.
        compute: Returns that column of a table of the others; (n_rows,); None if `make` does.
        holds: Returns in which rows it is what follows, where nothing is missing; (n_rows,).
        sources: Columns from which it follows.
        variant: What is special about the table.
        n_rows: Of the table.
        has_gaps: Whether sources and the dependent have gaps.
        is_dirty: Whether a few rows break the fact.
        target: The column to predict, if there is one.
    """

    kind: str
    name: str
    make: Callable[[Rng, int], Columns]
    dependent: str
    compute: Callable[[pd.DataFrame], Any] | None
    holds: Callable[[pd.DataFrame], Any]
    sources: tuple[str, ...]
    variant: str = "clean"
    n_rows: int = N_ROWS
    has_gaps: bool = False
    is_dirty: bool = False
    target: str | None = None

    @property
    def title(self) -> str:
        """What tells it from all others."""
        return f"{self.kind}: {self.name}, {self.variant}"

    def make_table(self, seed: int = 0) -> pd.DataFrame:
        """Return the table."""
        rng = np.random.default_rng(seed)
        frame = pd.DataFrame(self.make(rng, self.n_rows))
        values = frame[self.dependent] if self.compute is None else self.compute(frame)
        if not isinstance(values, pd.Series):
            values = pd.Series(values, frame.index)
        if self.has_gaps:
            frame, values = self._with_gaps(frame, values, rng)
        frame[self.dependent] = values
        if self.is_dirty:
            rows = rng.choice(self.n_rows, max(2, int(DIRTY_SHARE * self.n_rows)), replace=False)
            others = frame[self.dependent].to_numpy()[(rows + self.n_rows // 3) % self.n_rows]
            frame[self.dependent] = _put(frame[self.dependent], rows, others)
        return frame

    def _with_gaps(
        self, frame: pd.DataFrame, values: "pd.Series[Any]", rng: Rng
    ) -> "tuple[pd.DataFrame, pd.Series[Any]]":
        """Return the sources with gaps, and the dependent with these and gaps of its own."""
        own = rng.random(self.n_rows) < OWN_GAP_SHARE
        for name in self.sources:
            gaps = rng.random(self.n_rows) < GAP_SHARE
            frame[name] = frame[name].mask(gaps)
            own |= gaps
        return frame, values.mask(own)

    def find_obeying(self, rows: pd.DataFrame) -> Any:
        """Return which rows keep the fact; (n_rows,)."""
        missing = rows[self.dependent].isna().to_numpy(bool)
        unknown = rows[list(self.sources)].isna().any(axis=1).to_numpy(bool)
        if not self.has_gaps:
            return ~(missing | unknown) & self._check(rows)
        obeying = missing.copy()
        known = ~missing & ~unknown
        obeying[known] = self._check(rows[known])
        return obeying

    def _check(self, rows: pd.DataFrame) -> Any:
        return np.asarray(self.holds(rows.reset_index(drop=True)), bool)

    def iter_variants(self) -> "Iterator[MadeFact]":
        """Yield it with gaps, with few rows, with many, and with a few rows that break it."""
        yield replace(self, variant="gaps", has_gaps=True)
        yield replace(self, variant=f"{FEW_ROWS} rows", n_rows=FEW_ROWS)
        yield replace(self, variant=f"{MANY_ROWS:,} rows", n_rows=MANY_ROWS)
        yield replace(self, variant="dirty", is_dirty=True)


def _put(series: "pd.Series[Any]", rows: Any, values: Any) -> "pd.Series[Any]":
    changed = series.copy()
    changed.iloc[rows] = values
    return changed


def rounded(dependent: str, compute: Callable[[pd.DataFrame], Any], decimals: int) -> Any:
    """Return a checker: the dependent has so many decimals, and is half a step away at the most."""

    def holds(rows: pd.DataFrame) -> Any:
        own = rows[dependent].astype(float)
        exact = np.asarray(compute(rows), float)
        scaled = own * 10.0**decimals
        slack = 1e-9 * (1 + np.abs(exact))
        is_written = np.abs(scaled - scaled.round()) < 1e-6 * (1 + scaled.abs())
        return is_written & (np.abs(own - exact) <= 0.5 * 10.0**-decimals + slack)

    return holds


def near(dependent: str, compute: Callable[[pd.DataFrame], Any], relative: float = 1e-9) -> Any:
    """Return a checker: the dependent is what is computed, but for the rounding of floats."""

    def holds(rows: pd.DataFrame) -> Any:
        exact = np.asarray(compute(rows), float)
        return np.isclose(rows[dependent].astype(float), exact, rtol=relative, atol=relative)

    return holds


def equal(dependent: str, compute: Callable[[pd.DataFrame], Any]) -> Any:
    """Return a checker: the dependent is exactly what is computed."""
    return lambda rows: np.asarray(rows[dependent]) == np.asarray(compute(rows))


def noise(rng: Rng, n: int) -> Columns:
    """Return columns that are no part of a fact."""
    return {
        "region": rng.choice(["north", "south", "east", "west"], n),
        "noise": rng.normal(50, 12, n).round(1),
        "visits": rng.poisson(6, n),
    }
