"""Three plain verdicts: do the rows help, are they alike, are they copies?

Each is a short answer with the figure that it rests on, and what to do next. Copies of real rows
are praised for nothing: they always look alike, and what they gain is gained by counting rows
twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tabgan.evaluation.metrics.alignment import listed
from tabgan.evaluation.metrics.metric import MetricResult
from tabgan.evaluation.utility.confidence_intervals import Effect
from tabgan.evaluation.utility.utility import Utility

Level = Literal["good", "unsure", "bad", "unknown"]
HELP, ALIKE, COPIES = "Do they help?", "Are they alike?", "Are they copies?"
MIN_COPIED = 25.0  # percent of rows, beyond what chance copies, that make a table one of copies
MIN_MORE_NEAR = 5.0  # percent of rows; fewer are within what two ways of counting differ by
MIN_ALIKE, MIN_FAIRLY_ALIKE = 0.8, 0.4  # two-sample scores: 60 and 80 of 100 rows told apart
MAX_ALIKE, MAX_FAIRLY_ALIKE = 10.0, 30.0  # percent of column shapes, where rows are few
EFFECT_LEVELS: Mapping[Effect, Level] = {
    Effect.HELPS: "good",
    Effect.NONE: "unsure",
    Effect.HURTS: "bad",
    Effect.UNKNOWN: "unknown",
}
EFFECT_ADVICE: Mapping[Effect, str] = {
    Effect.HELPS: "Train on real and synthetic rows together.",
    Effect.NONE: "Train on the real rows alone; with more test rows a smaller gain can be seen.",
    Effect.HURTS: "Train on the real rows alone, and look below for what differs most.",
    Effect.UNKNOWN: "Mend what is named here, or choose another target (--target, target=).",
}
ALIKE_CLAIMS: Mapping[Level, str] = {
    "good": "The rows are alike",
    "unsure": "The rows are alike in part",
    "bad": "The rows are not alike",
}


@dataclass(frozen=True)
class Verdict:
    """The answer to one question; the fields have the names that a report's JSON has.

    Attributes:
        question: One of three.
        answer: A sentence or two, with the figure in it.
        advice: What to do next.
        level: "good", "unsure" or "bad"; "unknown" where the figures do not say.
    """

    question: str
    answer: str
    advice: str
    level: Level


Verdicts = tuple[Verdict, Verdict, Verdict]


def find_verdicts(utility: Utility, readings: Sequence[MetricResult]) -> Verdicts:
    """Return the answers to the three questions, in their order.

    Args:
        utility: What downstream learners gain.
        readings: Every metric.
    """
    found = {reading.metric: reading for reading in readings}
    copied = _find_copied(found)
    if copied is not None and copied.excess >= MIN_COPIED:
        return _judge_copies_gain(utility, copied), _judge_copies_likeness(), _judge_copied(copied)
    return _judge_gain(utility), _judge_likeness(found), _judge_new(found, copied)


@dataclass(frozen=True)
class Copied:
    """More rows are copies than chance makes.

    Attributes:
        share: Of the synthetic rows, in percent.
        natural: Of unseen real rows, in percent; None where the table is the real one.
        manner: What they are: "copies of real rows", "real rows but for small changes".
    """

    share: float
    natural: float | None
    manner: str

    @property
    def excess(self) -> float:
        """How many more are copied than chance makes, in percent of the rows."""
        return self.share - (self.natural or 0.0)

    @property
    def percent(self) -> str:
        """The share in words."""
        return _percent(self.share)

    @property
    def fact(self) -> str:
        """Both shares in words, without a full stop."""
        if self.natural is None:
            return "the synthetic table is the real one, row for row"
        return f"{self.percent} are {self.manner}, and {_percent(self.natural)} of unseen rows are"


def _find_copied(found: Mapping[str, MetricResult]) -> Copied | None:
    """Return the share of verbatim copies that is out of line, or of near ones where more are."""
    verbatim = _out_of_line(found.get("copies"), "copies of real rows")
    near = _out_of_line(found.get("near_copies"), "real rows but for small changes")
    if verbatim is None or near is None:
        return verbatim or near
    return near if near.excess > verbatim.excess + MIN_MORE_NEAR else verbatim


def _out_of_line(result: MetricResult | None, manner: str) -> Copied | None:
    if result is None or result.value is None or not result.warning:
        return None
    return Copied(result.value, result.reference, manner)


def _judge_copies_gain(utility: Utility, copied: Copied) -> Verdict:
    answer = f"Copies bring nothing new, and {copied.percent} are {copied.manner}"
    if utility.facts:
        answer += f", so that a gain would not count: {utility.facts}."
    else:
        answer += f". {utility.claim}"
    advice = (
        "Do not add them; where a rare class is the aim, class weights do the same. Make new rows "
        "with tabgan sample, and evaluate those."
    )
    return Verdict(HELP, answer, advice, "bad")


def _judge_copies_likeness() -> Verdict:
    answer = "That copies are like real rows says nothing."
    return Verdict(ALIKE, answer, "Evaluate rows that are no copies.", "unknown")


def _judge_copied(copied: Copied) -> Verdict:
    advice = (
        "Do not share them: they give away real rows. If a model made them, fit it on more rows or "
        "with fewer steps (--steps)."
    )
    return Verdict(COPIES, f"The rows are copies: {copied.fact}.", advice, "bad")


def _judge_gain(utility: Utility) -> Verdict:
    effect = utility.headline.effect
    advice = f"{EFFECT_ADVICE[effect]} {utility.remark}".rstrip()
    return Verdict(HELP, utility.claim, advice, EFFECT_LEVELS[effect])


def _judge_likeness(found: Mapping[str, MetricResult]) -> Verdict:
    """Judge by the rows that a classifier tells apart, or by the columns where rows are few."""
    detection, shapes = found.get("detection_boosted"), found.get("column_shapes")
    if detection is not None and detection.value is not None:
        level, fact = _judge_detection(detection.value, detection.reference)
    elif shapes is not None and shapes.value is not None:
        level = _level(-shapes.value, -MAX_ALIKE, -MAX_FAIRLY_ALIKE)
        fact = f"their columns differ from the real ones by {_percent(shapes.value)} on average"
    else:
        reason = next((result.note for result in (shapes, detection) if result), "no metric looks")
        return _unknown(ALIKE, f"Whether the rows are alike cannot be said: {reason}.")
    worst = shapes.worst if shapes is not None else ()
    return Verdict(ALIKE, f"{ALIKE_CLAIMS[level]}: {fact}.", _advise_likeness(level, worst), level)


def _judge_detection(score: float, floor: float | None) -> tuple[Level, str]:
    """Return the level of a two-sample score, and its meaning in words."""
    level = _level(score, MIN_ALIKE, MIN_FAIRLY_ALIKE)
    if floor is not None and score >= floor:
        level = "good"  # real rows are told from real rows as well as these
    return level, (
        "shown a real and a synthetic row, a classifier finds the real one in "
        f"{100 - 50 * score:.0f} of 100 cases; guessing finds 50"
    )


def _level(value: float, good: float, fair: float) -> Level:
    if value >= good:
        return "good"
    return "unsure" if value >= fair else "bad"


def _advise_likeness(level: Level, worst: Sequence[str]) -> str:
    if level == "good":
        return "Nothing to do; look at the columns that matter most to you."
    first = f"Look first at {listed(worst)}, which differ most" if worst else "Look at the columns"
    return f"{first}; fit for longer (--steps, --time-limit), or on more rows."


def _judge_new(found: Mapping[str, MetricResult], copied: Copied | None) -> Verdict:
    """Judge rows of which no more than a small part are copies."""
    copies = found.get("copies")
    if copies is None or copies.value is None:
        reason = copies.note if copies is not None else "no metric looks"
        return _unknown(COPIES, f"Whether the rows are copies cannot be said: {reason}.")
    if copied is not None:
        advice = "Leave those rows out before you share the table, or evaluate it again."
        return Verdict(COPIES, f"Part of the rows are copies: {copied.fact}.", advice, "unsure")
    natural = _percent(copies.reference or 0.0)
    fact = f"{_percent(copies.value)} stand in the real table, and {natural} of unseen rows do"
    warnings = [result.warning for result in found.values() if result.aim is copies.aim]
    if found_warnings := list(filter(None, warnings)):
        answer = f"The rows are no copies: {fact}. But: {found_warnings[0]}"
        advice = "Do not share them before you know why; more real rows or fewer steps help."
        return Verdict(COPIES, answer, advice, "unsure")
    advice = "Nothing to do; but no figure proves that a table is safe to share."
    return Verdict(COPIES, f"The rows are no copies: {fact}.", advice, "good")


def _unknown(question: str, answer: str) -> Verdict:
    return Verdict(question, answer, "Give more rows, and columns that hold values.", "unknown")


def _percent(share: float) -> str:
    """Return a share as a reader would say it: 0.04 %, 3.5 %, 100 %."""
    return f"{share:.2g} %" if share < 1 else f"{round(share, 1):g} %"
