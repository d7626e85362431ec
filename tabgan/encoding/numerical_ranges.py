"""Conditions on numbers: which part of each mode, and which spikes, lie in a range."""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Protocol

import numpy as np

from tabgan.encoding.axis import Axis
from tabgan.encoding.column_encoder import no_missing_error
from tabgan.encoding.decimal_steps import round_to
from tabgan.encoding.encoded_column import Selection
from tabgan.encoding.mode_specific_normalization import share_below
from tabgan.errors import ConditionError
from tabgan.schema import Column
from tabgan.schema.arrays import Floats
from tabgan.schema.ranges import Range

MIN_SLACK, MAX_SLACK = 1e-9, 5e-4  # of a step: rounding that does not move the end of a range


class Numbers(Protocol):
    """What a range needs to know of a column: the state of `NumericalEncoder`."""

    @property
    def column(self) -> Column: ...
    @property
    def has_missing(self) -> bool: ...
    @property
    def knots(self) -> Floats: ...
    @property
    def spikes(self) -> Floats: ...
    @property
    def frequencies(self) -> Floats: ...
    @property
    def minimum(self) -> float: ...
    @property
    def maximum(self) -> float: ...
    @property
    def step(self) -> float | None: ...
    @property
    def tick(self) -> float | None: ...


def select_ranges(numbers: Numbers, ranges: Sequence[Range]) -> Selection:
    """Return what lies in ranges apart from each other: nothing has no classes."""
    return reduce(Selection.join, (_select_range(numbers, low, high) for low, high in ranges))


def select_missing(numbers: Numbers, *, is_asked: bool) -> Selection:
    """Return the gaps of a column.

    Raises:
        ConditionError: It has none, or something else is asked for as well.
    """
    if not is_asked:
        raise ConditionError(
            f"column {numbers.column.name!r} is asked to be missing and to have a value at once; "
            "drop one of the two conditions."
        )
    if not numbers.has_missing:
        raise no_missing_error(numbers.column)
    zero, share = np.zeros(1), numbers.frequencies[-1:]
    last = np.array([len(numbers.frequencies) - 1], np.int32)
    return Selection(last, share, zero, zero, share=float(share[0]))


def clip_to_ranges(values: Floats, ranges: Sequence[Range]) -> Floats:
    """Move numbers outside of all ranges, which rise, to the nearest end; (n,) in and out.

    NaN stays.
    """
    lows, highs = np.array(ranges).T
    below = np.maximum(np.searchsorted(lows, values, side="right") - 1, 0)
    above = np.minimum(below + 1, len(lows) - 1)
    lower = np.clip(values, lows[below], highs[below])
    upper = np.clip(values, lows[above], highs[above])
    return np.where(np.abs(upper - values) < np.abs(lower - values), upper, lower)


def _select_range(numbers: Numbers, low: float, high: float) -> Selection:
    """Return what lies from low to high, both included."""
    bottom, top = _snap(max(low, numbers.minimum), min(high, numbers.maximum), numbers.step)
    spikes = np.flatnonzero((numbers.spikes >= low) & (numbers.spikes <= high))
    half = (numbers.step or 0.0) / 2
    edges = np.array([bottom - half, top + half])
    inside = [
        mode
        for mode, knots in enumerate(numbers.knots)
        if bottom <= top and edges[0] <= knots[-1] and edges[1] >= knots[0]
    ]
    shares = [_share_below(edges, numbers.knots[mode], numbers.tick) for mode in inside]
    starts, ends = np.array(shares).reshape(-1, 2).T
    values = numbers.spikes[spikes]
    allowed = np.concatenate([values, [bottom, top] if inside else []])
    weights = np.concatenate(
        [
            numbers.frequencies[inside] * np.maximum(ends - starts, 1e-9),
            numbers.frequencies[len(numbers.knots) + spikes],
        ]
    )
    return Selection(
        classes=np.concatenate([inside, len(numbers.knots) + spikes]).astype(np.int32),
        weights=weights,
        low=np.concatenate([2 * starts - 1, np.zeros(len(spikes))]),
        high=np.concatenate([2 * ends - 1, np.zeros(len(spikes))]),
        ranges=((float(allowed.min()), float(allowed.max())),) if len(allowed) else None,
        share=float(weights.sum()),
    )


def _share_below(edges: Floats, knots: Floats, tick: float | None) -> Floats:
    """Return the shares of a mode that lie below both ends of a range; (2,) in and out."""
    axis = Axis.of_knots(tick, knots)
    return share_below(axis.to_positions(edges), axis.to_positions(knots))


def _snap(bottom: float, top: float, step: float | None) -> Range:
    """Return a range's ends moved inwards to multiples of the step, where values can lie."""
    if step is None:
        return bottom, top
    with np.errstate(over="ignore"):
        ends = np.array([bottom, top]) / step
    slack = np.clip(4 * np.spacing(np.abs(ends)), MIN_SLACK, MAX_SLACK)
    first, last = np.ceil(ends[0] - slack[0]), np.floor(ends[1] + slack[1])
    return float(round_to(first * step, step)), float(round_to(last * step, step))


def describe_gap(numbers: Numbers, ranges: Sequence[Range], show: Callable[[float], str]) -> str:
    """Return between which of the table's values a range lies that it leaves empty, or nothing."""
    around = find_gap(numbers, *ranges[0]) if len(ranges) == 1 else ()
    return f", with none between {' and '.join(map(show, around))}" if around else ""


def find_gap(numbers: Numbers, low: float, high: float) -> tuple[float, ...]:
    """Return the table's values on both sides of a range that it leaves empty, or nothing."""
    low, high = float(low), float(high)
    bottom, top = _snap(max(low, numbers.minimum), min(high, numbers.maximum), numbers.step)
    if numbers.minimum <= top < bottom <= numbers.maximum and low <= high:
        return top, bottom  # neighbours: what lies between them has more decimals
    ends = np.concatenate([numbers.knots[:, [0, -1]].ravel(), numbers.spikes])
    ends = np.clip(round_to(ends, numbers.step), numbers.minimum, numbers.maximum)
    below, above = ends[ends < low], ends[ends > high]
    if low > high or not len(below) or not len(above):
        return ()
    return float(below.max()), float(above.min())
