"""Gaussians of latent classes, estimated from the moments of the rows that are expected in each.

A covariance is drawn towards that of all classes together, as an inverse Wishart prior of so many
rows does: what a class of few rows lacks, the others show.
"""

from dataclasses import dataclass

import numpy as np
import torch

from tabgan.networks.latent_gaussians import (
    MIN_VARIANCE,
    LatentGaussians,
    factorize,
    monomials,
)
from tabgan.networks.normal_scores import NormalScores
from tabgan.schema.arrays import Floats, Indices, Mask

PRIOR_ROWS = 5.0  # that the covariance of all classes weighs beside a class's own
MIN_MASS = 1e-6  # rows of a class, which are divided by


@dataclass(frozen=True)
class Moments:
    """Sums over the rows of each class of its scores, and of the products of each two.

    Shape:
        - mass: (n_latent,)
        - sums: (n_latent, n + n (n + 1) / 2)
    """

    mass: Floats
    sums: Floats

    @classmethod
    def zeros(cls, n_latent: int, n_moments: int) -> "Moments":
        """Return those of no rows."""
        return cls(np.zeros(n_latent), np.zeros((n_latent, n_moments)))

    @classmethod
    def of_rows(cls, scores: Floats, posterior: Floats) -> "Moments":
        """Return those of rows, by how probably each is of a class.

        Shapes (n_rows, n) and (n_rows, n_latent).
        """
        sums = torch.from_numpy(posterior).T @ torch.from_numpy(monomials(scores))
        return cls(posterior.sum(axis=0), sums.numpy())

    def add(self, other: "Moments") -> "Moments":
        """Return those of both together."""
        return Moments(self.mass + other.mass, self.sums + other.sums)

    def take(self, classes: Mask) -> "Moments":
        """Return those of some classes."""
        return Moments(self.mass[classes], self.sums[classes])

    def estimate(self, scores: NormalScores) -> LatentGaussians:
        """Return the Gaussians that make such rows most likely, smoothed."""
        size, rows = len(scores.columns), np.maximum(self.mass, MIN_MASS)[:, None, None]
        means = self.sums[:, :size] / rows[:, 0]
        first, second = np.triu_indices(size)
        squares = np.zeros((len(means), size, size))
        squares[:, first, second] = squares[:, second, first] = self.sums[:, size:]
        scatter = squares - rows * means[:, :, None] * means[:, None, :]
        pooled = scatter.sum(axis=0) / rows.sum()
        covariances = (scatter + PRIOR_ROWS * pooled) / (rows + PRIOR_ROWS)
        return make_gaussians(scores, means, covariances)


def begin_gaussians(scores: NormalScores, rows: Floats, chosen: Indices) -> LatentGaussians:
    """Return Gaussians around chosen rows, that together are about as wide as all rows."""
    size = rows.shape[1]
    spread = Moments.of_rows(rows, np.ones((len(rows), 1))).estimate(scores)
    covariances = np.tile(spread.covariances[0] * len(chosen) ** (-2 / size), (len(chosen), 1, 1))
    return make_gaussians(scores, rows[chosen], covariances)


def make_gaussians(scores: NormalScores, means: Floats, covariances: Floats) -> LatentGaussians:
    """Return Gaussians, rounded as they are saved."""
    least = MIN_VARIANCE * np.eye(means.shape[1])
    factors = factorize(torch.from_numpy(covariances + least)).numpy()
    rounded = (each.astype(np.float32).astype(np.float64) for each in (means, factors))
    return LatentGaussians(scores, *rounded)
