"""A sum of terms fitted to a column: only what is needed, with few digits, as it is rounded.

>>> from tabgan.relations.formula.terms import linear
>>> from tabgan.schema.column import Column, ColumnKind
>>> x = Column("x", ColumnKind.INTEGER, "int64")
>>> numbers, own = {x: np.arange(60.0)}, np.floor(np.arange(60.0) / 7)
>>> SumFit(numbers, own, decimals=0, epsilon=1e-16, n_tried=10).fit([linear(x)]).write()
'floor(x / 7)'
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tabgan.query.expressions import Call, Value
from tabgan.relations.formula.coefficients import SLACK, fit_coefficients, pays, solve
from tabgan.relations.formula.datetime_terms import SnapshotAge
from tabgan.relations.formula.regression import Regression
from tabgan.relations.formula.terms import Numbers, Term, write_sum
from tabgan.relations.statistics import MIN_ROWS
from tabgan.schema.arrays import Floats, Mask

DATE_DIGITS = 8
MAX_SOLVER_ERROR = 1e-10  # of least squares, relative


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
        own: The column that a sum is to be; (n_rows,).
        decimals: It has so many, or None.
        epsilon: Relative distance of neighbouring floats in its dtype.
        n_tried: Terms that were candidates: the more, the stricter.
    """

    numbers: Numbers
    own: Floats
    decimals: int | None
    epsilon: float
    n_tried: int

    @property
    def tolerance(self) -> Floats:
        """How far a sum may be from the column; (n_rows,)."""
        if self.decimals is not None:
            return np.full(len(self.own), 0.5 * 10.0**-self.decimals * (1 + 1e-9))
        return np.abs(self.own) * 16 * self.epsilon

    @property
    def reach(self) -> Floats:
        """How far a least-squares fit of the right terms may be from the column; (n_rows,)."""
        size = np.abs(self.own[~np.isnan(self.own)]).mean() if len(self.own) else 0.0
        return np.asarray(SLACK * self.tolerance + MAX_SOLVER_ERROR * size)

    def fit(self, terms: Sequence[Term]) -> Value | None:
        """Return the sum of terms that is the column, cut or with a constant if it has to be."""
        if isinstance(terms[0], SnapshotAge):
            return self._fit_snapshot(terms[0])
        found = [self._fit_sum(terms, 0.0)]
        if self.decimals == 0:
            cut = self._fit_sum(terms, 0.5)
            found.append(cut and replace(cut, value=Call("floor", (cut.value,))))
        if found[0] is None:
            found.append(self._fit_sum(terms, 0.0, with_constant=True))
        sums = [fitted for fitted in found if fitted is not None]
        return min(sums, key=lambda fitted: fitted.digits).value if sums else None

    def _fit_snapshot(self, term: SnapshotAge) -> Value | None:
        """Return the age at a fixed day that the column is, if it is worth the day's digits."""
        present = ~np.isnan(self.own)
        if self.decimals is None or present.sum() < MIN_ROWS:
            return None
        own, step = self.own[present], float(10.0**-self.decimals)
        matrix = np.zeros((len(own), 1))
        if not pays(matrix, own, step, DATE_DIGITS, self.n_tried, np.ones(1, bool)):
            return None
        return term.fit(self.numbers, self.own, step)

    def _fit_sum(
        self, terms: Sequence[Term], shift: float, *, with_constant: bool = False
    ) -> FittedSum | None:
        """Return the sum of those terms that are needed, if each is worth its digits."""
        columns = [term.compute(self.numbers) for term in terms]
        present = self._find_near(columns, shift)
        if present.sum() < max(MIN_ROWS, 2 * len(terms) + 1):
            return None
        ones = [np.ones(len(self.own))] if with_constant else []
        matrix, own = np.column_stack([*columns, *ones])[present], self.own[present] + shift
        tolerance = self.tolerance[present]
        kept = _eliminate(matrix, own, tolerance)
        found = fit_coefficients(matrix[:, kept], own, tolerance)
        if found is None or not self._pays(matrix[:, kept], own, found.digits):
            return None
        coefficients = np.zeros(len(terms) + 1)
        coefficients[: matrix.shape[1]][kept] = found.values
        *factors, constant = coefficients.tolist()
        summands = [(factor, term) for factor, term in zip(factors, terms, strict=True) if factor]
        return FittedSum(write_sum(summands, constant), found.digits) if summands else None

    def _find_near(self, columns: Sequence[Floats], shift: float) -> Mask:
        """Return the rows without gaps that a sum comes near, which are most or none; (n_rows,)."""
        regression = Regression.fit(columns, self.own + shift)
        if not regression.is_near(self.reach):
            return np.zeros(len(self.own), bool)
        return np.asarray(regression.present & (np.abs(regression.residual) <= self.reach))

    def _pays(self, matrix: Floats, own: Floats, digits: int) -> bool:
        """Return whether each term is worth its digits."""
        step = 0.0 if self.decimals is None else float(10.0**-self.decimals)
        terms = np.arange(matrix.shape[1])
        return all(
            pays(matrix, own, step, digits, self.n_tried, terms == index)
            for index in terms
            if np.ptp(matrix[:, index]) > 0
        )


def _eliminate(matrix: Floats, own: Floats, tolerance: Floats) -> Mask:
    """Return which terms are needed: all others are dropped, one by one; (n_terms,)."""
    kept = np.ones(matrix.shape[1], bool)
    limit = SLACK * tolerance + MAX_SOLVER_ERROR * np.abs(own).mean()
    for index in range(matrix.shape[1]):
        if kept.sum() == 1:
            break
        kept[index] = False
        found = solve(matrix[:, kept], own)
        if found is None or np.any(np.abs(matrix[:, kept] @ found - own) > limit):
            kept[index] = True
    return kept
