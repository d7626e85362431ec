"""Inputs of a computed cell that is known, made consistent: a total is given, a part is not.

One unknown number of each row is moved until the relation computes what is known, by bisection: no
relation has to know how it is solved. Of all numbers that do, the one with the fewest decimals is
taken, no finer than its column's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from tabgan.encoding.table_encoder import TableEncoder
from tabgan.relations import Relation, RelationSet
from tabgan.schema import Column, ColumnKind, restore_dtype
from tabgan.schema.arrays import Floats, Indices, Mask
from tabgan.schema.column import Name
from tabgan.schema.float_conversion import to_float

GROWTH, MAX_GROWTHS = 4.0, 24  # of the range around a drawn number that is searched
BISECTIONS = 50
MAX_DECIMALS = 9
MOMENT_STEPS = (86_400.0, 3_600.0, 60.0, 1.0, 1e-3, 1e-6)  # seconds
MAX_WIDTH, MAX_SPAN = 1e15, 3e9  # of that range: of numbers, and of moments in seconds
SHARE_OF_RANGE = 0.1  # of a number itself: where the search begins


@dataclass(frozen=True)
class Solver:
    """Makes rows consistent with known cells that relations compute.

    Attributes:
        relations: That are obeyed.
        encoder: Of the learned columns, whose steps solutions keep.
    """

    relations: RelationSet
    encoder: TableEncoder

    def solve(
        self, frame: pd.DataFrame, fixed: Mapping[Name, Mask], unknown: Mapping[Name, Mask]
    ) -> pd.DataFrame:
        """Return whole rows with unknown numbers moved so that fixed cells are what they compute.

        Rows that cannot be solved stay as they are.

        Args:
            frame: Rows; (n_rows, n_columns).
            fixed: Cells that a relation computes and that are known, by column; (n_rows,) each.
            unknown: Cells that may be moved, by column; (n_rows,) each.
        """
        targets = {name: mask.copy() for name, mask in fixed.items()}
        free = {name: mask.copy() for name, mask in unknown.items()}
        for is_settled in (True, True, False, False):  # first what leaves no choice
            for relation in self.relations.relations:
                if is_computed(relation) and relation.dependent.name in targets:
                    frame = self._solve_one(relation, frame, targets, free, is_settled=is_settled)
        return frame

    def _solve_one(
        self,
        relation: Relation,
        frame: pd.DataFrame,
        targets: dict[Name, Mask],
        free: dict[Name, Mask],
        *,
        is_settled: bool,
    ) -> pd.DataFrame:
        """Return rows that one relation does not contradict; what is moved is a target then."""
        sources = self._order_sources(relation)
        count = np.sum([free[column.name] for column in sources], axis=0, dtype=np.int64)
        is_due = targets[relation.dependent.name] & ((count == 1) if is_settled else (count > 0))
        if not is_due.any():
            return frame
        is_due &= relation.find_violations(frame)
        for source in sources:
            rows = np.flatnonzero(is_due & free[source.name])
            if len(rows):
                frame, solved = self.move(relation, frame, source, rows)
                moved = targets.setdefault(source.name, np.zeros(len(frame), bool))
                moved[solved], free[source.name][solved], is_due[solved] = True, False, False
        return frame

    def _order_sources(self, relation: Relation) -> list[Column]:
        """Return the numbers that a relation computes from, those with the finest values first."""
        sources = [column for column in relation.sources if column.kind.is_quantitative]
        return sorted(sources, key=lambda column: column.kind is not ColumnKind.CONTINUOUS)

    def move(
        self,
        relation: Relation,
        frame: pd.DataFrame,
        source: Column,
        rows: Indices,
        *,
        only_unique: bool = False,
    ) -> tuple[pd.DataFrame, Indices]:
        """Return rows with a source moved in some of them, and in which of them that solved it.

        With `only_unique` rows that a neighbouring number solves as well are left as they are.
        """
        names = [relation.dependent.name, *(column.name for column in relation.sources)]
        part = frame[names].iloc[rows].reset_index(drop=True)
        equation = _Equation(relation, part, source)
        values, steps = equation.solve(self._iter_steps(source))
        is_solved = steps > 0
        if only_unique:
            is_solved &= ~equation.find_ambiguous(values, steps)
        cells = frame[source.name]
        solved = rows[is_solved]
        both = pd.concat([cells, values[is_solved]])
        positions = np.arange(len(cells))
        positions[solved] = len(cells) + np.arange(len(solved))
        changed = frame.copy(deep=False)
        changed[source.name] = both.iloc[positions].set_axis(frame.index)
        return changed, solved

    def _iter_steps(self, column: Column) -> list[float]:
        """Return the steps that a solution may stand on, the coarsest first."""
        if column.kind is ColumnKind.DATETIME:
            return list(MOMENT_STEPS)
        if column.kind is ColumnKind.INTEGER:
            return [1.0]
        own = next((e for e in self.encoder.encoders if e.column.name == column.name), None)
        least = float(getattr(own, "step", 0) or 0)
        return [step for d in range(MAX_DECIMALS + 1) if (step := 10.0**-d) >= 0.999 * least]


@dataclass(frozen=True)
class _Equation:
    """A relation in some rows, as an equation of one source: what it computes less what is known.

    Attributes:
        relation: Computes its dependent.
        rows: With the known dependent; (n_rows, n_columns of the relation).
        source: The unknown.
    """

    relation: Relation
    rows: pd.DataFrame
    source: Column

    def excess(self, numbers: Floats) -> Floats:
        """Return by how much the dependent is too large for numbers of the source; (n_rows,)."""
        name = self.relation.dependent.name
        tried = self.rows.drop(columns=[name])
        tried[self.source.name] = self._write(numbers)
        with np.errstate(all="ignore"):
            made = self.relation.restore(tried)[name]
        dependent = self.relation.dependent
        return to_float(made, dependent) - to_float(self.rows[name], dependent)

    def _write(self, numbers: Floats) -> "pd.Series[Any]":
        return restore_dtype(numbers, self.source, self.rows.index)

    def solve(self, grid: list[float]) -> "tuple[pd.Series[Any], Floats]":
        """Return solutions on the coarsest step of a grid, and that step; 0 where there is none."""
        root = self._find_line_root()
        values, steps = self.round(root, grid)
        left = np.flatnonzero((steps == 0) & (self.excess(root) != 0))
        if len(left):
            rest = replace(self, rows=self.rows.iloc[left].reset_index(drop=True))
            found, steps[left] = rest.round(rest.find_root(), grid)
            positions = np.arange(len(values))
            positions[left] = len(values) + np.arange(len(left))
            joined = pd.concat([values, found])
            values = joined.iloc[positions].set_axis(values.index)
        return values, steps

    def _find_line_root(self) -> Floats:
        """Return the roots if the excess is a line of the source, as it is of sums and products."""
        start = np.nan_to_num(to_float(self.rows[self.source.name], self.source))
        is_moment = self.source.kind is ColumnKind.DATETIME
        width = np.full(len(start), MOMENT_STEPS[0]) if is_moment else np.abs(start) + 1.0
        most = MAX_SPAN if is_moment else MAX_WIDTH
        first = self.excess(start)
        with np.errstate(all="ignore"):
            for _ in range(2):  # rounded results say more of the slope from farther away
                slope = (self.excess(start + width) - first) / width
                width = np.nan_to_num(-first / slope, nan=1.0, posinf=1.0, neginf=1.0)
                width = np.where(width == 0, 1.0, np.clip(width, -most, most))
        return np.asarray(start + width * (first != 0))

    def find_root(self) -> Floats:
        """Return where the excess passes 0; (n_rows,), anything where it does not."""
        start = np.nan_to_num(to_float(self.rows[self.source.name], self.source))
        low, high = self._find_ends(start)
        sign = np.where(self.excess(high) >= self.excess(low), 1.0, -1.0)
        ends = [self._bisect(low, high, sign, passed) for passed in (np.greater_equal, np.greater)]
        return np.asarray((ends[0] + ends[1]) / 2)

    def _find_ends(self, start: Floats) -> tuple[Floats, Floats]:
        """Return numbers around the start with an excess on both sides of 0; (n_rows,) each."""
        width, most = np.maximum(np.abs(start) * SHARE_OF_RANGE, 1.0), MAX_WIDTH
        if self.source.kind is ColumnKind.DATETIME:
            width, most = np.full(len(start), MOMENT_STEPS[0]), MAX_SPAN
        low, high = start - width, start + width
        for _ in range(MAX_GROWTHS):
            inside = self.excess(low) * self.excess(high) <= 0
            if inside.all():
                break
            width = np.where(inside, width, np.minimum(width * GROWTH, most))
            low, high = start - width, start + width
        return low, high

    def _bisect(self, low: Floats, high: Floats, sign: Floats, passed: np.ufunc) -> Floats:
        low, high = low.copy(), high.copy()
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            is_past = passed(sign * self.excess(middle), 0)
            low, high = np.where(is_past, low, middle), np.where(is_past, middle, high)
        return high

    def round(self, root: Floats, steps: list[float]) -> "tuple[pd.Series[Any], Floats]":
        """Return roots on the coarsest step that solves the equation, and that step; 0 for none."""
        numbers = to_float(self.rows[self.source.name], self.source)
        chosen = np.zeros(len(root))
        for step in steps:
            decimals = max(0, round(-np.log10(step)))
            rounded = np.round(root / step) * step if step >= 1 else np.round(root, decimals)
            solves = self._is_solved_by(self._write(np.where(chosen > 0, numbers, rounded)))
            solves &= chosen == 0
            numbers, chosen = np.where(solves, rounded, numbers), np.where(solves, step, chosen)
            if (chosen > 0).all():
                break
        return self._write(numbers), chosen

    def find_ambiguous(self, values: "pd.Series[Any]", steps: Floats) -> Mask:
        """Return where a step beside a solution there is another one; (n_rows,)."""
        numbers = to_float(values, self.source)
        sides = [self._is_solved_by(self._write(numbers + side * steps)) for side in (-1, 1)]
        return np.asarray(sides[0] | sides[1])

    def _is_solved_by(self, values: "pd.Series[Any]") -> Mask:
        tried = self.rows.copy(deep=False)
        tried[self.source.name] = values
        return ~self.relation.find_violations(tried)


def is_computed(relation: Relation) -> bool:
    """Return whether a relation computes a number from numbers, with nothing left to learn."""
    if not relation.dependents or not relation.IS_STRICT:
        return False
    if not relation.dependent.kind.is_quantitative:
        return False
    if relation.gives_categories:  # such as the month of a date: many dates solve it
        return False
    return relation.reduced_columns().get(relation.dependent.name, relation.dependent) is None
