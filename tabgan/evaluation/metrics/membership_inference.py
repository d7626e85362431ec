"""Which rows was the generator fitted to? Two attacks by somebody who has its rows alone.

Each gives rows a score, and is measured by its AUC of as many training rows as test rows.
"""

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tabgan.evaluation.metrics.metric import Comparison, Direction, Measurement
from tabgan.evaluation.metrics.nearest_rows import subsample
from tabgan.evaluation.metrics.privacy import (
    MAX_QUERIES,
    MAX_RECORDS,
    PrivacyMetric,
    SharedColumns,
    check_unseen_rows,
    measure_excess,
)

N_REFERENCES = 5  # the density of real rows at a row goes by its fifth neighbour
MIN_DISTANCE = (
    1e-3  # distance, of the range of one number, below which rows are as good as the same
)


@dataclass(frozen=True)
class Targets:
    """The rows that an attacker asks about, in equal numbers.

    Attributes:
        members: Rows of the real table, shape (n_rows, n_features).
        others: Test rows, shape (n_rows, n_features).
    """

    members: NDArray[np.float64]
    others: NDArray[np.float64]


def attack_auc(
    members: NDArray[np.float64], others: NDArray[np.float64], warning: str, note: str = ""
) -> Measurement:
    """Return how often a member has the higher score, with the interval of DeLong et al. (1988).

    Args:
        members: Scores of rows of the training table, shape (some,).
        others: Scores of rows that the generator has not seen, shape (others,).
        warning: What is to be said of an AUC beyond chance.
        note: What is left out.

    >>> attack_auc(np.arange(20.0), np.arange(20.0) - 100, "Told apart.").value
    1.0
    """
    higher = (members[:, None] > others) + 0.5 * (members[:, None] == others)
    variances = (higher.mean(axis=axis).var(ddof=1) / higher.shape[1 - axis] for axis in (0, 1))
    error = float(np.sqrt(sum(variances)))
    return measure_excess(float(higher.mean()), 0.5, error, warning, note)


class MembershipAttack(PrivacyMetric):
    """An attack that scores rows, without having been told any that were in the training table."""

    direction = Direction.DOWN

    def compute(self, comparison: Comparison) -> Measurement:
        """Return the AUC of real rows as members against test rows; guessing has 0.5."""
        check_unseen_rows(comparison)
        rng = np.random.default_rng(comparison.seed)
        shared = SharedColumns.of(comparison)
        n_rows = min(MAX_QUERIES, len(shared.real), len(shared.test))
        targets = Targets(*(subsample(each, n_rows, rng) for each in (shared.real, shared.test)))
        members, others = self.score(shared, targets, rng)
        warning = "Whoever has the synthetic rows can tell training rows from unseen ones."
        return attack_auc(members, others, warning, shared.note)

    @abstractmethod
    def score(
        self, shared: SharedColumns, targets: Targets, rng: np.random.Generator
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return scores of the members and of the others, each (n_rows,); higher for members."""


class MembershipInference(MembershipAttack):
    """AUC of an attack: is a row that lies near a synthetic one a row of the training table?

    The attacker knows the synthetic table only, and ranks rows by their distance to it (as the full
    black-box attack of Chen et al. 2020, GAN-Leaks).
    """

    name = "membership_inference"
    title = "Membership inference attack, AUC"

    def score(
        self, shared: SharedColumns, targets: Targets, rng: np.random.Generator
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the nearness of the nearest synthetic row."""
        records = subsample(shared.synthetic, MAX_RECORDS, rng)
        members, others = (
            -shared.distance.nearest(rows, records).distances[:, 0]
            for rows in (targets.members, targets.others)
        )
        return members, others


class LikelihoodRatio(MembershipAttack):
    """AUC of an attack that also knows where real rows are many: DOMIAS (van Breugel et al. 2023).

    A row is held for one of the training table where synthetic rows are denser than real rows that
    the attacker has from elsewhere: all test rows but the one that is asked about. The densities
    are those of nearest neighbours. NOTE[DIFF]: the paper fits a density to either table.
    """

    name = "likelihood_ratio"
    title = "Likelihood-ratio membership attack, AUC"

    def score(
        self, shared: SharedColumns, targets: Targets, rng: np.random.Generator
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the logarithm of how much farther real rows are than synthetic ones."""
        records = subsample(shared.synthetic, MAX_RECORDS, rng)
        chosen = rng.permutation(len(shared.test))[:MAX_RECORDS]
        known = shared.test[chosen]
        k = min(N_REFERENCES, len(known) - 1)
        near = shared.distance.nearest
        to_real = (
            near(targets.members, known[1:], k).distances[:, -1],  # of as many rows as the others'
            near(targets.others, known, k + 1).distances[:, -1],  # the first is the row itself
        )
        members, others = (
            np.log(real + MIN_DISTANCE) - np.log(near(rows, records).distances[:, 0] + MIN_DISTANCE)
            for rows, real in zip((targets.members, targets.others), to_real, strict=True)
        )
        return members, others
