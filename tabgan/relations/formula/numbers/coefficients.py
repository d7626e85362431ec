"""Coefficients of a formula: least squares, then the fewest digits that fit every row.

>>> x = np.arange(1.0, 60.0)[:, None]
>>> fit_coefficients(x, np.round(0.7 * x[:, 0], 1), np.full(59, 0.05)).values.tolist()
[0.7]
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
import scipy

from tabgan.relations.statistics import SIGNIFICANCE_LEVEL, total_entropy
from tabgan.schema.arrays import Floats, Mask

MAX_DIGITS = 16  # of a coefficient
MAX_CENTRED = 4  # coefficients that are sought by linear programming
N_ENDS = 30  # rows of the greatest and of the least rest, which are fitted first
SOLVER_SLACK = 1e-6
SLACK = 1.3  # times the tolerance that a least-squares fit may be away
KNOWN = (60, 3_600, 86_400, 604_800)  # seconds: units of time
YEARS = (31_557_600, 31_536_000)  # of 365.25 and of 365 days
UNITS = (KNOWN, *((year, round(year / 12)) for year in YEARS))  # and months
MAX_KNOWN_ERROR = 0.05
GLANCE_ROWS, GLANCE_NOISE = 40, 1e-14  # in which most coefficients do not fit
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
    candidates = list(iter_rounded(values))
    for rounded in compress(candidates, _may_fit(candidates, terms, own, tolerance)):
        error = np.abs(terms @ rounded.values - own)
        if np.all(error <= tolerance + _noise(terms * rounded.values)):
            return rounded
    return None


def _may_fit(
    candidates: Sequence[Coefficients], terms: Floats, own: Floats, tolerance: Floats
) -> Mask:
    """Return which coefficients fit a few rows, all of them at once; (n_candidates,)."""
    rows = np.linspace(0, len(own) - 1, min(GLANCE_ROWS, len(own))).astype(np.int64)
    taken, matrix = terms[rows], np.stack([each.values for each in candidates], axis=1)
    error = np.abs(taken @ matrix - own[rows, None])
    noise = np.abs(taken) @ np.abs(matrix) * GLANCE_NOISE
    return np.asarray(~(error > tolerance[rows, None] + noise).any(axis=0))


def iter_rounded(values: Floats) -> Iterator[Coefficients]:
    """Yield coefficients, (n_terms,), rounded to few digits first."""
    seen: set[bytes] = set()
    known = {each.tobytes(): each for each in (_find_known(values, units) for units in UNITS)}
    for digits in range(1, MAX_DIGITS + 1):
        plain = _round(values, digits)
        as_units = [np.where(np.isnan(each), plain, each) for each in known.values()]
        for rounded in (*as_units, plain, _round_reciprocal(values, plain, digits)):
            if rounded.tobytes() not in seen:
                seen.add(rounded.tobytes())
                yield Coefficients(rounded, digits)


def _solve_centre(terms: Floats, own: Floats, tolerance: Floats) -> Floats | None:
    """Return the coefficients that are farthest from breaking any row: Chebyshev's fit; (n_terms,).

    Least squares is a little off them where a column is rounded, more than a coefficient of many
    digits may be. None if no coefficients fit every row; the rows at either end show most of that.
    """
    if not np.all(tolerance > 0):
        return None
    scale = np.abs(terms).max(axis=0)
    with np.errstate(all="ignore"):
        scaled, middle = terms / scale / tolerance[:, None], own / tolerance
    if not (np.isfinite(scaled).all() and np.isfinite(middle).all()):
        return None
    order = np.argsort(middle - scaled @ np.linalg.lstsq(scaled, middle, rcond=None)[0])
    ends = np.concatenate([order[:N_ENDS], order[-N_ENDS:]])
    for rows in (ends, slice(None)) if len(own) > 2 * N_ENDS else (slice(None),):
        found = _minimize_greatest(scaled[rows], middle[rows])
        if found is None:
            return None
    return np.asarray(found / scale)


def _minimize_greatest(terms: Floats, own: Floats) -> Floats | None:
    """Return the coefficients of the least greatest error; (n_terms,); None if it exceeds 1."""
    n_rows, n_terms = terms.shape
    ones = -np.ones((n_rows, 1))
    above, below = np.hstack([terms, ones]), np.hstack([-terms, ones])
    goal = np.append(np.zeros(n_terms), 1.0)
    bounds = [(None, None)] * n_terms + [(0, None)]
    limits = np.concatenate([own, -own])
    found = scipy.optimize.linprog(goal, np.vstack([above, below]), limits, bounds=bounds)
    is_near = found.status == 0 and found.x[-1] <= 1 + SOLVER_SLACK
    return np.asarray(found.x[:-1]) if is_near else None


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


def _find_known(values: Floats, units: Sequence[int]) -> Floats:
    """Return the coefficients that turn seconds into a unit of time, NaN for others; (n_terms,)."""
    known = np.full(len(values), np.nan)
    for unit in units:
        known[np.abs(values * unit - 1) < MAX_KNOWN_ERROR] = 1 / unit
    return known


def _round_reciprocal(values: Floats, rounded: Floats, digits: int) -> Floats:
    """Return 1 / n for the coefficients below 1, with n of so many digits; others rounded."""
    is_small = (np.abs(values) < 1) & (values != 0)
    if not is_small.any():
        return rounded
    with np.errstate(divide="ignore", over="ignore"):
        inverse = 1 / values[is_small]
    reciprocal = rounded.copy()
    reciprocal[is_small] = np.where(
        np.isfinite(inverse), 1 / _round(inverse, digits), rounded[is_small]
    )
    return reciprocal


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
