"""Weighted resampling without replacement: plain, and balanced.

A plain draw has sampling noise in every share and every mean. In a balanced draw pairs of
candidates exchange their inclusion probabilities until each is drawn or not (the pivotal method,
Deville and Tille 1998), and each step is biased to the side that brings the sample's totals back to
their expectation (a self-balancing walk, Alweiss, Liu and Sawhney 2021).

NOTE[DIFF] BATCH_PAIRS pivotal steps are taken together, which costs little balance and no loop over
rows. A biased step depends on those before: the least likely eighth of the candidates, together a
row or two in a thousand, is drawn about a tenth less often than its probabilities say.
"""

import numpy as np
import numpy.typing as npt

from tabgan.encoding.layout import Layout
from tabgan.schema.arrays import Floats, Indices

BATCH_PAIRS = 32  # pivotal steps that are taken together
BIAS = 0.5  # of what would undo the excess: 1 leaves a little less of it, and draws the rare less
N_BINS = 16  # of a number, with as many candidates each
MAX_CATEGORIES = 32  # of a column, its commonest ones
MAX_VARIABLES = 256  # of a row, before they are multiplied by the target's groups
TARGET_GROUPS = 4  # within which the other columns are balanced
TOLERANCE = 1e-9  # from 0 or 1: rounding
MIN_LOG = -700.0  # of a weight over the largest: smaller ones would be zero
MAX_STEPS, STEP = 100, 1e-12  # of a search for a time; the last one, as a share of it

Variables = npt.NDArray[np.float32]


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


def draw_balanced(inclusion: Floats, variables: Variables, rng: np.random.Generator) -> Indices:
    """Return candidates drawn without replacement, with totals of variables as expected.

    Args:
        inclusion: Probability to be drawn, shape (n_candidates,); their sum is how many are drawn.
        variables: To be balanced, centred; shape (n_candidates, n_variables).
        rng: Source of the draw.

    Returns:
        Indices of those drawn, in random order.
    """
    inclusion = inclusion.copy()
    excess = np.zeros(variables.shape[1], np.float32)  # of the totals over what is expected
    while True:
        undecided = rng.permutation(_undecided(inclusion))
        if len(undecided) < 2:
            return rng.permutation(np.flatnonzero(inclusion > 0.5))
        # neighbours by probability: the more equal a pair, the more its step can be biased
        order = undecided[np.argsort(inclusion[undecided], kind="stable")]
        pairs = rng.permutation(order[: len(order) // 2 * 2].reshape(-1, 2))
        for start in range(0, len(pairs), BATCH_PAIRS):
            _pivotal_step(inclusion, variables, pairs[start : start + BATCH_PAIRS], excess, rng)


def _undecided(inclusion: Floats) -> Indices:
    """Return the candidates that are neither drawn nor left out."""
    return np.flatnonzero((inclusion > TOLERANCE) & (inclusion < 1 - TOLERANCE))


def _pivotal_step(
    inclusion: Floats,
    variables: Variables,
    pairs: Indices,
    excess: Variables,
    rng: np.random.Generator,
) -> None:
    """Draw or drop one of each pair, (n_pairs, 2), in place; the other takes up the difference."""
    first, second = inclusion[pairs].T
    is_scarce = first + second <= 1  # one of them is dropped; otherwise one is drawn
    gain = np.where(is_scarce, second, 1 - first)
    loss = np.where(is_scarce, first, 1 - second)
    differences = variables[pairs[:, 0]] - variables[pairs[:, 1]]
    squared_norms = np.maximum(np.einsum("ij,ij->i", differences, differences), TOLERANCE)
    bias = BIAS * (differences @ excess) / squared_norms * (gain + loss)
    unbiased = loss / (gain + loss)  # probability of the first to gain that keeps expectations
    max_bias = np.minimum(unbiased, 1 - unbiased)  # so that it stays a probability
    gains = rng.random(len(pairs)) < unbiased - np.clip(bias, -max_bias, max_bias)
    moved = np.where(gains, gain, -loss)
    inclusion[pairs[:, 0]] += moved
    inclusion[pairs[:, 1]] -= moved
    excess += moved.astype(np.float32) @ differences


def make_balancing_variables(
    features: Floats, layout: Layout, rng: np.random.Generator
) -> Variables:
    """Return what a draw is balanced by: categories and bins, in all and within target groups.

    Args:
        features: Of candidates, shape (n_candidates, n_features): quantiles of numbers, NaN where
            missing, and codes of categories.
        layout: Of the columns that come first among features.
        rng: Chooses columns, where there are too many.

    Returns:
        Shape (n_candidates, n_variables), centred.
    """
    parts: list[npt.NDArray[np.bool_]] = []
    count = 0
    for column in rng.permutation(len(layout.n_classes)):
        is_number = int(column) in layout.ordered
        part = _exceeds_edges(features[:, column]) if is_number else _one_hot(features[:, column])
        count += part.shape[1]
        if count > MAX_VARIABLES and parts:
            break
        parts.append(part)
    variables = np.hstack(parts).astype(np.float32)
    variables -= variables.mean(axis=0)
    if layout.target is None:
        return variables
    groups = _target_groups(features[:, layout.target], is_number=layout.target in layout.ordered)
    return np.hstack([variables, *(variables * group[:, None] for group in groups.T)])


def _exceeds_edges(values: Floats) -> npt.NDArray[np.bool_]:
    """Return whether numbers are missing, and above each edge of bins; (n,) -> (n, n_variables)."""
    is_missing = np.isnan(values)
    if is_missing.all():
        return is_missing[:, None]
    edges = np.unique(np.quantile(values[~is_missing], np.arange(1, N_BINS) / N_BINS))
    return np.hstack([is_missing[:, None], values[:, None] > edges])


def _one_hot(codes: Floats) -> npt.NDArray[np.bool_]:
    """Return indicators of the commonest categories; (n,) -> (n, n_categories)."""
    categories, counts = np.unique(codes, return_counts=True)
    commonest: npt.NDArray[np.bool_] = (
        codes[:, None] == categories[np.argsort(-counts)[:MAX_CATEGORIES]]
    )
    return commonest


def _target_groups(target: Floats, *, is_number: bool) -> npt.NDArray[np.bool_]:
    """Return indicators of the target's groups but the commonest; (n,) -> (n, n_groups - 1)."""
    if is_number:
        target = np.nan_to_num(target, nan=-1.0)
        cuts = np.quantile(target, np.arange(1, TARGET_GROUPS) / TARGET_GROUPS)
        target = np.searchsorted(cuts, target).astype(np.float64)
    return _one_hot(target)[:, 1:TARGET_GROUPS]
