"""Do combinations of values that one row alone holds come again?"""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from tabgan.evaluation.metrics.metric import Comparison, Direction, IncomputableError, Measurement
from tabgan.evaluation.metrics.nearest_rows import subsample
from tabgan.evaluation.metrics.privacy import (
    MAX_RECORDS,
    MIN_TEST_ROWS,
    PrivacyMetric,
    SharedColumns,
    check_unseen_rows,
    compare_rows,
)

MAX_COLUMNS = 40  # that combinations are made of
MAX_SETS = 40  # of two columns, and as many of three
MAX_VALUES = 50  # of a number; of more, its values are cut into BINS at quantiles
BINS = 20


class SinglingOut(PrivacyMetric):
    """Share of a training row's rare combinations that synthetic rows hold too, in percent.

    A combination of two or three columns' values is rare where a single one of all real and test
    rows holds it; whoever finds it in the synthetic table may single out that row (the predicates
    of Giomi et al. 2023, Anonymeter). Chance makes such combinations as well: those that a test row
    alone holds are counted beside. Numbers of many values count by the interval that they are in.
    """

    name = "singling_out"
    title = "Rare combinations that come again"
    direction = Direction.DOWN
    unit = "%"

    def compute(self, comparison: Comparison) -> Measurement:
        """Return the mean share over the training rows that hold any; of test rows beside it."""
        check_unseen_rows(comparison)
        shared = SharedColumns.of(comparison)
        rng = np.random.default_rng(comparison.seed)
        tables = [
            subsample(each, MAX_RECORDS, rng)
            for each in (shared.real, shared.test, shared.synthetic)
        ]
        n_real, n_known = len(tables[0]), len(tables[0]) + len(tables[1])
        codes = _encode(np.vstack(tables), n_known)
        sets, note = _choose_sets(codes.shape[1], rng)
        rare, again = np.zeros(n_known), np.zeros(n_known)
        for chosen in sets:
            keys = _join(codes[:, chosen])
            known = keys[:n_known]
            is_rare = np.bincount(known)[known] == 1
            rare += is_rare
            again += is_rare & np.isin(known, keys[n_known:])
        shares = np.divide(again, rare, out=np.full(n_known, np.nan), where=rare > 0)
        members, others = (part[~np.isnan(part)] for part in (shares[:n_real], shares[n_real:]))
        fewest = min(len(members), len(others))
        if fewest < MIN_TEST_ROWS:
            raise IncomputableError(
                f"{fewest} rows with a rare combination are too few, {MIN_TEST_ROWS} are needed"
            )
        warning = "Rare combinations of training rows come again more often than those of others."
        return compare_rows(members, others, warning, "; ".join(filter(None, [shared.note, note])))


def _encode(matrix: NDArray[np.float64], n_known: int) -> NDArray[np.int64]:
    """Return values as codes from 0 up, gaps as one of them; numbers of many values as intervals.

    Args:
        matrix: Real, test and synthetic rows, shape (n_rows, n_features).
        n_known: Rows that are not synthetic, the first of all.
    """
    codes = np.empty(matrix.shape, np.int64)
    for place, values in enumerate(matrix.T):
        known = values[:n_known]
        present = np.unique(known[~np.isnan(known)])
        cut = values
        if len(present) > MAX_VALUES:
            edges = np.nanquantile(known, np.linspace(0, 1, BINS + 1)[1:-1])
            cut = np.where(np.isnan(values), np.nan, np.searchsorted(edges, values))
        codes[:, place] = np.unique(cut, return_inverse=True)[1]
    return codes


def _join(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return one code for each combination, from 0 up; shape (n_rows,)."""
    joined = codes[:, 0]
    for column in codes.T[1:]:
        joined = np.unique(joined * (column.max() + 1) + column, return_inverse=True)[1]
    return joined


def _choose_sets(n_columns: int, rng: np.random.Generator) -> tuple[list[list[int]], str]:
    """Return sets of two and of three columns, and what is left out of account, in words.

    Raises:
        IncomputableError: There are no two columns.
    """
    if n_columns < 2:
        raise IncomputableError("one column alone makes no combination")
    columns = sorted(rng.permutation(n_columns)[:MAX_COLUMNS].tolist())
    chosen: list[list[int]] = []
    for size in (2, 3):
        every = list(combinations(columns, size))
        indices = rng.permutation(len(every))[:MAX_SETS]
        chosen += [list(every[place]) for place in sorted(indices)]
    possible = n_columns * (n_columns - 1) // 2 + n_columns * (n_columns - 1) * (n_columns - 2) // 6
    left_out = possible - len(chosen)
    note = f"left out, by chance: {left_out:,} of {possible:,} pairs and triples of columns"
    return chosen, note if left_out else ""
