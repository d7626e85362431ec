"""What is left of a column beside the results of a formula, and back.

>>> leftover = Leftover(middle=5.0, low=0.0, high=9.0, decimals=0)
>>> results = np.array([3.2, 700.0, np.nan])
>>> left = leftover.subtract(np.array([4.0, 8.0, 6.0]), results)
>>> left.tolist(), leftover.add(left, results).tolist()
([1.0, -1.0, 1.0], [4.0, 8.0, 6.0])
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from tabgan.relations.exact_arithmetic import find_decimals, round_decimals
from tabgan.relations.protected_values import find_ends, find_middle
from tabgan.relations.saved_columns import read_decimals
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats
from tabgan.schema.column import Column
from tabgan.state_reader import StateReader


@dataclass(frozen=True)
class Leftover:
    """The map between a column and what it is off the results of a formula.

    Attributes:
        middle: Stands for a result where there is none: a value near the column's median.
        low: The column's lowest value, or what may be kept of it.
        high: Its highest one, as well.
        decimals: Of the column; None if more than 9 were needed.
    """

    middle: float
    low: float
    high: float
    decimals: int | None

    @classmethod
    def fit(cls, column: Column, profile: TableProfile) -> Self | None:
        """Return the map for a column of a table; None if it has too few values."""
        numbers = profile.numbers(column)
        present = numbers[~np.isnan(numbers)]
        ends = find_ends(present, profile.min_rows)
        if ends is None:
            return None
        decimals = find_decimals(numbers)
        middle = _find_middle(present, profile.min_rows, decimals)
        return cls(float(np.clip(middle, *ends)), *ends, decimals)

    @classmethod
    def from_state(cls, state: StateReader) -> Self:
        """Rebuild it from its attributes.

        Raises:
            ModelFileError: One is missing, or out of bounds.
        """
        low = state.number("low")
        high = state.number("high", low)
        return cls(state.number("middle", low, high), low, high, read_decimals(state, "decimals"))

    def write_results(self, results: Floats) -> Floats:
        """Return results as the column may hold them, its middle for a gap; (n_rows,)."""
        known = np.where(np.isnan(results), self.middle, results)
        return round_decimals(np.clip(known, self.low, self.high), self.decimals)

    def subtract(self, own: Floats, results: Floats) -> Floats:
        """Return what is left of a column beside results; (n_rows,) each."""
        return round_decimals(own - self.write_results(results), self.decimals) + 0.0

    def add(self, left: Floats, results: Floats) -> Floats:
        """Return the column in between its ends; (n_rows,)."""
        numbers = round_decimals(self.write_results(results) + left, self.decimals)
        return np.clip(numbers, self.low, self.high) + 0.0


def _find_middle(present: Floats, min_rows: int, decimals: int | None) -> float:
    """Return a value near the median that may be kept; (n,) without gaps."""
    if min_rows > 1:
        return find_middle(present, min_rows, decimals or 0)
    return float(round_decimals(np.array([2 * np.median(present / 2)]), decimals)[0])
