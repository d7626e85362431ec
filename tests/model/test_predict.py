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
