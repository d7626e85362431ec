"""Rows of which a number may be of some classes only, such as not a gap, or within a range.

A normal score that may lie in some intervals is drawn by inversion from its normal distribution
given what is known of the row; drawn columns are known to those that follow.

NOTE[DIFF] What a latent class makes of several such columns is taken as a product, each given what
is known: exact for one column. The refiner weighs what is drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import torch

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.networks.latent_gaussians import LatentGaussians, iter_patterns
from tabgan.networks.row_products import multiply
from tabgan.schema.arrays import Floats, Indices, Mask

MIN_SHARE = 1e-9  # of a class that may be
MIN_UNIFORM = 1e-7  # from 0 and 1, beyond which no normal number is drawn


@dataclass(frozen=True)
class ScoredRows:
    """Rows whose scored cells are completed, each by itself.

    Attributes:
        gaussians: Of scored columns.
        scores: Of known cells; others hold anything; (n_rows, n_scored).
        known: Which cells are known; (n_rows, n_columns).
        among: By column which classes may be, (n_rows, n_classes), 1 or 0.
    """

    gaussians: LatentGaussians
    scores: Floats
    known: Mask
    among: Mapping[int, npt.NDArray[np.float32]]

    @cached_property
    def _numbers(self) -> dict[int, int]:
        """The restricted columns, and which of the scored ones each is."""
        columns = self.gaussians.scores.columns.tolist()
        return {column: number for number, column in enumerate(columns) if column in self.among}

    @cached_property
    def _own_known(self) -> Mask:
        return self.known[:, self.gaussians.scores.columns]

    def log_shares(self) -> Floats:
        """Return how likely it is in each latent class that the restricted cells may be; in logs.

        Shape (n_rows, n_latent).
        """
        total = np.zeros((len(self.scores), len(self.gaussians.means)))
        for column, number in self._numbers.items():
            means, deviations = self._follow(number, self.scores, self._own_known)
            shares = np.zeros_like(total)
            for one, (low, high) in enumerate(self.gaussians.scores.intervals(column)):
                ends = (np.array([[low], [high]])[..., None] - means) / deviations
                below, above = torch.special.ndtr(torch.from_numpy(ends)).numpy()
                shares += self.among[column][:, [one]] * (above - below)
            total += np.where(self.known[:, [column]], 0, np.log(np.maximum(shares, MIN_SHARE)))
        return total

    def _follow(self, number: int, scores: Floats, known: Mask) -> tuple[Floats, Floats]:
        """Return a score's mean and deviation in each class given others; (n_rows, n_latent)."""
        means, one = self.gaussians.means, np.array([number])
        found, deviations = np.zeros((2, len(scores), len(means)))
        for rows, columns in iter_patterns(known & (np.arange(known.shape[1]) != number)):
            gains, factors = self.gaussians.given(columns, one)
            rest = means[:, number] - (gains[:, 0] * means[:, columns]).sum(axis=1)
            own = scores[np.ix_(rows, columns)]
            found[rows] = rest + multiply(own, gains[:, 0].T, by_row=True)
            deviations[rows] = factors[:, 0, 0]
        return found, deviations

    def complete(self, latent: Indices, uniforms: Floats, table: EncodedTable) -> EncodedTable:
        """Return rows with their scored cells drawn.

        Args:
            latent: The latent class of each row; (n_rows,).
            uniforms: One draw for each cell; (n_rows, n_columns).
            table: Of the other columns.
        """
        scores, known = self.scores.copy(), self._own_known.copy()
        noise = uniforms.astype(np.float64).clip(MIN_UNIFORM, 1 - MIN_UNIFORM)
        cells = {}
        for column, number in self._numbers.items():
            means, deviations = (
                each[np.arange(len(latent)), latent] for each in self._follow(number, scores, known)
            )
            code, place = self._draw_among(column, means, deviations, noise[:, column])
            cells[column] = code, place
            drawn = self.gaussians.scores.score_places(column, code, place)
            scores[:, number] = np.where(known[:, number], scores[:, number], drawn)
            known[:, number] = True
        normal = torch.special.ndtri(torch.from_numpy(noise)).numpy()
        own_noise = normal[:, self.gaussians.scores.columns]
        scores = self.gaussians.draw(latent, scores, known, own_noise, by_row=True)
        drawn_table = self.gaussians.scores.to_cells(scores, table)
        for column, (code, place) in cells.items():
            is_number = code < self.gaussians.scores.layout.n_modes[column]
            drawn_table.codes[:, column] = code
            drawn_table.scalars[:, column] = np.where(is_number, 2 * place - 1, 0)
        return drawn_table

    def _draw_among(
        self, column: int, means: Floats, deviations: Floats, uniform: Floats
    ) -> tuple[Indices, Floats]:
        """Return a class of those that may be, and a place in it from 0 to 1; (n_rows,) each."""
        ends = torch.from_numpy(np.array(self.gaussians.scores.intervals(column)))
        spread = torch.from_numpy(deviations)[:, None, None]
        below = torch.special.ndtr((ends - torch.from_numpy(means)[:, None, None]) / spread).numpy()
        odds = np.maximum(below[..., 1] - below[..., 0], MIN_SHARE) * self.among[column]
        sums = np.cumsum(odds, axis=1)
        aim = uniform * sums[:, -1]
        last = odds.shape[1] - 1 - np.argmax(odds[:, ::-1] > 0, axis=1)
        code = np.minimum((sums <= aim[:, None]).sum(axis=1), last)
        at = np.arange(len(code)), code
        within = ((aim - sums[at] + odds[at]) / odds[at]).clip(0, 1)
        quantile = below[..., 0][at] + within * (below[..., 1][at] - below[..., 0][at])
        score = means + deviations * torch.special.ndtri(torch.from_numpy(quantile)).numpy()
        place = self.gaussians.scores.find_places(column, code, score)
        return code, np.where(np.isfinite(score), place, within)
