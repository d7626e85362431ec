"""Conditions on whole numbers, exactly: ranges of distances from a column's least number.

>>> to_whole_ranges([(-np.inf, 2.5), (7, np.inf)], reach=9, step=2, spikes=[9])
((0, 2), (8, 9))
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import numpy as np

from tabgan.schema.ranges import Range
from tabgan.schema.whole_numbers import Units

WholeRange = tuple[int, int]  # least and greatest number, both included


def to_whole_ranges(
    ranges: Sequence[Range], reach: int, step: int, spikes: list[int]
) -> tuple[WholeRange, ...]:
    """Return what is left of ranges: from one number that a column can hold to another.

    Args:
        ranges: Of numbers, whole ones and fractions exactly.
        reach: The greatest number; the least is 0.
        step: Between numbers that are no spikes.
        spikes: Numbers that repeat, rising.
    """
    found = []
    for low, high in ranges:
        first = max(0, math.ceil(low)) if low > -np.inf else 0
        last = min(reach, math.floor(high)) if high < np.inf else reach
        inside = spikes[bisect_left(spikes, first) : bisect_right(spikes, last)]
        multiples = [-(-first // step) * step, last // step * step]
        ends = [*inside, *(multiples if multiples[0] <= multiples[1] else [])]
        if ends and low <= high:
            found.append((min(ends), max(ends)))
    return tuple(found)


def clip_to_whole_ranges(numbers: Units, ranges: Sequence[Range]) -> Units:
    """Return whole numbers, those outside of all ranges moved to the nearest end; (n,) both."""
    outside = np.ones(len(numbers), bool)
    for low, high in ranges:
        outside &= ~np.asarray((numbers >= low) & (numbers <= high), bool)
    if not outside.any():
        return numbers
    distinct, inverse = np.unique(numbers[outside], return_inverse=True)
    ends = [int(end) for pair in ranges for end in pair]
    nearest = [min(ends, key=lambda end: abs(end - int(number))) for number in distinct]
    clipped = numbers.copy()
    clipped[outside] = np.array(nearest, numbers.dtype)[inverse]
    return clipped
