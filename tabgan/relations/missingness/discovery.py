"""Where gaps that follow from other columns are found: on a sample first, then on all rows.

If a column with the share g of gaps had nothing to do with another, a level of k rows would be all
gaps or none with the probability g ** k + (1 - g) ** k; and of all ways to choose as many rows as
there are gaps, 2 ** n_levels at the most choose whole levels. A lead is kept when the lesser of
both, the product over all levels or that share, is beyond chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import lgamma, log

import numpy as np

from tabgan.relations.table_profile import CHANCE, TOLERATED, Codes, Evidence
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.predicates import Mask

FEWEST_GAPS, LEAST_SHARE = 10, 0.005  # of gaps, and of values, in a column that is looked at
MOST_LEVELS, MOST_NUMBERS = 50, 32  # of a source, without its gap
SLACK = 3  # times the tolerated share of rows may break a candidate on the sample


def may_depend(evidence: Evidence, column: Column) -> bool:
    """Say whether all gaps of a column are missing values: blank text could not be given back."""
    return bool((evidence.missing(column) == evidence.series(column).isna()).all())


@dataclass(frozen=True)
class Split:
    """How the levels of a source split gaps from values.

    Shape:
        - is_gap: (n_levels,), what most rows of each level are

    Attributes:
        broken: Rows that are not as most of their level.
        chance: Logarithm of the probability of such a split of unrelated columns.
        is_proper: Whether there are levels of both sorts (without a gap, where levels decide).
    """

    is_gap: Mask
    broken: int
    chance: float
    is_proper: bool


@dataclass(frozen=True)
class GapSource:
    """A column that may decide another's gaps, by its levels or by its own gaps alone."""

    column: Column
    by_levels: bool

    def codes(self, evidence: Evidence) -> Codes:
        """Give the levels by number, or 0 for values and 1 for gaps; shape (n_rows,)."""
        if self.by_levels:
            return evidence.codes(self.column)
        return evidence.missing(self.column).astype(np.int64)

    def has_levels(self, evidence: Evidence) -> bool:
        """Say whether there are at least two levels, a gap being one, and not too many."""
        kind = self.column.kind
        if not kind.is_number and kind not in {ColumnKind.CATEGORICAL, ColumnKind.BOOLEAN}:
            return False
        most = MOST_NUMBERS if kind.is_number else MOST_LEVELS
        levels = evidence.n_levels(self.column)
        return 2 <= levels <= most + bool(evidence.missing(self.column).any())

    def split(self, evidence: Evidence, mask: Mask) -> Split:
        """Split gaps from values; `mask` says where the gaps are, shape (n_rows,)."""
        codes = self.codes(evidence)
        counts = np.bincount(codes)
        gaps = np.bincount(codes[mask], minlength=len(counts))
        broken = int(np.minimum(gaps, counts - gaps).sum())
        is_gap = 2 * gaps > counts
        is_value = np.ones(len(counts), bool)
        if self.by_levels:
            is_value[codes[evidence.missing(self.column)]] = False
        sorts = len(np.unique(is_gap[is_value]))
        return Split(is_gap, broken, _chance(counts, int(mask.sum()), broken), sorts == 2)

    def first_rows(self, evidence: Evidence) -> Codes:
        """Give a row of each level by number; shape (n_levels,)."""
        codes = self.codes(evidence)
        rows = np.zeros(int(codes.max()) + 1, np.int64)
        rows[codes[::-1]] = np.arange(len(codes))[::-1]
        return rows


def _chance(counts: Codes, n_gaps: int, broken: int) -> float:
    n_rows = int(counts.sum())
    if not 0 < n_gaps < n_rows:
        return 0.0
    share = n_gaps / n_rows
    pure = np.logaddexp(counts * log(share), counts * log(1 - share)).sum()
    chosen = len(counts) * log(2) - _count_choices(n_rows, n_gaps)
    return float(min(pure, chosen)) + _count_choices(n_rows, broken)


def _count_choices(n_rows: int, n_chosen: int) -> float:
    """Give the logarithm of the number of ways to choose rows."""
    return lgamma(n_rows + 1) - lgamma(n_chosen + 1) - lgamma(n_rows - n_chosen + 1)


@dataclass(frozen=True)
class Pattern:
    """Columns that have their gaps in the same rows, and the rows; shape (n_rows,)."""

    columns: tuple[Column, ...]
    mask: Mask


@dataclass(frozen=True)
class Lead:
    """Gaps that follow from a source, as the table shows it; `is_gap` as in `Split`."""

    dependent: Column
    source: GapSource
    is_gap: Mask
    broken: int = 0


