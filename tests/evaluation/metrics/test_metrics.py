"""What every metric in the registry must satisfy, whoever adds it."""

import numpy as np
import pandas as pd
import pytest

from tabgan.evaluation import METRICS, Comparison
from tabgan.evaluation.metrics.metric import MetricCategory
from tabgan.schema import TableSchema
from tests.evaluation.conftest import people


def compare(real: pd.DataFrame, synthetic: pd.DataFrame, unseen: pd.DataFrame) -> Comparison:
    return Comparison(real, synthetic, unseen, TableSchema.infer(real), "income", 0)


def shuffled(table: pd.DataFrame) -> pd.DataFrame:
    """Every column in an order of its own, from the younger half of the rows."""
    half = table.sort_values("age").head(len(table) // 2)
    rng = np.random.default_rng(0)
    return pd.DataFrame({name: half[name].to_numpy()[rng.permutation(len(half))] for name in half})


def test_registry_is_keyed_by_name() -> None:
    assert [metric.name for metric in METRICS.values()] == list(METRICS)


@pytest.mark.parametrize("name", METRICS)
def test_identical_tables_score_best_and_shuffled_ones_worse(
    name: str, real: pd.DataFrame, unseen: pd.DataFrame
) -> None:
    metric = METRICS[name]
    same = metric.evaluate(compare(real, real, unseen.head(40))).value
    worse = metric.evaluate(compare(real, shuffled(real), unseen.head(40))).value
    assert same is not None
    assert worse is not None
    better = metric.direction.sign * (same - worse)
    if metric.aim is MetricCategory.FIDELITY:
        assert better > 0
    else:  # a copy is the worst there is for privacy
        assert better < 0


@pytest.mark.parametrize("name", METRICS)
def test_rows_of_the_same_world_are_near_the_reference(
    name: str, real: pd.DataFrame, unseen: pd.DataFrame
) -> None:
    result = METRICS[name].evaluate(compare(real, people(240, seed=9), unseen))
    far = METRICS[name].evaluate(compare(real, shuffled(real), unseen))
    assert result.value is not None
    assert far.value is not None
    assert result.reference is not None
    assert result.warning == ""
    if METRICS[name].aim is MetricCategory.FIDELITY:
        gap, gap_far = (abs(value - result.reference) for value in (result.value, far.value))
        assert gap < gap_far / 2


@pytest.mark.parametrize(
    "name", [name for name in METRICS if METRICS[name].aim is MetricCategory.PRIVACY]
)
def test_privacy_warns_of_copies_and_of_nothing_else(
    name: str, real: pd.DataFrame, unseen: pd.DataFrame
) -> None:
    half = pd.concat([real.head(120), people(120, seed=9)], ignore_index=True)
    assert METRICS[name].evaluate(compare(real, half, unseen)).warning.endswith(".")
    assert METRICS[name].evaluate(compare(real, people(100, seed=8), unseen)).warning == ""


def test_the_attack_has_an_interval(real: pd.DataFrame, unseen: pd.DataFrame) -> None:
    attack = METRICS["membership_inference"]
    fair = attack.evaluate(compare(real, people(240, seed=9), unseen))
    assert fair.low is not None
    assert fair.high is not None
    assert fair.value is not None
    assert fair.low < 0.5 < fair.high
    assert fair.low < fair.value < fair.high
    assert attack.evaluate(compare(real, real, unseen)).value == pytest.approx(1, abs=0.01)


def test_a_copy_of_rows_that_stand_twice_singles_out_none() -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": rng.normal(size=100), "y": rng.normal(size=100), "income": 1.5})
    twice = pd.concat([table, table], ignore_index=True)
    test = pd.DataFrame({"x": rng.normal(size=50), "y": rng.normal(size=50), "income": 1.5})
    assert METRICS["neighbour_ratio"].evaluate(compare(twice, table, test)).value == 1


@pytest.mark.parametrize("name", METRICS)
def test_same_seed_same_value_and_untouched_global_state(
    name: str, real: pd.DataFrame, unseen: pd.DataFrame
) -> None:
    before = np.random.get_state(legacy=False)["state"]["key"].copy()  # noqa: NPY002
    first = METRICS[name].evaluate(compare(real, unseen, unseen))
    assert METRICS[name].evaluate(compare(real, unseen, unseen)) == first
    assert np.array_equal(before, np.random.get_state(legacy=False)["state"]["key"])  # noqa: NPY002


def test_a_metric_that_cannot_be_computed_says_why_in_its_place(real: pd.DataFrame) -> None:
    few = compare(real, real.head(4), real.head(4))
    assert METRICS["detection_boosted"].evaluate(few).value is None
    assert "4 rows" in METRICS["detection_boosted"].evaluate(few).note
    for name in ("precision", "coverage", "nearness", "neighbour_ratio", "membership_inference"):
        assert "too few" in METRICS[name].evaluate(few).note
    apart = compare(real[["age", "job"]], real[["age", "job"]], real[["age", "job"]])
    assert "belong together" in METRICS["pair_trends"].evaluate(apart).note


def test_a_column_without_values_is_named_and_left_out(real: pd.DataFrame) -> None:
    synthetic = real.assign(tax=np.nan)
    assert "tax" in METRICS["column_shapes"].evaluate(compare(real, synthetic, real)).note
    assert "wage / tax" in METRICS["pair_trends"].evaluate(compare(real, synthetic, real)).note
