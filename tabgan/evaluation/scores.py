"""The scores of a downstream learner: one small function each, by task."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from tabgan.evaluation.metric import Direction, IncomputableError

Truth = NDArray[np.float64]
Guess = NDArray[np.float64]


@dataclass(frozen=True)
class Score:
    """One way to mark a learner's guesses.

    Attributes:
        name: key in reports.
        title: the same in words.
        direction: which way is better.
        compute: from the truth of shape (rows,) and the guess: for classes, codes and probabilities
            of shape (rows, classes); for numbers, values and values of shape (rows,).
    """

    name: str
    title: str
    direction: Direction
    compute: Callable[[Truth, Guess], float]


def roc_auc(truth: Truth, guess: Guess) -> float:
    """Area under the ROC curve; of more than two classes the mean, each against the rest."""
    return _over_classes(metrics.roc_auc_score, truth, guess)


def average_precision(truth: Truth, guess: Guess) -> float:
    """Area under the precision-recall steps of the positive class, or the mean over classes."""
    return _over_classes(metrics.average_precision_score, truth, guess)


def f1(truth: Truth, guess: Guess) -> float:
    """F1 of the positive class at the likeliest class, or the mean over classes."""
    chosen = guess.argmax(axis=1)
    if guess.shape[1] == 2:
        return float(metrics.f1_score(truth, chosen, zero_division=0))
    present = np.unique(truth)
    return float(metrics.f1_score(truth, chosen, labels=present, average="macro", zero_division=0))


def balanced_accuracy(truth: Truth, guess: Guess) -> float:
    """Mean recall of the classes that occur in the truth."""
    chosen, present = guess.argmax(axis=1), np.unique(truth)
    return float(
        metrics.recall_score(truth, chosen, labels=present, average="macro", zero_division=0)
    )


def rmse(truth: Truth, guess: Guess) -> float:
    """Root mean squared error, in the target's unit."""
    return float(metrics.root_mean_squared_error(truth, guess))


def mae(truth: Truth, guess: Guess) -> float:
    """Mean absolute error, in the target's unit."""
    return float(metrics.mean_absolute_error(truth, guess))


def r2(truth: Truth, guess: Guess) -> float:
    """Share of the target's variance that is explained."""
    if len(truth) < 2 or np.ptp(truth) == 0:
        raise IncomputableError("the target does not vary in the test rows")
    return float(metrics.r2_score(truth, guess))


CLASS_SCORES = (
    Score("roc_auc", "ROC AUC", Direction.UP, roc_auc),
    Score("average_precision", "average precision", Direction.UP, average_precision),
    Score("f1", "F1", Direction.UP, f1),
    Score("balanced_accuracy", "balanced accuracy", Direction.UP, balanced_accuracy),
)
NUMBER_SCORES = (
    Score("rmse", "RMSE", Direction.DOWN, rmse),
    Score("mae", "MAE", Direction.DOWN, mae),
    Score("r2", "R²", Direction.UP, r2),
)
SCORES = {"binary": CLASS_SCORES, "multiclass": CLASS_SCORES, "regression": NUMBER_SCORES}


def _over_classes(
    score: Callable[[NDArray[np.bool_], Guess], float], truth: Truth, guess: Guess
) -> float:
    """The score of the positive class of two, or its mean over the classes that can be marked."""
    classes = [1] if guess.shape[1] == 2 else range(guess.shape[1])
    marks = [score(truth == k, guess[:, k]) for k in classes if 0 < (truth == k).sum() < len(truth)]
    if not marks:
        raise IncomputableError("the test rows hold one class only")
    return float(np.mean(marks))
