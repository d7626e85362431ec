import numpy as np
import pandas as pd
import pytest

from tabgan.evaluation import METRICS, Comparison
from tabgan.evaluation.metrics import contingency
from tabgan.evaluation.metrics.contingency import ContingencyTables
from tabgan.evaluation.metrics.fidelity import (
    correlation,
    cramers_v,
    kolmogorov_smirnov,
    total_variation,
)
from tabgan.schema import TableSchema
from tests.evaluation.conftest import people


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


@pytest.mark.filterwarnings("ignore:The single table quality report:FutureWarning")
@pytest.mark.parametrize("seed", [0, 1])
def test_shapes_and_trends_are_those_of_sdmetrics(seed: int) -> None:
    """Where sdmetrics 0.32 is installed, which takes a pandas below 3."""
    reports = pytest.importorskip("sdmetrics.reports.single_table")
    real, synthetic = people(300, seed=seed), people(200, seed=seed + 10)
    synthetic["tax"] = synthetic["tax"].sample(frac=1, random_state=seed).to_numpy()
    schema = TableSchema.infer(real)
    comparison = Comparison(real, synthetic, real, schema, "income", seed)
    kinds = {
        item.name: "categorical" if item.categorical else "numerical"
        for item in comparison.features.items
    }
    tables = [
        pd.DataFrame(
            {
                name: table[name].fillna("missing").astype(object)
                if kind == "categorical"
                else comparison.features.matrix(table)[:, place]
                for place, (name, kind) in enumerate(kinds.items())
            }
        )
        for table in (real, synthetic)
    ]
    columns = {name: {"sdtype": kind} for name, kind in kinds.items()}
    report = reports.QualityReport()
    report.generate(*tables, {"columns": columns}, verbose=False)
    scores = report.get_properties().set_index("Property")["Score"]
    shapes, trends = (
        METRICS[name].evaluate(comparison) for name in ("column_shapes", "pair_trends")
    )
    assert shapes.value == pytest.approx(100 * (1 - scores["Column Shapes"]), rel=1e-9)
    assert trends.value == pytest.approx(100 * (1 - scores["Column Pair Trends"]), rel=1e-9)


def test_pairs_that_are_counted_at_once_have_the_figures_of_each_alone() -> None:
    rng = np.random.default_rng(0)
    real, synthetic = (rng.integers(0, [2, 5, 90, 1], (n, 4)) for n in (300, 200))
    synthetic[:, 1] += 3  # levels of which the other table knows nothing
    real[:, 3], synthetic[:, 3] = real[:, 0] + 7, 9
    tables, others = ContingencyTables(real, synthetic), np.array([0, 2, 3])
    strengths, distances = tables.measure_strengths(1, others), tables.measure_distances(1, others)
    for other, strength, distance in zip(others, strengths, distances, strict=True):
        assert strength == pytest.approx(cramers_v(real[:, 1], real[:, other]))
        pairs = [(table[:, 1] << 32) | table[:, other] for table in (real, synthetic)]
        assert distance == pytest.approx(total_variation(*pairs))


def test_tables_of_many_levels_are_measured_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    real, synthetic = people(300, seed=0), people(200, seed=1)
    comparison = Comparison(real, synthetic, real, TableSchema.infer(real), "income", 0)
    expected = METRICS["pair_trends"].evaluate(comparison).value
    monkeypatch.setattr(contingency, "MAX_COUNTED", 20)
    found = METRICS["pair_trends"].evaluate(comparison).value
    assert found == pytest.approx(expected, rel=1e-12)
