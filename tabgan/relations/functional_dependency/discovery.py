"""Where dependencies are found: candidates on a sample of codes, survivors on all rows.

Under independence a level with k rows would meet one and the same answer in all of them with the
probability sum(p ** k) over the answers' shares p; a dependency is kept when the product over all
levels is beyond chance.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from tabgan.relations.table_profile import CHANCE, TOLERATED, Codes, Evidence
from tabgan.schema.column import Column, ColumnKind, Name

MOST_NUMBERS = 512  # values of a number that can decide other columns: they become levels
FEWEST_PER_LEVEL = 5  # rows a level of a source has on average: fewer, and it names rows
PAIR_LEVELS = 64  # of each column in a dependency on two
PAIR_COLUMNS = 48  # columns of the fewest levels of which pairs are formed
PAIR_ROWS = 1_000  # rows of the sample on which pairs are tried first
SHARES = 32  # of an answer's commonest levels: the rest adds nothing to the sum

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Lead:
    """A dependency that the table shows, not yet learned."""

    sources: tuple[Column, ...]
    dependent: Column
    support: int
    broken: int = 0
    is_mutual: bool = False


def search_singles(evidence: Evidence) -> list[Lead]:
    """Find what single columns decide, the coarsest source of each dependent first."""
    sample = evidence.sample
    columns = [c for c in evidence.columns if sample.n_levels(c) <= max(len(sample) / 2, 2)]
    codes = _stack(sample, columns)
    pairs = [
        (source, columns[place])
        for source in columns
        if _may_decide(evidence, source)
        for place in _find_followers(sample.codes(source), codes, _allowed(len(sample)))
        if columns[place] != source
    ]
    leads = [_judge(evidence, *pair, len(columns) ** 2) for pair in pairs]
    found = [lead for lead in leads if lead is not None]
    kept = {(lead.sources[0].name, lead.dependent.name) for lead in found if not lead.broken}
    mutual = [_mark_mutual(lead, kept) for lead in found]
    chosen = [lead for lead in mutual if not lead.is_mutual or _is_better(evidence, lead)]
    return sorted(chosen, key=lambda lead: evidence.n_levels(lead.sources[0]))


def _stack(sample: Evidence, columns: Collection[Column]) -> Codes:
    if not columns:
        return np.zeros((len(sample), 0), np.int64)
    return np.stack([sample.codes(column) for column in columns], axis=1)


def _allowed(n_rows: int) -> int:
    """Give how many changes within a level are tolerated on a sample: dirt makes two a row."""
    return 2 * int(np.ceil(2 * TOLERATED * n_rows)) if n_rows * TOLERATED >= 1 else 0


def _may_decide(evidence: Evidence, source: Column) -> bool:
    """Say whether a column can be a source: enough rows a level, most levels seen twice."""
    sample_counts = np.bincount(evidence.sample.codes(source))
    if source.kind is ColumnKind.DATETIME or len(sample_counts) > len(evidence.sample) / 2:
        return False
    counts = np.bincount(evidence.codes(source))
    is_number = source.kind.is_number
    if is_number and len(counts) > MOST_NUMBERS:
        return False
    often = len(evidence) >= FEWEST_PER_LEVEL * len(counts) and (counts >= 2).mean() >= 0.5
    return bool(often and len(counts) >= 2)


def _find_followers(source: Codes, codes: Codes, allowed: int) -> npt.NDArray[np.int64]:
    """Give the columns that hardly change within the source's levels; codes (n_rows, n_columns)."""
    order = np.argsort(source, kind="stable")
    same = (np.diff(source[order]) == 0)[:, None]
    changes = ((np.diff(codes[order], axis=0) != 0) & same).sum(axis=0)
    return np.flatnonzero(changes <= allowed)


def _judge(evidence: Evidence, source: Column, dependent: Column, n_tried: int) -> Lead | None:
    """Check a candidate on all rows, against chance."""
    x, y = evidence.codes(source), evidence.codes(dependent)
    counts, best = np.bincount(x), _count_best(x, y)
    broken = int(len(x) - best.sum())
    if broken > TOLERATED * len(x):
        return None
    shares = np.bincount(y) / len(y)
    if _log_chance(counts, shares) >= np.log(CHANCE / n_tried):
        return None
    return Lead((source,), dependent, int(counts[counts >= 2].sum()), broken)


