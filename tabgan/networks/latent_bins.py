"""Columns that are independent within a latent class: the shares of their bins."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tabgan.networks.discretization import Discretization
from tabgan.networks.restriction import Restriction
from tabgan.networks.row_products import multiply
from tabgan.schema.arrays import Floats, Indices, Mask

if TYPE_CHECKING:
    from scipy.sparse import csr_array

MIN_SHARE = 1e-9  # of a bin in a class, whose logarithm is taken

Logs = npt.NDArray[np.float32]


@dataclass(frozen=True)
class LatentBins:
    """The shares of bins in each latent class.

    Attributes:
        discretization: The bins.
        shares: 1 together in every column; (n_latent, n_all).
    """

    discretization: Discretization
    shares: npt.NDArray[np.float32]

    def log_shares(self, bins: Indices, known: Mask) -> Logs:
        """Return the log of the shares of known cells; (n_rows, n_columns) -> (n_rows, n_latent).

        Those of a row are the same to the last bit whatever other rows there are.
        """
        return np.asarray(indicate_bins(bins, known, self.discretization.n_all) @ self._log_shares)

    def log_allowed(self, restriction: Restriction) -> Logs:
        """Return the log of the share of allowed classes; (n_restricted, n_latent)."""
        own = self._slice(restriction.column)
        shares = multiply(self._spread(restriction), self.shares[:, own].T, by_row=True)
        return np.asarray(np.log(np.maximum(shares, MIN_SHARE)))

    def draw(self, column: int, latent: Indices, uniform: Floats) -> Indices:
        """Return a bin of a column for each row, given its latent class; (n_rows,)."""
        own = self._slice(column)
        size = own.stop - own.start
        found = np.searchsorted(self._ends[column], latent + uniform, "right")
        return np.asarray(own.start + (found - latent * size).clip(0, size - 1))

    def draw_allowed(self, restriction: Restriction, latent: Indices, uniform: Floats) -> Indices:
        """Return a bin of those that are allowed, for each restricted row; (n_restricted,)."""
        own, is_allowed = self._slice(restriction.column), self._spread(restriction)
        odds = np.maximum(self.shares[latent, own], MIN_SHARE) * is_allowed
        return np.asarray(own.start + draw_by_odds(odds, uniform))

    def _slice(self, column: int) -> slice:
        return slice(*self.discretization.column_starts[column : column + 2].tolist())

    def _spread(self, restriction: Restriction) -> npt.NDArray[np.float32]:
        """Return for each bin of a column whether its class is allowed; (n_restricted, n_bins)."""
        layout = self.discretization.layout
        first = layout.offsets[restriction.column]
        n_classes = layout.n_classes[restriction.column]
        n_bins = self.discretization.n_bins[first : first + n_classes]
        return np.repeat(restriction.allowed, n_bins, axis=1)

    @cached_property
    def _ends(self) -> list[Floats]:
        """Of each column, the ends of its bins' shares, each latent class 1 after the one before.

        Shape (n_latent * bins of the column,), rising.
        """
        found = []
        for column in range(len(self.discretization.layout.n_classes)):
            ends = np.cumsum(self.shares[:, self._slice(column)], axis=1, dtype=np.float64)
            ends /= ends[:, -1:]
            found.append((ends + np.arange(len(ends))[:, None]).ravel())
        return found

    @cached_property
    def _log_shares(self) -> Logs:
        """Logarithms of shares; (n_all, n_latent)."""
        return np.ascontiguousarray(np.log(np.maximum(self.shares, MIN_SHARE)).T)


def draw_by_odds(odds: npt.NDArray[np.floating], uniform: Floats) -> Indices:
    """Return one of several for each row, never one whose odds are 0; (n_rows, n) -> (n_rows,)."""
    sums = np.cumsum(odds, axis=1)
    is_passed = sums <= (uniform * sums[:, -1])[:, None]
    last = odds.shape[1] - 1 - np.argmax(odds[:, ::-1] > 0, axis=1)
    return np.asarray(np.minimum(is_passed.sum(axis=1), last))


def indicate_bins(bins: Indices, known: Mask, n_all: int) -> "csr_array":
    """Return 1 where a row is in a bin by a known cell, 0 elsewhere; (n_rows, n_all)."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - most samples have no condition

    starts = np.concatenate([[0], np.cumsum(known.sum(axis=1))])
    own_bins = bins[known]
    return csr_array((np.ones(len(own_bins), np.float32), own_bins, starts), (len(bins), n_all))
