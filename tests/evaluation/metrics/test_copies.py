import numpy as np
import pandas as pd
import pytest

from tabgan.evaluation import METRICS, Comparison, MetricResult
from tabgan.evaluation.metrics.alignment import align
from tabgan.evaluation.metrics.feature_matrix import Features
from tabgan.schema import TableSchema
from tests.evaluation.conftest import people


def few_kinds(rows: int, seed: int) -> pd.DataFrame:
    """A table of 24 different rows at the most."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "size": rng.choice(["s", "m", "l"], rows),
            "colour": rng.choice(["red", "blue", "green", "grey"], rows),
            "income": rng.choice(["low", "high"], rows),
        }
    )


def jittered(table: pd.DataFrame) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    numbers = table[["wage", "tax"]]
    return table.assign(
        **numbers + 0.001 * numbers.std().to_numpy() * rng.normal(size=numbers.shape)
    )


def measure(
    name: str, real: pd.DataFrame, synthetic: pd.DataFrame, test: pd.DataFrame
) -> MetricResult:
    schema = TableSchema.infer(real)
    aligned = align(synthetic, Features.fit(real, schema), real.columns, "synthetic").table
    return METRICS[name].evaluate(Comparison(real, aligned, test, schema, "income", 0))


def test_copies_are_counted_among_real_and_test_rows(
    real: pd.DataFrame, unseen: pd.DataFrame
) -> None:
    fresh = people(50, seed=9)
    made = pd.concat([real.head(30), unseen.head(20), fresh], ignore_index=True)
    found = measure("copies", real, made, unseen)
    assert found.value == pytest.approx(50)
    assert found.reference == 0
    assert found.warning


def test_a_table_that_lacks_a_column_may_be_a_copy_in_the_others(
    real: pd.DataFrame, unseen: pd.DataFrame
) -> None:
    for name in ("copies", "near_copies"):
        found = measure(name, real, real.drop(columns="job").iloc[::2], unseen)
        assert found.value is not None
        assert found.value > 90
        assert found.note == "left out, without a value in the synthetic table: 'job'"


def test_rows_of_a_table_of_few_kinds_are_no_copies_but_the_table_itself_is() -> None:
    real, test = few_kinds(300, 0), few_kinds(100, 1)
    fresh = measure("copies", real, few_kinds(300, 2), test)
    assert (fresh.value, fresh.warning) == (fresh.reference, "")
    shuffled = measure("copies", real, real.sample(frac=1, random_state=0), test)
    assert shuffled.warning == "The synthetic table is the real one, row for row."
    assert shuffled.value == 100


def test_a_table_so_small_that_chance_makes_it_is_no_copy() -> None:
    real = pd.DataFrame({"flag": ["a", "b"] * 10, "income": ["low", "low", "high", "high"] * 5})
    assert measure("copies", real, real, few_kinds(20, 0).assign(flag="a")).warning == ""


@pytest.mark.parametrize("part", ["real", "test"])
def test_near_copies_of_real_and_of_test_rows(
    real: pd.DataFrame, unseen: pd.DataFrame, part: str
) -> None:
    found = measure("near_copies", real, jittered(real if part == "real" else unseen), unseen)
    assert found.value is not None
    assert found.reference is not None
    assert found.value > 80
    assert found.reference < 5
    assert measure("copies", real, jittered(unseen), unseen).warning == ""


def test_near_copies_need_few_rows() -> None:
    real, test = people(30, seed=1), people(8, seed=2)
    assert measure("near_copies", real, jittered(real), test).warning
    assert measure("near_copies", real, people(30, seed=3), test).warning == ""


def test_where_no_test_row_stands_twice_real_rows_are_asked(real: pd.DataFrame) -> None:
    few = people(10, seed=2)
    made = pd.concat([real.head(8), people(200, seed=9)], ignore_index=True)
    found = measure("copies", real, made, few)
    assert found.reference == 0
    assert found.warning


def test_the_test_table_is_named_where_it_was_copied(
    real: pd.DataFrame, unseen: pd.DataFrame
) -> None:
    found = measure("copies", real, unseen, unseen)
    assert found.warning == "The synthetic table is the test table, row for row."
