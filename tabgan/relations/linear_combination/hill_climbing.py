"""Walks from columns to signed sums of less and less variance, all of a table at once.

>>> x = np.random.default_rng(0).normal(size=(99, 2))
>>> data = np.column_stack([x, x.sum(axis=1)])
>>> [signs.tolist() for signs, index in hill_climb(np.cov(data.T), np.array([2]))][-1][0]
[-1, -1, 1]
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tabgan.schema.arrays import Floats, Integers

Signs = npt.NDArray[np.int8]  # (n_columns,), 0 for columns that have no part

MAX_TERMS = 6
STARTS = 5  # first moves that are tried from every column
MAX_MOVES = 12
MIN_GAIN = 1e-12  # of the column's variance; less is rounding
NEAR_WHOLE = 0.25
RIDGE = 1e-9


def hill_climb(gram: Floats, own: Integers) -> Iterator[tuple[Signs, Integers]]:
    """Walk from columns to signed sums of less and less variance, all at once.

    Args:
        gram: Covariances, (k, k).
        own: The columns to start from, (n,); they keep the sign 1.

    Yields:
        Signs after each move, (n_walks, k), and the columns they started from, (n_walks,).
    """
    spread = np.diag(gram)
    signs, index = _start(gram, own)
    for _ in range(MAX_MOVES):
        if not len(signs):
            return
        yield signs, index
        pull = signs.astype(np.float64) @ gram
        gains = _find_gains(signs, pull, spread, index)
        best = gains.argmax(axis=1)
        walks = np.arange(len(signs))
        moving = gains[walks, best] > MIN_GAIN * spread[index]
        walks, best = walks[moving], best[moving]
        turned = np.where(signs[walks, best] == 0, -np.sign(pull[walks, best]), 0)
        signs, index = signs[moving], index[moving]
        signs[np.arange(len(signs)), best] = turned


def _find_gains(signs: Signs, pull: Floats, spread: Floats, index: Integers) -> Floats:
    """Return how much variance each column's coming or going takes away; (n_walks, k)."""
    gains = np.where(signs == 0, 2 * np.abs(pull), 2 * signs * pull) - spread
    is_full = np.count_nonzero(signs, axis=1) > MAX_TERMS
    gains[is_full[:, None] & (signs == 0)] = -np.inf
    gains[np.arange(len(gains)), index] = -np.inf
    return np.asarray(gains)


def _start(gram: Floats, own: Integers) -> tuple[Signs, Integers]:
    """Return sums of two columns, the most promising for each, and what a regression suggests."""
    alone = np.zeros((len(own), len(gram)), np.int8)
    alone[np.arange(len(own)), own] = 1
    gains = _find_gains(alone, gram[own], np.diag(gram), own)
    other = np.argsort(-gains, axis=1, kind="stable")[:, :STARTS].ravel()
    walks = np.repeat(np.arange(len(own)), len(other) // len(own))
    is_gain = gains[walks, other] > 0
    walks, other = walks[is_gain], other[is_gain]
    pairs = alone[walks]
    pairs[np.arange(len(pairs)), other] = -np.sign(gram[own[walks], other])
    fitted = _regress(gram, own)
    is_short = np.isin(np.count_nonzero(fitted, axis=1), np.arange(2, MAX_TERMS + 2))
    return np.concatenate([pairs, fitted[is_short]]), np.concatenate([own[walks], own[is_short]])


def _regress(gram: Floats, own: Integers) -> Signs:
    """Return the signs of all columns that a regression of one on all others has near 1 or -1."""
    sizes = np.sqrt(np.diag(gram))
    sizes[sizes == 0] = 1
    inverse = np.linalg.inv(gram / sizes / sizes[:, None] + RIDGE * np.eye(len(gram)))
    factors = inverse[own] / inverse[own, own][:, None] * sizes[own][:, None] / sizes
    near = np.rint(factors)
    near[(np.abs(factors - near) > NEAR_WHOLE) | (np.abs(near) > 1)] = 0
    near[np.arange(len(own)), own] = 1
    return near.astype(np.int8)
