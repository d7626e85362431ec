"""Lines between columns are sought on a sample, for all pairs at once.

>>> fit_line(np.arange(30.0), np.arange(30.0) * 2.5 - 1, decimals=1, precision=2.2e-16)
(2.5, -1.0)
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import pandas as pd

from tabgan.relations.affine.transform import has_numbers
from tabgan.relations.exact_arithmetic import equal_nan, find_decimals, machine_epsilon
from tabgan.relations.statistics import MAX_VIOLATIONS, SIGNIFICANCE_LEVEL
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Column, ColumnKind, Name

CLOSE = 0.995  # correlation of values or ranks that makes a candidate, whatever a few rows say
MIN_VALUES = 3  # through two points there is always a line
ROUGH = 100  # steps that rounded values must range over: what is coarser is no line
GLANCE = 500  # rows that tell most candidates apart
MAX_DIGITS = 17
TINY = 1e-100
MAX_TRIES = 3_000  # pairs that are looked at, those of perfect correlation first
PERFECT = 1 - 1e-6


@dataclass(frozen=True)
class Candidate:
    """What is to be checked on all rows: a line from one column to another."""

    source: Column
    dependent: Column
    factor: float = 1.0
    offset: float = 0.0


class LineSearch:
    """Proposes lines between the columns of a table."""

    def __init__(self, profile: TableProfile) -> None:
        self.profile, self.sample = profile, profile.sample
        n_columns = len(profile.columns)
        self._enough = np.log(max(n_columns * (n_columns - 1) // 2, 1) / SIGNIFICANCE_LEVEL)
        self._decimals: dict[Name, int | None] = {}
        self._n_tries = 0

    @property
    def pairs(self) -> Iterator[tuple[Column, Column]]:
        """Return pairs worth a look; first what stays: the target, or the first in the schema."""
        for first, second in (*self._equal_pairs(), *self._straight_pairs()):
            if self._n_tries == MAX_TRIES:
                return
            if {first.name, second.name} <= self._telling:
                is_late = second.name == self.profile.schema.target
                yield (second, first) if is_late else (first, second)

    def propose(self, one: Column, other: Column) -> Iterator[Candidate]:
        """Return the lines worth a check on all rows, those from the first column first."""
        self._n_tries += 1
        if self._are_equal(one, other):
            yield Candidate(one, other)
        elif has_numbers(one) and not {one.name, other.name} & self._flat:
            yield from self._propose_lines(one, other)
            yield from self._propose_lines(other, one)

    def _propose_lines(self, source: Column, dependent: Column) -> Iterator[Candidate]:
        """Return the line through the sample, and the one through all rows if it is another."""
        line = self._fit(source, dependent, self.sample)
        if line is None:
            return
        yield Candidate(source, dependent, *line)
        whole = self._fit(source, dependent, self.profile)
        if whole is not None and whole != line:
            yield Candidate(source, dependent, *whole)

    @cached_property
    def _telling(self) -> set[Name]:
        """Columns that chance would not bring into the order of another."""
        columns = self.profile.columns
        return {c.name for c in columns if find_information(self.sample, c) > self._enough}

    @cached_property
    def _flat(self) -> set[Name]:
        """Columns of so few values that there is always a line through them."""
        columns = (*self.profile.number_columns, *self.profile.datetime_columns)
        counts = {c.name: len(np.unique(_present(self.sample.numbers(c)))) for c in columns}
        return {name for name, count in counts.items() if count < MIN_VALUES}

    def _are_equal(self, one: Column, other: Column) -> bool:
        if has_numbers(one):
            same = equal_nan(self.sample.numbers(one), self.sample.numbers(other))
            return bool((~same).sum() <= 2 * MAX_VIOLATIONS * len(same))
        return _categories(one, self.sample) == _categories(other, self.sample)

    def _equal_pairs(self) -> Iterable[tuple[Column, Column]]:
        """Return pairs of columns of categories that change in the same rows of the sample."""
        alike: dict[bytes, list[Column]] = {}
        for column in self.profile.columns:
            if not has_numbers(column):
                alike.setdefault(self.sample.codes(column).tobytes(), []).append(column)
        for group in alike.values():
            yield from combinations(group, 2)

    def _straight_pairs(self) -> Iterable[tuple[Column, Column]]:
        """Return pairs of numbers, and of datetimes, that rise or fall together in the sample."""
        for columns in (self.profile.number_columns, self.profile.datetime_columns):
            if len(columns) > 1:
                values = np.column_stack([self.sample.numbers(column) for column in columns])
                ranks = pd.DataFrame(values).rank().to_numpy()
                close = np.triu(np.maximum(correlate(values), correlate(ranks)), 1)
                for allowed in (close > PERFECT, (close > CLOSE) & (close <= PERFECT)):
                    for first, second in zip(*np.nonzero(allowed), strict=True):
                        yield columns[int(first)], columns[int(second)]

    def _fit(
        self, source: Column, dependent: Column, profile: TableProfile
    ) -> tuple[float, float] | None:
        """Return the line from one column to another on the rows of the evidence."""
        x, y = profile.numbers(source), profile.numbers(dependent)
        both = ~np.isnan(x) & ~np.isnan(y)
        x, y = x[both], y[both]
        if dependent.kind is ColumnKind.DATETIME:
            return (1.0, float(np.median(y - x))) if len(x) else None
        if dependent.name not in self._decimals:
            self._decimals[dependent.name] = find_decimals(self.sample.numbers(dependent))
        decimals, precision = self._decimals[dependent.name], machine_epsilon(dependent)
        glance = slice(None, None, -(-len(x) // GLANCE) or 1)
        if fit_line(x[glance], y[glance], decimals, precision) is None:
            return None
        return fit_line(x, y, decimals, precision)


def find_information(profile: TableProfile, column: Column) -> float:
    """Return minus the logarithm of how probable its values are in this order and no other."""
    codes = profile.codes(column)[~profile.missing(column)]
    counts = np.bincount(codes)
    counts = counts[counts > 0]
    return float(-(counts * np.log(counts / max(len(codes), 1))).sum())


def _categories(column: Column, sample: TableProfile) -> list[object]:
    """Return the categories of a column in the order of its codes, a gap as None."""
    series = sample.series(column).astype(object)
    categories = series.iloc[np.unique(sample.codes(column), return_index=True)[1]]
    return [
        None if gap else category
        for category, gap in zip(categories, categories.isna(), strict=True)
    ]


def _present(values: Floats) -> Floats:
    return values[~np.isnan(values)]


def correlate(values: Floats) -> Floats:
    """Return the absolute correlations of columns; (n, k) to (k, k); gaps are means."""
    with np.errstate(all="ignore"):
        scaled = values / np.fmax.reduce(np.abs(values), axis=0)
        present = ~np.isnan(scaled)
        means = np.nansum(scaled, axis=0) / present.sum(axis=0)
        centred = np.where(present, scaled - means, 0.0)
        centred /= np.sqrt((centred**2).sum(axis=0))
    centred = np.nan_to_num(centred, nan=0.0, posinf=0.0, neginf=0.0)
    return np.asarray(np.abs(centred.T @ centred))


def fit_line(
    x: Floats, y: Floats, decimals: int | None, precision: float
) -> tuple[float, float] | None:
    """Return the shortest factor and offset that lead from x to y in all but a few rows, if any do.

    Args:
        x: Without gaps, (n,).
        y: The same, (n,).
        decimals: To how many y may be rounded.
        precision: Relative, of y.
    """
    with np.errstate(all="ignore"):
        near = _find_near(x, y, decimals, precision)
        if near is None:
            return None
        x, y = x[near], y[near]
        ends = [x.argmin(), x.argmax()]
        slope = float(np.diff(y[ends])[0] / np.diff(x[ends])[0])
        step, noise = _step(decimals), _noise(x, y, slope, precision)
        is_fine = bool(0 < ROUGH * step <= np.ptp(y))
        if np.ptp(y - slope * x) > 4 * (step * is_fine + noise) or abs(slope) < TINY:
            return None
        for slack in (noise, step + noise) if is_fine else (noise,):
            for factor in _shorten(slope):
                rest = y - factor * x
                if np.ptp(rest) <= slack:
                    return factor, _find_offset(rest, max(slack - np.ptp(rest), noise) / 2)
    return None


def _shorten(slope: float) -> Iterator[float]:
    """Return a number with more and more digits, and numbers of which one over them has as many."""
    for digits in range(MAX_DIGITS):
        yield float(f"{slope:.{digits}e}")
        yield 1 / float(f"{1 / slope:.{digits}e}")


def _find_near(x: Floats, y: Floats, decimals: int | None, precision: float) -> Mask | None:
    """Return which points lie on or near one line, (n,); None if more than a few do not."""
    with np.errstate(all="ignore"):
        slope = _find_slope(x, y)
        if not np.isfinite(slope) or slope == 0:
            return None
        rest = y - slope * x
        reach = 8 * (_step(decimals) + _noise(x, y, slope, precision))
        near = np.abs(rest - np.median(rest)) <= reach
    return near if (~near).sum() <= 2 * MAX_VIOLATIONS * len(x) else None


def _find_slope(x: Floats, y: Floats) -> float:
    """Return the median slope between points half the points apart; NaN if there is none."""
    order, half = np.argsort(x, kind="stable"), len(x) // 2
    run = x[order[half:]] - x[order[: len(x) - half]]
    rise = y[order[half:]] - y[order[: len(x) - half]]
    return float(np.median(rise[run > 0] / run[run > 0])) if (run > 0).any() else np.nan


def _step(decimals: int | None) -> float:
    return 0.0 if decimals is None else 10.0**-decimals


def _noise(x: Floats, y: Floats, slope: float, precision: float) -> float:
    """Return how far rounding may move what is worked out."""
    return float(8 * precision * (np.abs(y).max() + abs(slope) * np.abs(x).max()))


def _find_offset(rest: Floats, reach: float) -> float:
    """Return the number of the fewest decimals near the middle of what is left."""
    middle = float(rest.min() + np.ptp(rest) / 2)
    if abs(middle) <= reach:
        return 0.0
    for decimals in range(MAX_DIGITS):
        if abs(round(middle, decimals) - middle) <= reach:
            return round(middle, decimals) + 0.0
    return middle
