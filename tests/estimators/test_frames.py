"""What the estimators are fitted to, and that they give back the same kind with the same dtypes."""

import datetime as dt
import pickle
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import sklearn
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone

from tabgan import TabGAN, TabGANSampler, TabularModel, TrainingConfig
from tabgan.errors import SettingError, TableError
from tabgan.io import read_table, write_table

TINY = TrainingConfig(
    steps=1,
    batch_size=16,
    hidden_dim=8,
    n_layers=1,
    latent_dim=2,
    n_validations=1,
    max_modes=2,
    refine_rounds=0,
)
GAN = TabGAN(config=TINY, random_state=0, device="cpu")
SAMPLER = TabGANSampler(config=TINY, random_state=0, device="cpu")
ROWS = 40
SIZES = pl.Enum(["S", "M", "L", "XL"])


def orders() -> pl.DataFrame:
    """A column of every dtype that polars shares with Arrow, most with gaps."""
    rng = np.random.default_rng(0)
    numbers = rng.integers(0, 90, ROWS)
    start = dt.datetime(2024, 3, 1)  # noqa: DTZ001
    columns = {
        **{
            str(dtype): pl.Series(numbers, dtype=dtype)
            for dtype in (pl.Int8, pl.Int32, pl.Int64, pl.UInt16, pl.UInt64, pl.Float32)
        },
        "size": pl.Series(rng.choice(["S", "M", "L"], ROWS), dtype=SIZES),
        "shop": pl.Series(rng.choice(["Ulm", "Rom"], ROWS), dtype=pl.Categorical),
        "price": pl.Series([Decimal(int(n)) / 100 for n in numbers], dtype=pl.Decimal(9, 2)),
        "day": [start.date() + dt.timedelta(int(n)) for n in numbers],
        "clock": [dt.time(int(n) % 24, 30) for n in numbers],
        "sent": pl.Series(
            [start + dt.timedelta(hours=int(n)) for n in numbers]
        ).dt.replace_time_zone("Europe/Berlin"),
        "took": [dt.timedelta(minutes=int(n)) for n in numbers],
        "gift": rng.random(ROWS) < 0.4,
        "note": rng.choice(["a", "b"], ROWS),
        "void": [None] * ROWS,
    }
    gaps = pl.Series(rng.random(ROWS) < 0.15)
    frame = pl.DataFrame(columns).with_columns(pl.when(~gaps).then(pl.all()).name.keep())
    kept = pl.Series("kept", ["no"] * 28 + ["yes"] * 12)
    return frame.cast({"size": SIZES, "shop": pl.Categorical}).with_columns(kept)


ORDERS = orders()
ARROW = ORDERS.to_arrow()
PANDAS = ARROW.to_pandas(types_mapper=pd.ArrowDtype)
RECORDS = ORDERS.select("Int64", "price", "day", "note", "gift").to_dicts()


def fit(table: Any, y: Any = None) -> TabGAN:
    gan: TabGAN = clone(GAN)
    return gan.fit(table, y)


@pytest.mark.parametrize("table", [ORDERS, ORDERS.lazy()], ids=["eager", "lazy"])
def test_polars_gives_polars(table: Any) -> None:
    made = fit(table).sample(9)
    assert isinstance(made, pl.DataFrame)
    assert (made.schema, made.height) == (ORDERS.schema, 9)


def test_arrow_gives_arrow() -> None:
    made = fit(ARROW).sample(9)
    assert made.schema.equals(ARROW.schema, check_metadata=True)
    assert made.num_rows == 9


def test_duckdb_gives_arrow() -> None:
    relation = duckdb.sql(
        "select i::utinyint as i, i * 1.5::decimal(9, 2) as d from range(50) t(i)"
    )
    made = fit(relation).sample(5)
    assert made.schema == pa.table(relation).schema


@pytest.mark.parametrize("backend", ["pyarrow", "numpy_nullable"])
def test_pandas_keeps_its_backend(backend: Any) -> None:
    frame = (
        ORDERS.select("Int64", "note", "gift", "day")
        .to_pandas()
        .convert_dtypes(dtype_backend=backend)
    )
    pd.testing.assert_series_equal(fit(frame).sample(9).dtypes, frame.dtypes)


def test_records_and_dicts_give_the_same() -> None:
    made = fit(RECORDS).sample(9)
    assert list(made[0]) == list(RECORDS[0])
    types = {name: {type(record[name]) for record in RECORDS} for name in RECORDS[0]}
    assert {type(record[name]) for record in made for name in record} <= set.union(*types.values())
    columns = fit({"n": [1, None, 3, 4] * 10, "t": ["a", "b"] * 20}).sample(200)
    assert list(columns) == ["n", "t"]
    assert {type(number) for number in columns["n"]} == {int, type(None)}


