"""Discovery of lines between columns: correlated pairs of a sample, and the line through each.

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
from tabgan.relations.statistics import (
    MAX_SAMPLE_VIOLATIONS,
    SIGNIFICANCE_LEVEL,
    correlate,
    total_entropy,
)
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Column, ColumnKind, Name

MIN_CORRELATION = 0.995  # of values or of ranks; less is no line with a few rows that break it
PERFECT_CORRELATION = 1 - 1e-6  # such pairs are tried first
MAX_PAIRS = 3_000  # that are tried
GLANCE_ROWS = 500  # enough to reject most pairs
MIN_VALUES = 3  # through two points there is always a line
MIN_STEPS = 100  # of rounding between the least value and the greatest: coarser ones fit any line
MIN_SLOPE = 1e-100
MAX_DIGITS = 17  # of a float64


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
        if self._are_equal(one, other):
            yield Candidate(one, other)
        elif has_numbers(one) and not {one.name, other.name} & self._few_valued:
            yield from self._iter_lines(one, other)
            yield from self._iter_lines(other, one)

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
        if has_numbers(one):
            same = equal_nan(self.sample.numbers(one), self.sample.numbers(other))
            return bool((~same).sum() <= MAX_SAMPLE_VIOLATIONS * len(same))
        return _categories(one, self.sample) == _categories(other, self.sample)

    def _copied_pairs(self) -> Iterable[tuple[Column, Column]]:
        """Yield pairs of columns of categories that have the same codes in the sample."""
        alike: dict[bytes, list[Column]] = {}
        for column in self.profile.columns:
            if not has_numbers(column):
                alike.setdefault(self.sample.codes(column).tobytes(), []).append(column)
        for group in alike.values():
            yield from combinations(group, 2)

    def _correlated_pairs(self) -> Iterable[tuple[Column, Column]]:
        """Yield pairs of numbers, and of datetimes, that are correlated in the sample."""
        for columns in (self.profile.number_columns, self.profile.datetime_columns):
            if len(columns) > 1:
                values = np.column_stack([self.sample.numbers(column) for column in columns])
                ranks = pd.DataFrame(values).rank().to_numpy()
                close = np.triu(np.maximum(correlate(values), correlate(ranks)), 1)
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
            return (1.0, float(np.median(y - x))) if len(x) else None
        if dependent.name not in self._decimals:
            self._decimals[dependent.name] = find_decimals(self.sample.numbers(dependent))
        decimals, precision = self._decimals[dependent.name], machine_epsilon(dependent)
        glance = slice(None, None, -(-len(x) // GLANCE_ROWS) or 1)
        if fit_line(x[glance], y[glance], decimals, precision) is None:
            return None
        return fit_line(x, y, decimals, precision)


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


def fit_line(
    x: Floats, y: Floats, decimals: int | None, precision: float
) -> tuple[float, float] | None:
    """Return the shortest factor and offset of a line through all points but a few.

    None if there is no such line.

    Args:
        x: Without gaps; (n,).
        y: Without gaps; (n,).
        decimals: To how many y may be rounded; None if to none.
        precision: Relative rounding error of y as it is stored.
    """
    with np.errstate(all="ignore"):
        inliers = _find_inliers(x, y, decimals, precision)
        if inliers is None:
            return None
        x, y = x[inliers], y[inliers]
        ends = [x.argmin(), x.argmax()]
        slope = float(np.diff(y[ends])[0] / np.diff(x[ends])[0])
        step, noise = _decimal_step(decimals), _rounding_noise(x, y, slope, precision)
        is_fine = bool(0 < MIN_STEPS * step <= np.ptp(y))
        if np.ptp(y - slope * x) > 4 * (step * is_fine + noise) or abs(slope) < MIN_SLOPE:
            return None
        for slack in (noise, step + noise) if is_fine else (noise,):
            for factor in _shorten(slope):
                rest = y - factor * x
                if np.ptp(rest) <= slack:
                    return factor, _find_offset(rest, max(slack - np.ptp(rest), noise) / 2)
    return None


def _shorten(slope: float) -> Iterator[float]:
    """Yield a number rounded to more and more digits, in turn with its rounded reciprocal's."""
    for digits in range(MAX_DIGITS):
        yield float(f"{slope:.{digits}e}")
        yield 1 / float(f"{1 / slope:.{digits}e}")


def _find_inliers(x: Floats, y: Floats, decimals: int | None, precision: float) -> Mask | None:
    """Return which points lie near a robust line, (n,); None if more than a few do not."""
    with np.errstate(all="ignore"):
        slope = _find_slope(x, y)
        if not np.isfinite(slope) or slope == 0:
            return None
        rest = y - slope * x
        reach = 8 * (_decimal_step(decimals) + _rounding_noise(x, y, slope, precision))
        inliers = np.abs(rest - np.median(rest)) <= reach
    return inliers if (~inliers).sum() <= MAX_SAMPLE_VIOLATIONS * len(x) else None


def _find_slope(x: Floats, y: Floats) -> float:
    """Return the median slope of pairs of points far apart (Theil-Sen); NaN if there is none."""
    order, half = np.argsort(x, kind="stable"), len(x) // 2
    run = x[order[half:]] - x[order[: len(x) - half]]
    rise = y[order[half:]] - y[order[: len(x) - half]]
    return float(np.median(rise[run > 0] / run[run > 0])) if (run > 0).any() else np.nan


def _decimal_step(decimals: int | None) -> float:
    return 0.0 if decimals is None else 10.0**-decimals


def _rounding_noise(x: Floats, y: Floats, slope: float, precision: float) -> float:
    """Return how far rounding may move the results of a line."""
    return float(8 * precision * (np.abs(y).max() + abs(slope) * np.abs(x).max()))


def _find_offset(rest: Floats, reach: float) -> float:
    """Return the number of the fewest decimals within reach of the middle of the residuals."""
    middle = float(rest.min() + np.ptp(rest) / 2)
    if abs(middle) <= reach:
        return 0.0
    for decimals in range(MAX_DIGITS):
        if abs(round(middle, decimals) - middle) <= reach:
            return round(middle, decimals) + 0.0
    return middle
