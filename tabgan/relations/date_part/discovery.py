"""Discovery of columns that are parts of datetimes: on a sample first, then on all rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from tabgan.relations.date_part.calendar import BOOL_PARTS, NUMBER_PARTS, CalendarPart, match_names
from tabgan.relations.date_part.number_categories import NumberCategories
from tabgan.relations.exact_arithmetic import equal_nan
from tabgan.relations.statistics import (
    MAX_SAMPLE_VIOLATIONS,
    MAX_VIOLATIONS,
    MIN_ROWS,
    SIGNIFICANCE_LEVEL,
)
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.text.datetimes.local_time import to_local, to_seconds

MIN_VALUES = 2  # that a column and a part have in common


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


class DatetimeParts:
    """The parts of a table's columns of datetimes, each computed once.

    Args:
        profile: The table.
    """

    def __init__(self, profile: TableProfile) -> None:
        self.profile = profile
        self._local: dict[Column, pd.DatetimeIndex] = {}
        self._parts: dict[tuple[Column, str, int, int], Floats] = {}

    def part(self, source: Column, part: CalendarPart) -> Floats:
        """Return a part of a datetime column; shape (n_rows,)."""
        key = (source, part.name, part.week_offset, part.first_number)
        if key not in self._parts:
            if source not in self._local:
                self._local[source] = to_local(self.profile.numbers(source), source)
            self._parts[key] = part.compute(self._local[source])
        return self._parts[key]

    def is_date(self, source: Column) -> bool:
        """Return whether a column has no time of day, so that its date is itself."""
        midnights = self.part(source, CalendarPart("date"))
        return bool(equal_nan(to_seconds(self._local[source]), midnights).all())

    @cached_property
    def sample(self) -> "DatetimeParts":
        """The same for a sample of the rows."""
        return DatetimeParts(self.profile.sample)

    def count_violations(self, own: Floats, source: Column, part: CalendarPart) -> int:
        """Return in how many rows a column, as `CalendarPart.read` returns it, is not the part."""
        return int(np.count_nonzero(~equal_nan(own, self.part(source, part))))


def iter_candidates(profile: TableProfile) -> Iterator[Candidate]:
    """Yield the first datetime, and the first of its parts, that each column follows from."""
    if not profile.datetime_columns or len(profile) < MIN_ROWS:
        return
    datetimes = DatetimeParts(profile)
    for dependent in profile.columns:
        parts = find_possible_parts(profile.sample.series(dependent), dependent)
        candidates = list(_iter_sources(dependent, parts, datetimes)) if parts else []
        if candidates:
            yield min(candidates, key=lambda candidate: candidate.n_violations)


def _iter_sources(
    dependent: Column, parts: Sequence[CalendarPart], datetimes: DatetimeParts
) -> Iterator[Candidate]:
    """Yield candidates for a column up to the first that holds in every row."""
    profile, sample = datetimes.profile, datetimes.sample
    own_sample = parts[0].read(sample.profile.series(dependent), dependent)
    for source in profile.datetime_columns:
        if source == dependent or (parts[0].name == "date" and sample.is_date(source)):
            continue
        for part in parts:
            if sample.count_violations(own_sample, source, part) > MAX_SAMPLE_VIOLATIONS * len(
                own_sample
            ):
                continue
            if not _is_significant(own_sample, sample.part(source, part), len(profile.columns)):
                continue
            series = profile.series(dependent)
            n_violations = datetimes.count_violations(part.read(series, dependent), source, part)
            if n_violations <= MAX_VIOLATIONS * len(profile) and part.round_trips(
                series, dependent
            ):
                yield Candidate(dependent, source, part, n_violations)
                if not n_violations:
                    return


def find_possible_parts(series: "pd.Series[Any]", column: Column) -> list[CalendarPart]:
    """Return the parts that a column could be: those of numbers, a date, or the one it names."""
    if column.kind.is_number:
        return list(NUMBER_PARTS)
    if column.kind is ColumnKind.DATETIME:
        return [CalendarPart("date")]
    found = match_names(series, column)
    if found is not None:
        return [CalendarPart(found[0], names=found[1])]
    numbers = NumberCategories.match(series, column)
    if numbers is None:
        return []
    parts = BOOL_PARTS if numbers.is_bool else NUMBER_PARTS
    return [replace(part, numbers=numbers) for part in parts]


def _is_significant(own: Floats, part: Floats, n_columns: int) -> bool:
    """Return whether a column and a part that agree would hardly do so if they were independent."""
    present = ~(np.isnan(own) | np.isnan(part))
    (values, one), (parts, two) = (np.unique(x[present], return_counts=True) for x in (own, part))
    n_rows = int(present.sum())
    shared, left, right = np.intersect1d(values, parts, assume_unique=True, return_indices=True)
    if n_rows < MIN_ROWS or len(shared) < MIN_VALUES:
        return False
    expected_share = float((one[left] / n_rows * (two[right] / n_rows)).sum())
    return bool(n_rows * np.log(expected_share) < np.log(SIGNIFICANCE_LEVEL / n_columns**2))
