"""Discovery of dependencies: candidates on a sample of codes, survivors tested on all rows.

If source and dependent were independent, a category of the source with k rows would meet the same
category of the dependent in all of them with the probability sum(p ** k), where p are the shares of
the dependent's categories. A dependency is significant if the product over all categories of the
source is small enough.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from tabgan.relations.statistics import (
    MAX_DECLARED_VIOLATIONS,
    MAX_VIOLATIONS,
    SIGNIFICANCE_LEVEL,
    are_accidents,
)
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Codes, Floats, Integers, Mask
from tabgan.schema.column import Column, ColumnKind, Name

MAX_ORDERED_VALUES = 32  # of a source of numbers; with more values it is learned as categories
MAX_SOURCE_NUMBERS = 512  # values of a source of numbers: they become categories
MIN_ROWS_PER_CATEGORY = 5  # of a source, on average: one of fewer rows names rows
MAX_PAIR_CATEGORIES = 64  # of each column in a dependency on two
MAX_PAIR_COLUMNS = 48  # of which pairs are formed: those of the fewest categories
PAIR_ROWS = 1_000  # of the sample, on which pairs are tried first
GLANCE_ROWS = 200  # more than there may be changes: most columns show more changes in them
MAX_SHARES = 32  # of a dependent's commonest categories: the rest adds nothing to the sum


@dataclass(frozen=True)
class Candidate:
    """A dependency that the table shows, not fitted yet.

    Attributes:
        sources: One column or two.
        dependent: The column that they decide.
        support: Rows of source categories that stand in at least two.
        n_violations: Rows whose dependent is not the commonest of their category.
        is_mutual: Whether the dependent decides the source as well.
    """

    sources: tuple[Column, ...]
    dependent: Column
    support: int
    n_violations: int = 0
    is_mutual: bool = False


def discover_singles(profile: TableProfile) -> list[Candidate]:
    """Return what single columns decide, those of the fewest categories first."""
    sample = profile.sample
    columns = [c for c in profile.columns if sample.n_categories(c) <= max(len(sample) / 2, 2)]
    codes = sample.stack_codes(columns)
    pairs = [
        (source, columns[number])
        for source in columns
        if _can_determine(profile, source)
        for number in _find_determined(sample.codes(source), codes, _max_changes(len(sample)))
        if columns[number] != source
    ]
    tested = [_test_single(profile, *pair, len(columns) ** 2) for pair in pairs]
    found = [candidate for candidate in tested if candidate is not None]
    strict = {(c.sources[0].name, c.dependent.name) for c in found if not c.n_violations}
    marked = [_mark_mutual(candidate, strict) for candidate in found]
    kept = [c for c in marked if not c.is_mutual or _is_better(profile, c)]
    return sorted(kept, key=lambda candidate: profile.n_categories(candidate.sources[0]))


def _max_changes(n_rows: int) -> int:
    """Return how many changes within categories a sample may have: a row that breaks makes two."""
    return 2 * int(np.ceil(2 * MAX_DECLARED_VIOLATIONS * n_rows))


def _can_determine(profile: TableProfile, source: Column) -> bool:
    """Return whether a column can be a source: enough rows a category, most in two or more."""
    sample_counts = np.bincount(profile.sample.codes(source))
    if source.kind is ColumnKind.DATETIME or len(sample_counts) > len(profile.sample) / 2:
        return False
    counts = np.bincount(profile.codes(source))
    if len(counts) < 2 or (source.kind.is_number and len(counts) > MAX_SOURCE_NUMBERS):
        return False
    is_frequent = len(profile) >= MIN_ROWS_PER_CATEGORY * len(counts)
    return bool(is_frequent and (counts >= 2).mean() >= 0.5)


def _find_determined(source: Integers, codes: Codes, max_changes: int) -> Integers:
    """Return the numbers of columns that hardly change within a source's categories.

    Args:
        source: Codes; (n_rows,).
        codes: Of the columns; (n_rows, n_columns).
        max_changes: Between neighbours of a category, over all categories.
    """
    order = np.argsort(source, kind="stable")
    is_same = source[order[1:]] == source[order[:-1]]
    order = order[np.append(False, is_same) | np.append(is_same, False)]  # the others tell nothing
    left, numbers = codes, np.arange(codes.shape[1])
    for rows in (order[: max_changes + GLANCE_ROWS], order):  # most change too often at once
        same = (source[rows[1:]] == source[rows[:-1]])[:, None]
        ordered = left[rows]
        changes = np.count_nonzero((ordered[1:] != ordered[:-1]) & same, axis=0)
        left, numbers = left[:, changes <= max_changes], numbers[changes <= max_changes]
    return numbers


def _test_single(
    profile: TableProfile, source: Column, dependent: Column, n_tried: int
) -> Candidate | None:
    """Test on all rows whether one column decides another; None if it does not.

    Args:
        profile: The whole table.
        source: The one.
        dependent: The other.
        n_tried: Pairs of columns, by which the significance level is divided.
    """
    x, y = profile.codes(source), profile.codes(dependent)
    counts, best = np.bincount(x), _count_best(x, y)
    n_violations = int(len(x) - best.sum())
    is_unordered = source.kind.is_number and len(counts) > MAX_ORDERED_VALUES
    if is_unordered and _follows_from_gap(profile.missing(source), y, n_violations):
        return None
    shares = np.bincount(y) / len(y)
    is_rare = n_violations <= MAX_VIOLATIONS * len(x)
    if not is_rare and not are_accidents(counts - best, counts, int(np.bincount(y).max())):
        return None
    # each odd row is one of all, and has one of the values
    n_ways = 0.0 if is_rare else n_violations * np.log(len(x) * len(shares))
    if _log_probability(counts, shares) + n_ways >= np.log(SIGNIFICANCE_LEVEL / n_tried):
        return None
    return Candidate((source,), dependent, int(counts[counts >= 2].sum()), n_violations)


def _follows_from_gap(missing: Mask, y: Integers, n_violations: int) -> bool:
    """Return whether all values of a source go with one of y: its gaps decide (`Missingness`)."""
    counts = np.bincount(y[~missing])
    return bool(missing.any() and counts.sum() - counts.max(initial=0) <= n_violations)


def _count_best(x: Integers, y: Integers) -> Integers:
    """Return the rows of each category of x with its commonest category of y; (n_categories,)."""
    width = int(y.max()) + 1
    both, counts = np.unique(x * width + y, return_counts=True)
    best = np.zeros(int(x.max()) + 1, np.int64)
    np.maximum.at(best, both // width, counts)
    return best


def _log_probability(counts: Integers, shares: Floats) -> float:
    """Return the log-probability of a dependency of independent columns.

    Args:
        counts: Rows of each category of the source; (n_categories,).
        shares: Of each category of the dependent; (n_dependent_categories,).
    """
    top = np.sort(shares[shares > 0])[::-1][:MAX_SHARES]
    sizes, times = np.unique(counts[counts >= 2], return_counts=True)
    return float((times * _log_pure_probability(sizes, np.log(top)[None, :])).sum())


def _log_pure_probability(sizes: Integers, log_shares: Floats) -> Floats:
    """Return log(sum(p ** k)), (n,), for sizes k, (n,), and the logs of shares p, (n or 1, k)."""
    powers = sizes[:, None] * log_shares
    largest = powers.max(axis=1)
    sums: Floats = largest + np.log(np.exp(powers - largest[:, None]).sum(axis=1))
    return np.minimum(sums, 0)


def _mark_mutual(candidate: Candidate, strict: set[tuple[Name, Name]]) -> Candidate:
    """Return a candidate, marked if it and its opposite are among those without violations."""
    (source,), dependent = candidate.sources, candidate.dependent
    is_mutual = {(source.name, dependent.name), (dependent.name, source.name)} <= strict
    return replace(candidate, is_mutual=is_mutual)


def _is_better(profile: TableProfile, candidate: Candidate) -> bool:
    """Return whether a mutual dependency is kept in this direction: whether its source is to stay.

    The target stays; numbers stay before categories, for their order; else the first column stays.
    """

    def rank(column: Column) -> tuple[bool, bool, int]:
        is_target = column.name == profile.schema.target
        return is_target, column.kind.is_number, -profile.schema.names.index(column.name)

    return rank(candidate.sources[0]) > rank(candidate.dependent)


def discover_pairs(profile: TableProfile, decided: Collection[Column]) -> list[Candidate]:
    """Return what two columns decide together and neither alone.

    Args:
        profile: The whole table.
        decided: Columns that a single one decides: they are not part of any pair.
    """
    sample = profile.sample
    few = [c for c in profile.columns if 2 <= sample.n_categories(c) <= MAX_PAIR_CATEGORIES]
    free = sorted((c for c in few if c not in decided), key=sample.n_categories)
    sources = [c for c in free if _can_determine(profile, c)][:MAX_PAIR_COLUMNS]
    n_tried = max(1, len(sources) ** 2 * len(free) // 2)
    return [
        candidate
        for first, second, dependent in _find_pairs(sample, sources, free)
        if (candidate := _test_pair(profile, first, second, dependent, n_tried)) is not None
    ]


def _find_pairs(
    sample: TableProfile, sources: list[Column], free: list[Column]
) -> Iterator[tuple[Column, Column, Column]]:
    head = slice(0, PAIR_ROWS)
    codes = sample.stack_codes(free)
    for first, second in combinations(sources, 2):
        pairs = sample.codes(first) * sample.n_categories(second) + sample.codes(second)
        determined = _find_determined(pairs[head], codes[head], 0)
        if len(determined) > 2:  # the two themselves always follow
            determined = determined[_find_determined(pairs, codes[:, determined], 0)]
        for number in determined:
            if free[number] not in (first, second):
                yield first, second, free[number]


def _test_pair(
    profile: TableProfile, first: Column, second: Column, dependent: Column, n_tried: int
) -> Candidate | None:
    x1, x2, y = (profile.codes(column) for column in (first, second, dependent))
    pairs = np.unique(x1 * (int(x2.max()) + 1) + x2, return_inverse=True)[1]
    counts = np.bincount(pairs)
    if len(y) < 2 * MIN_ROWS_PER_CATEGORY * len(counts) or _count_best(pairs, y).sum() < len(y):
        return None
    limit = np.log(SIGNIFICANCE_LEVEL / n_tried)
    for alone in (x1, x2):  # neither alone may bring it about
        if _log_probability_given(alone, pairs, y) >= limit:
            return None
    return Candidate((first, second), dependent, int(counts[counts >= 2].sum()))


def _log_probability_given(alone: Integers, pairs: Integers, y: Integers) -> float:
    """Return the log-probability of the dependency if the dependent follows from one source alone.

    Args:
        alone: Codes of that source; (n_rows,).
        pairs: Codes of both together; (n_rows,).
        y: Codes of the dependent; (n_rows,).
    """
    width = int(y.max()) + 1
    table = np.bincount(alone * width + y, minlength=(int(alone.max()) + 1) * width)
    shares = table.reshape(-1, width) / np.maximum(table.reshape(-1, width).sum(1), 1)[:, None]
    counts = np.bincount(pairs)
    owner = np.zeros(len(counts), np.int64)
    owner[pairs] = alone
    with np.errstate(divide="ignore"):
        logs = np.log(shares[owner])
    return float(_log_pure_probability(counts, logs).sum())
