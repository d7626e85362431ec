"""Numbers of which nothing is left that fewer than k rows hold: recoded, or averaged over k rows.

Where a column has few values, or few rows hold rare ones, a rare value becomes the nearest that k
rows hold (local recoding; Sweeney 2002). Rare values of other columns are averaged in groups of k
neighbours (microaggregation; Domingo-Ferrer and Mateo-Sanz 2002); the k least and the k greatest of
them become what follows. Values that k rows hold stay as they are; but of all that is between the
tails groups are larger, for the fewer rows a quantile is of, the more it says of members.

NOTE[DIFF] Between the centres of two groups, values rise evenly from one mean to the other instead
of in steps, so that quantiles of few rows do not repeat.

>>> recode_rare(np.array([1.0, 1, 1, 2, 2, 2, 2, 13]), k=3)
array([1., 1., 1., 2., 2., 2., 2., 2.])
>>> microaggregate(np.array([0.1, 0.3, 2.0, 2.4, 3.1, 3.5, 5.0, 5.0, 9.0]), k=2).round(2)
array([2.2 , 2.2 , 2.2 , 2.48, 3.02, 3.87, 5.  , 5.  , 5.  ])
"""

from dataclasses import dataclass

import numpy as np

from tabgan.encoding.decimal_steps import round_to
from tabgan.encoding.mode_specific_normalization import MAX_ALL_SPIKES, MAX_FLOAT, MIN_MODE_ROWS
from tabgan.errors import TableError
from tabgan.schema import Column
from tabgan.schema.arrays import Floats, Indices, Mask
from tabgan.schema.whole_numbers import Units

Numbers = Floats | Units

COARSENING = 3  # of groups between the tails: rows over k
MIN_COARSE_GROUPS, TAIL_GROUPS = 8, 3  # of all rows, at the least; of a tail, in halves


def check_rows(column: Column, n_rows: int, k: int, *, has_others: bool) -> None:
    """Refuse a column of fewer values than rows hold what is kept, and with nothing beside.

    Raises:
        TableError: It is one.
    """
    if n_rows < k and not has_others:
        raise TableError(
            f"the column {column.name!r} has values in {n_rows} rows, fewer than the {k} that hold "
            "what protection keeps; leave the column out, or protect fewer rows."
        )


def recode_rare(values: Numbers, k: int) -> Numbers:
    """Return values, rare ones as the nearest that k rows hold; (n,) both.

    They stay where there are many of them, and many different ones.
    """
    distinct, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    is_common = counts >= k
    rare_rows = int(counts[~is_common].sum())
    are_few = len(distinct) <= MAX_ALL_SPIKES or rare_rows < max(MIN_MODE_ROWS, k)
    if not rare_rows or not are_few or 2 * rare_rows > len(values):
        return values
    recoded = distinct.copy()
    recoded[~is_common] = _nearest(distinct[~is_common], distinct[is_common])
    return np.asarray(recoded[inverse])


def _nearest(values: Numbers, kept: Numbers) -> Numbers:
    """Return the nearest of `kept`, which rise, to each value; (n,)."""
    above = np.minimum(np.searchsorted(kept, values), len(kept) - 1)
    low, high = kept[np.maximum(above - 1, 0)], kept[above]
    if values.dtype.kind == "f":
        to_low, to_high = np.abs(values / 2 - low / 2), np.abs(high / 2 - values / 2)
    else:  # the distance of two may need more than 64 bits
        to_low, to_high = (abs(values.astype(object) - end) for end in (low, high))
    return np.where(np.asarray(to_low < to_high, bool), low, high)


def microaggregate(values: Floats, k: int) -> Floats:
    """Return values, rising, those that fewer than k rows hold averaged over k rows; (n,) both.

    Args:
        values: Of k rows at the least, or none.
        k: Rows that hold what is kept.
    """
    if k == 1 or not len(values):
        return values
    ordered, coarse_k = np.sort(values), COARSENING * k
    averaged = _average_groups(ordered, k)
    if len(values) < MIN_COARSE_GROUPS * coarse_k:
        return averaged
    n_tail, body = TAIL_GROUPS * coarse_k // 2, averaged.copy()
    body[n_tail:-n_tail] = _average_groups(ordered, coarse_k)[n_tail:-n_tail]
    return np.maximum.accumulate(body)


