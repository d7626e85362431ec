"""Which columns of numbers are equal more often than chance has it.

>>> x = np.arange(400.0) % 97
>>> find_equal(np.array([x, np.where(x % 2, x, x[::-1])]))[0][1:]
(0, 1)
"""

import numpy as np

from tabgan.relations.statistics import SIGNIFICANCE_LEVEL
from tabgan.schema.arrays import Floats, Mask

MIN_VALUES = 5  # that both columns have, and at which they are equal
MIN_EQUAL = 30  # rows
MIN_KAPPA = 0.05  # agreement beyond chance, as a share of what is possible (Cohen 1960)
GREAT_KAPPA = 0.3  # that is enough, however common the values are
RARE = 0.005  # share of rows; two columns do not meet at rare values by themselves


def find_equal(matrix: Floats) -> list[tuple[float, int, int]]:
    """Return kappa and the places of two columns, the earlier one first, for all that agree.

    Args:
        matrix: Columns of numbers, NaN where missing; (n_columns, n_rows).
    """
    present = ~np.isnan(matrix)
    rich = [
        len(np.unique(row[here])) >= MIN_VALUES for row, here in zip(matrix, present, strict=True)
    ]
    chances = _bound_chances(matrix, present)
    pairs = []
    for early in np.flatnonzero(rich):
        equal = np.count_nonzero(matrix == matrix[early], axis=1)
        both = np.count_nonzero(present & present[early], axis=1)
        likely = equal - chances[early] * both >= MIN_KAPPA / 2 * (1 - chances[early]) * both
        for late in np.flatnonzero(likely & rich & (equal >= MIN_EQUAL)):
            kappa = _agree(matrix[early], matrix[late], len(matrix)) if late > early else None
            if kappa is not None:
                pairs.append((kappa, int(early), int(late)))
    return pairs


def _bound_chances(matrix: Floats, present: Mask) -> Floats:
    """Return all pairs' chance to be equal at common values; (n_columns, n_columns)."""
    common = []
    for row, here in zip(matrix, present, strict=True):
        values, counts = np.unique(row[here], return_counts=True)
        is_common = counts >= 2 * RARE * len(row)
        common.append((values[is_common], counts[is_common] / max(here.sum(), 1)))
    categories = np.unique(np.concatenate([values for values, _ in common]))
    shares = np.zeros((len(matrix), len(categories)))
    for row_shares, (values, own) in zip(shares, common, strict=True):
        row_shares[np.searchsorted(categories, values)] = own
    return np.asarray(shares @ shares.T)


def _agree(x: Floats, y: Floats, n_columns: int) -> float | None:
    """Return two columns' kappa; None if they do not agree beyond chance, or at one value only."""
    both = ~(np.isnan(x) | np.isnan(y))
    x, y = x[both], y[both]
    met, counts = np.unique(x[x == y], return_counts=True)
    n_pairs = n_columns**2 / 2
    kappa = _compare(x, y, n_pairs) if len(met) >= MIN_VALUES else None
    if kappa is None:
        return None
    other = (x != met[counts.argmax()]) & (y != met[counts.argmax()])
    return None if _compare(x[other], y[other], n_pairs) is None else kappa


def _compare(x: Floats, y: Floats, n_pairs: float) -> float | None:
    """Return kappa of columns without gaps, (n_rows,) each, if chance does not bring it about."""
    equal = x == y
    n_equal, n_rows = int(equal.sum()), len(x)
    if n_equal < MIN_EQUAL:
        return None
    (own, n_own), (other, n_other) = (np.unique(part, return_counts=True) for part in (x, y))
    shared, one, two = np.intersect1d(own, other, assume_unique=True, return_indices=True)
    chances = n_own[one] / n_rows * (n_other[two] / n_rows)
    share, chance = n_equal / n_rows, float(chances.sum())
    if share <= chance:
        return None
    kappa = (share - chance) / (1 - chance)
    is_rare = np.maximum(n_own[one], n_other[two]) < RARE * n_rows
    n_rare = int(np.isin(x[equal], shared[is_rare]).sum())
    is_enough = kappa >= GREAT_KAPPA or (kappa >= MIN_KAPPA and n_rare >= MIN_EQUAL)
    is_no_chance = _bound_log_chance(share, chance, n_rows) < np.log(SIGNIFICANCE_LEVEL / n_pairs)
    return kappa if is_enough and is_no_chance else None


def _bound_log_chance(share: float, chance: float, n_rows: int) -> float:
    """Bound the log of a binomial's chance to reach a share above its own (Chernoff 1952)."""
    parts = [(share, chance), (1 - share, 1 - chance)]
    return -n_rows * float(sum(p * np.log(p / q) for p, q in parts if p > 0))
