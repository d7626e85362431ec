"""The fewest terms, and the fewest digits of their coefficients, that leave hardly more of a column.

>>> from tabgan.relations.formula.terms import linear
>>> from tabgan.schema.column import Column, ColumnKind
>>> x, y = (Column(name, ColumnKind.CONTINUOUS, "float64") for name in "xy")
>>> numbers = dict(zip((x, y), np.random.default_rng(0).normal(size=(2, 900)), strict=True))
>>> own = 0.7 * numbers[x] + 20 + np.random.default_rng(1).normal(size=900) / 50
>>> simplify([linear(x), linear(y)], numbers, own, unit=0.005).expression.write()
'0.7 * x + 20'
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tabgan.query.expressions import Value
from tabgan.relations.formula.coefficients import iter_rounded
from tabgan.relations.formula.regression import Regression
from tabgan.relations.formula.sums import write_sum
from tabgan.relations.formula.terms import Numbers, Term
from tabgan.schema.arrays import Floats, Mask

MAX_DIGITS = 4  # of a coefficient
MAX_LOST = 0.03  # nats a row that a term, or more digits, may be worth and are left out
MIN_PRESENT = 0.8  # share of a column's rows in which there has to be a result


@dataclass(frozen=True)
class NearResult:
    """An expression that is nearly a column.

    Attributes:
        expression: That.
        digits: Of each of its coefficients.
        n_terms: The constant among them.
        nats: What it leaves of the column, as `measure_size` has it.
    """

    expression: Value
    digits: int
    n_terms: int
    nats: float

    @property
    def n_parts(self) -> int:
        """Terms and digits."""
        return self.n_terms + self.digits


def measure_size(left: Floats, unit: float) -> Floats:
    """Return the nats that it takes to say what is left of numbers, up to a constant; (n_rows,).

    That is the logarithm of its size: the length of a universal code, which presumes no scale.

    Args:
        left: What is left; (n_rows,).
        unit: What is too small to be told.
    """
    return np.asarray(np.log(np.abs(left) + unit))


def simplify(
    terms: Sequence[Term], numbers: Numbers, own: Floats, unit: float
) -> NearResult | None:
    """Return the simplest sum of terms that is as near a column as all of them; None if none is.

    Args:
        terms: Of the sum; a constant is added.
        numbers: Of the columns that terms are made of; (n_rows,) each.
        own: The column; (n_rows,).
        unit: Half the distance between its values.
    """
    columns = [term.compute(numbers) for term in terms]
    present = ~np.isnan(own) & ~np.isnan(np.column_stack(columns)).any(axis=1)
    if present.sum() < MIN_PRESENT * np.count_nonzero(~np.isnan(own)):
        return None
    matrix = np.column_stack([*columns, np.ones(len(own))])[present]
    given = own[present]
    kept = _eliminate(matrix, given, unit)
    if not kept[:-1].any():
        return None
    values = _fit(matrix[:, kept], given)
    limit = _measure(matrix[:, kept], values, given, unit) + MAX_LOST
    for rounded in iter_rounded(values):
        if rounded.digits > MAX_DIGITS:
            return None
        nats = _measure(matrix[:, kept], rounded.values, given, unit)
        if nats <= limit:
            break
    pairs = list(zip(rounded.values.tolist(), np.flatnonzero(kept).tolist(), strict=True))
    summands = [(factor, terms[index]) for factor, index in pairs if index < len(terms) and factor]
    constant = sum(factor for factor, index in pairs if index == len(terms))
    if not summands:
        return None
    return NearResult(write_sum(summands, constant), rounded.digits, int(kept.sum()), nats)


def _fit(matrix: Floats, own: Floats) -> Floats:
    """Return coefficients of terms, a constant being one if it is there; (n_terms,)."""
    is_constant = np.ptp(matrix[:, -1]) == 0
    if is_constant:
        return Regression.fit(matrix[:, :-1].T, own).coefficients
    scale = np.abs(matrix).max(axis=0)
    rows = np.ones(len(own), bool)
    for _ in range(2):  # without the rows that are farthest off
        values = np.linalg.lstsq((matrix / scale)[rows], own[rows], rcond=1e-12)[0] / scale
        sizes = np.abs(own - matrix @ values)
        rows = sizes <= np.quantile(sizes, 0.98)
    return np.asarray(values)


def _measure(matrix: Floats, values: Floats, own: Floats, unit: float) -> float:
    return float(measure_size(own - matrix @ values, unit).mean())


def _eliminate(matrix: Floats, own: Floats, unit: float) -> Mask:
    """Return which terms are needed: all others are dropped, one by one; (n_terms,)."""
    kept = np.ones(matrix.shape[1], bool)
    best = _measure(matrix, _fit(matrix, own), own, unit)
    while kept.sum() > 1:
        without = {}
        for index in np.flatnonzero(kept).tolist():
            kept[index] = False
            without[index] = _measure(matrix[:, kept], _fit(matrix[:, kept], own), own, unit)
            kept[index] = True
        index = min(without, key=lambda each: without[each])
        if without[index] > best + MAX_LOST:
            break
        kept[index] = False
    return kept
