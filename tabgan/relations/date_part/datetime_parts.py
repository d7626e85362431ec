"""The parts of a table's columns of datetimes, on all clocks, each computed once."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from tabgan.query.calendar_parts import DATETIME_PARTS
from tabgan.query.datetime_calls import in_zone
from tabgan.relations.date_part.calendar import CalendarPart
from tabgan.relations.exact_arithmetic import DAY, equal_nan
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats, Integers
from tabgan.schema.column import Column
from tabgan.schema.text.datetimes.local_time import to_seconds

SCREEN_ROWS = 60  # of a sample, on which all parts in all zones are compared
GLANCE_ROWS = 16  # of these, that are looked at first
MIN_AGREEMENT = 0.9  # share of them
GAP = -np.inf  # for a missing value, which equals another one


class DatetimeParts:
    """The parts of a table's columns of datetimes, each computed once.

    Args:
        profile: The table.
    """

    def __init__(self, profile: TableProfile) -> None:
        self.profile = profile
        self._local: dict[tuple[Column, str | None], pd.DatetimeIndex] = {}
        self._parts: dict[tuple[Column, CalendarPart], Floats] = {}
        self._stacks: dict[tuple[Column, tuple[str, ...], str | None], tuple[Floats, Floats]] = {}
        self._clocks: dict[str, dict[Column, pd.DatetimeIndex]] = {}

    def local(self, source: Column, part: CalendarPart) -> pd.DatetimeIndex:
        """Return a datetime column on the clock of a part; shape (n_rows,)."""
        key = source, part.zone
        if key not in self._local:
            self._local[key] = part.to_local(self.profile.numbers(source), source)
        return self._local[key]

    def part(self, source: Column, part: CalendarPart) -> Floats:
        """Return a part of a datetime column; shape (n_rows,)."""
        key = source, replace(part, names=None, numbers=None)
        if key not in self._parts:
            self._parts[key] = part.compute(self.local(source, part))
        return self._parts[key]

    def is_same(self, source: Column, part: CalendarPart) -> bool:
        """Return whether a part of a column is the column itself: the date of what is a date."""
        if part.name not in DATETIME_PARTS:
            return False
        here = to_seconds(self.local(source, CalendarPart("date")))
        return bool(equal_nan(here, self.part(source, part)).all())

    def has_only_times(self, source: Column) -> bool:
        """Return whether a column has no dates: its values are times of one day."""
        seconds = self.profile.numbers(source)
        return not np.any((seconds < 0) | (seconds > DAY))

    @cached_property
    def sample(self) -> "DatetimeParts":
        """The same for a sample of the rows."""
        return DatetimeParts(self.profile.sample)

    def count_violations(self, own: Floats, source: Column, part: CalendarPart) -> int:
        """Return in how many rows a column, as `CalendarPart.read` returns it, is not the part."""
        return int(np.count_nonzero(~equal_nan(own, self.part(source, part))))

    def find_close(
        self,
        own: Floats,
        source: Column,
        parts: Sequence[CalendarPart],
        zones: Sequence[str | None] = (None,),
    ) -> list[CalendarPart]:
        """Return the parts of a datetime, on these clocks, that a column is in most of a few rows.

        Clocks that show what the column's own does are left out. What is equal in too few of the
        first of these rows is not looked at in the others.
        """
        shown = np.where(np.isnan(own[self.screen_rows]), GAP, own[self.screen_rows])
        stack = self._stack(source, parts, zones)
        max_odd = (1 - MIN_AGREEMENT) * len(shown) + 1e-9
        n_odd = np.count_nonzero(stack[0] != shown[:GLANCE_ROWS], axis=1)
        likely = np.flatnonzero(n_odd <= max_odd)
        if not len(likely):
            return []
        n_odd = n_odd[likely] + np.count_nonzero(stack[1][likely] != shown[GLANCE_ROWS:], axis=1)
        near = [divmod(index, len(zones)) for index in likely[n_odd <= max_odd].tolist()]
        return [replace(parts[part], zone=zones[zone]) for part, zone in near]

    def _stack(
        self, source: Column, parts: Sequence[CalendarPart], zones: Sequence[str | None]
    ) -> tuple[Floats, Floats]:
        """Return all parts of a datetime on all clocks; (n_parts * n_zones, n_rows).

        In the first of the rows that are screened, and in the others.
        """
        key = source, tuple(part.name for part in parts), zones[0]
        if key not in self._stacks:
            clocks = [self._screened(source, zone) for zone in zones]
            every = pd.DatetimeIndex(np.concatenate(clocks))  # one call for all zones
            values = np.array([part.compute(every) for part in parts])
            values = np.where(np.isnan(values), GAP, values).reshape(-1, len(self.screen_rows))
            heads, others = values[:, :GLANCE_ROWS], values[:, GLANCE_ROWS:]
            self._stacks[key] = np.ascontiguousarray(heads), np.ascontiguousarray(others)
        return self._stacks[key]

    @cached_property
    def screen_rows(self) -> Integers:
        """The few rows on which all parts in all zones are compared; (n_screened,)."""
        last = len(self.profile) - 1
        return np.unique(np.linspace(0, last, SCREEN_ROWS).astype(np.int64))

    def _screened(self, source: Column, zone: str | None) -> Any:
        """Return a datetime column in these rows on a clock, without a zone; (n_screened,)."""
        if zone is None:
            seconds = self.profile.numbers(source)[self.screen_rows]
            return CalendarPart("datetime").to_local(seconds, source).to_numpy()
        if zone not in self._clocks:
            self._clocks[zone] = self.in_zone(zone, self.screen_rows)
        return self._clocks[zone][source].to_numpy()

    def in_zone(self, zone: str, rows: slice | Integers) -> dict[Column, pd.DatetimeIndex]:
        """Return some rows of all columns of datetimes on the clock of a zone, in one go."""
        columns = self.profile.datetime_columns
        seconds = [self.profile.numbers(column)[rows] for column in columns]
        local = in_zone(np.concatenate(seconds), zone)
        size = len(seconds[0])
        return {c: local[i * size : (i + 1) * size] for i, c in enumerate(columns)}
