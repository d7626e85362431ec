"""`TabGANDetector` as scikit-learn sees it, and what it finds."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.metrics import roc_auc_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from tabgan import TabGANDetector, TrainingConfig
from tabgan.errors import SettingError, TableError

TINY = TrainingConfig(
    steps=2, batch_size=16, hidden_dim=8, n_layers=1, latent_dim=2, n_validations=1, refine_rounds=0
)
EXPECTED_FAILURES = {
    "check_estimators_nan_inf": "gaps are learned and scored, so NaN is welcome",
    "check_fit2d_predict1d": "an array of one dimension is refused in one sentence of our own",
}


@parametrize_with_checks(  # type: ignore[untyped-decorator]
    [TabGANDetector(config=TINY, relations=False, random_state=0)],
    expected_failed_checks=lambda estimator: EXPECTED_FAILURES,
)
def test_scikit_learn_checks(estimator: BaseEstimator, check: Any) -> None:
    check(estimator)


def test_one_row_will_do_but_not_an_array_of_one_dimension() -> None:
    numbers = np.random.default_rng(0).normal(size=(30, 2))
    detector = TabGANDetector(config=TINY, random_state=0).fit(numbers)
    assert detector.predict(numbers[:1]).shape == (1,)
    with pytest.raises(TableError, match="Expected 2D array, got 1D array instead. Reshape"):
        detector.predict(numbers[0])


@pytest.fixture(scope="module")
def detector(people: pd.DataFrame) -> TabGANDetector:
    return TabGANDetector(0.05, steps=40, refine=False, random_state=0, device="cpu").fit(people)


def test_rows_unlike_the_table_are_outliers(detector: TabGANDetector, people: pd.DataFrame) -> None:
    odd = people[:20].assign(height=900.0, city="Atlantis", gain=1e9)
    assert (detector.predict(odd) == -1).all()
    assert (detector.predict(people) == -1).mean() == pytest.approx(0.05, abs=0.005)
    assert (detector.decision_function(odd) < detector.decision_function(people[:20])).all()


def test_numbers_that_repeat_do_not_drown_what_is_odd() -> None:
    rng = np.random.default_rng(0)
    hours = np.where(rng.random(900) < 0.5, 0.0, rng.lognormal(0, 1, 900))
    rows = pd.DataFrame({"hours": hours, "pay": hours * 12 * rng.lognormal(0, 0.1, 900)})
    for name in ("dust", "rain"):  # of heights that differ widely, and of no use
        rows[name] = np.where(rng.random(900) < 0.5, 0.0, rng.lognormal(-9, 1, 900))
    detector = TabGANDetector(steps=150, refine=False, relations=False, random_state=0)
    detector.fit(rows[:600])
    normal = rows[600:]
    odd = normal.assign(pay=rng.permutation(normal["pay"]))

    def find_auc(score: Callable[[pd.DataFrame], Any]) -> float:
        labels = np.repeat([1, 0], len(normal))
        return float(roc_auc_score(labels, np.append(score(normal), score(odd))))

    by_density = find_auc(detector.gan_.model_.score_samples)
    assert find_auc(detector.decision_function) > by_density + 0.05


def test_fit_predict_repeats(detector: TabGANDetector, people: pd.DataFrame) -> None:
    again = TabGANDetector(0.05, steps=40, refine=False, random_state=0, device="cpu")
    assert (again.fit_predict(people) == detector.predict(people)).all()
    assert again.offset_ == detector.offset_


@pytest.mark.parametrize("share", [0, -0.1, 0.6, np.nan])
def test_a_share_of_outliers_is_one(people: pd.DataFrame, share: float) -> None:
    with pytest.raises(SettingError, match="is no share of outliers"):
        TabGANDetector(share, config=TINY).fit(people)
