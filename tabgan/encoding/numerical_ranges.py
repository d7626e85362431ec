"""Conditions on numbers: which part of each mode, and which spikes, lie in a range."""

from typing import Protocol

import numpy as np

from tabgan.encoding.column_encoder import Floats, Selection
from tabgan.encoding.mode_specific_normalization import round_to, share_below

Range = tuple[float, float]  # lowest and highest value, both included


class Numbers(Protocol):
    """What a range needs to know of a column: the state of `NumericalEncoder`."""

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


def select_range(numbers: Numbers, low: float, high: float) -> Selection:
    """Return what lies from low to high, both included; no classes if nothing does."""
    bottom, top = _snap(max(low, numbers.minimum), min(high, numbers.maximum), numbers.step)
    spikes = np.flatnonzero((numbers.spikes >= low) & (numbers.spikes <= high))
    half = (numbers.step or 0.0) / 2
    edges = np.array([bottom - half, top + half])
    inside = [
        mode
        for mode, knots in enumerate(numbers.knots)
        if bottom <= top and edges[0] <= knots[-1] and edges[1] >= knots[0]
    ]
    shares = [share_below(edges, numbers.knots[mode]) for mode in inside]
    starts, ends = np.array(shares).reshape(-1, 2).T
    values = numbers.spikes[spikes]
    allowed = np.concatenate([values, [bottom, top] if inside else []])
    return Selection(
        classes=np.concatenate([inside, len(numbers.knots) + spikes]).astype(np.int32),
        weights=np.concatenate(
            [
                numbers.frequencies[inside] * np.maximum(ends - starts, 1e-9),
                numbers.frequencies[len(numbers.knots) + spikes],
            ]
        ),
        low=np.concatenate([2 * starts - 1, np.zeros(len(spikes))]),
        high=np.concatenate([2 * ends - 1, np.zeros(len(spikes))]),
        bounds=(float(allowed.min()), float(allowed.max())) if len(allowed) else None,
    )


def _snap(bottom: float, top: float, step: float | None) -> Range:
    """Return a range's ends moved inwards to multiples of the step, where values can lie."""
    if step is None:
        return bottom, top
    first, last = np.ceil(bottom / step - 1e-9), np.floor(top / step + 1e-9)
    return float(round_to(first * step, step)), float(round_to(last * step, step))


def find_gap(numbers: Numbers, low: float, high: float) -> tuple[float, ...]:
    """Return the table's values on both sides of a range that it leaves empty, or nothing."""
    bottom, top = _snap(max(low, numbers.minimum), min(high, numbers.maximum), numbers.step)
    if numbers.minimum <= top < bottom <= numbers.maximum and low <= high:
        return top, bottom  # neighbours: what lies between them has more decimals
    ends = np.concatenate([numbers.knots[:, [0, -1]].ravel(), numbers.spikes])
    ends = np.clip(round_to(ends, numbers.step), numbers.minimum, numbers.maximum)
    below, above = ends[ends < low], ends[ends > high]
    if low > high or not len(below) or not len(above):
        return ()
    return float(below.max()), float(above.min())
