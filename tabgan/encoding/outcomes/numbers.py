"""Events of numbers: a spike, the modes that a rounded number may come from, or a density.

A number with a step is a probability: that of all that rounds to it. One without is a density by
its value, or a probability where it stands at an atom, a value that several quantiles share.

The even distribution gives a gap one half, and what is left to the column's range, to what is below
and to what is above, a third each; outside, its density falls with the square of the distance.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from tabgan.encoding.axis import Axis
from tabgan.encoding.decimal_steps import round_to
from tabgan.encoding.encoded_column import EncodedColumn
from tabgan.encoding.mode_specific_normalization import (
    GRID,
    MAX_FLOAT,
    find_modes,
    find_spikes,
    to_scalars,
)
from tabgan.encoding.numerical import NumericalEncoder
from tabgan.encoding.outcomes.outcome import NO_EVENT, Outcomes
from tabgan.schema import ColumnKind
from tabgan.schema.arrays import Floats, Indices, Mask

MIN_WIDTH = 1e-300  # of a range, and of a stretch between quantiles
ROUNDING = 1e-14  # of ends of modes, relative
TOLERANCE = 1e-6  # of a step, within which a number is a multiple of it


def find_number_outcomes(encoder: NumericalEncoder, numbers: Floats) -> Outcomes:
    """Return the events of numbers, NaN for gaps, inf for "the same"; (n_rows,)."""
    return make_number_outcomes(encoder, numbers, *find_spikes(numbers, encoder.spikes))


def make_number_outcomes(
    encoder: NumericalEncoder, numbers: Floats, spikes: Indices, is_spike: Mask
) -> Outcomes:
    """Return the events of numbers whose spikes are known; (n_rows,) each."""
    is_present = np.isfinite(numbers)
    n_present = encoder.n_modes + len(encoder.spikes)
    others = np.full(len(numbers), NO_EVENT)
    others[np.isnan(numbers)] = encoder.n_classes - 1 if encoder.has_missing else NO_EVENT
    others[np.isposinf(numbers)] = n_present if encoder.has_same else NO_EVENT
    whole = Outcomes.of_classes(others, -np.log(2))
    rows = np.flatnonzero(is_present)
    values, is_spike = numbers[rows], is_spike[rows]
    codes = np.where(is_spike, encoder.n_modes + spikes[rows], NO_EVENT)
    events = [_Events.of(codes), *_mode_events(encoder, values, is_spike)]
    below, up_to = _find_order(encoder, values)
    log_prior, log_prior_tail = _find_log_prior(encoder, values)
    present = Outcomes(
        np.stack([each.codes for each in events], axis=1),
        np.stack([each.low for each in events], axis=1),
        np.stack([each.high for each in events], axis=1),
        np.stack([each.log_factors for each in events], axis=1),
        log_prior,
        log_prior_tail,
        below,
        up_to,
        _tell(encoder, values, codes),
        np.ones(len(values), bool),
    )
    return whole.replaced_at(rows, present)


@dataclass(frozen=True)
class _Events:
    """One event a cell, or none; (n_rows,) each, as in `Outcomes`."""

    codes: Indices
    low: Floats
    high: Floats
    log_factors: Floats

    @classmethod
    def of(cls, codes: Indices) -> Self:
        zeros = np.zeros(len(codes))
        return cls(codes, zeros, zeros, zeros)


def _mode_events(encoder: NumericalEncoder, values: Floats, is_spike: Mask) -> list[_Events]:
    """Return what modes decode to values, (n_rows,) that are finite."""
    if not encoder.n_modes or not len(values):
        return []
    if encoder.step is None:
        return [_find_point(encoder, values, is_spike)]
    return _find_ranges(encoder, values, is_spike, encoder.step)


def _find_ranges(
    encoder: NumericalEncoder, values: Floats, is_spike: Mask, step: float
) -> list[_Events]:
    """Return the ranges of all modes that are rounded to values; a value has three at the most."""
    is_made = (values >= encoder.minimum) & (values <= encoder.maximum)
    if encoder.column.kind is ColumnKind.INTEGER:
        is_made &= values % 1 == 0
    multiples = round_to(values, step)
    is_made &= ~is_spike | (np.abs(multiples - values) <= TOLERANCE * step)
    with np.errstate(over="ignore"):
        ends = [
            np.where(values <= encoder.minimum, -np.inf, multiples - step / 2),
            np.where(values >= encoder.maximum, np.inf, multiples + step / 2),
        ]
    nearest = find_modes(multiples, encoder.knots)
    events = []
    for modes in (nearest - 1, nearest, nearest + 1):
        inside = np.clip(modes, 0, encoder.n_modes - 1)
        low, high = (to_scalars(end, inside, encoder.knots, encoder.tick) for end in ends)
        is_event = is_made & (modes == inside) & (low < high)
        codes = np.where(is_event, inside, NO_EVENT)
        events.append(_Events(codes, low, high, np.zeros(len(values))))
    return events


def _find_point(encoder: NumericalEncoder, values: Floats, is_spike: Mask) -> _Events:
    """Return the place of each value in its mode: a point, or the range of an atom."""
    modes = find_modes(values, encoder.knots)
    low = to_scalars(values, modes, encoder.knots, encoder.tick)
    high, factors = low.copy(), np.zeros(len(values))
    for mode, quantiles in enumerate(encoder.knots):
        rows = np.flatnonzero(modes == mode)
        axis = Axis.of_knots(encoder.tick, quantiles)
        knots, positions = axis.to_positions(quantiles), axis.to_positions(values[rows])
        first, end = (np.searchsorted(knots, positions, side) for side in ("left", "right"))
        left = np.clip(end - 1, 0, len(GRID) - 2)
        width = np.maximum(knots[left + 1] - knots[left], MIN_WIDTH)
        slope = 2 * (GRID[left + 1] - GRID[left]) / width
        factors[rows] = np.log(slope) + axis.log_slope(values[rows])
        is_atom = end - first > 1
        at = rows[is_atom]
        low[at], high[at] = 2 * GRID[first[is_atom]] - 1, 2 * GRID[end[is_atom] - 1] - 1
        factors[at] = 0.0
    first, last = encoder.knots[modes][:, [0, -1]].T
    slack = ROUNDING * np.maximum(np.abs(first), np.abs(last))
    is_made = (values >= first - slack) & (values <= last + slack) & ~is_spike
    return _Events(np.where(is_made, modes, NO_EVENT), low, high, factors)


def _tell(encoder: NumericalEncoder, values: Floats, spikes: Indices) -> EncodedColumn:
    """Return what is told of values: their spike or their place in a mode, at its end if beyond."""
    if not encoder.n_modes:
        nearest, _ = find_spikes(values, encoder.spikes)
        return EncodedColumn(nearest.astype(np.int32), np.zeros(len(values), np.float32))
    within = np.clip(values, encoder.minimum, encoder.maximum)
    modes = find_modes(within, encoder.knots)
    scalars = to_scalars(within, modes, encoder.knots, encoder.tick)
    is_mode = spikes == NO_EVENT
    codes = np.where(is_mode, modes, spikes).astype(np.int32)
    return EncodedColumn(codes, np.where(is_mode, scalars, 0).astype(np.float32))


def _find_order(encoder: NumericalEncoder, values: Floats) -> Floats:
    """Return how far classes reach below finite values, and up to them; (2, n_rows, n_classes).

    A number with a step reaches as far as all that rounds to it.
    """
    order = np.full((2, len(values), encoder.n_classes), np.nan)
    half, n_modes = (encoder.step or 0.0) / 2, encoder.n_modes
    for reach, ends in zip(order, (values - half, values + half), strict=True):
        for mode in range(n_modes):
            every = np.full(len(values), mode)
            reach[:, mode] = to_scalars(ends, every, encoder.knots, encoder.tick)
    is_less = encoder.spikes < values[:, None], encoder.spikes <= values[:, None]
    order[:, :, n_modes : n_modes + len(encoder.spikes)] = np.where(is_less, 1.0, -1.0)
    return order


def _find_log_prior(encoder: NumericalEncoder, values: Floats) -> tuple[Floats, Floats]:
    """Return log-probabilities of finite values, densities without a step, in the even case.

    And those of all that is as far beyond the column's range.
    """
    low, high, step = encoder.minimum / 2, encoder.maximum / 2, encoder.step or 0.0
    half_width = min(
        max(high - low + step / 2, MIN_WIDTH), MAX_FLOAT / 12
    )  # halves cannot overflow
    beyond = np.maximum(np.maximum(low - values / 2, values / 2 - high), 0)
    distance = beyond / half_width  # in widths
    log_tail = -np.log(6) - np.log1p(distance)
    if not step:
        return -np.log(12 * half_width) - 2 * np.log1p(distance), log_tail
    width = step / half_width / 2  # of a step, in the same
    near = np.maximum(distance - width, 0.0)
    outside = np.log(width) - np.log1p(near) - np.log1p(near + width)
    return -np.log(6) + np.where(beyond > 0, outside, np.log(width)), log_tail
