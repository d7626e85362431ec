"""The steps of a balanced draw, compiled where Numba is there; without it Python takes the same.

`resampling` says what a step is. The excess is kept as how much more of each bin is drawn than
expected, so that a step costs as much as a row has columns, not as it has variables.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tabgan.refinement.balancing import BalancingVariables
from tabgan.runtime.compilation import compiled_where_possible, part_where_possible
from tabgan.schema.arrays import Floats, Indices, Mask

BATCH_PAIRS = 32  # pivotal steps that are taken together
BIAS = 0.5  # of what would undo the excess: 1 leaves a little less of it, and draws the rare less
MIN_SQUARE = 1e-9  # of a distance that is divided by


class Walk(NamedTuple):
    """What pairs differ in, and the excess so far, which steps change in place.

    Shape:
        - bins: (n_candidates, n_columns)
        - starts: (n_columns + 1,)
        - is_ordered: (n_columns,)
        - groups: (n_candidates,)
        - squares, projections: (n_bins,)
        - excess: (n_groups, n_bins): of each bin, in all first, then in each group
        - of_groups: (n_groups,): of the groups
    """

    bins: npt.NDArray[np.int32]
    starts: Indices
    is_ordered: Mask
    groups: Indices
    squares: Floats
    projections: Floats
    mean_square: float
    excess: Floats
    of_groups: Floats

    @classmethod
    def begin(cls, variables: BalancingVariables) -> "Walk":
        """Return a walk of which no step is taken."""
        return cls(
            variables.bins,
            variables.starts,
            variables.is_ordered,
            variables.groups,
            variables.squares,
            variables.projections,
            variables.mean_square,
            np.zeros((variables.n_groups, len(variables.projections))),
            np.zeros(variables.n_groups),
        )


@compiled_where_possible
def take_steps(walk, inclusion, pairs, shares):  # type: ignore[no-untyped-def]
    """Draw or drop one of each pair, in place; the other takes up the difference.

    Args:
        walk: `Walk`.
        inclusion: Of candidates; (n_candidates,).
        pairs: Candidates; (n_pairs, 2).
        shares: Uniform draws; (n_pairs,).
    """
    pull, offsets = np.empty(walk.excess.shape), np.zeros(len(walk.of_groups))
    for pair in range(len(pairs)):
        if pair % BATCH_PAIRS == 0:
            _project(walk, pull, offsets)
        one, other = pairs[pair, 0], pairs[pair, 1]
        first, second = inclusion[one], inclusion[other]
        is_scarce = first + second <= 1  # one of them is dropped; otherwise one is drawn
        gain, loss = (second, first) if is_scarce else (1 - first, 1 - second)
        along, square = _compare(walk, pull, offsets, one, other)
        bias = BIAS * along / max(square, MIN_SQUARE) * (gain + loss)
        unbiased = loss / (gain + loss)  # probability of the first to gain: keeps expectations
        most = min(unbiased, 1 - unbiased)  # so that it stays a probability
        moved = gain if shares[pair] < unbiased - min(max(bias, -most), most) else -loss
        inclusion[one] += moved
        inclusion[other] -= moved
        _add(walk, one, moved)
        _add(walk, other, -moved)


@part_where_possible
def _project(walk, pull, offsets):  # type: ignore[no-untyped-def]
    """Set what the excess weighs on each bin of each group, and on the mean of each group."""
    for group in range(len(offsets)):
        for column in range(len(walk.is_ordered)):
            start, end = walk.starts[column], walk.starts[column + 1]
            pull[group, start] = 0.0
            for index in range(start + 1, end):
                pull[group, index] = walk.excess[group, index]
            if walk.is_ordered[column]:
                _add_up(pull[group, start:end])
    for group in range(1, len(offsets)):
        weight = walk.of_groups[group]
        offsets[group] = -weight * walk.mean_square
        for index in range(len(walk.projections)):
            offsets[group] += walk.excess[group, index] * walk.projections[index]
            pull[group, index] += pull[0, index] - weight * walk.projections[index]


@part_where_possible
def _add_up(excess):  # type: ignore[no-untyped-def]
    """Turn the excess of a number's bins into that of the edges below each, in place."""
    for index in range(len(excess) - 2, 0, -1):
        excess[index] += excess[index + 1]
    for index in range(2, len(excess)):
        excess[index] += excess[index - 1]


@part_where_possible
def _compare(walk, pull, offsets, one, other):  # type: ignore[no-untyped-def]
    """Return the product of a pair's difference and the excess, and its squared length."""
    group, second = walk.groups[one], walk.groups[other]
    along, square = offsets[second] - offsets[group], 0.0
    for column in range(len(walk.is_ordered)):
        near, far = walk.bins[one, column], walk.bins[other, column]
        along += pull[group, near] - pull[second, far]
        if walk.is_ordered[column]:
            square += abs(near - far)
        elif near != far:
            start = walk.starts[column]
            square += min(near - start, 1) + min(far - start, 1)
    if group == second:
        return along, square * (2 if group else 1)
    for column in range(len(walk.is_ordered)):  # each is in the variables of its own group alone
        square += walk.squares[walk.bins[one, column]] if group else 0.0
        square += walk.squares[walk.bins[other, column]] if second else 0.0
    return along, square


@part_where_possible
def _add(walk, row, moved):  # type: ignore[no-untyped-def]
    """Add to the excess what a row is drawn more."""
    group = walk.groups[row]
    walk.of_groups[group] += moved
    for column in range(len(walk.is_ordered)):
        walk.excess[0, walk.bins[row, column]] += moved
    if group:
        for column in range(len(walk.is_ordered)):
            walk.excess[group, walk.bins[row, column]] += moved
