"""Gaps between a column and what it cannot pass, and back: the arithmetic of an inequality.

>>> margin = Margin(above=True, fill=0.0, limit=9.0, decimals=0, unit=1.0, gap_decimals=0)
>>> low, gaps = np.array([2.0, 8.5]), np.array([3.2, 4.0])
>>> margin.from_gaps(gaps, low).tolist()
[5.0, 9.0]
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from tabgan.relations.exact_arithmetic import (
    DAY,
    column_decimals,
    equal_nan,
    round_decimals,
    round_trips,
)
from tabgan.relations.saved_columns import DATETIME_RANGE, read_decimals
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import restore_dtype
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.float_conversion import to_float
from tabgan.state_reader import MAX_FLOAT, StateReader

UNITS = (DAY, 3_600.0, 60.0)  # seconds that all datetimes of a column may be multiples of
COARSE_PERIODS = DAY * np.array([1, 7, 31, 92, 366])  # that formats and period dtypes round to


@dataclass(frozen=True)
class Margin:
    """The map between a column and its gap to a base that it is never below, or never above.

    In the latter case all values are negated, so that the column is never below its base: such
    values are called signed.

    Attributes:
        above: Whether the column is the upper one.
        fill: Stands in for a base that is missing: the column's least value, or its greatest if it
            is never above.
        limit: The column's value farthest from there; None under protection, which hides it.
        decimals: Of the column, in units; None if more than 9 were needed.
        unit: Seconds that its datetimes are multiples of; 1 for numbers.
        gap_decimals: Of the gap; None as well.
        strict: Whether the column is never equal to its base.
    """

    above: bool
    fill: float
    limit: float | None
    decimals: int | None
    unit: float
    gap_decimals: int | None
    strict: bool = False

    @classmethod
    def fit(
        cls,
        sources: Sequence[Column],
        column: Column,
        profile: TableProfile,
        *,
        above: bool,
        strict: bool = False,
    ) -> Self:
        """Return the map for a column of a table; rows that break the inequality count for nothing.

        Args:
            sources: The nearest of them in each row is the base.
            column: The one that does not pass it.
            profile: The table.
            above: Whether the column is the upper one.
            strict: Whether it is never equal to the base.
        """
        sign = 1.0 if above else -1.0
        own = sign * profile.numbers(column)
        base = np.fmax.reduce([sign * profile.numbers(source) for source in sources])
        present = own[~np.isnan(own)]
        obeying = own[~np.isnan(own) & ~(own <= base if strict else own < base)]
        obeying = obeying if len(obeying) else present
        least = _find_least(obeying, profile)
        decimals = [column_decimals(one, profile) for one in (column, *sources)]
        exact = [count for count in decimals if count is not None]
        is_datetime = column.kind is ColumnKind.DATETIME
        units = [unit for unit in UNITS if is_datetime and not (present % unit).any()]
        return cls(
            above=above,
            fill=float(sign * least + 0.0),
            limit=None if profile.protection.is_on else float(sign * obeying.max() + 0.0),
            decimals=0 if units else decimals[0],
            unit=units[0] if units else 1.0,
            gap_decimals=max(exact) if len(exact) == len(decimals) else None,
            strict=strict,
        )

    @classmethod
    def from_state(cls, state: StateReader, *, is_datetime: bool) -> Self:
        """Rebuild it from its attributes, of a column of datetimes or of numbers.

        Raises:
            ModelFileError: One is missing, or out of bounds.
        """
        least, most = DATETIME_RANGE if is_datetime else (-MAX_FLOAT, MAX_FLOAT)
        unit = state.number("unit")
        state.check(unit in {1.0, *UNITS[: 3 * is_datetime]}, "unit", f"is {unit:g} s")
        return cls(
            above=state.flag("above"),
            fill=state.number("fill", least, most),
            limit=state.number("limit", least, most) if state.has("limit") else None,
            decimals=read_decimals(state, "decimals"),
            unit=unit,
            gap_decimals=read_decimals(state, "gap_decimals"),
            strict=state.has("strict") and state.flag("strict"),  # not in files of release 0.1
        )

    def is_exact(self, column: Column, sources: Sequence[Column], profile: TableProfile) -> bool:
        """Return whether a column is restored exactly in all rows that obey the inequality."""
        own = profile.numbers(column)
        base = self.find_base([profile.numbers(source) for source in sources])
        back = self.sign * self.from_gaps(self.to_gaps(own, base), base) + 0.0
        is_same = equal_nan(own, back) | self.is_passed(self.sign * own, base)
        if profile.protection.is_on:  # `fill` hides a few that have no base: lost on purpose
            is_same |= np.isnan(self.find_nearest([profile.numbers(s) for s in sources]))
        return bool(is_same.all()) and round_trips(profile.series(column), column)

    def spreads_wider(
        self, column: Column, sources: Sequence[Column], profile: TableProfile
    ) -> bool:
        """Return whether gaps range wider than the column, between 10 % and 90 % quantiles."""
        own = profile.numbers(column)
        gaps = self.to_gaps(own, self.find_base([profile.numbers(s) for s in sources]))
        if np.isnan(own).all():
            return False
        widths = [np.subtract(*np.nanquantile(values, (0.9, 0.1))) for values in (gaps, own)]
        return bool(widths[0] > widths[1])

    @property
    def sign(self) -> float:
        """1, or -1 if the column is never above its base: what signed values are multiplied by."""
        return 1.0 if self.above else -1.0

    @property
    def step(self) -> float | None:
        """The distance between neighbouring values of the column; None if there is none."""
        return None if self.decimals is None else self.unit * 10.0**-self.decimals

    def ceil(self, values: Floats) -> Floats:
        """Return the next values that the column can take and that are no smaller; signed, (n,)."""
        nearest = self._round(values)
        return np.where(nearest < values, self._round(nearest + (self.step or 0.0)), nearest)

    def find_least(self, base: Floats) -> Floats:
        """Return the least values that the column can take beside its base; signed, (n,)."""
        if not self.strict:
            return self.ceil(base)
        if self.step is None:
            return np.asarray(np.nextafter(base, np.inf))
        nearest = self._round(base)
        return np.where(nearest <= base, self._round(nearest + self.step), nearest)

    def is_passed(self, own: Floats, base: Floats) -> Mask:
        """Return where a column breaks the inequality; both signed, (n_rows,)."""
        return np.asarray(own <= base if self.strict else own < base)

    def _round(self, values: Floats) -> Floats:
        return round_decimals(values / self.unit, self.decimals) * self.unit

    def find_base(self, sources: Sequence[Floats]) -> Floats:
        """Return `find_nearest` with `fill` where all sources are missing; signed, (n_rows,)."""
        base = self.find_nearest(sources)
        fill = self.sign * self.fill
        if self.strict:  # the column may take that value itself
            fill = np.nextafter(fill, -np.inf) if self.step is None else fill - self.step
        return np.where(np.isnan(base), fill, base)

    def find_nearest(self, sources: Sequence[Floats]) -> Floats:
        """Return the source that the column must not be below in each row; signed, (n_rows,)."""
        return np.asarray(np.fmax.reduce([self.sign * values for values in sources]))

    def to_gaps(self, own: Floats, base: Floats) -> Floats:
        """Return the gaps between a column, not signed, and its base; shape (n_rows,)."""
        return np.maximum(round_decimals(self.sign * own - base, self.gap_decimals), 0.0)

    def from_gaps(self, gaps: Floats, base: Floats) -> Floats:
        """Return the column of some gaps, rounded and up to its limit; signed, (n_rows,)."""
        least = self.find_least(base)
        values = np.maximum(self._round(base + np.maximum(gaps, 0.0)), least)
        if self.limit is None:
            return values
        return np.minimum(values, np.maximum(self.sign * self.limit, least))

    def write(
        self, values: Floats, base: Floats, column: Column, index: pd.Index
    ) -> "pd.Series[Any]":
        """Return the column, moved a little farther where its dtype or format rounds past the base.

        Args:
            values: Its numbers; signed, (n_rows,).
            base: What they cannot be below; signed, (n_rows,).
            column: The name and dtype to write.
            index: Of the series.
        """
        is_datetime = column.kind is ColumnKind.DATETIME
        series = restore_dtype(self.sign * values + 0.0, column, index=index)
        for step in COARSE_PERIODS if is_datetime else (np.abs(base) * 2.0**-k for k in (23, 10)):
            is_short = self.is_passed(self.sign * to_float(series, column), base)
            if not is_short.any():
                break
            values = np.where(is_short, self.ceil(base + step), values)
            series = restore_dtype(self.sign * values + 0.0, column, index=index)
        return series


def _find_least(signed: Floats, profile: TableProfile) -> float:
    """Return a column's least value, (n,); under protection a power of ten, negative, or 0.

    That is no higher than all values but those that fewer rows hold than are protected.
    """
    if not profile.protection.is_on:
        return float(signed.min())
    least = np.sort(signed)[profile.min_rows] if len(signed) > profile.min_rows else 0.0
    return 0.0 if least >= 0 else float(-(10.0 ** np.ceil(np.log10(-least))))
