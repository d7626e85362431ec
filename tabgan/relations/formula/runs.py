"""Levels of a column along another one: few runs, where thresholds decide them.

Were the levels independent of the source, all their arrangements would be equally likely: runs have
to save more nats than it takes to say where they are (minimum description length).

>>> levels = np.repeat([1, 0, 2], 80)
>>> runs = find_runs(np.arange(240.0), levels)
>>> runs.levels.tolist(), runs.ends.tolist(), runs.pay(levels, n_tried=10)
([1, 0, 2], [[79.0, 80.0], [159.0, 160.0]], True)
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from tabgan.relations.statistics import MAX_DECLARED_VIOLATIONS, SIGNIFICANCE_LEVEL
from tabgan.schema.arrays import Floats, Integers

MIN_ROWS_PER_RUN = 50  # on average: levels that merely correlate with a source change more often
MIN_RUN_ROWS = 5  # of a level that has other runs, too: fewer are rows that break the fact


@dataclass(frozen=True)
class Runs:
    """Levels along a source.

    Attributes:
        levels: Of each run, by their codes; (n_runs,).
        lengths: Rows of each run; (n_runs,).
        ends: The greatest number of each run but the last, and the least of the next one;
            (n_runs - 1, 2).
    """

    levels: Integers
    lengths: Integers
    ends: Floats

    def pay(self, y: Integers, n_tried: int) -> bool:
        """Return whether the runs are worth saying where they are, and which rows break them.

        Args:
            y: The levels of all rows; (n_rows,).
            n_tried: Pairs of columns that were candidates.
        """
        counts = np.unique(y, return_counts=True)[1]
        saved = gammaln(len(y) + 1) - gammaln(counts + 1).sum()
        n_broken = len(y) - int(self.lengths.sum())
        said = (len(self.levels) + n_broken) * np.log(len(counts)) + np.log(n_tried)
        places = _log_choose(len(y) - 1, len(self.levels) - 1) + _log_choose(len(y), n_broken)
        return bool(saved > said + places + np.log(1 / SIGNIFICANCE_LEVEL))


def find_runs(x: Floats, y: Integers) -> Runs | None:
    """Return the runs of levels along a source, without odd rows that stand between others.

    None if there is one run or too many, or too many rows are odd.

    Args:
        x: The source, rising; (n_rows,).
        y: The levels; (n_rows,).
    """
    max_odd = MAX_DECLARED_VIOLATIONS * len(y)
    max_runs = len(y) // MIN_ROWS_PER_RUN
    kept = np.arange(len(y))
    starts = _find_starts(y)
    while 1 < len(starts) <= max_runs + 2 * max_odd and len(y) - len(kept) <= max_odd:
        levels, lengths = y[kept][starts], np.diff(starts, append=len(kept))
        is_short = (lengths < MIN_RUN_ROWS) & (np.bincount(levels)[levels] > 1)
        if is_short.any():
            is_odd = np.repeat(is_short & (lengths == lengths[is_short].min()), lengths)
        else:
            ends = np.column_stack([x[kept][starts[1:] - 1], x[kept][starts[1:]]])
            is_tied = ends[:, 0] == ends[:, 1]
            if not is_tied.any():
                return Runs(levels, lengths, ends) if len(starts) <= max_runs else None
            is_odd = _find_minority(x[kept], y[kept], ends[is_tied][0, 0])
        kept = kept[~is_odd]
        starts = _find_starts(y[kept])
    return None


def _find_starts(y: Integers) -> Integers:
    return np.concatenate([[0], np.flatnonzero(y[1:] != y[:-1]) + 1])


def _find_minority(
    x: Floats, y: Integers, number: float
) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Return the rows at a number that have not the commonest level of those there; (n_rows,)."""
    at = x == number
    return np.asarray(at & (y != np.bincount(y[at]).argmax()))


def _log_choose(n: int, k: int) -> float:
    return float(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))
