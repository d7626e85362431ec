"""Does a downstream learner gain from the synthetic rows?

Each learner is trained on the real rows, on real and synthetic rows together, and on the synthetic
rows alone, with several seeds, and marked on the same test rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tabgan.columns import Name
from tabgan.evaluation.gain import Guesses, measure_gain
from tabgan.evaluation.learners import LEARNERS, quiet_fit
from tabgan.evaluation.metric import Comparison, Direction, IncomputableError
from tabgan.evaluation.scores import SCORES, Score
from tabgan.evaluation.stages import tell_each
from tabgan.evaluation.task import Examples, Task, TaskKind
from tabgan.progress import OnProgress, ignore_progress

REAL, BOTH, SYNTHETIC = "real", "real + synthetic", "synthetic"


@dataclass(frozen=True)
class UtilityScore:
    """One score of one learner trained on one set of rows.

    Attributes:
        learner: key in `LEARNERS`.
        arm: what it was trained on: "real", "real + synthetic" or "synthetic".
        score: name of the score, and `title` the same in words.
        direction: which way the value is better.
        value: mean over seeds; None where it cannot be computed.
        gain: improvement over the arm "real", + is better; None for that arm itself.
        low: lower end of the gain's 95 % interval.
        high: upper end of the gain's 95 % interval.
        note: why there is no value.
    """

    learner: str
    arm: str
    score: str
    title: str
    direction: Direction
    value: float | None = None
    gain: float | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Utility:
    """What all learners gained.

    Attributes:
        task: binary, multiclass or regression.
        target: the column predicted.
        positive: the class that binary scores look for (the rarer); None for other tasks.
        scores: learner by learner, score by score, arm by arm; the first score is the headline.
        notes: what a reader has to know about the rows, in sentences.
    """

    task: TaskKind
    target: Name
    positive: str | None
    scores: tuple[UtilityScore, ...]
    notes: tuple[str, ...]

    @property
    def headline(self) -> UtilityScore:
        """The gain to judge by: first score, real + synthetic, of the learner best on real rows."""
        first = [score for score in self.scores if score.score == self.scores[0].score]
        real = [score for score in first if score.arm == REAL and score.value is not None]
        if not real:
            return next(score for score in first if score.arm == BOTH)
        best = max(real, key=lambda score: score.direction.sign * (score.value or 0.0))
        return next(s for s in first if s.arm == BOTH and s.learner == best.learner)

    @property
    def verdict(self) -> str:
        """One sentence: do the synthetic rows help, by how much, in which score?"""
        best = self.headline
        if best.gain is None or best.low is None or best.high is None or best.value is None:
            return f"Whether the synthetic rows help cannot be said: {best.note}."
        real = best.value - best.direction.sign * best.gain
        facts = (
            f"{best.title} of {best.learner} on test rows goes from {real:.4g} to {best.value:.4g} "
            f"(gain {best.gain:+.2g}, 95 % interval {best.low:+.2g} to {best.high:+.2g})"
        )
        if best.low > 0:
            return f"Adding the synthetic rows helps: {facts}."
        if best.high < 0:
            return f"Adding the synthetic rows hurts: {facts}."
        return f"Adding the synthetic rows makes no measurable difference: {facts}."


def measure_utility(
    comparison: Comparison,
    learners: Sequence[str],
    repeats: int,
    on_progress: OnProgress = ignore_progress,
) -> Utility:
    """Train every learner on every arm and mark it on the test rows.

    Args:
        comparison: the tables and their target.
        learners: keys of `LEARNERS`.
        repeats: seeds of each learner, at least 2.
        on_progress: told of every fit and every score.

    Raises:
        SettingError: the target cannot be predicted.
        TableError: there is nothing to predict it from.
    """
    task = Task.infer(comparison.real, comparison.schema, comparison.target)
    real, synthetic, test = (
        task.examples(table) for table in (comparison.real, comparison.synthetic, comparison.test)
    )
    arms = {REAL: real, BOTH: _joined(real, synthetic), SYNTHETIC: synthetic}
    seeds = [comparison.seed + repeat for repeat in range(repeats)]
    scores: list[UtilityScore] = []
    for learner in learners:
        guesses = _guesses(learner, task, arms, test, seeds, on_progress)
        for score in tell_each(f"marking {learner}", SCORES[task.kind], on_progress):
            scores += _marked(learner, score, guesses, test.labels, comparison.seed)
    notes = tuple(
        f"{rows.dropped} {name} rows are left out of utility: their {task.target!r} is missing"
        + ("." if task.kind == "regression" else " or a class that the real table lacks.")
        for name, rows in (("real", real), ("synthetic", synthetic), ("test", test))
        if rows.dropped
    )
    return Utility(task.kind, task.target, task.positive, tuple(scores), notes)


def _joined(first: Examples, second: Examples) -> Examples:
    return Examples(
        np.vstack([first.features, second.features]),
        np.concatenate([first.labels, second.labels]),
        first.dropped + second.dropped,
    )


def _guesses(
    learner: str,
    task: Task,
    arms: dict[str, Examples],
    test: Examples,
    seeds: Sequence[int],
    on_progress: OnProgress,
) -> dict[str, Guesses | IncomputableError]:
    """What a learner says of the test rows, by arm: one array a seed, or why it cannot learn."""
    found: dict[str, Guesses | IncomputableError] = {}
    fits = [(arm, seed) for arm in arms for seed in seeds]
    for arm, seed in tell_each(f"training {learner}", fits, on_progress):
        known = found.setdefault(arm, [])
        if isinstance(known, IncomputableError):
            continue
        try:
            known.append(_guess(learner, task, arms[arm], test, seed))
        except IncomputableError as reason:
            found[arm] = reason
    return found


def _guess(
    learner: str, task: Task, train: Examples, test: Examples, seed: int
) -> NDArray[np.float64]:
    """Numbers of shape (rows,), or probabilities of shape (rows, classes) in the task's order."""
    if len(test.labels) == 0 or len(train.labels) == 0:
        where = "test rows" if len(test.labels) == 0 else "rows to train on"
        raise IncomputableError(f"the {where} hold no usable {task.target!r}")
    if task.kind == "regression":
        model = LEARNERS[learner]("regression", task.features, seed)
        with quiet_fit(len(train.labels)):
            return np.asarray(model.fit(train.features, train.labels).predict(test.features))
    seen = np.unique(train.labels).astype(int)
    if len(seen) < 2:
        raise IncomputableError(f"the rows to train on hold one class, {task.classes[seen[0]]!r}")
    model = LEARNERS[learner]("classification", task.features, seed)
    chances = np.zeros((len(test.labels), len(task.classes)))
    with quiet_fit(len(train.labels)):
        model.fit(train.features, train.labels.astype(int))
        chances[:, seen] = model.predict_proba(test.features)
    return chances


def _marked(
    learner: str,
    score: Score,
    guesses: dict[str, Guesses | IncomputableError],
    truth: NDArray[np.float64],
    seed: int,
) -> list[UtilityScore]:
    """One score of one learner on all arms."""
    baseline = guesses[REAL]
    marked = []
    for arm, found in guesses.items():
        facts = (learner, arm, score.name, score.title, score.direction)
        if isinstance(found, IncomputableError):
            marked.append(UtilityScore(*facts, note=str(found)))
            continue
        try:
            value = float(np.mean([score.compute(truth, guess) for guess in found]))
        except IncomputableError as reason:
            marked.append(UtilityScore(*facts, note=str(reason)))
            continue
        if arm == REAL or isinstance(baseline, IncomputableError):
            marked.append(UtilityScore(*facts, value=value))
            continue
        gain = measure_gain(score, truth, baseline, found, seed)
        low, high = gain.interval or (None, None)
        note = "" if gain.interval else "the test rows are too few for an interval"
        marked.append(UtilityScore(*facts, value, gain.mean, low, high, note))
    return marked
