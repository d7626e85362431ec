"""Least squares that a few odd rows do not spoil.

>>> x = np.arange(100.0)
>>> y = np.where(x == 7, 1e6, 3 * x + 1)
>>> regression = Regression.fit([x], y)
>>> regression.coefficients.round(6).tolist(), int((np.abs(regression.residual) > 1e-6).sum())
([3.0, 1.0], 1)
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np

from tabgan.schema.arrays import Floats, Mask

MAX_ODD = 0.02  # share of rows
N_TRIMS = 3
MIN_ODD = 3.0  # times what rows are off as a rule


@dataclass(frozen=True)
class Regression:
    """A sum of terms and a constant, fitted to a column.

    Attributes:
        coefficients: The constant's last; (n_terms + 1,).
        residual: What they leave, 0 in rows with a gap; (n_rows,).
        present: Rows without gaps; (n_rows,).
    """

    coefficients: Floats
    residual: Floats
    present: Mask

    @classmethod
    def fit(cls, terms: Iterable[Floats], own: Floats, weights: Floats | None = None) -> Self:
        """Fit least trimmed squares: rows that are farthest off are left out, if that helps.

        Args:
            terms: (n_rows,) each, NaN where missing.
            own: The column; (n_rows,).
            weights: How much each row counts; (n_rows,); all the same when None.
        """
        values = np.column_stack([*terms, np.ones(len(own))])
        present = ~np.isnan(own) & ~np.isnan(values).any(axis=1)
        values, given = values[present], own[present]
        weight = np.ones(len(given)) if weights is None else weights[present]
        values, given = values * weight[:, None], given * weight
        scale = np.abs(values).max(axis=0, initial=1e-300)
        kept = np.ones(len(given), bool)
        residual, found = np.zeros(len(own)), np.zeros(values.shape[1])
        for _ in range(N_TRIMS if len(given) else 0):
            found = np.linalg.lstsq(values[kept] / scale, given[kept], rcond=1e-12)[0]
            left = given - (values / scale) @ found
            residual[present] = left / weight
            sizes = np.abs(left)
            usual = _find_usual(sizes)
            if sizes.max() <= MIN_ODD * usual:
                break
            kept = sizes <= usual
        return cls(np.asarray(found / scale), residual, np.asarray(present))

    def measure(self, weights: Floats | None) -> float:
        """Return the sum of squares of what is left, without the rows that are farthest off."""
        left = np.abs(self.residual if weights is None else self.residual * weights)
        return float((np.minimum(left, _find_usual(left)) ** 2).sum())

    def is_near(self, tolerance: Floats) -> bool:
        """Return whether nearly all rows are within a tolerance; (n_rows,)."""
        n_present = np.count_nonzero(self.present)
        n_odd = np.count_nonzero(np.abs(self.residual) > tolerance)
        return bool(n_present > 0 and n_odd <= MAX_ODD * n_present)


def _find_usual(sizes: Floats) -> float:
    """Return what nearly all sizes, of shape (n,), are no larger than."""
    index = int((1 - MAX_ODD) * (len(sizes) - 1))
    return float(np.partition(sizes, index)[index])
