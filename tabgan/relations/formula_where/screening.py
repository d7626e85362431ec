"""Which columns the others nearly decide in some rows, by linear least squares of all at once.

What is left of a column that is regressed on all others is the reciprocal of the diagonal of the
inverse correlation matrix. A formula makes that small for each of its columns: of sums as they are,
of products and powers by their logarithms.

>>> x, y, z = np.random.default_rng(0).uniform(1, 9, size=(3, 200))
>>> find_decided(np.column_stack([x, y, z, 2 * x + y])).tolist()
[True, True, False, True]
>>> find_decided(np.column_stack([x, y, z, x / y])).tolist()
[True, True, False, True]
"""

import numpy as np

from tabgan.relations.statistics import MIN_ROWS
from tabgan.schema.arrays import Floats, Mask

MAX_UNEXPLAINED = 0.02  # share of a column's variance: roundings, months of several lengths
RIDGE = 1e-9
MIN_DEVIATION = 1e-12  # relative, of what is no constant
MIN_SPARE = 15  # rows more than columns
MAX_PRODUCT_COLUMNS = 12


def find_decided(values: Floats) -> Mask:
    """Return which columns nearly follow from the others, each linearly or as a product.

    Args:
        values: (n_rows, n_columns), NaN where missing.

    Returns:
        (n_columns,).
    """
    decided = _find_linear(values)
    with np.errstate(all="ignore"):
        logarithms = np.log(values)
    logarithms[:, (values <= 0).any(axis=0)] = np.nan
    decided |= _find_linear(logarithms)
    n_columns = values.shape[1]
    if 3 <= n_columns <= MAX_PRODUCT_COLUMNS:
        decided |= _find_products(values)
    return decided


def _find_products(values: Floats) -> Mask:
    """Return which columns, or factors of which products, are nearly a sum of such; (n_columns,)."""
    n_columns = values.shape[1]
    first, second = np.triu_indices(n_columns, 1)
    centred = _standardize(values)
    terms = np.column_stack([centred, centred[:, first] * centred[:, second]])
    found = _find_linear(terms)
    decided = found[:n_columns].copy()
    decided[first[found[n_columns:]]] = True
    decided[second[found[n_columns:]]] = True
    return decided


def _find_linear(values: Floats) -> Mask:
    """Return which columns are nearly sums of the others, in rows without gaps; (n_columns,)."""
    decided = np.zeros(values.shape[1], bool)
    chosen, rows = _choose_complete(values)
    if len(chosen) < 2:
        return decided
    standardized = _standardize(values[np.ix_(rows, chosen)])
    matrix = standardized.T @ standardized / len(rows) + RIDGE * np.eye(len(chosen))
    with np.errstate(all="ignore"):
        unexplained = 1.0 / np.diag(np.linalg.inv(matrix))
    decided[chosen] = (unexplained < MAX_UNEXPLAINED) & (np.ptp(standardized, axis=0) > 0)
    return decided


def _choose_complete(values: Floats) -> tuple[Floats, Floats]:
    """Return columns, those of most gaps left out, and the rows in which all of them have values."""
    present = np.isfinite(values)
    order = np.argsort(-present.sum(axis=0), kind="stable")
    complete = np.logical_and.accumulate(present[:, order], axis=1).sum(axis=0)
    n_needed = np.maximum(np.arange(1, len(order) + 1) + MIN_SPARE, MIN_ROWS)
    enough = np.flatnonzero(complete >= n_needed)
    chosen = np.sort(order[: enough[-1] + 1]) if len(enough) else order[:0]
    return chosen, np.flatnonzero(present[:, chosen].all(axis=1))


def _standardize(values: Floats) -> Floats:
    """Return columns with mean 0 and variance 1, gaps as they are; constants as 0."""
    present = np.isfinite(values)
    n_rows = np.maximum(present.sum(axis=0), 1)
    with np.errstate(all="ignore"):
        scaled = np.where(present, values, 0.0) / np.abs(np.where(present, values, 0.0)).max(axis=0)
        centred = np.where(present, scaled - scaled.sum(axis=0) / n_rows, 0.0)
        deviations = np.sqrt((centred**2).sum(axis=0) / n_rows)
        standardized = np.where(deviations > MIN_DEVIATION, centred / deviations, 0.0)
    return np.where(present, standardized, np.nan)
