"""Would something simpler do as well? What a verdict adds about the other arms."""

from collections.abc import Sequence

from tabgan.evaluation.utility.arms import LearnerPredictions
from tabgan.evaluation.utility.confidence_intervals import HalfWidth, Targets
from tabgan.evaluation.utility.scores import SCORES
from tabgan.evaluation.utility.utility import REAL, Utility, UtilityScore, augmenter_of, score_arms


def compare_baselines(
    utility: Utility,
    baselines: Sequence[str],
    learners: Sequence[LearnerPredictions],
    targets: Targets,
    half_width: HalfWidth,
) -> str:
    """Compare other arms with the judged one, by the headline's score and learner.

    Args:
        utility: All scores, and the arm that is judged.
        baselines: The arms to compare it with.
        learners: Each learner's predictions.
        targets: Of the test rows of each run.
        half_width: Finds half the width of a gain's interval.

    Returns:
        A sentence; "" where there is nothing to add.
    """
    best = utility.headline
    gains = {
        score.arm: score
        for score in utility.scores
        if (score.learner, score.score) == (best.learner, best.score) and score.arm in baselines
    }
    if best.low is None:
        return ""
    if best.low <= 0:
        helping = [gain for gain in gains.values() if (gain.low or 0) > 0]
        return f"What helps: {_listed(helping)}." if helping else ""
    found = next(one.predictions for one in learners if one.learner == best.learner)
    score = next(score for score in SCORES[utility.task] if score.name == best.score)
    against = {
        REAL: found[best.arm],
        **{arm: found[arm] for arm in gains},
    }  # the judged arm as real
    leads = score_arms(best.learner, score, targets, against, half_width)
    lines = []
    if ahead := [gains[lead.arm] for lead in leads if (lead.low or 0) > 0]:
        lines.append(f"More still is gained by {_listed(ahead)}.")
    if tied := [gains[lead.arm] for lead in leads if _is_tied(lead)]:
        lines.append(f"As much, to within what can be measured: {_listed(tied)}.")
    return " ".join(lines)


def _is_tied(lead: UtilityScore) -> bool:
    return lead.low is not None and lead.high is not None and lead.low <= 0 <= lead.high


def _listed(gains: Sequence[UtilityScore]) -> str:
    return ", ".join(f"{augmenter_of(gain.arm)} ({gain.gain:+.2g})" for gain in gains)
