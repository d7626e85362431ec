"""Columns are predicted from the others: values, and probabilities of classes."""

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN
from tabgan.errors import ConditionError, SettingError


@pytest.fixture(scope="module")
def trips() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    km = rng.integers(1, 500, 500)
    by = np.where(km > 200, "train", np.where(rng.random(500) < 0.5, "bus", "car"))
    return pd.DataFrame({"km": km, "hours": (km / 80 + rng.random(500) / 2).round(1), "by": by})


@pytest.fixture(scope="module")
def fitted(trips: pd.DataFrame) -> TabGAN:
    return TabGAN("by", steps=200, random_state=0, device="cpu", refine=False).fit(trips)


def test_probabilities_sum_to_one_in_the_order_of_classes(
    fitted: TabGAN, trips: pd.DataFrame
) -> None:
    shares = fitted.predict_proba(trips[["km", "hours"]].head(40))
    assert fitted.classes_.tolist() == ["bus", "car", "train"]
    assert shares.shape == (40, 3)
    assert np.allclose(shares.sum(axis=1), 1)
    far = (trips["km"] > 230).head(40).to_numpy()
    assert shares[far, 2].mean() > 0.8
    assert shares[~far, 2].mean() < 0.3


def test_the_target_that_rows_hold_counts_for_nothing(fitted: TabGAN, trips: pd.DataFrame) -> None:
    rows = trips.head(20)
    predicted = fitted.predict(rows)
    assert (predicted == fitted.predict(rows.assign(by="car"))).all()
    assert (predicted == fitted.predict(rows.drop(columns="by"))).all()
    assert (predicted == "train").mean() > 0.3


def test_equal_rows_are_predicted_alike(fitted: TabGAN, trips: pd.DataFrame) -> None:
    rows = trips.iloc[[3, 5, 3]]
    hours = fitted.model_.predict(rows, "hours")
    assert hours.index.tolist() == [3, 5, 3]
    assert hours.iloc[0] == hours.iloc[2] == fitted.model_.predict(trips.iloc[[3]], "hours").iloc[0]


def test_numbers_are_near_their_median(fitted: TabGAN, trips: pd.DataFrame) -> None:
    rows = trips.head(60)
    error = (fitted.model_.predict(rows, "hours") - rows["hours"]).abs().mean()
    assert error < (rows["hours"] - rows["hours"].median()).abs().mean() / 2


def test_several_columns_at_once(fitted: TabGAN, trips: pd.DataFrame) -> None:
    both = fitted.predict(trips.head(5), ["by", "hours"])
    assert list(both) == ["by", "hours"]
    assert set(fitted.predict_proba(trips.head(5), ["by"])) == {"by"}


def test_what_cannot_be_predicted_is_said(fitted: TabGAN, trips: pd.DataFrame) -> None:
    with pytest.raises(ConditionError, match="'hours' has no classes"):
        fitted.predict_proba(trips.head(5), "hours")
    with pytest.raises(ConditionError, match="no column 'hour'; perhaps 'hours' is meant"):
        fitted.predict(trips.head(5), "hour")
    without = TabGAN(steps=5, random_state=0, device="cpu").fit(trips)
    with pytest.raises(SettingError, match="no target; name the columns"):
        without.predict(trips.head(5))


def test_probabilities_are_the_shares_of_very_many_draws(
    fitted: TabGAN, trips: pd.DataFrame
) -> None:
    row = trips.iloc[[7]]
    shares = fitted.model_.predict_proba(row, refine=False).to_numpy()[0]
    draws = fitted.model_.complete(row, 2_000, redraw=["by"], seed=0, refine=False)["by"]
    counted = [(draws == name).mean() for name in fitted.classes_]
    assert np.allclose(shares, counted, atol=0.08)
    assert len(np.unique(shares * 50 % 1)) > 1  # no share of 50 draws


def test_the_value_is_the_most_probable_class(fitted: TabGAN, trips: pd.DataFrame) -> None:
    rows = trips.head(80).drop(columns="hours")
    shares = fitted.model_.predict_proba(rows, "by")
    assert (fitted.model_.predict(rows, "by") == shares.idxmax(axis=1)).all()
    one = fitted.model_.predict_proba(rows.iloc[[5]], "by")
    assert (one.to_numpy() == shares.iloc[[5]].to_numpy()).all()  # whichever rows stand beside it


def test_classes_that_break_a_fact_have_no_probability() -> None:
    rng = np.random.default_rng(0)
    city = rng.choice(["Bonn", "Ulm", "Graz", "Wien"], 400)
    land = pd.Series(city).map({"Bonn": "DE", "Ulm": "DE", "Graz": "AT", "Wien": "AT"})
    table = pd.DataFrame({"city": city, "land": land, "x": rng.integers(0, 9, 400)})
    model = TabGAN(steps=20, random_state=0, device="cpu", declare=["city -> land"])
    shares = model.fit(table).model_.predict_proba(table.head(30)[["land", "x"]], "city")
    german = table["land"].head(30) == "DE"
    assert np.allclose(shares.loc[german, ["Graz", "Wien"]], 0)
    assert np.allclose(shares.loc[~german, ["Bonn", "Ulm"]], 0)
    assert np.allclose(shares.sum(axis=1), 1)
