from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import LinearSVC

from tabgan.evaluation.metrics.metric import IncomputableError
from tabgan.evaluation.utility.arms import Arm, LearnerPredictions
from tabgan.evaluation.utility.learners import LEARNERS, predict_by_each, train_and_predict
from tabgan.evaluation.utility.task import Examples, Task, infer_task_schema


def make(table: pd.DataFrame, target: str) -> tuple[Task, Examples]:
    task = Task.infer(table, infer_task_schema(table, target), target)
    return task, task.examples(table)


@pytest.mark.parametrize("target", ["income", "tax", "job"])
def test_a_row_that_weighs_two_is_a_row_twice(real: pd.DataFrame, target: str) -> None:
    task, train = make(real.drop(columns="wage"), target)
    few = train.take(np.arange(0, len(train.labels), 3))
    weights = np.ones(len(train.labels))
    weights[::3] = 2
    weighted = Examples(train.features, train.labels, weights=weights)
    twice = train.concat(few)
    one, other = (train_and_predict("linear", task, rows, train, 0) for rows in (weighted, twice))
    assert np.allclose(one, other, rtol=0.05, atol=0.02)  # numbers are scaled by unweighted moments


def test_balanced_classes_are_those_of_scikit_learn(cancer: pd.DataFrame) -> None:
    task, rows = make(cancer, "target")
    train, test = rows.take(np.arange(120)), rows.take(np.arange(120, len(rows.labels)))
    ours = train_and_predict("gbdt", task, train, test, 0, balance_classes=True)
    model = HistGradientBoostingClassifier(
        class_weight="balanced", max_features=0.8, early_stopping=False, random_state=0
    )
    theirs = model.fit(train.features, train.labels.astype(int)).predict_proba(test.features)
    assert np.allclose(ours, theirs, atol=1e-6)


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize("largest", [3e144, 1.7e308])
def test_numbers_near_the_largest_are_learned_or_refused(learner: str, largest: float) -> None:
    rng = np.random.default_rng(0)
    numbers = np.append(rng.normal(size=57), [largest, -largest, -1e16])
    table = pd.DataFrame({"x": rng.normal(size=60), "y": numbers})
    task, rows = make(table, "y")
    try:
        assert np.isfinite(train_and_predict(learner, task, rows, rows, 0)).all()
    except IncomputableError as error:
        assert "the numbers of 'y' are too large to learn from" in str(error)  # noqa: PT017


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize("largest", [3.5e38, 3e144, 1.7e308])
def test_features_beyond_float32_are_learned_from(learner: str, largest: float) -> None:
    rng = np.random.default_rng(0)
    label = rng.choice(["a", "b"], 60)
    numbers = rng.normal(size=60) + 3 * (label == "a")
    numbers[:3] = [largest, -largest, 1e30]
    for target in ("label", "y"):
        table = pd.DataFrame({"x": numbers, "label": label, "y": rng.normal(size=60)})
        task, rows = make(table, target)
        assert np.isfinite(train_and_predict(learner, task, rows, rows, 0)).all()


@pytest.mark.parametrize("learner", LEARNERS)
def test_classes_may_have_a_row_or_two_each(learner: str) -> None:
    table = pd.DataFrame({"x": np.arange(30) / 4, "y": [f"class {i % 15}" for i in range(30)]})
    task, rows = make(table, "y")
    probabilities = train_and_predict(learner, task, rows.take(np.arange(20)), rows, 0)
    assert np.allclose(probabilities.sum(axis=1), 1)


def test_a_learner_without_weights_or_probabilities_says_so(
    cancer: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nearest(*given: Any) -> Any:
        return KNeighborsClassifier()

    def svm(*given: Any) -> Any:
        return LinearSVC()

    monkeypatch.setitem(LEARNERS, "nearest", nearest)
    monkeypatch.setitem(LEARNERS, "svm", svm)
    task, rows = make(cancer, "target")
    for learner, reason in (
        ("nearest", "the learner 'nearest' takes no weights (sample_weight)"),
        ("svm", "the learner 'svm' gives no probabilities (predict_proba)"),
    ):
        found = LearnerPredictions(learner, task)
        found.fit_predict("class weights", Arm(rows, balance_classes=True), rows, 0)
        assert getattr(found.predictions["class weights"], "reason", "") == reason
    assert train_and_predict("nearest", task, rows, rows, 0).shape == (len(rows.labels), 2)
    each = predict_by_each(lambda name: train_and_predict(name, task, rows, rows, 0))
    assert list(each) == ["gbdt", "forest", "linear", "nearest"]
    single = Examples(rows.features, rows.labels * 0)
    with pytest.raises(IncomputableError, match="hold one class"):
        predict_by_each(lambda name: train_and_predict(name, task, single, rows, 0))
