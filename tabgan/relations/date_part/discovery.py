"""Which columns are parts of which moments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from tabgan.relations.date_part.calendar import NUMBERS, CalendarPart, find_words
from tabgan.relations.date_part.local_time import count_seconds, read_wall
from tabgan.relations.exact_arithmetic import are_same
from tabgan.relations.table_profile import CHANCE, TOLERATED, Evidence
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.predicates import Floats

FEWEST_ROWS, FEWEST_VALUES = 20, 3


@dataclass(frozen=True)
class DateLead:
    """A column that is a part of a moment, in all rows but `broken` ones."""

    dependent: Column
    source: Column
    part: CalendarPart
    broken: int


class Moments:
    """The columns of moments of a table, and their parts, each made once."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self._walls: dict[Column, pd.DatetimeIndex] = {}
        self._parts: dict[tuple[Column, str, int, int], Floats] = {}

    def part(self, source: Column, part: CalendarPart) -> Floats:
        """Give a part of a moment column; shape (n_rows,)."""
        key = (source, part.name, part.turn, part.start)
        if key not in self._parts:
            if source not in self._walls:
                self._walls[source] = read_wall(self.evidence.numbers(source), source)
            self._parts[key] = part.compute(self._walls[source])
        return self._parts[key]

    def is_date(self, source: Column) -> bool:
        """Tell whether a column has no time of day, so that its date is itself."""
        midnights = self.part(source, CalendarPart("date"))
        return bool(are_same(count_seconds(self._walls[source]), midnights).all())

    @cached_property
    def sample(self) -> "Moments":
        """The same for the sample of the rows."""
        return Moments(self.evidence.sample)

    def count_broken(self, own: Floats, source: Column, part: CalendarPart) -> int:
        """Count the rows in which a column, as read, is not the part."""
        return int(np.count_nonzero(~are_same(own, self.part(source, part))))


def search(evidence: Evidence) -> Iterator[DateLead]:
    """Give the first moment, and the first of its parts, that each column follows from."""
    if not evidence.moment_columns or len(evidence) < FEWEST_ROWS:
        return
    moments = Moments(evidence)
    for dependent in evidence.columns:
        parts = offer_parts(evidence.sample.series(dependent), dependent)
        leads = list(_search_sources(dependent, parts, moments)) if parts else []
        if leads:
            yield min(leads, key=lambda lead: lead.broken)


def _search_sources(
    dependent: Column, parts: Sequence[CalendarPart], moments: Moments
) -> Iterator[DateLead]:
    """Give leads for a column up to the first that holds in every row."""
    evidence, sample = moments.evidence, moments.sample
    few = parts[0].read(sample.evidence.series(dependent), dependent)
    for source in evidence.moment_columns:
        if source == dependent or (parts[0].name == "date" and sample.is_date(source)):
            continue
        for part in parts:
            if sample.count_broken(few, source, part) > 2 * TOLERATED * len(few):
                continue
            if not _is_no_chance(few, sample.part(source, part), len(evidence.columns)):
                continue
            series = evidence.series(dependent)
            broken = moments.count_broken(part.read(series, dependent), source, part)
            if broken <= TOLERATED * len(evidence) and part.comes_back(series, dependent):
                yield DateLead(dependent, source, part, broken)
                if not broken:
                    return


def offer_parts(series: "pd.Series[Any]", column: Column) -> list[CalendarPart]:
    """Give all that a column could be: numbers, a date, or the part that its words name."""
    if column.kind.is_number:
        return list(NUMBERS)
    if column.kind is ColumnKind.DATETIME:
        return [CalendarPart("date")]
    found = find_words(series, column)
    return [] if found is None else [CalendarPart(found[0], words=found[1])]


def _is_no_chance(own: Floats, part: Floats, n_columns: int) -> bool:
    """Say whether a column and a part that agree have enough values not to do so by chance."""
    present = ~(np.isnan(own) | np.isnan(part))
    (values, one), (parts, two) = (np.unique(x[present], return_counts=True) for x in (own, part))
    n_rows = int(present.sum())
    shared, left, right = np.intersect1d(values, parts, assume_unique=True, return_indices=True)
    if n_rows < FEWEST_ROWS or len(shared) < FEWEST_VALUES:
        return False
    chance = float((one[left] / n_rows * (two[right] / n_rows)).sum())
    return bool(n_rows * np.log(chance) < np.log(CHANCE / n_columns**2))