def find_leads(evidence: Evidence) -> list[Lead]:
    """Find what decides the gaps of columns; sources are not among those whose gaps follow."""
    patterns = _find_patterns(evidence)
    sources = _find_sources(evidence, patterns)
    if not patterns or not sources:
        return []
    limit = log(CHANCE / (len(patterns) * len(sources)))
    explained: set[Name] = set()
    taken: set[Name] = set()
    leads: list[Lead] = []
    likely = _try_on_sample(evidence.sample, patterns, sources)
    for pattern, options in zip(patterns, likely, strict=True):
        usable = [source for source in options if source.column.name not in explained]
        lead = _choose(evidence, pattern, usable, limit)
        first, *others = pattern.columns
        if lead is not None and not lead.broken and first.name not in taken:
            followers = [column for column in pattern.columns if may_depend(evidence, column)]
            leads += [replace(lead, dependent=column) for column in followers]
            taken.add(lead.source.column.name)
        else:
            if lead is not None and lead.broken and may_depend(evidence, first):
                leads.append(lead)
            followers = [column for column in others if may_depend(evidence, column)]
            leads += _share(evidence, pattern, followers, limit)
        explained |= {column.name for column in followers}
    return leads


def _find_patterns(evidence: Evidence) -> list[Pattern]:
    """Give the columns with gaps by the rows that those are in, in the order of the schema.

    Columns that cannot be dependents come first in their pattern, which makes them sources.
    """
    members: dict[bytes, list[Column]] = {}
    masks: dict[bytes, Mask] = {}
    fewest = max(FEWEST_GAPS, LEAST_SHARE * len(evidence))
    for column in evidence.columns:
        mask = evidence.missing(column)
        gaps = int(mask.sum())
        if gaps >= fewest and len(mask) - gaps >= LEAST_SHARE * len(mask):
            key = np.packbits(mask).tobytes()
            members.setdefault(key, []).append(column)
            masks[key] = mask
    return [
        Pattern(tuple(sorted(columns, key=lambda c: may_depend(evidence, c))), masks[key])
        for key, columns in members.items()
    ]


def _find_sources(evidence: Evidence, patterns: Sequence[Pattern]) -> list[GapSource]:
    """Give what may decide gaps: of columns that share a pattern, the first only."""
    firsts = [pattern.columns[0] for pattern in patterns]
    others = {column.name for pattern in patterns for column in pattern.columns[1:]}
    sources = [GapSource(column, by_levels=False) for column in firsts]
    for column in evidence.columns:
        source = GapSource(column, by_levels=True)
        if column.name not in others and source.has_levels(evidence.sample):
            sources.append(source)
    return sources


def _try_on_sample(
    sample: Evidence, patterns: Sequence[Pattern], sources: Sequence[GapSource]
) -> list[list[GapSource]]:
    """Give the sources that split each pattern nearly cleanly on a sample."""
    masks = np.stack([sample.missing(p.columns[0]) for p in patterns]).astype(np.float32)
    rows = np.arange(len(sample))
    likely: list[list[GapSource]] = [[] for _ in patterns]
    for source in sources:
        codes = source.codes(sample)
        levels = np.zeros((len(sample), int(codes.max()) + 1), np.float32)
        levels[rows, codes] = 1
        gaps = masks @ levels
        broken = np.minimum(gaps, levels.sum(axis=0) - gaps).sum(axis=1)
        for place in np.flatnonzero(broken <= SLACK * TOLERATED * len(sample)):
            likely[place].append(source)
    return likely


def _choose(
    evidence: Evidence, pattern: Pattern, sources: Sequence[GapSource], limit: float
) -> Lead | None:
    """Give the source that the fewest rows break, and of the fewest levels among those."""
    order = {column.name: place for place, column in enumerate(evidence.columns)}
    first = pattern.columns[0]
    best: tuple[tuple[int, int, int], Lead] | None = None
    for source in sources:
        name = source.column.name
        is_late = not source.by_levels and order[name] > order[first.name]
        if is_late or source.column in pattern.columns:
            continue
        if source.by_levels and not source.has_levels(evidence):
            continue
        split = source.split(evidence, pattern.mask)
        if split.is_proper and split.chance < limit and split.broken <= TOLERATED * len(evidence):
            rank = (split.broken, len(split.is_gap), order[name])
            if best is None or rank < best[0]:
                best = rank, Lead(first, source, split.is_gap, split.broken)
    return None if best is None else best[1]


def _share(
    evidence: Evidence, pattern: Pattern, followers: Sequence[Column], limit: float
) -> list[Lead]:
    """Give the leads of columns that have their gaps where the first of the pattern has."""
    source = GapSource(pattern.columns[0], by_levels=False)
    split = source.split(evidence, pattern.mask)
    if split.chance >= limit:
        return []
    return [Lead(column, source, split.is_gap) for column in followers]
