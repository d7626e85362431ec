import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import stdtrit

from tabgan.evaluation.metrics.metric import IncomputableError
from tabgan.evaluation.utility.confidence_intervals import (
    compute_gains,
    half_width_over_folds,
    half_width_over_seeds,
)
from tabgan.evaluation.utility.scores import SCORES

RMSE = SCORES["regression"][0]


def test_gains_have_plus_for_better() -> None:
    targets = np.zeros(4)
    gains = compute_gains(
        RMSE, [targets, targets], [targets + 2, targets + 2], [targets + 1, targets + 3]
    )
    assert gains.tolist() == [1, -1]


def by_folds(gains: NDArray[np.float64], test_ratio: float) -> float:
    """The half width for gains in RMSE of these sizes."""
    targets, baseline = [np.zeros(1)] * len(gains), [np.full(1, 10.0)] * len(gains)
    found = [np.full(1, 10 - gain) for gain in gains]
    return half_width_over_folds(RMSE, targets, baseline, found, test_ratio=test_ratio)


def test_folds_widen_the_interval_as_nadeau_and_bengio_say() -> None:
    gains = np.array([1.0, 2.0, 3.0, 6.0])
    expected = stdtrit(3, 0.975) * gains.std(ddof=1) * np.sqrt(1 / 4 + 1 / 3)
    assert by_folds(gains, 1 / 3) == pytest.approx(expected)


def test_the_interval_of_overlapping_folds_holds_what_it_promises() -> None:
    rng = np.random.default_rng(0)
    missed, missed_plain = 0, 0
    for _ in range(200):  # tables of 100 rows whose gain is 0 but for noise, in 15 folds
        rows = rng.normal(size=100)
        gains = np.concatenate([rng.permutation(rows).reshape(5, 20).mean(axis=1) for _ in "abc"])
        missed += abs(gains.mean()) > by_folds(gains, 1 / 4)
        missed_plain += abs(gains.mean()) > by_folds(gains, 0)  # the plain t-interval
    assert missed / 200 <= 0.05
    assert missed_plain / 200 > 0.15


def test_one_fold_and_few_test_rows_allow_no_interval() -> None:
    one = [np.zeros(3)]
    with pytest.raises(IncomputableError, match="one fold"):
        half_width_over_folds(RMSE, one, one, one, test_ratio=0.25)
    auc = SCORES["binary"][0]
    targets = np.array([0.0] * 60 + [1.0])
    predictions = np.full((61, 2), 0.5)
    few_targets = np.concatenate([np.zeros(4000), [1.0]])
    few = np.full((4001, 2), 0.5)
    assert (
        half_width_over_seeds(auc, [targets] * 2, [predictions] * 2, [predictions] * 2, seed=0) == 0
    )
    with pytest.raises(IncomputableError, match="too few"):
        half_width_over_seeds(auc, [few_targets] * 2, [few] * 2, [few] * 2, seed=0)
