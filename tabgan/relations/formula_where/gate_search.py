"""The gate of a formula: what decides in which rows it holds.

A gate is kept if rows like those where the formula does not hold would all obey it with a
probability of less than `SIGNIFICANCE_LEVEL`, shared out among all that is tried, and if the values
that it computes say more than its digits and that choice.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tabgan.query.three_valued_logic import BoolOp, Condition, IsMissing, Not
from tabgan.relations.formula.cases.cut_points import find_cut
from tabgan.relations.formula.comparison import MAX_NEAR
from tabgan.relations.formula.computation import read
from tabgan.relations.formula.formula import Formula
from tabgan.relations.formula.numbers.coefficients import DIGIT_NATS
from tabgan.relations.formula.rounding import as_written
from tabgan.relations.formula_where.row_groups import has_levels
from tabgan.relations.gates import find_gated
from tabgan.relations.row_predicate.never_condition import is_one_of, write_literals
from tabgan.relations.statistics import MAX_DECLARED_VIOLATIONS, total_entropy
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Integers, Mask
from tabgan.schema.column import Column

MAX_VALUES = 5_000  # of which the entropy is taken


@dataclass(frozen=True)
class Gate:
    """A condition, and the rows that it is about.

    Attributes:
        condition: It.
        n_rows: In which the formula holds there.
        n_violations: In which it does not.
        n_levels: Categories that it names.
    """

    condition: Condition
    n_rows: int
    n_violations: int
    n_levels: int

    @property
    def rank(self) -> tuple[bool, int, int]:
        """Exact ones first, then those of most rows, in few words."""
        return self.n_violations > 0, -self.n_rows, self.n_levels


class GateSearch:
    """The search for the gate of a formula.

    Args:
        profile: The whole table.
        formula: As it was found in some rows.
        min_nats: What chance costs.
    """

    def __init__(self, profile: TableProfile, formula: Formula, min_nats: float) -> None:
        self.profile, self.formula = profile, formula
        self.min_nats = min_nats + DIGIT_NATS * (formula.n_digits or 0)
        self.obeys = formula.computation.compare(profile.frame, formula.dependent).matches
        self.breaks = formula.find_violations(profile.frame)

    def find(self) -> Gate | None:
        """Return the best gate; None if there is none, or the formula holds nearly everywhere."""
        n_obeying, n_breaking = int(self.obeys.sum()), int(self.breaks.sum())
        is_whole = n_breaking <= MAX_DECLARED_VIOLATIONS * (n_obeying + n_breaking)
        if is_whole or self._is_near_elsewhere():
            return None
        gates = [self._find_presence(), *self._iter_gates()]
        found = [gate for gate in gates if gate is not None]
        return min(found, key=lambda gate: gate.rank) if found else None

    def _iter_gates(self) -> Iterator[Gate | None]:
        for column in self.profile.columns:
            if column == self.formula.dependent:
                continue
            missing = self.profile.missing(column)
            if missing.any():
                yield self._find_levels(column, missing.astype(np.int64), by_levels=False)
            is_source = column in self.formula.sources
            if not is_source and has_levels(self.profile, column):
                yield self._find_levels(column, self.profile.codes(column), by_levels=True)
            elif column.kind.is_quantitative:
                yield self._find_side(column)

    def _is_near_elsewhere(self) -> bool:
        """Return whether most rows that break the formula are off by a last place: it rounds."""
        computation, dependent = self.formula.computation, self.formula.dependent
        if computation.rounding.decimals is None or not as_written(dependent).kind.is_number:
            return False
        broken = self.profile.frame[self.breaks]
        off = computation.to_numbers(broken) - read(broken, dependent)
        return bool(np.mean(np.abs(off) <= 1.5 * computation.rounding.step) > MAX_NEAR)

    def _find_levels(self, column: Column, codes: Integers, *, by_levels: bool) -> Gate | None:
        """Return the condition that a column has one of the levels in which the formula holds."""
        n_levels = int(codes.max()) + 1
        counts, obeying, breaking = (
            np.bincount(codes[rows], minlength=n_levels)
            for rows in (slice(None), self.obeys, self.breaks)
        )
        can_hold = counts >= self.profile.min_rows
        if by_levels:
            can_hold[codes[self.profile.missing(column)]] = False
        for share in (0.0, MAX_DECLARED_VIOLATIONS):
            holds = can_hold & (obeying > 0) & (breaking <= share * obeying)
            others = obeying[~holds].sum(), breaking[~holds].sum()
            nats = np.log((others[0] + others[1] + 2) / (others[0] + 1))
            holds &= obeying * nats >= self.min_nats
            if holds.any() and not holds.all() and self._tells(holds[codes]):
                condition = self._write(column, codes, holds, by_levels=by_levels)
                rows = int(obeying[holds].sum()), int(breaking[holds].sum())
                return Gate(condition, *rows, int(holds.sum()))
        return None

    def _find_side(self, column: Column) -> Gate | None:
        """Return the condition that a column is below, or above, all values where it is broken."""
        numbers = self.profile.numbers(column)
        broken, obeyed = numbers[self.breaks], numbers[self.obeys]
        if np.isnan(broken).all():
            return None
        low, high = np.nanmin(broken), np.nanmax(broken)
        n_below, n_above = int((obeyed < low).sum()), int((obeyed > high).sum())
        n_obeying, n_rows = max(n_below, n_above), len(broken) + len(obeyed)
        nats = np.log((n_rows - n_obeying + 2) / (len(obeyed) - n_obeying + 1))
        n_digits = DIGIT_NATS * len(str(n_rows))  # of the place where it is cut
        if n_obeying * nats < self.min_nats + n_digits or n_obeying < self.profile.min_rows:
            return None
        is_below = n_below >= n_above
        ends = (
            (obeyed[obeyed < low].max(), low) if is_below else (high, obeyed[obeyed > high].min())
        )
        cut = find_cut(column, float(ends[0]), float(ends[1]))
        if cut is None:
            return None
        condition = cut.below if is_below else cut.above
        gated = find_gated(condition, self.profile.frame)
        return Gate(condition, n_obeying, 0, 1) if self._tells(gated) else None

    def _find_presence(self) -> Gate | None:
        """Return the condition that all sources have values, if the formula holds there."""
        gappy = [c for c in self.formula.sources if self.profile.missing(c).any()]
        if not gappy:
            return None
        present = ~np.any([self.profile.missing(c) for c in gappy], axis=0)
        n_breaking = int(self.breaks[present].sum())
        if n_breaking > MAX_DECLARED_VIOLATIONS * present.sum() or not self._tells(present):
            return None
        given: list[Condition] = [Not(IsMissing(column)) for column in gappy]
        n_rows = int((self.obeys & present).sum())
        return Gate(BoolOp.join("and", given), n_rows, n_breaking, len(gappy))

    def _tells(self, gated: Mask) -> bool:
        """Return whether the values that are computed where a gate holds are worth the formula."""
        rows = np.flatnonzero(gated & self.obeys)[:MAX_VALUES]
        counts = np.unique(self.profile.codes(self.formula.dependent)[rows], return_counts=True)[1]
        return len(counts) > 1 and total_entropy(counts) >= self.min_nats

    def _write(self, column: Column, codes: Integers, holds: Mask, *, by_levels: bool) -> Condition:
        if not by_levels:
            return IsMissing(column) if holds[1] else Not(IsMissing(column))
        distinct, first = np.unique(codes, return_index=True)
        return is_one_of(column, write_literals(self.profile, column, first[holds[distinct]]))
