"""Draws by weight without putting back: by chance alone, and balanced.

Chance adds a noise of its own to every share and every mean of a sample. In a balanced draw pairs
of candidates fight for their inclusion probabilities until each is drawn or not (the pivotal
method, Deville and Tille 1998), and a fight leans to the side that brings the sample's totals back
to what the weights ask for (a self-balancing walk, Alweiss, Liu and Sawhney 2021).

NOTE[DIFF] Fights are settled FIGHTS at a time, which costs little balance and no loop over rows. A
fight that leans has a memory of who won before: the least likely eighth of the candidates, together
a row or two in a thousand, is drawn about a tenth less often than its probabilities say.
"""

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from tabgan.encoding.layout import Layout

FIGHTS = 32  # settled at a time
LEAN = 0.5  # of what would undo the excess: 1 leaves a little less of it, and draws the rare less
BINS = 16  # of equally many candidates that a number is cut into
LEVELS = 32  # of a column, its commonest ones
MOST_TRAITS = 256  # of a row, before they are told apart by the target
TARGET_GROUPS = 4  # that the other columns are balanced within
SETTLED = 1e-9  # from 0 or 1: rounding
LARGEST_LOG = 30.0  # of a rate times a time: beyond, the clock has rung

Floats = npt.NDArray[np.float64]
Traits = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]


def draw_by_weight(log_weights: Floats, n_rows: int, rng: np.random.Generator) -> Places:
    """Draw places without replacement, in proportion to exp(log_weights); shape (n_rows,).

    The largest of log-weights plus Gumbel noise are such a draw (Efraimidis and Spirakis 2006).
    """
    keys = log_weights + rng.gumbel(size=len(log_weights))
    chosen = (
        np.argpartition(-keys, n_rows - 1)[:n_rows] if n_rows < len(keys) else np.arange(n_rows)
    )
    return rng.permutation(chosen)


def count_effective(log_weights: Floats) -> float:
    """Give the effective sample size of weights: (sum w)^2 / sum w^2 (Kish 1965)."""
    weights = np.exp(log_weights - log_weights.max())
    return float(weights.sum() ** 2 / (weights**2).sum())


def find_inclusion(log_weights: Floats, n_rows: int) -> Floats:
    """Give each candidate's probability to be among the `n_rows` of `draw_by_weight`.

    Each is the chance that an exponential clock of the candidate's rate has rung by a time, which
    is such that the chances add up to `n_rows` (Rosen 1997, order sampling): shape (n_candidates,).
    """
    if n_rows >= len(log_weights):
        return np.ones(len(log_weights))

    def ring(log_time: float) -> Floats:
        return -np.expm1(-np.exp(np.minimum(log_weights + log_time, LARGEST_LOG)))

    low, high = -log_weights.max() - LARGEST_LOG, -log_weights.min() + LARGEST_LOG
    inclusion = ring(brentq(lambda time: ring(time).sum() - n_rows, low, high))
    exact: Floats = inclusion * (n_rows / inclusion.sum())
    return exact


