"""Discovery of pairs of categories that never meet in a row, though chance would have made them.

If two columns had nothing to do with each other, a category of k rows would stand in none of the m
rows of another with a probability that the margins give (hypergeometric). Where some pairs are
known never to meet, that is asked of the part of the table that holds none of those: if b is in x
never, it is in y or z, and how often chance would put it into z is counted among those two.

Columns that rise and fall together have pairs that are merely rare. So a pair counts only if the
category would hardly be without the other if it had it as seldom as any category that has it, and
if no smooth association explains the two columns. One that is close enough explains any two flags:
so columns that merely correlate would have to show the pairs in several rows.

>>> counts = np.array([[50, 50, 50], [0, 70, 0], [125, 0, 0]])
>>> (find_zeros(counts, np.log(1e-9)) == (counts == 0)).all()
np.True_
"""

from dataclasses import dataclass
from itertools import islice

import numpy as np
import scipy
from numpy.typing import ArrayLike

from tabgan.relations.row_predicate.smooth_association import are_missed, is_smooth
from tabgan.relations.statistics import MIN_ROWS, NEIGHBOUR_LEVEL, SIGNIFICANCE_LEVEL
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats, Integers, Mask
from tabgan.schema.column import Column, ColumnKind

MAX_CATEGORIES, MAX_NUMBER_CATEGORIES = 50, 6  # of a column, commonest first
MAX_ALL_CATEGORIES = 2_000  # of all columns
MAX_COLUMN_PAIRS = 300  # that are tested on all rows: those that the sample shows most clearly
SAMPLE_LEVEL = 1e-6  # of a pair that never meets in the sample
MAX_TURNS = 10  # of finding zeros in what zeros leave of a table


@dataclass(frozen=True)
class NeverPairs:
    """Categories of two columns that never meet.

    Attributes:
        columns: The two.
        rows: For each category, a row of the table that holds it: one array a column.
        never: (n_categories of the first, n_categories of the second).
    """

    columns: tuple[Column, Column]
    rows: tuple[Integers, Integers]
    never: Mask


@dataclass(frozen=True)
class _CommonCategories:
    """The categories of a column that enough rows hold.

    Attributes:
        codes: Of each row, -1 for a gap and for other categories; (n_rows,).
        rows: For each category, the first row that holds it; (n_categories,).
    """

    codes: Integers
    rows: Integers

    @classmethod
    def from_profile(cls, profile: TableProfile, column: Column) -> "_CommonCategories":
        codes = profile.codes(column)
        counts = np.bincount(codes)
        counts[codes[profile.missing(column)]] = 0
        order = np.argsort(-counts, kind="stable")[:MAX_CATEGORIES]
        order = order[counts[order] >= max(MIN_ROWS, profile.min_rows)]
        renumbered = np.full(len(counts), -1)
        renumbered[order] = np.arange(len(order))
        first = np.zeros(len(counts), np.int64)
        first[codes[::-1]] = np.arange(len(codes))[::-1]
        return cls(renumbered[codes], first[order])


def find_never_pairs(profile: TableProfile) -> list[NeverPairs]:
    """Return the categories that never meet, for each two columns that have any."""
    sample = profile.sample
    columns = [column for column in profile.columns if _has_categories(sample, column)]
    common = [_CommonCategories.from_profile(sample, column) for column in columns]
    sizes = np.cumsum([len(each.rows) for each in common])
    n_columns = int(np.searchsorted(sizes, MAX_ALL_CATEGORIES, side="right"))
    if n_columns < 2 or sizes[n_columns - 1] == 0:
        return []
    columns, common = columns[:n_columns], common[:n_columns]
    limit = np.log(SIGNIFICANCE_LEVEL) - 2 * np.log(sizes[n_columns - 1])
    found = []
    for i, j in islice(_screen(common, len(sample)), MAX_COLUMN_PAIRS):
        pairs = _test(profile, (columns[i], columns[j]), limit)
        if pairs.never.any():
            found.append(pairs)
    order = {column: number for number, column in enumerate(columns)}
    return sorted(found, key=lambda pairs: [order[column] for column in pairs.columns])


def _has_categories(sample: TableProfile, column: Column) -> bool:
    if column.kind in {ColumnKind.CATEGORICAL, ColumnKind.BOOLEAN}:
        return True
    return (
        column.kind is ColumnKind.INTEGER and sample.n_categories(column) <= MAX_NUMBER_CATEGORIES
    )


