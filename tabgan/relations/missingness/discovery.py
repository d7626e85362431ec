"""Discovery of gaps that follow from other columns: on a sample first, then on all rows.

If a column with the share g of gaps had nothing to do with another, a category of k rows would be
all gaps or none with the probability g ** k + (1 - g) ** k; and of all ways to choose as many rows
as there are gaps, 2 ** n_categories at the most choose whole categories. A candidate is significant
if the lesser of both, the product over all categories or that share, is small enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import lgamma, log

import numpy as np

from tabgan.relations.gaps import has_plain_gaps
from tabgan.relations.missingness.gap_patterns import (
    MissingnessPattern,
    PatternCounts,
    find_patterns,
    find_rare_patterns,
)
from tabgan.relations.statistics import (
    MAX_DECLARED_VIOLATIONS,
    MAX_VIOLATIONS,
    SIGNIFICANCE_LEVEL,
    are_accidents,
)
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Integers, Mask
from tabgan.schema.column import Column, ColumnKind, Name

MAX_CATEGORIES, MAX_NUMBER_CATEGORIES = 50, 32  # of a source, without its gap
SAMPLE_SLACK = 2  # times `MAX_DECLARED_VIOLATIONS` may break a candidate on the sample


@dataclass(frozen=True)
class GapSplit:
    """How well the categories of a source split a column's gaps from its values.

    Attributes:
        is_gap: Whether most rows of each category are gaps; (n_categories,).
        n_violations: Rows that are not as most of their category.
        is_rarely_broken: Whether these are hardly any, or such as accidents make.
        log_probability: Of such a split of unrelated columns.
        is_proper: Whether categories of both sorts are left, without the source's own gap if it
            splits by categories.
    """

    is_gap: Mask
    n_violations: int
    is_rarely_broken: bool
    log_probability: float
    is_proper: bool


@dataclass(frozen=True)
class GapSource:
    """A column that may decide another's gaps.

    Attributes:
        column: The column.
        by_categories: Whether each of its categories decides, or only whether it is missing.
    """

    column: Column
    by_categories: bool

    def codes(self, profile: TableProfile) -> Integers:
        """Return category codes, or 0 for values and 1 for gaps; shape (n_rows,)."""
        if self.by_categories:
            return profile.codes(self.column)
        return profile.missing(self.column).astype(np.int64)

    def has_categories(self, profile: TableProfile) -> bool:
        """Return whether there are at least two categories, a gap being one, and not too many."""
        kind = self.column.kind
        if not kind.is_number and kind not in {ColumnKind.CATEGORICAL, ColumnKind.BOOLEAN}:
            return False
        max_values = MAX_NUMBER_CATEGORIES if kind.is_number else MAX_CATEGORIES
        has_gap = bool(profile.missing(self.column).any())
        return 2 <= profile.n_categories(self.column) <= max_values + has_gap

    def split(self, profile: TableProfile, mask: Mask, counted: Mask | None = None) -> GapSplit:
        """Return how its categories split the gaps of another column.

        Args:
            profile: The table.
            mask: Where those are; (n_rows,).
            counted: Rows that count, (n_rows,); all if None.
        """
        every = codes = self.codes(profile)
        n_codes = int(every.max()) + 1
        if counted is not None:
            codes, mask = every[counted], mask[counted]
        counts = np.bincount(codes, minlength=n_codes)
        gaps = np.bincount(codes[mask], minlength=len(counts))
        odd = np.minimum(gaps, counts - gaps)
        n_violations = int(odd.sum())
        n_commonest = max(int(mask.sum()), len(mask) - int(mask.sum()))
        is_rarely_broken = n_violations <= MAX_VIOLATIONS * len(mask) or are_accidents(
            odd, counts, n_commonest
        )
        is_gap = 2 * gaps > counts
        is_value = np.ones(len(counts), bool)
        if self.by_categories:
            is_value[every[profile.missing(self.column)]] = False
        is_proper = len(np.unique(is_gap[is_value])) == 2
        log_probability = _log_probability(counts, int(mask.sum()), n_violations)
        return GapSplit(is_gap, n_violations, is_rarely_broken, log_probability, is_proper)

    def first_rows(self, profile: TableProfile) -> Integers:
        """Return the first row of each code; shape (n_categories,)."""
        codes = self.codes(profile)
        rows = np.zeros(int(codes.max()) + 1, np.int64)
        rows[codes[::-1]] = np.arange(len(codes))[::-1]
        return rows


def _log_probability(counts: Integers, n_gaps: int, n_violations: int) -> float:
    n_rows = int(counts.sum())
    if not 0 < n_gaps < n_rows:
        return 0.0
    share = n_gaps / n_rows
    pure = np.logaddexp(counts * log(share), counts * log(1 - share)).sum()
    chosen = len(counts) * log(2) - _count_choices(n_rows, n_gaps)
    return float(min(pure, chosen)) + _count_choices(n_rows, n_violations)


def _count_choices(n_rows: int, n_chosen: int) -> float:
    """Return the logarithm of the binomial coefficient: in how many ways rows can be chosen."""
    return lgamma(n_rows + 1) - lgamma(n_chosen + 1) - lgamma(n_rows - n_chosen + 1)


@dataclass(frozen=True)
class Candidate:
    """Gaps that follow from a source, as the table shows it.

    Attributes:
        dependent: The column with the gaps.
        source: What decides them.
        is_gap: Whether each code of the source means a gap; (n_categories,).
        n_violations: Rows that break it.
    """

    dependent: Column
    source: GapSource
    is_gap: Mask
    n_violations: int = 0


def find_candidates(profile: TableProfile) -> list[Candidate]:
    """Return what decides the gaps of columns; no column whose gaps follow decides others."""
    patterns = find_patterns(profile)
    sources = find_sources(profile, patterns)
    rare = _follow_rare(profile)
    if not patterns or not sources:
        return rare
    limit = log(SIGNIFICANCE_LEVEL / (len(patterns) * len(sources)))
    written: set[Name] = set()
    used_sources: set[Name] = set()
    candidates: list[Candidate] = []
    likely = _screen_sources(profile.sample, patterns, sources)
    for pattern, screened in zip(patterns, likely, strict=True):
        remaining = [source for source in screened if source.column.name not in written]
        candidate = _select_source(profile, pattern, remaining, limit)
        first, *others = pattern.columns
        if candidate is not None and not candidate.n_violations and first.name not in used_sources:
            followers = [column for column in pattern.columns if has_plain_gaps(profile, column)]
            candidates += [replace(candidate, dependent=column) for column in followers]
            used_sources.add(candidate.source.column.name)
        else:
            if candidate is not None and candidate.n_violations and has_plain_gaps(profile, first):
                candidates.append(candidate)
            followers = [column for column in others if has_plain_gaps(profile, column)]
            candidates += _follow_first(profile, pattern, followers, limit)
        written |= {column.name for column in followers}
    return candidates + rare


def _follow_rare(profile: TableProfile) -> list[Candidate]:
    """Return what follows where several columns share so few gaps that a pair would show nothing.

    Two birds that nobody measured lack three measurements: that the second and the third column
    have their gaps in the rows of the first is no accident of both.
    """
    patterns = find_rare_patterns(profile)
    n_columns = sum(len(pattern.columns) for pattern in patterns)
    found = []
    for pattern in patterns:
        first, *others = pattern.columns
        n_ways = _count_choices(len(profile), int(pattern.mask.sum()))
        limit = log(SIGNIFICANCE_LEVEL) - len(pattern.columns) * log(n_columns)
        if -len(others) * n_ways < limit:
            source = GapSource(first, by_categories=False)
            followers = [column for column in others if has_plain_gaps(profile, column)]
            found += [Candidate(column, source, np.array([False, True])) for column in followers]
    return found


def find_sources(profile: TableProfile, patterns: Sequence[MissingnessPattern]) -> list[GapSource]:
    """Return what may decide gaps: of columns that share a pattern, the first only."""
    firsts = [pattern.columns[0] for pattern in patterns]
    others = {column.name for pattern in patterns for column in pattern.columns[1:]}
    sources = [GapSource(column, by_categories=False) for column in firsts]
    for column in profile.columns:
        source = GapSource(column, by_categories=True)
        if column.name not in others and source.has_categories(profile.sample):
            sources.append(source)
    return sources


def _screen_sources(
    sample: TableProfile, patterns: Sequence[MissingnessPattern], sources: Sequence[GapSource]
) -> list[list[GapSource]]:
    """Return for each pattern the sources that split it nearly without violations on a sample."""
    pattern_counts = PatternCounts(sample, patterns)
    likely: list[list[GapSource]] = [[] for _ in patterns]
    for source in sources:
        gaps, counts = pattern_counts.count(source.codes(sample))
        n_violations = np.minimum(gaps, counts - gaps).sum(axis=1)
        limit = SAMPLE_SLACK * MAX_DECLARED_VIOLATIONS * len(sample)
        for pattern in np.flatnonzero(n_violations <= limit):
            likely[pattern].append(source)
    return likely


def _select_source(
    profile: TableProfile, pattern: MissingnessPattern, sources: Sequence[GapSource], limit: float
) -> Candidate | None:
    """Return the source that the fewest rows break, and of the fewest categories among those."""
    order = {column.name: number for number, column in enumerate(profile.columns)}
    first = pattern.columns[0]
    best: tuple[tuple[int, int, int], Candidate] | None = None
    for source in sources:
        name = source.column.name
        is_late = not source.by_categories and order[name] > order[first.name]
        if is_late or pattern.holds(source.column, profile):
            continue
        if source.by_categories and not source.has_categories(profile):
            continue
        split = source.split(profile, pattern.mask, pattern.counted)
        if split.is_proper and split.log_probability < limit and split.is_rarely_broken:
            rank = (split.n_violations, len(split.is_gap), order[name])
            if best is None or rank < best[0]:
                best = rank, Candidate(first, source, split.is_gap, split.n_violations)
    return None if best is None else best[1]


def _follow_first(
    profile: TableProfile, pattern: MissingnessPattern, followers: Sequence[Column], limit: float
) -> list[Candidate]:
    """Return the candidates of columns that are missing where the first of their pattern is."""
    source = GapSource(pattern.columns[0], by_categories=False)
    split = source.split(profile, pattern.mask, pattern.counted)
    if split.log_probability >= limit:
        return []
    return [Candidate(column, source, split.is_gap) for column in followers]
