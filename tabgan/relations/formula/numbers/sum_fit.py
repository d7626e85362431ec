"""A sum of terms fitted to a column: only what is needed, with few digits, as it is rounded.

>>> from tabgan.relations.formula.numbers.terms import linear
>>> from tabgan.schema.column import Column, ColumnKind
>>> x = Column("x", ColumnKind.INTEGER, "int64")
>>> numbers, own = {x: np.arange(60.0)}, np.floor(np.arange(60.0) / 7)
>>> SumFit(numbers, own, decimals=0, epsilon=1e-16, n_tried=10).fit([linear(x)]).write()
'floor(x / 7)'
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from tabgan.query.expressions import Call, Number, Value
from tabgan.relations.formula.numbers.coefficients import (
    SLACK,
    Coefficients,
    fit_coefficients,
    pays,
    solve,
)
from tabgan.relations.formula.numbers.datetime_terms import SnapshotAge
from tabgan.relations.formula.numbers.regression import Regression
from tabgan.relations.formula.numbers.targets import PLAIN, Cut, Plain, Target
from tabgan.relations.formula.numbers.terms import Numbers, Term
from tabgan.relations.statistics import MIN_ROWS, SIGNIFICANCE_LEVEL, total_entropy
from tabgan.schema.arrays import Floats, Mask

DATE_DIGITS = 8
FEW_DIGITS = 2  # of a sum that needs no cut
MAX_SOLVER_ERROR = 1e-10  # of least squares, relative
SMALL_SLACK = 1.02  # the same without rows that are off by little more
CUT_DIGITS = 3  # that an end takes at which a column is cut off
STEPS = {"floor": 0.5, "ceil": -0.5}  # of the last decimal from what is rounded to what is cut


@dataclass(frozen=True)
class FittedSum:
    """A sum of terms that fits a column.

    Attributes:
        value: As an expression.
        digits: Of its coefficients.
    """

    value: Value
    digits: int


@dataclass(frozen=True)
class SumFit:
    """Rows of a table to which sums of terms are fitted.

    Attributes:
        numbers: Of the columns that terms are made of; (n_rows,) each.
        column: What a sum is to give; (n_rows,).
        decimals: It has so many, or None.
        epsilon: Relative distance of neighbouring floats in its dtype.
        n_tried: Terms that were candidates: the more, the stricter.
        target: The function of the column that the sum is.
    """

    numbers: Numbers
    column: Floats
    decimals: int | None
    epsilon: float
    n_tried: int
    target: Target = PLAIN

    @property
    def step(self) -> float:
        """The distance between neighbouring values of the column; 0 if there is none."""
        return 0.0 if self.decimals is None else float(10.0**-self.decimals)

    @cached_property
    def own(self) -> Floats:
        """What a sum is to be, NaN where the column says nothing of it; (n_rows,)."""
        values = self.target.transform(self.column)
        return np.where(np.isfinite(self.tolerance), values, np.nan)

    @cached_property
    def tolerance(self) -> Floats:
        """How far a sum may be from that; (n_rows,)."""
        written = np.abs(self.column) * 16 * self.epsilon
        if self.decimals is not None:
            written = np.full(len(self.column), 0.5 * self.step * (1 + 1e-9))
        return self.target.spread(self.column, written)

    @cached_property
    def reach(self) -> Floats:
        """How far a least-squares fit of the right terms may be from the column; (n_rows,)."""
        present = np.abs(self.own[~np.isnan(self.own)])
        size = float(present.mean()) if len(present) else 0.0
        return np.asarray(SLACK * self.tolerance + MAX_SOLVER_ERROR * size)

    @cached_property
    def weights(self) -> Floats | None:
        """How much rows count: those that are told best the most; None if all count the same."""
        if isinstance(self.target, Plain | Cut):
            return None
        known = self.tolerance[np.isfinite(self.tolerance) & ~np.isnan(self.own)]
        usual = float(np.median(known)) if len(known) else 1.0
        weights = usual / np.maximum(self.tolerance, usual * 1e-3 + 1e-300)
        return np.where(np.isnan(self.own), 0.0, weights)

    def fit(self, terms: Sequence[Term]) -> Value | None:
        """Return the sum of terms that is the column, cut or with a constant if it has to be."""
        if isinstance(terms[0], SnapshotAge):
            return self._fit_snapshot(terms[0])
        columns = [term.compute(self.numbers) for term in terms]
        regression = Regression.fit(columns, self.own, self.weights)
        if not regression.is_near(self.reach):
            return None
        matrix = np.column_stack(columns)
        plain = self._fit_sum(terms, matrix, regression, 0.0)
        found = [plain]
        is_few = plain is not None and plain.digits <= FEW_DIGITS
        if self.decimals is not None and isinstance(self.target, Plain) and not is_few:
            for function, shift in STEPS.items():
                cut = self._fit_sum(terms, matrix, regression, shift * self.step)
                found.append(cut and replace(cut, value=self._cut(function, cut.value)))
        if not any(found):
            matrix = np.column_stack([matrix, np.ones(len(matrix))])
            found.append(self._fit_sum(terms, matrix, regression, 0.0))
        sums = [fitted for fitted in found if fitted is not None]
        return min(sums, key=lambda fitted: fitted.digits).value if sums else None

    def _fit_snapshot(self, term: SnapshotAge) -> Value | None:
        """Return the age at a fixed day that the column is, if it is worth the day's digits."""
        present = ~np.isnan(self.own)
        if self.decimals is None or present.sum() < MIN_ROWS:
            return None
        own, matrix = self.own[present], np.zeros((int(present.sum()), 1))
        if not pays(matrix, own, self.step, DATE_DIGITS, self.n_tried, np.ones(1, bool)):
            return None
        return term.fit(self.numbers, self.own, self.step)

    def _cut(self, function: str, value: Value) -> Value:
        decimals = (Number(float(self.decimals)),) if self.decimals else ()
        return Call(function, (value, *decimals))

    def _fit_sum(
        self, terms: Sequence[Term], matrix: Floats, regression: Regression, shift: float
    ) -> FittedSum | None:
        """Return the sum of those terms that are needed, if each is worth its digits.

        Args:
            terms: Of the sum.
            matrix: Their values, and a column of ones for a constant; (n_rows, n_terms).
            regression: Of the column on them.
            shift: Of the column, before it is a sum.
        """
        off = np.abs(regression.residual)
        for limit in (self.reach, SMALL_SLACK * self.tolerance):  # rows between may be odd ones
            rows = regression.present & (off <= limit)
            if rows.sum() < max(MIN_ROWS, 2 * len(terms) + 1):
                return None
            found = self._fit_coefficients(matrix, shift, rows)
            if found is not None:
                break
        else:
            return None
        values = [*found.values.tolist(), 0.0]
        pairs = zip(values, terms, strict=False)  # a constant may follow
        summands = [(factor, term) for factor, term in pairs if factor]
        if not summands:
            return None
        return FittedSum(self.target.write(summands, values[len(terms)]), found.digits)

    def _fit_coefficients(self, matrix: Floats, shift: float, rows: Mask) -> Coefficients | None:
        """Return the coefficients of terms in some rows, 0 for those that are not needed."""
        terms, own, tolerance = matrix[rows], self.own[rows] + shift, self.tolerance[rows]
        weights = None if self.weights is None else self.weights[rows]
        kept = _eliminate(terms, own, tolerance, weights)
        found = fit_coefficients(terms[:, kept], own, tolerance, weights)
        if found is None or not self._pays(terms[:, kept], own, found.digits):
            return None
        values = np.zeros(matrix.shape[1])
        values[kept] = found.values
        return replace(found, values=values)

    def _pays(self, matrix: Floats, own: Floats, digits: int) -> bool:
        """Return whether each term is worth its digits, and where the column is cut off, too."""
        step = self.step
        if not isinstance(self.target, Plain | Cut):
            step = 2 * float(np.median(self.tolerance[np.isfinite(self.tolerance)]))
        terms = np.arange(matrix.shape[1])
        return self._cut_pays() and all(
            pays(matrix, own, step, digits, self.n_tried, terms == index)
            for index in terms
            if np.ptp(matrix[:, index]) > 0
        )

    def _cut_pays(self) -> bool:
        """Return whether which rows are cut off says more than the end at which they are."""
        if not isinstance(self.target, Cut):
            return True
        given = self.column[~np.isnan(self.column)]
        ends = [end for end in (self.target.low, self.target.high) if end is not None]
        cost = CUT_DIGITS * np.log(10) + np.log(self.n_tried / SIGNIFICANCE_LEVEL)
        counts = [int((given == end).sum()) for end in ends]
        saved = [total_entropy(np.array([count, len(given) - count])) for count in counts]
        return all(nats > cost for nats in saved)


def _eliminate(matrix: Floats, own: Floats, tolerance: Floats, weights: Floats | None) -> Mask:
    """Return which terms are needed: all others are dropped, one by one; (n_terms,)."""
    kept = np.ones(matrix.shape[1], bool)
    limit = SLACK * tolerance + MAX_SOLVER_ERROR * np.abs(own).mean()
    for index in range(matrix.shape[1]):
        if kept.sum() == 1:
            break
        kept[index] = False
        found = solve(matrix[:, kept], own, weights)
        if found is None or np.any(np.abs(matrix[:, kept] @ found - own) > limit):
            kept[index] = True
    return kept
