"""The scores of a downstream learner: one small function each, by task.

They equal scikit-learn's without its checks: the bootstrap of the test rows calls them often.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from tabgan.evaluation.metrics.metric import Direction, IncomputableError

Array = NDArray[np.float64]
MIN_PROBABILITY = float(np.finfo(np.float64).eps)  # of a class that a learner rules out


@dataclass(frozen=True)
class Score:
    """One way to score a learner's predictions.

    Attributes:
        name: Key in reports.
        title: The same in words.
        direction: Which way is better.
        compute: From targets of shape (rows,) and predictions: of classes, codes and probabilities
            of shape (rows, classes); of numbers, values and values of shape (rows,).
        threshold: Of two classes, the score by which the threshold of a decision is tuned; "" where
            nothing is decided.
        is_tuned: Whether it is tuned after every arm, and not in one that does nothing else.
    """

    name: str
    title: str
    direction: Direction
    compute: Callable[[Array, Array], float]
    threshold: str = ""
    is_tuned: bool = False


def roc_auc(targets: Array, predictions: Array) -> float:
    """Return the area under the ROC curve; the mean over more than two, each against the rest."""
    return _over_classes(_area, targets, predictions)


def average_precision(targets: Array, predictions: Array) -> float:
    """Return the area under the precision-recall steps of the positive class, or their mean."""
    return _over_classes(_precision, targets, predictions)


def f1(targets: Array, predictions: Array) -> float:
    """Return F1 of the positive class, or the mean over classes that occur in the targets."""
    hits, predicted, present = _count_hits(targets, predictions)
    scores = 2 * hits / np.maximum(predicted + present, 1)
    return float(scores[1] if len(scores) == 2 else scores[present > 0].mean())


def balanced_accuracy(targets: Array, predictions: Array) -> float:
    """Return the mean recall of the classes that occur in the targets."""
    hits, _, present = _count_hits(targets, predictions)
    return float((hits[present > 0] / present[present > 0]).mean())


def brier(targets: Array, predictions: Array) -> float:
    """Return the mean squared error of the positive class's probability, or its mean over classes.

    Of two classes both have the same error, so the mean over classes serves both (Brier 1950).
    """
    one_hot = np.eye(predictions.shape[1])[targets.astype(np.int64)]
    return float(np.mean((predictions - one_hot) ** 2))


def log_loss(targets: Array, predictions: Array) -> float:
    """Return the mean negative log-likelihood of the classes, in nats, of probabilities above 0."""
    rows = np.arange(len(targets))
    shares = predictions[rows, targets.astype(np.int64)] / predictions.sum(axis=1)
    return float(-np.log(np.clip(shares, MIN_PROBABILITY, 1 - MIN_PROBABILITY)).mean())


def rmse(targets: Array, predictions: Array) -> float:
    """Return the root mean squared error, in the target's unit."""
    return float(np.sqrt(np.mean((targets - predictions) ** 2)))


def mae(targets: Array, predictions: Array) -> float:
    """Return the mean absolute error, in the target's unit."""
    return float(np.mean(np.abs(targets - predictions)))


def r2(targets: Array, predictions: Array) -> float:
    """Return the share of the target's variance that is explained.

    Raises:
        IncomputableError: The target does not vary.
    """
    if len(targets) < 2 or np.ptp(targets) == 0:
        raise IncomputableError("the target does not vary in the test rows")
    return float(1 - np.mean((targets - predictions) ** 2) / np.var(targets))


CLASS_SCORES = (
    Score("roc_auc", "ROC AUC", Direction.UP, roc_auc),
    Score("average_precision", "average precision", Direction.UP, average_precision),
    Score("f1", "F1", Direction.UP, f1, "f1"),
    Score(
        "balanced_accuracy",
        "balanced accuracy",
        Direction.UP,
        balanced_accuracy,
        "balanced_accuracy",
    ),
    Score("brier", "Brier score", Direction.DOWN, brier),
    Score("log_loss", "log-loss", Direction.DOWN, log_loss),
)
TUNED_SCORES = tuple(
    replace(score, name=f"{score.name}_tuned", title=f"tuned {score.title}", is_tuned=True)
    for score in CLASS_SCORES
    if score.threshold
)
NUMBER_SCORES = (
    Score("rmse", "RMSE", Direction.DOWN, rmse),
    Score("mae", "MAE", Direction.DOWN, mae),
    Score("r2", "R²", Direction.UP, r2),
)
SCORES = {"binary": CLASS_SCORES, "multiclass": CLASS_SCORES, "regression": NUMBER_SCORES}


def _area(positive: NDArray[np.bool_], probability: Array) -> float:
    """Return the share of pairs of a positive and another row that are in the right order."""
    hits = int(positive.sum())
    above = rankdata(probability)[positive].sum() - hits * (hits + 1) / 2
    return float(above / (hits * (len(positive) - hits)))


def _precision(positive: NDArray[np.bool_], probability: Array) -> float:
    """Return the precision at each threshold, weighted by the recall that the threshold adds."""
    order = np.argsort(-probability, kind="stable")
    last = np.append(np.flatnonzero(np.diff(probability[order])), len(order) - 1)
    hits = np.cumsum(positive[order])[last]
    return float((np.diff(hits, prepend=0) * hits / (last + 1)).sum() / hits[-1])


def _count_hits(targets: Array, predictions: Array) -> tuple[NDArray[np.int64], ...]:
    """Count the rows of each class that are hit, predicted and present, each (classes,)."""
    codes, chosen, classes = (
        targets.astype(np.int64),
        predictions.argmax(axis=1),
        predictions.shape[1],
    )
    rows = codes[codes == chosen], chosen, codes
    return tuple(np.bincount(some, minlength=classes) for some in rows)


def _over_classes(
    score: Callable[[NDArray[np.bool_], Array], float], targets: Array, predictions: Array
) -> float:
    """Return the score of the positive class of two, or its mean over the classes that have one.

    Raises:
        IncomputableError: There is none: the rows are of one class.
    """
    classes = [1] if predictions.shape[1] == 2 else range(predictions.shape[1])
    scores = [
        score(targets == k, predictions[:, k])
        for k in classes
        if 0 < (targets == k).sum() < len(targets)
    ]
    if not scores:
        raise IncomputableError("the test rows hold one class only")
    return float(np.mean(scores))
