"""What a report could not compute, and why: said in one place, once for each reason."""

from collections.abc import Iterator
from dataclasses import dataclass

from tabgan.evaluation.metrics.alignment import listed
from tabgan.evaluation.report.results import Results
from tabgan.evaluation.utility.utility import Utility, UtilityScore


@dataclass(frozen=True)
class Uncomputed:
    """Figures or columns that are missing for one reason.

    Attributes:
        subject: What is missing, in words.
        reason: Why, without a full stop.
    """

    subject: str
    reason: str


def find_uncomputed(results: Results) -> tuple[Uncomputed, ...]:
    """Return all that is missing: columns, arms, single scores, metrics or parts of them."""
    return group((*_columns(results), *_scores(results.utility), *_metrics(results)))


def known_scores(utility: Utility) -> tuple[UtilityScore, ...]:
    """Return the scores of what could be trained on: an arm without any figure has no line."""
    known = {score.arm for score in utility.scores if score.value is not None}
    return tuple(score for score in utility.scores if score.arm in known)


def group(found: tuple[Uncomputed, ...]) -> tuple[Uncomputed, ...]:
    """Return the same with subjects of one reason together.

    >>> group((Uncomputed("F1", "one class"), Uncomputed("MAE", "text"), Uncomputed("AUC", "text")))
    (Uncomputed(subject='F1', reason='one class'), Uncomputed(subject='MAE; AUC', reason='text'))
    """
    subjects: dict[str, dict[str, None]] = {}
    for one in found:
        subjects.setdefault(one.reason.rstrip("."), {})[one.subject] = None
    return tuple(Uncomputed("; ".join(named), reason) for reason, named in subjects.items())


def _columns(results: Results) -> Iterator[Uncomputed]:
    by_reason: dict[str, list[object]] = {}
    for one in results.not_judged:
        by_reason.setdefault(one.reason, []).append(one.column)
    for reason, names in by_reason.items():
        yield Uncomputed(listed(names), f"{reason}, which no figure looks at")


def _scores(utility: Utility) -> Iterator[Uncomputed]:
    """Yield arms without a score, then single scores of the others."""
    known = {score.arm for score in known_scores(utility)}
    for score in utility.scores:
        if not known:
            yield Uncomputed("What learners gain", score.note)
        elif score.arm not in known:
            yield Uncomputed(f"Training on {score.arm}", score.note)
        elif score.value is None:
            yield Uncomputed(f"{score.title} of {score.learner}, {score.arm}", score.note)


def _metrics(results: Results) -> Iterator[Uncomputed]:
    """Yield metrics without a value, and those whose value leaves something out."""
    for reading in results.readings:
        if reading.value is None:
            yield Uncomputed(reading.title, reading.note)
        elif reading.note:
            yield Uncomputed(reading.title, f"{reading.note.rstrip('.')}; the rest is computed")