def draw_balanced(inclusion: Floats, traits: Traits, rng: np.random.Generator) -> Places:
    """Draw candidates, none twice, so that totals of their traits are as expected.

    Args:
        inclusion: Probability to be drawn, shape (n_candidates,); their sum is how many are drawn.
        traits: Shape (n_candidates, n_traits), centred.
        rng: Source of the draw.

    Returns:
        Places of those drawn, in random order.
    """
    inclusion = inclusion.copy()
    excess = np.zeros(traits.shape[1], np.float32)  # of the totals over what is expected
    while True:
        open_ = rng.permutation(_find_open(inclusion))
        if len(open_) < 2:
            return rng.permutation(np.flatnonzero(inclusion > 0.5))
        order = open_[np.argsort(inclusion[open_], kind="stable")]  # fights of equals lean freely
        pairs = rng.permutation(order[: len(order) // 2 * 2].reshape(-1, 2))
        for start in range(0, len(pairs), FIGHTS):
            _fight(inclusion, traits, pairs[start : start + FIGHTS], excess, rng)


def _find_open(inclusion: Floats) -> Places:
    """Give the places that are neither drawn nor left out."""
    return np.flatnonzero((inclusion > SETTLED) & (inclusion < 1 - SETTLED))


def _fight(
    inclusion: Floats, traits: Traits, pairs: Places, excess: Traits, rng: np.random.Generator
) -> None:
    """Settle one of each pair, (n_pairs, 2), in place; what one loses the other gains."""
    first, second = inclusion[pairs].T
    is_scarce = first + second <= 1  # one is left with nothing, otherwise one is drawn
    gain = np.where(is_scarce, second, 1 - first)
    loss = np.where(is_scarce, first, 1 - second)
    apart = traits[pairs[:, 0]] - traits[pairs[:, 1]]
    length = np.maximum(np.einsum("ij,ij->i", apart, apart), SETTLED)
    lean = LEAN * (apart @ excess) / length * (gain + loss)
    fair = loss / (gain + loss)
    most = np.minimum(fair, 1 - fair)  # either way: who is drawn is as likely to be as before
    wins = rng.random(len(pairs)) < fair - np.clip(lean, -most, most)
    moved = np.where(wins, gain, -loss)
    inclusion[pairs[:, 0]] += moved
    inclusion[pairs[:, 1]] -= moved
    excess += moved.astype(np.float32) @ apart


def find_traits(features: Floats, layout: Layout, rng: np.random.Generator) -> Traits:
    """Give what a draw is balanced by: levels, bins of numbers, both within the target's groups.

    Args:
        features: Of candidates as trees see them, shape (n_candidates, n_features): numbers by
            their place, NaN where missing, levels by their code.
        layout: Of the columns that come first.
        rng: Chooses columns, where there are too many.

    Returns:
        Shape (n_candidates, n_traits), centred.
    """
    parts: list[npt.NDArray[np.bool_]] = []
    count = 0
    for column in rng.permutation(len(layout.n_classes)):
        is_number = int(column) in layout.ordered
        part = _cut(features[:, column]) if is_number else _indicate(features[:, column])
        count += part.shape[1]
        if count > MOST_TRAITS and parts:
            break
        parts.append(part)
    traits = np.hstack(parts).astype(np.float32)
    traits -= traits.mean(axis=0)
    if layout.target is None:
        return traits
    groups = _group(features[:, layout.target], is_number=layout.target in layout.ordered)
    return np.hstack([traits, *(traits * group[:, None] for group in groups.T)])


def _cut(values: Floats) -> npt.NDArray[np.bool_]:
    """Give whether numbers are missing, and above each edge between bins; (n,) -> (n, n_traits)."""
    is_missing = np.isnan(values)
    if is_missing.all():
        return is_missing[:, None]
    edges = np.unique(np.quantile(values[~is_missing], np.arange(1, BINS) / BINS))
    return np.hstack([is_missing[:, None], values[:, None] > edges])


def _indicate(codes: Floats) -> npt.NDArray[np.bool_]:
    """Give which of the commonest levels a row has; (n,) -> (n, n_levels)."""
    levels, counts = np.unique(codes, return_counts=True)
    commonest: npt.NDArray[np.bool_] = codes[:, None] == levels[np.argsort(-counts)[:LEVELS]]
    return commonest


def _group(target: Floats, *, is_number: bool) -> npt.NDArray[np.bool_]:
    """Give which group of the target rows are in, but for the last one; (n,) -> (n, n_groups)."""
    if is_number:
        target = np.nan_to_num(target, nan=-1.0)
        cuts = np.quantile(target, np.arange(1, TARGET_GROUPS) / TARGET_GROUPS)
        target = np.searchsorted(cuts, target).astype(np.float64)
    return _indicate(target)[:, 1:TARGET_GROUPS]
