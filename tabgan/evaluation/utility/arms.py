"""Arms: what learners are trained on, and what each of them says of the test rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tabgan.evaluation.learners import predict
from tabgan.evaluation.metrics.metric import IncomputableError
from tabgan.evaluation.utility.augmenters import SIMPLE_WAYS
from tabgan.evaluation.utility.confidence_intervals import Guesses, Truths
from tabgan.evaluation.utility.task import Examples, Task
from tabgan.evaluation.utility.utility import CLASS_WEIGHTS, arm_of

SIMPLE_ARMS = (*map(arm_of, SIMPLE_WAYS), CLASS_WEIGHTS)
NO_CLASSES = IncomputableError("a regression has no classes")


@dataclass(frozen=True)
class Curve:
    """What one learner says of real rows, for a precision-recall curve of a binary task.

    Attributes:
        learner: key in `LEARNERS`.
        arm: what it was trained on.
        truth: whether a row is of the positive class, shape (rows,).
        chance: its probability of being so, shape (rows,).
    """

    learner: str
    arm: str
    truth: NDArray[np.bool_]
    chance: NDArray[np.float64]


@dataclass(frozen=True)
class Arm:
    """What a learner is trained on.

    Attributes:
        train: the rows.
        weigh_classes: whether rare classes weigh as much as common ones.
    """

    train: Examples
    weigh_classes: bool = False


Arms = Mapping[str, Arm | IncomputableError]  # or why there is nothing to train on


def simple_arms(
    task: Task, real: Examples, seed: int
) -> Iterator[tuple[str, Arm | IncomputableError]]:
    """What real rows alone can be turned into, which synthetic ones have to beat."""
    is_regression = task.kind == "regression"
    for name, way in SIMPLE_WAYS.items():
        try:
            yield arm_of(name), NO_CLASSES if is_regression else Arm(way(task, real, seed))
        except IncomputableError as reason:
            yield arm_of(name), reason
    yield CLASS_WEIGHTS, NO_CLASSES if is_regression else Arm(real, weigh_classes=True)


class Answers:
    """What one learner says of the test rows, trial by trial.

    Attributes:
        guesses: by arm, one array a trial; or why the arm cannot be marked, from its first failure.
    """

    def __init__(self, learner: str, task: Task) -> None:
        self.learner = learner
        self.task = task
        self.guesses: dict[str, Guesses | IncomputableError] = {}

    def ask(self, name: str, arm: Arm | IncomputableError, test: Examples, seed: int) -> None:
        """Train on one arm and keep what is said of the test rows."""
        known = self.guesses.setdefault(name, [])
        if isinstance(known, IncomputableError):
            return
        try:
            if isinstance(arm, IncomputableError):
                raise arm
            weigh = arm.weigh_classes
            known.append(
                predict(self.learner, self.task, arm.train, test, seed, weigh_classes=weigh)
            )
        except IncomputableError as reason:
            self.guesses[name] = reason

    def curves(self, truths: Truths) -> Iterator[Curve]:
        """What is said of the rows of the first trials, as many as there are truths, in one."""
        if self.task.kind != "binary":
            return
        truth = np.concatenate(truths) == 1
        for arm, found in self.guesses.items():
            if not isinstance(found, IncomputableError):
                chance = np.concatenate([guess[:, 1] for guess in found[: len(truths)]])
                yield Curve(self.learner, arm, truth, chance)
