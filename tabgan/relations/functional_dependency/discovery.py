"""Where dependencies are found: candidates on a sample of codes, survivors on all rows.

Under independence a category with k rows would meet one and the same answer in all of them with the
probability sum(p ** k) over the answers' shares p; a dependency is kept when the product over all
categories is beyond chance.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from tabgan.relations.statistics import MAX_VIOLATIONS, SIGNIFICANCE_LEVEL
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats, Integers
from tabgan.schema.column import Column, ColumnKind, Name

MAX_NUMBERS = 512  # values of a number that can decide other columns: they become categories
MIN_ROWS_PER_CATEGORY = 5  # rows a category of a source has on average: fewer, and it names rows
MAX_PAIR_CATEGORIES = 64  # of each column in a dependency on two
PAIR_COLUMNS = 48  # columns of the fewest categories of which pairs are formed
PAIR_ROWS = 1_000  # rows of the sample on which pairs are tried first
SHARES = 32  # of an answer's commonest categories: the rest adds nothing to the sum


@dataclass(frozen=True)
class Candidate:
    """A dependency that the table shows, not yet learned."""

    sources: tuple[Column, ...]
    dependent: Column
    support: int
    broken: int = 0
    is_mutual: bool = False


def search_singles(profile: TableProfile) -> list[Candidate]:
    """Find what single columns decide, the coarsest source of each dependent first."""
    sample = profile.sample
    columns = [c for c in profile.columns if sample.n_categories(c) <= max(len(sample) / 2, 2)]
    codes = _stack(sample, columns)
    pairs = [
        (source, columns[index])
        for source in columns
        if _may_decide(profile, source)
        for index in _find_followers(sample.codes(source), codes, _allowed(len(sample)))
        if columns[index] != source
    ]
    candidates = [_judge(profile, *pair, len(columns) ** 2) for pair in pairs]
    found = [candidate for candidate in candidates if candidate is not None]
    kept = {
        (candidate.sources[0].name, candidate.dependent.name)
        for candidate in found
        if not candidate.broken
    }
    mutual = [_mark_mutual(candidate, kept) for candidate in found]
    chosen = [
        candidate
        for candidate in mutual
        if not candidate.is_mutual or _is_better(profile, candidate)
    ]
    return sorted(chosen, key=lambda candidate: profile.n_categories(candidate.sources[0]))


def _stack(sample: TableProfile, columns: Collection[Column]) -> Integers:
    if not columns:
        return np.zeros((len(sample), 0), np.int64)
    return np.stack([sample.codes(column) for column in columns], axis=1)


def _allowed(n_rows: int) -> int:
    """Return how many changes within a category are tolerated on a sample: dirt makes two a row."""
    return 2 * int(np.ceil(2 * MAX_VIOLATIONS * n_rows)) if n_rows * MAX_VIOLATIONS >= 1 else 0


def _may_decide(profile: TableProfile, source: Column) -> bool:
    """Return whether a column can be a source: enough rows a category, most seen twice."""
    sample_counts = np.bincount(profile.sample.codes(source))
    if source.kind is ColumnKind.DATETIME or len(sample_counts) > len(profile.sample) / 2:
        return False
    counts = np.bincount(profile.codes(source))
    is_number = source.kind.is_number
    if is_number and len(counts) > MAX_NUMBERS:
        return False
    often = len(profile) >= MIN_ROWS_PER_CATEGORY * len(counts) and (counts >= 2).mean() >= 0.5
    return bool(often and len(counts) >= 2)


def _find_followers(source: Integers, codes: Integers, allowed: int) -> Integers:
    """Return the columns that hardly change within the source's categories; (n_rows, n_columns)."""
    order = np.argsort(source, kind="stable")
    same = (np.diff(source[order]) == 0)[:, None]
    changes = ((np.diff(codes[order], axis=0) != 0) & same).sum(axis=0)
    return np.flatnonzero(changes <= allowed)


def _judge(
    profile: TableProfile, source: Column, dependent: Column, n_tried: int
) -> Candidate | None:
    """Check a candidate on all rows, against chance."""
    x, y = profile.codes(source), profile.codes(dependent)
    counts, best = np.bincount(x), _count_best(x, y)
    broken = int(len(x) - best.sum())
    if broken > MAX_VIOLATIONS * len(x):
        return None
    shares = np.bincount(y) / len(y)
    if _log_chance(counts, shares) >= np.log(SIGNIFICANCE_LEVEL / n_tried):
        return None
    return Candidate((source,), dependent, int(counts[counts >= 2].sum()), broken)


