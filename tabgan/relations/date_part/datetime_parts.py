"""The parts of a table's columns of datetimes, on all clocks, each computed once."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
import pandas as pd

from tabgan.query.calendar_parts import DATETIME_PARTS
from tabgan.relations.date_part.calendar import CalendarPart
from tabgan.relations.exact_arithmetic import DAY, equal_nan
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats
from tabgan.schema.column import Column
from tabgan.schema.text.datetimes.local_time import to_seconds

SCREEN_ROWS = 60  # of a sample, on which all parts in all zones are compared
MIN_AGREEMENT = 0.9  # share of them


class DatetimeParts:
    """The parts of a table's columns of datetimes, each computed once.

    Args:
        profile: The table.
    """

    def __init__(self, profile: TableProfile) -> None:
        self.profile = profile
        self._local: dict[tuple[Column, str | None], pd.DatetimeIndex] = {}
        self._parts: dict[tuple[Column, CalendarPart], Floats] = {}
        self._stacks: dict[tuple[Column, tuple[str, ...], str | None], Floats] = {}

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

        Clocks that show what the column's own does are left out.
        """
        rows = np.unique(np.linspace(0, len(own) - 1, SCREEN_ROWS).astype(np.int64))
        key = source, tuple(part.name for part in parts), zones[0]
        if key not in self._stacks:
            seconds = self.profile.numbers(source)[rows]
            clocks = [replace(parts[0], zone=zone).to_local(seconds, source) for zone in zones]
            ticks = np.concatenate([clock.to_numpy() for clock in clocks])
            every = pd.DatetimeIndex(ticks)  # one call for all zones
            values = np.array([part.compute(every) for part in parts])
            self._stacks[key] = values.reshape(len(parts), len(zones), len(rows))
        agreement = equal_nan(own[rows], self._stacks[key]).mean(axis=2)
        near = np.argwhere(agreement >= MIN_AGREEMENT)
        return [replace(parts[part], zone=zones[zone]) for part, zone in near]
