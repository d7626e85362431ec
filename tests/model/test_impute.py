"""Gaps are filled, never with a gap, and everything else stays."""

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN, TabularModel
from tabgan.errors import ConditionError, SettingError, UnseenCategoryWarning


@pytest.fixture(scope="module")
def homes() -> pd.DataFrame:
    """400 homes with gaps of every kind; rooms decide the price, and nobody lets what is sold."""
    rng = np.random.default_rng(0)
    n = 400
    rooms = rng.integers(1, 7, n)
    price = (rooms * 50_000 + rng.normal(0, 4_000, n)).round(-2)
    sold = rng.random(n) < 0.5
    frame = pd.DataFrame(
        {
            "rooms": rooms,
            "price": price,
            "kind": np.where(rooms > 3, "house", "flat"),
            "built": pd.Timestamp("1990-01-01") + pd.to_timedelta(rng.integers(0, 9_000, n), "D"),
            "sold": sold,
            "rent": pd.Series((rooms * 300.0).round()).mask(sold),
        }
    )
    for name in ("price", "kind", "built"):
        frame[name] = frame[name].mask(rng.random(n) < 0.2)
    return frame


@pytest.fixture(scope="module")
def model(homes: pd.DataFrame) -> TabularModel:
    return TabGAN(steps=150, random_state=0, device="cpu", refine=False).fit(homes).model_


@pytest.mark.parametrize("point", [False, True])
def test_no_gap_is_left_and_the_rest_stays(
    model: TabularModel, homes: pd.DataFrame, point: bool
) -> None:
    rows = homes.head(60).set_axis(range(100, 160))
    filled = model.impute(rows, point=point, seed=1)
    assert not filled.isna().any().any()
    assert (filled.dtypes == homes.dtypes).all()
    pd.testing.assert_frame_equal(filled.where(rows.notna()), rows.where(rows.notna()))


def test_values_fit_the_rest_of_their_rows(model: TabularModel, homes: pd.DataFrame) -> None:
    rows = homes[homes["price"].isna() & homes["rooms"].isin([1, 6])]
    filled = model.impute(rows, point=True, seed=1)
    means = filled.groupby("rooms")["price"].mean()
    assert means[6] > 2 * means[1]


def test_only_columns_asked_for_are_filled(model: TabularModel, homes: pd.DataFrame) -> None:
    filled = model.impute(homes.head(50), columns=["kind"], seed=1)
    assert filled["kind"].notna().all()
    others = list(homes.columns.drop("kind"))
    pd.testing.assert_frame_equal(filled[others], homes[others].head(50))


def test_columns_may_be_left_out_and_keep_their_order(
    model: TabularModel, homes: pd.DataFrame
) -> None:
    filled = model.impute(homes[["kind", "rooms"]].head(40), seed=1)
    assert list(filled) == ["kind", "rooms"]
    assert filled["kind"].notna().all()


def test_several_draws_differ_and_repeat(model: TabularModel, homes: pd.DataFrame) -> None:
    draws = model.impute(homes.head(30), 3, seed=1)
    assert draws["__draw__"].tolist() == [0, 1, 2] * 30
    known = homes["price"].head(30).notna()
    spread = draws.groupby(level=0)["price"].nunique()
    assert (spread[known] == 1).all()
    assert (spread[~known] > 1).any()
    pd.testing.assert_frame_equal(draws, model.impute(homes.head(30), 3, seed=1))


def test_without_gaps_there_is_nothing_to_do(model: TabularModel, homes: pd.DataFrame) -> None:
    whole = homes.dropna().head(5)
    pd.testing.assert_frame_equal(model.impute(whole), whole)
    assert model.impute(homes.head(0)).empty


def test_what_cannot_be_is_said(model: TabularModel, homes: pd.DataFrame) -> None:
    with pytest.raises(SettingError, match="point gives one value, not 2 draws"):
        model.impute(homes, 2, point=True)
    with pytest.raises(ConditionError, match="knows no column 'prise'; perhaps 'price' is meant"):
        model.impute(homes, columns=["prise"])


def test_a_column_without_any_value_keeps_its_gaps() -> None:
    table = pd.DataFrame({"x": np.arange(60.0) % 7, "none": [None] * 60})
    table.loc[:5, "x"] = np.nan
    model = TabGAN(steps=5, random_state=0, device="cpu").fit(table).model_
    with pytest.warns(UnseenCategoryWarning, match="'none' had no value in the table"):
        filled = model.impute(table, seed=1)
    assert filled["x"].notna().all()
    assert filled["none"].isna().all()
