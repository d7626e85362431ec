from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from tabgan.evaluation.utility.folds import assign_parts, hold_out, make_folds
from tests.evaluation.conftest import people


def test_every_part_has_its_share_of_every_class() -> None:
    jobs = people(403, seed=1)["job"]
    parts = assign_parts(jobs, 5, np.random.default_rng(0))
    assert sorted(np.bincount(parts)) == [80, 80, 81, 81, 81]
    counts = pd.crosstab(parts, jobs.fillna("none"))
    assert (counts.max() - counts.min()).max() <= 1


def test_numbers_are_spread_by_their_rank() -> None:
    wages = people(400, seed=1)["wage"]
    parts = assign_parts(wages, 4, np.random.default_rng(0))
    means = wages.groupby(parts).mean()
    assert (means.max() - means.min()) < 0.05 * wages.std()


def test_ties_are_dealt_at_random() -> None:
    same = pd.Series([1] * 40)
    first, second = (assign_parts(same, 4, np.random.default_rng(seed)) for seed in (0, 1))
    assert (first != second).any()


def test_holding_out_keeps_the_classes_in_proportion() -> None:
    real = people(400, seed=1)
    train, test = hold_out(real, "job", seed=3)
    assert len(train) + len(test) == len(real)
    shares = [part["job"].value_counts(normalize=True) for part in (train, test)]
    assert (shares[0] - shares[1]).abs().max() < 0.01


def test_every_row_is_a_test_row_once_in_each_repeat() -> None:
    wages = people(101, seed=1)["wage"]
    folds = list(make_folds(wages, 5, 3, seed=7))
    assert [fold.number for fold in folds] == list(range(15))
    for repeat in range(3):
        tested = np.concatenate([fold.test for fold in folds[repeat * 5 : repeat * 5 + 5]])
        assert sorted(tested) == list(range(101))
    assert all(len(np.intersect1d(fold.train, fold.test)) == 0 for fold in folds)
    assert not np.array_equal(folds[0].test, folds[5].test)
    again = list(make_folds(wages, 5, 3, seed=7))
    assert all(np.array_equal(a.test, b.test) for a, b in zip(folds, again, strict=True))


@pytest.mark.parametrize(
    "dtype",
    [
        "float32",
        "Float64",
        "Int64",
        pd.SparseDtype("float64"),
        pd.ArrowDtype(pa.float16()),
        pd.ArrowDtype(pa.decimal128(23, 2)),
    ],
    ids=str,
)
def test_numbers_of_any_dtype_are_dealt_alike(dtype: Any) -> None:
    numbers = pd.Series([float(number) for number in range(40)])
    numbers = numbers.astype("Int64").astype(dtype)
    parts = assign_parts(numbers, 4, np.random.default_rng(0))
    plain = assign_parts(pd.Series(range(40)), 4, np.random.default_rng(0))
    assert (parts == plain).all()
