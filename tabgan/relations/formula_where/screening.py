"""Which columns the others nearly decide in some rows, but not in all: by least squares at once.

What is left of a column that is regressed on all others is the reciprocal of the diagonal of the
inverse correlation matrix. A formula makes that small for each of its columns: of sums as they are,
of products and powers by their logarithms; of sums of products for these as well.

>>> x, y, z, u = np.random.default_rng(0).uniform(1, 9, size=(4, 200))
>>> is_sum = np.arange(200) % 2 == 0
>>> screening = Screening(np.column_stack([x, y, z, np.where(is_sum, 2 * x + y, u)]))
>>> sorted(screening.find_decided(is_sum).tolist())
[0, 1, 3]
"""

import numpy as np

from tabgan.relations.statistics import MIN_ROWS
from tabgan.schema.arrays import Floats, Integers, Mask

MAX_UNEXPLAINED = 0.02  # share of a column's variance: roundings, months of several lengths
MAX_RATIO = 0.5  # to that share in all rows
RIDGE = 1e-9
MIN_DEVIATION = 1e-12  # relative, of what is no constant
MIN_SPARE = 15  # rows more than columns
MAX_PRODUCT_COLUMNS = 12
MAX_DECIDED = 8  # columns, those of least that is unexplained
SCREEN_ROWS, SCREEN_ROWS_PER_COLUMN = 300, 3


class Screening:
    """The numbers of a sample, and how much the columns decide each other in all of its rows.

    Args:
        values: (n_rows, n_columns), NaN where missing.
    """

    def __init__(self, values: Floats) -> None:
        n_columns = values.shape[1]
        first, second = np.triu_indices(n_columns, 1)
        if n_columns > MAX_PRODUCT_COLUMNS:
            first, second = first[:0], second[:0]
        self.values, self._factors = values, (first, second)
        columns = np.arange(n_columns)
        # of each share that is left unexplained, the one or two columns that it is about
        self._owners = np.stack(
            [
                np.concatenate([columns, columns, columns, first]),
                np.concatenate([columns, columns, columns, second]),
            ]
        )
        self._reference = self._find_unexplained(np.ones(len(values), bool))

    def find_decided(self, mask: Mask) -> Integers:
        """Return the numbers of columns that follow from others in some rows, and less so in all.

        Args:
            mask: The rows; (n_rows,).
        """
        unexplained = self._find_unexplained(mask)
        ratios = unexplained / np.maximum(self._reference, 1e-300)
        found = np.flatnonzero((unexplained < MAX_UNEXPLAINED) & (ratios < MAX_RATIO))
        best = found[np.argsort(ratios[found], kind="stable")]
        owners = self._owners[:, best].T.ravel()
        return np.asarray(list(dict.fromkeys(owners.tolist()))[:MAX_DECIDED], np.int64)

    def _find_unexplained(self, mask: Mask) -> Floats:
        """Return the share of variance that is left of columns, logarithms, and with products."""
        if not self.values.shape[1]:
            return np.zeros(0)
        rows = np.flatnonzero(mask)
        n_screened = SCREEN_ROWS + SCREEN_ROWS_PER_COLUMN * self.values.shape[1]
        values = self.values[rows[:: -(-len(rows) // n_screened)]]
        with np.errstate(all="ignore"):
            logarithms = np.log(values)
        logarithms[:, (values <= 0).any(axis=0)] = np.nan
        standardized = _standardize(values)
        first, second = self._factors
        products = np.column_stack([standardized, standardized[:, first] * standardized[:, second]])
        return np.concatenate(list(map(_regress, (values, logarithms, products))))


def _regress(values: Floats) -> Floats:
    """Return the share of each column that is no sum of the others, of rows without gaps; (n,)."""
    unexplained = np.ones(values.shape[1])
    chosen, rows = _choose_complete(values)
    if len(chosen) < 2:
        return unexplained
    standardized = _standardize(values[np.ix_(rows, chosen)])
    matrix = standardized.T @ standardized / len(rows) + RIDGE * np.eye(len(chosen))
    varies = np.ptp(standardized, axis=0) > 0
    unexplained[chosen] = np.where(varies, 1.0 / np.diag(np.linalg.inv(matrix)), 1.0)
    return unexplained


def _choose_complete(values: Floats) -> tuple[Integers, Integers]:
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
    given = np.where(present, values, 0.0)
    with np.errstate(all="ignore"):
        scaled = given / np.abs(given).max(axis=0)
        centred = np.where(present, scaled - scaled.sum(axis=0) / n_rows, 0.0)
        deviations = np.sqrt((centred**2).sum(axis=0) / n_rows)
        standardized = np.where(deviations > MIN_DEVIATION, centred / deviations, 0.0)
    return np.where(present, standardized, np.nan)
