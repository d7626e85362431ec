"""Rows of a Dask DataFrame: the very ones of a frame in memory, however they are spread."""

import warnings
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import dask
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
from dask.distributed import Client, LocalCluster
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tabgan import TabGAN, TabularModel
from tabgan.dask import complete, impute, predict, score_samples
from tabgan.errors import ConditionError, TableError
from tabgan.model import complete as completion

ROWS, BLOCK = 140, 25


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    town = rng.choice(["Ulm", "Rom", "Bonn"], ROWS)
    return pd.DataFrame(
        {
            "id": [f"K{number:04d}" for number in range(ROWS)],
            "x": rng.normal(size=ROWS).round(3),
            "town": town,
            "land": np.where(town == "Rom", "IT", "DE"),
            "age": pd.Series(rng.integers(18, 80, ROWS), dtype="Int64").mask(
                rng.random(ROWS) < 0.1
            ),
        },
        index=np.arange(ROWS) * 3,
    )


@pytest.fixture(scope="module")
def model(table: pd.DataFrame) -> TabularModel:
    return TabGAN("town", random_state=0, steps=5, device="cpu", refine=False).fit(table).model_


@pytest.fixture(scope="module")
def rows(table: pd.DataFrame) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    hidden = {name: table[name].mask(rng.random(ROWS) < 0.3) for name in ("id", "x", "town", "age")}
    return pd.DataFrame(hidden)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Blocks of BLOCK rows, and text that stays what it is in the table."""
    monkeypatch.setattr(completion, "BLOCK_ROWS", BLOCK)
    with dask.config.set({"dataframe.convert-string": False, "scheduler": "synchronous"}):
        yield


FEW = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def spread(frame: pd.DataFrame, cuts: list[int]) -> dd.DataFrame:
    """Partitions that begin at each cut, empty ones among them."""
    ends = [0, *sorted(cuts), len(frame)]
    parts = [frame.iloc[start:stop] for start, stop in pairwise(ends)]
    return dd.from_delayed([dask.delayed(part) for part in parts], meta=frame[:0])


@FEW
@given(cuts=st.lists(st.integers(0, ROWS), max_size=5))
def test_rows_are_those_in_memory_however_they_are_spread(
    model: TabularModel, rows: pd.DataFrame, cuts: list[int]
) -> None:
    parts = spread(rows, cuts)
    for fast in (False, True):
        made = complete(model, parts, n_draws=2, redraw=["x"], seed=3, fast=fast)
        assert made.npartitions == parts.npartitions
        expected = model.complete(rows, 2, ["x"], seed=3, fast=fast)
        pd.testing.assert_frame_equal(made.compute(), expected, check_dtype=False)
    filled = impute(model, parts, point=True, columns=["age", "town"], seed=3).compute()
    expected = model.impute(rows, point=True, columns=["age", "town"], seed=3)
    pd.testing.assert_frame_equal(filled, expected, check_dtype=False)


@FEW
@given(cuts=st.lists(st.integers(0, ROWS), max_size=5))
def test_predictions_are_those_in_memory(
    model: TabularModel, rows: pd.DataFrame, cuts: list[int]
) -> None:
    parts = spread(rows, cuts)
    one = predict(model, parts, "town")
    assert one.npartitions == parts.npartitions
    pd.testing.assert_series_equal(one.compute(), model.predict(rows, "town"), check_dtype=False)
    several = predict(model, parts, ["age", "town"], seed=3).compute()
    expected = model.predict(rows, ["age", "town"], seed=3)
    pd.testing.assert_frame_equal(several, expected, check_dtype=False)


def test_what_cannot_be_predicted_is_said_at_once(model: TabularModel, rows: pd.DataFrame) -> None:
    with pytest.raises(ConditionError, match="the model knows no column 'more'"):
        predict(model, spread(rows, [10]), "more")
    odd = rows.assign(x=[*rows["x"][:11], "wide", *rows["x"][12:]])
    made = predict(model, spread(odd, [10, 20]), "town")
    with pytest.raises(ConditionError, match="row 12 holds 'wide' in the column 'x'"):
        made.compute()


def test_scores_are_those_in_memory(model: TabularModel, table: pd.DataFrame) -> None:
    found = score_samples(model, spread(table, [7, 7, 100]), seed=2)
    assert found.npartitions == 4
    scores = found.compute()
    assert scores.tolist() == model.score_samples(table, seed=2).tolist()
    assert scores.index.equals(table.index)


def test_divisions_and_meta_are_known(model: TabularModel, rows: pd.DataFrame) -> None:
    parts = dd.from_pandas(rows, npartitions=3)
    made = complete(model, parts, seed=0)
    assert made.divisions == parts.divisions
    assert list(made.columns) == list(model.schema.names)
    assert made.dtypes["x"] == "float64"
    twice = [made.compute() for _ in range(2)]
    pd.testing.assert_frame_equal(*twice)
    free = complete(model, parts)  # its seed is drawn once
    pd.testing.assert_frame_equal(free.compute(), free.compute())


def test_a_cluster_gives_the_rows_of_one_process(model: TabularModel, rows: pd.DataFrame) -> None:
    with (
        warnings.catch_warnings(),
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, processes=False
        ) as cluster,
        Client(cluster),
        dask.config.set(scheduler=None),
    ):
        made = impute(model, spread(rows, [30, 90]), seed=1).compute()
    pd.testing.assert_frame_equal(made, model.impute(rows, seed=1), check_dtype=False)


@pytest.mark.parametrize("ask", [complete, impute, predict, score_samples])
def test_what_cannot_be_asked_is_said(model: TabularModel, rows: pd.DataFrame, ask: Any) -> None:
    with pytest.raises(TableError, match="are a Dask DataFrame, not a DataFrame"):
        ask(model, rows)


def test_columns_that_are_not_there_are_refused_at_once(
    model: TabularModel, rows: pd.DataFrame
) -> None:
    with pytest.raises(ConditionError, match="the model knows no column 'more'"):
        complete(model, spread(rows.assign(more=1), [10]))
    odd = rows.assign(x=[*rows["x"][:11], "wide", *rows["x"][12:]])
    made = complete(model, spread(odd, [10, 20]))
    with pytest.raises(ConditionError, match="row 12 holds 'wide' in the column 'x'"):
        made.compute()
