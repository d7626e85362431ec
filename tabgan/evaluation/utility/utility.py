"""What a downstream learner gains from more rows: the figures, and the verdict in words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from tabgan.evaluation.metrics.metric import Direction, IncomputableError, Unavailable
from tabgan.evaluation.number_format import interval, number, signed
from tabgan.evaluation.utility.confidence_intervals import (
    Effect,
    HalfWidth,
    Predictions,
    Targets,
    compute_gains,
)
from tabgan.evaluation.utility.scores import Score
from tabgan.evaluation.utility.task import TaskKind
from tabgan.schema.column import Name

REAL, BOTH, SYNTHETIC = "real", "real + synthetic", "synthetic"  # names of arms
CLASS_WEIGHTS, TUNED_THRESHOLD, BEST_LEARNER = "class weights", "tuned threshold", "best learner"
PERFECT = 0.99995  # of a score of which more is better: 1, as reports write it


@dataclass(frozen=True)
class UtilityScore:
    """One score of one learner trained on one arm, a set of rows.

    Attributes:
        learner: Key in `LEARNERS`.
        arm: What it was trained on: "real", "real + synthetic", "synthetic"; in a study "real +"
            the name of an augmenter, that name and "only", or a key of `BASELINES`.
        score: Name of the score, and `title` the same in words.
        direction: Which way the value is better.
        value: Mean over seeds or folds; None where it cannot be computed.
        gain: Improvement over the arm "real", + is better; None for that arm itself.
        low: Lower end of the gain's 95 % interval.
        high: Upper end of the gain's 95 % interval.
        note: Why there is no value, or no interval.
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

    @property
    def effect(self) -> Effect:
        """What the interval says of the gain."""
        return Effect.from_interval(self.low, self.high)

    @property
    def real_value(self) -> float | None:
        """The same score on the arm "real"; None where value or gain is unknown."""
        if self.value is None or self.gain is None:
            return None
        return self.value - self.direction.sign * self.gain

    @property
    def is_perfect(self) -> bool:
        """Whether real rows alone score the best that there is, to four digits."""
        if self.real_value is None:
            return False
        return self.real_value >= PERFECT if self.direction is Direction.UP else not self.real_value


@dataclass(frozen=True)
class Margin:
    """How far the judged arm is ahead of the baseline that gains most, by the headline's score.

    Attributes:
        baseline: The arm of real rows alone that gains most.
        gain: What it gains over real rows as they are, + is better.
        margin: What the judged arm gains over it, + is better.
        low: Lower end of the margin's 95 % interval.
        high: Upper end, wider for as many arms as the baseline is the best of: chance favours it.
    """

    baseline: str
    gain: float
    margin: float
    low: float
    high: float

    @property
    def effect(self) -> Effect:
        """Whether the judged arm is better than the best baseline, worse, or neither."""
        return Effect.from_interval(self.low, self.high)


@dataclass(frozen=True)
class Utility:
    """What all learners gained.

    Attributes:
        task: Binary, multiclass or regression.
        target: The column predicted.
        positive: The class that binary scores look for (the rarer); None for other tasks.
        scores: Learner by learner, score by score, arm by arm; the first score is the headline.
        notes: What a reader has to know about the rows, in sentences.
        judged: The arm that the verdict is about.
        remark: What the verdict adds about other arms, in sentences.
        margin: The judged arm beside the best baseline; None where that cannot be told.
    """

    task: TaskKind
    target: Name
    positive: str | None
    scores: tuple[UtilityScore, ...]
    notes: tuple[str, ...] = ()
    judged: str = BOTH
    remark: str = ""
    margin: Margin | None = None

    @property
    def headline(self) -> UtilityScore:
        """The gain to judge by: first score, judged arm, of the learner best on real rows."""
        first = [score for score in self.scores if score.score == self.scores[0].score]
        real = [score for score in first if score.arm == REAL and score.value is not None]
        if not real:
            return next(score for score in first if score.arm == self.judged)
        best = max(real, key=lambda score: score.direction.sign * (score.value or 0.0))
        return next(s for s in first if s.arm == self.judged and s.learner == best.learner)

    @property
    def facts(self) -> str:
        """Where the headline's score goes from and to, without a full stop; "" where unknown."""
        best = self.headline
        if best.value is None or best.gain is None or best.real_value is None:
            return ""
        moves = f"{best.title} of {best.learner} on test rows goes from {number(best.real_value)} "
        moves += f"to {number(best.value)}"
        if best.low is None or best.high is None:
            return moves
        return f"{moves} (gain {signed(best.gain)}, 95 % interval {interval(best.low, best.high)})"

    @property
    def claim(self) -> str:
        """One sentence: does the judged arm help, by how much, in which score?"""
        best, subject = self.headline, _describe_arm(self.judged)
        if best.effect is Effect.UNKNOWN:
            facts = f"{self.facts}, and {best.note}" if self.facts else best.note
            return f"Whether {subject} helps {best.effect.phrase}: {facts}."
        return f"{subject[0].upper()}{subject[1:]} {best.effect.phrase}: {self.facts}."

    @property
    def verdict(self) -> str:
        """The claim, then the remark."""
        return f"{self.claim} {self.remark}".rstrip()


