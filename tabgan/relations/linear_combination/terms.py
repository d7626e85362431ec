"""A column as a sum of others with signs, and one of few remainders: the arithmetic of it.

A missing term counts as 0. Results are rounded to the decimals of the sum, so that they are exact.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd

from tabgan.query.numbers import write_number
from tabgan.relations.bounds import move_inside
from tabgan.relations.exact_arithmetic import ceil_decimals, round_decimals
from tabgan.relations.linear_combination.column_range import ColumnRange
from tabgan.relations.linear_combination.significance import MAX_VALUES, MIN_ROWS
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats, Integers
from tabgan.schema.column import Column
from tabgan.schema.float_conversion import to_float
from tabgan.state_reader import StateReader


@dataclass(frozen=True)
class SignedSum:
    """The map `sum = sign * term + ... + remainder`, whatever the columns are called.

    Attributes:
        signs: 1 or -1 for each term.
        remainders: Rising; at least one.
        ranges: Values and decimals of the sum and of its terms, in this order.
    """

    signs: tuple[int, ...]
    remainders: tuple[float, ...]
    ranges: tuple[ColumnRange, ...]

    @classmethod
    def fit(
        cls,
        profile: TableProfile,
        columns: Sequence[Column],
        signs: Sequence[int],
        constant: float | None = None,
    ) -> Self:
        """Return the map with the remainders of a table, the 32 commonest at most.

        Args:
            profile: The table; under protection its rare remainders are left out.
            columns: The sum and its terms.
            signs: Of the terms.
            constant: The only remainder, if it is given.
        """
        ranges = tuple(ColumnRange.fit(profile, column) for column in columns)
        signed_sum = cls(tuple(signs), (0.0 if constant is None else constant,), ranges)
        if constant is not None:
            return signed_sum
        rest = signed_sum.subtract(profile.frame, columns)
        values, counts = np.unique(rest[~np.isnan(rest)], return_counts=True)
        order = np.argsort(-counts, kind="stable")[:MAX_VALUES]
        if profile.protection.is_on:
            order = order[counts[order] >= max(MIN_ROWS, profile.min_rows)]
        kept = tuple(np.sort(values[order]).tolist())
        return replace(signed_sum, remainders=kept or signed_sum.remainders)

    @property
    def decimals(self) -> int | None:
        """Those of the sum, of which no term has more; None if floats are added unrounded."""
        return self.ranges[0].decimals

    @property
    def is_constant(self) -> bool:
        """Whether the sum follows from its terms alone."""
        return len(self.remainders) == 1 and not self.ranges[0].has_gaps

    @property
    def value_range(self) -> tuple[float, float]:
        """The least and the greatest value that the sum can have."""
        low, high = self._contributions.sum(axis=0)
        return float(low + self.remainders[0]), float(high + self.remainders[-1])

    @property
    def _contributions(self) -> Floats:
        """The least and the greatest value that each term adds; (n_terms, 2)."""
        pairs = zip(self.ranges[1:], self.signs, strict=True)
        return np.array([column_range.contribution(sign) for column_range, sign in pairs])

    def add(self, frame: pd.DataFrame, terms: Sequence[Column], rest: Floats) -> Floats:
        """Return the sum of terms and remainders; shape (n_rows,)."""
        return round_decimals(self._add_terms(frame, terms) + rest, self.decimals) + 0.0  # no -0.0

    def subtract(self, frame: pd.DataFrame, columns: Sequence[Column]) -> Floats:
        """Return the sum minus its terms; shape (n_rows,), NaN where the sum is missing."""
        values = to_float(frame[columns[0].name], columns[0])
        return round_decimals(values - self._add_terms(frame, columns[1:]), self.decimals) + 0.0

    def _add_terms(self, frame: pd.DataFrame, terms: Sequence[Column]) -> Floats:
        total = np.zeros(len(frame))
        for sign, column in zip(self.signs, terms, strict=True):
            total += sign * np.nan_to_num(to_float(frame[column.name], column))
        return total

    def find_nearest(self, rest: Floats) -> Floats:
        """Return the remainders nearest to numbers; (n_rows,), NaN only if the sum has gaps."""
        remainders = np.array(self.remainders)
        nearest = remainders[np.searchsorted((remainders[1:] + remainders[:-1]) / 2, rest)]
        return np.where(np.isnan(rest), np.nan, nearest) if self.ranges[0].has_gaps else nearest

    @property
    def n_digits(self) -> int | None:
        """Digits of the remainder, if there is one alone."""
        rest = self.remainders
        return sum(map(str.isdigit, write_number(rest[0]))) if len(rest) == 1 else None

    def show_ends(self, columns: Sequence[Column]) -> str:
        """Return the ends of each column, the dependent first, in words."""
        pairs = zip(columns, self.ranges, strict=True)
        return "; ".join(f"{c.name} {own.low:.10g} to {own.high:.10g}" for c, own in pairs)

    def reaches(self, low: float, high: float) -> bool:
        """Return whether the sum comes to something between two bounds."""
        return low <= self.value_range[1] and high >= self.value_range[0]

    def term_bounds(self, index: int, low: float, high: float) -> tuple[float, float] | None:
        """Return the bounds that a term needs for the sum to lie in some; None if it needs none.

        Args:
            index: Of the term.
            low: The least sum.
            high: The greatest sum.
        """
        (least, greatest), ends = self.value_range, self._contributions[index]
        column_range, sign = self.ranges[1 + index], self.signs[index]
        low, high = low - greatest + ends[1], high - least + ends[0]
        if column_range.has_gaps and low <= 0 <= high:
            return None
        bounds = round_decimals(np.array((low, high) if sign > 0 else (-high, -low)), self.decimals)
        is_satisfied = bounds[0] <= column_range.low and bounds[1] >= column_range.high
        return None if is_satisfied else (float(bounds[0]), float(bounds[1]))

    def steer(self, numbers: Sequence[Floats], low: float, high: float) -> list[Floats]:
        """Return sums moved into bounds, and one term of each moved by as much.

        Args:
            numbers: The sum and its terms; (n_rows,) each.
            low: The least sum.
            high: The greatest sum.

        Returns:
            The same columns; sums stay where no term can absorb the difference.
        """
        ends = ceil_decimals(np.array([low, -high]), self.decimals) * (1, -1)
        values, *terms = numbers

        def mask_impossible(targets: Floats) -> Floats:
            return np.where(self._find_absorbers(terms, targets - values) < 0, np.nan, targets)

        moved = round_decimals(
            move_inside(values, ends[0], ends[1], mask_impossible), self.decimals
        )
        difference = np.nan_to_num(moved - values)
        absorbers = np.where(difference == 0, -1, self._find_absorbers(terms, difference))
        shifted = [
            np.where(absorbers == index, self._shift(term, index, difference), term)
            for index, term in enumerate(terms)
        ]
        return [moved, *shifted]

    def _find_absorbers(self, terms: Sequence[Floats], difference: Floats) -> Integers:
        """Return the term that can absorb a change of the sum in each row, -1 for none; (n_rows,).

        That of the widest range is tried first; none leaves its range, or gets more decimals.
        """
        absorbers = np.full(len(difference), -1)
        widths = [column_range.low - column_range.high for column_range in self.ranges[1:]]
        for index in np.argsort(widths, kind="stable").tolist():
            column_range = self.ranges[1 + index]
            if column_range.decimals == self.decimals:
                moved = self._shift(terms[index], index, difference)
                absorbers[
                    (moved >= column_range.low) & (moved <= column_range.high) & (absorbers < 0)
                ] = index
        return absorbers

    def _shift(self, term: Floats, index: int, difference: Floats) -> Floats:
        return round_decimals(term + self.signs[index] * difference, self.decimals) + 0.0

    def solve(self, index: int) -> "SignedSum | None":
        """Return the map solved for a term: the sum comes first, then the other terms.

        None if gaps do not allow it (a missing sum says nothing, while a missing term is 0), or if
        floats are added unrounded.

        Args:
            index: Of the term.
        """
        if self.decimals is None or self.ranges[0].has_gaps or self.ranges[1 + index].has_gaps:
            return None
        sign = self.signs[index]
        others = [other for other in range(len(self.signs)) if other != index]
        ranges = (self.ranges[1 + index], self.ranges[0], *(self.ranges[1 + o] for o in others))
        signs = (sign, *(-sign * self.signs[other] for other in others))
        return SignedSum(signs, tuple(sorted(-sign * r + 0.0 for r in self.remainders)), ranges)

    def to_state(self) -> dict[str, Any]:
        """Return its attributes as JSON-able values."""
        return {
            "signs": list(self.signs),
            "remainders": list(self.remainders),
            "spans": [asdict(column_range) for column_range in self.ranges],
        }

    @classmethod
    def from_state(cls, state: StateReader, n_terms: int) -> Self:
        """Rebuild it from what `to_state` returned, for so many terms.

        Raises:
            ModelFileError: It holds what it cannot.
        """
        signs = tuple(state.wholes("signs", -1, 1))
        state.check(len(signs) == n_terms and 0 not in signs, "signs", "are not 1 or -1 a term")
        remainders = tuple(state.numbers("remainders"))
        is_sound = 0 < len(remainders) <= MAX_VALUES and list(remainders) == sorted(remainders)
        state.check(is_sound, "remainders", f"are not 1 to {MAX_VALUES} rising numbers")
        ranges = tuple(map(ColumnRange.from_state, state.states("spans")))
        state.check(len(ranges) == n_terms + 1, "spans", "are not one for each column")
        return cls(signs, remainders, ranges)
