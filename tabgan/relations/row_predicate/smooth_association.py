"""Whether two columns of categories merely rise and fall together, so that some pairs are rare.

As for the polychoric correlation (Pearson 1900, Olsson 1979), each column is taken for the bins of
a normal variable, and the two for correlated. The bins' order is that of the first axis of
correspondence analysis. Where the counts fit that, a pair that is never seen is merely far out.

>>> noise = np.random.default_rng(0).normal(size=(3, 2000))
>>> x, y = (np.digitize(noise[0] + noise[i], [-2, -1, 1, 2]) for i in (1, 2))
>>> counts = np.zeros((5, 5), np.int64)
>>> np.add.at(counts, (x, y), 1)
>>> is_smooth(counts), is_smooth(np.array([[50, 50, 50], [0, 70, 0], [125, 0, 0]]))
(True, False)
"""

import numpy as np
import scipy

from tabgan.relations.statistics import NEIGHBOUR_LEVEL
from tabgan.schema.arrays import Floats, Integers

MERE_CORRELATION = 0.7  # of columns that nobody would call a fact
MAX_CORRELATION = 0.98  # more is no mere correlation
MIN_UNSEEN = 7.0  # rows that pairs which are never seen would have, were the columns correlated
N_NODES = 32  # per bin, at which the density is averaged
MIN_EXPECTED = 1.0  # rows in a pair of bins by itself; those of fewer are tested together


def is_smooth(counts: Integers) -> bool:
    """Return whether counts of pairs of categories, (n, m), are those of correlated normal bins."""
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if min(counts.shape) < 2:
        return False
    ordered = _order(counts).astype(np.float64)

    def loss(correlation: float) -> float:
        expected = expect_normal(ordered, correlation)
        return -float((ordered * np.log(np.maximum(expected, 1e-300))).sum())

    best = scipy.optimize.minimize_scalar(loss, bounds=(0.0, 1.0 - 1e-6), method="bounded").x
    return bool(best < MAX_CORRELATION) and _fits(ordered, expect_normal(ordered, best))


def are_missed(counts: Integers) -> bool:
    """Return whether enough rows would have the pairs that are never seen, were all correlated.

    >>> are_missed(np.array([[0, 500], [500, 500]])), are_missed(np.array([[0, 275], [95, 392]]))
    (True, False)

    Args:
        counts: Rows of each pair of categories; (n, m).
    """
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    ordered = _order(counts).astype(np.float64)
    expected = expect_normal(ordered, MERE_CORRELATION)[ordered == 0].sum()
    return bool(expected > MIN_UNSEEN)


def _order(counts: Integers) -> Integers:
    """Return the counts with rows and columns along the first axis of correspondence analysis."""
    n_rows = counts.sum()
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / n_rows
    left, _, right = np.linalg.svd((counts - expected) / np.sqrt(expected))
    rows = np.argsort(left[:, 0] / np.sqrt(counts.sum(axis=1)), kind="stable")
    columns = np.argsort(right[0] / np.sqrt(counts.sum(axis=0)), kind="stable")
    return counts[rows][:, columns]


def expect_normal(counts: Floats, correlation: float) -> Floats:
    """Return the counts, (n, m), that bins of correlated normals of these margins have."""
    n_rows = counts.sum()
    ends = np.cumsum(counts.sum(axis=1)) / n_rows
    starts = np.concatenate([[0.0], ends[:-1]])
    nodes = (np.arange(N_NODES) + 0.5) / N_NODES
    x = scipy.special.ndtri(starts[:, np.newaxis] + (ends - starts)[:, np.newaxis] * nodes)
    cuts = scipy.special.ndtri(np.minimum(np.cumsum(counts.sum(axis=0)) / n_rows, 1.0))
    z = (cuts - correlation * x[..., np.newaxis]) / np.sqrt(1 - correlation**2)
    shares = np.diff(scipy.special.ndtr(z).mean(axis=1), prepend=0.0, axis=1)
    return np.asarray(counts.sum(axis=1)[:, np.newaxis] * shares)


def _fits(counts: Floats, expected: Floats) -> bool:
    """Return whether Pearson's test finds no difference between counts and what is expected."""
    is_own = expected >= MIN_EXPECTED
    seen, due = counts[is_own], expected[is_own]
    rest = counts[~is_own].sum(), max(float(expected[~is_own].sum()), MIN_EXPECTED)
    statistic = float(((seen - due) ** 2 / due).sum() + (rest[0] - rest[1]) ** 2 / rest[1])
    freedom = max(1, (counts.shape[0] - 1) * (counts.shape[1] - 1) - 1)
    return bool(scipy.stats.chi2.sf(statistic, freedom) > NEIGHBOUR_LEVEL)
