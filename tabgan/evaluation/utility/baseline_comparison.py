"""Would something simpler do as well? What a verdict adds about the other arms.

Where several arms are looked at, the best of them is better by chance alone: an arm is said to be
better only where the interval of one comparison, widened for their number (Bonferroni), says so.
"""

from collections.abc import Sequence
from dataclasses import replace

from scipy.special import ndtri

from tabgan.evaluation.number_format import interval, signed
from tabgan.evaluation.utility.arms import LearnerPredictions
from tabgan.evaluation.utility.baselines import BASELINES
from tabgan.evaluation.utility.confidence_intervals import Effect, HalfWidth, Targets
from tabgan.evaluation.utility.scores import SCORES
from tabgan.evaluation.utility.utility import (
    REAL,
    TUNED_THRESHOLD,
    Margin,
    Utility,
    UtilityScore,
    augmenter_of,
    score_arms,
)

MAX_NAMED = 3  # arms in a sentence
AHEAD = ("Better still, without a generator:", "More still is gained by")  # of baselines, of others
TIED = (
    "As well, without a generator, to within what can be measured:",
    "As much, to within what can be measured:",
)


def compare_baselines(
    utility: Utility,
    others: Sequence[str],
    learners: Sequence[LearnerPredictions],
    targets: Targets,
    half_width: HalfWidth,
) -> Utility:
    """Compare other arms with the judged one, by the headline's score and learner.

    Args:
        utility: All scores, and the arm that is judged.
        others: The arms to compare it with.
        learners: Each learner's predictions.
        targets: Of the test rows of each run.
        half_width: Finds half the width of a gain's interval.

    Returns:
        The same with a remark and a margin, where there is something to add.
    """
    best = utility.headline
    gains = {
        score.arm: score
        for score in utility.scores
        if (score.learner, score.score) == (best.learner, best.score)
        and score.arm in others
        and score.arm != TUNED_THRESHOLD  # it changes decisions alone, and no first score
        and score.gain is not None
    }
    if best.low is None or not gains:
        return utility
    found = next(one.predictions for one in learners if one.learner == best.learner)
    score = next(score for score in SCORES[utility.task] if score.name == best.score)
    against = {REAL: found[best.arm], **{arm: found[arm] for arm in gains}}  # the judged as real
    leads = score_arms(best.learner, score, targets, against, half_width)
    by_arm = {lead.arm: lead for lead in leads if lead.arm != REAL and lead.low is not None}
    margin = _find_margin(best.arm, gains, by_arm)
    remark = _describe(best, gains, by_arm, margin)
    return replace(utility, remark=remark, margin=margin)


def _find_margin(
    judged: str, gains: dict[str, UtilityScore], leads: dict[str, UtilityScore]
) -> Margin | None:
    """Return the margin over the baseline that gains most; none of an arm that is one itself."""
    known = [arm for arm in leads if arm in BASELINES]
    if not known or judged in BASELINES:
        return None
    arm = max(known, key=lambda arm: gains[arm].gain or 0.0)
    lead = leads[arm]
    low, high = -(lead.high or 0.0), -_widened_low(lead, len(gains))
    return Margin(arm, gains[arm].gain or 0.0, -(lead.gain or 0.0), low, high)


def _describe(
    best: UtilityScore,
    gains: dict[str, UtilityScore],
    leads: dict[str, UtilityScore],
    margin: Margin | None,
) -> str:
    """Return what else helps where the judged arm does not, or else what helps as much."""
    tried = len(gains)
    if (best.low or 0.0) <= 0:
        helping = [gain for gain in gains.values() if _is_better(gain, tried)]
        if helping:
            return f"What helps: {_listed(helping)}."
        return "" if best.is_perfect else f"None of {tried} other ways gains more than noise."
    ahead = [gains[arm] for arm, lead in leads.items() if _is_better(lead, tried)]
    tied = [gains[arm] for arm, lead in leads.items() if _is_tied(lead, tried)]
    simple = frozenset[str]() if best.arm in BASELINES else frozenset(BASELINES)
    lines = []
    for group, words in ((ahead, AHEAD), (tied, TIED)):
        for start, is_simple in zip(words, (True, False), strict=True):
            arms = [gain for gain in group if (gain.arm in simple) is is_simple]
            lines += [f"{start} {_listed(arms)}."] if arms else []
    if margin is not None and margin.effect is Effect.HELPS and not lines:
        lines.append(_describe_margin(margin, sum(arm in BASELINES for arm in gains)))
    return " ".join(lines)


def _describe_margin(margin: Margin, tried: int) -> str:
    named = f"{augmenter_of(margin.baseline)} ({signed(margin.gain)})"
    ends = interval(margin.low, margin.high)
    return (
        f"Nothing without a generator does as well: of {tried} ways the best is {named}, and the "
        f"rows are ahead of it by {signed(margin.margin)} (95 % interval {ends})."
    )


def _is_better(score: UtilityScore, tried: int) -> bool:
    """Return whether a gain is beyond noise where it is one of so many."""
    return score.low is not None and _widened_low(score, tried) > 0


def _widened_low(score: UtilityScore, tried: int) -> float:
    """Return the lower end of an interval that allows for so many gains being looked at."""
    gain, low = score.gain or 0.0, score.low or 0.0
    return gain - (gain - low) * float(ndtri(1 - 0.025 / tried) / ndtri(0.975))


def _is_tied(lead: UtilityScore, tried: int) -> bool:
    return lead.high is not None and lead.high >= 0 and not _is_better(lead, tried)


def _listed(gains: Sequence[UtilityScore]) -> str:
    """Return arms and their gains, those that gain most first."""
    ranked = sorted(gains, key=lambda score: -(score.gain or 0.0))
    named = [f"{augmenter_of(one.arm)} ({signed(one.gain or 0.0)})" for one in ranked[:MAX_NAMED]]
    rest = len(ranked) - len(named)
    return ", ".join([*named, *([f"and {rest} more"] if rest else [])])
