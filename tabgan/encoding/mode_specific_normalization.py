"""What a column of numbers is made of: spikes, the step between values, modes, quantiles."""

import warnings
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import BayesianGaussianMixture

from tabgan.schema.arrays import Floats

Ranks = npt.NDArray[np.int64]

SPIKE_SHARE = 0.005  # a value that holds so much of a column is a class of its own
MIN_REPEATS = 5  # ... if it stands in at least so many rows
FEW_VALUES = 32  # a column of no more distinct values is all spikes
MIXTURE_ROWS = 4_000  # rows that a mixture is fitted on,
MIXTURE_CELLS = 400_000  # or so many in all mixtures of a wide table,
MIN_MIXTURE_ROWS = 500  # but so many at the least
MIN_IN_MODE = 20  # rows; smaller modes join their neighbour
END_ROWS = 2  # that a column's minimum and its maximum weigh


def _quantile_grid() -> Floats:
    """Positions of a mode's knots: even in the body, halving towards both ends."""
    body = np.linspace(0, 1, 97)
    tail = body[1] * 0.5 ** np.arange(1, 9)
    return np.unique(np.concatenate([body, tail, 1 - tail]))


GRID = _quantile_grid()


def find_quantiles(modes: Sequence[Floats]) -> Floats:
    """Return the quantiles at GRID of modes' sorted values; shape (n_modes, len(GRID)).

    A mode's ends have the weight of one row each; those of the column weigh END_ROWS, so that a
    sample as large as the table reaches as far as the table does in six cases of seven.
    """
    quantiles = np.empty((len(modes), len(GRID)))
    for mode, ordered in enumerate(modes):
        low = END_ROWS if mode == 0 else 1
        high = END_ROWS if mode == len(modes) - 1 else 1
        quantiles[mode] = np.quantile(ordered, GRID, method="hazen")
        quantiles[mode, GRID * len(ordered) <= low] = ordered[0]
        quantiles[mode, (1 - GRID) * len(ordered) <= high] = ordered[-1]
    return quantiles


def cover_cells(knots: Floats, step: float | None) -> None:
    """Widen modes, in place, to all that rounds to their ends, or to halfway to the next mode."""
    if step is None or not len(knots):
        return
    half = 0.499_999 * step
    low, high = round_to(knots[:, 0], step) - half, round_to(knots[:, -1], step) + half
    middle = (knots[1:, 0] + knots[:-1, -1]) / 2
    knots[0, 0], knots[-1, -1] = low[0], high[-1]
    knots[1:, 0], knots[:-1, -1] = np.maximum(low[1:], middle), np.minimum(high[:-1], middle)


def find_share_below(values: Floats, quantiles: Floats) -> Floats:
    """Return the share of a mode that lies below values: 0 at its lowest, 1 at its highest."""
    share = np.interp(values, quantiles, GRID)
    return np.where(values <= quantiles[0], 0.0, np.where(values >= quantiles[-1], 1.0, share))


def protect_extremes(values: Floats, min_rows: int) -> Floats:
    """Pull the `min_rows` lowest and highest values in, and round the new ends to two digits."""
    if len(values) <= 2 * min_rows:
        return np.full_like(values, np.median(values))
    low, high = np.sort(values)[[min_rows, -min_rows - 1]]
    digits = 1 - int(np.floor(np.log10(max(high - low, 1e-12))))
    low_round, high_round = np.round(low, digits), np.round(high, digits)
    return np.clip(values, max(low, low_round), min(high, max(high_round, low)))


def split_spikes(values: Floats) -> tuple[Floats, Floats]:
    """Split values into the spikes, each once and rising, and all cells that are none."""
    distinct, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    if len(distinct) <= FEW_VALUES:
        return distinct, values[:0]
    is_spike = counts >= max(MIN_REPEATS, SPIKE_SHARE * len(values))
    if counts[~is_spike].sum() < MIN_IN_MODE:  # a handful of odd values are no mode
        is_spike[:] = len(distinct) <= 2 / SPIKE_SHARE
    return distinct[is_spike], values[~is_spike[inverse]]


def find_step(values: Floats, steps: Sequence[float]) -> float | None:
    """Return the widest step that nearly all values are multiples of; 100 means whole hundreds."""
    for step in steps:
        exact = np.isclose(round_to(values, step), values, rtol=1e-12, atol=1e-12)
        share = exact.mean()
        if share >= (1 if len(values) < 50 else 0.985 if len(values) < 1_000 else 0.995):
            return step
    return None


def round_to(numbers: Floats, step: float | None) -> Floats:
    """Round to multiples of a step, written with no more decimals than the step has."""
    if step is None:
        return numbers
    numbers = np.asarray(numbers)
    is_coarse = np.abs(numbers) > step * 2.0**53  # as far apart as floats are there
    fine = np.where(is_coarse, 0.0, numbers)
    decimals = round(-np.log10(step))
    rounded = np.round(fine, decimals) if step < 1 else np.round(fine / step) * step
    return np.where(is_coarse, numbers, rounded)


def dequantize(values: Floats, step: float | None, rng: np.random.Generator) -> Floats:
    """Spread rounded values evenly over what rounds to them, so that ties have no weight."""
    if step is None:
        return values
    return values + rng.uniform(-0.5, 0.5, len(values)) * step


def count_mixture_rows(n_columns: int) -> int:
    """Return how many rows each of a table's mixtures is fitted on: wide tables take no hours."""
    return int(np.clip(MIXTURE_CELLS // max(n_columns, 1), MIN_MIXTURE_ROWS, MIXTURE_ROWS))


def find_mode_edges(values: Floats, modes: int, n_rows: int, rng: np.random.Generator) -> Ranks:
    """Return the ranks at which sorted values pass from one mode into the next.

    Args:
        values: Of the column, in any order; shape (n_values,).
        modes: Components of the mixture at the most.
        n_rows: Values that the mixture is fitted on at the most.
        rng: Source of the choice of these.
    """
    if len(values) < 2 * MIN_IN_MODE:
        return np.zeros(0, np.int64)
    ordered = np.sort(values)
    middle, spread = np.median(ordered), np.subtract(*np.percentile(ordered, [75, 25]))
    scaled = np.arcsinh((ordered - middle) / (spread or ordered.std() or 1.0))
    some = rng.choice(scaled, min(n_rows, len(scaled)), replace=False)
    mixture = BayesianGaussianMixture(
        n_components=min(modes, len(some) // MIN_IN_MODE),
        covariance_type="diag",  # in one dimension the same as a full one, and quicker
        weight_concentration_prior=0.001,
        max_iter=60,
        random_state=int(rng.integers(2**31)),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        mixture.fit(some[:, None])
    probe = np.linspace(scaled[0], scaled[-1], 2_000)
    changes = np.flatnonzero(np.diff(mixture.predict(probe[:, None])))
    edges = np.searchsorted(scaled, (probe[changes] + probe[changes + 1]) / 2)
    return _join_small(edges, len(ordered))


def _join_small(edges: Ranks, n_rows: int) -> Ranks:
    """Drop edges that would leave a mode with fewer than MIN_IN_MODE rows."""
    kept: list[int] = []
    for edge in edges:
        start = kept[-1] if kept else 0
        if edge - start >= MIN_IN_MODE and n_rows - edge >= MIN_IN_MODE:
            kept.append(int(edge))
    return np.array(kept, np.int64)
