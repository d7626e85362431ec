import numpy as np
import pandas as pd

from tabgan.evaluation.metrics.association import associations
from tabgan.evaluation.metrics.feature_matrix import Features
from tabgan.evaluation.metrics.fidelity import correlation, cramers_v
from tabgan.schema import TableSchema


def test_every_pair_equals_its_definition(real: pd.DataFrame) -> None:
    features = Features.fit(real, TableSchema.infer(real))
    table, categorical = features.matrix(real), features.categorical
    found = associations(table, categorical)
    assert np.array_equal(found, found.T)
    for i, j in np.argwhere(np.triu(np.ones_like(found), 1)):
        first, second = table[:, i], table[:, j]
        if categorical[i] and categorical[j]:
            expected = cramers_v(
                *(np.nan_to_num(v, nan=9).astype(np.int64) for v in (first, second))
            )
        elif categorical[i] or categorical[j]:
            codes, number = (first, second) if categorical[i] else (second, first)
            known = ~np.isnan(number)
            groups = pd.Series(number[known]).groupby(pd.Series(codes[known]).fillna(9))
            means = groups.transform("mean")
            expected = float(np.sqrt(means.var() / number[known].var(ddof=1)))
        else:
            expected = correlation(first, second)
        assert abs(found[i, j] - expected) < 1e-9, (i, j)


def test_what_does_not_vary_has_no_association() -> None:
    rng = np.random.default_rng(0)
    constant, gaps = np.full(30, 1e9), np.full(30, np.nan)
    table = np.column_stack([rng.random(30), constant, gaps, rng.integers(0, 3, 30), np.zeros(30)])
    found = associations(table, np.array([False, False, False, True, True]))
    assert np.array_equal(np.diag(found), np.ones(5))
    assert 0 <= found[0, 3] < 1
    for constant_column in (1, 2, 4):
        others = [column for column in range(5) if column != constant_column]
        assert np.isnan(found[constant_column, others]).all()


def test_many_categories_are_pooled() -> None:
    codes = np.arange(400.0) % 100
    found = associations(np.column_stack([codes, codes]), np.array([True, True]))
    assert found[0, 1] == 1
