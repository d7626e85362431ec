"""Arms: what learners are trained on, and what each of them predicts for the test rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tabgan.evaluation.metrics.metric import IncomputableError, Unavailable
from tabgan.evaluation.utility.augmenters import BASELINE_AUGMENTERS
from tabgan.evaluation.utility.confidence_intervals import Predictions, Targets
from tabgan.evaluation.utility.learners import train_and_predict
from tabgan.evaluation.utility.task import Examples, Task
from tabgan.evaluation.utility.utility import CLASS_WEIGHTS, augmented_arm

BASELINE_ARMS = (*map(augmented_arm, BASELINE_AUGMENTERS), CLASS_WEIGHTS)
NO_BALANCING = (
    "A number has no classes: what balances them is left out, which is random oversampling, SMOTE "
    "and class weights."
)


@dataclass(frozen=True)
class BinaryPredictions:
    """What one learner predicts for real rows of a binary task, for a precision-recall curve.

    Attributes:
        learner: Key in `LEARNERS`.
        arm: What it was trained on.
        targets: Whether a row is of the positive class, shape (rows,).
        probabilities: Of being so, as the learner says, shape (rows,).
    """

    learner: str
    arm: str
    targets: NDArray[np.bool_]
    probabilities: NDArray[np.float64]


@dataclass(frozen=True)
class Arm:
    """What a learner is trained on.

    Attributes:
        train: The rows.
        balance_classes: Whether rare classes weigh as much as common ones.
    """

    train: Examples
    balance_classes: bool = False


Arms = Mapping[str, Arm | Unavailable]  # or why there is nothing to train on


def baseline_arms(task: Task, real: Examples, seed: int) -> Iterator[tuple[str, Arm | Unavailable]]:
    """Yield what real rows alone can be turned into, which synthetic ones have to beat.

    All of it balances classes: a regression has none of it, and `NO_BALANCING` says so.
    """
    if task.kind == "regression":
        return
    for name, augment in BASELINE_AUGMENTERS.items():
        arm: Arm | Unavailable
        try:
            arm = Arm(augment(task, real, seed))
        except IncomputableError as error:
            arm = Unavailable(str(error))
        yield augmented_arm(name), arm
    yield CLASS_WEIGHTS, Arm(real, balance_classes=True)


class LearnerPredictions:
    """What one learner predicts for the test rows, arm by arm, in each of its runs.

    Args:
        learner: Key in `LEARNERS`.
        task: What it is asked.

    Attributes:
        predictions: By arm, one array a run; or why there are none, from the first failure.
    """

    def __init__(self, learner: str, task: Task) -> None:
        self.learner = learner
        self.task = task
        self.predictions: dict[str, Predictions | Unavailable] = {}

    def fit_predict(self, name: str, arm: Arm | Unavailable, test: Examples, seed: int) -> None:
        """Train on one arm and keep the predictions; an arm that failed once is left out."""
        known = self.predictions.setdefault(name, [])
        if isinstance(known, Unavailable):
            return
        if isinstance(arm, Unavailable):
            self.predictions[name] = arm
            return
        balance = arm.balance_classes
        try:
            found = train_and_predict(
                self.learner, self.task, arm.train, test, seed, balance_classes=balance
            )
        except IncomputableError as error:
            self.predictions[name] = Unavailable(str(error))
        else:
            known.append(found)

    def of_positive_class(self, targets: Targets) -> Iterator[BinaryPredictions]:
        """Yield the predictions of each arm of a binary task, of the runs whose targets these are.

        Args:
            targets: Of the first runs; their rows are joined.
        """
        if self.task.kind != "binary":
            return
        is_positive = np.concatenate(targets) == 1
        for arm, runs in self.predictions.items():
            if not isinstance(runs, Unavailable):
                joined = np.concatenate([run[:, 1] for run in runs[: len(targets)]])
                yield BinaryPredictions(self.learner, arm, is_positive, joined)
