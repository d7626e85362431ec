"""How much better a learner became, and how sure that is.

A gain is the difference to the learner's score without synthetic rows, turned so that + is better.
Its 95 % interval joins two doubts by the root of their summed squares: that of the learner's draws
(Student's t over the seeds) and that of the test rows (their bootstrap, m out of n: Bickel, Götze
and van Zwet 1997).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from tabgan.evaluation.metric import IncomputableError
from tabgan.evaluation.scores import Score

RESAMPLES = 50  # of the test rows: the interval is then right to a tenth of its width
RESAMPLE_ROWS = 2_000  # in each resample at the most, so that large tables do not take minutes

Guesses = list[NDArray[np.float64]]


@dataclass(frozen=True)
class Gain:
    """An improvement.

    Attributes:
        mean: its mean over the seeds, + is better.
        interval: both ends of its 95 % interval; None where the test rows are too few for one.
    """

    mean: float
    interval: tuple[float, float] | None


def measure_gain(
    score: Score, truth: NDArray[np.float64], baseline: Guesses, found: Guesses, seed: int
) -> Gain:
    """Compare two sets of guesses of the same learner.

    Args:
        score: how they are marked.
        truth: class codes or numbers, shape (rows,).
        baseline: guesses without synthetic rows, one array a seed.
        found: guesses with them, one array a seed.
        seed: decides the bootstrap.

    Raises:
        IncomputableError: the score cannot be computed for the baseline.
    """
    gains = _gains(score, truth, baseline, found)
    mean = float(gains.mean())
    test_doubt = _test_doubt(score, truth, baseline, found, seed)
    if test_doubt is None:
        return Gain(mean, None)
    half = float(np.hypot(_seed_doubt(gains), test_doubt))
    return Gain(mean, (mean - half, mean + half))


def _gains(
    score: Score, truth: NDArray[np.float64], baseline: Guesses, found: Guesses
) -> NDArray[np.float64]:
    """Improvement over the baseline, one a seed, shape (seeds,)."""
    pairs = zip(baseline, found, strict=True)
    differences = [score.compute(truth, new) - score.compute(truth, old) for old, new in pairs]
    return score.direction.sign * np.array(differences)


def _seed_doubt(gains: NDArray[np.float64]) -> float:
    """Half width of Student's 95 % interval of the mean over seeds."""
    error = gains.std(ddof=1) / np.sqrt(len(gains))
    return float(stdtrit(len(gains) - 1, 0.975) * error)


def _test_doubt(
    score: Score, truth: NDArray[np.float64], baseline: Guesses, found: Guesses, seed: int
) -> float | None:
    """Half width of the gain's 95 % interval over other test rows, by the bootstrap of these.

    None where fewer than half of the draws can be marked.
    """
    rng = np.random.default_rng(seed)
    rows = min(len(truth), RESAMPLE_ROWS)
    gains = []
    for _ in range(RESAMPLES):
        drawn = rng.integers(len(truth), size=rows)
        try:
            gains.append(_gains(score, truth[drawn], [baseline[0][drawn]], [found[0][drawn]])[0])
        except IncomputableError:  # a draw without the rare class says nothing of it
            continue
    if len(gains) < RESAMPLES / 2:
        return None
    return float(1.96 * np.std(gains, ddof=1) * np.sqrt(rows / len(truth)))
