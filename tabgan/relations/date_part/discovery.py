"""Which columns are parts of which datetimes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from tabgan.relations.date_part.calendar import NUMBERS, CalendarPart, find_words
from tabgan.relations.date_part.local_time import count_seconds, read_wall
from tabgan.relations.exact_arithmetic import equal_nan
from tabgan.relations.statistics import MAX_SAMPLE_VIOLATIONS, MAX_VIOLATIONS, SIGNIFICANCE_LEVEL
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats
from tabgan.schema.column import Column, ColumnKind

MIN_ROWS, MIN_VALUES = 20, 3


@dataclass(frozen=True)
class DateLead:
    """A column that is a part of a datetime, in all rows but `broken` ones."""

    dependent: Column
    source: Column
    part: CalendarPart
    broken: int


class Datetimes:
    """The columns of datetimes of a table, and their parts, each made once."""

    def __init__(self, profile: TableProfile) -> None:
        self.profile = profile
        self._walls: dict[Column, pd.DatetimeIndex] = {}
        self._parts: dict[tuple[Column, str, int, int], Floats] = {}

    def part(self, source: Column, part: CalendarPart) -> Floats:
        """Return a part of a datetime column; shape (n_rows,)."""
        key = (source, part.name, part.turn, part.start)
        if key not in self._parts:
            if source not in self._walls:
                self._walls[source] = read_wall(self.profile.numbers(source), source)
            self._parts[key] = part.compute(self._walls[source])
        return self._parts[key]

    def is_date(self, source: Column) -> bool:
        """Return whether a column has no time of day, so that its date is itself."""
        midnights = self.part(source, CalendarPart("date"))
        return bool(equal_nan(count_seconds(self._walls[source]), midnights).all())

    @cached_property
    def sample(self) -> "Datetimes":
        """The same for the sample of the rows."""
        return Datetimes(self.profile.sample)

    def count_broken(self, own: Floats, source: Column, part: CalendarPart) -> int:
        """Count the rows in which a column, as read, is not the part."""
        return int(np.count_nonzero(~equal_nan(own, self.part(source, part))))


def search(profile: TableProfile) -> Iterator[DateLead]:
    """Return the first datetime, and the first of its parts, that each column follows from."""
    if not profile.datetime_columns or len(profile) < MIN_ROWS:
        return
    datetimes = Datetimes(profile)
    for dependent in profile.columns:
        parts = offer_parts(profile.sample.series(dependent), dependent)
        candidates = list(_search_sources(dependent, parts, datetimes)) if parts else []
        if candidates:
            yield min(candidates, key=lambda candidate: candidate.broken)


def _search_sources(
    dependent: Column, parts: Sequence[CalendarPart], datetimes: Datetimes
) -> Iterator[DateLead]:
    """Return leads for a column up to the first that holds in every row."""
    profile, sample = datetimes.profile, datetimes.sample
    few = parts[0].read(sample.profile.series(dependent), dependent)
    for source in profile.datetime_columns:
        if source == dependent or (parts[0].name == "date" and sample.is_date(source)):
            continue
        for part in parts:
            if sample.count_broken(few, source, part) > MAX_SAMPLE_VIOLATIONS * len(few):
                continue
            if not _is_no_chance(few, sample.part(source, part), len(profile.columns)):
                continue
            series = profile.series(dependent)
            broken = datetimes.count_broken(part.read(series, dependent), source, part)
            if broken <= MAX_VIOLATIONS * len(profile) and part.round_trips(series, dependent):
                yield DateLead(dependent, source, part, broken)
                if not broken:
                    return


def offer_parts(series: "pd.Series[Any]", column: Column) -> list[CalendarPart]:
    """Return all that a column could be: numbers, a date, or the part that its words name."""
    if column.kind.is_number:
        return list(NUMBERS)
    if column.kind is ColumnKind.DATETIME:
        return [CalendarPart("date")]
    found = find_words(series, column)
    return [] if found is None else [CalendarPart(found[0], words=found[1])]


def _is_no_chance(own: Floats, part: Floats, n_columns: int) -> bool:
    """Return whether a column and a part that agree have enough values not to do so by chance."""
    present = ~(np.isnan(own) | np.isnan(part))
    (values, one), (parts, two) = (np.unique(x[present], return_counts=True) for x in (own, part))
    n_rows = int(present.sum())
    shared, left, right = np.intersect1d(values, parts, assume_unique=True, return_indices=True)
    if n_rows < MIN_ROWS or len(shared) < MIN_VALUES:
        return False
    chance = float((one[left] / n_rows * (two[right] / n_rows)).sum())
    return bool(n_rows * np.log(chance) < np.log(SIGNIFICANCE_LEVEL / n_columns**2))
