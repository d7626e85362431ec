"""The first pass: a fair sample of rows, and the extreme rows that it must not miss."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from tabgan.errors import TableError
from tabgan.fitting.concat import stack
from tabgan.fitting.first_pass import FirstPass, first_pass, infer_schema
from tabgan.schema import TableSchema


def make_table(rows: int = 2_000) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "key": np.arange(rows) + 7,
            "x": rng.normal(size=rows).round(3),
            "whole": rng.integers(0, 50, rows).astype(float),
            "gap": rng.normal(size=rows),
            "town": rng.choice(["Ulm", "Rom"], rows),
        }
    )
    table.loc[1_234, "x"] = 99.0
    table.loc[1_500, "whole"] = 3.5
    table.loc[1_700, "gap"] = np.nan
    return table


def look(table: pd.DataFrame, batch: int = 300, rows: int = 100, seed: int = 0) -> FirstPass:
    def batches() -> Iterator[pd.DataFrame]:
        for start in range(0, len(table), batch):
            yield table.iloc[start : start + batch].reset_index(drop=True)

    return first_pass(batches(), np.random.default_rng(seed), rows)


def test_the_reservoir_is_bounded_fair_and_the_same_for_any_batches() -> None:
    table = make_table()
    sampled = look(table)
    assert sampled.rows == 2_000
    assert 100 <= len(sampled.sample) < 140
    assert sampled.sample["key"].is_monotonic_increasing
    fine = set(look(table, batch=70).sample["key"])
    assert (
        len(set(sampled.sample["key"]) - fine) < 20
    )  # extreme rows differ, the reservoir does not
    chosen = np.concatenate([look(table, rows=400, seed=s).sample["key"] for s in range(20)])
    assert np.histogram(chosen, 4, (7, 2_007))[0] / len(chosen) == pytest.approx(0.25, abs=0.04)


def test_ends_gaps_and_fractions_are_in_it() -> None:
    table = make_table()
    sample = look(table, rows=10).sample
    assert sample["x"].max() == 99.0
    assert sample["x"].min() == table["x"].min()
    assert (sample["whole"] % 1 > 0).any()
    assert sample["gap"].isna().any()
    assert sample["key"].agg(["min", "max"]).tolist() == [7, 2_006]


def test_the_schema_is_that_of_the_whole_table() -> None:
    table = make_table()
    assert infer_schema(look(table), "town") == TableSchema.infer(table, "town")


def test_a_column_that_changes_its_type_is_refused() -> None:
    head = pd.DataFrame({"x": [1.5, 2.0]})
    batches = [head, head, pd.DataFrame({"x": ["oops", "2"]})]
    with pytest.raises(TableError, match="'x' holds numbers from row 1 on.*'oops' near row 5"):
        first_pass(iter(batches), np.random.default_rng(0), 10)


def test_parts_of_a_column_get_its_dtype() -> None:
    first = pd.DataFrame({"n": [1, 2], "t": ["a", "b"], "c": pd.Categorical(["u", "v"])})
    later = pd.DataFrame({"n": [np.nan, 5], "t": [np.nan, np.nan], "c": pd.Categorical(["w", "u"])})
    sampled = first_pass(iter([first, later]), np.random.default_rng(0), 10)
    whole = stack([sampled.conform(first), sampled.conform(later)])
    assert whole.dtypes.equals(sampled.sample.dtypes)
    assert whole["n"].tolist()[:2] == [1, 2]
    assert whole["t"].isna().tolist() == [False, False, True, True]
    assert whole["c"].tolist() == ["u", "v", "w", "u"]


def test_a_table_without_rows_is_refused() -> None:
    with pytest.raises(TableError, match="no rows"):
        first_pass(iter([]), np.random.default_rng(0), 10)