def test_the_kind_of_a_frame_changes_no_row() -> None:
    table = ORDERS.select("Int64", "note", "gift", "Float32")
    by_polars, by_arrow = fit(table).sample(20), fit(table.to_arrow()).sample(20)
    assert by_polars.equals(pl.from_arrow(by_arrow))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(ORDERS.columns[:-1]), min_size=1, unique=True), st.booleans())
def test_any_columns_give_the_schema_that_they_had(names: list[str], with_target: bool) -> None:
    table = ORDERS.select(names)
    made = fit(table, ORDERS["kept"] if with_target else None).sample(3)
    expected = ORDERS.select([*names, "kept"]) if with_target else table
    assert made.schema == expected.schema


@pytest.mark.parametrize(
    ("y", "name"),
    [
        (ORDERS["size"], "size"),
        (ORDERS.select("size"), "size"),
        (ARROW.select(["size"]), "size"),
        (ARROW["size"], "target"),
        (PANDAS["size"].astype(str), "size"),
        (ORDERS["size"].to_list(), "target"),
        ({"size": ORDERS["size"].to_list()}, "size"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_y_may_be_of_another_kind(y: Any, name: str) -> None:
    model = fit(ORDERS.drop("size"), y)
    assert model.model_.schema.target == name
    made = model.sample(3)
    assert made.columns == [*ORDERS.drop("size").columns, name]
    if isinstance(y, pl.Series | pl.DataFrame):
        assert made.schema["size"] == SIZES


def test_a_series_with_y_is_two_columns() -> None:
    made = fit(pd.Series(range(40), name="x"), ["a", "b"] * 20).sample(3)
    assert list(made.columns) == ["x", "target"]
    assert list(fit(pl.Series("x", range(40)), ORDERS["kept"]).sample(3).columns) == ["x", "kept"]


def test_names_are_kept_as_scikit_learn_keeps_them() -> None:
    model = fit(ORDERS)
    assert list(model.feature_names_in_) == ORDERS.columns
    assert model.n_features_in_ == ORDERS.width
    mixed = ORDERS.select("Int64", "note").to_pandas().rename(columns={"Int64": 0})
    assert list(model.fit(mixed).sample(3).columns) == [0, "note"]
    assert not hasattr(model, "feature_names_in_")


def days() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    index = pd.date_range("2024-01-01", periods=60, name="day")
    return pd.DataFrame({"x": rng.normal(size=60), "town": rng.choice(["Ulm", "Rom"], 60)}, index)


def test_a_named_index_is_learned_and_put_back(tmp_path: Path) -> None:
    model = fit(days())
    made = model.sample(9)
    assert (made.index.name, list(made)) == ("day", ["x", "town"])
    assert isinstance(made.index, pd.DatetimeIndex)
    assert (model.n_features_in_, list(model.feature_names_in_)) == (2, ["x", "town"])
    model.save(tmp_path / "days.tabgan")
    pd.testing.assert_frame_equal(
        TabGAN.load(tmp_path / "days.tabgan").sample(9, random_state=0), made
    )
    rows = TabularModel.load(tmp_path / "days.tabgan").sample(9, seed=0)
    assert list(rows) == ["day", "x", "town"]
    assert model.sample(3, where={"day": (">=", "2024-02-01")}).index.min().month > 1


def test_levels_of_an_index_are_put_back() -> None:
    made = fit(days().set_index("town", append=True)).sample(9)
    assert made.index.names == ["day", "town"]
    assert list(made) == ["x"]


def test_an_index_without_a_name_is_left_out_and_that_is_said() -> None:
    model = fit(days().rename_axis(None))
    assert list(model.sample(2).index) == [0, 1]
    assert model.model_.record.messages[0].startswith("the index has no name and is left out")
    with pytest.raises(TableError, match="the index is named 'x'"):
        fit(days().rename_axis("x"))


def test_an_index_from_a_schema_is_checked(tmp_path: Path) -> None:
    schema = fit(days()).model_.schema
    assert schema.to_dict()["index"] == ["day"]
    assert TabGAN(schema=schema.to_dict(), config=TINY).fit(days()).sample(2).index.name == "day"
    flat = days().reset_index()
    assert list(TabGAN(schema=schema, config=TINY).fit(flat).sample(2)) == list(flat)
    write_table([flat], tmp_path / "days.csv")
    assert list(read_table(tmp_path / "days.csv")) == list(flat)


def test_set_output_decides() -> None:
    model = clone(GAN).set_output(transform="polars")
    made = model.fit(days()).sample(5)
    assert isinstance(made, pl.DataFrame)
    assert made.columns == ["day", "x", "town"]
    assert isinstance(clone(model).fit(ARROW.select(["note"])).sample(2), pl.DataFrame)
    assert isinstance(model.set_output().sample(2), pl.DataFrame)
    assert isinstance(model.set_output(transform="default").sample(2), pd.DataFrame)
    assert isinstance(fit(ORDERS).set_output(transform="pandas").sample(2), pd.DataFrame)
    with pytest.raises(SettingError, match="choose default, pandas or polars"):
        model.set_output(transform="arrow")


def test_the_output_of_scikit_learn_is_heeded() -> None:
    model = fit(np.random.default_rng(0).normal(size=(40, 2)))
    with sklearn.config_context(transform_output="polars"):
        assert isinstance(model.sample(2), pl.DataFrame)
        assert isinstance(model.set_output(transform="pandas").sample(2), pd.DataFrame)
    assert isinstance(fit(np.eye(40)).sample(2), np.ndarray)


def test_polars_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tabgan.estimators.set_output.find_spec", lambda name: None)
    with pytest.raises(SettingError, match="polars, which is not installed"):
        TabGAN().set_output(transform="polars")


def test_a_fitted_model_can_be_pickled() -> None:
    model = fit(ORDERS)
    again = pickle.loads(pickle.dumps(model))  # noqa: S301
    assert again.sample(5).equals(model.sample(5))


def test_batches_stay_arrow() -> None:
    batches = list(fit(ORDERS).iter_batches(10, batch_rows=4))
    assert [batch.num_rows for batch in batches] == [4, 4, 2]
    assert all(isinstance(batch, pa.RecordBatch) for batch in batches)


FEATURES, KEPT = ORDERS.drop("kept"), ORDERS["kept"]


@pytest.mark.parametrize(
    ("rows", "labels"),
    [
        (FEATURES, KEPT),
        (FEATURES, ORDERS.select("kept")),
        (FEATURES, KEPT.cast(pl.Categorical)),
        (ARROW.drop_columns(["kept"]), ARROW["kept"]),
        (FEATURES, KEPT.to_list()),
        (RECORDS, KEPT),
        ({"x": list(range(ROWS))}, pd.Series(KEPT.to_list(), name="kept")),
        (days().iloc[:ROWS], KEPT.to_numpy()),
        (days().iloc[:ROWS], pd.DataFrame({"kept": KEPT.to_list()})),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_sampler_gives_both_back_as_they_came(rows: Any, labels: Any) -> None:
    made, classes = clone(SAMPLER).fit_resample(rows, labels)
    assert type(made) is type(rows)
    assert type(classes) is type(labels)
    for before, after in ((rows, made), (labels, classes)):
        assert getattr(after, "schema", None) == getattr(before, "schema", None)
        assert getattr(after, "dtype", None) == getattr(before, "dtype", None)
    assert len(classes) == 56
    assert len(made["x"] if isinstance(made, dict) else made) == 56
    if isinstance(made, pd.DataFrame):
        assert made.index.name == "day"
        if isinstance(classes, pd.DataFrame):
            assert classes.index.equals(made.index)


def test_a_row_without_a_class_is_refused() -> None:
    labels = [None, *KEPT.to_list()[1:]]
    with pytest.raises(SettingError, match="y has 1 missing values; leave out the rows"):
        clone(SAMPLER).fit_resample(FEATURES, labels)


def test_an_unnamed_enum_of_polars_stays_one_as_y() -> None:
    y = pl.Series(["no", "yes"] * (ROWS // 2), dtype=pl.Enum(["yes", "no"]))
    made = fit(ORDERS.select("Int64", "note"), y).sample(5)
    assert made.schema["target"] == y.dtype


def test_names_are_those_of_the_last_fit(tmp_path: Path) -> None:
    path = tmp_path / "days.parquet"
    days = pd.date_range("2024-01-01", periods=ROWS, name="day")
    pd.DataFrame({"n": range(ROWS)}, index=days).to_parquet(path)
    gan = fit(ORDERS.select("Int64", "note")).fit(str(path))
    names = list(gan.feature_names_in_)
    assert (len(names), set(names) >= {"n"}) == (gan.n_features_in_, True)
    assert "note" not in names


def test_records_of_pandas_come_back_with_its_moments_and_gaps() -> None:
    frame = pd.DataFrame(
        {"x": [1.5, np.nan] * 20, "day": pd.date_range("2024-01-01", periods=ROWS)}
    )
    frame["took"] = frame["day"] - frame["day"].shift()
    made = fit(frame.to_dict("records")).sample(30)
    assert {type(record["x"]) for record in made} == {float}
    assert {type(record["day"]) for record in made} == {pd.Timestamp}
    assert {type(record["took"]) for record in made} <= {pd.Timedelta, type(pd.NaT)}
