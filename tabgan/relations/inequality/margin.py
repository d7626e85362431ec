"""How far a column lies from what it cannot pass, and back: the arithmetic of an order.

>>> margin = Margin(above=True, fill=0.0, limit=9.0, decimals=0, unit=1.0, gap_decimals=0)
>>> low, gaps = np.array([2.0, 8.5]), np.array([3.2, 4.0])
>>> margin.add(gaps, low).tolist()
[5.0, 9.0]
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from tabgan.relations.exact_arithmetic import (
    column_decimals,
    equal_nan,
    round_decimals,
    round_trips,
)
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import restore_dtype
from tabgan.schema.arrays import Floats
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.predicates import to_float

DAY = 86_400.0
UNITS = (DAY, 3_600.0, 60.0)  # seconds that all datetimes of a column may be multiples of
COARSEST = DAY * np.array([1, 7, 31, 92, 366])  # of what formats and periods write


@dataclass(frozen=True)
class Margin:
    """Measures a column from a base that it is never below, or never above.

    In the latter case all is turned over (times -1), so that it is "never below" inside.

    Attributes:
        above: Whether the column is the upper one.
        fill: Stands in for a base that is missing: the column's least value, or its greatest if it
            is never above.
        limit: The column's value farthest from there; None keeps it to itself.
        decimals: Of the column, in units; None if it takes all.
        unit: Seconds that its datetimes are multiples of; 1 for numbers.
        gap_decimals: Of the gap.
    """

    above: bool
    fill: float
    limit: float | None
    decimals: int | None
    unit: float
    gap_decimals: int | None

    @classmethod
    def fit(
        cls, sources: Sequence[Column], column: Column, profile: TableProfile, *, above: bool
    ) -> Self:
        """Learn it from the rows that keep the order."""
        sign = 1.0 if above else -1.0
        own = sign * profile.numbers(column)
        base = np.fmax.reduce([sign * profile.numbers(source) for source in sources])
        present = own[~np.isnan(own)]
        fits = own[~np.isnan(own) & ~(own < base)]
        fits = fits if len(fits) else present
        least = _round_down(fits.min()) if profile.protection.is_on else fits.min()
        decimals = [column_decimals(one, profile) for one in (column, *sources)]
        known = [count for count in decimals if count is not None]
        is_datetime = column.kind is ColumnKind.DATETIME
        units = [unit for unit in UNITS if is_datetime and not (present % unit).any()]
        return cls(
            above=above,
            fill=float(sign * least + 0.0),
            limit=None if profile.protection.is_on else float(sign * fits.max() + 0.0),
            decimals=0 if units else decimals[0],
            unit=units[0] if units else 1.0,
            gap_decimals=max(known) if len(known) == len(decimals) else None,
        )

    def is_exact(self, column: Column, sources: Sequence[Column], profile: TableProfile) -> bool:
        """Return whether a column comes back as it is in all rows that keep the order."""
        own = profile.numbers(column)
        base = self.find_base([profile.numbers(source) for source in sources])
        back = self.sign * self.add(self.measure(own, base), base) + 0.0
        is_same = equal_nan(own, back) | (self.sign * own < base)
        return bool(is_same.all()) and round_trips(profile.series(column), column)

    def is_wide(self, column: Column, sources: Sequence[Column], profile: TableProfile) -> bool:
        """Return whether gaps spread wider than the column itself, from rank 10 % to 90 %."""
        own = profile.numbers(column)
        gaps = self.measure(own, self.find_base([profile.numbers(s) for s in sources]))
        if np.isnan(own).all():
            return False
        widths = [np.subtract(*np.nanquantile(values, (0.9, 0.1))) for values in (gaps, own)]
        return bool(widths[0] > widths[1])

    @property
    def sign(self) -> float:
        """What turns the column so that it is never below its base: 1 or -1."""
        return 1.0 if self.above else -1.0

    @property
    def step(self) -> float | None:
        """Between neighbours of the column."""
        return None if self.decimals is None else self.unit * 10.0**-self.decimals

    def ceil_decimals(self, values: Floats) -> Floats:
        """Return the next values of the column that are no smaller; (n,), turned over."""
        near = self._snap(values)
        return np.where(near < values, self._snap(near + (self.step or 0.0)), near)

    def _snap(self, values: Floats) -> Floats:
        return round_decimals(values / self.unit, self.decimals) * self.unit

    def find_base(self, sources: Sequence[Floats]) -> Floats:
        """Return what the column cannot be below, turned over; shape (n_rows,), no NaN."""
        base = np.fmax.reduce([self.sign * values for values in sources])
        return np.where(np.isnan(base), self.sign * self.fill, base)

    def measure(self, own: Floats, base: Floats) -> Floats:
        """Return the gaps between a column (as it is) and its base; shape (n_rows,)."""
        return np.maximum(round_decimals(self.sign * own - base, self.gap_decimals), 0.0)

    def add(self, gaps: Floats, base: Floats) -> Floats:
        """Return the column, turned over, from its gaps: on its grid, up to its limit."""
        least = self.ceil_decimals(base)
        values = np.maximum(self._snap(base + np.maximum(gaps, 0.0)), least)
        if self.limit is None:
            return values
        return np.minimum(values, np.maximum(self.sign * self.limit, least))

    def write(
        self, values: Floats, base: Floats, column: Column, index: pd.Index
    ) -> "pd.Series[Any]":
        """Write the column, a little farther on where its dtype or format rounds past the base.

        Args:
            values: The column, turned over; (n_rows,).
            base: What it cannot be below; (n_rows,).
            column: What to write.
            index: Of its rows.
        """
        is_datetime = column.kind is ColumnKind.DATETIME
        series = restore_dtype(self.sign * values + 0.0, column, index=index)
        for reach in COARSEST if is_datetime else (np.abs(base) * 2.0**-k for k in (23, 10)):
            short = self.sign * to_float(series, column) < base
            if not short.any():
                break
            values = np.where(short, self.ceil_decimals(base + reach), values)
            series = restore_dtype(self.sign * values + 0.0, column, index=index)
        return series


def _round_down(least: float) -> float:
    """Return 0 or a power of ten with a minus that lies no higher, to keep the value to itself."""
    return 0.0 if least >= 0 else float(-(10.0 ** np.ceil(np.log10(-least))))
