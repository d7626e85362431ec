"""What a sum has to know of its columns, to be exact and to say what can be asked of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from tabgan.relations.exact_arithmetic import (
    column_decimals,
    representable_range,
    round_trips,
    stores_float64,
)
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats
from tabgan.schema.column import Column

EXACT = 2.0**50  # whole multiples that floats add up exactly, with room to spare


@dataclass(frozen=True)
class ColumnRange:
    """One column of a sum.

    Attributes:
        low: Its lowest value.
        high: Its highest value.
        decimals: That write all its values exactly; None if there is no such number.
        has_gaps: Whether values are missing.
        is_uniform: Whether its values are all written in one way.
    """

    low: float
    high: float
    decimals: int | None
    has_gaps: bool
    is_uniform: bool

    @classmethod
    def fit(cls, profile: TableProfile, column: Column) -> Self:
        """Look at a column of numbers."""
        values = profile.numbers(column)
        missing = np.isnan(values)
        low, high = _find_ends(
            values[~missing], profile.protection.min_rows if profile.protection.is_on else 0
        )
        return cls(
            low,
            high,
            column_decimals(column, profile),
            bool(missing.any()),
            round_trips(profile.series(column), column),
        )

    def measure(self, sign: int) -> tuple[float, float]:
        """Return the least and the greatest that it adds to a sum with a sign; a gap adds 0."""
        low, high = self.low, self.high
        if self.has_gaps:
            low, high = min(low, 0.0), max(high, 0.0)
        return (low, high) if sign > 0 else (-high, -low)


def diagnose_failure(
    columns: Sequence[Column],
    spans: Sequence[ColumnRange],
    reach: tuple[float, float],
    *,
    is_bare: bool,
) -> str | None:
    """Say in a sentence why the first column cannot be given back exactly; None if it can.

    Args:
        columns: The dependent and its sources.
        spans: Theirs.
        reach: The least and the greatest that the sum can come to.
        is_bare: Whether there is nothing but the sources in the sum: then floats add up alike.
    """
    name, decimals = columns[0].name, [column_range.decimals for column_range in spans]
    if None in decimals and not (is_bare and decimals[0] is None and stores_float64(columns[0])):
        rough = columns[decimals.index(None)].name
        return f"column {rough!r} has more than 9 decimals, so its sums are not exact; round it."
    known = [count for count in decimals if count is not None]
    if decimals[0] is not None and decimals[0] < max(known):
        return (
            f"column {name!r} has fewer decimals than what it is a sum of, so that it would have "
            "to be rounded; round the others as far, or solve the sum for one of them."
        )
    if not spans[0].is_uniform:
        return (
            f"the values of column {name!r} are not all written in one way, so they would not "
            "come back exactly; write them alike."
        )
    largest = sum(max(abs(column_range.low), abs(column_range.high)) for column_range in spans)
    if largest > EXACT * 10.0 ** -(decimals[0] or 0):
        return f"the terms of column {name!r} are too large for exact sums; round them."
    low, high = representable_range(columns[0], decimals[0] or 0)
    if reach[0] < low or reach[1] > high:
        return (
            f"column {name!r} is kept as {columns[0].dtype}, which has no room for all sums from "
            f"{reach[0]:g} to {reach[1]:g}; turn it into another dtype."
        )
    return None


def _find_ends(present: Floats, hidden: int) -> tuple[float, float]:
    """Return the lowest and the highest value; rounded, where so many at each end are hidden."""
    if not hidden:
        return float(present.min()), float(present.max())
    if len(present) <= 2 * hidden:
        return float(np.median(present)), float(np.median(present))
    low, high = np.sort(present)[[hidden, -hidden - 1]]
    unit = 10.0 ** (np.floor(np.log10(max(high - low, 1e-12))) - 1)
    return float(np.floor(low / unit) * unit), float(np.ceil(high / unit) * unit)
