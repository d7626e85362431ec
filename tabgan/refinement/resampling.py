"""Weighted resampling without replacement: plain, and balanced.

A plain draw has sampling noise in every share and every mean. In a balanced draw pairs of
candidates exchange their inclusion probabilities until each is drawn or not (the pivotal method,
Deville and Tille 1998), and each step is biased to the side that brings the sample's totals back to
their expectation (a self-balancing walk, Alweiss, Liu and Sawhney 2021).

NOTE[DIFF] Several pivotal steps are taken together (BATCH_PAIRS of `pivotal_walk`), which costs
little balance. A biased step depends on those before: the least likely eighth of the candidates,
together a row or two in a thousand, is drawn about a tenth less often than its probabilities say.
"""

import numpy as np

from tabgan.refinement.balancing import BalancingVariables
from tabgan.schema.arrays import Floats, Indices

TOLERANCE = 1e-9  # from 0 or 1: rounding
MIN_LOG = -700.0  # of a weight over the largest: smaller ones would be zero
MAX_STEPS, STEP = 100, 1e-12  # of a search for a time; the last one, as a share of it


def draw_by_weight(log_weights: Floats, n_rows: int, rng: np.random.Generator) -> Indices:
    """Return candidates drawn without replacement, by weights exp(log_weights); shape (n_rows,).

    The largest of log-weights plus Gumbel noise are such a draw (Efraimidis and Spirakis 2006).
    """
    keys = log_weights + rng.gumbel(size=len(log_weights))
    chosen = (
        np.argpartition(-keys, n_rows - 1)[:n_rows] if n_rows < len(keys) else np.arange(n_rows)
    )
    return rng.permutation(chosen)


def effective_sample_size(log_weights: Floats) -> float:
    """Return the effective sample size of weights: (sum w)^2 / sum w^2 (Kish 1965)."""
    weights = np.exp(log_weights - log_weights.max())
    return float(weights.sum() ** 2 / (weights**2).sum())


def inclusion_probabilities(log_weights: Floats, n_rows: int) -> Floats:
    """Return each candidate's probability to be drawn by `draw_by_weight`; (n_candidates,).

    Order sampling (Rosen 1997): it is 1 - exp(-weight * t), with t such that all add up to
    `n_rows`. Their sum is concave in t, so Newton's steps from below never pass it.

    >>> inclusion_probabilities(np.log([1.0, 1.0, 2.0]), 2).round(4).tolist()
    [0.5858, 0.5858, 0.8284]
    """
    if n_rows >= len(log_weights):
        return np.ones(len(log_weights))
    weights = np.exp(np.maximum(log_weights - log_weights.max(), MIN_LOG))
    time = n_rows / weights.sum()  # if nothing could be drawn twice, it would be more
    for _ in range(MAX_STEPS):
        missed = np.exp(-weights * time)
        step = (n_rows - len(weights) + missed.sum()) / (weights * missed).sum()
        time += step
        if step <= STEP * time:
            break
    inclusion = -np.expm1(-weights * time)
    normalized: Floats = inclusion * (n_rows / inclusion.sum())
    return normalized


def draw_balanced(
    inclusion: Floats, variables: BalancingVariables, rng: np.random.Generator
) -> Indices:
    """Return candidates drawn without replacement, with totals of variables as expected.

    Args:
        inclusion: Probability to be drawn, shape (n_candidates,); their sum is how many are drawn.
        variables: Of the candidates, to be balanced.
        rng: Source of the draw.

    Returns:
        Indices of those drawn, in random order.
    """
    from tabgan.refinement.pivotal_walk import Walk, take_steps  # noqa: PLC0415 - wants a compiler

    inclusion, walk = inclusion.copy(), Walk.begin(variables)
    while True:
        undecided = rng.permutation(_undecided(inclusion))
        if len(undecided) < 2:
            return rng.permutation(np.flatnonzero(inclusion > 0.5))
        # neighbours by probability: the more equal a pair, the more its step can be biased
        order = undecided[np.argsort(inclusion[undecided], kind="stable")]
        pairs = rng.permutation(order[: len(order) // 2 * 2].reshape(-1, 2))
        take_steps(walk, inclusion, pairs, rng.random(len(pairs)))


def _undecided(inclusion: Floats) -> Indices:
    """Return the candidates that are neither drawn nor left out."""
    return np.flatnonzero((inclusion > TOLERANCE) & (inclusion < 1 - TOLERANCE))
