from functools import partial

import numpy as np
import pandas as pd
import pytest

from tabgan.evaluation.utility.arms import LearnerPredictions
from tabgan.evaluation.utility.baseline_comparison import compare_baselines
from tabgan.evaluation.utility.confidence_intervals import Effect, half_width_over_folds
from tabgan.evaluation.utility.scores import SCORES
from tabgan.evaluation.utility.task import Task, infer_task_schema
from tabgan.evaluation.utility.utility import BOTH, REAL, Utility, score_arms

RMSE = SCORES["regression"][0]
HALF_WIDTH = partial(half_width_over_folds, test_ratio=0.25)
FOLDS = 10
TWICE, BEST, SWAPPED = "real twice", "best learner", "real + swapped cells"
OTHER = "real + other"  # of another generator
CHANCE = np.random.default_rng(0).normal(0, 0.01, size=(6, FOLDS))


@pytest.fixture(scope="module")
def task() -> Task:
    table = pd.DataFrame({"x": np.arange(40) % 7, "y": np.arange(40.0)})
    return Task.infer(table, infer_task_schema(table, "y"), "y")


def compare(task: Task, **gains: float) -> Utility:
    """Compare arms whose gains in RMSE are these but for noise of 0.01; real rows have one of 1."""
    names = {"real": REAL, "both": BOTH, "twice": TWICE, "best": BEST, "swapped": SWAPPED}
    names["other"] = OTHER
    found = LearnerPredictions("gbdt", task)
    targets = [np.zeros(1)] * FOLDS
    for (name, arm), noise in zip(names.items(), CHANCE, strict=True):
        if name in gains or arm == REAL:
            errors = 1 - gains.get(name, 0.0) + noise
            found.predictions[arm] = [np.array([error]) for error in errors]
    scores = score_arms("gbdt", RMSE, targets, found.predictions, HALF_WIDTH)
    utility = Utility("regression", "y", None, tuple(scores))
    others = [arm for arm in found.predictions if arm not in {REAL, BOTH}]
    return compare_baselines(utility, others, [found], targets, HALF_WIDTH)


def test_rows_that_are_ahead_of_everything(task: Task) -> None:
    found = compare(task, both=0.3, twice=0.0, best=0.1)
    assert found.remark.startswith(
        "Nothing without a generator does as well: of 2 ways the best is"
    )
    assert "best learner (+0.10)" in found.remark
    margin = found.margin
    assert margin is not None
    assert (margin.baseline, margin.effect) == (BEST, Effect.HELPS)
    assert margin.low < margin.margin < margin.high
    assert margin.margin == pytest.approx(0.2, abs=0.02)
    assert f"ahead of it by +{margin.margin:.2f} (95 % interval" in found.remark


def test_a_baseline_that_does_better_is_named(task: Task) -> None:
    found = compare(task, both=0.1, twice=0.0, best=0.3)
    assert found.remark == "Better still, without a generator: best learner (+0.30)."
    assert found.margin is not None
    assert found.margin.effect is Effect.HURTS


def test_a_baseline_that_does_as_well_is_named(task: Task) -> None:
    found = compare(task, both=0.1, twice=0.1, best=0.02)
    start = "As well, without a generator, to within what can be measured: real twice (+0."
    assert found.remark.startswith(start)
    assert "best learner" not in found.remark
    assert found.margin is not None
    assert found.margin.effect is Effect.NONE


def test_other_generators_stand_apart(task: Task) -> None:
    found = compare(task, both=0.1, twice=0.1, other=0.3)
    assert "More still is gained by other (+0.30)." in found.remark
    assert found.margin is not None
    assert found.margin.baseline == TWICE


def test_rows_that_do_not_help_name_what_does(task: Task) -> None:
    found = compare(task, both=-0.1, twice=0.0, best=0.2, swapped=0.3)
    assert found.remark == "What helps: swapped cells (+0.29), best learner (+0.20)."
    assert found.claim.startswith("Adding the synthetic rows hurts")
    nothing = compare(task, both=0.0, twice=0.0, best=-0.1)
    assert nothing.remark == "None of 2 other ways gains more than noise."


def test_the_best_of_many_is_believed_less_than_one(task: Task) -> None:
    rng = np.random.default_rng(0)
    believed = {1: 0, 40: 0}
    for _ in range(60):  # baselines that do nothing
        for count in believed:
            found = LearnerPredictions("gbdt", task)
            arms = [REAL, BOTH, *map(str, range(count))]
            found.predictions.update(
                {arm: [1 + rng.normal(0, 0.1, 1) for _ in range(FOLDS)] for arm in arms}
            )
            targets = [np.zeros(1)] * FOLDS
            half_width = partial(half_width_over_folds, test_ratio=0.0)
            scores = score_arms("gbdt", RMSE, targets, found.predictions, half_width)
            utility = Utility("regression", "y", None, tuple(scores))
            found_utility = compare_baselines(utility, arms[2:], [found], targets, half_width)
            believed[count] += "What helps" in found_utility.remark
    assert believed[1] <= 6
    assert believed[40] <= 30  # without widening: 40 chances of 1 in 40 each


def test_without_an_interval_nothing_is_said(task: Task) -> None:
    found = LearnerPredictions("gbdt", task)
    found.predictions = {arm: [np.ones(1)] for arm in (REAL, BOTH, TWICE)}
    targets = [np.zeros(1)]
    scores = score_arms("gbdt", RMSE, targets, found.predictions, HALF_WIDTH)
    utility = Utility("regression", "y", None, tuple(scores))
    assert compare_baselines(utility, [TWICE], [found], targets, HALF_WIDTH) == utility
