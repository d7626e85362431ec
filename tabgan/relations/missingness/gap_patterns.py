"""Columns that have their gaps in the same rows."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tabgan.relations.gaps import has_plain_gaps
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Mask
from tabgan.schema.column import Column

MIN_GAPS, MIN_SHARE = 10, 0.005  # of gaps, and of values, in a column that is tried
MIN_RARE_GAPS = 2  # in each of several columns that have them in the same rows


@dataclass(frozen=True)
class MissingnessPattern:
    """Columns that have their gaps in the same rows.

    Attributes:
        columns: Those that cannot be dependents come first.
        mask: Where the gaps are; (n_rows,).
    """

    columns: tuple[Column, ...]
    mask: Mask

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
    groups: dict[bytes, list[Column]] = {}
    for column in profile.columns:
        mask = profile.missing(column)
        if is_tried(int(mask.sum())):
            groups.setdefault(np.packbits(mask).tobytes(), []).append(column)
    ordered = [sorted(group, key=lambda c: has_plain_gaps(profile, c)) for group in groups.values()]
    return [MissingnessPattern(tuple(group), profile.missing(group[0])) for group in ordered]
