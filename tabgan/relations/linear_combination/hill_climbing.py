"""Hill climbing from columns to signed sums of less and less variance, all of a table at once.

That is stepwise regression with coefficients of 1 and -1 only: in each step every sum takes in or
leaves out the column that takes most of its variance away.

>>> x = np.random.default_rng(0).normal(size=(99, 2))
>>> data = np.column_stack([x, x.sum(axis=1)])
>>> [signs.tolist() for signs, dependent in hill_climb(np.cov(data.T), np.array([2]))][-1][0]
[-1, -1, 1]
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tabgan.schema.arrays import Floats, Integers

Signs = npt.NDArray[np.int8]  # (n_columns,), 0 for columns that have no part

MAX_TERMS = 6  # beside the dependent
MAX_STARTS = 5  # first terms that are tried for every dependent
MAX_MOVES = 12
MIN_GAIN = 1e-12  # of the dependent's variance; less is rounding
MAX_COEFFICIENT_ERROR = 0.25  # of a regression's coefficient that is taken for 1, -1 or 0
RIDGE = 1e-9


def hill_climb(gram: Floats, dependents: Integers) -> Iterator[tuple[Signs, Integers]]:
    """Yield the sums after each move, until none loses variance any more.

    Args:
        gram: Covariances of columns; (k, k).
        dependents: Numbers of the columns to start from, which keep the sign 1; (n,).

    Yields:
        Signs of the sums, (n_sums, k), and their dependents, (n_sums,).
    """
    variances = np.diag(gram)
    signs, dependent = _initial_signs(gram, dependents)
    for _ in range(MAX_MOVES):
        if not len(signs):
            return
        yield signs, dependent
        covariances = signs.astype(np.float64) @ gram
        gains = _find_gains(signs, covariances, variances, dependent)
        best = gains.argmax(axis=1)
        rows = np.arange(len(signs))
        moving = gains[rows, best] > MIN_GAIN * variances[dependent]
        rows, best = rows[moving], best[moving]
        moved = np.where(signs[rows, best] == 0, -np.sign(covariances[rows, best]), 0)
        signs, dependent = signs[moving], dependent[moving]
        signs[np.arange(len(signs)), best] = moved


def _find_gains(
    signs: Signs, covariances: Floats, variances: Floats, dependent: Integers
) -> Floats:
    """Return how much variance taking each column in, or leaving it out, takes away; (n_sums, k).

    Args:
        signs: Of the sums; (n_sums, k).
        covariances: Of the sums with columns; (n_sums, k).
        variances: Of the columns; (k,).
        dependent: The column of each sum that stays; (n_sums,).
    """
    gains = np.where(signs == 0, 2 * np.abs(covariances), 2 * signs * covariances) - variances
    is_full = np.count_nonzero(signs, axis=1) > MAX_TERMS
    gains[is_full[:, None] & (signs == 0)] = -np.inf
    gains[np.arange(len(gains)), dependent] = -np.inf
    return np.asarray(gains)


def _initial_signs(gram: Floats, dependents: Integers) -> tuple[Signs, Integers]:
    """Return the sums to start from: of two columns, and what a regression suggests.

    Args:
        gram: Covariances of columns; (k, k).
        dependents: Numbers of some of them; (n,).

    Returns:
        Signs, (n_sums, k), and dependents, (n_sums,).
    """
    alone = np.zeros((len(dependents), len(gram)), np.int8)
    alone[np.arange(len(dependents)), dependents] = 1
    gains = _find_gains(alone, gram[dependents], np.diag(gram), dependents)
    other = np.argsort(-gains, axis=1, kind="stable")[:, :MAX_STARTS].ravel()
    rows = np.repeat(np.arange(len(dependents)), len(other) // len(dependents))
    is_gain = gains[rows, other] > 0
    rows, other = rows[is_gain], other[is_gain]
    pairs = alone[rows]
    pairs[np.arange(len(pairs)), other] = -np.sign(gram[dependents[rows], other])
    fitted = _regress_signs(gram, dependents)
    is_short = np.isin(np.count_nonzero(fitted, axis=1), np.arange(2, MAX_TERMS + 2))
    return np.concatenate([pairs, fitted[is_short]]), np.concatenate(
        [dependents[rows], dependents[is_short]]
    )


def _regress_signs(gram: Floats, dependents: Integers) -> Signs:
    """Return the coefficients near 1 or -1 of ridge regressions on all other columns; (n, k)."""
    deviations = np.sqrt(np.diag(gram))
    deviations[deviations == 0] = 1
    inverse = np.linalg.inv(gram / deviations / deviations[:, None] + RIDGE * np.eye(len(gram)))
    coefficients = (
        inverse[dependents]
        / inverse[dependents, dependents][:, None]
        * deviations[dependents][:, None]
        / deviations
    )
    rounded = np.rint(coefficients)
    rounded[(np.abs(coefficients - rounded) > MAX_COEFFICIENT_ERROR) | (np.abs(rounded) > 1)] = 0
    rounded[np.arange(len(dependents)), dependents] = 1
    return rounded.astype(np.int8)
