"""Ranges and decimals of the columns of a sum: whether it is exact, which values it can have."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from tabgan.relations.exact_arithmetic import (
    MAX_EXACT_SUM,
    column_decimals,
    representable_range,
    round_trips,
    stores_float64,
)
from tabgan.relations.protected_values import find_ends
from tabgan.relations.saved_columns import read_decimals
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.column import Column
from tabgan.state_reader import StateReader


@dataclass(frozen=True)
class ColumnRange:
    """One column of a sum.

    Attributes:
        low: Its lowest value, or what may be kept of it; -inf of too few values.
        high: Its highest value, or what may be kept of it; inf of too few values.
        decimals: The fewest that write all its values exactly; None if more than 9 were needed.
        has_gaps: Whether values are missing.
        is_uniform: Whether it is the same when it is read and written back.
    """

    low: float
    high: float
    decimals: int | None
    has_gaps: bool
    is_uniform: bool

    @classmethod
    def fit(cls, profile: TableProfile, column: Column) -> Self:
        """Return the range of a column of numbers."""
        values = profile.numbers(column)
        missing = np.isnan(values)
        ends = find_ends(values[~missing], profile.min_rows)
        return cls(
            *(ends or (-np.inf, np.inf)),
            column_decimals(column, profile),
            bool(missing.any()),
            round_trips(profile.series(column), column),
        )

    @classmethod
    def from_state(cls, state: StateReader) -> Self:
        """Rebuild it from its attributes.

        Raises:
            ModelFileError: One is missing, or out of bounds.
        """
        low = state.number("low")
        return cls(
            low,
            state.number("high", low),
            read_decimals(state, "decimals"),
            state.flag("has_gaps"),
            state.flag("is_uniform"),
        )

    def contribution(self, sign: int) -> tuple[float, float]:
        """Return the least and the greatest value that it adds to a sum, a gap being 0.

        Args:
            sign: 1 if it is added, -1 if it is subtracted.
        """
        low, high = self.low, self.high
        if self.has_gaps:
            low, high = min(low, 0.0), max(high, 0.0)
        return (low, high) if sign > 0 else (-high, -low)


def explain_inexactness(
    columns: Sequence[Column],
    ranges: Sequence[ColumnRange],
    value_range: tuple[float, float],
    *,
    is_bare: bool,
) -> str | None:
    """Return a sentence that says why a dependent cannot be restored exactly; None if it can.

    Args:
        columns: The dependent and its sources.
        ranges: One for each column.
        value_range: The least and the greatest value that the sum can have.
        is_bare: Whether nothing is added to the sources: then floats add up to the same again.
    """
    name, decimals = columns[0].name, [column_range.decimals for column_range in ranges]
    if None in decimals and not (is_bare and decimals[0] is None and stores_float64(columns[0])):
        rough = columns[decimals.index(None)].name
        return f"column {rough!r} has more than 9 decimals, so its sums are not exact; round it."
    exact = [count for count in decimals if count is not None]
    if decimals[0] is not None and decimals[0] < max(exact):
        return (
            f"column {name!r} has fewer decimals than what it is a sum of, so that it would have "
            "to be rounded; round the others as far, or solve the sum for one of them."
        )
    if not ranges[0].is_uniform:
        return (
            f"the values of column {name!r} are not all written in one way, so they would not "
            "come back exactly; write them alike."
        )
    largest = sum(max(abs(column_range.low), abs(column_range.high)) for column_range in ranges)
    if largest > MAX_EXACT_SUM * 10.0 ** -(decimals[0] or 0):
        return f"the terms of column {name!r} are too large for exact sums; round them."
    low, high = representable_range(columns[0], decimals[0] or 0)
    if value_range[0] < low or value_range[1] > high:
        return (
            f"column {name!r} is kept as {columns[0].dtype}, which has no room for all sums from "
            f"{value_range[0]:g} to {value_range[1]:g}; turn it into another dtype."
        )
    return None
