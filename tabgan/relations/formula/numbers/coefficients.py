"""Coefficients of a formula: least squares, then the fewest digits that fit every row.

>>> x = np.arange(1.0, 60.0)[:, None]
>>> fit_coefficients(x, np.round(0.7 * x[:, 0], 1), np.full(59, 0.05)).values.tolist()
[0.7]
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import scipy

from tabgan.relations.statistics import SIGNIFICANCE_LEVEL, total_entropy
from tabgan.schema.arrays import Floats, Mask

MAX_DIGITS = 16  # of a coefficient
MAX_CENTRED = 4  # coefficients that are sought by linear programming
SLACK = 1.3  # times the tolerance that a least-squares fit may be away
KNOWN = (60, 3_600, 86_400, 604_800)  # seconds: units of time
YEARS = (31_557_600, 31_536_000)  # of 365.25 and of 365 days
MAX_KNOWN_ERROR = 0.05
DIGIT_NATS = float(np.log(10))


@dataclass(frozen=True)
class Coefficients:
    """The coefficients of a sum of terms, with the digits that they take.

    Attributes:
        values: (n_terms,).
        digits: Significant ones.
    """

    values: Floats
    digits: int


def fit_coefficients(
    terms: Floats, own: Floats, tolerance: Floats, weights: Floats | None = None
) -> Coefficients | None:
    """Return coefficients by which a sum of terms is a column in every row; None if there are none.

    Args:
        terms: (n_rows, n_terms), without gaps.
        own: The column; (n_rows,).
        tolerance: How far the sum may be from it in each row; (n_rows,).
        weights: How much each row counts; (n_rows,); all the same when None.
    """
    values = solve(terms, own, weights)
    if values is None:
        return None
    found = _find_digits(values, terms, own, tolerance)
    if found is None and terms.shape[1] <= MAX_CENTRED:
        centre = _solve_centre(terms, own, tolerance)
        found = None if centre is None else _find_digits(centre, terms, own, tolerance)
    return found


def _find_digits(
    values: Floats, terms: Floats, own: Floats, tolerance: Floats
) -> Coefficients | None:
    """Return coefficients rounded to the fewest digits that fit every row; None if none do."""
    for rounded in iter_rounded(values):
        error = np.abs(terms @ rounded.values - own)
        if np.all(error <= tolerance + _noise(terms * rounded.values)):
            return rounded
    return None


def iter_rounded(values: Floats) -> Iterator[Coefficients]:
    """Yield coefficients, (n_terms,), rounded to few digits first."""
    for digits in range(1, MAX_DIGITS + 1):
        for round_ in (*ROUND_KNOWN, _round, _round_reciprocal):
            yield Coefficients(round_(values, digits), digits)


def _solve_centre(terms: Floats, own: Floats, tolerance: Floats) -> Floats | None:
    """Return the coefficients that are farthest from breaking any row: Chebyshev's fit; (n_terms,).

    Least squares is a little off them where a column is rounded, more than a coefficient of many
    digits may be.
    """
    if not np.all(tolerance > 0):
        return None
    scale = np.abs(terms).max(axis=0)
    with np.errstate(all="ignore"):
        scaled, middle = terms / scale / tolerance[:, None], own / tolerance
    if not (np.isfinite(scaled).all() and np.isfinite(middle).all()):
        return None
    ones = -np.ones((len(own), 1))
    above, below = np.hstack([scaled, ones]), np.hstack([-scaled, ones])
    goal = np.append(np.zeros(terms.shape[1]), 1.0)
    bounds = [(None, None)] * terms.shape[1] + [(0, None)]
    found = scipy.optimize.linprog(
        goal, np.vstack([above, below]), np.concatenate([middle, -middle]), bounds=bounds
    )
    return np.asarray(found.x[:-1] / scale) if found.status == 0 else None


def solve(terms: Floats, own: Floats, weights: Floats | None = None) -> Floats | None:
    """Return the least-squares coefficients; (n_terms,); None if they are not unique."""
    if weights is not None:
        terms, own = terms * weights[:, None], own * weights
    scale = np.abs(terms).max(axis=0)
    if not np.all(scale > 0):
        return None
    found, _, rank, _ = np.linalg.lstsq(terms / scale, own, rcond=1e-12)
    values = np.asarray(found / scale)
    return values if rank == terms.shape[1] and np.isfinite(values).all() else None


def _noise(terms: Floats) -> Floats:
    """Return the rounding error of a sum of terms; (n_rows,)."""
    return np.asarray(np.abs(terms).sum(axis=1) * 8 * np.finfo(np.float64).eps)


def _round(values: Floats, digits: int) -> Floats:
    return np.array([float(f"{value:.{digits - 1}e}") for value in values])


def _round_known(values: Floats, digits: int, units: Sequence[int] = KNOWN) -> Floats:
    """Return coefficients that turn seconds into a unit of time as that, others rounded."""
    rounded = _round(values, digits)
    for unit in units:
        rounded[np.abs(values * unit - 1) < MAX_KNOWN_ERROR] = 1 / unit
    return rounded


ROUND_KNOWN: tuple[Callable[[Floats, int], Floats], ...] = (
    _round_known,
    *(partial(_round_known, units=(year, round(year / 12))) for year in YEARS),
)


def _round_reciprocal(values: Floats, digits: int) -> Floats:
    """Return 1 / n for the coefficients below 1, with n of so many digits; others rounded."""
    with np.errstate(divide="ignore"):
        inverse = np.where((np.abs(values) < 1) & (values != 0), 1 / values, np.inf)
    rounded = _round(values, digits)
    is_small = np.isfinite(inverse)
    rounded[is_small] = 1 / _round(inverse[is_small], digits)
    return rounded


def pays(
    terms: Floats, own: Floats, step: float, digits: int, n_tried: int, replaced: Mask
) -> bool:
    """Return whether terms save more nats than they take: minimum description length.

    What they save is the entropy of what the other terms leave of the column, in its own steps.

    Args:
        terms: All of the formula, the constant among them; (n_rows, n_terms).
        own: The column; (n_rows,).
        step: Between its values; 0 if it has none.
        digits: Of each coefficient.
        n_tried: Terms that were candidates.
        replaced: The terms that have to pay; (n_terms,).
    """
    rest = terms[:, ~replaced]
    left = own
    if rest.shape[1]:
        fitted = np.linalg.lstsq(rest, own, rcond=1e-12)[0]
        left = own - rest @ fitted
    spread = float(np.ptp(left))
    unit = step or spread / 2**20
    if spread <= unit or unit == 0:
        return False
    counts = np.unique(np.rint(left / unit), return_counts=True)[1]
    cost = int(replaced.sum()) * (np.log(n_tried) + digits * DIGIT_NATS)
    return bool(total_entropy(counts) > cost + np.log(1 / SIGNIFICANCE_LEVEL))
