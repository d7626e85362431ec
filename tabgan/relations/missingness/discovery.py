"""Where gaps that follow from other columns are found: on a sample first, then on all rows.

If a column with the share g of gaps had nothing to do with another, a category of k rows would be
all gaps or none with the probability g ** k + (1 - g) ** k; and of all ways to choose as many rows
as there are gaps, 2 ** n_levels at the most choose whole categories. A lead is kept when the lesser
of both, the product over all categories or that share, is beyond chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import lgamma, log

import numpy as np

from tabgan.relations.statistics import MAX_VIOLATIONS, SIGNIFICANCE_LEVEL
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Integers, Mask
from tabgan.schema.column import Column, ColumnKind, Name

MIN_GAPS, MIN_SHARE = 10, 0.005  # of gaps, and of values, in a column that is looked at
MAX_CATEGORIES, MAX_NUMBERS = 50, 32  # of a source, without its gap
SLACK = 3  # times the tolerated share of rows may break a candidate on the sample


def may_depend(profile: TableProfile, column: Column) -> bool:
    """Return whether all gaps of a column are missing values: blank text would not come back."""
    return bool((profile.missing(column) == profile.series(column).isna()).all())


@dataclass(frozen=True)
class Split:
    """How the categories of a source split gaps from values.

    Shape:
        - is_gap: (n_levels,), what most rows of each category are

    Attributes:
        broken: Rows that are not as most of their category.
        chance: Logarithm of the probability of such a split of unrelated columns.
        is_proper: Whether there are categories of both sorts (without a gap, where categories
            decide).
    """

    is_gap: Mask
    broken: int
    chance: float
    is_proper: bool


@dataclass(frozen=True)
class GapSource:
    """A column that may decide another's gaps, by its categories or by its own gaps alone."""

    column: Column
    by_categories: bool

    def codes(self, profile: TableProfile) -> Integers:
        """Return the categories by number, or 0 for values and 1 for gaps; shape (n_rows,)."""
        if self.by_categories:
            return profile.codes(self.column)
        return profile.missing(self.column).astype(np.int64)

    def has_categories(self, profile: TableProfile) -> bool:
        """Return whether there are at least two categories, a gap being one, and not too many."""
        kind = self.column.kind
        if not kind.is_number and kind not in {ColumnKind.CATEGORICAL, ColumnKind.BOOLEAN}:
            return False
        most = MAX_NUMBERS if kind.is_number else MAX_CATEGORIES
        categories = profile.n_categories(self.column)
        return 2 <= categories <= most + bool(profile.missing(self.column).any())

    def split(self, profile: TableProfile, mask: Mask) -> Split:
        """Split gaps from values; `mask` says where the gaps are, shape (n_rows,)."""
        codes = self.codes(profile)
        counts = np.bincount(codes)
        gaps = np.bincount(codes[mask], minlength=len(counts))
        broken = int(np.minimum(gaps, counts - gaps).sum())
        is_gap = 2 * gaps > counts
        is_value = np.ones(len(counts), bool)
        if self.by_categories:
            is_value[codes[profile.missing(self.column)]] = False
        sorts = len(np.unique(is_gap[is_value]))
        return Split(is_gap, broken, _chance(counts, int(mask.sum()), broken), sorts == 2)

    def first_rows(self, profile: TableProfile) -> Integers:
        """Return a row of each category by number; shape (n_levels,)."""
        codes = self.codes(profile)
        rows = np.zeros(int(codes.max()) + 1, np.int64)
        rows[codes[::-1]] = np.arange(len(codes))[::-1]
        return rows


def _chance(counts: Integers, n_gaps: int, broken: int) -> float:
    n_rows = int(counts.sum())
    if not 0 < n_gaps < n_rows:
        return 0.0
    share = n_gaps / n_rows
    pure = np.logaddexp(counts * log(share), counts * log(1 - share)).sum()
    chosen = len(counts) * log(2) - _count_choices(n_rows, n_gaps)
    return float(min(pure, chosen)) + _count_choices(n_rows, broken)


def _count_choices(n_rows: int, n_chosen: int) -> float:
    """Return the logarithm of the number of ways to choose rows."""
    return lgamma(n_rows + 1) - lgamma(n_chosen + 1) - lgamma(n_rows - n_chosen + 1)


@dataclass(frozen=True)
class Pattern:
    """Columns that have their gaps in the same rows, and the rows; shape (n_rows,)."""

    columns: tuple[Column, ...]
    mask: Mask


@dataclass(frozen=True)
class Candidate:
    """Gaps that follow from a source, as the table shows it; `is_gap` as in `Split`."""

    dependent: Column
    source: GapSource
    is_gap: Mask
    broken: int = 0


