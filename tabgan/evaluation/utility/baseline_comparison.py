"""Would something simpler do as well? What a verdict adds about the other arms."""

from collections.abc import Sequence

from tabgan.evaluation.utility.arms import Answers
from tabgan.evaluation.utility.confidence_intervals import Doubt, Truths
from tabgan.evaluation.utility.scores import SCORES
from tabgan.evaluation.utility.utility import REAL, Utility, UtilityScore, maker_of, mark


def compare_rivals(
    utility: Utility,
    rivals: Sequence[str],
    answers: Sequence[Answers],
    truths: Truths,
    doubt: Doubt,
) -> str:
    """Hold other arms against the judged one, by the headline's score and learner.

    Args:
        utility: all scores, and the arm that is judged.
        rivals: the arms to hold against it.
        answers: of each learner.
        truths: of each fold.
        doubt: half the width of the interval of a difference.

    Returns:
        A sentence; "" where there is nothing to add.
    """
    best = utility.headline
    gains = {
        score.arm: score
        for score in utility.scores
        if (score.learner, score.score) == (best.learner, best.score) and score.arm in rivals
    }
    if best.low is None:
        return ""
    if best.low <= 0:
        helping = [gain for gain in gains.values() if (gain.low or 0) > 0]
        return f"What helps: {_named(helping)}." if helping else ""
    guesses = next(one.guesses for one in answers if one.learner == best.learner)
    score = next(score for score in SCORES[utility.task] if score.name == best.score)
    against = {REAL: guesses[best.arm], **{arm: guesses[arm] for arm in gains}}
    leads = mark(best.learner, score, truths, against, doubt)
    lines = []
    if ahead := [gains[lead.arm] for lead in leads if (lead.low or 0) > 0]:
        lines.append(f"More still is gained by {_named(ahead)}.")
    if level := [gains[lead.arm] for lead in leads if _is_level(lead)]:
        lines.append(f"As much, to within what can be measured: {_named(level)}.")
    return " ".join(lines)


def _is_level(lead: UtilityScore) -> bool:
    return lead.low is not None and lead.high is not None and lead.low <= 0 <= lead.high


def _named(gains: Sequence[UtilityScore]) -> str:
    return ", ".join(f"{maker_of(gain.arm)} ({gain.gain:+.2g})" for gain in gains)
