"""Discovery of columns of numbers that are equal more often than chance would have it.

Agreement is measured as Cohen's kappa (1960): the share of equal rows beyond the share expected of
independent columns, divided by what is possible beyond it.

>>> x = np.arange(400.0) % 97
>>> find_equal_pairs(np.array([x, np.where(x % 2, x, x[::-1])]))[0][1:]
(0, 1)
"""

import numpy as np

from tabgan.relations.statistics import SIGNIFICANCE_LEVEL
from tabgan.schema.arrays import Floats, Mask

MIN_VALUES = 5  # that both columns have, and at which they are equal
MIN_EQUAL = 30  # rows
MIN_KAPPA = 0.05  # if they are equal at rare values, at which columns do not meet by themselves
SUFFICIENT_KAPPA = 0.3  # however common the values are
MAX_RARE_SHARE = 0.005  # of rows with a rare value


def find_equal_pairs(matrix: Floats) -> list[tuple[float, int, int]]:
    """Return kappa and the numbers of two columns, the earlier one first, for all that agree.

    Args:
        matrix: Columns of numbers, NaN where missing; (n_columns, n_rows).
    """
    present = ~np.isnan(matrix)
    has_many = [
        len(np.unique(row[here])) >= MIN_VALUES for row, here in zip(matrix, present, strict=True)
    ]
    expected = _bound_expected(matrix, present)
    pairs = []
    counted = present.astype(np.float64)
    n_both = counted @ counted.T
    numbers = np.flatnonzero(has_many)
    for place, early in enumerate(numbers):
        others = numbers[place + 1 :]
        equal = np.count_nonzero(matrix[others] == matrix[early], axis=1)
        by_chance, both = expected[early, others], n_both[early, others]
        likely = equal - by_chance * both >= MIN_KAPPA / 2 * (1 - by_chance) * both
        for late in others[likely & (equal >= MIN_EQUAL)]:
            kappa = _find_kappa(matrix[early], matrix[late], len(matrix))
            if kappa is not None:
                pairs.append((kappa, int(early), int(late)))
    return pairs


def _bound_expected(matrix: Floats, present: Mask) -> Floats:
    """Return the share of rows in which independent columns would be equal at common values.

    Args:
        matrix: Columns of numbers; (n_columns, n_rows).
        present: Where they are not missing; (n_columns, n_rows).

    Returns:
        One share for each pair of columns; (n_columns, n_columns).
    """
    common = []
    for row, here in zip(matrix, present, strict=True):
        values, counts = np.unique(row[here], return_counts=True)
        is_common = counts >= 2 * MAX_RARE_SHARE * len(row)
        common.append((values[is_common], counts[is_common] / max(here.sum(), 1)))
    distinct = np.unique(np.concatenate([values for values, _ in common]))
    shares = np.zeros((len(matrix), len(distinct)))
    for row_shares, (values, own) in zip(shares, common, strict=True):
        row_shares[np.searchsorted(distinct, values)] = own
    return np.asarray(shares @ shares.T)


def _find_kappa(x: Floats, y: Floats, n_columns: int) -> float | None:
    """Return two columns' kappa; None if it is not significant, with and without one value."""
    both = ~(np.isnan(x) | np.isnan(y))
    x, y = x[both], y[both]
    met, counts = np.unique(x[x == y], return_counts=True)
    n_pairs = n_columns**2 / 2
    kappa = _find_significant_kappa(x, y, n_pairs) if len(met) >= MIN_VALUES else None
    if kappa is None:
        return None
    other = (x != met[counts.argmax()]) & (y != met[counts.argmax()])
    return None if _find_significant_kappa(x[other], y[other], n_pairs) is None else kappa


def _find_significant_kappa(x: Floats, y: Floats, n_pairs: float) -> float | None:
    """Return kappa of columns without gaps, (n_rows,) each; None if it is not significant."""
    equal = x == y
    n_equal, n_rows = int(equal.sum()), len(x)
    if n_equal < MIN_EQUAL:
        return None
    (own, n_own), (other, n_other) = (np.unique(part, return_counts=True) for part in (x, y))
    shared, one, two = np.intersect1d(own, other, assume_unique=True, return_indices=True)
    expected = n_own[one] / n_rows * (n_other[two] / n_rows)
    share, expected_share = n_equal / n_rows, float(expected.sum())
    if share <= expected_share:
        return None
    kappa = (share - expected_share) / (1 - expected_share)
    is_rare = np.maximum(n_own[one], n_other[two]) < MAX_RARE_SHARE * n_rows
    n_rare = int(np.isin(x[equal], shared[is_rare]).sum())
    is_enough = kappa >= SUFFICIENT_KAPPA or (kappa >= MIN_KAPPA and n_rare >= MIN_EQUAL)
    is_significant = _bound_log_probability(share, expected_share, n_rows) < np.log(
        SIGNIFICANCE_LEVEL / n_pairs
    )
    return kappa if is_enough and is_significant else None


def _bound_log_probability(share: float, expected_share: float, n_rows: int) -> float:
    """Return a bound on the log-probability of a share above the expected one (Chernoff 1952)."""
    parts = [(share, expected_share), (1 - share, 1 - expected_share)]
    return -n_rows * float(sum(p * np.log(p / q) for p, q in parts if p > 0))
