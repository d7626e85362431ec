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


def test_no_more_folds_are_taken_where_nothing_promises_something() -> None:
    rng = np.random.default_rng(0)
    none = rng.normal(size=(5, 5))
    assert not with_gains(none - none.mean(axis=0)).may_help(10)
    assert not with_gains(none - 2).may_help(10)
    assert with_gains(none + 2).may_help(10)


def test_a_sure_gain_is_promising_beside_a_larger_one_that_is_not_sure() -> None:
    gains = np.zeros((5, 6))
    gains[:, 0] = [9.0, -6.0, 3.0, -2.0, 1.0]
    gains[:, 5] = [0.5, 0.1, 0.2, 0.4, 0.3]
    assert with_gains(gains).may_help(10)
    assert not with_gains(gains[:, :5]).may_help(10)


@pytest.mark.parametrize("folds", [3, 5, 9])
def test_where_it_is_given_up_nothing_is_added(folds: int) -> None:
    rng = np.random.default_rng(folds)
    for _ in range(100):
        found = with_gains(draw_gains(rng, folds, 6) + rng.normal())
        assert found.may_help(10) or found.choose().plan == AugmentationPlan()


@pytest.mark.parametrize("help_", [0.5, 1.0])
def test_to_give_up_early_loses_little_and_saves_much(help_: float) -> None:
    rng = np.random.default_rng(0)
    found, missed, folds_where_none_helps = 0, 0, []
    for _ in range(60):
        gains = draw_gains(rng, 10, 6)
        ends = [k for k in range(3, 10) if not with_gains(gains[:k]).may_help(10)]
        folds_where_none_helps.append(min(ends, default=10))
        found += with_gains(gains + help_).choose().plan != AugmentationPlan()
        gives_up = any(not with_gains(gains[:k] + help_).may_help(10) for k in range(3, 10))
        missed += gives_up and with_gains(gains + help_).choose().plan != AugmentationPlan()
    assert missed <= 0.15 * found
    assert np.mean(folds_where_none_helps) < 7


def test_two_folds_tell_too_little_to_give_up() -> None:
    assert with_gains([[-1.0, -1.0], [-1.1, -1.0]]).may_help(10)
    assert not with_gains([[-1.0, -1.0], [-1.1, -1.0], [-1.2, -1.0]]).may_help(10)
