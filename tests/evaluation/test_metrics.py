"""What every metric in the registry must satisfy, whoever adds it."""

import numpy as np
import pandas as pd
import pytest

from tabgan.evaluation import METRICS, Comparison
from tabgan.evaluation.metric import Aim
from tabgan.schema import TableSchema


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
    same = metric.read(compare(real, real, unseen.head(40))).value
    worse = metric.read(compare(real, shuffled(real), unseen.head(40))).value
    assert same is not None
    assert worse is not None
    better = metric.direction.sign * (same - worse)
    if metric.aim is Aim.FIDELITY:
        assert better > 0
    else:  # a copy is the worst there is for privacy
        assert better < 0
        assert same == 100


@pytest.mark.parametrize("name", METRICS)
def test_real_rows_that_were_not_seen_are_the_reference(
    name: str, real: pd.DataFrame, unseen: pd.DataFrame
) -> None:
    reading = METRICS[name].read(compare(real, unseen, unseen))
    assert reading.value == pytest.approx(reading.reference)


@pytest.mark.parametrize("name", METRICS)
def test_same_seed_same_value_and_untouched_global_state(
    name: str, real: pd.DataFrame, unseen: pd.DataFrame
) -> None:
    before = np.random.get_state(legacy=False)["state"]["key"].copy()  # noqa: NPY002
    first = METRICS[name].read(compare(real, unseen, unseen))
    assert METRICS[name].read(compare(real, unseen, unseen)) == first
    assert np.array_equal(before, np.random.get_state(legacy=False)["state"]["key"])  # noqa: NPY002


def test_a_metric_that_cannot_be_computed_says_why_in_its_place(real: pd.DataFrame) -> None:
    few = compare(real, real.head(4), real.head(4))
    assert METRICS["detection_boosted"].read(few).value is None
    assert "4 rows" in METRICS["detection_boosted"].read(few).note
    assert "too few" in METRICS["nearness"].read(few).note
    apart = compare(real[["age", "job"]], real[["age", "job"]], real[["age", "job"]])
    assert "belong together" in METRICS["pair_trends"].read(apart).note


def test_a_column_without_values_is_named_and_left_out(real: pd.DataFrame) -> None:
    synthetic = real.assign(tax=np.nan)
    assert "tax" in METRICS["column_shapes"].read(compare(real, synthetic, real)).note
    assert "wage / tax" in METRICS["pair_trends"].read(compare(real, synthetic, real)).note
