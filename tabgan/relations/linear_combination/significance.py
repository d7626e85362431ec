"""Which remainders of a sum are significant: they take few values, far fewer than by chance.

>>> values = np.arange(200.0)
>>> is_significant(values, np.zeros(200), n_terms=2, n_columns=5)
True
>>> is_significant(values, values % 40, n_terms=2, n_columns=5)
False
"""

from collections.abc import Iterable

import numpy as np

from tabgan.relations.statistics import MAX_VIOLATIONS, SIGNIFICANCE_LEVEL, total_entropy
from tabgan.schema.arrays import Floats, Integers

MIN_VALUES = 20  # of a column that is worth a sum
MAX_VALUES = 32  # of a remainder
MIN_REDUCTION = 5  # times fewer values than the column has
MAX_EQUAL_VALUES = 10.0  # equally frequent ones, whose entropy a remainder does not exceed
MIN_ROWS, MAX_RARE_SHARE = 5, 0.01  # values in fewer rows are rare, and at most that share of rows
MIN_COMMON_SHARE, MIN_MAIN_SHARE = 0.005, 0.99  # of each remainder, or of one, to a single term


def is_significant(values: Floats, remainders: Floats, n_terms: int, n_columns: int) -> bool:
    """Return whether terms explain a column: whether what they leave has much less entropy.

    Args:
        values: The column without gaps; (n,).
        remainders: What its terms leave of it; (n,).
        n_terms: In the sum.
        n_columns: Among which they were sought, with either sign: more find more by chance.
    """
    n_rows = len(values)
    counts = np.unique(values, return_counts=True)[1]
    left = np.sort(np.unique(remainders, return_counts=True)[1])[::-1]
    kept = left[:MAX_VALUES]
    if len(counts) < MIN_VALUES or len(kept) > min(len(counts) / MIN_REDUCTION, MAX_VALUES):
        return False
    if left[MAX_VALUES:].sum() > MAX_VIOLATIONS * n_rows:
        return False
    if n_terms == 1 and not _is_discrete(kept, n_rows):
        return False
    before, after = total_entropy(counts), total_entropy(kept)
    by_chance = np.log(1 / SIGNIFICANCE_LEVEL) + n_terms * np.log(2 * n_columns)
    by_chance += len(kept) * np.log(n_rows)
    return bool(
        kept[kept < MIN_ROWS].sum() <= MAX_RARE_SHARE * n_rows
        and after <= min(before / 2, n_rows * np.log(MAX_EQUAL_VALUES))
        and before - after > by_chance
    )


def _is_discrete(counts: Integers, n_rows: int) -> bool:
    """Return whether remainders of a single term are no noise around it, of which some are rare.

    Args:
        counts: Rows of each remainder, falling; (n_values,).
        n_rows: Of the column.
    """
    is_common = counts.min() >= max(MIN_ROWS, MIN_COMMON_SHARE * n_rows)
    return bool(len(counts) > 1 and (is_common or counts[0] >= MIN_MAIN_SHARE * n_rows))


class LinearSubspace:
    """The span of vectors of coefficients: sums in it follow from those that are found already.

    Args:
        n_columns: The dimension of the space.
        vectors: That span it; (n_columns,) each.
    """

    def __init__(self, n_columns: int, vectors: Iterable[Floats] = ()) -> None:
        self._basis = np.empty((0, n_columns))  # orthonormal (Gram-Schmidt)
        for vector in vectors:
            if not self.contains(vector):
                self.add(vector)

    def contains(self, vector: Floats) -> bool:
        """Return whether a vector, (n_columns,), is a linear combination of those added."""
        return bool(np.abs(self._project_out(vector)).max() < 1e-6 * np.abs(vector).max())

    def add(self, vector: Floats) -> None:
        """Extend the subspace by a vector that it does not contain; (n_columns,)."""
        rest = self._project_out(vector)
        self._basis = np.vstack([self._basis, rest / np.sqrt(rest @ rest)])

    def _project_out(self, vector: Floats) -> Floats:
        rest = np.asarray(vector, np.float64)
        for _ in range(2):  # twice, for the sake of rounding
            rest = rest - (self._basis @ rest) @ self._basis
        return rest