def find_candidates(profile: TableProfile) -> list[Candidate]:
    """Find what decides the gaps of columns; sources are not among those whose gaps follow."""
    patterns = _find_patterns(profile)
    sources = _find_sources(profile, patterns)
    if not patterns or not sources:
        return []
    limit = log(SIGNIFICANCE_LEVEL / (len(patterns) * len(sources)))
    explained: set[Name] = set()
    taken: set[Name] = set()
    candidates: list[Candidate] = []
    likely = _try_on_sample(profile.sample, patterns, sources)
    for pattern, options in zip(patterns, likely, strict=True):
        usable = [source for source in options if source.column.name not in explained]
        candidate = _choose(profile, pattern, usable, limit)
        first, *others = pattern.columns
        if candidate is not None and not candidate.broken and first.name not in taken:
            followers = [column for column in pattern.columns if may_depend(profile, column)]
            candidates += [replace(candidate, dependent=column) for column in followers]
            taken.add(candidate.source.column.name)
        else:
            if candidate is not None and candidate.broken and may_depend(profile, first):
                candidates.append(candidate)
            followers = [column for column in others if may_depend(profile, column)]
            candidates += _share(profile, pattern, followers, limit)
        explained |= {column.name for column in followers}
    return candidates


def _find_patterns(profile: TableProfile) -> list[Pattern]:
    """Return the columns with gaps by the rows that those are in, in the order of the schema.

    Columns that cannot be dependents come first in their pattern, which makes them sources.
    """
    members: dict[bytes, list[Column]] = {}
    masks: dict[bytes, Mask] = {}
    min_rows = max(MIN_GAPS, MIN_SHARE * len(profile))
    for column in profile.columns:
        mask = profile.missing(column)
        gaps = int(mask.sum())
        if gaps >= min_rows and len(mask) - gaps >= MIN_SHARE * len(mask):
            key = np.packbits(mask).tobytes()
            members.setdefault(key, []).append(column)
            masks[key] = mask
    return [
        Pattern(tuple(sorted(columns, key=lambda c: may_depend(profile, c))), masks[key])
        for key, columns in members.items()
    ]


def _find_sources(profile: TableProfile, patterns: Sequence[Pattern]) -> list[GapSource]:
    """Return what may decide gaps: of columns that share a pattern, the first only."""
    firsts = [pattern.columns[0] for pattern in patterns]
    others = {column.name for pattern in patterns for column in pattern.columns[1:]}
    sources = [GapSource(column, by_categories=False) for column in firsts]
    for column in profile.columns:
        source = GapSource(column, by_categories=True)
        if column.name not in others and source.has_categories(profile.sample):
            sources.append(source)
    return sources


def _try_on_sample(
    sample: TableProfile, patterns: Sequence[Pattern], sources: Sequence[GapSource]
) -> list[list[GapSource]]:
    """Return the sources that split each pattern nearly cleanly on a sample."""
    masks = np.stack([sample.missing(p.columns[0]) for p in patterns]).astype(np.float32)
    rows = np.arange(len(sample))
    likely: list[list[GapSource]] = [[] for _ in patterns]
    for source in sources:
        codes = source.codes(sample)
        categories = np.zeros((len(sample), int(codes.max()) + 1), np.float32)
        categories[rows, codes] = 1
        gaps = masks @ categories
        broken = np.minimum(gaps, categories.sum(axis=0) - gaps).sum(axis=1)
        for index in np.flatnonzero(broken <= SLACK * MAX_VIOLATIONS * len(sample)):
            likely[index].append(source)
    return likely


def _choose(
    profile: TableProfile, pattern: Pattern, sources: Sequence[GapSource], limit: float
) -> Candidate | None:
    """Return the source that the fewest rows break, and of the fewest categories among those."""
    order = {column.name: index for index, column in enumerate(profile.columns)}
    first = pattern.columns[0]
    best: tuple[tuple[int, int, int], Candidate] | None = None
    for source in sources:
        name = source.column.name
        is_late = not source.by_categories and order[name] > order[first.name]
        if is_late or source.column in pattern.columns:
            continue
        if source.by_categories and not source.has_categories(profile):
            continue
        split = source.split(profile, pattern.mask)
        if (
            split.is_proper
            and split.chance < limit
            and split.broken <= MAX_VIOLATIONS * len(profile)
        ):
            rank = (split.broken, len(split.is_gap), order[name])
            if best is None or rank < best[0]:
                best = rank, Candidate(first, source, split.is_gap, split.broken)
    return None if best is None else best[1]


def _share(
    profile: TableProfile, pattern: Pattern, followers: Sequence[Column], limit: float
) -> list[Candidate]:
    """Return the leads of columns that have their gaps where the first of the pattern has."""
    source = GapSource(pattern.columns[0], by_categories=False)
    split = source.split(profile, pattern.mask)
    if split.chance >= limit:
        return []
    return [Candidate(column, source, split.is_gap) for column in followers]
