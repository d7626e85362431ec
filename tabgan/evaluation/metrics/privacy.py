"""Do synthetic rows stand nearer to real rows than rows of the real world would?

Every metric holds the synthetic rows against test rows, which no generator has seen, and warns
where the difference is larger than chance alone makes it in one of 200 evaluations.
"""

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray
from scipy.stats import hypergeom

from tabgan.evaluation.metrics.metric import (
    Comparison,
    Direction,
    IncomputableError,
    Measurement,
    Metric,
    MetricCategory,
)
from tabgan.evaluation.metrics.nearest_rows import GowerDistance, Neighbours, subsample

DECIMALS = 6  # numbers that agree so far count as the same
NEAR = 0.05  # quantile of the test rows' distances that counts as near
MIN_TEST_ROWS = 20  # for such a quantile
MAX_RECORDS = 50_000  # rows searched
MAX_QUERIES = 1_000  # rows looked up, of each kind
ALPHA = 0.005  # probability of a warning where nothing is out of line
ALPHA_Z = 2.58  # the same in standard errors


class PrivacyMetric(Metric):
    """A metric of what synthetic rows give away."""

    aim = MetricCategory.PRIVACY


class Copies(PrivacyMetric):
    """Share of synthetic rows that stand verbatim in the real table, in percent."""

    name = "copies"
    title = "Rows copied verbatim"
    direction = Direction.DOWN
    unit = "%"

    def compute(self, comparison: Comparison) -> Measurement:
        """Return the copies among the synthetic rows, beside the natural rate among test rows."""
        known = set(_keys(comparison.real_matrix))
        copied, natural = (
            np.array([key in known for key in _keys(matrix)])
            for matrix in (comparison.synthetic_matrix, comparison.test_matrix)
        )
        warning = "More synthetic rows are copies of real rows than test rows happen to be."
        return _measure_shares(copied, natural, warning)


class NeighbourMetric(PrivacyMetric):
    """A metric of the two real rows nearest to each row."""

    def compute(self, comparison: Comparison) -> Measurement:
        """Look up synthetic rows and test rows among the real ones; return their comparison."""
        _check_test_rows(comparison)
        rng = np.random.default_rng(comparison.seed)
        distance = GowerDistance.fit(comparison.real_matrix, comparison.features)
        records = subsample(comparison.real_matrix, MAX_RECORDS, rng)
        synthetic, test = (
            distance.nearest(subsample(matrix, MAX_QUERIES, rng), records, k=2)
            for matrix in (comparison.synthetic_matrix, comparison.test_matrix)
        )
        return self.compare(synthetic, test)

    @abstractmethod
    def compare(self, synthetic: Neighbours, test: Neighbours) -> Measurement:
        """Return how the neighbours of synthetic rows differ from those of test rows."""


class Nearness(NeighbourMetric):
    """Share of synthetic rows nearer to a real row than 95 % of test rows are, in percent."""

    name = "nearness"
    title = "Rows nearer than the nearest 5 % of test rows"
    direction = Direction.DOWN
    unit = "%"

    def compare(self, synthetic: Neighbours, test: Neighbours) -> Measurement:
        """Return the share of near rows; the reference is 5 %, and more where rows tie."""
        threshold = np.quantile(test.distances[:, 0], NEAR)
        near, natural = (rows.distances[:, 0] <= threshold for rows in (synthetic, test))
        warning = "Synthetic rows stand nearer to real rows than unseen rows do."
        return _measure_shares(near, natural, warning)


class NeighbourRatio(NeighbourMetric):
    """How much nearer the nearest real row is than the second: near 0 where one row was copied."""

    name = "neighbour_ratio"
    title = "Nearest-neighbour distance ratio, 5 % quantile"
    direction = Direction.UP

    def compare(self, synthetic: Neighbours, test: Neighbours) -> Measurement:
        """Return the quantile, as in CTAB-GAN (Zhao et al. 2021), beside that of test rows."""
        ratios, natural = _ratios(synthetic), _ratios(test)
        threshold = float(np.quantile(natural, NEAR))
        is_high = _is_significantly_higher(ratios <= threshold, natural <= threshold)
        warning = "Synthetic rows single out a real row more often than unseen rows do."
        return Measurement(
            float(np.quantile(ratios, NEAR)), threshold, warning=warning if is_high else ""
        )


class MembershipInference(PrivacyMetric):
    """AUC of an attack: is a row that lies near a synthetic one a row of the training table?

    The attacker knows the synthetic table only, and ranks rows by their distance to it (as the full
    black-box attack of Chen et al. 2020, GAN-Leaks). The interval is that of DeLong et al. (1988).
    """

    name = "membership_inference"
    title = "Membership inference attack, AUC"
    direction = Direction.DOWN

    def compute(self, comparison: Comparison) -> Measurement:
        """Return the AUC of real rows as members against test rows; guessing has 0.5."""
        _check_test_rows(comparison)
        rng = np.random.default_rng(comparison.seed)
        distance = GowerDistance.fit(comparison.real_matrix, comparison.features)
        records = subsample(comparison.synthetic_matrix, MAX_RECORDS, rng)
        members, others = (
            distance.nearest(subsample(matrix, MAX_QUERIES, rng), records).distances[:, 0]
            for matrix in (comparison.real_matrix, comparison.test_matrix)
        )
        nearer = (members[:, None] < others) + 0.5 * (members[:, None] == others)
        auc = float(nearer.mean())
        variances = (nearer.mean(axis=axis).var(ddof=1) / nearer.shape[1 - axis] for axis in (0, 1))
        error = float(np.sqrt(sum(variances)))
        warning = "Whoever has the synthetic rows can tell training rows from unseen ones."
        return Measurement(
            auc,
            0.5,
            low=max(0.0, auc - 1.96 * error),
            high=min(1.0, auc + 1.96 * error),
            warning=warning if auc - ALPHA_Z * error > 0.5 else "",
        )


def _check_test_rows(comparison: Comparison) -> None:
    """Raise `IncomputableError` unless there are test rows enough."""
    rows = len(comparison.test)
    if rows < MIN_TEST_ROWS:
        raise IncomputableError(f"{rows} test rows are too few, {MIN_TEST_ROWS} are needed")


def _measure_shares(
    found: NDArray[np.bool_], natural: NDArray[np.bool_], warning: str
) -> Measurement:
    """Return the shares of synthetic and test rows in percent, a warning if out of line."""
    return Measurement(
        100 * float(found.mean()),
        100 * float(natural.mean()),
        warning=warning if _is_significantly_higher(found, natural) else "",
    )


def _is_significantly_higher(found: NDArray[np.bool_], natural: NDArray[np.bool_]) -> bool:
    """Return whether one share is larger than the other beyond chance: Fisher's exact test."""
    together = int(found.sum() + natural.sum())
    total = len(found) + len(natural)
    return bool(hypergeom.sf(found.sum() - 1, total, together, len(found)) < ALPHA)


def _ratios(rows: Neighbours) -> NDArray[np.float64]:
    """Return nearest over second nearest distance; 1 where both are 0: no row is singled out."""
    first, second = rows.distances.T
    ratios = np.ones(len(first))
    np.divide(first, second, out=ratios, where=second > 0)
    return ratios


def _keys(matrix: NDArray[np.float64]) -> list[bytes]:
    """Return one hashable key a row; equal rows have equal keys."""
    rounded = np.round(matrix, DECIMALS) + 0.0  # -0.0 becomes 0.0
    rounded[np.isnan(rounded)] = np.nan  # one bit pattern for all gaps
    return [row.tobytes() for row in np.ascontiguousarray(rounded)]
