"""The scores of a downstream learner: one small function each, by task.

They equal scikit-learn's without its checks: the bootstrap of the test rows calls them often.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from tabgan.evaluation.metrics.metric import Direction, IncomputableError

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
    return _over_classes(_area, truth, guess)


def average_precision(truth: Truth, guess: Guess) -> float:
    """Area under the precision-recall steps of the positive class, or the mean over classes."""
    return _over_classes(_precision, truth, guess)


def f1(truth: Truth, guess: Guess) -> float:
    """F1 of the positive class at the likeliest class, or the mean over classes in the truth."""
    hits, guessed, present = _counts(truth, guess)
    marks = 2 * hits / np.maximum(guessed + present, 1)
    return float(marks[1] if len(marks) == 2 else marks[present > 0].mean())


def balanced_accuracy(truth: Truth, guess: Guess) -> float:
    """Mean recall of the classes that occur in the truth."""
    hits, _, present = _counts(truth, guess)
    return float((hits[present > 0] / present[present > 0]).mean())


def brier(truth: Truth, guess: Guess) -> float:
    """Mean squared error of the positive class's probability, or its mean over classes.

    Of two classes both have the same error, so the mean over classes serves both (Brier 1950).
    """
    return float(np.mean((guess - np.eye(guess.shape[1])[truth.astype(np.int64)]) ** 2))


def rmse(truth: Truth, guess: Guess) -> float:
    """Root mean squared error, in the target's unit."""
    return float(np.sqrt(np.mean((truth - guess) ** 2)))


def mae(truth: Truth, guess: Guess) -> float:
    """Mean absolute error, in the target's unit."""
    return float(np.mean(np.abs(truth - guess)))


def r2(truth: Truth, guess: Guess) -> float:
    """Share of the target's variance that is explained."""
    if len(truth) < 2 or np.ptp(truth) == 0:
        raise IncomputableError("the target does not vary in the test rows")
    return float(1 - np.mean((truth - guess) ** 2) / np.var(truth))


CLASS_SCORES = (
    Score("roc_auc", "ROC AUC", Direction.UP, roc_auc),
    Score("average_precision", "average precision", Direction.UP, average_precision),
    Score("f1", "F1", Direction.UP, f1),
    Score("balanced_accuracy", "balanced accuracy", Direction.UP, balanced_accuracy),
    Score("brier", "Brier score", Direction.DOWN, brier),
)
NUMBER_SCORES = (
    Score("rmse", "RMSE", Direction.DOWN, rmse),
    Score("mae", "MAE", Direction.DOWN, mae),
    Score("r2", "R²", Direction.UP, r2),
)
SCORES = {"binary": CLASS_SCORES, "multiclass": CLASS_SCORES, "regression": NUMBER_SCORES}


def _area(positive: NDArray[np.bool_], chance: Guess) -> float:
    """Share of pairs of a positive and another row that are put in the right order."""
    hits = int(positive.sum())
    above = rankdata(chance)[positive].sum() - hits * (hits + 1) / 2
    return float(above / (hits * (len(positive) - hits)))


def _precision(positive: NDArray[np.bool_], chance: Guess) -> float:
    """Precision at each threshold, weighted by the recall that the threshold adds."""
    order = np.argsort(-chance, kind="stable")
    last = np.append(np.flatnonzero(np.diff(chance[order])), len(order) - 1)
    hits = np.cumsum(positive[order])[last]
    return float((np.diff(hits, prepend=0) * hits / (last + 1)).sum() / hits[-1])


def _counts(truth: Truth, guess: Guess) -> tuple[NDArray[np.int64], ...]:
    """Rows of each class that are hit, guessed and present, each of shape (classes,)."""
    codes, chosen, classes = truth.astype(np.int64), guess.argmax(axis=1), guess.shape[1]
    rows = codes[codes == chosen], chosen, codes
    return tuple(np.bincount(some, minlength=classes) for some in rows)


def _over_classes(
    score: Callable[[NDArray[np.bool_], Guess], float], truth: Truth, guess: Guess
) -> float:
    """The score of the positive class of two, or its mean over the classes that can be marked."""
    classes = [1] if guess.shape[1] == 2 else range(guess.shape[1])
    marks = [score(truth == k, guess[:, k]) for k in classes if 0 < (truth == k).sum() < len(truth)]
    if not marks:
        raise IncomputableError("the test rows hold one class only")
    return float(np.mean(marks))
