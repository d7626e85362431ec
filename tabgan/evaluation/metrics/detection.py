"""Can a classifier tell synthetic rows from real ones?

This is the classifier two-sample test of Lopez-Paz and Oquab (2017).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from tabgan.evaluation.metrics.classifiers import filled_model, linear_pipeline, quiet_fit
from tabgan.evaluation.metrics.metric import (
    Comparison,
    Direction,
    IncomputableError,
    Measurement,
    SplitHalfMetric,
)

MAX_ROWS = 20_000  # of each table: beyond it the score moves by less than its noise
MIN_ROWS = 15  # of each table: five in each fold
MIN_HELD_OUT = 30  # rows of a `TwoSampleTest`
FOLDS = 3
NORMAL_QUANTILE = 1.96  # of 95 % intervals
RETRAINING = (
    1.5  # variance of an AUC over that of its test rows alone, as the classifier varies too
)


def two_sample_score(
    real_features: NDArray[np.floating[Any]],
    synthetic_features: NDArray[np.floating[Any]],
    seed: int,
    *,
    detector: BaseEstimator | None = None,
) -> float:
    """Return how alike two tables are to a classifier: 1 = it cannot tell them, 0 = it always can.

    1 - (2 * max(0.5, AUC) - 1), with the AUC of cross-validated probabilities.

    Args:
        real_features: Shape (rows, features); NaN is a gap.
        synthetic_features: Shape (other rows, features); both are cut to the shorter's length.
        seed: Decides the cut, the folds and the classifier's draws.
        detector: A classifier of scikit-learn's kind; boosted trees by default.

    Raises:
        IncomputableError: A table has fewer than 15 rows.
    """
    rows = min(len(real_features), len(synthetic_features), MAX_ROWS)
    if rows < MIN_ROWS:
        raise IncomputableError(f"a table has {rows} rows, and detection needs {MIN_ROWS}")
    rng = np.random.default_rng(seed)
    cuts = [
        table[rng.choice(len(table), rows, replace=False)]
        for table in (real_features, synthetic_features)
    ]
    matrix, origin = np.vstack(cuts), np.repeat([0, 1], rows)
    if detector is None:
        detector = HistGradientBoostingClassifier(
            max_iter=200, early_stopping=False, random_state=seed
        )
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    with quiet_fit(len(matrix)):
        probabilities = cross_val_predict(
            filled_model(detector), matrix, origin, cv=folds, method="predict_proba"
        )
    return float(1 - (2 * max(0.5, roc_auc_score(origin, probabilities[:, 1])) - 1))


def score_margin(score: float, n_rows: int) -> float:
    """Return half the width of the 95 % interval around a two-sample score.

    The standard error of an AUC of as many real as synthetic rows (Hanley and McNeil 1982, eq. 1).
    NOTE[DIFF]: its variance is raised by RETRAINING, found on made tables of known scores: folds
    train another classifier for other rows.

    Args:
        score: From 0 to 1.
        n_rows: Rows of each table.

    >>> round(score_margin(0.9, 100), 2), round(score_margin(0.9, 5_000), 2)
    (0.2, 0.03)
    """
    auc = 1 - score / 2
    both_real, both_synthetic = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (n_rows - 1) * (both_real + both_synthetic - 2 * auc**2)
    return float(2 * NORMAL_QUANTILE * np.sqrt(RETRAINING * spread) / n_rows)


def score_ceiling(score: float, n_rows: int) -> float:
    """Return the largest score whose 95 % interval reaches down to a two-sample score.

    Where a classifier has told all rows apart, the margin around the score is 0, and yet no more is
    known than that the true score is below this.

    >>> round(score_ceiling(0.0, 100), 2), round(score_ceiling(0.0, 5_000), 4)
    (0.06, 0.0012)
    """
    low, high = score, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        is_near = middle - score_margin(middle, n_rows) <= score
        low, high = (middle, high) if is_near else (low, middle)
    return high


class TwoSampleTest:
    """Scores rows against a fixed set of held-out ones, by a classifier that is quick to fit.

    Args:
        held_out: Features of the rows to compare with, shape (n_rows, n_features); NaN is a gap.
        seed: Decides the classifier's draws and folds, the same in every test.
        max_bins: Bins that the classifier cuts a feature into: fewer are quicker in wide tables.

    Attributes:
        noise_floor: Score of other real rows, what perfect looks like; None until it is measured.

    >>> rng = np.random.default_rng(0)
    >>> test = TwoSampleTest(rng.normal(size=(90, 2)), seed=0)
    >>> test.score(rng.normal(size=(90, 2))) > test.score(rng.normal(size=(90, 2)) + 3)
    True
    """

    def __init__(self, held_out: NDArray[np.float64], seed: int, max_bins: int = 255) -> None:
        self.held_out, self.seed, self.max_bins = held_out, seed, max_bins
        self.noise_floor: float | None = None

    @property
    def n_rows(self) -> int:
        """Rows held out."""
        return len(self.held_out)

    @property
    def is_meaningful(self) -> bool:
        """Whether enough rows are held out for a score to mean anything."""
        return self.n_rows >= MIN_HELD_OUT

    def score(self, features: NDArray[np.float64]) -> float | None:
        """Return `two_sample_score` of rows, (n_rows, n_features); None if too few are held out."""
        if not self.is_meaningful:
            return None
        detector = HistGradientBoostingClassifier(
            max_iter=60,
            learning_rate=0.15,
            max_bins=self.max_bins,
            early_stopping=False,
            random_state=self.seed,
        )
        return two_sample_score(self.held_out, features, self.seed, detector=detector)


class BoostedDetection(SplitHalfMetric):
    """Two-sample score of boosted trees, which see every interaction."""

    name = "detection_boosted"
    title = "Two-sample score, boosted trees"
    direction = Direction.UP

    def compare(
        self, comparison: Comparison, real: NDArray[np.float64], synthetic: NDArray[np.float64]
    ) -> Measurement:
        """Return `two_sample_score` of the two tables as they are."""
        return Measurement(two_sample_score(real, synthetic, comparison.seed))


class LinearDetection(SplitHalfMetric):
    """Two-sample score of a logistic regression: easily passed, so never read it alone."""

    name = "detection_linear"
    title = "Two-sample score, logistic regression"
    direction = Direction.UP

    def compare(
        self, comparison: Comparison, real: NDArray[np.float64], synthetic: NDArray[np.float64]
    ) -> Measurement:
        """Return `two_sample_score` with numbers scaled and categories one-hot encoded."""
        detector = linear_pipeline(comparison.features.categorical, "classification")
        seed = comparison.seed
        return Measurement(two_sample_score(real, synthetic, seed, detector=detector))
