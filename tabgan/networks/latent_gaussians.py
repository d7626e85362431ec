"""What the numbers of a latent class are: normal scores with a mean and a covariance of its own.

Of what is known of a row, the rest follows by the laws of Gaussians, and how likely it is, too:
the densities of some columns, and of others given those, are Gaussian again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch

from tabgan.encoding.layout import Layout
from tabgan.networks.normal_scores import NormalScores
from tabgan.networks.row_products import multiply
from tabgan.schema.arrays import Floats, Indices, Mask
from tabgan.state_reader import StateReader

MIN_VARIANCE = 1e-5  # of scores in a class, along any direction
MIN_DEVIATION = 1e-4  # given other scores, whatever rounding makes of it
MAX_SCORE = 10.0  # of a file's means and factors


@dataclass(frozen=True)
class LatentGaussians:
    """A Gaussian over normal scores in each latent class.

    Attributes:
        scores: Which columns are scored, and how.
        means: Of each latent class; (n_latent, n_scored).
        factors: Of its covariance, lower triangular (Cholesky); (n_latent, n_scored, n_scored).
    """

    scores: NormalScores
    means: Floats
    factors: Floats

    def log_ratios(self, scores: Floats, known: Mask, *, by_row: bool = False) -> Floats:
        """Return how likely known scores are in each class over a standard normal's, in logs.

        That is their log-density on the scales from 0 to 1; (n_rows, n_scored) both ->
        (n_rows, n_latent). With `by_row` it does not depend on what other rows there are.
        """
        found = np.zeros((len(scores), len(self.means)))
        for rows, columns in iter_patterns(known):
            if len(columns):
                own = scores[np.ix_(rows, columns)]
                found[rows] = self._form_of(columns).evaluate(own, by_row=by_row)
        return found

    def _form_of(self, columns: Indices) -> "_QuadraticForm":
        if len(columns) == self.means.shape[1]:
            return self._form_of_all
        return _QuadraticForm.of(self.means[:, columns], self._covariances_of(columns))

    @cached_property
    def _form_of_all(self) -> "_QuadraticForm":
        return _QuadraticForm.of(self.means, self.covariances)

    @cached_property
    def covariances(self) -> Floats:
        """Of each latent class; (n_latent, n_scored, n_scored)."""
        factors = torch.from_numpy(self.factors)
        return (factors @ factors.mT).numpy()

    def _covariances_of(self, columns: Indices, others: Indices | None = None) -> Floats:
        """Return covariances of some columns with others, or with themselves."""
        others = columns if others is None else others
        return self.covariances[:, columns[:, None], others[None, :]]

    def draw(
        self, latent: Indices, scores: Floats, known: Mask, noise: Floats, *, by_row: bool = False
    ) -> Floats:
        """Return scores, the known ones as they are and the others drawn; (n_rows, n_scored).

        Args:
            latent: The latent class of each row; (n_rows,).
            scores: Of known cells; others hold anything.
            known: Which are known; (n_rows, n_scored).
            noise: Standard normal; (n_rows, n_scored).
            by_row: Whether what is drawn for a row does not depend on what others there are.
        """
        found = scores.copy()
        for rows, columns in iter_patterns(known):
            rest = np.setdiff1d(np.arange(known.shape[1]), columns)
            if len(rest):
                gains, factors = self.given(columns, rest)
                for one, own in _iter_classes(latent[rows]):
                    at = rows[own]
                    away = scores[np.ix_(at, columns)] - self.means[one, columns]
                    by_chance = multiply(noise[np.ix_(at, rest)], factors[one].T, by_row=by_row)
                    drawn = multiply(away, gains[one].T, by_row=by_row) + by_chance
                    found[np.ix_(at, rest)] = self.means[one, rest] + drawn
        return found

    def given(self, columns: Indices, rest: Indices) -> tuple[Floats, Floats]:
        """Return how much the rest follows columns, and the factors of what is left to chance.

        Shapes (n_latent, n_rest, n_columns) and (n_latent, n_rest, n_rest).
        """
        if not len(columns) and len(rest) == self.means.shape[1]:
            return np.zeros((len(self.means), len(rest), 0)), self.factors
        own, across, others = (
            torch.from_numpy(self._covariances_of(*pair))
            for pair in ((columns, columns), (columns, rest), (rest, rest))
        )
        gains = torch.linalg.solve(own, across).mT
        return gains.numpy(), factorize(others - gains @ across).numpy()

    def to_state(self) -> dict[str, Any]:
        """Return it as arrays by name."""
        numbers = {"means": self.means, "factors": self.factors}
        state = {name: each.astype(np.float32) for name, each in numbers.items()}
        return {"widths": self.scores.widths} | state

    @classmethod
    def from_state(cls, layout: Layout, n_latent: int, state: StateReader) -> "LatentGaussians":
        """Rebuild it from what `to_state` returned.

        Raises:
            ModelFileError: It is none of such a layout and so many latent classes.
        """
        scores = NormalScores.from_state(layout, state)
        size = len(scores.columns)
        means = state.floats("means", (n_latent, size), -MAX_SCORE, MAX_SCORE)
        factors = state.floats("factors", (n_latent, size, size), -MAX_SCORE, MAX_SCORE)
        state.check(_are_factors(factors), "factors", "are of no covariances")
        return cls(scores, means, factors)


@dataclass(frozen=True)
class _QuadraticForm:
    """Log-densities of Gaussians over a standard normal's, as one product with monomials.

    Attributes:
        constants: Of each Gaussian; (n_latent,).
        weights: Of the monomials of degree 1, and of those of degree 2; (n_monomials, n_latent).
    """

    constants: torch.Tensor
    weights: torch.Tensor

    @classmethod
    def of(cls, means: Floats, covariances: Floats) -> "_QuadraticForm":
        factors = factorize(torch.from_numpy(covariances))
        precisions, centres = torch.cholesky_inverse(factors), torch.from_numpy(means)
        slopes = (precisions @ centres[:, :, None])[:, :, 0]
        logs = torch.log(torch.diagonal(factors, dim1=1, dim2=2)).sum(dim=1)
        curves = torch.eye(means.shape[1]).double() - precisions
        first, second = torch.triu_indices(*covariances.shape[1:])
        halves = torch.where(first == second, 0.5, 1.0).double()
        weights = torch.cat([slopes, curves[:, first, second] * halves], dim=1)
        return cls(-(slopes * centres).sum(dim=1) / 2 - logs, weights.T.contiguous())

    def evaluate(self, scores: Floats, *, by_row: bool) -> Floats:
        """Return the log-densities of rows; (n_rows, n_scored) -> (n_rows, n_latent)."""
        logs = multiply(monomials(scores), self.weights.numpy(), by_row=by_row)
        return np.asarray(logs + self.constants.numpy())


def monomials(scores: Floats) -> Floats:
    """Return scores, and the products of each two; (n_rows, n) -> (n_rows, n + n (n + 1) / 2)."""
    first, second = np.triu_indices(scores.shape[1])
    return np.hstack([scores, scores[:, first] * scores[:, second]])


def _are_factors(factors: Floats) -> bool:
    """Return whether these are Cholesky factors of covariances that can be inverted."""
    is_positive = bool((np.diagonal(factors, axis1=1, axis2=2) > 0).all())
    if not is_positive or np.triu(factors, 1).any():
        return False
    one = torch.eye(factors.shape[1]).double()
    inverses = torch.linalg.solve_triangular(torch.from_numpy(factors), one, upper=False)
    precisions = (inverses**2).sum(dim=(1, 2)) / len(one)  # of each Gaussian, on average
    return bool((precisions <= 2 / MIN_VARIANCE).all())


def factorize(covariances: torch.Tensor) -> torch.Tensor:
    """Return Cholesky factors of covariances that rounding may have made singular; (..., n, n)."""
    least = MIN_DEVIATION**2 * torch.eye(covariances.shape[-1]).double()
    factors: torch.Tensor = torch.linalg.cholesky((covariances + covariances.mT) / 2 + least)
    return factors


def iter_patterns(known: Mask) -> Iterator[tuple[Indices, Indices]]:
    """Yield rows of which the same is known, and the columns that are."""
    if not len(known) or (known == known[0]).all():
        yield np.arange(len(known)), np.flatnonzero(known[:1].any(axis=0))
        return
    patterns, numbers = np.unique(known, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        yield np.flatnonzero(numbers.ravel() == number), np.flatnonzero(pattern)


def _iter_classes(latent: Indices) -> Iterator[tuple[int, Indices]]:
    """Yield each latent class that rows are of, and the rows."""
    order = np.argsort(latent, kind="stable")
    starts = np.flatnonzero(np.diff(latent[order], prepend=-1))
    for start, rows in zip(starts, np.split(order, starts[1:]), strict=True):
        yield int(latent[order[start]]), rows
