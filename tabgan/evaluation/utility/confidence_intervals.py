"""How much better a learner became, and how sure that is.

A gain is the difference to the learner's score on real rows alone, turned so that + is better. Half
the width of its 95 % interval is found in one of two ways, by what the trials differ in: seeds
(`doubt_of_seeds`) or folds (`doubt_of_folds`).
"""

from collections.abc import Callable
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from tabgan.evaluation.metrics.metric import IncomputableError
from tabgan.evaluation.utility.scores import Score

RESAMPLES = 50  # of the test rows: the interval is then right to a tenth of its width
RESAMPLE_ROWS = 2_000  # in each resample at the most, so that large tables do not take minutes

Truths = list[NDArray[np.float64]]  # of each trial: class codes or numbers, shape (rows,)
Guesses = list[NDArray[np.float64]]  # of each trial: what a learner says of the same rows
Doubt = Callable[[Score, Truths, Guesses, Guesses], float]


def gains_of(
    score: Score, truths: Truths, baseline: Guesses, found: Guesses
) -> NDArray[np.float64]:
    """Improvement over the baseline in each trial, + is better, shape (trials,).

    Raises:
        IncomputableError: a trial cannot be marked.
    """
    trials = zip(truths, baseline, found, strict=True)
    differences = [score.compute(y, new) - score.compute(y, old) for y, old, new in trials]
    return score.direction.sign * np.array(differences)


def doubt_of_seeds(
    score: Score, truths: Truths, baseline: Guesses, found: Guesses, *, seed: int
) -> float:
    """Half width of the mean gain's 95 % interval, where trials differ in the learner's seed only.

    Joins two doubts by the root of their summed squares: that of the learner's draws (Student's t
    over the seeds) and that of the test rows, which are the same in all trials (their bootstrap,
    m out of n: Bickel, Götze and van Zwet 1997).

    Raises:
        IncomputableError: the test rows are too few for a bootstrap.
    """
    gains = gains_of(score, truths, baseline, found)
    of_seeds = stdtrit(len(gains) - 1, 0.975) * gains.std(ddof=1) / np.sqrt(len(gains))
    return float(np.hypot(of_seeds, _test_doubt(score, truths[0], baseline[0], found[0], seed)))


def doubt_of_folds(
    score: Score, truths: Truths, baseline: Guesses, found: Guesses, *, test_ratio: float
) -> float:
    """Half width of the mean gain's 95 % interval, where trials are folds of one table.

    Training rows of the folds overlap, so that the plain t-test is far too sure. The corrected
    resampled t-test takes the variance (1 / trials + test rows / training rows) times instead of
    1 / trials (Nadeau and Bengio 2003).

    Raises:
        IncomputableError: there is one fold only.
    """
    gains = gains_of(score, truths, baseline, found)
    if len(gains) < 2:
        raise IncomputableError("one fold allows no interval")
    factor = np.sqrt(1 / len(gains) + test_ratio)
    return float(stdtrit(len(gains) - 1, 0.975) * gains.std(ddof=1) * factor)


def _test_doubt(
    score: Score,
    truth: NDArray[np.float64],
    baseline: NDArray[np.float64],
    found: NDArray[np.float64],
    seed: int,
) -> float:
    """Half width of the gain's 95 % interval over other test rows, by the bootstrap of these."""
    rng = np.random.default_rng(seed)
    rows = min(len(truth), RESAMPLE_ROWS)
    gains = []
    for _ in range(RESAMPLES):
        drawn = rng.integers(len(truth), size=rows)
        try:
            gains.append(gains_of(score, [truth[drawn]], [baseline[drawn]], [found[drawn]])[0])
        except IncomputableError:  # a draw without the rare class says nothing of it
            continue
    if len(gains) < RESAMPLES / 2:
        raise IncomputableError("the test rows are too few for an interval")
    return float(1.96 * np.std(gains, ddof=1) * np.sqrt(rows / len(truth)))


class Effect(StrEnum):
    """Whether training rows help.

    >>> Effect.of(-0.01, 0.02).phrase
    'makes no measurable difference'
    """

    HELPS = "helps"
    HURTS = "hurts"
    NONE = "none"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, low: float | None, high: float | None) -> "Effect":
        """Helps or hurts where the whole interval is on one side of zero."""
        if low is None or high is None:
            return cls.UNKNOWN
        if low > 0:
            return cls.HELPS
        return cls.HURTS if high < 0 else cls.NONE

    @property
    def phrase(self) -> str:
        """What a verdict says."""
        return PHRASES[self]

    @property
    def sign(self) -> str:
        """A sign that stands beside its colour, for those who do not see that."""
        return SIGNS[self]


PHRASES = {
    Effect.HELPS: "helps",
    Effect.HURTS: "hurts",
    Effect.NONE: "makes no measurable difference",
    Effect.UNKNOWN: "cannot be said",
}
SIGNS = {Effect.HELPS: "▲", Effect.HURTS: "▼", Effect.NONE: "●", Effect.UNKNOWN: "?"}
