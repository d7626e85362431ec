"""What relations may keep of a column under protection: nothing that fewer than k rows hold.

Ends are those of all but k values at each side, rounded outwards to two digits of their spread, and
farther where a few rows hold just that number. Without protection they are the column's own.

>>> values = np.append(np.arange(100.0) / 7, [-812.5, 49_999.0])
>>> find_ends(values, 1), find_ends(values, 5)
((-812.5, 49999.0), (-1.0, 15.0))
>>> find_ends(values[:10], 5) is None
True
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from tabgan.schema.arrays import Floats, Integers
from tabgan.schema.categories import Categories

MAX_ROUNDINGS = 4  # each to a digit less, until no few rows hold the end ...
MAX_STEPS = 3  # ... or one of its neighbours
MAX_FLOAT = float(np.finfo(np.float64).max)
MIN_UNIT = 1e-300


def find_ends(present: Floats, min_rows: int) -> tuple[float, float] | None:
    """Return the lowest and the highest value that may be kept; None of too few values.

    `generalization.find_ends` of `encoding` moves inwards, to what is made; these ends have to
    contain all that a sum may need.

    Args:
        present: Values without gaps; (n,).
        min_rows: What fewer rows hold is not to be kept; 1 without protection.
    """
    if min_rows <= 1:
        return (float(present.min()), float(present.max())) if len(present) else None
    if len(present) <= 2 * min_rows:
        return None
    low, high = np.sort(present)[[min_rows, -min_rows - 1]].tolist()
    is_held = np.count_nonzero(present == low) >= min_rows
    if low == high and is_held:
        return low, high
    units = list(_iter_units(high / 2 - low / 2 or abs(low)))
    low = -_round_up(-present, -low, units, min_rows) + 0.0  # no -0.0
    return low, _round_up(present, high, units, min_rows)


def _iter_units(half_spread: float) -> Iterator[float]:
    """Yield powers of ten to round to: the first has two digits of a spread, then ten times it."""
    exponent = int(np.floor(np.log10(max(half_spread, MIN_UNIT)) + np.log10(2.0))) - 1
    for more in range(MAX_ROUNDINGS):
        yield float(f"1e{min(exponent + more, 308)}")


def _round_up(present: Floats, end: float, units: Sequence[float], min_rows: int) -> float:
    """Return an end rounded up, so far that no few rows hold it, if such a number is near."""
    rounded = end
    for unit in units:
        for step in range(MAX_STEPS):
            with np.errstate(over="ignore"):
                rounded = (np.ceil(end / unit) + step) * unit
            rounded = float(np.clip(rounded, -MAX_FLOAT, MAX_FLOAT)) + 0.0
            if not 0 < np.count_nonzero(present == rounded) < min_rows:
                return rounded
    return rounded


def find_middle(present: Floats, min_rows: int, decimals: int) -> float:
    """Return a value near the median that at least so many rows hold, or else a rounded one.

    Args:
        present: Values without gaps, at least one; (n,).
        min_rows: What fewer rows hold is not to be kept.
        decimals: Of the values.

    >>> find_middle(np.array([1.0, 2.0, 2.0, 3.0, 7.0, 8.0]), 2, decimals=0)
    2.0
    >>> find_middle(np.arange(500.0) / 99 + 7, 5, decimals=2)
    9.6
    """
    median = float(2 * np.median(present / 2))  # the sum of two may overflow
    values, counts = np.unique(present, return_counts=True)
    common = values[counts >= min_rows]
    if len(common):
        return float(common[np.abs(common / 2 - median / 2).argmin()])
    units = [unit for unit in _iter_units(np.ptp(present / 2)) if unit >= 10.0**-decimals]
    return round(_round_up(present, median, units[:1] or [10.0**-decimals], min_rows), decimals)


def drop_unused(categories: Categories, codes: Integers) -> tuple[Categories, Integers]:
    """Return the categories of which codes are left, and those codes renumbered; (n,)."""
    used = np.unique(codes[codes >= 0])
    values = [categories.values[code] for code in used]
    kept = categories.dtype_categories
    if kept is not None:
        kept = [category for category in kept if category in values]
    renumbered = np.where(codes < 0, -1, np.searchsorted(used, codes))
    return replace(categories, values=values, dtype_categories=kept), renumbered
