"""Which columns of numbers are never below which others, not by chance.

>>> low, rise = np.random.default_rng(0).normal(size=(2, 900))
>>> find_ordered(np.array([low + np.abs(rise), low]))
[(1, 0)]
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tabgan.relations.statistics import MAX_SAMPLE_VIOLATIONS, MAX_VIOLATIONS, SIGNIFICANCE_LEVEL
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats
from tabgan.schema.column import Column

MIN_VALUES = 10  # both columns have more
MIN_SHARE = 0.05  # of rows that would break the order, were the columns independent

Pair = tuple[int, int]  # numbers of the lower and the upper column


@dataclass(frozen=True)
class Link:
    """An upper column and the nearest columns that it is never below.

    Attributes:
        support: Rows in which it and one of them are present.
        broken: Rows that break it; then there is one source.
    """

    dependent: Column
    sources: tuple[Column, ...]
    support: int
    broken: int = 0


def search(profile: TableProfile) -> Iterator[Link]:
    """Return the links among columns of numbers, and of datetimes, that all rows show."""
    for columns in (profile.number_columns, profile.datetime_columns):
        if len(columns) > 1:
            yield from _search_alike(columns, profile)


def _search_alike(columns: Sequence[Column], profile: TableProfile) -> Iterator[Link]:
    matrix = np.array([profile.sample.numbers(column) for column in columns])
    numbers = [profile.numbers(column) for column in columns]
    support, broken = {}, {}
    for low, high in find_ordered(matrix):
        rows = int(np.count_nonzero(~np.isnan(numbers[low]) & ~np.isnan(numbers[high])))
        count = int(np.count_nonzero(numbers[low] > numbers[high]))
        if count <= MAX_VIOLATIONS * rows:
            support[low, high], broken[low, high] = rows, count
    whole = {index for index, values in enumerate(numbers) if not np.isnan(values).any()}
    for high in range(len(columns)):
        lows = [low for low, other in broken if other == high]
        near = drop_distant([low for low in lows if not broken[low, high]], broken, whole)
        if near:
            rows = max(support[low, high] for low in near)
            yield Link(columns[high], tuple(columns[low] for low in near), rows)
        for low in (low for low in lows if broken[low, high]):
            count = broken[low, high]
            middles = [middle for middle in lows if (low, middle) in broken]
            if all(broken[low, middle] + broken[middle, high] < count for middle in middles):
                yield Link(columns[high], (columns[low],), support[low, high], count)


def find_ordered(matrix: Floats) -> list[Pair]:
    """Return the pairs of columns that keep an order in all rows of a sample, or in all but a few.

    Args:
        matrix: Columns of numbers, NaN where missing; (n_columns, n_rows).
    """
    above = np.array([np.count_nonzero(matrix > row, axis=1) for row in matrix]).T
    present = (~np.isnan(matrix)).astype(np.float64)
    both = present @ present.T
    lows, highs = np.fmin.reduce(matrix, axis=1), np.fmax.reduce(matrix, axis=1)
    ordered = [np.sort(row[~np.isnan(row)]) for row in matrix]
    rich = np.array([np.count_nonzero(np.diff(row)) >= MIN_VALUES for row in ordered])
    likely = (above <= MAX_SAMPLE_VIOLATIONS * both) & (above.T > 0) & (highs[:, None] > lows)
    brief = [row[:: len(row) // 256 + 1] for row in ordered]
    return [
        (int(low), int(high))
        for low, high in np.argwhere(likely & rich[:, None] & rich)
        if _find_share_above(brief[low], brief[high]) >= MIN_SHARE / 2
        and _is_no_chance(matrix[[low, high]], int(above[low, high]), len(matrix) ** 2)
    ]


def _is_no_chance(pair: Floats, n_broken: int, n_pairs: int) -> bool:
    """Return whether two independent columns (2, n_rows) would be broken far more often."""
    low, high = np.sort(pair[:, ~np.isnan(pair).any(axis=0)], axis=1)
    n_rows = len(low)
    share = _find_share_above(low, high)
    if share < max(MIN_SHARE, 20 * n_broken / n_rows):
        return False
    log_chance = (n_rows - n_broken) * np.log1p(-share) + n_broken * np.log(n_rows)
    return bool(log_chance < np.log(SIGNIFICANCE_LEVEL / n_pairs))


def _find_share_above(low: Floats, high: Floats) -> float:
    """Return the share of all pairings in which the first, both rising, lies above the second."""
    return float(np.searchsorted(high, low).mean() / len(high))


def drop_distant(
    sources: Collection[int], ordered: Mapping[Pair, int], whole: Collection[int]
) -> list[int]:
    """Keep the nearest of columns: what lies below another one follows.

    Args:
        sources: Numbers of the columns.
        ordered: Pairs (farther, nearer) that keep their order, and in how many rows not.
        whole: Numbers of columns without gaps: others leave what is below them free in some rows.
    """
    return [
        far
        for far in sources
        if not any(ordered.get((far, near)) == 0 for near in sources if near in whole)
    ]
