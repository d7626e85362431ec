"""The downstream learners: what a reader would train on the table, at scikit-learn's default sizes.

Each entry of `LEARNERS` builds an unfitted estimator from the task, the features and a seed. All
take a matrix of `Features` as it is: gaps as NaN, categories as codes.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter

from tabgan.evaluation.metrics.classifiers import Kind, filled_model, linear_pipeline, quiet_fit
from tabgan.evaluation.metrics.feature_matrix import Features
from tabgan.evaluation.metrics.metric import IncomputableError
from tabgan.evaluation.utility.task import Examples, Task

MAX_NATIVE_CATEGORIES = 200  # the trees hold 255 bins; columns with more keep ordinal codes


def gbdt(kind: Kind, features: Features, seed: int) -> BaseEstimator:
    """Return histogram gradient boosting with native categories.

    A fifth of the columns is hidden at each split: without that the fit is deterministic, and
    repeats with other seeds would say nothing.
    """
    counts = features.category_counts
    native = features.categorical & (counts <= MAX_NATIVE_CATEGORIES)
    model = (
        HistGradientBoostingRegressor if kind == "regression" else HistGradientBoostingClassifier
    )
    return model(
        categorical_features=native, max_features=0.8, early_stopping=False, random_state=seed
    )


def forest(kind: Kind, features: Features, seed: int) -> BaseEstimator:  # noqa: ARG001
    """Return a random forest of 100 trees on ordinal codes; gaps go down a branch of their own."""
    model = RandomForestRegressor if kind == "regression" else RandomForestClassifier
    return model(n_estimators=100, min_samples_leaf=2, random_state=seed)


def linear(kind: Kind, features: Features, seed: int) -> BaseEstimator:  # noqa: ARG001
    """Return logistic or ridge regression on scaled numbers and one-hot categories, no chance."""
    return linear_pipeline(features.categorical, kind)


LEARNERS: dict[str, Callable[[Kind, Features, int], BaseEstimator]] = {
    "gbdt": gbdt,
    "forest": forest,
    "linear": linear,
}


def train_and_predict(
    learner: str,
    task: Task,
    train: Examples,
    test: Examples,
    seed: int,
    *,
    balance_classes: bool = False,
) -> NDArray[np.float64]:
    """Train a learner and return its predictions for the test rows.

    Args:
        learner: Key in `LEARNERS`.
        task: What it is asked.
        train: Rows to learn from.
        test: Rows to predict for.
        seed: Decides the learner's draws.
        balance_classes: Whether rare classes weigh as much as common ones; classification only.

    Returns:
        Numbers of shape (rows,), or probabilities of shape (rows, classes) in the task's order.

    Raises:
        IncomputableError: There are no rows to learn from or to predict for, or of one class only,
            or numbers overflow, or the learner takes no weights or gives no probabilities where
            they are asked for.
    """
    for rows, what in ((test, "test rows"), (train, "rows to train on")):
        if len(rows.labels) == 0:
            raise IncomputableError(f"the {what} hold no usable {task.target!r}")
    weights = balanced_weights(train) if balance_classes else train.weights
    if task.kind == "regression":
        model = filled_model(LEARNERS[learner]("regression", task.features, seed))
        with quiet_fit(len(train.labels)):
            model.fit(train.features, train.labels, **_weight_setting(learner, model, weights))
            predicted = np.asarray(model.predict(test.features))
        if not np.isfinite(predicted).all():
            raise IncomputableError(f"the numbers of {task.target!r} are too large to learn from")
        return predicted
    seen = np.unique(train.labels).astype(int)
    if len(seen) < 2:
        raise IncomputableError(f"the rows to train on hold one class, {task.classes[seen[0]]!r}")
    model = filled_model(LEARNERS[learner]("classification", task.features, seed))
    if not hasattr(model, "predict_proba"):
        raise IncomputableError(f"the learner {learner!r} gives no probabilities (predict_proba)")
    probabilities = np.zeros((len(test.labels), len(task.classes)))
    with quiet_fit(len(train.labels)):
        setting = _weight_setting(learner, model, weights)
        model.fit(train.features, train.labels.astype(int), **setting)
        probabilities[:, seen] = model.predict_proba(test.features)
    return probabilities


def balanced_weights(train: Examples) -> NDArray[np.float64]:
    """Return weights of rows, shape (rows,), under which all classes weigh the same."""
    codes, given = train.labels.astype(int), train.row_weights
    of_class = np.bincount(codes, given)
    weights: NDArray[np.float64] = (
        given * given.sum() / np.count_nonzero(of_class) / of_class[codes]
    )
    return weights


def predict_by_each(
    predict: Callable[[str], NDArray[np.float64]],
) -> dict[str, NDArray[np.float64]]:
    """Return what each of `LEARNERS` predicts, without those that cannot.

    Args:
        predict: From the name of a learner.

    Raises:
        IncomputableError: None of them can.
    """
    found, failed = {}, IncomputableError("there is no learner")
    for learner in LEARNERS:
        try:
            found[learner] = predict(learner)
        except IncomputableError as error:
            failed = error
    if not found:
        raise failed
    return found


def _weight_setting(
    learner: str, model: BaseEstimator, weights: NDArray[np.float64] | None
) -> dict[str, NDArray[np.float64]]:
    """Return weights by the name under which a pipeline hands them to the model at its end."""
    if weights is None:
        return {}
    steps: list[str] = []
    while isinstance(model, Pipeline):
        name, model = model.steps[-1]
        steps.append(name)
    if not has_fit_parameter(model, "sample_weight"):
        raise IncomputableError(f"the learner {learner!r} takes no weights (sample_weight)")
    return {"__".join([*steps, "sample_weight"]): weights}
