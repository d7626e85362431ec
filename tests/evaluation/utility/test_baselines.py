from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from tabgan.errors import SettingError
from tabgan.evaluation.metrics.metric import Unavailable
from tabgan.evaluation.utility.arms import (
    N_DRAWS,
    Arm,
    AveragedArm,
    BestLearnerArm,
    LearnerPredictions,
    make_arms,
)
from tabgan.evaluation.utility.augmenters import bootstrap
from tabgan.evaluation.utility.baselines import BASELINES, baseline_makers, check_baselines
from tabgan.evaluation.utility.out_of_fold import MAX_ROWS, draw_inner_rows, predict_out_of_fold
from tabgan.evaluation.utility.scores import SCORES
from tabgan.evaluation.utility.task import Examples, Task, infer_task_schema
from tabgan.evaluation.utility.utility import REAL, TUNED_THRESHOLD

F1 = next(score for score in SCORES["binary"] if score.name == "f1")
AUC = SCORES["binary"][0]


def make(table: pd.DataFrame, target: str) -> tuple[Task, Examples]:
    task = Task.infer(table, infer_task_schema(table, target), target)
    return task, task.examples(table)


def rare(rows: int, seed: int) -> pd.DataFrame:
    """A table whose class of 5 % can be told, but not surely."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.normal(size=(rows, 3)), columns=list("abc"))
    table["y"] = np.where(table["a"] + rng.logistic(size=rows) > 4, "rare", "common")
    return table


def run(task: Task, train: Examples, test: Examples, learner: str = "linear") -> LearnerPredictions:
    """What a learner predicts on real rows and on every baseline."""
    makers = {REAL: Arm, **baseline_makers(task, "all", seed=0)}
    found = LearnerPredictions(learner, task)
    for name, arm in make_arms(makers, train).items():
        found.fit_predict(name, arm, test, 0)
    if task.kind == "binary":
        found.tune(TUNED_THRESHOLD, makers[TUNED_THRESHOLD], train, 0)
    return found


@pytest.mark.parametrize(("target", "arms"), [("income", 9), ("job", 8), ("tax", 4)])
def test_every_baseline_of_a_task_predicts_and_repeats(
    real: pd.DataFrame, target: str, arms: int
) -> None:
    pytest.importorskip("imblearn")
    task, rows = make(real.dropna(subset="job"), target)
    train, test = rows.take(np.arange(0, 200)), rows.take(np.arange(200, len(rows.labels)))
    found = run(task, train, test).predictions
    assert len(found) == arms + 1
    again = run(task, train, test).predictions
    for name, runs in found.items():
        assert not isinstance(runs, Unavailable), name
        assert np.array_equal(runs[0], again[name][0])  # type: ignore[index]
        assert len(runs[0]) == len(test.labels)
        if task.kind != "regression":
            assert np.allclose(runs[0].sum(axis=1), 1)


def test_rows_twice_change_nothing() -> None:
    task, train = make(rare(2_000, seed=0), "y")
    test = task.examples(rare(4_000, seed=1))
    found = run(task, train, test).predictions
    once, twice = found[REAL], found["real twice"]
    assert not isinstance(once, Unavailable)
    assert not isinstance(twice, Unavailable)
    gain = AUC.compute(test.labels, twice[0]) - AUC.compute(test.labels, once[0])
    assert abs(gain) < 0.001


def test_a_tuned_threshold_raises_f1_of_a_rare_class_and_no_ranking() -> None:
    task, train = make(rare(2_000, seed=0), "y")
    test = task.examples(rare(4_000, seed=1))
    found = run(task, train, test)
    f1, auc = (
        {
            name: score.compute(test.labels, runs[0])
            for name, runs in found.for_score(score).items()
            if not isinstance(runs, Unavailable)
        }
        for score in (F1, AUC)
    )
    assert f1[TUNED_THRESHOLD] > f1[REAL] + 0.05
    assert f1[TUNED_THRESHOLD] > f1["real + random oversampling"] - 0.02
    assert auc[TUNED_THRESHOLD] == auc[REAL]


def linear_world(x: np.ndarray) -> np.ndarray:
    return np.asarray(x @ np.array([1.0, -1.0, 0.5, 0.7]))


def xor_world(x: np.ndarray) -> np.ndarray:
    return np.asarray(np.sign(x[:, 0] * x[:, 1]) * 3)


@pytest.mark.parametrize(
    ("world", "best"), [(linear_world, {"linear"}), (xor_world, {"gbdt", "forest"})]
)
def test_the_best_learner_is_the_one_that_fits_the_world(
    world: Callable[[np.ndarray], np.ndarray], best: set[str]
) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 4))
    table = pd.DataFrame(x, columns=list("abcd"))
    table["y"] = np.where(world(x) + 0.5 * rng.logistic(size=400) > 0, "yes", "no")
    task, train = make(table, "y")
    arm = BestLearnerArm(task, train, 0)
    assert arm.choice in best
    chosen = Arm(train).fit_predict(arm.choice, task, train, 0)
    for learner in ("gbdt", "linear"):  # whichever is asked, the best one answers
        assert np.array_equal(arm.fit_predict(learner, task, train, 0), chosen)


def test_an_average_is_that_of_learners_each_on_a_draw(real: pd.DataFrame) -> None:
    task, train = make(real, "income")
    seeds: list[int] = []

    def draw(seed: int) -> Examples:
        seeds.append(seed)
        return bootstrap(task, train, seed)

    found = AveragedArm(draw).fit_predict("linear", task, train, 3)
    assert len(set(seeds)) == N_DRAWS
    each = [Arm(bootstrap(task, train, s)).fit_predict("linear", task, train, s) for s in seeds]
    assert np.allclose(found, np.mean(each, axis=0))
    AveragedArm(draw).fit_predict("linear", task, train, 4)
    assert len(set(seeds)) == 2 * N_DRAWS  # another run has draws of its own


def test_every_row_is_predicted_by_learners_that_have_not_seen_it(real: pd.DataFrame) -> None:
    _, rows = make(real, "income")
    numbers = Examples(np.arange(float(len(rows.labels)))[:, None], rows.labels)

    def fit_predict(train: Examples, held: Examples) -> np.ndarray:
        assert not set(train.features[:, 0]) & set(held.features[:, 0])
        assert abs(train.labels.mean() - held.labels.mean()) < 0.02
        return held.features[:, 0]

    assert predict_out_of_fold(fit_predict, numbers, 0).tolist() == numbers.features[:, 0].tolist()


def test_inner_rows_are_a_stratified_part_of_many() -> None:
    labels = (np.arange(3 * MAX_ROWS) % 50 == 0).astype(float)
    drawn = draw_inner_rows(Examples(np.arange(3.0 * MAX_ROWS)[:, None], labels), 0)
    assert len(drawn.labels) == MAX_ROWS
    assert drawn.labels.sum() == pytest.approx(MAX_ROWS / 50, abs=1)
    assert draw_inner_rows(drawn, 0) is drawn


def test_a_rare_class_of_one_row_leaves_reasons(real: pd.DataFrame) -> None:
    rows = [*real.index[real["income"] == "low"][:60], *real.index[real["income"] == "high"][:1]]
    task, train = make(real.loc[rows], "income")
    found = run(task, train, train)
    reasons = {
        name: runs.reason
        for name, runs in found.predictions.items()
        if isinstance(runs, Unavailable)
    }
    smote = "SMOTE needs two rows of a class, and 'high' has one to learn"
    one = "the rows to train on hold one class, 'low'"
    assert reasons == {"real + SMOTE": smote, f"SMOTE, {N_DRAWS} draws": smote, "best learner": one}
    decided = found.for_score(F1)[TUNED_THRESHOLD]
    assert isinstance(decided, Unavailable)
    assert decided.reason == f"no threshold can be tuned: {one}"


def test_baselines_have_two_sets() -> None:
    for chosen in ("quick", "all"):
        check_baselines(chosen)
    with pytest.raises(SettingError, match="baselines can be 'quick', 'all', got 'none'"):
        check_baselines("none")
    assert {name for name, one in BASELINES.items() if not one.is_quick} == {
        f"SMOTE, {N_DRAWS} draws",
        f"bagging of {N_DRAWS}",
        "real + swapped cells",
    }
