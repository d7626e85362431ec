"""The fewest terms, and digits of their coefficients, that leave hardly more of a column.

>>> from tabgan.relations.formula.numbers.terms import linear
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
from tabgan.relations.formula.numbers.coefficients import KNOWN, Coefficients, iter_rounded
from tabgan.relations.formula.numbers.regression import Regression
from tabgan.relations.formula.numbers.sums import write_sum
from tabgan.relations.formula.numbers.terms import Difference, Numbers, Term, is_linear
from tabgan.schema.arrays import Floats, Mask

MAX_DIGITS = 3  # of a coefficient
MAX_LOST = 0.03  # nats a row that a term may be worth and is left out
MAX_ROUNDED = 0.01  # nats a row that more digits may be worth and are left out
MAX_COVERED = 0.2  # share of all coefficients that would be taken for one of as few digits
PART_NATS = 0.03  # that each term, and each digit, has to be worth
MAX_CONSTANT = 0.5  # nats a row that a constant may be worth and is left to be learned
MIN_PRESENT = 0.8  # share of a column's rows in which there has to be a result


@dataclass(frozen=True)
class NearResult:
    """An expression that is nearly a column.

    Attributes:
        expression: That.
        digits: Of each of its coefficients.
        n_terms: A constant among them.
        nats: What it leaves of the column, as `measure_size` has it, on average.
        usual: The median of that.
    """

    expression: Value
    digits: int
    n_terms: int
    nats: float
    usual: float

    @property
    def n_parts(self) -> int:
        """Terms and digits."""
        return self.n_terms + self.digits

    @property
    def cost(self) -> float:
        """What it leaves of the column, and the nats that its terms and digits have to be worth."""
        return self.nats + PART_NATS * self.n_parts


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

    What is left is learned, a constant among it: that is only written where it is large beside the
    rest.

    Args:
        terms: Of the sum.
        numbers: Of the columns that terms are made of; (n_rows,) each.
        own: The column; (n_rows,).
        unit: Half the distance between its values.
    """
    if not terms:
        return None
    matrix = np.column_stack([term.compute(numbers) for term in terms])
    present = ~np.isnan(own) & ~np.isnan(matrix).any(axis=1)
    if present.sum() < MIN_PRESENT * np.count_nonzero(~np.isnan(own)):
        return None
    matrix, own = matrix[present], own[present]
    kept = _eliminate(matrix, own, unit)
    matrix, terms = matrix[:, kept], [terms[index] for index in np.flatnonzero(kept).tolist()]
    values = _fit(matrix, own)
    limit = _measure(matrix, values, own, unit) + MAX_ROUNDED
    for rounded in iter_rounded(values):
        nats = _measure(matrix, rounded.values, own, unit)
        if nats <= limit or rounded.digits > MAX_DIGITS:
            break
    left = own - matrix @ rounded.values
    if rounded.digits > MAX_DIGITS or not _is_plain(terms, rounded, matrix, left):
        return None
    usual = float(np.median(measure_size(left - np.median(left), unit)))
    constant = _find_constant(left, unit, nats)
    summands = list(map(_turn, rounded.values.tolist(), terms))
    n_terms = len(terms) + (constant != 0)
    return NearResult(write_sum(summands, constant), rounded.digits, n_terms, nats, usual)


def _is_plain(terms: Sequence[Term], rounded: Coefficients, matrix: Floats, left: Floats) -> bool:
    """Return whether coefficients are not what merely correlated columns may have by chance.

    Those of several terms are 1, 10, 100 ... or units of time. That of one column is so plain that
    few others would be taken for one of as few digits. That of a product may be any.

    Args:
        terms: Of the sum.
        rounded: Their coefficients.
        matrix: Their values; (n_rows, n_terms).
        left: What the sum leaves; (n_rows,).
    """
    sizes = np.abs(rounded.values)
    if not sizes.all():
        return False
    if len(terms) > 1:
        powers = 10.0 ** np.rint(np.log10(sizes))
        return bool(np.all(np.isclose(sizes, powers) | np.isin(sizes, 1 / np.array(KNOWN))))
    if not is_linear(terms[0]):
        return True
    spreads = [np.subtract(*np.quantile(values, (0.75, 0.25))) for values in (left, matrix[:, 0])]
    spacing = 10.0 ** (np.floor(np.log10(sizes[0])) - rounded.digits + 1)
    taken = 2 * np.sqrt(2 * MAX_ROUNDED) * spreads[0]
    return bool(taken <= MAX_COVERED * spacing * spreads[1])


def _turn(factor: float, term: Term) -> tuple[float, Term]:
    """Return `end - start` rather than `start - end` times a factor below 0."""
    if factor < 0 and isinstance(term, Difference):
        return -factor, Difference(term.start, term.end)
    return factor, term


def _fit(matrix: Floats, own: Floats) -> Floats:
    """Return the coefficients of terms beside a constant; (n_terms,)."""
    return Regression.fit(matrix.T, own).coefficients[:-1]


def _measure(matrix: Floats, values: Floats, own: Floats, unit: float) -> float:
    """Return the mean nats of what a sum leaves of a column beside its median."""
    left = own - matrix @ values
    return float(measure_size(left - np.median(left), unit).mean())


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


def _find_constant(left: Floats, unit: float, nats: float) -> float:
    """Return what is always left, with few digits; 0 if it is not large beside what varies."""
    if measure_size(left, unit).mean() <= nats + MAX_CONSTANT:
        return 0.0
    median = float(np.median(left))
    rounded = (float(f"{median:.{digits}e}") for digits in range(MAX_DIGITS))
    near = (c for c in rounded if measure_size(left - c, unit).mean() <= nats + MAX_CONSTANT / 5)
    return next(near, 0.0)
