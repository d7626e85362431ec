"""Arms: what learners are trained on, and what each of them predicts for the test rows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tabgan.evaluation.metrics.metric import IncomputableError, Unavailable
from tabgan.evaluation.utility.confidence_intervals import Predictions, Targets
from tabgan.evaluation.utility.learners import predict_by_each, train_and_predict
from tabgan.evaluation.utility.out_of_fold import draw_inner_rows, predict_out_of_fold
from tabgan.evaluation.utility.scores import SCORES, Score
from tabgan.evaluation.utility.task import Examples, Task
from tabgan.evaluation.utility.thresholds import Thresholds, decide, tune_thresholds
from tabgan.evaluation.utility.utility import TUNED_THRESHOLD

N_DRAWS = 10  # learners that are averaged
MAX_SEED = 2**32  # of scikit-learn, exclusive


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


class Trainable(Protocol):
    """What a learner is trained on, and how."""

    def fit_predict(
        self, learner: str, task: Task, test: Examples, seed: int
    ) -> NDArray[np.float64]:
        """Train a learner and return its predictions, as `train_and_predict` does."""


MakeArm = Callable[[Examples], Trainable]  # from real rows to learn from
Arms = Mapping[str, Trainable | Unavailable]  # or why there is nothing to train on


@dataclass(frozen=True)
class Arm:
    """One set of rows.

    Attributes:
        train: The rows.
        balance_classes: Whether rare classes weigh as much as common ones.
    """

    train: Examples
    balance_classes: bool = False

    def fit_predict(
        self, learner: str, task: Task, test: Examples, seed: int
    ) -> NDArray[np.float64]:
        """Train a learner and return its predictions."""
        balance = self.balance_classes
        return train_and_predict(learner, task, self.train, test, seed, balance_classes=balance)


@dataclass(frozen=True)
class AveragedArm:
    """Several sets of rows, with a learner on each, whose predictions are averaged.

    Attributes:
        draw: Makes a set, from a seed.
    """

    draw: Callable[[int], Examples]

    def fit_predict(
        self, learner: str, task: Task, test: Examples, seed: int
    ) -> NDArray[np.float64]:
        """Train `N_DRAWS` learners and return the mean of their predictions."""
        seeds = [(seed * N_DRAWS + number) % MAX_SEED for number in range(N_DRAWS)]
        predicted = [train_and_predict(learner, task, self.draw(one), test, one) for one in seeds]
        return np.asarray(np.mean(predicted, axis=0))


@dataclass(frozen=True)
class BestLearnerArm:
    """Real rows, and the learner that inner cross-validation on them finds best.

    Attributes:
        task: What is predicted.
        train: The rows.
        seed: Decides the inner folds.
    """

    task: Task
    train: Examples
    seed: int

    @cached_property
    def choice(self) -> str:
        """The learner of the best first score, a key in `LEARNERS`."""
        rows = draw_inner_rows(self.train, self.seed)
        found = predict_by_each(
            lambda name: predict_out_of_fold(
                lambda train, held: train_and_predict(name, self.task, train, held, self.seed),
                rows,
                self.seed,
            )
        )
        score = SCORES[self.task.kind][0]
        gains = {
            name: score.direction.sign * score.compute(rows.labels, predicted)
            for name, predicted in found.items()
        }
        return max(gains, key=lambda name: gains[name])

    def fit_predict(
        self,
        learner: str,  # noqa: ARG002 - whichever is asked, the best one answers
        task: Task,
        test: Examples,
        seed: int,
    ) -> NDArray[np.float64]:
        """Train the chosen learner on all rows and return its predictions."""
        return train_and_predict(self.choice, task, self.train, test, seed)


def make_arms(makers: Mapping[str, MakeArm], real: Examples) -> Arms:
    """Return every arm of these real rows, or why it cannot be made."""
    arms: dict[str, Trainable | Unavailable] = {}
    for name, make in makers.items():
        try:
            arms[name] = make(real)
        except IncomputableError as error:
            arms[name] = Unavailable(str(error))
    return arms


class LearnerPredictions:
    """What one learner predicts for the test rows, arm by arm, in each of its runs.

    Args:
        learner: Key in `LEARNERS`.
        task: What it is asked.

    Attributes:
        predictions: By arm, one array a run; or why there are none, from the first failure.
        thresholds: By arm, of each run or of all, where they were tuned; or why they could not be.
    """

    def __init__(self, learner: str, task: Task) -> None:
        self.learner = learner
        self.task = task
        self.predictions: dict[str, Predictions | Unavailable] = {}
        self.thresholds: dict[str, list[Thresholds] | Unavailable] = {}

    def fit_predict(
        self, name: str, arm: Trainable | Unavailable, test: Examples, seed: int
    ) -> None:
        """Train on one arm and keep the predictions; an arm that failed once is left out."""
        known = self.predictions.setdefault(name, [])
        if isinstance(known, Unavailable):
            return
        if isinstance(arm, Unavailable):
            self.predictions[name] = arm
            return
        try:
            known.append(arm.fit_predict(self.learner, self.task, test, seed))
        except IncomputableError as error:
            self.predictions[name] = Unavailable(str(error))

    def tune(self, name: str, make: MakeArm, real: Examples, seed: int) -> None:
        """Tune the thresholds of one arm of a binary task inside the rows to learn from.

        Args:
            name: The arm, of which there are predictions.
            make: Makes it anew of the real rows of each inner fold.
            real: The real rows to learn from.
            seed: Decides the inner folds and the learner's draws.
        """
        known = self.thresholds.setdefault(name, [])
        if isinstance(known, Unavailable) or isinstance(self.predictions[name], Unavailable):
            return
        rows = draw_inner_rows(real, seed)
        try:
            predicted = predict_out_of_fold(
                lambda train, held: make(train).fit_predict(self.learner, self.task, held, seed),
                rows,
                seed,
            )
        except IncomputableError as error:
            self.thresholds[name] = Unavailable(f"no threshold can be tuned: {error}")
        else:
            known.append(tune_thresholds(rows.labels, predicted[:, 1]))

    def for_score(self, score: Score) -> Mapping[str, Predictions | Unavailable]:
        """Return what a score looks at: predictions, or decisions where a threshold was tuned."""
        if not score.threshold:
            return self.predictions
        tuned = self.thresholds if score.is_tuned else [TUNED_THRESHOLD]
        return {
            arm: self._decisions(arm, score.threshold) if arm in tuned else runs
            for arm, runs in self.predictions.items()
        }

    def _decisions(self, arm: str, threshold: str) -> Predictions | Unavailable:
        runs, tuned = self.predictions[arm], self.thresholds.get(arm, [])
        if isinstance(runs, Unavailable):
            return runs
        if isinstance(tuned, Unavailable):
            return tuned
        return [decide(run, tuned[k % len(tuned)][threshold]) for k, run in enumerate(runs)]

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
