"""Which remainders of a sum say something: they take few values, and no chance brings that about.

>>> own = np.arange(200.0)
>>> is_telling(own, np.zeros(200), n_terms=2, n_columns=5), is_telling(own, own % 40, 2, 5)
(True, False)
"""

from collections.abc import Iterable

import numpy as np

from tabgan.relations.statistics import MAX_VIOLATIONS, SIGNIFICANCE_LEVEL
from tabgan.schema.arrays import Floats, Integers

MIN_VALUES = 20  # of a column that is worth taking apart
MAX_VALUES = 32  # of a remainder
TIMES_FEWER = 5  # than the column has
MAX_CHOICES = 10.0  # among that many equally frequent values there would be as much to say
MIN_ROWS, RARE_SHARE = 5, 0.01  # values in fewer rows are rare, and at most that many rows
COMMON_SHARE, MAIN_SHARE = 0.005, 0.99  # of each remainder, or of one, to a single term


def count_nats(values: Floats) -> float:
    """Return how much there is to say of values, (n,): n times their entropy."""
    counts = np.unique(values, return_counts=True)[1]
    return _count_nats(counts)


def _count_nats(counts: Integers) -> float:
    return float((counts * np.log(counts.sum() / counts)).sum())


def is_telling(own: Floats, rest: Floats, n_terms: int, n_columns: int) -> bool:
    """Return whether a column is well said by its terms.

    Args:
        own: The column without gaps, (n,).
        rest: What its terms leave of it, (n,).
        n_terms: How many they are.
        n_columns: Among how many they were sought.
    """
    values, counts = np.unique(own, return_counts=True)
    left = np.sort(np.unique(rest, return_counts=True)[1])[::-1]
    kept = left[:MAX_VALUES]
    few = min(len(values) / TIMES_FEWER, MAX_VALUES)
    if len(values) < MIN_VALUES or len(kept) > few:
        return False
    if left[MAX_VALUES:].sum() > MAX_VIOLATIONS * len(own):
        return False
    before, after = _count_nats(counts), _count_nats(kept)
    if n_terms == 1 and not _is_step(kept, len(own)):
        return False
    by_chance = (
        np.log(1 / SIGNIFICANCE_LEVEL)
        + n_terms * np.log(2 * n_columns)
        + len(kept) * np.log(len(own))
    )
    return bool(
        kept[kept < MIN_ROWS].sum() <= RARE_SHARE * len(own)
        and after <= min(before / 2, len(own) * np.log(MAX_CHOICES))
        and before - after > by_chance
    )


def _is_step(counts: Integers, n_rows: int) -> bool:
    """Tell remainders from noise around a single term, whose outer values are rare."""
    is_common = counts.min() >= max(MIN_ROWS, COMMON_SHARE * n_rows)
    return bool(len(counts) > 1 and (is_common or counts[0] >= MAIN_SHARE * n_rows))


class Facts:
    """Sums that are known, by the factors of their columns: what follows from them is no news."""

    def __init__(self, n_columns: int, known: Iterable[Floats] = ()) -> None:
        self._directions = np.empty((0, n_columns))
        for factors in known:
            if not self.imply(factors):
                self.add(factors)

    def imply(self, factors: Floats) -> bool:
        """Return whether a sum, (n_columns,), is made up of known ones."""
        return bool(np.abs(self._project_out(factors)).max() < 1e-6 * np.abs(factors).max())

    def add(self, factors: Floats) -> None:
        """Take note of a sum that is not implied."""
        left = self._project_out(factors)
        self._directions = np.vstack([self._directions, left / np.sqrt(left @ left)])

    def _project_out(self, factors: Floats) -> Floats:
        left = np.asarray(factors, np.float64)
        for _ in range(2):  # twice, for the sake of rounding
            left = left - (self._directions @ left) @ self._directions
        return left