def _describe_arm(arm: str) -> str:
    """Return what is done in an arm, as the subject of a sentence."""
    if arm == CLASS_WEIGHTS:
        return "weighing the classes"
    if arm == BOTH:
        return "adding the synthetic rows"
    is_added = arm.startswith(augmented_arm(""))
    return f"adding rows by {augmenter_of(arm)}" if is_added else f"training by “{arm}”"


def augmented_arm(augmenter: str) -> str:
    """Return the name of the arm of real rows and those of an augmenter."""
    return f"{REAL} + {augmenter}"


def synthetic_arm(augmenter: str) -> str:
    """Return the name of the arm of an augmenter's rows alone."""
    return f"{augmenter} only"


def relabelled_arm(augmenter: str) -> str:
    """Return the name of the arm whose added rows have the labels of a teacher."""
    return f"{augmented_arm(augmenter)}, relabelled"


def augmenter_of(arm: str) -> str:
    """Return the name of what makes the rows of an arm.

    >>> augmenter_of("real + SMOTE"), augmenter_of("class weights")
    ('SMOTE', 'class weights')
    """
    return arm.removeprefix(augmented_arm(""))


def score_arms(
    learner: str,
    score: Score,
    targets: Targets,
    predictions: Mapping[str, Predictions | Unavailable],
    half_width: HalfWidth,
) -> list[UtilityScore]:
    """Return one score of one learner on every arm, its gain and the gain's interval.

    Args:
        learner: Key in `LEARNERS`.
        score: How predictions are scored.
        targets: Of the test rows of each run.
        predictions: Of each run, by arm, or why there are none; the arm "real" is the reference.
        half_width: Finds half the width of a gain's interval.
    """
    blank = UtilityScore(learner, "", score.name, score.title, score.direction)
    return [
        _score_arm(replace(blank, arm=arm), score, targets, predictions, half_width)
        for arm in predictions
    ]


def _score_arm(
    entry: UtilityScore,
    score: Score,
    targets: Targets,
    predictions: Mapping[str, Predictions | Unavailable],
    half_width: HalfWidth,
) -> UtilityScore:
    """Return an arm's entry, filled as far as it can be computed, and why no further."""
    found, reference = predictions[entry.arm], predictions[REAL]
    if isinstance(found, Unavailable):
        return replace(entry, note=found.reason)
    try:
        values = [score.compute(*run) for run in zip(targets, found, strict=True)]
        entry = replace(entry, value=float(np.mean(values)))
        if entry.arm == REAL:
            return entry
        if isinstance(reference, Unavailable):
            return replace(entry, note=reference.reason)
        gain = float(compute_gains(score, targets, reference, found).mean())
        entry = replace(entry, gain=gain)
        half = half_width(score, targets, reference, found)
    except IncomputableError as error:
        return replace(entry, note=str(error))
    return replace(entry, low=gain - half, high=gain + half)