def _average_groups(ordered: Floats, k: int) -> Floats:
    """Return values, rising, those that fewer than k rows hold averaged over k rows; (n,) both."""
    groups = _Groups.of(ordered, k)
    is_common, means = groups.are_common, groups.average(ordered)
    ends = groups.starts + groups.sizes - 1
    kept = groups.sizes >= k
    for end in (0, -1):  # the rows farthest out say nothing but that they are there
        inside = np.flatnonzero(kept)
        if len(inside) and not is_common[inside[end]]:
            kept[inside[end]] = False
    if not kept.any():
        start = (len(ordered) - k) // 2
        return np.full(len(ordered), _mean(ordered[start : start + k]))
    centres = groups.starts + (groups.sizes - 1) / 2
    ranks = np.stack([np.where(is_common, groups.starts, centres), ends], axis=1)
    nodes = np.stack([kept, kept & is_common], axis=1)  # both ends of a common value, or a centre
    heights = np.stack([means, means], axis=1)[nodes] / 2  # the difference of two may overflow
    averaged = 2 * np.interp(np.arange(len(ordered)), ranks[nodes], heights)
    few = np.repeat(groups.sizes < k, groups.sizes)
    averaged[few] = _nearest(ordered[few], np.unique(means[kept]))
    return np.asarray(averaged)


def find_ends(spikes: Floats, rest: Floats, step: float | None) -> tuple[float, float]:
    """Return the least and the greatest of numbers, those of the rest moved inwards to the step.

    >>> find_ends(np.zeros(0), np.array([4.2, 9.7]), step=1.0)
    (5.0, 9.0)
    >>> find_ends(np.array([0.5]), np.array([7.5]), step=1.0)
    (0.5, 7.0)
    """
    if not len(rest):
        return (float(spikes.min()), float(spikes.max())) if len(spikes) else (0.0, 0.0)
    low, high = float(rest.min()), float(rest.max())
    if step is not None and max(-low, high) <= step * 2.0**52:
        first, last = np.ceil(low / step), np.floor(high / step)
        if first > last:  # between two steps
            first = last = np.trunc(low / step)
        low, high = map(float, round_to(np.array([first, last]) * step, step))
    ends = np.append(spikes, [low, high])
    return float(ends.min()), float(ends.max())


@dataclass(frozen=True)
class _Groups:
    """Groups of neighbours among values that rise: each common value, and rare ones k by k.

    Rare ones between two common values are a group of fewer, if they are fewer than k.

    Shape:
        - starts, sizes, are_common: (n_groups,)
    """

    starts: Indices
    sizes: Indices
    are_common: Mask

    @classmethod
    def of(cls, ordered: Floats, k: int) -> "_Groups":
        is_new = np.append(True, ordered[1:] != ordered[:-1])
        counts = np.diff(np.append(np.flatnonzero(is_new), len(ordered)))
        common = np.repeat(counts >= k, counts)
        run_starts = np.flatnonzero(np.append(True, common[1:] != common[:-1]))
        run_sizes = np.diff(np.append(run_starts, len(ordered)))
        place = np.arange(len(ordered)) - np.repeat(run_starts, run_sizes)
        left = np.repeat(run_sizes, run_sizes) - place
        is_start = (place == 0) | np.where(common, is_new, (place % k == 0) & (left >= k))
        starts = np.flatnonzero(is_start)
        return cls(starts, np.diff(np.append(starts, len(ordered))), common[starts])

    def average(self, ordered: Floats) -> Floats:
        """Return the mean of each group, of equal values exactly those; (n_groups,)."""
        halves = ordered / np.repeat(2 * self.sizes, self.sizes)  # the sum of two may overflow
        means = 2 * np.clip(np.add.reduceat(halves, self.starts), -MAX_FLOAT / 2, MAX_FLOAT / 2)
        return np.where(self.are_common, ordered[self.starts], means)


def _mean(values: Floats) -> float:
    return 2 * float(np.clip((values / (2 * len(values))).sum(), -MAX_FLOAT / 2, MAX_FLOAT / 2))