def _screen(common: list[_CommonCategories], n_rows: int) -> list[tuple[int, int]]:
    """Return the pairs of columns in which the sample has such categories, the clearest first."""
    owners = np.repeat(np.arange(len(common)), [len(each.rows) for each in common])
    indicators = np.zeros((n_rows, len(owners)), np.float32)
    start = 0
    for each in common:
        present = np.flatnonzero(each.codes >= 0)
        indicators[present, start + each.codes[present]] = 1
        start += len(each.rows)
    joint = indicators.T @ indicators
    totals = joint.diagonal().astype(np.float64)
    one, other = np.nonzero((joint == 0) & (owners[:, np.newaxis] < owners))
    log_probability = log_probability_of_none(totals[one], totals[other], float(n_rows))
    likely = log_probability < np.log(SAMPLE_LEVEL)
    order = np.argsort(log_probability[likely], kind="stable")
    pairs = zip(owners[one[likely]][order], owners[other[likely]][order], strict=True)
    return list(dict.fromkeys((int(i), int(j)) for i, j in pairs))


def _test(profile: TableProfile, columns: tuple[Column, Column], limit: float) -> NeverPairs:
    """Return the categories of two columns that never meet in any row."""
    one, other = (_CommonCategories.from_profile(profile, column) for column in columns)
    both = (one.codes >= 0) & (other.codes >= 0)
    shape = len(one.rows), len(other.rows)
    cells = one.codes[both] * shape[1] + other.codes[both]
    counts = np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)
    zeros = find_zeros(counts, limit)
    if zeros.any() and (is_smooth(counts) or not are_missed(counts)):
        zeros[:] = False
    return NeverPairs(columns, (one.rows, other.rows), zeros)


def find_zeros(counts: Integers, limit: float) -> Mask:
    """Return which categories of two columns never meet, by more than chance; (n, m).

    Args:
        counts: Rows of each pair of categories; (n, m).
        limit: The logarithm of the probability that chance may have. Once a pair is known never to
            meet, these two columns are no pair among many: `NEIGHBOUR_LEVEL` is enough.
    """
    known = np.zeros(counts.shape, bool)
    open_ = (counts == 0) & _is_unlike_others(counts) & _is_unlike_others(counts.T).T
    for _ in range(MAX_TURNS):
        new = [
            (i, j)
            for i, j in zip(*np.nonzero(open_ & ~known), strict=True)
            if _test_zero(counts, known, i, j) < limit
        ]
        if not new:
            break
        known[tuple(np.transpose(new))] = True
        limit = max(limit, np.log(NEIGHBOUR_LEVEL))
    return known


def _test_zero(counts: Integers, known: Mask, i: int, j: int) -> float:
    """Return the log-probability of a zero: in all rows, or in a part without known ones."""
    columns, rows = ~known[i], ~known[:, j]
    free_rows = ~known[:, columns].any(axis=1)
    free_columns = ~known[rows].any(axis=0)
    n, m = counts[i].sum(), counts[:, j].sum()
    margins = (
        (n, m, counts.sum()),
        (n, counts[free_rows, j].sum(), counts[free_rows][:, columns].sum()),
        (counts[i, free_columns].sum(), m, counts[rows][:, free_columns].sum()),
    )
    return min(float(log_probability_of_none(*each)) for each in margins)


def _is_unlike_others(counts: Integers) -> Mask:
    """Return where a row's zero is none of a category that is as rare in another row; (n, m)."""
    totals = counts.sum(axis=1)
    is_large = totals >= MIN_ROWS
    shares = np.where(counts > 0, counts / np.maximum(totals, 1)[:, np.newaxis], np.inf)
    least = np.min(shares[is_large], axis=0, initial=np.inf)
    least = np.where(np.isinf(least), 0.0, np.minimum(least, 1 - 1e-9))
    as_others = totals[:, np.newaxis] * np.log1p(-least)
    return np.asarray(as_others < np.log(NEIGHBOUR_LEVEL))


def log_probability_of_none(n: ArrayLike, m: ArrayLike, n_rows: ArrayLike) -> Floats:
    """Return the log-probability that n of the rows drawn without m of them hold none of those.

    >>> round(float(np.exp(log_probability_of_none(1, 1, 4))), 6)
    0.75
    """
    n, m, n_rows = (np.asarray(each, np.float64) for each in (n, m, n_rows))
    left = n_rows - m - n
    outside = scipy.special.gammaln(n_rows - m + 1) - scipy.special.gammaln(np.maximum(left, 0) + 1)
    everywhere = scipy.special.gammaln(n_rows + 1) - scipy.special.gammaln(n_rows - n + 1)
    return np.asarray(np.where(left < 0, -np.inf, outside - everywhere))
