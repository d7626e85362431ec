"""Labels of a column along another one: few runs, where thresholds decide them.

Were the labels independent of the source, all their arrangements would be equally likely: runs have
to save more nats than it takes to say where they are (minimum description length).

>>> source, labels = np.arange(240.0), np.repeat([1, 0, 2], 80)
>>> runs = find_runs(source, labels)
>>> is_counted = np.ones(240, bool)
>>> runs.labels.tolist(), runs.ends.tolist(), runs.pay(is_counted, labels, n_tried=10)
([1, 0, 2], [[79.0, 80.0], [159.0, 160.0]], True)
"""

from dataclasses import dataclass

import numpy as np
import scipy

from tabgan.relations.statistics import MAX_DECLARED_VIOLATIONS, SIGNIFICANCE_LEVEL
from tabgan.schema.arrays import Floats, Integers, Mask

MIN_ROWS_PER_RUN = 20  # on average, and once more: labels that correlate change more often
MAX_CORRELATION = 0.95  # of what merely correlates with a source, and is cut into labels
CORRELATION_LEVEL = 1e-3  # of that having runs of rows as well
CUT_NATS = 0.955  # the integral of -2 log(normal distribution) over positive numbers
MIN_ROWS_PER_NEAR = 300  # for each source that nearly decides: one of many does so by chance
MIN_RUN_ROWS = 5  # of a label that has other runs, too: fewer are rows that break the fact
MAX_DEVIATION = 3  # in which some of the rows may have more odd ones than all of them
MAX_REACH = 4  # rows from what decides to where noise puts a row, for each odd one


@dataclass(frozen=True)
class Runs:
    """Labels along a source.

    Attributes:
        labels: Of each run, by their codes; (n_runs,).
        lengths: Rows of each run; (n_runs,).
        ends: The greatest number of each run but the last, and the least of the next one;
            (n_runs - 1, 2).
        is_odd: Rows that are in none; (n_rows,).
    """

    labels: Integers
    lengths: Integers
    ends: Floats
    is_odd: Mask

    def are_sharp(self, n_tried: int) -> bool:
        """Return whether labels that only correlate with the source would hardly make the runs."""
        return are_sharp(self.lengths, n_tried)

    def pay(
        self, is_counted: Mask, y: Integers, n_tried: int, level: float = SIGNIFICANCE_LEVEL
    ) -> bool:
        """Return whether the runs are worth saying where they are, and which rows break them.

        Args:
            is_counted: Rows of one number count once: they may be alike for other reasons;
                (n_rows,).
            y: The labels; (n_rows,).
            n_tried: Pairs of columns that were candidates.
            level: Of significance.
        """
        n_broken = int(np.count_nonzero(self.is_odd & is_counted))
        distinct = y[is_counted]
        counts = np.unique(distinct, return_counts=True)[1]
        n = len(distinct)
        saved = scipy.special.gammaln(n + 1) - scipy.special.gammaln(counts + 1).sum()
        said = (len(self.labels) + n_broken) * np.log(max(len(counts), 2)) + np.log(n_tried)
        positions = _log_choose(n - 1, len(self.labels) - 1) + _log_choose(n, n_broken)
        return bool(saved > said + positions - np.log(level))


def are_sharp(lengths: Integers, n_tried: int) -> bool:
    """Return whether what merely correlates, however closely, would hardly make such runs.

    Where a normal variable of that correlation is cut, rows near the cut have either label: all of
    them to be on the right side of some place has a probability of `exp(-nats) * (1 + nats / 2)**2`
    (which simulations bear out), with as many nats as there are rows near the cut.

    >>> are_sharp(np.array([100, 100]), 10), are_sharp(np.array([9, 156]), 10)
    (True, False)

    Args:
        lengths: Rows of each run, none of them 0; (n_runs,).
        n_tried: Pairs of columns that were candidates.
    """
    ends = scipy.special.ndtri(np.cumsum(lengths)[:-1] / lengths.sum())
    density = np.exp(-0.5 * ends**2) / np.sqrt(2 * np.pi)
    spread = np.sqrt(1 - MAX_CORRELATION**2) / MAX_CORRELATION
    nats = CUT_NATS * spread * lengths.sum() * density
    needed = np.log(n_tried) - np.log(CORRELATION_LEVEL)
    return bool((nats - 2 * np.log1p(nats / 2)).sum() > needed)