def _count_best(x: Integers, y: Integers) -> Integers:
    """Return how many rows of each source category have its commonest answer; (n_levels,)."""
    width = int(y.max()) + 1
    both, counts = np.unique(x * width + y, return_counts=True)
    best = np.zeros(int(x.max()) + 1, np.int64)
    np.maximum.at(best, both // width, counts)
    return best


def _log_chance(counts: Integers, shares: Floats) -> float:
    """Return the log-probability that every category has one answer, if answers came by chance."""
    top = np.sort(shares[shares > 0])[::-1][:SHARES]
    sizes, times = np.unique(counts[counts >= 2], return_counts=True)
    return float((times * _log_pure(sizes, np.log(top)[None, :])).sum())


def _log_pure(sizes: Integers, log_shares: Floats) -> Floats:
    """Return log(sum(p ** k)) for sizes k (n,) and log-shares (n or 1, n_answers)."""
    powers = sizes[:, None] * log_shares
    largest = powers.max(axis=1)
    sums: Floats = largest + np.log(np.exp(powers - largest[:, None]).sum(axis=1))
    return np.minimum(sums, 0)


def _mark_mutual(candidate: Candidate, kept: set[tuple[Name, Name]]) -> Candidate:
    is_mutual = (
        not candidate.broken and (candidate.dependent.name, candidate.sources[0].name) in kept
    )
    return Candidate(
        candidate.sources, candidate.dependent, candidate.support, candidate.broken, is_mutual
    )


def _is_better(profile: TableProfile, candidate: Candidate) -> bool:
    """Return whether this direction of two that hold is the one to keep.

    The target stays; numbers stay before categories, for their order; else the first column stays.
    """

    def rank(column: Column) -> tuple[bool, bool, int]:
        is_target = column.name == profile.schema.target
        return is_target, column.kind.is_number, -profile.schema.names.index(column.name)

    return rank(candidate.sources[0]) > rank(candidate.dependent)


def search_pairs(profile: TableProfile, decided: Collection[Column]) -> list[Candidate]:
    """Find what two columns decide together and neither alone."""
    sample = profile.sample
    few = [c for c in profile.columns if 2 <= sample.n_categories(c) <= MAX_PAIR_CATEGORIES]
    free = sorted((c for c in few if c not in decided), key=sample.n_categories)
    sources = [c for c in free if _may_decide(profile, c)][:PAIR_COLUMNS]
    n_tried = max(1, len(sources) ** 2 * len(free) // 2)
    return [
        candidate
        for first, second, dependent in _find_pairs(sample, sources, free)
        if (candidate := _judge_pair(profile, first, second, dependent, n_tried)) is not None
    ]


def _find_pairs(
    sample: TableProfile, sources: list[Column], free: list[Column]
) -> Iterator[tuple[Column, Column, Column]]:
    head = slice(0, PAIR_ROWS)
    codes = _stack(sample, free)
    for first, second in combinations(sources, 2):
        together = sample.codes(first) * sample.n_categories(second) + sample.codes(second)
        followers = _find_followers(together[head], codes[head], 0)
        if len(followers) > 2:  # the two themselves always follow
            followers = followers[_is_pure(together, codes[:, followers])]
        for index in followers:
            if free[index] not in (first, second):
                yield first, second, free[index]


def _is_pure(source: Integers, codes: Integers) -> Integers:
    return _find_followers(source, codes, 0)


def _judge_pair(
    profile: TableProfile, first: Column, second: Column, dependent: Column, n_tried: int
) -> Candidate | None:
    x1, x2, y = (profile.codes(column) for column in (first, second, dependent))
    together = np.unique(x1 * (int(x2.max()) + 1) + x2, return_inverse=True)[1]
    counts = np.bincount(together)
    if len(y) < 2 * MIN_ROWS_PER_CATEGORY * len(counts) or _count_best(together, y).sum() < len(y):
        return None
    limit = np.log(SIGNIFICANCE_LEVEL / n_tried)
    for alone in (x1, x2):  # neither alone may bring it about
        if _log_chance_given(alone, together, y) >= limit:
            return None
    return Candidate((first, second), dependent, int(counts[counts >= 2].sum()))


def _log_chance_given(alone: Integers, together: Integers, y: Integers) -> float:
    """Return the log-probability of pure pairs if answers followed from one source alone."""
    width = int(y.max()) + 1
    table = np.bincount(alone * width + y, minlength=(int(alone.max()) + 1) * width)
    shares = table.reshape(-1, width) / np.maximum(table.reshape(-1, width).sum(1), 1)[:, None]
    counts = np.bincount(together)
    owner = np.zeros(len(counts), np.int64)
    owner[together] = alone
    with np.errstate(divide="ignore"):
        logs = np.log(shares[owner])
    return float(_log_pure(counts, logs).sum())
