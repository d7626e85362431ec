"""Mode-specific normalization: spikes, modes and quantiles of a column of numbers, fitted.

`numerical` encodes by them; the section of the paper that they depart from stands there.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tabgan.encoding.axis import Axis, find_tick
from tabgan.encoding.decimal_steps import dequantize, round_to
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.whole_numbers import Units

Ranks = npt.NDArray[np.int64]


MIN_SPIKE_SHARE = 0.005  # of a column: a value that holds as much is a class of its own
MIN_SPIKE_ROWS = 5  # ... if it stands in at least so many rows
CHANCE_FACTOR, MOST = 3, 2 / 3  # under protection: rows over k; cells that hold spikes
MAX_ALL_SPIKES = 32  # distinct values: a column of no more is all spikes
MAX_MIXTURE_ROWS = 4_000  # that a mixture is fitted on,
MAX_MIXTURE_CELLS = 400_000  # or so many in all mixtures of a wide table,
MIN_MIXTURE_ROWS = 500  # but so many at the least
MIN_MODE_ROWS = 20  # smaller modes join their neighbour
MAX_FLOAT = float(np.finfo(np.float64).max)
END_ROWS = 2  # that a column's minimum and its maximum weigh


def _quantile_grid() -> Floats:
    """Return the shares at which quantiles are kept: even, but halving towards both ends."""
    body = np.linspace(0, 1, 97)
    tail = body[1] * 0.5 ** np.arange(1, 9)
    return np.unique(np.concatenate([body, tail, 1 - tail]))


GRID = _quantile_grid()


@dataclass(frozen=True)
class Modes:
    """The modes of a column of numbers.

    Attributes:
        knots: Their quantiles at GRID; (n_modes, len(GRID)), rising within each row.
        step: Between the numbers, if there is one.
        tick: Of the `Axis` that scalars are even on.
        counts: Numbers in each mode; (n_modes,).
    """

    knots: Floats
    step: float | None
    tick: float | None
    counts: list[int]


def fit_modes(
    values: Floats, step: float | None, max_modes: int, n_rows: int, rng: np.random.Generator
) -> Modes:
    """Fit modes, and their quantiles, to the numbers of a column that are no spikes; (n_values,).

    Args:
        values: Without gaps.
        step: Between them, if there is one.
        max_modes: At the most.
        n_rows: Values that the mixture is fitted on at the most.
        rng: Source of all draws.
    """
    smooth = dequantize(values, step, rng)
    tick = find_tick(smooth)
    axis = Axis.of_knots(tick, smooth)
    positions = axis.to_positions(smooth)
    edges = fit_mode_edges(positions, max_modes, n_rows, rng)
    parts = [part for part in np.split(np.sort(positions), edges) if len(part)]
    knots = axis.to_numbers(compute_quantiles(parts))
    widen_modes(knots, step)
    return Modes(knots, step, tick, list(map(len, parts)))


def find_spikes(values: Floats, spikes: Floats) -> tuple[Ranks, Mask]:
    """Return the index of each value's nearest spike, and whether the value equals it."""
    if not len(spikes):
        return np.zeros(len(values), np.int64), np.zeros(len(values), bool)
    middles = spikes[1:] / 2 + spikes[:-1] / 2  # their sum may overflow
    index = np.searchsorted(middles, values)
    return index, spikes[index] == values


def find_modes(values: Floats, knots: Floats) -> Ranks:
    """Return the index of the mode that holds each value, or of the nearest one."""
    middles = knots[1:, 0] / 2 + knots[:-1, -1] / 2
    return np.searchsorted(middles, values, side="right")


def to_scalars(values: Floats, modes: Ranks, knots: Floats, tick: float | None) -> Floats:
    """Return each value's scalar in its mode, from -1 to 1; (n_values,)."""
    scalars = np.zeros(len(values))
    for mode, quantiles in enumerate(knots):
        inside = modes == mode
        axis = Axis.of_knots(tick, quantiles)
        positions = axis.to_positions(values[inside])
        scalars[inside] = 2 * share_below(positions, axis.to_positions(quantiles)) - 1
    return scalars


def from_scalars(
    scalars: npt.NDArray[np.float32],
    codes: npt.NDArray[np.int32],
    knots: Floats,
    tick: float | None,
) -> Floats:
    """Return what stands in the modes, not yet rounded, NaN elsewhere; (n_rows,)."""
    smooth = np.full(len(codes), np.nan)
    for mode, quantiles in enumerate(knots):
        inside = codes == mode
        axis = Axis.of_knots(tick, quantiles)
        shares = (scalars[inside].astype(np.float64) + 1) / 2
        positions = np.interp(shares, GRID, axis.to_positions(quantiles))
        smooth[inside] = axis.to_numbers(positions)
    return smooth


def compute_quantiles(modes: Sequence[Floats]) -> Floats:
    """Return each mode's quantiles at GRID; shape (n_modes, len(GRID)).

    A mode's ends have the weight of one row each; those of the column weigh END_ROWS, so that a
    sample as large as the table reaches as far as the table does in six cases of seven.

    Args:
        modes: Values of each mode, rising; the modes rise, too.
    """
    quantiles = np.empty((len(modes), len(GRID)))
    for mode, ordered in enumerate(modes):
        low_rows = END_ROWS if mode == 0 else 1
        high_rows = END_ROWS if mode == len(modes) - 1 else 1
        quantiles[mode] = np.quantile(ordered, GRID, method="hazen")
        quantiles[mode, GRID * len(ordered) <= low_rows] = ordered[0]
        quantiles[mode, (1 - GRID) * len(ordered) <= high_rows] = ordered[-1]
    return quantiles