def has_enough_rows(n_rows: int, n_near: int) -> bool:
    """Return whether so many rows tell what decides from what merely correlates.

    Args:
        n_rows: Of the table.
        n_near: Sources that nearly decide, and do not.
    """
    return n_rows >= MIN_ROWS_PER_NEAR * n_near


def find_runs(x: Floats, y: Integers) -> Runs | None:
    """Return the runs of labels along a source, without odd rows that stand between others.

    None if there is one run or too many, or too many rows are odd.

    Args:
        x: The source, rising; (n_rows,).
        y: The labels; (n_rows,).
    """
    expected = MAX_DECLARED_VIOLATIONS * len(y)
    max_odd = expected + MAX_DEVIATION * np.sqrt(expected)
    max_runs = len(y) // MIN_ROWS_PER_RUN - 1
    kept = np.arange(len(y))
    starts = _find_starts(y)
    while 1 < len(starts) <= max_runs + 2 * max_odd and len(y) - len(kept) <= max_odd:
        labels, lengths = y[kept][starts], np.diff(starts, append=len(kept))
        is_short = (lengths < MIN_RUN_ROWS) & (np.bincount(labels)[labels] > 1)
        if is_short.any():
            is_odd = np.repeat(is_short & (lengths == lengths[is_short].min()), lengths)
        else:
            ends = np.column_stack([x[kept][starts[1:] - 1], x[kept][starts[1:]]])
            is_tied = ends[:, 0] == ends[:, 1]
            if not is_tied.any():
                left_out = ~np.isin(np.arange(len(y)), kept, assume_unique=True)
                is_exact = len(starts) <= max_runs and not _is_blurred(left_out, kept[starts[1:]])
                return Runs(labels, lengths, ends, left_out) if is_exact else None
            is_odd = _find_minority(x[kept], y[kept], ends[is_tied][0, 0])
        kept = kept[~is_odd]
        starts = _find_starts(y[kept])
    return None


def _find_starts(y: Integers) -> Integers:
    return np.concatenate([[0], np.flatnonzero(y[1:] != y[:-1]) + 1])


def _is_blurred(is_odd: Mask, starts: Integers) -> bool:
    """Return whether odd rows stand beside the ends of runs: then labels merely correlate.

    Args:
        is_odd: Rows that are in no run; (n_rows,).
        starts: The first row of each run but the first; (n_runs - 1,).
    """
    distances = np.abs(np.flatnonzero(is_odd)[:, None] - starts)
    return is_near_edge(distances.min(axis=1))


def is_near_edge(distances: Integers) -> bool:
    """Return whether most odd rows are near what decides: fewer rows away than chance has them.

    >>> is_near_edge(np.array([1, 3, 2])), is_near_edge(np.array([90, 240, 2]))
    (True, False)
    """
    reach = MAX_REACH * (len(distances) + 1)
    return bool(np.count_nonzero(distances <= reach) > len(distances) / 2)


def _find_minority(x: Floats, y: Integers, number: float) -> Mask:
    """Return the rows at a number that have not the commonest label of those there; (n_rows,)."""
    at = x == number
    return np.asarray(at & (y != np.bincount(y[at]).argmax()))


def _log_choose(n: int, k: int) -> float:
    return float(
        scipy.special.gammaln(n + 1)
        - scipy.special.gammaln(k + 1)
        - scipy.special.gammaln(n - k + 1)
    )
