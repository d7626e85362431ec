"""A fitted model: same seed same bytes, blocks, conditions, and its file."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from tabgan import TabGAN, TabularModel
from tabgan.errors import ConditionError, ModelFileError, SettingError
from tabgan.networks.generation import MAX_BATCH_ROWS
from tabgan.runtime.devices import use_threads


@pytest.fixture(scope="module")
def model(fitted: TabGAN) -> TabularModel:
    return fitted.model_


def test_rows_look_like_the_table(model: TabularModel, people: pd.DataFrame) -> None:
    rows = model.sample(500, seed=0)
    assert len(rows) == 500
    pd.testing.assert_series_equal(rows.dtypes, people.dtypes)
    assert list(rows.columns) == list(people.columns)
    for name in ("age", "gain", "height", "joined"):
        assert rows[name].min() >= people[name].min()
        assert rows[name].max() <= people[name].max()
    assert set(rows["city"]) <= set(people["city"])
    assert rows["height"].isna().mean() == pytest.approx(people["height"].isna().mean(), abs=0.08)


@pytest.mark.parametrize("refine", [True, False])
def test_fewer_rows_are_the_first_of_more(model: TabularModel, refine: bool) -> None:
    block = MAX_BATCH_ROWS // (model.config.candidates if refine else 1)
    few = model.sample(block + 5, seed=3, refine=refine)
    many = model.sample(2 * block + 1, seed=3, refine=refine)
    pd.testing.assert_frame_equal(few, many.head(len(few)))
    streamed = pd.concat(model.iter_frames(len(few), seed=3, refine=refine), ignore_index=True)
    pd.testing.assert_frame_equal(few, streamed)


@pytest.mark.parametrize("batch_rows", [None, 100, 5_000])
@pytest.mark.parametrize("where", [{}, {"city": "Paris", "age": (">=", 65)}])
def test_record_batches_hold_what_sample_gives(
    model: TabularModel, where: dict[str, Any], batch_rows: int | None
) -> None:
    batches = list(model.iter_batches(2_500, where=where, seed=3, batch_rows=batch_rows))
    assert len({str(batch.schema) for batch in batches}) == 1
    if batch_rows is not None:
        assert {batch.num_rows for batch in batches[:-1]} <= {batch_rows}
    rows = pa.Table.from_batches(batches).to_pandas()
    pd.testing.assert_frame_equal(rows, model.sample(2_500, where=where, seed=3))


def test_batches_without_rows_are_refused_at_once(model: TabularModel) -> None:
    with pytest.raises(SettingError, match="batches of 0 rows"):
        model.iter_batches(10, batch_rows=0)
    with pytest.raises(ConditionError, match="no column 'town'"):
        model.iter_batches(10, where={"town": "Rome"})


def test_a_stream_repeats_no_key_and_keeps_categories_and_relations() -> None:
    rng = np.random.default_rng(0)
    city = rng.choice(["Rome", "Oslo", "Bari"], 120)
    table = pd.DataFrame(
        {
            "key": [f"K{index:05d}" for index in range(120)],
            "city": pd.Categorical(city, categories=["Oslo", "Rome", "Bari", "Ulm"]),
            "country": np.where(city == "Oslo", "Norway", "Italy"),
            "x": rng.normal(size=120),
        }
    )
    model = TabGAN(steps=2, random_state=0, declare=["city -> country"]).fit(table)
    batches = list(model.iter_batches(20_000, batch_rows=3_000))
    assert pa.types.is_dictionary(batches[0].schema.field("city").type)
    assert [batch.num_rows for batch in batches] == [3_000] * 6 + [2_000]
    rows = pa.Table.from_batches(batches).to_pandas()
    assert rows["key"].is_unique
    assert list(rows["city"].cat.categories) == ["Oslo", "Rome", "Bari", "Ulm"]
    assert (
        rows["country"] == rows["city"].map({"Oslo": "Norway"}).astype(object).fillna("Italy")
    ).all()


def test_rows_do_not_depend_on_how_many_threads_draw_them(model: TabularModel) -> None:
    with use_threads(1):
        alone = model.sample(20_000, seed=1)
    with use_threads(4):
        pd.testing.assert_frame_equal(model.sample(20_000, seed=1), alone)


def test_other_seeds_other_rows_and_none_is_fresh(model: TabularModel) -> None:
    assert not model.sample(50, seed=1).equals(model.sample(50, seed=2))
    assert not model.sample(50).equals(model.sample(50))


@pytest.mark.parametrize("n_rows", [0, -1, 2.5, True, "9"])
def test_impossible_row_counts(model: TabularModel, n_rows: object) -> None:
    with pytest.raises(SettingError, match="ask for a whole number from 1 up"):
        model.sample(n_rows)  # type: ignore[arg-type]


CONDITIONS = [
    ({"city": "Paris"}, lambda rows: rows["city"] == "Paris"),
    ({"age": 40}, lambda rows: rows["age"] == 40),
    ({"age": "40"}, lambda rows: rows["age"] == 40),
    ({"age": (">=", 65)}, lambda rows: rows["age"] >= 65),
    ({"age": [(">", 30), ("<", 33)]}, lambda rows: rows["age"].isin([31, 32])),
    ({"gain": 0}, lambda rows: rows["gain"] == 0),
    ({"gain": (">", 0)}, lambda rows: rows["gain"] > 0),
    ({"height": None}, lambda rows: rows["height"].isna()),
    ({"height": ("<", 160.05)}, lambda rows: rows["height"] < 160.05),
    ({"smokes": True}, lambda rows: rows["smokes"]),
    ({"smokes": "false"}, lambda rows: ~rows["smokes"]),
    ({"joined": ("<", "2019-02-01")}, lambda rows: rows["joined"] < "2019-02-01"),
    (
        {"joined": [(">=", "2020-05-01"), ("<=", "2020-05-03")]},
        lambda rows: rows["joined"].between("2020-05-01", "2020-05-03"),
    ),
    (
        {"income": ">50K", "city": "Rome", "age": ("<", 25), "height": (">", 180), "gain": 0},
        lambda rows: (rows["income"] == ">50K") & (rows["age"] < 25) & (rows["height"] > 180),
    ),
]


@pytest.mark.parametrize(("where", "holds"), CONDITIONS)
def test_every_row_satisfies_its_conditions(
    model: TabularModel, where: dict[str, Any], holds: Callable[[pd.DataFrame], pd.Series]
) -> None:
    rows = model.sample(700, where=where, seed=0)
    assert len(rows) == 700
    assert holds(rows).all()


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ({"town": "Rome"}, "no column 'town'"),
        ({"city": "Pari"}, "never holds 'Pari'.*perhaps 'Paris'"),
        ({"city": ("<", "Rome")}, "only be asked to equal"),
        ({"city": [("=", "Rome"), ("=", "Oslo")]}, "'Rome' and 'Oslo' at once|'Oslo' and 'Rome'"),
        ({"city": None}, "'city' has no missing values"),
        ({"age": (">", 900)}, "'age' cannot be > 900: the table's values run from 18 to 79"),
        ({"age": [(">", 30), ("<", 31)]}, "'age' cannot be > 30 and < 31"),
        ({"age": [(">", 60), ("<", 30)]}, "cannot be > 60 and < 30"),
        ({"height": 170.05}, "none between 170 and 170.1"),
        ({"age": "old"}, "'old' cannot be asked for; give a number such as 18"),
        ({"age": ("~", 3)}, "give a value, or an operator"),
        ({"age": []}, "empty list"),
        ({"height": [("=", None), (">", 170)]}, "missing and to have a value at once"),
        ({"joined": (">", "soon")}, "'soon' cannot be asked for; give one such as 2019-01-0"),
    ],
)
def test_impossible_conditions_get_a_sentence(
    model: TabularModel, where: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConditionError, match=message):
        model.sample(5, where=where)


def test_ranges_follow_the_table(model: TabularModel, people: pd.DataFrame) -> None:
    rows = model.sample(4_000, where={"age": (">=", 50)}, seed=0)
    real = people.loc[people["age"] >= 50, "age"]
    assert rows["age"].mean() == pytest.approx(real.mean(), abs=1.5)


def test_a_saved_model_gives_the_same_rows(model: TabularModel, tmp_path: Path) -> None:
    path = tmp_path / "people.tabgan"
    model.save(path)
    loaded = TabularModel.load(path, device="cpu")
    pd.testing.assert_frame_equal(loaded.sample(300, seed=7), model.sample(300, seed=7))
    assert loaded.record == model.record
    assert loaded.card == model.card
    assert loaded.config == model.config
    assert loaded.schema == model.schema


def test_the_file_does_not_grow_with_rows(tmp_path: Path) -> None:
    sizes = []
    for n_rows in (2_000, 20_000):
        rng = np.random.default_rng(0)
        table = pd.DataFrame(
            {"x": rng.normal(size=n_rows), "level": rng.choice(list("abc"), n_rows)}
        )
        path = tmp_path / f"{n_rows}.tabgan"
        TabGAN(steps=1, random_state=0, refine=False).fit(table).save(path)
        sizes.append(path.stat().st_size)
    assert abs(sizes[1] - sizes[0]) < 20_000


def test_the_file_holds_no_pickle_and_no_row(model: TabularModel, tmp_path: Path) -> None:
    path = tmp_path / "people.tabgan"
    model.save(path)
    content = path.read_bytes()
    assert content[8:9] == b"{"
    assert b"pickle" not in content
    assert not zipfile.is_zipfile(path)


def broken(path: Path, how: str) -> Path:
    content = path.read_bytes()
    other = path.with_name("broken.tabgan")
    if how == "truncated":
        other.write_bytes(content[: len(content) // 2])
    elif how == "flipped":
        middle = len(content) * 3 // 4
        flipped = bytes([content[middle] ^ 255])
        other.write_bytes(content[:middle] + flipped + content[middle + 1 :])
    elif how == "newer":
        other.write_bytes(content.replace(b'\\"format_version\\": 2', b'\\"format_version\\": 9'))
    elif how == "empty":
        other.write_bytes(b"")
    elif how == "table":
        other.write_text("a,b\n1,2\n")
    elif how == "folder":
        other.mkdir()
    return other


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("truncated", "cut short or damaged"),
        ("flipped", "its numbers are not those written"),
        ("newer", "format version 9 of a newer release"),
        ("empty", "no tabgan model"),
        ("table", "no tabgan model"),
        ("folder", "is a folder"),
        ("nothing", "there is no model file .*broken.tabgan"),
    ],
)
def test_files_that_are_no_models(
    model: TabularModel, tmp_path: Path, how: str, message: str
) -> None:
    path = tmp_path / "people.tabgan"
    model.save(path)
    with pytest.raises(ModelFileError, match=message):
        TabularModel.load(broken(path, how))


def test_saving_where_nothing_can_be_written(model: TabularModel, tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="nowhere"):
        model.save(tmp_path / "nowhere" / "people.tabgan")
