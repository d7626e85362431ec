"""Train every learner on every arm and ask it about the same test rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from tabgan.errors import SettingError, TableError
from tabgan.evaluation.alignment import listed
from tabgan.evaluation.evidence import Curve
from tabgan.evaluation.gain import Guesses, Truths, doubt_of_seeds
from tabgan.evaluation.learners import predict
from tabgan.evaluation.metric import Comparison, IncomputableError
from tabgan.evaluation.scores import SCORES
from tabgan.evaluation.stages import tell_each
from tabgan.evaluation.task import Examples, Task
from tabgan.evaluation.utility import BOTH, REAL, SYNTHETIC, Utility, UtilityScore, mark
from tabgan.progress import OnProgress, ignore_progress


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


@dataclass(frozen=True)
class Findings:
    """What learners gain, and what they said of the test rows."""

    utility: Utility
    curves: tuple[Curve, ...]


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


def measure_utility(
    comparison: Comparison,
    learners: Sequence[str],
    repeats: int,
    on_progress: OnProgress = ignore_progress,
) -> Findings:
    """Train on real rows, on real and synthetic ones, and on synthetic ones, with several seeds.

    Args:
        comparison: the tables and their target.
        learners: keys of `LEARNERS`.
        repeats: seeds of each learner, at least 2.
        on_progress: told of every fit and every score.
    """
    try:
        task = Task.infer(comparison.real, comparison.schema, comparison.target)
    except (SettingError, TableError) as reason:
        return Findings(_unmeasured(comparison, learners, str(reason)), ())
    real, synthetic, test = (
        task.examples(table) for table in (comparison.real, comparison.synthetic, comparison.test)
    )
    arms = _arms(task, real, synthetic)
    seeds = [comparison.seed + repeat for repeat in range(repeats)]
    truths = [test.labels] * repeats
    scores: list[UtilityScore] = []
    curves: list[Curve] = []
    for learner in learners:
        answers = Answers(learner, task)
        fits = [(name, seed) for name in arms for seed in seeds]
        for name, seed in tell_each(f"training {learner}", fits, on_progress):
            answers.ask(name, arms[name], test, seed)
        doubt = partial(doubt_of_seeds, seed=comparison.seed)
        for score in tell_each(f"marking {learner}", SCORES[task.kind], on_progress):
            scores += mark(learner, score, truths, answers.guesses, doubt)
        curves += answers.curves(truths[:1])
    notes = tuple(_notes(task, {"real": real, "synthetic": synthetic, "test": test}))
    utility = Utility(task.kind, task.target, task.positive, tuple(scores), notes)
    return Findings(utility, tuple(curves))


def _arms(task: Task, real: Examples, synthetic: Examples) -> Arms:
    if len(synthetic.labels) == 0:
        reason = IncomputableError(f"the synthetic rows hold no usable {task.target!r}")
        return {REAL: Arm(real), BOTH: reason, SYNTHETIC: reason}
    return {REAL: Arm(real), BOTH: Arm(real.joined(synthetic)), SYNTHETIC: Arm(synthetic)}


def _notes(task: Task, tables: Mapping[str, Examples]) -> Iterator[str]:
    """Which rows say nothing about the target, and which classes no row stands for."""
    for name, rows in tables.items():
        if rows.dropped:
            unknown = " or a class that the real table lacks" if task.classes else ""
            yield (
                f"{rows.dropped} {name} rows are left out of utility: "
                f"their {task.target!r} is missing{unknown}."
            )
    for name, rows in tables.items():
        absent = [text for k, text in enumerate(task.classes) if k not in rows.labels]
        if absent:
            yield f"The {name} rows hold no row of {listed(absent)}."


def _unmeasured(comparison: Comparison, learners: Sequence[str], reason: str) -> Utility:
    """Every score with the reason why it has no value: the target cannot be predicted."""
    found = dict.fromkeys((REAL, BOTH, SYNTHETIC), IncomputableError(reason.rstrip(".")))
    doubt = partial(doubt_of_seeds, seed=comparison.seed)
    scores = [
        entry
        for learner in learners
        for score in SCORES["binary"]
        for entry in mark(learner, score, [], found, doubt)
    ]
    return Utility("binary", comparison.target, None, tuple(scores))
