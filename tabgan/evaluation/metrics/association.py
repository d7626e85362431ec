"""How strongly every two columns of a table belong together, in one matrix.

Two numbers: Pearson's correlation, -1 to 1, over the rows that hold both. Two categories: Cramér's
V, 0 to 1 (Cramér 1946). A number and a category: the correlation ratio, 0 to 1 (Fisher 1925): the
root of the share of the number's variance that lies between the categories. A gap in a categorical
column is a category of its own. All pairs are found at once, by products of matrices.
"""

import numpy as np
from numpy.typing import NDArray

MAX_CATEGORIES = 30  # of a column; rarer ones share the last
Matrix = NDArray[np.float64]


def associations(table: Matrix, categorical: NDArray[np.bool_]) -> Matrix:
    """Return the association of every two columns.

    Args:
        table: Shape (rows, columns); NaN is a gap, categories are codes.
        categorical: Which columns are codes, shape (columns,).

    Returns:
        Shape (columns, columns), symmetric; 1 for a column with itself, NaN where one of two does
        not vary.

    >>> ages = np.array([20.0, 30, 40, 50])
    >>> table = np.column_stack([ages, -ages, ages > 30])
    >>> associations(table, np.array([False, False, True])).round(2)
    array([[ 1.  , -1.  ,  0.89],
           [-1.  ,  1.  ,  0.89],
           [ 0.89,  0.89,  1.  ]])
    """
    numbers, codes = np.flatnonzero(~categorical), np.flatnonzero(categorical)
    known = ~np.isnan(table[:, numbers])
    scaled = _scale(table[:, numbers], known)
    flags, starts = _encode_one_hot(table[:, codes])
    found = np.empty((table.shape[1],) * 2)
    with np.errstate(invalid="ignore", divide="ignore"):  # what does not vary becomes NaN
        found[np.ix_(numbers, numbers)] = _correlations(scaled, known.astype(float))
        if len(codes):
            ratios = _correlation_ratios(scaled, known.astype(float), flags, starts)
            found[np.ix_(numbers, codes)] = ratios
            found[np.ix_(codes, numbers)] = ratios.T
            found[np.ix_(codes, codes)] = _cramers(flags, starts)
    np.fill_diagonal(found, 1.0)
    return found


def correlations(table: Matrix) -> Matrix:
    """Return Pearson's correlations of numbers, (rows, columns), over the rows that hold both.

    Shape (columns, columns); NaN where rounding errors leave too little to tell.

    >>> correlations(np.column_stack([np.arange(4.0), -np.arange(4.0), np.ones(4)])).round(2)[0]
    array([ 1., -1., nan])
    """
    known = ~np.isnan(table)
    with np.errstate(all="ignore"):
        return _correlations(_scale(table, known), known.astype(float))


def _scale(numbers: Matrix, known: NDArray[np.bool_]) -> Matrix:
    """Return numbers with mean 0 and standard deviation 1, gaps and constants as 0."""
    count = np.maximum(known.sum(axis=0), 1)
    centred = np.where(known, numbers, 0.0)
    centred = np.where(known, centred - centred.sum(axis=0) / count, 0.0)
    spread = np.sqrt((centred**2).sum(axis=0) / count)
    largest = np.abs(np.where(known, numbers, 0.0)).max(axis=0, initial=0.0)
    varies = spread > 1e-12 * largest
    return np.where(varies, centred / np.where(varies, spread, 1.0), 0.0)


def _encode_one_hot(codes: Matrix) -> tuple[Matrix, NDArray[np.int64]]:
    """Return one column of zeros and ones a category, and where each column's categories begin."""
    blocks = []
    for values in codes.T:
        _, code, counts = np.unique(values, return_inverse=True, return_counts=True)
        rank = np.argsort(np.argsort(-counts, kind="stable"))
        kept = np.minimum(rank[code], MAX_CATEGORIES - 1)
        blocks.append(np.eye(kept.max() + 1)[kept])
    if not blocks:
        return np.empty((len(codes), 0)), np.empty(0, dtype=np.int64)
    starts = np.cumsum([0, *(block.shape[1] for block in blocks[:-1])])
    return np.hstack(blocks), starts


def _correlations(scaled: Matrix, known: Matrix) -> Matrix:
    """Return Pearson's correlations over the rows that hold both, shape (numbers, numbers)."""
    count, sums, squares = known.T @ known, scaled.T @ known, (scaled**2).T @ known
    covariance = scaled.T @ scaled - sums * sums.T / count
    variance = squares - sums**2 / count
    variance[variance < 1e-9 * count] = np.nan
    return np.clip(covariance / np.sqrt(variance * variance.T), -1, 1)


def _correlation_ratios(
    scaled: Matrix, known: Matrix, flags: Matrix, starts: NDArray[np.int64]
) -> Matrix:
    """Return the root of the variance's share between categories, shape (numbers, codes)."""
    counts, sums = known.T @ flags, scaled.T @ flags
    means = np.where(counts > 0, sums**2 / np.maximum(counts, 1), 0.0)
    total = (scaled**2).sum(axis=0)[:, None]
    total[total == 0] = np.nan
    ratios = np.sqrt(np.clip(np.add.reduceat(means, starts, axis=1) / total, 0, 1))
    several = np.add.reduceat((counts > 0).astype(int), starts, axis=1) > 1
    return np.where(several, ratios, np.nan)


def _cramers(flags: Matrix, starts: NDArray[np.int64]) -> Matrix:
    """Return Cramér's V of every two categorical columns, shape (codes, codes)."""
    joint = flags.T @ flags
    counts = np.diag(joint)
    parts = np.add.reduceat(joint**2 / np.outer(counts, counts), starts, axis=0)
    excess = np.clip(np.add.reduceat(parts, starts, axis=1) - 1, 0, None)
    sizes = np.diff(np.append(starts, len(counts)))
    strength: Matrix = np.sqrt(excess / (np.minimum.outer(sizes, sizes) - 1))
    return np.minimum(strength, 1.0)
