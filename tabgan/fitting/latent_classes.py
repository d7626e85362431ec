"""Latent classes, fitted to rows by expectation-maximization (Dempster, Laird and Rubin 1977).

Their number is chosen by the likelihood of held-out rows: each that is tried has four times as many
as the one before, until held-out rows are no more likely. Whether columns are independent within a
class, or numbers jointly Gaussian, is chosen by it, too. Each class begins around a row of its own;
shares are smoothed by a Polya tree (`polya_tree`), covariances by each other (`gaussian_moments`).

Where a table is protected, no class is kept that fewer than k rows belong to, so that no mean and
no covariance is of fewer, and of a class no category and no bin that fewer than k of its rows hold:
their share goes to what all rows have.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.layout import Layout
from tabgan.fitting.gaussian_moments import Moments, begin_gaussians
from tabgan.fitting.polya_tree import PolyaTree
from tabgan.networks.discretization import Discretization
from tabgan.networks.generation import scale_to_width
from tabgan.networks.latent_bins import indicate_bins
from tabgan.networks.latent_class_generator import (
    LatentClassGenerator,
    PlacedRows,
    find_posterior,
)
from tabgan.networks.normal_scores import MAX_SCORED, NormalScores
from tabgan.runtime.devices import use_threads
from tabgan.schema.arrays import Floats

N_LATENT = (16, 64, 256)  # classes that are tried in turn
MIN_CLASS_ROWS, MAX_CLASS_ROWS = 10, 1_000  # for each class that is tried, on average
MAX_PARAMETERS = 2**22  # shares of bins in classes: 16 MiB of a model file
MAX_ROWS = 35_000  # that are learned from
MIN_SCORED = 2  # columns that are Gaussian within a class, and no more than MAX_SCORED
MAX_MOMENTS = 10_000_000  # rows, times the moments of each, that Gaussians are fitted to
BATCH_ROWS = 1_024  # whose posterior is computed together, so that it stays in cache
MAX_ITERATIONS, STRIDE = 40, 5  # of EM; held-out rows are looked at after so many
MIN_GAIN = 0.002  # of their log-likelihood for each column, in nats, that more of either is worth
FIRST_ROW = 0.3  # share of a class that is one real row, at first
PRIOR_WEIGHT = 0.1  # rows that each class weighs beside its own

Sums = npt.NDArray[np.float32]


@dataclass(frozen=True)
class FittedClasses:
    """Latent classes, and the mean log-likelihood of held-out rows; None where there are none."""

    generator: LatentClassGenerator
    log_likelihood: float | None

    def is_better(self, other: "FittedClasses") -> bool:
        """Return whether held-out rows are clearly likelier than under others; False if unknown."""
        if self.log_likelihood is None or other.log_likelihood is None:
            return False
        gain = MIN_GAIN * len(self.generator.layout.n_classes)
        return self.log_likelihood > other.log_likelihood + gain


def fit_latent_classes(
    rows: EncodedTable, held_out: EncodedTable, layout: Layout, k: int, rng: np.random.Generator
) -> FittedClasses:
    """Fit latent classes, of the number that makes held-out rows most likely.

    Within a class all columns are independent, or numbers are jointly Gaussian: whichever makes
    held-out rows likelier with the fewest classes.

    Args:
        rows: To learn from; at least one.
        held_out: Other rows. Without any the fewest classes are taken, of independent columns.
        layout: Of the columns.
        k: Rows that hold what is kept, at the least: 1 where nothing is protected.
        rng: Chooses the rows that classes begin with.
    """
    n_rows = min(len(rows), scale_to_width(MAX_ROWS, len(layout.n_classes)))
    rows = rows.take(np.sort(rng.permutation(len(rows))[:n_rows]))
    with use_threads(1):  # how sums are split would show in the last bits
        fitting = ExpectationMaximization.begin(rows, layout, k)
        best = fitting.run(fitting.sizes[0], held_out, rng)
        scores = NormalScores.of_table(rows, layout)
        is_scored = MIN_SCORED <= len(scores.columns) <= MAX_SCORED
        n_fewer = min(len(rows), MAX_MOMENTS // max(scores.n_moments, 1))
        if len(held_out) and is_scored and n_fewer >= k:
            fewer = rows.take(np.linspace(0, len(rows) - 1, n_fewer).astype(np.int64))
            own_rng = rng.spawn(1)[0]  # independent columns are fitted as if nothing else was tried
            gaussian = ExpectationMaximization.begin(fewer, layout, k, scores, own_rng)
            tried = gaussian.run(gaussian.sizes[0], held_out, own_rng)
            fitting, best = (gaussian, tried) if tried.is_better(best) else (fitting, best)
        for n_latent in fitting.sizes[1:]:
            tried = fitting.run(n_latent, held_out, rng)
            if not tried.is_better(best):
                break
            best = tried
    return best


@dataclass(frozen=True)
class Expected:
    """How many rows each class is expected to have, and of what kind.

    Attributes:
        scored: Rows of each class, and the moments of their scores.
        sums: Rows in each bin; (n_all, n_latent).
    """

    scored: Moments
    sums: Sums


@dataclass(frozen=True)
class ExpectationMaximization:
    """The rows that classes are fitted to.

    Attributes:
        discretization: The bins of all columns.
        tree: Of the bins, by which shares are estimated.
        rows: Bins of each cell, and scores of those that are Gaussian within a class.
        prior: Share of each bin among all rows, those of a mode's bins equal; (n_all,).
        k: Rows that hold what is kept.
        scores: Which columns are Gaussian within a class; None where none is.
    """

    discretization: Discretization
    tree: PolyaTree
    rows: PlacedRows
    prior: Floats
    k: int
    scores: NormalScores | None = None

    @classmethod
    def begin(
        cls,
        rows: EncodedTable,
        layout: Layout,
        k: int,
        scores: NormalScores | None = None,
        rng: np.random.Generator | None = None,
    ) -> "ExpectationMaximization":
        """Return rows in bins, and as scores where some are given; those of spikes are drawn."""
        whole = () if scores is None else scores.columns.tolist()
        discretization = Discretization.of_table(rows, layout, whole)
        bins = discretization.to_bins(rows)
        counts = np.bincount(bins.ravel(), minlength=discretization.n_all)
        prior = discretization.pool_modes(counts / len(rows))
        numbers = np.zeros((len(rows), 0))
        if scores is not None:
            positions = (rng or np.random.default_rng(0)).random(rows.codes.shape)
            numbers = scores.to_scores(rows, positions)
        placed = PlacedRows(bins, numbers)
        return cls(discretization, PolyaTree.of(discretization), placed, prior, k, scores)

    @property
    def sizes(self) -> list[int]:
        """Numbers of classes that are tried."""
        n_rows = len(self.rows.bins) // max(MIN_CLASS_ROWS, 2 * self.k * (self.k > 1))
        n_moments = self.rows.scores.shape[1] ** 2
        most = max(1, min(n_rows, MAX_PARAMETERS // (self.discretization.n_all + n_moments)))
        fewest = min(most, len(self.rows.bins) // MAX_CLASS_ROWS)
        return [n for n in N_LATENT if fewest <= n <= most] or [most]

    def run(self, n_latent: int, held_out: EncodedTable, rng: np.random.Generator) -> FittedClasses:
        """Return classes after as many iterations as make held-out rows more likely."""
        found, best = self._start(n_latent, rng), None
        for done in range(1, MAX_ITERATIONS + 1):
            found = self._maximize(self._expect(found))
            if done % STRIDE or not len(held_out):
                continue
            now = FittedClasses(found, found.log_likelihood(held_out))
            if best is not None and not now.is_better(best):
                break
            best = now
        return best or FittedClasses(found, None)

    def _start(self, n_latent: int, rng: np.random.Generator) -> LatentClassGenerator:
        """Return classes around rows that are chosen."""
        chosen = rng.permutation(len(self.rows.bins))[:n_latent]
        shares = np.tile((1 - FIRST_ROW) * self.prior, (n_latent, 1))
        shares[np.arange(n_latent)[:, None], self.rows.bins[chosen]] += FIRST_ROW
        weights = np.full(n_latent, 1 / n_latent)
        gaussians = None
        if self.scores is not None:
            gaussians = begin_gaussians(self.scores, self.rows.scores, chosen)
        return LatentClassGenerator(
            self.discretization, weights, shares.astype(np.float32), gaussians
        )

    def _expect(self, classes: LatentClassGenerator) -> Expected:
        """Return the expected number of rows of each class, in each bin, and of what scores."""
        n_all = self.discretization.n_all
        scored = Moments.zeros(classes.n_latent, self.scores.n_moments if self.scores else 0)
        sums = np.zeros((n_all, classes.n_latent), np.float32)
        for start in range(0, len(self.rows.bins), BATCH_ROWS):
            rows = self.rows.take(slice(start, start + BATCH_ROWS))
            known = np.ones(rows.bins.shape, bool)
            posterior = find_posterior(classes.log_joint(rows, known))
            own = Moments.of_rows(rows.scores, posterior.astype(np.float64))
            scored = scored.add(own)
            sums += indicate_bins(rows.bins, known & classes.has_bins, n_all).T @ posterior
        return Expected(scored, sums)

    def _maximize(self, expected: Expected) -> LatentClassGenerator:
        """Return the classes that such numbers of rows make most likely, smoothed."""
        scored, sums = expected.scored, expected.sums
        if self.k > 1:
            kept = scored.mass >= min(self.k, scored.mass.max())
            scored, sums = scored.take(kept), sums[:, kept]
        shares = self.tree.estimate(sums.astype(np.float64), self.prior, self.k)
        weights = (scored.mass + PRIOR_WEIGHT) / (scored.mass + PRIOR_WEIGHT).sum()
        gaussians = scored.estimate(self.scores) if self.scores else None
        return LatentClassGenerator(
            self.discretization, weights, shares.T.astype(np.float32), gaussians
        )
