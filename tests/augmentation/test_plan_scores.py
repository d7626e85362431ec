"""The test that decides whether rows are added, on gains whose truth is known."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan.augmentation import plan_scores
from tabgan.augmentation.labelled_table import LabelledTable
from tabgan.augmentation.plan import AugmentationPlan
from tabgan.augmentation.plan_scores import ALPHA, MANY_DRAWS, PLANS, PlanScores
from tabgan.evaluation.metrics.metric import Direction
from tabgan.evaluation.utility.scores import Score
from tabgan.evaluation.utility.utility import REAL

TABLE = pd.DataFrame({"x": np.arange(60) / 7, "y": ["no"] * 45 + ["yes"] * 15})
LABELLED = LabelledTable.split(TABLE, "y")
KNOWN = Score("known", "mark", Direction.UP, lambda _, mark: float(mark[0]))


@pytest.fixture(autouse=True)
def known_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a learner predicts in a fold is its score."""
    monkeypatch.setattr(plan_scores, "SCORES", {"binary": (KNOWN,)})
    monkeypatch.setattr(plan_scores, "SCORED_BY", {"binary": "known"})


def with_gains(gains: Any) -> PlanScores:
    """Plans that gained so much, shape (folds, plans)."""
    found = PlanScores(LABELLED, [*PLANS, MANY_DRAWS][: np.shape(gains)[1]])
    found.targets = [np.zeros(1)] * len(gains)
    found.learner.predictions = {REAL: [np.zeros(1)] * len(gains)}
    for name, column in zip(found.plans, np.transpose(gains), strict=True):
        found.learner.predictions[name] = [np.array([mark]) for mark in column]
    return found


def draw_gains(rng: np.random.Generator, folds: int = 5, plans: int = len(PLANS)) -> Any:
    """Gains of plans that do not help; folds share training rows, plans a model."""
    shape = (folds, plans)
    own = rng.normal(size=shape) + rng.normal(size=(folds, 1))
    shared = rng.normal(size=shape[1:]) + rng.normal()
    return np.sqrt(0.8) * own + np.sqrt(0.2) * shared


@pytest.mark.parametrize("plans", [5, 6])
@pytest.mark.parametrize("folds", [5, 10])
def test_rows_are_seldom_added_in_vain(folds: int, plans: int) -> None:
    rng = np.random.default_rng(0)
    chosen = [with_gains(draw_gains(rng, folds, plans)).choose().plan for _ in range(400)]
    assert np.mean([plan != AugmentationPlan() for plan in chosen]) <= ALPHA + 0.02


def test_a_clear_gain_is_seen() -> None:
    rng = np.random.default_rng(0)
    clear = np.array([0, 0, 4, 0, 4.5])
    found = [with_gains(draw_gains(rng, 10) + clear).choose() for _ in range(50)]
    assert np.mean([choice.plan in {PLANS[2], PLANS[4]} for choice in found]) > 0.9


def test_gains_that_agree_need_not_be_as_clear() -> None:
    alone = np.array([0.5, 1.0, 1.5, 1.0, 1.0])[:, None]
    none = np.array([0.5, -0.5, 0.2, -0.2, 0.0])[:, None]
    many, one = np.tile(alone, 5), np.hstack([alone, *[none] * 4])
    assert with_gains(many).choose().plan != AugmentationPlan()
    assert "p 0.00" in with_gains(many).choose().describe(1)
    assert with_gains(one).choose().describe(1) != with_gains(many).choose().describe(1)


def test_many_draws_need_not_wait_for_the_others() -> None:
    rng = np.random.default_rng(0)
    gains = rng.normal(size=(10, 6)) - 0.5
    gains[:, 5] = np.linspace(-0.2, 1.2, 10)
    found = with_gains(gains).choose()
    assert found.plan == MANY_DRAWS
    assert found.trial
    assert found.trial.results[-1].corrected == pytest.approx(
        (found.trial.results[-1].p_value or 0.0) / 0.75
    )
    gains[:, 5] = -gains[:, 5]
    assert with_gains(gains).choose().plan == AugmentationPlan()


def test_a_second_pass_is_for_what_would_help_in_twice_the_folds() -> None:
    rng = np.random.default_rng(0)
    none = rng.normal(size=(5, 5))
    assert not with_gains(none - none.mean(axis=0)).would_help(10)
    assert not with_gains(none - 2).would_help(10)
    assert with_gains(none + 2).would_help(10)


def test_a_sure_gain_is_promising_beside_a_larger_one_that_is_not_sure() -> None:
    gains = np.zeros((5, 6))
    gains[:, 0] = [9.0, -6.0, 3.0, -2.0, 1.0]
    gains[:, 5] = [0.5, 0.1, 0.2, 0.4, 0.3]
    assert with_gains(gains).would_help(10)
    assert not with_gains(gains[:, :5]).would_help(10)


def test_what_helps_in_these_folds_would_in_more() -> None:
    rng = np.random.default_rng(0)
    for _ in range(100):
        found = with_gains(draw_gains(rng, 5, 6) + rng.normal())
        assert found.would_help(10) or found.choose().plan == AugmentationPlan()
        twice = with_gains(np.tile(draw_gains(rng, 5, 6), (2, 1)))
        assert twice.would_help(10) == (twice.choose().plan != AugmentationPlan())


def test_nothing_is_given_up_before_anything_can_be_told() -> None:
    assert with_gains([[1.0, -1.0]]).would_help(10)
