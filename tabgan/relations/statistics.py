"""When a relation counts as found: the thresholds of every kind, and statistics that kinds share.

Candidates are sought on a sample and tested on all rows. A candidate is significant when columns
that have nothing to do with each other would show it with a probability below `SIGNIFICANCE_LEVEL`,
shared out among all candidates that were tried (Bonferroni).

>>> correlate(np.array([[1.0, -2.0], [2.0, -4.0], [3.0, -6.0]])).round(6).tolist()
[[1.0, 1.0], [1.0, 1.0]]
>>> round(float(total_entropy(np.array([2, 2])) / np.log(2)), 6)
4.0
"""

import numpy as np
import scipy

from tabgan.schema.arrays import Floats, Integers

SAMPLE_ROWS = 5_000  # on which candidates are sought
MIN_ROWS = 20  # of a table, or of two columns without gaps: fewer rows show everything by chance
SIGNIFICANCE_LEVEL = 1e-9
NEIGHBOUR_LEVEL = 1e-6  # of a category being as the others are that come nearest to it
MAX_VIOLATIONS = 1 / 1_000  # share of rows that may break a relation that is offered, not kept
MAX_SAMPLE_VIOLATIONS = 2 * MAX_VIOLATIONS  # the same on a sample, which may have more by chance
MAX_DECLARED_VIOLATIONS = 0.01  # share of rows that may break a declared one; they are left out
MAX_ODD_SHARE = 0.25  # of the rows that have not the commonest value, in which a fact shows
SPREAD_LEVEL = 0.01  # of so many odd rows standing in one category by chance


def total_entropy(counts: Integers) -> float:
    """Return the entropy of n values, in nats, times n.

    Args:
        counts: Rows of each distinct value, none of them 0; (n_distinct,).
    """
    return float((counts * np.log(counts.sum() / counts)).sum())


def are_accidents(odd: Integers, counts: Integers, n_commonest: int) -> bool:
    """Return whether a few odd rows are what accidents would make of a fact that holds otherwise.

    They are few beside the rows in which the fact shows, and no category has most of them: a
    category that lies on both sides of what truly decides does.

    >>> counts = np.array([500, 300, 200])
    >>> [are_accidents(np.array(odd), counts, 600) for odd in ([4, 3, 1], [0, 0, 9])]
    [True, False]

    Args:
        odd: Rows of each category of a source that are not as most of it are; (n_categories,).
        counts: All its rows; (n_categories,).
        n_commonest: Rows with the commonest value of what it decides.
    """
    n_odd, n_rows = int(odd.sum()), int(counts.sum())
    if n_odd > min(MAX_DECLARED_VIOLATIONS * n_rows, MAX_ODD_SHARE * (n_rows - n_commonest)):
        return False
    expected = counts * (n_odd / n_rows)
    by_chance = 1 - scipy.special.gammaincc(
        np.maximum(odd, 1), expected
    )  # of so many or more, Poisson
    is_heap = (odd > n_odd / 2) & (counts < n_rows / 2)
    return not is_heap.any() and bool((by_chance[odd > 0] >= SPREAD_LEVEL).all())


def correlate(values: Floats) -> Floats:
    """Return the absolute correlations of columns; (n, k) to (k, k); gaps count as the mean."""
    with np.errstate(all="ignore"):
        scaled = values / np.fmax.reduce(np.abs(values), axis=0)
        present = ~np.isnan(scaled)
        means = np.nansum(scaled, axis=0) / present.sum(axis=0)
        centred = np.where(present, scaled - means, 0.0)
        centred /= np.sqrt((centred**2).sum(axis=0))
    centred = np.nan_to_num(centred, nan=0.0, posinf=0.0, neginf=0.0)
    return np.asarray(np.abs(centred.T @ centred))


def correlate_present(values: Floats) -> Floats:
    """Return the absolute correlations of columns where both have values; (n, k) to (k, k).

    Those of fewer than `MIN_ROWS` such rows are 0.

    >>> nan, rising = np.nan, np.arange(40.0)
    >>> gappy = np.where(rising % 3 == 0, nan, -rising)
    >>> float(correlate_present(np.column_stack([rising, gappy]))[0, 1].round(6))
    1.0
    """
    present = ~np.isnan(values)
    if present.all():
        return correlate(values)
    with np.errstate(all="ignore"):
        scaled = values / np.fmax.reduce(np.abs(values), axis=0)
        weights = present.astype(np.float64)
        means = np.where(present, scaled, 0.0).sum(axis=0) / weights.sum(axis=0)
        scaled = np.where(present, scaled - means, 0.0)
        n_rows = weights.T @ weights
        sums = scaled.T @ weights  # of one column where the other has values
        squares = (scaled**2).T @ weights - sums**2 / n_rows
        products = scaled.T @ scaled - sums * sums.T / n_rows
        correlations = np.abs(products) / np.sqrt(squares * squares.T)
    found = np.nan_to_num(correlations, nan=0.0, posinf=0.0, neginf=0.0)
    return np.asarray(np.where(n_rows >= MIN_ROWS, found, 0.0))
