"""How much better a learner became, and how sure that is.

A gain is the difference to the learner's score on real rows alone, turned so that + is better. Half
the width of its 95 % interval is found in one of two ways, by what the runs of a learner differ in:
seeds (`half_width_over_seeds`) or folds (`half_width_over_folds`).
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

Targets = list[NDArray[np.float64]]  # of each run: class codes or numbers, shape (rows,)
Predictions = list[NDArray[np.float64]]  # of each run, of the same rows: as `Score.compute` takes
HalfWidth = Callable[[Score, Targets, Predictions, Predictions], float]  # of a gain's interval


def compute_gains(
    score: Score, targets: Targets, reference: Predictions, predictions: Predictions
) -> NDArray[np.float64]:
    """Return the improvement over the reference in each run, + is better, shape (runs,).

    Raises:
        IncomputableError: A run cannot be scored.
    """
    runs = zip(targets, reference, predictions, strict=True)
    differences = [score.compute(y, new) - score.compute(y, old) for y, old, new in runs]
    return score.direction.sign * np.array(differences)


def half_width_over_seeds(
    score: Score, targets: Targets, reference: Predictions, predictions: Predictions, *, seed: int
) -> float:
    """Return half the 95 % interval of the mean gain of runs that differ in their seed only.

    The root of two summed squares: of the learner's draws (Student's t over the seeds) and of the
    test rows, which are the same in all runs (their bootstrap, m out of n: Bickel, Götze and van
    Zwet 1997).

    Raises:
        IncomputableError: The test rows are too few for a bootstrap.
    """
    gains = compute_gains(score, targets, reference, predictions)
    of_seeds = stdtrit(len(gains) - 1, 0.975) * gains.std(ddof=1) / np.sqrt(len(gains))
    of_rows = _half_width_over_test_rows(score, targets[0], reference[0], predictions[0], seed)
    return float(np.hypot(of_seeds, of_rows))


def half_width_over_folds(
    score: Score,
    targets: Targets,
    reference: Predictions,
    predictions: Predictions,
    *,
    test_ratio: float,
) -> float:
    """Return half the 95 % interval of the mean gain of runs that are folds of one table.

    Training rows of the folds overlap, so that the plain t-test is far too sure. The corrected
    resampled t-test takes the variance (1 / folds + test rows / training rows) times instead of
    1 / folds (Nadeau and Bengio 2003).

    Raises:
        IncomputableError: There is one fold only.
    """
    gains = compute_gains(score, targets, reference, predictions)
    if len(gains) < 2:
        raise IncomputableError("one fold allows no interval")
    factor = np.sqrt(1 / len(gains) + test_ratio)
    return float(stdtrit(len(gains) - 1, 0.975) * gains.std(ddof=1) * factor)


def _half_width_over_test_rows(
    score: Score,
    targets: NDArray[np.float64],
    reference: NDArray[np.float64],
    predictions: NDArray[np.float64],
    seed: int,
) -> float:
    """Return half the 95 % interval of one run's gain over other test rows, by their bootstrap."""
    rng = np.random.default_rng(seed)
    rows = min(len(targets), RESAMPLE_ROWS)
    gains = []
    for _ in range(RESAMPLES):
        drawn = rng.integers(len(targets), size=rows)
        run = [targets[drawn]], [reference[drawn]], [predictions[drawn]]
        try:
            gains.append(compute_gains(score, *run)[0])
        except IncomputableError:  # a draw without the rare class says nothing of it
            continue
    if len(gains) < RESAMPLES / 2:
        raise IncomputableError("the test rows are too few for an interval")
    with np.errstate(over="ignore"):  # gains near the largest numbers have no finite interval
        return float(1.96 * np.std(gains, ddof=1) * np.sqrt(rows / len(targets)))


class Effect(StrEnum):
    """Whether training rows help.

    >>> Effect.from_interval(-0.01, 0.02).phrase
    'makes no measurable difference'
    """

    HELPS = "helps"
    HURTS = "hurts"
    NONE = "none"
    UNKNOWN = "unknown"

    @classmethod
    def from_interval(cls, low: float | None, high: float | None) -> "Effect":
        """Return helps or hurts where the whole interval of a gain is on one side of zero."""
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
