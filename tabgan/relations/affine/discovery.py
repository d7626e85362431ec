"""Discovery of lines between columns: correlated pairs of a sample, which may have gaps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import pandas as pd

from tabgan.relations.affine.line_fit import fit_line
from tabgan.relations.affine.transform import has_numbers
from tabgan.relations.exact_arithmetic import (
    DATETIME_DECIMALS,
    find_decimals,
    machine_epsilon,
)
from tabgan.relations.statistics import (
    MAX_SAMPLE_VIOLATIONS,
    MIN_ROWS,
    SIGNIFICANCE_LEVEL,
    correlate_present,
    total_entropy,
)
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats, Indices, Objects
from tabgan.schema.column import Column, ColumnKind, Name

MIN_CORRELATION = 0.995  # of values or of ranks; less is no line with a few rows that break it
PERFECT_CORRELATION = 1 - 1e-6  # such pairs are tried first
MAX_PAIRS = 3_000  # that are tried
GLANCE_ROWS = 500  # enough to reject most pairs
GLANCE_CELLS = 20  # the same for categories
MIN_VALUES = 3  # through two points there is always a line


@dataclass(frozen=True)
class Candidate:
    """A line from one column to another, to be tested on all rows."""

    source: Column
    dependent: Column
    factor: float = 1.0
    offset: float = 0.0


class AffineSearch:
    """The search for lines between the columns of a table, on a sample of its rows.

    Args:
        profile: The whole table.
    """

    def __init__(self, profile: TableProfile) -> None:
        self.profile, self.sample = profile, profile.sample
        n_columns = len(profile.columns)
        self._min_entropy = np.log(max(n_columns * (n_columns - 1) // 2, 1) / SIGNIFICANCE_LEVEL)
        self._decimals: dict[Name, int | None] = {}
        self._cells: dict[Name, Objects] = {}
        self._n_tried = 0

    def iter_pairs(self) -> Iterator[tuple[Column, Column]]:
        """Yield promising pairs: the column to keep, the target or the earlier one, comes first."""
        for first, second in (*self._copied_pairs(), *self._correlated_pairs()):
            if self._n_tried == MAX_PAIRS:
                return
            if {first.name, second.name} <= self._informative:
                is_late = second.name == self.profile.schema.target
                yield (second, first) if is_late else (first, second)

    def iter_candidates(self, one: Column, other: Column) -> Iterator[Candidate]:
        """Yield the lines to test on all rows, those from the first column first."""
        self._n_tried += 1
        pairs = [pair for pair in ((one, other), (other, one)) if self._can_follow(*pair)]
        if pairs and self._are_equal(one, other):
            yield Candidate(*pairs[0])
        elif has_numbers(one) and not {one.name, other.name} & self._few_valued:
            for source, dependent in pairs:
                yield from self._iter_lines(source, dependent)

    def _can_follow(self, source: Column, dependent: Column) -> bool:
        """Return whether a column has values only where the source has, in nearly all rows."""
        gaps = self.sample.missing(source) & ~self.sample.missing(dependent)
        return bool(np.count_nonzero(gaps) <= MAX_SAMPLE_VIOLATIONS * len(self.sample))

    def _iter_lines(self, source: Column, dependent: Column) -> Iterator[Candidate]:
        """Yield the line through the sample, and the one through all rows if it is another."""
        line = self._fit_line(source, dependent, self.sample)
        if line is None:
            return
        yield Candidate(source, dependent, *line)
        whole = self._fit_line(source, dependent, self.profile)
        if whole is not None and whole != line:
            yield Candidate(source, dependent, *whole)

    @cached_property
    def _informative(self) -> set[Name]:
        """Names of columns whose values have so many orders that chance does not repeat one."""
        return {c.name for c in self.profile.columns if self._entropy(c) > self._min_entropy}

    def _entropy(self, column: Column) -> float:
        codes = self.sample.codes(column)[~self.sample.missing(column)]
        counts = np.bincount(codes)
        return total_entropy(counts[counts > 0])

    @cached_property
    def _few_valued(self) -> set[Name]:
        """Names of columns of so few values that there is always a line through them."""
        columns = (*self.profile.number_columns, *self.profile.datetime_columns)
        counts = {c.name: len(np.unique(_present(self.sample.numbers(c)))) for c in columns}
        return {name for name, count in counts.items() if count < MIN_VALUES}

    def _are_equal(self, one: Column, other: Column) -> bool:
        both = ~self.sample.missing(one) & ~self.sample.missing(other)
        read = self.sample.numbers if has_numbers(one) else self._objects
        n_different = np.count_nonzero(read(one)[both] != read(other)[both])
        return bool(both.sum() >= MIN_ROWS and n_different <= MAX_SAMPLE_VIOLATIONS * len(both))

    def _objects(self, column: Column) -> Objects:
        """Return the cells of a column of categories in the sample; (n_rows,)."""
        if column.name not in self._cells:
            self._cells[column.name] = np.asarray(self.sample.series(column).astype(object), object)
        return self._cells[column.name]

    def _copied_pairs(self) -> Iterable[tuple[Column, Column]]:
        """Yield pairs of columns of categories that have the same codes, or gaps in between."""
        alike: dict[bytes, list[Column]] = {}
        for column in self.profile.columns:
            if not has_numbers(column):
                alike.setdefault(self.sample.codes(column).tobytes(), []).append(column)
        for group in alike.values():
            yield from combinations(group, 2)
        columns = [group[0] for group in alike.values()]
        for gappy in columns:
            rows = np.flatnonzero(~self.sample.missing(gappy))[:GLANCE_CELLS]
            if len(rows) and self.sample.missing(gappy).any():
                yield from (
                    (o, gappy) for o in columns if o != gappy and self._glance(o, gappy, rows)
                )

    def _glance(self, one: Column, other: Column, rows: Indices) -> bool:
        """Return whether two columns of categories are equal in the few rows where both are."""
        both = rows[~self.sample.missing(one)[rows]]
        return bool(len(both) and (self._objects(one)[both] == self._objects(other)[both]).all())

    def _correlated_pairs(self) -> Iterable[tuple[Column, Column]]:
        """Yield pairs of numbers, and of datetimes, that are correlated in the sample."""
        for columns in (self.profile.number_columns, self.profile.datetime_columns):
            if len(columns) > 1:
                values = np.column_stack([self.sample.numbers(column) for column in columns])
                ranks = pd.DataFrame(values).rank().to_numpy()
                close = np.triu(np.maximum(correlate_present(values), correlate_present(ranks)), 1)
                for allowed in (
                    close > PERFECT_CORRELATION,
                    (close > MIN_CORRELATION) & (close <= PERFECT_CORRELATION),
                ):
                    for first, second in zip(*np.nonzero(allowed), strict=True):
                        yield columns[int(first)], columns[int(second)]

    def _fit_line(
        self, source: Column, dependent: Column, profile: TableProfile
    ) -> tuple[float, float] | None:
        """Return factor and offset of the line from one column to another; None if there is none.

        Args:
            source: Of numbers or datetimes.
            dependent: Of the same.
            profile: The sample or the whole table.
        """
        x, y = profile.numbers(source), profile.numbers(dependent)
        both = ~np.isnan(x) & ~np.isnan(y)
        x, y = x[both], y[both]
        if dependent.kind is ColumnKind.DATETIME:
            return (1.0, round(float(np.median(y - x)), DATETIME_DECIMALS)) if len(x) else None
        if dependent.name not in self._decimals:
            self._decimals[dependent.name] = find_decimals(self.sample.numbers(dependent))
        decimals, precision = self._decimals[dependent.name], machine_epsilon(dependent)
        glance = slice(None, None, -(-len(x) // GLANCE_ROWS) or 1)
        if fit_line(x[glance], y[glance], decimals, precision) is None:
            return None
        return fit_line(x, y, decimals, precision)


def _present(values: Floats) -> Floats:
    return values[~np.isnan(values)]
