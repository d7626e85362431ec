"""Which column may say where another one decides labels: a few rows of the sample tell.

>>> import pandas as pd
>>> from tabgan.schema import TableSchema
>>> pay, age = np.random.default_rng(0).integers(0, 100, (2, 900))
>>> frame = pd.DataFrame({"pay": pay, "age": age, "senior": (pay > 50) & (age >= 30)})
>>> profile = TableProfile(frame, TableSchema.infer(frame))
>>> found = PartitionScreen.of(profile, profile.schema.columns[2:])
>>> [(each.divider.name, each.source.name) for each in found.iter_partitions()]
[('pay', 'age'), ('age', 'pay')]
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from tabgan.relations.formula.cases.labels import Label, find_labelled, read_labels
from tabgan.relations.formula.cases.thresholds import (
    MAX_CHANGES,
    MIN_SOURCE_VALUES,
    count_changes,
    find_max_changes,
)
from tabgan.relations.statistics import MAX_DECLARED_VIOLATIONS, SIGNIFICANCE_LEVEL
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Codes, Floats, Integers, Mask
from tabgan.schema.column import Column

MAX_SOURCES = 48
MAX_GROUPS = 16  # columns of categories
MAX_CATEGORIES = 12  # of each
SCREEN_ROWS = 400
MAX_SIDES = 6  # for each column of labels
MAX_NEAR = 6  # sources for each side
MAX_REMAINING = 0.5  # share of the changes along a source alone
MAX_ODD = 2 * MAX_DECLARED_VIOLATIONS  # share of other labels on a side


@dataclass(frozen=True)
class Partition:
    """What may decide labels: one column says where another one does.

    Attributes:
        dependent: Has the labels.
        divider: The one: of categories, or a number that is compared.
        source: The other.
        is_low: Whether it is the lower side of the number that needs no source; None for
            categories.
        label: On that side.
    """

    dependent: Column
    divider: Column
    source: Column
    is_low: bool | None = None
    label: Label = None

    @property
    def pair(self) -> frozenset[Column]:
        """The two columns that decide."""
        return frozenset((self.divider, self.source))


@dataclass(frozen=True)
class Side:
    """Rows on one side of a number, nearly all of one label.

    Attributes:
        divider: The number.
        code: Of the label.
        is_low: Whether it is the lower side.
        rows: Which these are; (n_rows,).
        log_probability: Of such a side, were labels independent.
    """

    divider: Column
    code: int
    is_low: bool
    rows: Mask
    log_probability: float


@dataclass(frozen=True)
class PartitionScreen:
    """A few rows of a table, in which partitions are sought.

    Attributes:
        decided: Columns of few labels; (n_decided,).
        labels: What their codes stand for.
        codes: Of their labels; (n_rows, n_decided).
        is_gap: Where these are missing; of the same shape.
        sources: Numbers and datetimes of each source; (n_rows,) each.
        groups: Categories of each column that divides; (n_rows,) each.
    """

    decided: Sequence[Column]
    labels: Sequence[Sequence[Label]]
    codes: Codes
    is_gap: Mask
    sources: dict[Column, Floats]
    groups: dict[Column, Integers]

    @classmethod
    def of(cls, sample: TableProfile, decided: Sequence[Column]) -> "PartitionScreen":
        """Return a few rows of a sample."""
        rows = np.linspace(0, len(sample) - 1, min(SCREEN_ROWS, len(sample))).astype(np.int64)
        quantities = (*sample.number_columns, *sample.datetime_columns)
        sources = [c for c in quantities if sample.n_categories(c) >= MIN_SOURCE_VALUES]
        groups = [c for c in find_labelled(sample, MAX_CATEGORIES) if c not in sources]
        return cls(
            decided,
            [read_labels(sample, column) for column in decided],
            sample.stack_codes(decided, rows),
            sample.stack_gaps(decided, rows),
            {column: sample.numbers(column)[rows] for column in sources[:MAX_SOURCES]},
            {column: sample.codes(column)[rows] for column in groups[:MAX_GROUPS]},
        )

    @property
    def n_tried(self) -> int:
        """Candidates: a column of labels, one that divides, a source."""
        n_dividers = 2 * len(self.sources) + len(self.groups)
        return max(1, len(self.decided) * n_dividers * len(self.sources))

    def iter_partitions(self) -> Iterator[Partition]:
        """Yield what may decide a column: by categories, then by sides of numbers."""
        return chain(self._iter_by_categories(), self._iter_by_sides())

    def _iter_by_categories(self) -> Iterator[Partition]:
        n_labels = self.codes.max(axis=0) + 1
        alone = {
            source: MAX_REMAINING * count_changes(numbers, self.codes, self.is_gap)
            for source, numbers in self.sources.items()
        }
        for group, categories in self.groups.items():
            limits = (categories.max() + 1) * n_labels + 2 * np.ceil(MAX_ODD * len(categories))
            limits = np.minimum(limits, MAX_CHANGES * self._expect_changes(categories) + 1)
            for source, numbers in self.sources.items():
                order = np.lexsort((numbers, categories))
                order = order[~np.isnan(numbers[order])]
                is_same = np.diff(categories[order]) == 0
                ordered = self.codes[order]
                is_changed = (ordered[1:] != ordered[:-1]) & is_same[:, None]
                changes = np.count_nonzero(is_changed, axis=0)
                for index in np.flatnonzero(changes <= np.minimum(limits, alone[source])).tolist():
                    if self.decided[index] not in (group, source):
                        yield Partition(self.decided[index], group, source)

    def _expect_changes(self, categories: Integers) -> Floats:
        """Return how often independent labels change within categories; (n_decided,)."""
        expected = np.zeros(self.codes.shape[1])
        for category in np.unique(categories):
            own = self.codes[categories == category]
            shares = np.stack([(own == label).mean(axis=0) for label in range(own.max() + 1)])
            expected += len(own) * (1 - (shares**2).sum(axis=0))
        return expected

    def _iter_by_sides(self) -> Iterator[Partition]:
        found: list[list[Side]] = [[] for _ in self.decided]
        for divider in self.sources:
            for is_low in (True, False):
                for index, side in self._find_sides(divider, is_low=is_low):
                    found[index].append(side)
        for index, dependent in enumerate(self.decided):
            for side in sorted(found[index], key=lambda each: each.log_probability)[:MAX_SIDES]:
                for source in self._find_near(index, side):
                    label = self.labels[index][side.code]
                    yield Partition(dependent, side.divider, source, side.is_low, label)

    def _find_sides(self, divider: Column, *, is_low: bool) -> Iterator[tuple[int, Side]]:
        """Yield the longest sides of a number that have nearly one label, where chance has none.

        Each with the index of the column that has the label.
        """
        order = sort_from(self.sources[divider], is_low=is_low)
        if not len(order):
            return
        own = self.codes[order]
        first = own[: len(order) // 20 + 1]
        counts = [np.count_nonzero(first == code, axis=0) for code in range(self.codes.max() + 1)]
        codes = np.argmax(counts, axis=0)
        lengths = find_lengths(own == codes)
        n_odd = np.count_nonzero((own != codes) & (np.arange(len(own))[:, None] < lengths), axis=0)
        nats = (lengths - 2 * n_odd) * np.log((self.codes == codes).mean(axis=0))
        is_side = (nats <= np.log(SIGNIFICANCE_LEVEL)) & (lengths < len(order))
        for index in np.flatnonzero(is_side).tolist():
            if self.decided[index] != divider:
                rows = np.isin(np.arange(len(self.codes)), order[: lengths[index]])
                yield index, Side(divider, int(codes[index]), is_low, rows, float(nats[index]))

    def _find_near(self, index: int, side: Side) -> list[Column]:
        """Return the sources along which labels hardly change on the other side, best first."""
        rest = ~side.rows & ~np.isnan(self.sources[side.divider])
        own, is_gap = self.codes[rest][:, [index]], self.is_gap[rest][:, [index]]
        limit = find_max_changes(own, [int(own.max()) + 1])[0]
        changes = {
            source: int(count_changes(numbers[rest], own, is_gap)[0])
            for source, numbers in self.sources.items()
            if source not in (side.divider, self.decided[index])
        }
        near = [source for source, n_changes in changes.items() if n_changes <= limit]
        return sorted(near, key=changes.__getitem__)[:MAX_NEAR]


def sort_from(numbers: Floats, *, is_low: bool) -> Integers:
    """Return the rows with numbers, the lowest first, or the highest; (n_numbers,)."""
    order = np.argsort(numbers, kind="stable")[: np.count_nonzero(~np.isnan(numbers))]
    return order if is_low else order[::-1]


def find_length(has_label: Mask) -> int:
    """Return how many rows there are until too many have another label than one; 0 for none.

    >>> find_length(np.arange(200) < 100), find_length(np.arange(200) % 50 != 3)
    (102, 200)
    """
    return int(find_lengths(has_label[:, None])[0])


def find_lengths(has_label: Mask) -> Integers:
    """Return the same for several columns, (n_rows, n_columns); (n_columns,)."""
    n_rows = np.arange(1, len(has_label) + 1)[:, None]
    is_pure = np.cumsum(~has_label, axis=0) <= MAX_ODD * n_rows
    return np.asarray((is_pure * n_rows).max(axis=0, initial=0))
