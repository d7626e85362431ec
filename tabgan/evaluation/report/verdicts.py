"""Three plain verdicts: do the rows help, are they alike, are they copies?

Each is a short answer with the figure that it rests on, and what to do next. Copies of real rows
are praised for nothing: they always look alike, and what they gain is gained by counting rows
twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tabgan.evaluation.metrics.metric import MetricResult
from tabgan.evaluation.number_format import percentage
from tabgan.evaluation.report.similarity import Level, find_similarity, find_worst
from tabgan.evaluation.utility.baselines import BASELINES
from tabgan.evaluation.utility.confidence_intervals import Effect
from tabgan.evaluation.utility.utility import Utility, augmenter_of

HELP, ALIKE, COPIES = "Do they help?", "Are they alike?", "Are they copies?"
MIN_COPIED = 25.0  # percent of rows, beyond what chance copies, that make a table one of copies
MIN_MORE_COPIED = 5.0  # percent of rows, where no unseen row is a copy
MAX_SEEN = 50.0  # percent of unseen rows that stand in the real table, where copies say nothing
MIN_MORE_NEAR = 5.0  # percent of rows; fewer are within what two ways of counting differ by
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
RIVAL_ADVICE: Mapping[Effect, str] = {
    Effect.HURTS: "Train with {arm} instead, which gains more and needs no generator.",
    Effect.NONE: "Train on real and synthetic rows together, or, which is simpler, with {arm}.",
}
PERFECT_ADVICE = "Train on the real rows alone: no score can be better than theirs."
PART_ADVICE = "Leave those rows out before you share the table, and evaluate it again."
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
        reason: Why the answer is not known, without a full stop; "" where it is.
    """

    question: str
    answer: str
    advice: str
    level: Level
    reason: str = ""


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
        natural: Of unseen real rows, in percent; None where the table is one of the real ones.
        manner: What they are: "copies of real rows", "real rows but for small changes".
        warning: Of the metric, in a sentence.
    """

    share: float
    natural: float | None
    manner: str
    warning: str

    @property
    def excess(self) -> float:
        """How many more are copied than chance makes, in percent of the rows."""
        return self.share - (self.natural or 0.0)

    @property
    def percent(self) -> str:
        """The share in words."""
        return percentage(self.share)

    @property
    def fact(self) -> str:
        """Both shares in words, without a full stop."""
        if self.natural is None:
            return self.warning[:1].lower() + self.warning[1:].rstrip(".")
        return (
            f"{self.percent} are {self.manner}, and {percentage(self.natural)} of unseen rows are"
        )


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
    return Copied(result.value, result.reference, manner, result.warning)


def may_be_copies(copies: MetricResult | None) -> bool:
    """Return whether rows are copied and no unseen one is, whatever chance may make of few rows."""
    if copies is None or copies.value is None:
        return False
    return not copies.reference and copies.value >= MIN_MORE_COPIED


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
    advice = "Evaluate rows that are no copies."
    return Verdict(ALIKE, answer, advice, "unknown", "copies always look alike")


def _judge_copied(copied: Copied) -> Verdict:
    advice = (
        "Do not share them: they give away real rows. If a model made them, fit it on more rows or "
        "with fewer steps (--steps)."
    )
    return Verdict(COPIES, f"The rows are copies: {copied.fact}.", advice, "bad")


def _judge_gain(utility: Utility) -> Verdict:
    effect, first = utility.headline.effect, EFFECT_ADVICE[utility.headline.effect]
    if effect is Effect.NONE and utility.headline.is_perfect:
        first = PERFECT_ADVICE
    if effect is Effect.HELPS and utility.judged in BASELINES:
        first = f"Train with {augmenter_of(utility.judged)}."
    if effect is Effect.HELPS and utility.margin is not None:
        advice = RIVAL_ADVICE.get(utility.margin.effect, first)
        first = advice.format(arm=augmenter_of(utility.margin.baseline))
    advice = f"{first} {utility.remark}".rstrip()
    reason = utility.headline.note if effect is Effect.UNKNOWN else ""
    return Verdict(HELP, utility.claim, advice, EFFECT_LEVELS[effect], reason)


def _judge_likeness(found: Mapping[str, MetricResult]) -> Verdict:
    similarity = find_similarity(found)
    if similarity is None:
        looked = (found.get(name) for name in ("column_shapes", "detection_boosted"))
        reason = next((result.note for result in looked if result), "no metric looks")
        return _unknown(ALIKE, "Whether the rows are alike", reason)
    answer = f"{ALIKE_CLAIMS[similarity.level]}: {similarity.fact}."
    return Verdict(
        ALIKE, answer, _advise_likeness(similarity.level, find_worst(found)), similarity.level
    )


def _advise_likeness(level: Level, worst: str) -> str:
    if level == "good":
        return "Nothing to do; look at the columns that matter most to you."
    first = f"Look first at {worst}, which differ most" if worst else "Look at the columns"
    return f"{first}; fit for longer (--steps, --time-limit), or on more rows."


def _judge_new(found: Mapping[str, MetricResult], copied: Copied | None) -> Verdict:
    """Judge rows of which no more than a small part are copies."""
    copies = found.get("copies")
    if copies is None or copies.value is None:
        reason = copies.note if copies is not None else "no metric looks"
        return _unknown(COPIES, "Whether the rows are copies", reason)
    if copied is not None:
        answer = f"Part of the rows are copies: {copied.fact}."
        return Verdict(COPIES, answer, PART_ADVICE, "unsure")
    natural = percentage(copies.reference or 0.0)
    if (copies.reference or 0.0) >= MAX_SEEN:
        reason = f"{natural} of the rows that should be unseen stand in the real table, too"
        return _unknown(COPIES, "Whether the rows are copies", reason)
    fact = f"{percentage(copies.value)} stand in the real table, and {natural} of unseen rows do"
    if may_be_copies(copies):
        answer = f"Part of the rows may be copies: {fact}, but the rows are too few to be sure."
        return Verdict(COPIES, answer, PART_ADVICE, "unsure")
    warnings = [result.warning for result in found.values() if result.aim is copies.aim]
    if found_warnings := list(filter(None, warnings)):
        answer = f"The rows are no copies: {fact}. But: {found_warnings[0]}"
        advice = "Do not share them before you know why; more real rows or fewer steps help."
        return Verdict(COPIES, answer, advice, "unsure")
    advice = "Nothing to do; but no figure proves that a table is safe to share."
    claim = (
        "No more rows are copies than chance makes" if copies.value else "The rows are no copies"
    )
    return Verdict(COPIES, f"{claim}: {fact}.", advice, "good")


def _unknown(question: str, matter: str, reason: str) -> Verdict:
    reason = reason.rstrip(".")
    answer = f"{matter} cannot be said: {reason}."
    advice = "Mend what is named here, and evaluate again."
    return Verdict(question, answer, advice, "unknown", reason)
