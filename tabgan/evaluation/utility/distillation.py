"""Labels by a teacher: what learners know of real rows, told to another one on other rows.

Hinton, Vinyals and Dean 2015; the teacher is the mean of all `LEARNERS`, each trained on the real
rows. The other rows are generated ones, or, where nobody generates any, real ones of which cells
are swapped with those of other rows (swap noise).
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tabgan.evaluation.utility.learners import predict_by_each, train_and_predict
from tabgan.evaluation.utility.task import Examples, Task

SWAPPED = 0.3  # share of the cells
MIN_WEIGHT = 0.05  # of a label; those less probable would cost a row each, and say little


def swap_cells(features: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return rows of which a share of the cells are those of other rows, column by column.

    Args:
        features: Shape (rows, features).
        rng: Decides which cells, and whose they become.

    >>> swap_cells(np.array([[1.0, 10.0], [2.0, 20.0]]), np.random.default_rng(3)).tolist()
    [[1.0, 10.0], [1.0, 20.0]]
    """
    others = np.take_along_axis(features, rng.integers(len(features), size=features.shape), axis=0)
    swapped: NDArray[np.float64] = np.where(rng.random(features.shape) < SWAPPED, others, features)
    return swapped


def relabel(task: Task, real: Examples, rows: Examples, seed: int) -> Examples:
    """Return rows with the labels of a teacher in the place of their own.

    Args:
        task: What is predicted.
        real: What the teacher learns from.
        rows: Whose labels it gives.
        seed: Of the teacher.

    Returns:
        Of numbers, the rows with the predicted ones. Of classes, each row once for every class
        that is not improbable, weighted by its probability.

    Raises:
        IncomputableError: No learner can learn from the real rows, or there are no other rows.
    """
    taught = predict_by_each(lambda name: train_and_predict(name, task, real, rows, seed))
    predicted = np.asarray(np.mean(list(taught.values()), axis=0))
    if task.kind == "regression":
        return replace(rows, labels=predicted)
    least = np.minimum(MIN_WEIGHT, predicted.max(axis=1, keepdims=True))
    weights = np.where(predicted < least, 0.0, predicted)
    weights /= weights.sum(axis=1, keepdims=True)
    indices, labels = np.nonzero(weights)
    return replace(
        rows.take(indices), labels=labels.astype(np.float64), weights=weights[indices, labels]
    )
