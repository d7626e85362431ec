"""Discovery of columns that are parts of datetimes: on a sample first, then on all rows."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from tabgan.query.calendar_parts import DATETIME_PARTS, NUMBER_PARTS
from tabgan.relations.date_part.calendar import (
    BOOL_PARTS,
    FISCAL_PARTS,
    CalendarPart,
    iter_variants,
    match_names,
)
from tabgan.relations.date_part.datetime_parts import SCREEN_ROWS, DatetimeParts
from tabgan.relations.date_part.number_categories import NumberCategories
from tabgan.relations.date_part.zones import known_zones
from tabgan.relations.statistics import (
    MAX_SAMPLE_VIOLATIONS,
    MAX_VIOLATIONS,
    MIN_ROWS,
    SIGNIFICANCE_LEVEL,
)
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats
from tabgan.schema.column import Column, ColumnKind

MIN_VALUES = 2  # that a column and a part have in common
ZONED_PARTS = {  # sought on the clocks of other zones
    *("year", "month", "day", "hour", "minute", "weekday", "dayofyear", "quarter", "week"),
    *("hour12", "weekend", "afternoon", "yearmonth", "yearmonthday", "hourminute", "minuteofday"),
    *("secondofday", *DATETIME_PARTS),
}


@dataclass(frozen=True)
class Candidate:
    """A column that is a part of a datetime.

    Attributes:
        dependent: The column.
        source: The datetimes.
        part: What it is of them.
        n_violations: Rows in which it is something else.
    """

    dependent: Column
    source: Column
    part: CalendarPart
    n_violations: int


class DatePartSearch:
    """The search for columns that are parts of datetimes: on a sample, then on all rows.

    Args:
        profile: The table.
    """

    def __init__(self, profile: TableProfile) -> None:
        self.profile, self.datetimes = profile, DatetimeParts(profile)
        sample = self.datetimes.sample
        only_times = {c: sample.has_only_times(c) for c in profile.datetime_columns}
        self.only_times = only_times
        self.sources = sorted(profile.datetime_columns, key=lambda source: only_times[source])
        self.zoned = [
            source
            for source in self.sources
            if not only_times[source] and not sample.is_same(source, CalendarPart("date"))
        ]
        self.zones = self._find_zones()
        self.n_agreeing: Counter[tuple[Column, str | None]] = Counter()  # columns, by zone

    def iter_candidates(self) -> Iterator[Candidate]:
        """Yield the first datetime, and the first of its parts, that each column follows from.

        Other zones are tried where a column's own does not fit: those first that fit most columns.
        """
        if not self.sources or len(self.profile) < MIN_ROWS:
            return
        found = {column: self._find(column) for column in self.profile.columns}
        for candidates in found.values():
            self.n_agreeing.update({(c.source, c.part.zone) for c in candidates if c.part.zone})
        for candidates in found.values():
            best = self._choose(candidates)
            if best:
                yield best

    def _find(self, dependent: Column) -> list[Candidate]:
        """Return the candidates for a column that hold in nearly all rows of the sample."""
        sample = self.datetimes.sample
        series = sample.profile.series(dependent)
        parts = find_possible_parts(series, dependent)
        if not parts:
            return []
        own = parts[0].read(series, dependent)
        if np.any(own % 1 > 0) and dependent.kind is not ColumnKind.DATETIME:
            return []  # parts are whole
        found: list[Candidate] = []
        for source in self.sources:
            found += self._find_of(dependent, own, source, parts)
        is_found = any(not c.n_violations and not self.only_times[c.source] for c in found)
        parts = find_possible_parts(series, dependent, is_zoned=True)
        parts = [part for part in parts if part.name in ZONED_PARTS]
        for source in () if is_found else self.zoned:
            found += self._find_of(dependent, own, source, parts, self.zones[source])
        return found

    def _find_zones(self) -> dict[Column, tuple[str, ...]]:
        """Return, for each source, the zones whose clocks show another time than its own."""
        here, sample = CalendarPart("datetime"), self.datetimes.sample
        if not self.zoned:
            return {}
        rows = slice(None, None, max(1, len(sample.profile) // SCREEN_ROWS))
        own = {c: here.to_local(sample.profile.numbers(c)[rows], c) for c in self.zoned}
        clocks = {zone: sample.in_zone(zone, rows) for zone in known_zones()}
        return {
            source: tuple(zone for zone in clocks if not clocks[zone][source].equals(shown))
            for source, shown in own.items()
        }

    def _find_of(
        self,
        dependent: Column,
        own: Floats,
        source: Column,
        parts: Sequence[CalendarPart],
        zones: Sequence[str | None] = (None,),
    ) -> list[Candidate]:
        """Return the candidates of one datetime, with the rows of the sample that break them."""
        sample = self.datetimes.sample
        found: list[Candidate] = []
        limit = MAX_SAMPLE_VIOLATIONS * len(own)
        if source == dependent or not zones or not parts:
            return []
        n_tried = len(parts) * len(zones) * len(self.profile.columns) ** 2
        for part in sample.find_close(own, source, parts, zones):
            count = sample.count_violations(own, source, part)
            if count > limit or sample.is_same(source, part):
                continue
            if _is_significant(own, sample.part(source, part), n_tried):
                found.append(Candidate(dependent, source, part, count))
        return found

    def _choose(self, candidates: Sequence[Candidate]) -> Candidate | None:
        """Return the first candidate that all rows obey, or else the one that most do."""
        tested: list[Candidate] = []
        for candidate in sorted(candidates, key=self._rank):
            dependent, source, part = candidate.dependent, candidate.source, candidate.part
            series = self.profile.series(dependent)
            if tested and candidate.n_violations > tested[0].n_violations:
                continue
            if not part.round_trips(series, dependent):
                continue
            own = part.read(series, dependent)
            count = self.datetimes.count_violations(own, source, part)
            if count <= MAX_VIOLATIONS * len(self.profile):
                tested.append(replace(candidate, n_violations=count))
            if not count:
                return tested[-1]
        return min(tested, key=lambda candidate: candidate.n_violations, default=None)

    def _rank(self, candidate: Candidate) -> tuple[int, int, int]:
        """Return what is least for the candidate that is tested first."""
        n_agreeing = self.n_agreeing[candidate.source, candidate.part.zone]
        return candidate.n_violations, self.sources.index(candidate.source), -n_agreeing


def find_possible_parts(
    series: "pd.Series[Any]", column: Column, *, is_zoned: bool = False
) -> list[CalendarPart]:
    """Return the parts that a column could be: those of numbers, a date, or the one it names."""
    if column.kind.is_number:
        return _variants([*NUMBER_PARTS, *FISCAL_PARTS])
    if column.kind is ColumnKind.DATETIME:
        names = [name for name in DATETIME_PARTS if is_zoned or name != "datetime"]
        return _variants(names)  # the whole of it is no part, but on another clock
    found = match_names(series, column)
    if found is not None:
        name, words = found
        parts = [name, "fiscal_quarter"] if name == "quarter" else [name]
        return [replace(part, names=words) for part in _variants(parts)]
    numbers = NumberCategories.match(series, column)
    if numbers is None:
        return []
    parts = list(BOOL_PARTS) if numbers.is_bool else [*NUMBER_PARTS, *FISCAL_PARTS]
    return [replace(part, numbers=numbers) for part in _variants(parts)]


def _variants(names: Sequence[str]) -> list[CalendarPart]:
    return [part for name in names for part in iter_variants(name)]


def _is_significant(own: Floats, part: Floats, n_tried: int) -> bool:
    """Return whether a column and a part that agree would hardly do so if they were independent."""
    present = ~(np.isnan(own) | np.isnan(part))
    (values, one), (parts, two) = (np.unique(x[present], return_counts=True) for x in (own, part))
    n_rows = int(present.sum())
    shared, left, right = np.intersect1d(values, parts, assume_unique=True, return_indices=True)
    if n_rows < MIN_ROWS or len(shared) < MIN_VALUES:
        return False
    expected_share = float((one[left] / n_rows * (two[right] / n_rows)).sum())
    return bool(n_rows * np.log(expected_share) < np.log(SIGNIFICANCE_LEVEL / n_tried))
