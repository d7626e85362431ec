"""Columns without their means, and how they correlate with others where both have values.

>>> x = np.arange(8.0)
>>> columns, others = (Standardized.of(values) for values in (np.stack([x, x**2], 1), x[:, None]))
>>> columns.correlate(others).round(3).tolist()
[[1.0], [0.962]]
>>> bool(np.abs(columns.correlate_quickly(others) - columns.correlate(others)).max() < QUICK_ERROR)
True
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tabgan.schema.arrays import Floats, Integers, Mask

QUICK_ERROR = 1e-4  # that single precision makes, at the most
MIN_SQUARES = 1e-20  # share of a column's squares in the rows that another has, which it tells

Singles = NDArray[np.float32]


@dataclass(frozen=True)
class Standardized:
    """Columns less their means.

    Attributes:
        values: 0 where missing; (n_rows, n_columns).
        present: Where they are not; the same shape.
    """

    values: Floats
    present: Mask

    @classmethod
    def of(cls, values: Floats) -> Self:
        """Return columns, (n_rows, n_columns), whose gaps are not finite."""
        present = np.isfinite(values)
        is_complete = bool(present.all())
        with np.errstate(all="ignore"):
            given = values if is_complete else np.where(present, values, 0.0)
            given = given / np.abs(given).max(axis=0)
            centred = given - given.sum(axis=0) / present.sum(axis=0)
        centred = centred if is_complete else np.where(present, centred, 0.0)
        return cls(np.nan_to_num(centred, copy=False), present)

    def take(self, indices: Integers) -> Self:
        """Return some of the columns."""
        return type(self)(self.values[:, indices], self.present[:, indices])

    def correlate(self, others: Self) -> Floats:
        """Return correlations with others, without signs; (n_columns, n_others)."""
        squares = self.values**2, others.values**2
        with np.errstate(all="ignore"):
            norms = np.sqrt(
                _sum_beside(squares[0], others.present) * _sum_beside(squares[1], self.present).T
            )
            return np.nan_to_num(np.abs(self.values.T @ others.values) / norms)

    def correlate_quickly(self, others: Self) -> Singles:
        """Return the same in single precision; 1 where that tells too little."""
        found: Singles = np.abs(self._units.T @ others._units)
        if self._has_all.all() and others._has_all.all():
            return found
        squares = np.ones_like(found)
        squares[:, ~others._has_all] = _share_beside(
            self._units, others.present[:, ~others._has_all]
        )
        squares[~self._has_all] *= _share_beside(others._units, self.present[:, ~self._has_all]).T
        found /= np.sqrt(np.maximum(squares, MIN_SQUARES))
        found[(squares > 0) & (squares < MIN_SQUARES)] = 1.0
        return found

    @cached_property
    def _has_all(self) -> Mask:
        """Return which columns have no gaps; (n_columns,)."""
        return np.asarray(self.present.all(axis=0))

    @cached_property
    def _units(self) -> Singles:
        """Return the columns divided by their sizes, in single precision."""
        with np.errstate(all="ignore"):
            units = self.values / np.sqrt((self.values**2).sum(axis=0))
        return np.asarray(np.nan_to_num(units, copy=False), np.float32)


def _sum_beside(squares: Floats, present: Mask) -> Floats:
    """Return sums over the rows in which others are present; (n_columns, n_others), or (.., 1)."""
    return squares.sum(axis=0)[:, None] if present.all() else squares.T @ present.astype(np.float64)


def _share_beside(units: Singles, present: Mask) -> Singles:
    """Return the share of each column's squares in rows in which others are present."""
    return np.asarray((units**2).T @ present.astype(np.float32))
