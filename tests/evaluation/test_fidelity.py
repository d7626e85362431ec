import numpy as np
import pytest

from tabgan.evaluation.fidelity import (
    correlation,
    cramers_v,
    kolmogorov_smirnov,
    total_variation,
)


def test_distances_of_tables_worked_out_by_hand() -> None:
    assert kolmogorov_smirnov(np.array([1.0, 2, np.nan]), np.array([2.0, 3])) == 0.5
    assert total_variation(np.array([0, 0, 1, 1]), np.array([0, 2])) == 0.5


def test_against_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=200), rng.normal(0.3, 1, size=150)
    expected = stats.ks_2samp(first, second).statistic
    assert kolmogorov_smirnov(first, second) == pytest.approx(expected)
    assert correlation(first[:150], second) == pytest.approx(
        stats.pearsonr(first[:150], second).statistic
    )
    a, b = rng.integers(0, 4, 300), rng.integers(0, 3, 300)
    table = np.zeros((4, 3), dtype=int)
    np.add.at(table, (a, b), 1)
    assert cramers_v(a, b) == pytest.approx(stats.contingency.association(table, method="cramer"))


def test_what_does_not_vary_has_no_trend() -> None:
    assert np.isnan(correlation(np.ones(5), np.arange(5.0)))
    assert np.isnan(cramers_v(np.zeros(5, dtype=np.int64), np.arange(5)))