def _count_best(x: Codes, y: Codes) -> Codes:
    """Give how many rows of each source level have its commonest answer; (n_levels,)."""
    width = int(y.max()) + 1
    both, counts = np.unique(x * width + y, return_counts=True)
    best = np.zeros(int(x.max()) + 1, np.int64)
    np.maximum.at(best, both // width, counts)
    return best


def _log_chance(counts: Codes, shares: Floats) -> float:
    """Give the log-probability that every level has one answer, if answers came by chance."""
    top = np.sort(shares[shares > 0])[::-1][:SHARES]
    sizes, times = np.unique(counts[counts >= 2], return_counts=True)
    return float((times * _log_pure(sizes, np.log(top)[None, :])).sum())


def _log_pure(sizes: Codes, log_shares: Floats) -> Floats:
    """Give log(sum(p ** k)) for sizes k (n,) and log-shares (n or 1, n_answers)."""
    powers = sizes[:, None] * log_shares
    largest = powers.max(axis=1)
    sums: Floats = largest + np.log(np.exp(powers - largest[:, None]).sum(axis=1))
    return np.minimum(sums, 0)


def _mark_mutual(lead: Lead, kept: set[tuple[Name, Name]]) -> Lead:
    is_mutual = not lead.broken and (lead.dependent.name, lead.sources[0].name) in kept
    return Lead(lead.sources, lead.dependent, lead.support, lead.broken, is_mutual)


def _is_better(evidence: Evidence, lead: Lead) -> bool:
    """Say whether this direction of two that hold is the one to keep.

    The target stays; numbers stay before levels, for their order; else the first column stays.
    """

    def rank(column: Column) -> tuple[bool, bool, int]:
        is_target = column.name == evidence.schema.target
        return is_target, column.kind.is_number, -evidence.schema.names.index(column.name)

    return rank(lead.sources[0]) > rank(lead.dependent)


def search_pairs(evidence: Evidence, decided: Collection[Column]) -> list[Lead]:
    """Find what two columns decide together and neither alone."""
    sample = evidence.sample
    few = [c for c in evidence.columns if 2 <= sample.n_levels(c) <= PAIR_LEVELS]
    free = sorted((c for c in few if c not in decided), key=sample.n_levels)
    sources = [c for c in free if _may_decide(evidence, c)][:PAIR_COLUMNS]
    n_tried = max(1, len(sources) ** 2 * len(free) // 2)
    return [
        lead
        for first, second, dependent in _find_pairs(sample, sources, free)
        if (lead := _judge_pair(evidence, first, second, dependent, n_tried)) is not None
    ]


def _find_pairs(
    sample: Evidence, sources: list[Column], free: list[Column]
) -> Iterator[tuple[Column, Column, Column]]:
    head = slice(0, PAIR_ROWS)
    codes = _stack(sample, free)
    for first, second in combinations(sources, 2):
        together = sample.codes(first) * sample.n_levels(second) + sample.codes(second)
        followers = _find_followers(together[head], codes[head], 0)
        if len(followers) > 2:  # the two themselves always follow
            followers = followers[_is_pure(together, codes[:, followers])]
        for place in followers:
            if free[place] not in (first, second):
                yield first, second, free[place]


def _is_pure(source: Codes, codes: Codes) -> npt.NDArray[np.int64]:
    return _find_followers(source, codes, 0)


def _judge_pair(
    evidence: Evidence, first: Column, second: Column, dependent: Column, n_tried: int
) -> Lead | None:
    x1, x2, y = (evidence.codes(column) for column in (first, second, dependent))
    together = np.unique(x1 * (int(x2.max()) + 1) + x2, return_inverse=True)[1]
    counts = np.bincount(together)
    if len(y) < 2 * FEWEST_PER_LEVEL * len(counts) or _count_best(together, y).sum() < len(y):
        return None
    limit = np.log(CHANCE / n_tried)
    for alone in (x1, x2):  # neither alone may bring it about
        if _log_chance_given(alone, together, y) >= limit:
            return None
    return Lead((first, second), dependent, int(counts[counts >= 2].sum()))


def _log_chance_given(alone: Codes, together: Codes, y: Codes) -> float:
    """Give the log-probability of pure pairs if answers followed from one source alone."""
    width = int(y.max()) + 1
    table = np.bincount(alone * width + y, minlength=(int(alone.max()) + 1) * width)
    shares = table.reshape(-1, width) / np.maximum(table.reshape(-1, width).sum(1), 1)[:, None]
    counts = np.bincount(together)
    owner = np.zeros(len(counts), np.int64)
    owner[together] = alone
    with np.errstate(divide="ignore"):
        logs = np.log(shares[owner])
    return float(_log_pure(counts, logs).sum())