def widen_modes(knots: Floats, step: float | None) -> None:
    """Widen modes, in place, to all that rounds to their ends, but no further than halfway.

    Args:
        knots: Quantiles of each mode; (n_modes, len(GRID)).
        step: That values are rounded to; nothing is widened when None.
    """
    if step is None or not len(knots):
        return
    half = 0.499_999 * step
    low, high = round_to(knots[:, 0], step) - half, round_to(knots[:, -1], step) + half
    low, high = (np.clip(ends, -MAX_FLOAT, MAX_FLOAT) for ends in (low, high))
    middle = knots[1:, 0] / 2 + knots[:-1, -1] / 2  # their sum may overflow
    knots[0, 0], knots[-1, -1] = low[0], high[-1]
    knots[1:, 0], knots[:-1, -1] = np.maximum(low[1:], middle), np.minimum(high[:-1], middle)


def share_below(values: Floats, quantiles: Floats) -> Floats:
    """Return the share of a mode that lies below each value, by the mode's quantiles at GRID."""
    share = np.interp(values, quantiles, GRID)
    return np.where(values <= quantiles[0], 0.0, np.where(values >= quantiles[-1], 1.0, share))


def split_spikes(values: Units, k: int = 1) -> tuple[Units, Units]:
    """Return the values that repeat often, each once and rising, and all cells that hold others.

    Args:
        values: Shape (n,).
        k: Rows that hold a spike at the least. Where more than 1 are asked for, CHANCE_FACTOR as
            many, unless most cells hold spikes: values of few rows repeat by chance, in members.
    """
    distinct, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    are_common = bool((counts >= k).all())
    if len(distinct) <= MAX_ALL_SPIKES and are_common:
        return distinct, values[:0]
    is_spike = counts >= max(MIN_SPIKE_ROWS, MIN_SPIKE_SHARE * len(values), k)
    if k > 1 and counts[is_spike].sum() < MOST * len(values):
        is_spike &= counts >= CHANCE_FACTOR * k
    if are_common and counts[~is_spike].sum() < MIN_MODE_ROWS:  # a handful of values are no mode
        is_spike[:] = len(distinct) <= 2 / MIN_SPIKE_SHARE
    return distinct[is_spike], values[~is_spike[inverse]]


def count_mixture_rows(n_columns: int) -> int:
    """Return how many rows each mixture is fitted on, fewer in wide tables, which take long."""
    return int(np.clip(MAX_MIXTURE_CELLS // max(n_columns, 1), MIN_MIXTURE_ROWS, MAX_MIXTURE_ROWS))


def fit_mode_edges(values: Floats, max_modes: int, n_rows: int, rng: np.random.Generator) -> Ranks:
    """Fit a Gaussian mixture; return the ranks at which sorted values change their component.

    Args:
        values: Of the column, in any order; shape (n_values,).
        max_modes: Components of the mixture at the most.
        n_rows: Values that the mixture is fitted on at the most.
        rng: Chooses these values, and seeds the mixture.
    """
    if len(values) < 2 * MIN_MODE_ROWS:
        return np.zeros(0, np.int64)
    from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415 - slow, and of a fit alone
    from sklearn.mixture import BayesianGaussianMixture  # noqa: PLC0415 - as above

    ordered = np.sort(values)
    exponent = int(
        np.frexp(np.abs(ordered).max())[1]
    )  # differences of the largest floats overflow,
    ordered = np.ldexp(ordered, -exponent)  # those of the smallest have no digits
    middle, spread = np.median(ordered), np.subtract(*np.percentile(ordered, [75, 25]))
    scaled = np.arcsinh((ordered - middle) / (spread or ordered.std() or 1.0))
    sample = rng.choice(scaled, min(n_rows, len(scaled)), replace=False)
    mixture = BayesianGaussianMixture(
        n_components=min(max_modes, len(sample) // MIN_MODE_ROWS),
        covariance_type="diag",  # in one dimension the same as a full one, and quicker
        weight_concentration_prior=0.001,
        max_iter=60,
        random_state=int(rng.integers(2**31)),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        mixture.fit(sample[:, None])
    probe = np.linspace(scaled[0], scaled[-1], 2_000)
    changes = np.flatnonzero(np.diff(mixture.predict(probe[:, None])))
    edges = np.searchsorted(scaled, (probe[changes] + probe[changes + 1]) / 2)
    return _join_small(edges, len(ordered))


def _join_small(edges: Ranks, n_rows: int) -> Ranks:
    """Return the edges without those that leave a mode fewer than MIN_MODE_ROWS rows."""
    kept: list[int] = []
    for edge in edges:
        start = kept[-1] if kept else 0
        if edge - start >= MIN_MODE_ROWS and n_rows - edge >= MIN_MODE_ROWS:
            kept.append(int(edge))
    return np.array(kept, np.int64)
