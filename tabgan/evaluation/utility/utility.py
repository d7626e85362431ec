"""What a downstream learner gains from more rows: the figures, and the verdict in words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from tabgan.evaluation.metrics.metric import Direction, IncomputableError
from tabgan.evaluation.number_format import interval, number, signed
from tabgan.evaluation.utility.confidence_intervals import Doubt, Effect, Guesses, Truths, gains_of
from tabgan.evaluation.utility.scores import Score
from tabgan.evaluation.utility.task import TaskKind
from tabgan.schema.column import Name

REAL, BOTH, SYNTHETIC = "real", "real + synthetic", "synthetic"
CLASS_WEIGHTS = "class weights"


@dataclass(frozen=True)
class UtilityScore:
    """One score of one learner trained on one set of rows.

    Attributes:
        learner: key in `LEARNERS`.
        arm: what it was trained on: "real", "real + synthetic", "synthetic"; in a study "real +"
            the name of what makes rows, that name and "only", or "class weights".
        score: name of the score, and `title` the same in words.
        direction: which way the value is better.
        value: mean over seeds or folds; None where it cannot be computed.
        gain: improvement over the arm "real", + is better; None for that arm itself.
        low: lower end of the gain's 95 % interval.
        high: upper end of the gain's 95 % interval.
        note: why there is no value, or no interval.
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
        return Effect.of(self.low, self.high)


@dataclass(frozen=True)
class Utility:
    """What all learners gained.

    Attributes:
        task: binary, multiclass or regression.
        target: the column predicted.
        positive: the class that binary scores look for (the rarer); None for other tasks.
        scores: learner by learner, score by score, arm by arm; the first score is the headline.
        notes: what a reader has to know about the rows, in sentences.
        judged: the arm that the verdict is about.
        remark: what the verdict adds about other arms, in sentences.
    """

    task: TaskKind
    target: Name
    positive: str | None
    scores: tuple[UtilityScore, ...]
    notes: tuple[str, ...] = ()
    judged: str = BOTH
    remark: str = ""

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
    def verdict(self) -> str:
        """One sentence: does the judged arm help, by how much, in which score? Then the remark."""
        best, deed = self.headline, _deed(self.judged)
        if best.value is None or best.gain is None:
            return f"Whether {deed} helps {best.effect.phrase}: {best.note}."
        real = best.value - best.direction.sign * best.gain
        facts = (
            f"{best.title} of {best.learner} on test rows goes from {number(real)} "
            f"to {number(best.value)}"
        )
        if best.low is None or best.high is None:
            return f"Whether {deed} helps {best.effect.phrase}: {facts}, and {best.note}."
        facts += f" (gain {signed(best.gain)}, 95 % interval {interval(best.low, best.high)})"
        claim = f"{deed[0].upper()}{deed[1:]} {best.effect.phrase}"
        return f"{claim}: {facts}. {self.remark}".rstrip()


def _deed(arm: str) -> str:
    """What is done in an arm, as the subject of a sentence."""
    if arm == CLASS_WEIGHTS:
        return "weighing the classes"
    return "adding the synthetic rows" if arm == BOTH else f"adding rows by {maker_of(arm)}"


def arm_of(name: str) -> str:
    """The arm of real rows and those that something of this name makes."""
    return f"{REAL} + {name}"


def only_of(name: str) -> str:
    """The arm of the rows alone that something of this name makes."""
    return f"{name} only"


def maker_of(arm: str) -> str:
    """What makes the rows of an arm.

    >>> maker_of("real + SMOTE"), maker_of("class weights")
    ('SMOTE', 'class weights')
    """
    return arm.removeprefix(arm_of(""))


def mark(
    learner: str,
    score: Score,
    truths: Truths,
    guesses: Mapping[str, Guesses | IncomputableError],
    doubt: Doubt,
) -> list[UtilityScore]:
    """One score of one learner on all arms.

    Args:
        learner: key in `LEARNERS`.
        score: how guesses are marked.
        truths: of each trial.
        guesses: by arm, of each trial, or why there are none.
        doubt: half the width of a gain's interval.
    """
    blank = UtilityScore(learner, "", score.name, score.title, score.direction)
    baseline = guesses[REAL]
    marked = []
    for arm, found in guesses.items():
        entry = replace(blank, arm=arm)
        try:
            if isinstance(found, IncomputableError):
                raise found
            trials = zip(truths, found, strict=True)
            entry = replace(entry, value=float(np.mean([score.compute(*one) for one in trials])))
            if arm != REAL:
                if isinstance(baseline, IncomputableError):
                    raise baseline
                gain = float(gains_of(score, truths, baseline, found).mean())
                entry = replace(entry, gain=gain)
                half = doubt(score, truths, baseline, found)
                entry = replace(entry, low=gain - half, high=gain + half)
        except IncomputableError as reason:
            entry = replace(entry, note=str(reason))
        marked.append(entry)
    return marked
