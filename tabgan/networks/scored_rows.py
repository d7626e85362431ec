"""Rows to complete that have Gaussian columns, some of which may be of some classes only.

A normal score that may lie in some intervals is drawn by inversion from its normal distribution
given what is known of the row; drawn columns are known to those that follow.

NOTE[DIFF] What a latent class makes of several such columns is taken as a product, each given what
is known: exact for one column. The refiner weighs what is drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.networks.latent_bins import draw_by_odds
from tabgan.networks.latent_gaussians import LatentGaussians, iter_patterns
from tabgan.networks.restriction import Restriction
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
        known: Which are known; (n_rows, n_scored).
        restrictions: Of scored columns.
    """

    gaussians: LatentGaussians
    scores: Floats
    known: Mask
    restrictions: Sequence[Restriction]

    def log_allowed(self) -> Floats:
        """Return the log of how likely the restrictions are in each class; (n_rows, n_latent)."""
        total = np.zeros((len(self.scores), len(self.gaussians.means)))
        for restriction in self.restrictions:
            means, deviations = self._predict(restriction, self.scores, self.known)
            shares = np.zeros_like(means)
            intervals = self.gaussians.scores.intervals(restriction.column)
            for allowed, interval in zip(restriction.allowed.T, intervals, strict=True):
                low, high = _find_shares_below((interval[:, None, None] - means) / deviations)
                shares += allowed[:, None] * (high - low)
            total[restriction.rows] += np.log(np.maximum(shares, MIN_SHARE))
        return total

    def complete(self, latent: Indices, uniforms: Floats, table: EncodedTable) -> EncodedTable:
        """Return rows with their scored cells drawn.

        Args:
            latent: The latent class of each row; (n_rows,).
            uniforms: One draw for each cell; (n_rows, n_columns).
            table: Of the other columns.
        """
        scale, scores, known = self.gaussians.scores, self.scores.copy(), self.known.copy()
        noise = uniforms.astype(np.float64).clip(MIN_UNIFORM, 1 - MIN_UNIFORM)
        drawn = []
        for each in self.restrictions:
            own = np.arange(len(each.rows)), latent[each.rows]
            means, deviations = (one[own] for one in self._predict(each, scores, known))
            code, place = self._draw_allowed(each, means, deviations, noise[each.rows, each.column])
            drawn.append((each, code, place))
            at = each.rows, scale.find_number(each.column)
            scores[at], known[at] = scale.score_within(each.column, code, place), True
        normal = torch.special.ndtri(torch.from_numpy(noise[:, scale.columns])).numpy()
        scores = self.gaussians.draw(latent, scores, known, normal, by_row=True)
        completed = scale.to_cells(scores, table)
        for each, code, place in drawn:  # as they are, be their scores however far out
            is_number = code < scale.layout.n_modes[each.column]
            completed.codes[each.rows, each.column] = code
            completed.scalars[each.rows, each.column] = np.where(is_number, 2 * place - 1, 0)
        return completed

    def _predict(
        self, restriction: Restriction, scores: Floats, known: Mask
    ) -> tuple[Floats, Floats]:
        """Return a restricted score's mean and deviation in each class, given those known.

        Shape (n_restricted, n_latent) each.
        """
        means, number = self.gaussians.means, self.gaussians.scores.find_number(restriction.column)
        found, deviations = np.zeros((2, len(restriction.rows), len(means)))
        for rows, columns in iter_patterns(known[restriction.rows]):
            gains, factors = self.gaussians.given(columns, np.array([number]))
            rest = means[:, number] - (gains[:, 0] * means[:, columns]).sum(axis=1)
            own = scores[np.ix_(restriction.rows[rows], columns)]
            found[rows] = rest + multiply(own, gains[:, 0].T, by_row=True)
            deviations[rows] = factors[:, 0, 0]
        return found, deviations

    def _draw_allowed(
        self, restriction: Restriction, means: Floats, deviations: Floats, uniform: Floats
    ) -> tuple[Indices, Floats]:
        """Return a class of those allowed, and a place in it from 0 to 1; (n_restricted,) each."""
        column, scale = restriction.column, self.gaussians.scores
        away = scale.intervals(column) - means[:, None, None]
        low, high = np.moveaxis(_find_shares_below(away / deviations[:, None, None]), 2, 0)
        odds = np.maximum(high - low, MIN_SHARE) * restriction.allowed
        code = draw_by_odds(odds, uniform)
        sums, at = np.cumsum(odds, axis=1), (np.arange(len(code)), code)
        within = ((uniform * sums[:, -1] - sums[at] + odds[at]) / odds[at]).clip(0, 1)
        quantile = low[at] + within * (high[at] - low[at])
        score = means + deviations * torch.special.ndtri(torch.from_numpy(quantile)).numpy()
        place = scale.find_within(column, code, score)
        return code, np.where(np.isfinite(score), place, within)


def _find_shares_below(scores: Floats) -> Floats:
    return np.asarray(torch.special.ndtr(torch.from_numpy(scores)).numpy())
