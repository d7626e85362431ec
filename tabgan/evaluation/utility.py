"""Does a downstream learner gain from the synthetic rows?

Each learner is trained on the real rows, on real and synthetic rows together, and on the synthetic
rows alone, with several seeds, and marked on the same test rows. A gain is the difference to the
real rows alone, turned so that + is better.

Its 95 % interval joins two doubts by the root of their summed squares: that of the learner's draws
(Student's t over the seeds) and that of the test rows (their bootstrap, m out of n: Bickel, Götze
and van Zwet 1997).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from tabgan.columns import Name
from tabgan.evaluation.learners import LEARNERS, quiet_fit
from tabgan.evaluation.metric import Comparison, Direction, IncomputableError
from tabgan.evaluation.scores import SCORES, Score
from tabgan.evaluation.task import Examples, Task, TaskKind

REAL, BOTH, SYNTHETIC = "real", "real + synthetic", "synthetic"
RESAMPLES = 50  # of the test rows: the interval is then right to a tenth of its width
RESAMPLE_ROWS = 2_000  # in each resample at the most, so that large tables do not take minutes

Guesses = list[NDArray[np.float64]]


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


def measure_utility(comparison: Comparison, learners: Sequence[str], repeats: int) -> Utility:
    """Train every learner on every arm and mark it on the test rows.

    Args:
        comparison: the tables and their target.
        learners: keys of `LEARNERS`.
        repeats: seeds of each learner, at least 2.

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
        guesses = {arm: _guesses(learner, task, rows, test, seeds) for arm, rows in arms.items()}
        for score in SCORES[task.kind]:
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
    learner: str, task: Task, train: Examples, test: Examples, seeds: Sequence[int]
) -> Guesses | IncomputableError:
    """What a learner says of the test rows, one array a seed, or why it cannot be trained."""
    try:
        return [_guess(learner, task, train, test, seed) for seed in seeds]
    except IncomputableError as reason:
        return reason


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
        gains = _gains(score, truth, baseline, found)
        gain = float(gains.mean())
        test_doubt = _test_doubt(score, truth, baseline, found, seed)
        if test_doubt is None:
            note = "the test rows are too few for an interval"
            marked.append(UtilityScore(*facts, value, gain, note=note))
            continue
        half = float(np.hypot(_seed_doubt(gains), test_doubt))
        marked.append(UtilityScore(*facts, value, gain, gain - half, gain + half))
    return marked


def _gains(
    score: Score, truth: NDArray[np.float64], baseline: Guesses, found: Guesses
) -> NDArray[np.float64]:
    """Improvement over the baseline, one a seed, shape (seeds,)."""
    pairs = zip(baseline, found, strict=True)
    differences = [score.compute(truth, new) - score.compute(truth, old) for old, new in pairs]
    return score.direction.sign * np.array(differences)


def _seed_doubt(gains: NDArray[np.float64]) -> float:
    """Half width of Student's 95 % interval of the mean over seeds."""
    error = gains.std(ddof=1) / np.sqrt(len(gains))
    return float(stdtrit(len(gains) - 1, 0.975) * error)


def _test_doubt(
    score: Score, truth: NDArray[np.float64], baseline: Guesses, found: Guesses, seed: int
) -> float | None:
    """Half width of the gain's 95 % interval over other test rows, by the bootstrap of these.

    None where fewer than half of the draws can be marked.
    """
    rng = np.random.default_rng(seed)
    rows = min(len(truth), RESAMPLE_ROWS)
    gains = []
    for _ in range(RESAMPLES):
        drawn = rng.integers(len(truth), size=rows)
        try:
            gains.append(_gains(score, truth[drawn], [baseline[0][drawn]], [found[0][drawn]])[0])
        except IncomputableError:  # a draw without the rare class says nothing of it
            continue
    if len(gains) < RESAMPLES / 2:
        return None
    return float(1.96 * np.std(gains, ddof=1) * np.sqrt(rows / len(truth)))
