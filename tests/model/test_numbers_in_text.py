"""Tables whose numbers are text, from fit to sample: units, separators and marks of a gap."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN, TabularModel, evaluate
from tabgan.config import TrainingConfig
from tabgan.fitting.fit_request import FitRequest
from tabgan.fitting.out_of_core import fit_plan, plan_fit
from tabgan.schema.float_conversion import to_float

ROWS = 800
SWAPPED = str.maketrans(",.", ".,")


@pytest.fixture(scope="module")
def cars() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    price = rng.gamma(3, 700, ROWS).round(2)
    day = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 400, ROWS), "D")
    return pd.DataFrame(
        {
            "price": [f"${value:,.2f}" for value in price],
            "paid": [f"{value * 0.75:,.2f} €".translate(SWAPPED) for value in price],
            "mileage": [
                "?" if is_gap else f"{25 - value / 400:.2f} kmpl"
                for value, is_gap in zip(price, rng.random(ROWS) < 0.1, strict=True)
            ],
            "sold": np.where(rng.random(ROWS) < 0.2, "-", day.strftime("%Y-%m-%d")),
            "owner": rng.choice(["-", "first", "second"], ROWS),
        }
    )


@pytest.fixture(scope="module")
def model(cars: pd.DataFrame) -> TabularModel:
    return TabGAN(steps=60, random_state=0, threads=1).fit(cars).model_


def number(text: str) -> float:
    return float(re.sub(r"[$,]|kmpl", "", text))


def test_samples_are_written_as_the_table_is(model: TabularModel, cars: pd.DataFrame) -> None:
    rows = model.sample(400, seed=1)
    for name, pattern in (
        ("price", r"\$\d{1,3}(,\d{3})*\.\d\d"),
        ("paid", r"\d{1,3}(\.\d{3})*,\d\d €"),
        ("mileage", r"-?\d+\.\d\d kmpl|\?"),
        ("sold", r"\d{4}-\d\d-\d\d|-"),
    ):
        assert rows[name].str.fullmatch(pattern).all(), name
    assert (~rows["price"].isin(cars["price"])).mean() > 0.5
    assert 0.04 < (rows["mileage"] == "?").mean() < 0.2
    assert 0.1 < (rows["sold"] == "-").mean() < 0.3
    assert set(rows["owner"]) == {"-", "first", "second"}
    driven = rows[rows["mileage"] != "?"]
    prices, mileages = driven["price"].map(number), driven["mileage"].map(number)
    assert np.corrcoef(prices, mileages)[0, 1] < -0.8


@pytest.mark.parametrize(
    ("where", "name", "holds"),
    [
        ({"price": (">=", 3000)}, "price", lambda text: number(text) >= 3000),
        ({"price": (">=", "$3,000.00")}, "price", lambda text: number(text) >= 3000),
        ({"price": "$1,234.50"}, "price", lambda text: text == "$1,234.50"),
        ("price < 1000", "price", lambda text: number(text) < 1000),
        ({"mileage": "?"}, "mileage", lambda text: text == "?"),
        ({"mileage": None}, "mileage", lambda text: text == "?"),
        ({"mileage": ("!=", "?")}, "mileage", lambda text: text != "?"),
        ("mileage = ? or mileage > 24", "mileage", lambda text: text == "?" or number(text) > 24),
        ({"sold": "-"}, "sold", lambda text: text == "-"),
        ({"owner": "-"}, "owner", lambda text: text == "-"),
    ],
)
def test_rows_are_asked_for(model: TabularModel, where: Any, name: str, holds: Any) -> None:
    rows = model.sample(40, where=where, seed=2)
    assert rows[name].map(holds).all()


def test_a_model_file_keeps_formats_and_marks(model: TabularModel, tmp_path: Path) -> None:
    model.save(tmp_path / "cars.tabgan")
    back = TabularModel.load(tmp_path / "cars.tabgan")
    assert back.schema == model.schema
    pd.testing.assert_frame_equal(back.sample(50, seed=3), model.sample(50, seed=3))


def test_a_fit_in_passes_reads_the_same(cars: pd.DataFrame, tmp_path: Path) -> None:
    cars.to_parquet(tmp_path / "cars.parquet")
    plan = replace(plan_fit(tmp_path / "cars.parquet", folder=tmp_path), memory_limit=1)
    assert plan.is_streamed
    tiny = TrainingConfig(steps=3, n_validations=1, hidden_dim=16, latent_dim=8, refine_rounds=0)
    streamed = fit_plan(plan, FitRequest(config=tiny, seed=0))
    column = streamed.schema.column("mileage")
    assert (column.unit, column.missing_marks) == ("kmpl", ("?",))
    gaps = (streamed.sample(300, seed=0)["mileage"] == "?").mean()
    assert 0.02 < gaps < 0.3


def test_figures_see_numbers_and_gaps(cars: pd.DataFrame, model: TabularModel) -> None:
    cars, rows = cars.head(200), model.sample(200, seed=4)
    prices = rows["price"].map(number)
    plain = rows.assign(price=prices, mileage=rows["mileage"].replace("?", None))
    for synthetic in (rows, plain):
        report = evaluate(cars, synthetic, target="paid", test=cars, repeats=2)
        classes, best, same = report.notes
        assert classes.startswith("A number has no classes")
        assert best.startswith("Chosen inside the real rows alone")
        assert "table, too" in same
        assert report.utility.task == "regression"
    schema = model.schema
    read = to_float(rows["price"], schema.column("price"))
    assert read.tolist() == prices.tolist()
