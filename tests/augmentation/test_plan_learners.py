import numpy as np
import pandas as pd
import pytest

from tabgan.augmentation.labelled_table import LabelledTable
from tabgan.augmentation.plan_learners import fit_predict_averaged
from tabgan.augmentation.plan_rows import PlanRows
from tabgan.evaluation.metrics.metric import IncomputableError
from tabgan.evaluation.utility.learners import train_and_predict

RNG = np.random.default_rng(0)
TABLE = pd.DataFrame({"x": RNG.normal(size=120), "z": RNG.normal(size=120)})
TABLE["y"] = np.where(TABLE["x"] + RNG.normal(0, 0.3, 120) > 0, "up", "down")
TABLE["n"] = TABLE["x"] * 3 + TABLE["z"]
TASKS = {name: LabelledTable.split(TABLE, name).task for name in ("y", "n")}
MADE = TABLE.sample(60, random_state=0).reset_index(drop=True)


def rows(frame: pd.DataFrame, draws: int = 1, weight: float = 1.0) -> PlanRows:
    numbers = np.repeat(np.arange(draws), len(frame) // draws)
    return PlanRows(frame, numbers, np.full(len(frame), weight))


@pytest.mark.parametrize("target", ["y", "n"])
@pytest.mark.parametrize("learner", ["gbdt", "linear"])
def test_one_draw_of_full_weight_is_what_evaluate_trains(target: str, learner: str) -> None:
    task = TASKS[target]
    real, test = task.examples(TABLE[:80]), task.examples(TABLE[80:])
    found = fit_predict_averaged(learner, task, real, rows(MADE), test, seed=1)
    both = real.concat(task.examples(MADE))
    assert np.array_equal(found, train_and_predict(learner, task, both, test, 1))
    none = fit_predict_averaged(learner, task, real, rows(MADE[:0]), test, seed=1)
    assert np.array_equal(none, train_and_predict(learner, task, real, test, 1))


@pytest.mark.parametrize("target", ["y", "n"])
def test_several_draws_are_averaged(target: str) -> None:
    task = TASKS[target]
    real, test = task.examples(TABLE[:80]), task.examples(TABLE[80:])
    each = [
        fit_predict_averaged("gbdt", task, real, rows(MADE[part]), test, seed)
        for seed, part in ((5, slice(0, 30)), (6, slice(30, 60)))
    ]
    found = fit_predict_averaged("gbdt", task, real, rows(MADE, draws=2), test, 5)
    assert found == pytest.approx(np.mean(each, axis=0))


def test_rows_of_next_to_no_weight_change_next_to_nothing() -> None:
    task = TASKS["n"]
    real, test = task.examples(TABLE[:80]), task.examples(TABLE[80:])
    wrong = MADE.assign(n=1000.0)
    light = fit_predict_averaged("linear", task, real, rows(wrong, weight=1e-9), test, 0)
    alone = train_and_predict("linear", task, real, test, 0)
    heavy = fit_predict_averaged("linear", task, real, rows(wrong), test, 0)
    assert np.abs(light - alone).max() < 0.5
    assert np.abs(heavy - alone).max() > 50


def test_classes_that_the_task_lacks_are_left_out_and_one_class_is_said() -> None:
    task = TASKS["y"]
    real, test = task.examples(TABLE[:80]), task.examples(TABLE[80:])
    found = fit_predict_averaged("gbdt", task, real, rows(MADE.assign(y="new")), test, 1)
    assert np.array_equal(found, train_and_predict("gbdt", task, real, test, 1))
    ups = task.examples(TABLE[TABLE["y"] == "up"])
    with pytest.raises(IncomputableError, match="hold one class, 'up'"):
        fit_predict_averaged("gbdt", task, ups, rows(MADE[:0]), test, 1)
