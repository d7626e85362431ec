"""Rows of one pass are as exact as those of many: facts, conditions, seeds, files, threads."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan import UNKNOWN, TabGAN, TabularModel
from tabgan.errors import ConditionError, ModelFileError, SettingError
from tabgan.io.model_file import read_model, write_model
from tabgan.runtime.devices import use_threads

N_ROWS = 3_000


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    city = rng.choice(["Ulm", "Bonn", "Rom"], 1_500, p=[0.5, 0.3, 0.2])
    net = (rng.gamma(2, 10, 1_500) * (1 + 2 * (city == "Rom"))).round(2)
    tax = (net * 0.19).round(2)
    return pd.DataFrame(
        {
            "key": [f"K-{i:05d}" for i in range(1_500)],
            "city": city,
            "country": pd.Series(city).map({"Ulm": "D", "Bonn": "D", "Rom": "I"}),
            "net": net,
            "tax": tax,
            "gross": net + tax,
            "age": pd.Series(rng.integers(18, 90, 1_500)).mask(rng.random(1_500) < 0.1),
        }
    )


@pytest.fixture(scope="module")
def model(frame: pd.DataFrame) -> TabularModel:
    gan = TabGAN("city", steps=5, config={"refine_rounds": 1}, random_state=0, threads=1)
    return gan.fit(frame).model_


def sample(model: TabularModel, n_rows: int = N_ROWS, **settings: Any) -> pd.DataFrame:
    return model.sample(n_rows, seed=3, fast=True, **settings)


def test_facts_hold_in_every_row(model: TabularModel) -> None:
    made = sample(model)
    assert (made["country"] == made["city"].map({"Ulm": "D", "Bonn": "D", "Rom": "I"})).all()
    assert made["gross"].to_numpy() == pytest.approx((made["net"] + made["tax"]).to_numpy())
    assert made["key"].is_unique
    assert list(made) == list(model.schema.names)


def test_columns_go_together_as_in_the_table(model: TabularModel, frame: pd.DataFrame) -> None:
    made = sample(model)
    for table in (made, frame):
        means = table.groupby("city")["net"].mean()
        assert means["Rom"] > 2 * means["Ulm"]
    shares = made["city"].value_counts(normalize=True)
    assert shares["Ulm"] == pytest.approx((frame["city"] == "Ulm").mean(), abs=0.05)
    assert made["age"].isna().mean() == pytest.approx(frame["age"].isna().mean(), abs=0.03)


def test_the_same_seed_is_the_same_rows_and_fewer_are_the_first(model: TabularModel) -> None:
    made = sample(model)
    pd.testing.assert_frame_equal(sample(model), made)
    pd.testing.assert_frame_equal(sample(model, 700), made[:700])
    with use_threads(2):
        pd.testing.assert_frame_equal(sample(model), made)


@pytest.mark.parametrize("refine", [True, False])
def test_what_is_asked_holds_in_every_row(model: TabularModel, refine: bool) -> None:
    made = sample(model, 400, where=["city=Rom", "net>=30"], refine=refine)
    assert set(made["city"]) == {"Rom"}
    assert made["net"].min() >= 30
    assert set(made["country"]) == {"I"}


def test_a_condition_moves_what_depends_on_it(model: TabularModel, frame: pd.DataFrame) -> None:
    of_rome, of_ulm = (sample(model, 1_000, where={"city": city}) for city in ("Rom", "Ulm"))
    assert of_rome["net"].mean() > 2 * of_ulm["net"].mean()
    real = frame["net"].groupby(frame["city"]).mean()
    assert of_rome["net"].mean() == pytest.approx(real["Rom"], rel=0.2)
    rich = sample(model, 1_000, where="net>=80")
    assert (rich["city"] == "Rom").mean() > 0.6


def test_shares_are_given(model: TabularModel) -> None:
    made = sample(model, 1_000, shares={"city": {"Rom": 0.5}})
    assert (made["city"] == "Rom").mean() == pytest.approx(0.5, abs=0.01)
    with pytest.raises(ConditionError):
        sample(model, 10, where="city=Oslo")


def hide(frame: pd.DataFrame, n_rows: int = 300) -> pd.DataFrame:
    """Rows without what relations compute, and half of the other cells."""
    rng, rows = np.random.default_rng(1), frame.head(n_rows)
    hidden: dict[str, Any] = {}
    for name in ("city", "net", "age"):
        hidden[name] = rows[name].astype(object).to_numpy(copy=True)
        hidden[name][rng.random(n_rows) < 0.5] = UNKNOWN
    return pd.DataFrame(hidden)


@pytest.mark.parametrize("refine", [True, False])
def test_partial_rows_are_completed(model: TabularModel, frame: pd.DataFrame, refine: bool) -> None:
    rows = hide(frame)
    made = model.complete(rows, seed=0, fast=True, refine=refine)
    for name in ("city", "net", "age"):
        known = (rows[name] != UNKNOWN).to_numpy(bool)
        given = rows.loc[known, name].astype(frame[name].dtype)
        pd.testing.assert_series_equal(made.loc[known, name], given, check_dtype=False)
    assert (made["country"] == made["city"].map({"Ulm": "D", "Bonn": "D", "Rom": "I"})).all()
    assert made["gross"].to_numpy() == pytest.approx((made["net"] + made["tax"]).to_numpy())
    assert not made.equals(model.complete(rows, seed=0, refine=refine))


def test_a_row_is_completed_by_itself(model: TabularModel, frame: pd.DataFrame) -> None:
    rows = hide(frame)
    made = model.complete(rows, n_draws=2, seed=0, fast=True)
    with use_threads(2):
        pd.testing.assert_frame_equal(model.complete(rows, 2, seed=0, fast=True), made)
    fewer = model.complete(rows.head(7), 2, seed=0, fast=True)
    pd.testing.assert_frame_equal(fewer, made.head(14))


def test_what_is_known_tells_what_is_not(model: TabularModel, frame: pd.DataFrame) -> None:
    cities = pd.DataFrame({"city": ["Rom", "Ulm"] * 500})
    means = model.complete(cities, seed=0, fast=True).groupby("city")["net"].mean()
    real = frame["net"].groupby(frame["city"]).mean()
    assert means.to_dict() == pytest.approx(real[["Rom", "Ulm"]].to_dict(), rel=0.2)
    countries = pd.DataFrame({"country": ["I", "D"] * 500})  # that no generator is told
    made = model.complete(countries, seed=0, fast=True)
    assert set(made["city"][::2]) == {"Rom"}
    assert set(made["city"][1::2]) == {"Ulm", "Bonn"}


@pytest.mark.parametrize("point", [True, False])
def test_gaps_are_filled(model: TabularModel, frame: pd.DataFrame, point: bool) -> None:
    rows = frame.head(200)
    filled = model.impute(rows, point=point, seed=0, fast=True)
    assert not filled.isna().any(axis=None)
    known = rows["age"].notna()
    pd.testing.assert_frame_equal(filled[known], rows[known])
    assert not filled.equals(model.impute(rows, point=point, seed=0))


def test_candidates_are_as_many_as_asked_for(model: TabularModel) -> None:
    assert model.one_pass is not None
    assert model.one_pass.refiner is not None
    plan = model.plan_sample(100, seed=0, candidates=6, fast=True)
    assert plan.source.candidates == 6
    assert plan.source.is_one_pass
    assert model.plan_sample(100, seed=0, fast=True, refine=False).source.candidates == 1
    with pytest.raises(SettingError, match="0 candidates"):
        sample(model, 5, candidates=0)


def test_a_file_keeps_it(model: TabularModel, tmp_path: Path) -> None:
    model.save(tmp_path / "m.tabgan")
    loaded = TabularModel.load(tmp_path / "m.tabgan", "cpu")
    assert loaded.one_pass is not None
    assert loaded.one_pass.describe() == model.one_pass.describe()  # type: ignore[union-attr]
    assert loaded.card == model.card
    pd.testing.assert_frame_equal(sample(loaded, 300), sample(model, 300))


def read_content(model: TabularModel, path: Path) -> dict[str, Any]:
    model.save(path)
    content = read_model(path)
    return {name: content[name] for name in content.keys() - {"checksum", "format_version"}}


def test_files_that_cannot_be(model: TabularModel, tmp_path: Path) -> None:
    path = tmp_path / "m.tabgan"
    content = read_content(model, path)
    card = content["card"] | {"draws_in_one_pass": True}
    write_model(path, content | {"one_pass": None, "card": card})
    with pytest.raises(ModelFileError, match="one_pass is missing, and rows are drawn by it"):
        TabularModel.load(path)
    classes = content["one_pass"]["latent_classes"]
    damaged = content["one_pass"] | {
        "latent_classes": classes | {"weights": classes["weights"] * 2}
    }
    write_model(path, content | {"one_pass": damaged})
    with pytest.raises(ModelFileError, match="one_pass/latent_classes/weights"):
        TabularModel.load(path)


def test_files_without_it_draw_as_before(model: TabularModel, tmp_path: Path) -> None:
    path = tmp_path / "m.tabgan"
    content = read_content(model, path)
    card = {k: v for k, v in content["card"].items() if k != "draws_in_one_pass"}
    write_model(path, {k: v for k, v in content.items() if k != "one_pass"} | {"card": card})
    older = TabularModel.load(path, "cpu")
    assert older.one_pass is None
    pd.testing.assert_frame_equal(older.sample(200, seed=1), model.sample(200, seed=1, fast=False))
    for ask in (older.complete, older.impute):
        with pytest.raises(SettingError, match="draws no rows in one pass"):
            ask(pd.DataFrame({"city": ["Rom"]}), fast=True)
