"""Discovery of gaps that follow on one side: always, or never, where a source says so.

A category of k rows, all of them gaps, is no accident of two kinds. If the gaps had nothing to do
with the source, all of the table's values would lie outside the category (hypergeometric). And if
it only had as many gaps as the other categories that have the most, all k rows would hardly be
gaps. The same goes for categories without any gap, values and gaps exchanged.

>>> mask = np.repeat([True, False], [400, 200])
>>> find_pure_codes(np.repeat([0, 1], [300, 300]), mask, SIGNIFICANCE_LEVEL).always.tolist()
[True, False]
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from tabgan.relations.gaps import has_plain_gaps
from tabgan.relations.missingness.discovery import (
    GapSource,
    find_candidates,
    find_sources,
)
from tabgan.relations.missingness.gap_patterns import (
    MissingnessPattern,
    PatternCounts,
    find_patterns,
)
from tabgan.relations.statistics import MIN_ROWS, NEIGHBOUR_LEVEL, SIGNIFICANCE_LEVEL
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats, Integers, Mask
from tabgan.schema.column import Column

MAX_SOURCES = 16  # of the gaps of one column
SAMPLE_LEVEL = 1e-3  # of either, on the sample


@dataclass(frozen=True)
class PureCodes:
    """Codes of a source at which a column is always missing, and at which it never is.

    Attributes:
        always: (n_categories,).
        never: (n_categories,).
    """

    always: Mask
    never: Mask

    @property
    def either(self) -> Mask:
        """Codes at which the source says whether there is a gap; (n_categories,)."""
        return self.always | self.never


@dataclass(frozen=True)
class PartialCandidate:
    """A column whose gaps follow from a source where that has some values.

    Attributes:
        dependent: The column with the gaps.
        source: What decides some of them.
        codes: Where it does.
        support: Rows in which it does.
    """

    dependent: Column
    source: GapSource
    codes: PureCodes
    support: int


def iter_partial_candidates(profile: TableProfile) -> Iterator[PartialCandidate]:
    """Yield what decides some gaps of columns of which nothing decides all."""
    decided = {c.dependent.name for c in find_candidates(profile) if not c.n_violations}
    patterns = find_patterns(profile)
    sources = find_sources(profile, patterns)
    n_tried = max(1, len(patterns) * len(sources))
    pairs: set[frozenset[Column]] = set()  # of two columns' gaps, which say the same both ways
    for pattern, likely in zip(
        patterns, _screen_pure(profile.sample, patterns, sources), strict=True
    ):
        first = pattern.columns[0]
        if first.name in decided or not has_plain_gaps(profile, first):
            continue
        others = [source for source in likely if not pattern.holds(source.column, profile)]
        for candidate in _iter_sources(profile, pattern, others, n_tried):
            pair = frozenset((first, candidate.source.column))
            if candidate.source.by_categories or pair not in pairs:
                yield candidate
            if not candidate.source.by_categories:
                pairs.add(pair)


def _screen_pure(
    sample: TableProfile, patterns: Sequence[MissingnessPattern], sources: Sequence[GapSource]
) -> list[list[GapSource]]:
    """Return for each pattern the sources with a code at which the sample has all gaps, or none."""
    likely: list[list[GapSource]] = [[] for _ in patterns]
    if not patterns:
        return likely
    pattern_counts = PatternCounts(sample, patterns)
    for source in sources:
        gaps, counts = pattern_counts.count(source.codes(sample))
        is_pure = ((gaps == 0) | (gaps == counts)) & (counts >= MIN_ROWS)
        for number in np.flatnonzero(is_pure.any(axis=1)):
            likely[number].append(source)
    return likely


def _iter_sources(
    profile: TableProfile,
    pattern: MissingnessPattern,
    sources: Sequence[GapSource],
    n_tried: int,
) -> Iterator[PartialCandidate]:
    """Yield the source that decides the most gaps, then what decides the most of the others."""
    first = pattern.columns[0]
    sample, mask = profile.sample, profile.sample.missing(first)
    counted = sample.counted(first)
    likely = [
        source
        for source in sources
        if find_pure_codes(source.codes(sample), mask, SAMPLE_LEVEL, counted=counted).either.any()
        and (not source.by_categories or source.has_categories(profile))
    ]
    is_open = np.ones(len(profile), bool) if pattern.counted is None else pattern.counted
    for _ in range(MAX_SOURCES):
        tested = [_test(profile, pattern, source, is_open, n_tried) for source in likely]
        found = [candidate for candidate in tested if candidate is not None]
        if not found:
            return
        best = max(found, key=lambda c: (c.codes.always.any(), c.support))  # the first of the best
        yield best
        likely = [source for source in likely if source.column != best.source.column]
        is_open = is_open & ~best.codes.either[best.source.codes(profile)]


def _test(
    profile: TableProfile,
    pattern: MissingnessPattern,
    source: GapSource,
    is_open: Mask,
    n_tried: int,
) -> PartialCandidate | None:
    """Return what a source decides in the rows, (n_rows,), that are open still; None if nothing."""
    codes = source.codes(profile)
    limit = SIGNIFICANCE_LEVEL / n_tried
    pure = find_pure_codes(codes, pattern.mask, limit, is_open, pattern.counted)
    if not source.by_categories:  # where it has a value: the other column's relation says the same
        pure = PureCodes(pure.always, pure.never & (np.arange(len(pure.never)) == 1))
    if not pure.either.any():
        return None
    support = int(np.count_nonzero(pure.either[codes] & is_open))
    return PartialCandidate(pattern.columns[0], source, pure, support)


def find_pure_codes(
    codes: Integers,
    mask: Mask,
    level: float,
    is_open: Mask | None = None,
    counted: Mask | None = None,
) -> PureCodes:
    """Return the codes at which a column is always or never missing, by more than chance.

    Codes are pure in all rows that count; that it is no chance is shown by the rows that are open.

    Args:
        codes: Of the source; (n_rows,).
        mask: Where the column is missing; (n_rows,).
        level: Of significance, shared out among the codes.
        is_open: Rows of which nothing is known yet, (n_rows,); all that count if None.
        counted: Rows that count, (n_rows,); all if None.
    """
    n_codes = int(codes.max()) + 1
    rows = slice(None) if counted is None else counted
    everywhere = _count(codes[rows], mask[rows], n_codes)
    tested = everywhere if is_open is None else _count(codes[is_open], mask[is_open], n_codes)
    (counts, gaps), values = tested, everywhere[0] - everywhere[1]
    return PureCodes(
        always=(values == 0) & _is_significant(counts, counts - gaps, level),
        never=(everywhere[1] == 0) & _is_significant(counts, gaps, level),
    )


def _count(codes: Integers, mask: Mask, n_codes: int) -> tuple[Integers, Integers]:
    """Return the rows of each code, and how many of them are gaps; both (n_codes,)."""
    return np.bincount(codes, minlength=n_codes), np.bincount(codes[mask], minlength=n_codes)


def _is_significant(counts: Integers, others: Integers, level: float) -> Mask:
    """Return at which codes the absence of others, as is usual elsewhere, is no chance; (n_codes,).

    Args:
        counts: Rows of each code; (n_codes,).
        others: Those that are otherwise than at a pure code; (n_codes,).
        level: Of significance.
    """
    n_rows, n_others = int(counts.sum()), int(others.sum())
    is_impure = others > 0
    if not n_others:
        return np.zeros(len(counts), bool)
    outside = n_rows - counts.astype(np.float64)
    by_chance = _log_choices(np.maximum(outside, n_others), n_others) - _log_choices(
        np.array([n_rows], np.float64), n_others
    )
    is_large = is_impure & (counts >= MIN_ROWS)
    rates = others[is_large] / counts[is_large]
    rate = rates.min() if len(rates) else n_others / counts[is_impure].sum()
    as_others = counts * np.log1p(-min(rate, 1 - 1e-9))
    is_rare = by_chance < np.log(level / len(counts))
    is_unlike = as_others < np.log(max(NEIGHBOUR_LEVEL, level))
    return np.asarray(~is_impure & (counts >= MIN_ROWS) & is_rare & is_unlike)


def _log_choices(n: Floats, k: int) -> Floats:
    """Return the logarithms of binomial coefficients; (n,)."""
    return np.asarray(
        scipy.special.gammaln(n + 1)
        - scipy.special.gammaln(k + 1.0)
        - scipy.special.gammaln(n - k + 1)
    )
