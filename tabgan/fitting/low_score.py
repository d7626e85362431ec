"""What is said of a fit that failed though it ran to its end: its score is near zero."""

import math
import warnings

from tabgan.errors import LowScoreWarning
from tabgan.model.tabular_model import TabularModel
from tabgan.runtime.progress import TrainingRecord

LOW_SHARE = 0.05  # of the score of real rows: below it a fit has failed
LOST = 0.9  # of the critic's loss when it cannot tell: below it the generator lost the game
EVEN_LOSSES = {"relativistic": math.log(2), "minimax": 2 * math.log(2)}  # if it cannot tell


def describe_low_score(model: TabularModel) -> str | None:
    """Return in a sentence that generated rows are nothing like real ones, and what to do.

    None where the score is not near zero, or means nothing, since too few rows are held out. The
    generator of many passes is judged, even if rows are drawn in one: conditions need it.
    """
    record, config, score = model.record, model.config, model.score_in_many_passes
    real = record.noise_floor
    if score is None or not real or score >= LOW_SHARE * real:
        return None
    found = (
        f"a classifier tells nearly all generated rows from real ones (two-sample score "
        f"{score:.2f}, real rows {real:.2f})"
    )
    even = EVEN_LOSSES.get(config.objective)
    loss = _last_critic_loss(record)
    if even is not None and loss is not None and loss < LOST * even:
        found += f", and the critic wins: its loss is {loss:.2f}, and {even:.2f} if it cannot tell"
    advice = "train for more steps, or take a slower preset"
    if not config.nll_weight:
        advice = "give nll_weight a value above 0, such as 10, or train for more steps"
    return f"{found}; {advice}{_describe_rest(model)}."


def _describe_rest(model: TabularModel) -> str:
    """Return in words which rows are better nevertheless, if any are."""
    one = model.one_pass
    if one is None or one.score is None or not model.card.draws_in_one_pass:
        return ""
    return f"; rows without conditions are drawn in one pass, which scores {one.score:.2f}"


def warn_of_low_score(model: TabularModel) -> None:
    """Warn of a fit that failed though it ran to its end."""
    text = describe_low_score(model)
    if text:
        warnings.warn(text, LowScoreWarning, stacklevel=4)  # above `fit_model`


def _last_critic_loss(record: TrainingRecord) -> float | None:
    """Return the critic's mean loss before the last validation that has one."""
    losses = [point.critic_loss for point in record.history if point.critic_loss is not None]
    return losses[-1] if losses else None
