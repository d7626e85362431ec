"""Columns that have their gaps in the same rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tabgan.relations.gaps import has_plain_gaps
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats, Integers, Mask
from tabgan.schema.column import Column

MIN_GAPS, MIN_SHARE = 10, 0.005  # of gaps, and of values, in a column that is tried
MIN_RARE_GAPS = 2  # in each of several columns that have them in the same rows


@dataclass(frozen=True)
class MissingnessPattern:
    """Columns that have their gaps in the same rows.

    Attributes:
        columns: Those that cannot be dependents come first.
        mask: Where the gaps are; (n_rows,).
        counted: Rows that tell what decides them, (n_rows,); all when None.
    """

    columns: tuple[Column, ...]
    mask: Mask
    counted: Mask | None = None

    def holds(self, column: Column, profile: TableProfile) -> bool:
        """Return whether a column is one of them."""
        return any(profile.is_same(column, own) for own in self.columns)


def find_patterns(profile: TableProfile) -> list[MissingnessPattern]:
    """Return the columns with gaps, grouped by the rows of those, in the order of the schema.

    Columns that cannot be dependents come first in their pattern, which makes them sources.
    """
    min_rows = max(MIN_GAPS, MIN_SHARE * len(profile))
    most = len(profile) - MIN_SHARE * len(profile)
    return _group_by_gaps(profile, lambda n_gaps: min_rows <= n_gaps <= most)


def find_rare_patterns(profile: TableProfile) -> list[MissingnessPattern]:
    """Return the columns with fewer gaps than that, grouped alike."""
    min_rows = max(MIN_GAPS, MIN_SHARE * len(profile))
    least = max(MIN_RARE_GAPS, profile.min_rows)
    return _group_by_gaps(profile, lambda n_gaps: least <= n_gaps < min_rows)


def _group_by_gaps(
    profile: TableProfile, is_tried: Callable[[int], bool]
) -> list[MissingnessPattern]:
    """Return the columns with so many gaps that they are tried, grouped by the rows of those."""
    groups: dict[tuple[bytes, bytes], list[Column]] = {}
    for column in profile.columns:
        mask, counted = profile.missing(column), profile.counted(column)
        if is_tried(int(mask.sum())):
            beside = b"" if counted is None else np.packbits(counted).tobytes()
            groups.setdefault((np.packbits(mask).tobytes(), beside), []).append(column)
    ordered = [sorted(group, key=lambda c: has_plain_gaps(profile, c)) for group in groups.values()]
    return [
        MissingnessPattern(tuple(group), profile.missing(group[0]), profile.counted(group[0]))
        for group in ordered
    ]


class PatternCounts:
    """Counts the gaps of patterns in a sample at each code of a source, for all patterns at once.

    Args:
        sample: Of the table.
        patterns: Of the table; at least one.
    """

    def __init__(self, sample: TableProfile, patterns: Sequence[MissingnessPattern]) -> None:
        firsts = [pattern.columns[0] for pattern in patterns]
        self.masks = np.stack([sample.missing(first) for first in firsts]).astype(np.float32)
        counted = [(n, sample.counted(first)) for n, first in enumerate(firsts)]
        self.counted = {n: mask.astype(np.float32) for n, mask in counted if mask is not None}

    def count(self, codes: Integers) -> tuple[Floats, Floats]:
        """Return the gaps of each pattern at each code, and the rows; both (n_patterns, n_codes).

        Args:
            codes: Of the sample's rows; (n_rows,).
        """
        indicators = np.zeros((len(codes), int(codes.max()) + 1), np.float32)
        indicators[np.arange(len(codes)), codes] = 1
        counts = np.tile(indicators.sum(axis=0), (len(self.masks), 1))
        for number, mask in self.counted.items():
            counts[number] = mask @ indicators
        return np.asarray(self.masks @ indicators), counts
