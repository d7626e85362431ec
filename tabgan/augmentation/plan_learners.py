"""Learners trained on the rows given and those made: weighed, one for each draw, averaged."""

from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from tabgan.augmentation.plan_rows import PlanRows
from tabgan.evaluation.metrics.classifiers import Kind, filled_model, quiet_fit
from tabgan.evaluation.metrics.metric import IncomputableError
from tabgan.evaluation.utility.learners import LEARNERS
from tabgan.evaluation.utility.task import Examples, Task
from tabgan.schema.arrays import Floats


def fit_predict_averaged(
    learner: str, task: Task, real: Examples, made: PlanRows, test: Examples, seed: int
) -> Floats:
    """Return the mean of what learners predict, each trained on the real rows and on one draw.

    Args:
        learner: Key in `LEARNERS`.
        task: What it is asked.
        real: The rows given.
        made: Those made; a row of a class that the task lacks is left out.
        test: Rows to predict for.
        seed: Of the first learner; that of the next is one more.

    Returns:
        Numbers of shape (n_test,), or probabilities of shape (n_test, n_classes).

    Raises:
        IncomputableError: There is one class only.
    """
    is_known = np.isfinite(task.labels(made.frame))
    examples, draws, weights = (
        task.examples(made.frame),
        made.draws[is_known],
        made.weights[is_known],
    )
    found = []
    for number in range(int(made.draws.max(initial=0)) + 1):
        own = np.flatnonzero(draws == number)
        train = real.concat(examples.take(own))
        each = np.append(np.ones(len(real.labels)), weights[own])
        found.append(_fit_predict(learner, task, train, each, test, seed + number))
    return np.asarray(np.mean(found, axis=0))


def _find_weight_name(model: Any) -> str:
    """Return what a pipeline, the last step of which may be one, calls the weights of rows."""
    name = ""
    while isinstance(model, Pipeline):
        step, model = model.steps[-1]
        name += f"{step}__"
    return f"{name}sample_weight"


def _fit_predict(
    learner: str, task: Task, train: Examples, weights: Floats, test: Examples, seed: int
) -> Floats:
    """Return what one learner predicts, trained on rows of these weights; (n_train,)."""
    kind: Kind = "regression" if task.kind == "regression" else "classification"
    model = filled_model(LEARNERS[learner](kind, task.features, seed))
    labels = train.labels if kind == "regression" else train.labels.astype(int)
    classes = np.unique(labels)
    if kind == "classification" and len(classes) < 2:
        name = task.classes[classes[0]] if len(classes) else ""
        raise IncomputableError(f"the rows to train on hold one class, {name!r}")
    weighed = {} if (weights == 1).all() else {_find_weight_name(model): weights}
    with quiet_fit(len(labels)):
        model.fit(train.features, labels, **weighed)
        if kind == "regression":
            return np.asarray(model.predict(test.features))
        probabilities = np.zeros((len(test.labels), len(task.classes)))
        probabilities[:, classes] = model.predict_proba(test.features)
    return probabilities
