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
        IncomputableError: There are no rows to learn from or to predict for, or of one class only.
    """
    for rows, what in ((test, "test rows"), (train, "rows to train on")):
        if len(rows.labels) == 0:
            raise IncomputableError(f"the {what} hold no usable {task.target!r}")
    if task.kind == "regression":
        model = filled_model(LEARNERS[learner]("regression", task.features, seed))
        with quiet_fit(len(train.labels)):
            return np.asarray(model.fit(train.features, train.labels).predict(test.features))
    seen = np.unique(train.labels).astype(int)
    if len(seen) < 2:
        raise IncomputableError(f"the rows to train on hold one class, {task.classes[seen[0]]!r}")
    model = filled_model(LEARNERS[learner]("classification", task.features, seed))
    if balance_classes:
        names = [name for name in model.get_params() if name.endswith("class_weight")]
        model.set_params(**dict.fromkeys(names, "balanced"))
    probabilities = np.zeros((len(test.labels), len(task.classes)))
    with quiet_fit(len(train.labels)):
        model.fit(train.features, train.labels.astype(int))
        probabilities[:, seen] = model.predict_proba(test.features)
    return probabilities
