"""How one column is made up of others: added or subtracted, and one of few remainders on top.

A missing term is 0. All is worked out on the decimals of the sum, so that nothing is rounded off.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd

from tabgan.relations.bounds import move_inside
from tabgan.relations.exact_arithmetic import ceil_decimals, round_decimals
from tabgan.relations.linear_combination.column_range import ColumnRange
from tabgan.relations.linear_combination.significance import MAX_VALUES, MIN_ROWS
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats, Integers
from tabgan.schema.column import Column
from tabgan.schema.predicates import to_float


@dataclass(frozen=True)
class Addition:
    """The sum, whatever its columns are called.

    Attributes:
        signs: 1 or -1 for each term.
        remainders: Rising; at least one.
        spans: What is known of the sum and of its terms, in this order.
    """

    signs: tuple[int, ...]
    remainders: tuple[float, ...]
    spans: tuple[ColumnRange, ...]

    @classmethod
    def fit(
        cls,
        profile: TableProfile,
        columns: Sequence[Column],
        signs: Sequence[int],
        constant: float | None = None,
    ) -> Self:
        """Learn the remainders, the 32 commonest at most, unless one constant is given.

        Args:
            profile: The table.
            columns: The sum and its terms.
            signs: Of the terms.
            constant: The only remainder.
        """
        spans = tuple(ColumnRange.fit(profile, column) for column in columns)
        addition = cls(tuple(signs), (0.0 if constant is None else constant,), spans)
        if constant is not None:
            return addition
        rest = addition.subtract(profile.frame, columns)
        values, counts = np.unique(rest[~np.isnan(rest)], return_counts=True)
        order = np.argsort(-counts, kind="stable")[:MAX_VALUES]
        if profile.protection.is_on:
            order = order[counts[order] >= max(MIN_ROWS, profile.protection.min_rows)]
        kept = tuple(np.sort(values[order]).tolist())
        return replace(addition, remainders=kept or addition.remainders)

    @property
    def decimals(self) -> int | None:
        """Those of the sum, of which no term has more; None if it is as floats add up."""
        return self.spans[0].decimals

    @property
    def is_constant(self) -> bool:
        """Whether the terms say all."""
        return len(self.remainders) == 1 and not self.spans[0].has_gaps

    @property
    def reach(self) -> tuple[float, float]:
        """The least and the greatest that the sum can come to."""
        low, high = self._ends.sum(axis=0)
        return float(low + self.remainders[0]), float(high + self.remainders[-1])

    @property
    def _ends(self) -> Floats:
        """The least and the greatest that each term adds; (n_terms, 2)."""
        pairs = zip(self.spans[1:], self.signs, strict=True)
        return np.array([column_range.measure(sign) for column_range, sign in pairs])

    def add(self, frame: pd.DataFrame, terms: Sequence[Column], rest: Floats) -> Floats:
        """Return the sum for remainders, (n_rows,) in and out."""
        return round_decimals(self._add(frame, terms) + rest, self.decimals) + 0.0  # no -0.0

    def subtract(self, frame: pd.DataFrame, columns: Sequence[Column]) -> Floats:
        """Return what is left of the sum without its terms; (n_rows,), NaN where it is missing."""
        own = to_float(frame[columns[0].name], columns[0])
        return round_decimals(own - self._add(frame, columns[1:]), self.decimals) + 0.0

    def _add(self, frame: pd.DataFrame, terms: Sequence[Column]) -> Floats:
        total = np.zeros(len(frame))
        for sign, column in zip(self.signs, terms, strict=True):
            total += sign * np.nan_to_num(to_float(frame[column.name], column))
        return total

    def find_nearest(self, rest: Floats) -> Floats:
        """Return the remainders nearest to numbers; (n_rows,), NaN only if the sum has gaps."""
        known = np.array(self.remainders)
        nearest = known[np.searchsorted((known[1:] + known[:-1]) / 2, rest)]
        return np.where(np.isnan(rest), np.nan, nearest) if self.spans[0].has_gaps else nearest

    def bound_term(self, index: int, low: float, high: float) -> tuple[float, float] | None:
        """Return the bounds of a term with which the sum can lie in some; None if it always can."""
        (least, greatest), ends = self.reach, self._ends[index]
        column_range, sign = self.spans[1 + index], self.signs[index]
        low, high = low - greatest + ends[1], high - least + ends[0]
        if column_range.has_gaps and low <= 0 <= high:
            return None
        bounds = round_decimals(np.array((low, high) if sign > 0 else (-high, -low)), self.decimals)
        is_wide = bounds[0] <= column_range.low and bounds[1] >= column_range.high
        return None if is_wide else (float(bounds[0]), float(bounds[1]))

    def steer(self, numbers: Sequence[Floats], low: float, high: float) -> list[Floats]:
        """Move sums into bounds, and one term of each by as much; (n_rows,) each, sums first."""
        ends = ceil_decimals(np.array([low, -high]), self.decimals) * (1, -1)
        own, *terms = numbers

        def allow(targets: Floats) -> Floats:
            return np.where(self._take_up(terms, targets - own) < 0, np.nan, targets)

        moved = round_decimals(move_inside(own, ends[0], ends[1], allow), self.decimals)
        difference = np.nan_to_num(moved - own)
        takers = np.where(difference == 0, -1, self._take_up(terms, difference))
        settled = [
            np.where(takers == index, self._move(term, index, difference), term)
            for index, term in enumerate(terms)
        ]
        return [moved, *settled]

    def _take_up(self, terms: Sequence[Floats], difference: Floats) -> Integers:
        """Return which term can take up a change of the sum in each row, -1 for none; (n_rows,).

        The term of the widest range is asked first; none leaves its range, or gets more decimals.
        """
        takers = np.full(len(difference), -1)
        widths = [column_range.low - column_range.high for column_range in self.spans[1:]]
        for index in np.argsort(widths, kind="stable").tolist():
            column_range = self.spans[1 + index]
            if column_range.decimals == self.decimals:
                moved = self._move(terms[index], index, difference)
                takers[
                    (moved >= column_range.low) & (moved <= column_range.high) & (takers < 0)
                ] = index
        return takers

    def _move(self, term: Floats, index: int, difference: Floats) -> Floats:
        return round_decimals(term + self.signs[index] * difference, self.decimals) + 0.0

    def solve(self, index: int) -> "Addition | None":
        """Return the same for a term: the sum comes first, then the other terms.

        None if gaps do not allow it (a missing sum says nothing, while a missing term is 0), or
        floats do not.
        """
        if self.decimals is None or self.spans[0].has_gaps or self.spans[1 + index].has_gaps:
            return None
        sign = self.signs[index]
        others = [other for other in range(len(self.signs)) if other != index]
        spans = (self.spans[1 + index], self.spans[0], *(self.spans[1 + o] for o in others))
        signs = (sign, *(-sign * self.signs[other] for other in others))
        return Addition(signs, tuple(sorted(-sign * r + 0.0 for r in self.remainders)), spans)

    def to_state(self) -> dict[str, Any]:
        """Return it as JSON-able values."""
        return {
            "signs": list(self.signs),
            "remainders": list(self.remainders),
            "spans": [asdict(column_range) for column_range in self.spans],
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Rebuild it from `to_state`'s answer."""
        spans = tuple(ColumnRange(**column_range) for column_range in state["spans"])
        return cls(tuple(state["signs"]), tuple(state["remainders"]), spans)
