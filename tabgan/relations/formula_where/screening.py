"""Which columns the others nearly decide in some rows, but not in all: by least squares at once.

What is left of a column that is regressed on all others is the reciprocal of the diagonal of the
inverse correlation matrix. A formula makes that small for each of its columns: of sums as they are,
of products and powers by their logarithms; of sums of products for these as well.

>>> x, y, z, u = np.random.default_rng(0).uniform(1, 9, size=(4, 200))
>>> is_sum = np.arange(200) % 2 == 0
>>> screening = Screening(np.column_stack([x, y, z, np.where(is_sum, 2 * x + y, u)]))
>>> sorted(screening.find_decided(is_sum).columns)
[0, 1, 3]
"""

from dataclasses import dataclass

import numpy as np

from tabgan.relations.statistics import MIN_ROWS
from tabgan.schema.arrays import Floats, Integers, Mask

MAX_UNEXPLAINED = 0.02  # share of a column's variance: roundings, months of several lengths
MAX_RATIO = 0.5  # to that share in all rows
MIN_PARTIAL = 0.5  # partial correlation of a column with a term of its formula
RIDGE = 1e-9
MIN_DEVIATION = 1e-12  # relative, of what is no constant
MIN_SPARE = 15  # rows more than columns
MAX_PRODUCT_COLUMNS = 12
MAX_DECIDED = 8  # columns, those of least that is unexplained
SCREEN_ROWS, SCREEN_ROWS_PER_COLUMN = 300, 3


@dataclass(frozen=True)
class Regressions:
    """Each term regressed on all others.

    Attributes:
        unexplained: Share of its variance that is left; (n_terms,).
        partial: Partial correlations, without signs; (n_terms, n_terms).
        share: Of rows without gaps.
    """

    unexplained: Floats
    partial: Floats
    share: float = 0.0

    @classmethod
    def fit(cls, values: Floats) -> "Regressions":
        """Return them for the rows without gaps; (n_rows, n_terms)."""
        n_terms = values.shape[1]
        unexplained, partial = np.ones(n_terms), np.zeros((n_terms, n_terms))
        chosen, rows = _choose_complete(values)
        if len(chosen) < 2:
            return cls(unexplained, partial)
        standardized = _standardize(values[np.ix_(rows, chosen)])
        matrix = standardized.T @ standardized / len(rows) + RIDGE * np.eye(len(chosen))
        inverse = np.linalg.inv(matrix)
        precision = np.diag(inverse)
        varies = np.ptp(standardized, axis=0) > 0
        unexplained[chosen] = np.where(varies, 1.0 / precision, 1.0)
        partial[np.ix_(chosen, chosen)] = np.abs(inverse / np.sqrt(np.outer(precision, precision)))
        return cls(unexplained, partial, len(rows) / len(values))


@dataclass(frozen=True)
class DecidedColumns:
    """Columns that nearly follow from each other in some rows.

    Attributes:
        columns: Their numbers: each that follows, and what it follows from.
        ratio: What is left unexplained of the best of them, to what is in all rows.
    """

    columns: tuple[int, ...]
    ratio: float


class Screening:
    """The numbers of a sample, and how much the columns decide each other in all of its rows.

    Args:
        values: (n_rows, n_columns), NaN where missing.
    """

    def __init__(self, values: Floats) -> None:
        self.values, self.n_columns = values, values.shape[1]
        first, second = np.triu_indices(self.n_columns, 1)
        if self.n_columns > MAX_PRODUCT_COLUMNS:
            first, second = first[:0], second[:0]
        columns = np.arange(self.n_columns)
        self._factors = first, second
        # of each term, the one or two columns that it is made of
        self._owners = np.stack([np.append(columns, first), np.append(columns, second)])
        # what others lack in some rows, they do not decide there
        self._reference = [
            each.share * each.unexplained + 1.0 - each.share
            for each in self._regress(np.ones(len(values), bool))
        ]

    def find_decided(self, mask: Mask) -> "DecidedColumns | None":
        """Return what follows from others in some rows, and less so in all; None if nothing does.

        Args:
            mask: The rows; (n_rows,).
        """
        found: list[tuple[float, list[int]]] = []
        for regressions, all_rows in zip(self._regress(mask), self._reference, strict=True):
            unexplained = regressions.unexplained[: self.n_columns]
            ratios = unexplained / np.maximum(all_rows[: self.n_columns], 1e-300)
            for column in np.flatnonzero((unexplained < MAX_UNEXPLAINED) & (ratios < MAX_RATIO)):
                terms = np.flatnonzero(regressions.partial[column] > MIN_PARTIAL)
                owners = np.unique(self._owners[:, terms]).tolist()
                if len(owners) > 1:
                    found.append((float(ratios[column]), owners))
        if not found:
            return None
        columns = [column for _, owners in sorted(found) for column in owners]
        return DecidedColumns(tuple(dict.fromkeys(columns))[:MAX_DECIDED], min(found)[0])

    def _regress(self, mask: Mask) -> tuple[Regressions, ...]:
        """Return regressions of columns, of their logarithms, and with products."""
        rows = np.flatnonzero(mask)
        n_screened = SCREEN_ROWS + SCREEN_ROWS_PER_COLUMN * self.n_columns
        values = self.values[rows[:: -(-len(rows) // n_screened)]]
        with np.errstate(all="ignore"):
            logarithms = np.log(values)
        logarithms[:, (values <= 0).any(axis=0)] = np.nan
        standardized = _standardize(values)
        first, second = self._factors
        products = np.column_stack([standardized, standardized[:, first] * standardized[:, second]])
        has_products = len(first) > 0
        return tuple(map(Regressions.fit, (values, logarithms, *[products] * has_products)))


def _choose_complete(values: Floats) -> tuple[Integers, Integers]:
    """Return columns, those of most gaps left out, and the rows in which all have values."""
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
