"""Latent classes, fitted to rows by expectation-maximization (Dempster, Laird and Rubin 1977).

Their number is chosen by the likelihood of held-out rows: each that is tried has four times as many
as the one before, until held-out rows are no more likely. Each class begins around a row of its
own, and is smoothed by PRIOR_ROWS rows of the whole table.

Where a table is protected, no class is kept that fewer than k rows belong to, and of a class no
category and no bin that fewer than k of its rows hold: their share goes to what all rows have.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.layout import Layout
from tabgan.fitting.polya_tree import PolyaTree
from tabgan.networks.discretization import Discretization
from tabgan.networks.generation import scale_to_width
from tabgan.networks.latent_class_generator import (
    LatentClassGenerator,
    find_posterior,
    indicate_bins,
)
from tabgan.schema.arrays import Floats, Indices

N_LATENT = (16, 64, 256)  # classes that are tried in turn
MIN_CLASS_ROWS, MAX_CLASS_ROWS = 10, 1_000  # for each class that is tried, on average
MAX_PARAMETERS = 2**22  # shares of bins in classes: 16 MiB of a model file
MAX_ROWS = 35_000  # that are learned from
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

    Args:
        rows: To learn from; at least one.
        held_out: Other rows. Without any the fewest classes are taken.
        layout: Of the columns.
        k: Rows that hold what is kept, at the least: 1 where nothing is protected.
        rng: Chooses the rows that classes begin with.
    """
    n_rows = min(len(rows), scale_to_width(MAX_ROWS, len(layout.n_classes)))
    rows = rows.take(np.sort(rng.permutation(len(rows))[:n_rows]))
    fitting = ExpectationMaximization.begin(rows, layout, k)
    first, *others = fitting.sizes
    best = fitting.run(first, held_out, rng)
    for n_latent in others:
        tried = fitting.run(n_latent, held_out, rng)
        if not tried.is_better(best):
            break
        best = tried
    return best


@dataclass(frozen=True)
class ExpectationMaximization:
    """The rows that classes are fitted to.

    Attributes:
        discretization: The bins of all columns.
        tree: Of the bins, by which shares are estimated.
        bins: Of each cell; (n_rows, n_columns).
        prior: Share of each bin among all rows, those of a mode's bins equal; (n_all,).
        k: Rows that hold what is kept.
    """

    discretization: Discretization
    tree: PolyaTree
    bins: Indices
    prior: Floats
    k: int

    @classmethod
    def begin(cls, rows: EncodedTable, layout: Layout, k: int) -> "ExpectationMaximization":
        """Return the rows in bins."""
        discretization = Discretization.of_table(rows, layout)
        bins = discretization.to_bins(rows)
        counts = np.bincount(bins.ravel(), minlength=discretization.n_all)
        prior = discretization.pool_modes(counts / len(rows))
        return cls(discretization, PolyaTree.of(discretization), bins, prior, k)

    @property
    def sizes(self) -> list[int]:
        """Numbers of classes that are tried."""
        n_rows = len(self.bins) // max(MIN_CLASS_ROWS, 2 * self.k * (self.k > 1))
        most = max(1, min(n_rows, MAX_PARAMETERS // self.discretization.n_all))
        fewest = min(most, len(self.bins) // MAX_CLASS_ROWS)
        return [n for n in N_LATENT if fewest <= n <= most] or [most]

    def run(self, n_latent: int, held_out: EncodedTable, rng: np.random.Generator) -> FittedClasses:
        """Return classes after as many iterations as make held-out rows more likely."""
        found, best = self._start(n_latent, rng), None
        for done in range(1, MAX_ITERATIONS + 1):
            found = self._maximize(*self._expect(found))
            if done % STRIDE or not len(held_out):
                continue
            now = FittedClasses(found, found.log_likelihood(held_out))
            if best is not None and not now.is_better(best):
                break
            best = now
        return best or FittedClasses(found, None)

    def _start(self, n_latent: int, rng: np.random.Generator) -> LatentClassGenerator:
        """Return classes around rows that are chosen."""
        first = self.bins[rng.permutation(len(self.bins))[:n_latent]]
        shares = np.tile((1 - FIRST_ROW) * self.prior, (n_latent, 1))
        shares[np.arange(n_latent)[:, None], first] += FIRST_ROW
        weights = np.full(n_latent, 1 / n_latent)
        return LatentClassGenerator(self.discretization, weights, shares.astype(np.float32))

    def _expect(self, classes: LatentClassGenerator) -> tuple[Floats, Sums]:
        """Return the expected number of rows of each class, (n_latent,), and in each bin.

        The second has shape (n_all, n_latent).
        """
        n_all = self.discretization.n_all
        mass = np.zeros(classes.n_latent)
        sums = np.zeros((n_all, classes.n_latent), np.float32)
        for start in range(0, len(self.bins), BATCH_ROWS):
            bins = self.bins[start : start + BATCH_ROWS]
            known = np.ones(bins.shape, bool)
            posterior = find_posterior(classes.log_joint(bins, known))
            mass += posterior.sum(axis=0)
            sums += indicate_bins(bins, known, n_all).T @ posterior
        return mass, sums

    def _maximize(self, mass: Floats, sums: Sums) -> LatentClassGenerator:
        """Return the classes that such numbers of rows make most likely, smoothed."""
        if self.k > 1:
            kept = mass >= min(self.k, mass.max())
            mass, sums = mass[kept], sums[:, kept]
        shares = self.tree.estimate(sums.astype(np.float64), self.prior, self.k)
        weights = (mass + PRIOR_WEIGHT) / (mass + PRIOR_WEIGHT).sum()
        return LatentClassGenerator(self.discretization, weights, shares.T.astype(np.float32))
