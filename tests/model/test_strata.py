"""Rows in shares that are asked for: exact, a sample the beginning of a longer one."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan import TabGAN
from tabgan.errors import ConditionError, SettingError
from tabgan.model.joint_shares import find_missed, fit_margins
from tabgan.model.strata import Strata, Stratum


@pytest.fixture(scope="module")
def fitted() -> TabGAN:
    rng = np.random.default_rng(0)
    city = rng.choice(["Bonn", "Ulm", "Graz"], 600, p=[0.1, 0.3, 0.6])
    age = rng.integers(20, 80, 600)
    rent = np.where(city == "Bonn", 900, 500) + rng.integers(0, 100, 600)
    frame = pd.DataFrame(
        {
            "id": np.arange(600) + 1_000,
            "city": pd.Series(city).mask(rng.random(600) < 0.1),
            "age": age,
            "rent": rent,
            "yearly": rent * 12,
        }
    )
    gan = TabGAN(steps=150, random_state=0, device="cpu", declare=["yearly = rent * 12"])
    return gan.fit(frame)


@settings(max_examples=60, deadline=None)
@given(
    weights=st.lists(st.floats(0.01, 1), min_size=1, max_size=7),
    first=st.integers(0, 5_000),
    length=st.integers(1, 300),
)
def test_blocks_are_parts_of_one_sequence(weights: list[float], first: int, length: int) -> None:
    shares = np.array(weights) / sum(weights)
    strata = Strata(tuple(Stratum(None, share) for share in shares))  # type: ignore[arg-type]
    whole = strata.assign(0, first + length)
    assert (whole[first:] == strata.assign(first, first + length)).all()
    counts = np.bincount(whole, minlength=len(shares))
    assert (np.abs(counts - shares * len(whole)) <= len(shares) / 2).all()


def test_shares_are_exact_and_the_rest_keeps_its_proportions(fitted: TabGAN) -> None:
    rows = fitted.sample(1_000, shares={"city": {"Bonn": 0.5}}, random_state=1)
    assert (rows["city"] == "Bonn").sum() == 500
    others = rows.loc[rows["city"] != "Bonn", "city"]
    assert 0.45 < (others == "Graz").mean() < 0.75
    assert others.isna().any()
    assert rows.loc[rows["city"] == "Bonn", "rent"].median() > 800
    assert others.index[(rows.loc[others.index, "rent"] < 700)].size > 300
    assert (rows["yearly"] == rows["rent"] * 12).all()
    assert rows["id"].is_unique


def test_fewer_rows_are_the_first_of_more(fitted: TabGAN) -> None:
    shares = {"city": {"Bonn": 0.3, None: 0.3, "Ulm": 0.4}}
    rows = fitted.sample(300, shares=shares, random_state=1)
    assert rows["city"].value_counts(dropna=False).to_dict() == {"Ulm": 120, "Bonn": 90, np.nan: 90}
    columns = ["city", "age", "rent"]
    few = fitted.sample(50, shares=shares, random_state=1)
    pd.testing.assert_frame_equal(few[columns], rows[columns].head(50))


def test_several_columns_ranges_and_where(fitted: TabGAN) -> None:
    rows = fitted.sample(
        400,
        where="rent<700",
        shares=["city=Ulm:50%", "city=Graz:0.5", "age<40:0.25", "age<60:0.25"],
        random_state=0,
    )
    assert abs((rows["city"] == "Ulm").sum() - 200) <= 2  # each kind of rows is rounded
    assert abs((rows["age"] < 40).sum() - 100) <= 1
    assert abs(rows["age"].between(40, 59).sum() - 100) <= 1
    assert (rows["rent"] < 700).all()
    both = fitted.sample(
        10, shares={"age": {((">=", 30), ("<", 40)): 1.0}}, where={"city": "Ulm"}, random_state=0
    )
    assert both["age"].between(30, 39).all()


def test_several_columns_go_together_as_in_the_table(fitted: TabGAN) -> None:
    shares: dict[str, dict[Any, float]] = {"city": {"Bonn": 0.5}, "rent": {(">", 800): 0.5}}
    rows = fitted.sample(400, shares=shares, random_state=0)
    assert abs((rows["city"] == "Bonn").sum() - 200) <= 2
    assert abs((rows["rent"] > 800).sum() - 200) <= 2
    assert ((rows["city"] == "Bonn") & (rows["rent"] > 800)).sum() > 170


def test_shares_that_facts_join_are_met_or_refused() -> None:
    rng = np.random.default_rng(0)
    city = rng.choice(["Bonn", "Ulm", "Graz"], 300)
    frame = pd.DataFrame({"city": city, "x": rng.normal(size=300)})
    frame["country"] = frame["city"].map({"Bonn": "DE", "Ulm": "DE", "Graz": "AT"})
    gan = TabGAN(steps=20, random_state=0, device="cpu").fit(frame)
    asked = {"city": {"Bonn": 0.2}, "country": {"AT": 0.6}}
    rows = gan.sample(100, shares=asked, random_state=0)
    assert rows["city"].value_counts().to_dict() == {"Graz": 60, "Bonn": 20, "Ulm": 20}
    sentence = (
        "the shares of 'city' and those of 'country' contradict each other: 70% of the rows shall "
        "have city = Bonn, and beside the other shares at most 40% can, since city -> country; "
    )
    with pytest.raises(SettingError, match=sentence):
        gan.sample(100, shares={"city": {"Bonn": 0.7}, "country": {"AT": 0.6}})


def test_shares_of_ranges_that_overlap(fitted: TabGAN) -> None:
    rows = fitted.sample(400, shares=["age<40:0.5", "age<=60:0.3"], random_state=0)
    assert (rows["age"] < 40).mean() == 0.5
    assert ((rows["age"] >= 40) & (rows["age"] <= 60)).mean() == pytest.approx(0.3)
    sentence = "no row is left for the share of 'age' < 40: .* those given before take all of"
    with pytest.raises(SettingError, match=sentence):
        fitted.sample(10, shares=["age<60:0.5", "age<40:0.3"])
    value = int(fitted.sample(50, where="age<40", random_state=0)["age"].iloc[0])
    with pytest.raises(SettingError, match=f"no row is left for the share of 'age' = {value}"):
        fitted.sample(10, shares=["age<60:0.5", f"age={value}:0.3"])
    with pytest.raises(SettingError, match="add up to 1.3; .* only what those before it leave"):
        fitted.sample(10, shares=["age<60:0.6", "age<70:0.7"])
    with pytest.raises(ConditionError, match="age"):  # there is none, whatever comes before
        fitted.sample(10, shares=["age<60:0.5", "age<-5:0.3"])


@given(
    counts=st.lists(st.integers(1, 100), min_size=6, max_size=6),
    first=st.floats(0.05, 0.95),
    second=st.tuples(st.floats(0.1, 0.4), st.floats(0.1, 0.4)),
)
def test_margins_are_met_and_odds_ratios_stay(
    counts: list[int], first: float, second: tuple[float, float]
) -> None:
    before = np.array(counts, float).reshape(2, 3)
    margins = [np.array([first, 1 - first]), np.array([*second, 1 - sum(second)])]
    after = fit_margins(before, margins)
    assert find_missed(after, margins) is None
    odds = [each[0, 0] * each[1, 1] / (each[0, 1] * each[1, 0]) for each in (before, after)]
    assert odds[1] == pytest.approx(odds[0], rel=1e-6)


def test_shares_of_what_is_computed(fitted: TabGAN) -> None:
    rows = fitted.sample(100, shares={"yearly": {(">", 9_600): 0.5}}, random_state=0)
    assert (rows["rent"] > 800).sum() == 50


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ({"city": {"Bonn": 0.7, "Ulm": 0.6}}, "'city' add up to 1.3; give 1 at the most"),
        ({"city": {"Bonn": -1}}, "the share -1 of 'Bonn' in 'city' is none; give one from 0 to 1"),
        ({"city": {"Bonn": True}}, "the share True of 'Bonn' in 'city' is none"),
        ({"city": 0.5}, "shares of 'city' are written as"),
        (["city=Bonn"], "the share 'city=Bonn' has no number; write it as city=Bonn:0.5"),
        (["city=Bonn:half"], "the share 'half' of 'city=Bonn:half' is no number"),
        (["city=Bonn or age<30:0.5"], "is of several columns; ask for one"),
        (7, "shares=7 are none"),
    ],
)
def test_what_are_no_shares_is_said(fitted: TabGAN, shares: object, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        fitted.sample(5, shares=shares)  # type: ignore[arg-type]


def test_shares_of_what_there_is_not(fitted: TabGAN) -> None:
    with pytest.raises(ConditionError, match="no column 'town'"):
        fitted.sample(5, shares={"town": {"Bonn": 0.5}})
    with pytest.raises(ConditionError, match="'city' never holds 'Rom' in the table"):
        fitted.sample(5, shares={"city": {"Rom": 0.5}})
    with pytest.raises(SettingError, match="add up to 0.9, and it has no other values than those"):
        fitted.sample(5, shares={"city": {"Bonn": 0.3, "Ulm": 0.3, "Graz": 0.2, None: 0.1}})
