"""Discovery of inequalities: which columns are never below which others, by more than chance.

>>> low, rise = np.random.default_rng(0).normal(size=(2, 900))
>>> find_ordered_pairs(np.array([low + np.abs(rise), low]))
[(1, 0)]
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tabgan.relations.statistics import (
    MAX_SAMPLE_VIOLATIONS,
    MAX_VIOLATIONS,
    SIGNIFICANCE_LEVEL,
)
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats, Integers
from tabgan.schema.column import Column

MIN_VALUES = 10  # both columns have more
MIN_SHARE = 0.05  # of rows that would break the inequality if the columns were independent
GLANCE_ROWS = 200  # in which most columns are above each other
MAX_THINNED = 256  # values of a column that a first look at that share takes

Pair = tuple[int, int]  # numbers of the lower and the upper column


@dataclass(frozen=True)
class Candidate:
    """An upper column and the nearest columns that it is never below.

    Attributes:
        dependent: The upper column.
        sources: The lower ones; a single one if rows break it.
        support: Rows in which it and one of them are present.
        n_violations: Rows that break it.
        is_strict: Whether no row has equal values.
    """

    dependent: Column
    sources: tuple[Column, ...]
    support: int
    n_violations: int = 0
    is_strict: bool = False


def iter_candidates(profile: TableProfile) -> Iterator[Candidate]:
    """Yield inequalities among columns of numbers, and of datetimes, tested on all rows."""
    for columns in (profile.number_columns, profile.datetime_columns):
        if len(columns) > 1:
            yield from _iter_alike(columns, profile)


def _iter_alike(columns: Sequence[Column], profile: TableProfile) -> Iterator[Candidate]:
    matrix = np.array([profile.sample.numbers(column) for column in columns])
    numbers = [profile.numbers(column) for column in columns]
    support, violations, ties = {}, {}, {}
    for low, high in find_ordered_pairs(matrix):
        rows = int(np.count_nonzero(~np.isnan(numbers[low]) & ~np.isnan(numbers[high])))
        count = int(np.count_nonzero(numbers[low] > numbers[high]))
        if count <= MAX_VIOLATIONS * rows:
            support[low, high], violations[low, high] = rows, count
            ties[low, high] = int(np.count_nonzero(numbers[low] == numbers[high]))
    complete = {number for number, values in enumerate(numbers) if not np.isnan(values).any()}
    for high in range(len(columns)):
        lows = [low for low, other in violations if other == high]
        strict = [low for low in lows if not violations[low, high]]
        nearest = reduce_transitively(strict, violations, complete)
        if nearest:
            rows = max(support[low, high] for low in nearest)
            is_strict = not any(ties[low, high] for low in nearest)
            sources = tuple(columns[low] for low in nearest)
            yield Candidate(columns[high], sources, rows, is_strict=is_strict)
        for low in (low for low in lows if violations[low, high]):
            count = violations[low, high]
            between = [other for other in lows if (low, other) in violations]
            if all(violations[low, other] + violations[other, high] < count for other in between):
                yield Candidate(columns[high], (columns[low],), support[low, high], count)


def find_ordered_pairs(matrix: Floats) -> list[Pair]:
    """Return the pairs of columns that keep an order in all rows of a sample, or in all but a few.

    Args:
        matrix: Columns of numbers, NaN where missing; (n_columns, n_rows).
    """
    above = _count_above(matrix, int(MAX_SAMPLE_VIOLATIONS * matrix.shape[1]))
    present = (~np.isnan(matrix)).astype(np.float64)
    both = present @ present.T
    lows, highs = np.fmin.reduce(matrix, axis=1), np.fmax.reduce(matrix, axis=1)
    ordered = [np.sort(row[~np.isnan(row)]) for row in matrix]
    has_many = np.array([np.count_nonzero(np.diff(row)) >= MIN_VALUES for row in ordered])
    likely = (above <= MAX_SAMPLE_VIOLATIONS * both) & (above.T > 0) & (highs[:, None] > lows)
    thinned = [row[:: len(row) // MAX_THINNED + 1] for row in ordered]
    return [
        (int(low), int(high))
        for low, high in np.argwhere(likely & has_many[:, None] & has_many)
        if _find_share_above(thinned[low], thinned[high]) >= MIN_SHARE / 2
        and _is_significant(matrix[[low, high]], int(above[low, high]), len(matrix) ** 2)
    ]


def _count_above(matrix: Floats, limit: int) -> Integers:
    """Return in how many rows one column is above another; (n_columns, n_columns).

    Of two of which each is above the other more often than a limit, only a few rows are counted.
    """
    glance = matrix[:, :: matrix.shape[1] // GLANCE_ROWS + 1]
    above = np.array([np.count_nonzero(glance > row, axis=1) for row in glance]).T
    is_counted = above <= limit
    for column, others in enumerate(is_counted | is_counted.T):
        above[others, column] = np.count_nonzero(matrix[others] > matrix[column], axis=1)
    return above


def _is_significant(pair: Floats, n_violations: int, n_pairs: int) -> bool:
    """Return whether independent columns would break an inequality far more often.

    Args:
        pair: The lower and the upper column; (2, n_rows).
        n_violations: Rows that break it.
        n_pairs: Pairs that were tried, by which the significance level is divided.
    """
    low, high = np.sort(pair[:, ~np.isnan(pair).any(axis=0)], axis=1)
    n_rows = len(low)
    share = _find_share_above(low, high)
    if share < max(MIN_SHARE, 20 * n_violations / n_rows):
        return False
    log_probability = (n_rows - n_violations) * np.log1p(-share) + n_violations * np.log(n_rows)
    return bool(log_probability < np.log(SIGNIFICANCE_LEVEL / n_pairs))


def _find_share_above(low: Floats, high: Floats) -> float:
    """Return the share of all pairings of two sorted columns in which the first lies above."""
    return float(np.searchsorted(high, low).mean() / len(high))


def reduce_transitively(
    sources: Collection[int], violations: Mapping[Pair, int], complete: Collection[int]
) -> list[int]:
    """Return the sources without those that are never above another one: that follows from it.

    Args:
        sources: Numbers of columns.
        violations: Rows that break the order of a pair, for pairs that nearly keep one.
        complete: Numbers of columns without gaps: others imply nothing in rows where they have one.
    """
    return [
        low
        for low in sources
        if not any(violations.get((low, other)) == 0 for other in sources if other in complete)
    ]
