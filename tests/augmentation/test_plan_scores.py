"""The test that decides whether rows are added, on gains whose truth is known."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan.augmentation import plan_scores
from tabgan.augmentation.plan import Recipe
from tabgan.augmentation.plan_scores import CANDIDATES, LEVEL, Candidates, chance_of
from tabgan.evaluation.metrics.metric import Direction
from tabgan.evaluation.utility.scores import Score
from tabgan.evaluation.utility.task import Task, infer_schema
from tabgan.evaluation.utility.utility import REAL

TABLE = pd.DataFrame({"x": np.arange(60) / 7, "y": ["no"] * 45 + ["yes"] * 15})
TASK = Task.infer(TABLE, infer_schema(TABLE, "y"), "y")
KNOWN = Score("known", "mark", Direction.UP, lambda _, mark: float(mark[0]))


@pytest.fixture(autouse=True)
def known_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a learner says of a fold is its mark."""
    monkeypatch.setattr(plan_scores, "SCORES", {"binary": (KNOWN,)})
    monkeypatch.setattr(plan_scores, "JUDGED_BY", {"binary": "known"})


def with_gains(gains: Any) -> Candidates:
    """Candidates that gained so much, shape (folds, candidates)."""
    found = Candidates(TABLE, TASK)
    found.truths = [np.zeros(1)] * len(gains)
    found.answers.guesses = {REAL: [np.zeros(1)] * len(gains)}
    for name, column in zip(found.candidates, np.transpose(gains), strict=True):
        found.answers.guesses[name] = [np.array([mark]) for mark in column]
    return found


def draw_gains(rng: np.random.Generator, folds: int = 5) -> Any:
    """Gains of candidates that do not help; folds share training rows, candidates a model."""
    shape = (folds, len(CANDIDATES))
    own = rng.normal(size=shape) + rng.normal(size=(folds, 1))
    shared = rng.normal(size=shape[1:]) + rng.normal()
    return np.sqrt(0.8) * own + np.sqrt(0.2) * shared


@pytest.mark.parametrize("folds", [5, 10])
def test_rows_are_seldom_added_in_vain(folds: int) -> None:
    rng = np.random.default_rng(0)
    chosen = [with_gains(draw_gains(rng, folds)).choose().recipe for _ in range(400)]
    assert np.mean([recipe != Recipe() for recipe in chosen]) <= LEVEL + 0.02


def test_a_clear_gain_is_seen() -> None:
    rng = np.random.default_rng(0)
    clear = np.array([0, 0, 4, 0, 4.5])
    found = [with_gains(draw_gains(rng, 10) + clear).choose() for _ in range(50)]
    assert np.mean([choice.recipe in {CANDIDATES[2], CANDIDATES[4]} for choice in found]) > 0.9


def test_gains_that_agree_need_not_be_as_clear() -> None:
    alone = np.array([0.5, 1.0, 1.5, 1.0, 1.0])[:, None]
    none = np.array([0.5, -0.5, 0.2, -0.2, 0.0])[:, None]
    many, one = np.tile(alone, 5), np.hstack([alone, *[none] * 4])
    assert with_gains(many).choose().recipe != Recipe()
    assert chance_of(np.array([0.05] + [0.5] * 4)) > LEVEL > chance_of(np.array([0.05] * 5))
    assert "p 0.00" in with_gains(many).choose().facts
    assert with_gains(one).choose().facts != with_gains(many).choose().facts


def test_a_second_pass_is_for_what_promises_something() -> None:
    rng = np.random.default_rng(0)
    none = rng.normal(size=(5, 5))
    assert not with_gains(none - none.mean(axis=0)).promise
    assert not with_gains(none - 2).promise
    assert with_gains(none + 2).promise
