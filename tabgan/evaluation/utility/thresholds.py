"""Thresholds of a binary decision, tuned on rows of the training table that a learner did not see.

A learner calls a row positive from a probability of 0.5 on. Where the class is rare, another
threshold finds more of it, and what balances classes often gains nothing else. Scikit-learn's
`TunedThresholdClassifierCV` does the same for one score and an estimator; here one inner
cross-validation serves every score, and arms of more rows than the real ones.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float64]
Thresholds = Mapping[str, float]  # by the score that is best there


def _f1(hits: Counts, called: Counts, positive: int, rows: int) -> Counts:  # noqa: ARG001
    return 2 * hits / (called + positive)


def _balanced_accuracy(hits: Counts, called: Counts, positive: int, rows: int) -> Counts:
    negative = rows - positive
    return (hits / positive + 1 - (called - hits) / negative) / 2


TUNED_BY: Mapping[str, Callable[[Counts, Counts, int, int], Counts]] = {
    "f1": _f1,
    "balanced_accuracy": _balanced_accuracy,
}


def tune_thresholds(targets: NDArray[np.float64], probabilities: NDArray[np.float64]) -> Thresholds:
    """Return the threshold at which each score of decisions is best.

    Args:
        targets: 1 where a row is positive, else 0, shape (rows,); both occur.
        probabilities: Of being positive, by a learner that has not seen the rows, shape (rows,).

    Returns:
        Thresholds half way between two probabilities that occur, by name of the score.

    >>> tune_thresholds(np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.1, 0.2, 0.4, 0.3]))["f1"]
    0.25
    """
    order = np.argsort(-probabilities, kind="stable")
    falling = probabilities[order]
    last = np.append(np.flatnonzero(np.diff(falling)), len(order) - 1)  # of equal probabilities
    hits = np.cumsum(targets[order])[last]
    following = np.append(falling[last[:-1] + 1], 0.0)
    thresholds = (falling[last] + following) / 2
    positive = int(targets.sum())
    return {
        name: float(thresholds[compute(hits, last + 1.0, positive, len(targets)).argmax()])
        for name, compute in TUNED_BY.items()
    }


def decide(probabilities: NDArray[np.float64], threshold: float) -> NDArray[np.float64]:
    """Return decisions as probabilities of 0 and 1, both of shape (rows, 2).

    >>> decide(np.array([[0.9, 0.1], [0.7, 0.3]]), 0.25).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    decisions: NDArray[np.float64] = np.eye(2)[(probabilities[:, 1] >= threshold).astype(int)]
    return decisions
