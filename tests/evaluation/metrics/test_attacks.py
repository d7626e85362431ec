"""A table that was copied is found out by every attack, and fresh rows by none."""

import numpy as np
import pandas as pd
import pytest

from tabgan.evaluation import METRICS, Comparison, MetricResult, evaluate
from tabgan.evaluation.metrics.nearest_rows import GowerDistance
from tabgan.evaluation.report.uncomputed import find_uncomputed
from tabgan.schema import TableSchema
from tests.evaluation.conftest import people

ATTACKS = ("membership_inference", "likelihood_ratio", "attribute_inference", "singling_out")
TRIALS = 25


def attack(
    name: str,
    real: pd.DataFrame,
    synthetic: pd.DataFrame,
    test: pd.DataFrame,
    *,
    is_unseen: bool = True,
) -> MetricResult:
    schema = TableSchema.infer(real)
    comparison = Comparison(real, synthetic, test, schema, "income", 0, is_unseen)
    return METRICS[name].evaluate(comparison)


def ends(result: MetricResult) -> tuple[float, float, float, float]:
    """Low end, value, high end and reference of a figure, all of which are there."""
    found = (result.low, result.value, result.high, result.reference)
    assert None not in found
    low, value, high, reference = (float(each or 0) for each in found)
    return low, value, high, reference


@pytest.mark.parametrize("name", ATTACKS)
def test_a_copied_table_leaks(name: str, real: pd.DataFrame, unseen: pd.DataFrame) -> None:
    result = attack(name, real, real.sample(frac=1, random_state=0), unseen)
    low, value, _, reference = ends(result)
    assert low > reference
    assert result.warning
    assert value == pytest.approx(100 if result.unit else 1, abs=0.02)


@pytest.mark.parametrize("name", ATTACKS)
def test_fresh_rows_do_not(name: str) -> None:
    """The interval holds the reference in about 95 of 100 tables; warnings are rarer still."""
    held, warned = 0, 0
    for seed in range(0, 3 * TRIALS, 3):
        real, synthetic, test = (people(rows, seed + n) for n, rows in enumerate((150, 150, 80)))
        result = attack(name, real, synthetic, test)
        low, _, high, reference = ends(result)
        held += low <= reference <= high
        warned += bool(result.warning)
    assert held >= 0.85 * TRIALS
    assert warned <= 2


@pytest.mark.parametrize("name", ATTACKS)
def test_too_few_rows_are_not_judged(name: str, real: pd.DataFrame) -> None:
    result = attack(name, real, real, people(19, seed=5))
    assert result.value is None
    assert result.note == "19 test rows are too few, 20 are needed"
    assert result.warning == ""


@pytest.mark.usefixtures("quick_metrics")
def test_rows_that_the_generator_may_have_seen_are_not_attacked(real: pd.DataFrame) -> None:
    report = evaluate(real, real, target="income", repeats=2)
    reason = "an attack needs test rows that the generator has not seen"
    for reading in report.to_dict()["readings"]:
        if reading["metric"] in ATTACKS:
            assert (reading["value"], reading["note"]) == (None, reason)
    (unknown,) = (each for each in find_uncomputed(report) if each.reason == reason)
    assert unknown.subject.count(";") == len(ATTACKS) - 1


def test_where_real_rows_are_few_a_near_row_says_more() -> None:
    """Half of the rows crowd together and half are spread; made ones stand beside the latter."""
    rng = np.random.default_rng(0)

    def world(rows: int) -> pd.DataFrame:
        scale = np.repeat([0.01, 1.0], rows // 2)[:, None]
        points = rng.normal(size=(rows, 3)) * scale
        return pd.DataFrame(points, columns=["x", "y", "income"])

    real, test, other = world(200), world(200), world(200)
    beside = real[100:] + rng.normal(0, 0.1, (100, 3))
    made = pd.concat([other[:100], beside], ignore_index=True)
    ratio, distance = (
        ends(attack(name, real, made, test))[1]
        for name in ("likelihood_ratio", "membership_inference")
    )
    assert ratio > distance + 0.05


def test_rare_combinations_are_counted() -> None:
    """Of forty pairs that one real row alone holds ten come again, of other pairs none."""
    levels = [f"level {n}" for n in range(40)]
    common, rare = [("a", "b")] * 40, list(zip(levels, levels, strict=True))
    unseen = list(zip(levels[:20], levels[20:], strict=True))
    real, test, made = (
        pd.DataFrame(rows, columns=["x", "income"])
        for rows in (common + rare, unseen, common + rare[:10])
    )
    result = attack("singling_out", real, made, test)
    assert (result.value, result.reference) == (25, 0)
    assert result.warning == (
        "Rare combinations of training rows come again more often than those of others."
    )


def test_wide_tables_are_attacked_in_part() -> None:
    rng = np.random.default_rng(0)
    names = [f"c{n}" for n in range(59)] + ["income"]
    real, test, made = (
        pd.DataFrame(rng.integers(0, 6, (60, 60)), columns=names).astype(str) for _ in range(3)
    )
    result = attack("singling_out", real, made, test)
    assert "35,910 of 35,990 pairs and triples of columns" in result.note
    assert "'c5', 'c6'" in attack("attribute_inference", real, made, test).note


def test_one_column_alone_cannot_be_attacked() -> None:
    table = pd.DataFrame({"income": np.arange(50) % 7})
    for name in ("attribute_inference", "singling_out"):
        assert "one column alone" in attack(name, table, table, table).note


def test_the_nearest_by_all_other_columns(real: pd.DataFrame, unseen: pd.DataFrame) -> None:
    comparison = Comparison(real, unseen, unseen, TableSchema.infer(real), "income", 0)
    features = comparison.features
    rows, records = comparison.real_matrix, comparison.test_matrix
    distance = GowerDistance.fit(rows, features)
    columns = list(range(len(features.items)))
    near = distance.nearest_by_others(rows, records, columns)
    for column in columns:
        kept = [place for place in columns if place != column]
        numbers = [
            n for n, place in enumerate(np.flatnonzero(~features.categorical)) if place in kept
        ]
        other = GowerDistance(
            features.categorical[kept], distance.medians[numbers], distance.ranges[numbers]
        )
        expected = other.nearest(rows[:, kept], records[:, kept]).distances[:, 0]
        found = [
            other.nearest(rows[[n]][:, kept], records[[near[n, column]]][:, kept]).distances[0, 0]
            for n in range(len(rows))
        ]
        assert np.allclose(found, expected)
