"""The three verdicts in a few words each: what stands on top of a page, before any picture.

The sentences of a verdict say why; these say what, in words that need no glossary. Of one question
and one level they are always the same, so that two reports can be compared at a glance.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tabgan.evaluation.metrics.metric import Direction, MetricResult
from tabgan.evaluation.number_format import number, percentage
from tabgan.evaluation.report.results import Results
from tabgan.evaluation.report.similarity import Level, find_similarity, find_worst
from tabgan.evaluation.report.verdicts import (
    ALIKE,
    COPIES,
    HELP,
    Verdict,
    may_be_copies,
)
from tabgan.evaluation.utility.baselines import BASELINES
from tabgan.evaluation.utility.confidence_intervals import Effect
from tabgan.evaluation.utility.utility import augmenter_of

SIGNS: Mapping[Level, str] = {"good": "✓", "unsure": "~", "bad": "✗", "unknown": "○"}
NOT_KNOWN = "Not known"
COPY_METRICS = ("copies", "near_copies")
CLAIMS: Mapping[str, Mapping[Level, str]] = {
    HELP: {"good": "Yes", "unsure": "No clear difference", "bad": "No"},
    ALIKE: {"good": "Yes", "unsure": "In part", "bad": "No"},
    COPIES: {"good": "No", "unsure": "In part", "bad": "Yes"},
}
STEPS: Mapping[str, Mapping[Level, str]] = {
    HELP: {
        "good": "Train on real and synthetic rows.",
        "unsure": "Train on real rows alone.",
        "bad": "Train on real rows alone.",
    },
    ALIKE: {"good": "Nothing to do."},
    COPIES: {
        "good": "No proof that they are safe to share.",
        "unsure": "Do not share them yet.",
        "bad": "Do not share them.",
    },
}


SIMPLER: Mapping[Effect, str] = {  # by what the rows gain over the best baseline
    Effect.HURTS: "Better, without a generator: {arm}.",
    Effect.NONE: "As well, without a generator: {arm}.",
}


@dataclass(frozen=True)
class Headline:
    """One verdict in a few words.

    Attributes:
        verdict: The same in sentences.
        claim: The answer in a word or three.
        figure: The figure that it rests on, or why there is none.
        step: What to do.
    """

    verdict: Verdict
    claim: str
    figure: str
    step: str

    @property
    def sign(self) -> str:
        """A sign that stands beside the colour of the level."""
        return SIGNS[self.verdict.level]


def find_headlines(results: Results) -> tuple[Headline, ...]:
    """Return the verdicts of a report, in their order, in a few words each."""
    readings = {reading.metric: reading for reading in results.readings}
    is_copied = results.verdicts[-1].level == "bad"
    copies = readings.get("copies")
    has_copies = may_be_copies(copies) or any(
        readings[name].warning for name in COPY_METRICS if name in readings
    )
    found = []
    for verdict in results.verdicts:
        known = verdict.level != "unknown"
        question = COPIES if is_copied and verdict.question == HELP else verdict.question
        figure = FIGURES[question](results, readings) if known else verdict.reason
        claim = CLAIMS[verdict.question].get(verdict.level, NOT_KNOWN)
        if verdict.question == COPIES and verdict.level == "unsure" and not has_copies:
            claim = "No, but near"
        found.append(Headline(verdict, claim, figure, _step(verdict, results, readings)))
    return tuple(found)


def _step(verdict: Verdict, results: Results, readings: Mapping[str, MetricResult]) -> str:
    """Return what to do; where something simpler does as well, what that is.

    Of rows that are not alike, which column to look at first.
    """
    margin, judged = results.utility.margin, results.utility.judged
    if (verdict.question, verdict.level) == (HELP, "good") and judged in BASELINES:
        return f"Train with {augmenter_of(judged)}."
    if (verdict.question, verdict.level) == (HELP, "good") and margin is not None:
        words = SIMPLER.get(margin.effect, STEPS[HELP]["good"])
        return words.format(arm=augmenter_of(margin.baseline))
    is_unlike = verdict.question == ALIKE and verdict.level in {"unsure", "bad"}
    if is_unlike and (worst := find_worst(readings, most=1)):
        return f"Look first at {worst}."
    return STEPS[verdict.question].get(verdict.level, verdict.advice)


def _gain(results: Results, readings: Mapping[str, MetricResult]) -> str:  # noqa: ARG001
    """Return the score on real rows alone and with the others."""
    best = results.utility.headline
    if best.value is None or best.real_value is None:
        return ""
    kind = "score" if best.direction is Direction.UP else "error"
    return f"{kind} {number(best.real_value)} → {number(best.value)}"


def _likeness(results: Results, readings: Mapping[str, MetricResult]) -> str:  # noqa: ARG001
    """Return the figure that the verdict rests on."""
    found = find_similarity(readings)
    return found.figure if found is not None else ""


def _copied(results: Results, readings: Mapping[str, MetricResult]) -> str:  # noqa: ARG001
    """Return the share of copies; of near ones where there are more than chance makes."""
    shares = [
        result.value
        for name in COPY_METRICS
        if (result := readings.get(name)) is not None
        and result.value is not None
        and (name == "copies" or result.warning)
    ]
    return f"{percentage(max(shares))} copied" if shares else ""


FIGURES: Mapping[str, Callable[[Results, Mapping[str, MetricResult]], str]] = {
    HELP: _gain,
    ALIKE: _likeness,
    COPIES: _copied,
}
