"""Partial rows are completed one for one: what is known is kept, and facts hold."""

import copy
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tabgan import UNKNOWN, TabGAN, TabularModel
from tabgan.errors import (
    BrokenRelationWarning,
    ConditionError,
    SettingError,
    UnseenCategoryWarning,
)


@pytest.fixture(scope="module")
def bills() -> pd.DataFrame:
    """400 bills: a town decides its land, totals are sums and products, dates have an order."""
    rng = np.random.default_rng(0)
    n = 400
    town = rng.choice(["Ulm", "Bonn", "Pau", "Nice"], n, p=[0.5, 0.3, 0.15, 0.05])
    net, tax = rng.lognormal(3, 0.6, n).round(2), rng.lognormal(1, 0.5, n).round(2)
    pieces = rng.integers(1, 6, n)
    sent = pd.Timestamp("2022-01-01") + pd.to_timedelta(rng.integers(0, 300, n), "D")
    return pd.DataFrame(
        {
            "town": town,
            "land": pd.Series(town).map({"Ulm": "DE", "Bonn": "DE", "Pau": "FR", "Nice": "FR"}),
            "net": net,
            "tax": tax,
            "total": (net + tax).round(2),
            "pieces": pieces,
            "cost": (net * pieces).round(2),
            "sent": sent,
            "month": sent.month,
            "paid": pd.Series(sent + pd.to_timedelta(rng.integers(0, 60, n), "D")),
            "note": pd.Series(rng.choice(["late", "ok"], n)).mask(rng.random(n) < 0.4),
            "key": np.arange(n) + 1_000,
        }
    )


@pytest.fixture(scope="module")
def model(bills: pd.DataFrame) -> TabularModel:
    return TabGAN(steps=30, random_state=0, device="cpu", refine=False).fit(bills).model_


@pytest.mark.parametrize(
    "names",
    [
        ["town"],
        ["land"],
        ["total"],
        ["total", "tax"],
        ["cost", "pieces", "total"],
        ["month", "paid"],
        ["land", "net", "note", "key"],
        ["town", "land", "net", "tax", "total", "pieces", "cost", "sent", "month", "paid", "note"],
    ],
)
def test_what_is_known_is_kept_and_facts_hold(
    model: TabularModel, bills: pd.DataFrame, names: list[str]
) -> None:
    part = bills[names].iloc[50:90]
    made = model.complete(part, seed=1)
    pd.testing.assert_frame_equal(made[names], part)
    assert list(made) == list(bills)
    assert (made.dtypes == bills.dtypes).all()
    assert not model.relations.find_violations(made).any()


def test_what_follows_is_computed(model: TabularModel, bills: pd.DataFrame) -> None:
    part = bills[["tax", "total", "cost", "sent", "town"]].head(30)
    made = model.complete(part, seed=1)
    follows = ["net", "pieces", "month", "land"]
    pd.testing.assert_frame_equal(made[follows], bills[follows].head(30))


def test_a_row_depends_on_nothing_but_its_number_and_the_seed(
    model: TabularModel, bills: pd.DataFrame
) -> None:
    part = bills[["total", "land"]].head(25)
    whole = model.complete(part, seed=3)
    pd.testing.assert_frame_equal(model.complete(part.head(7), seed=3), whole.head(7))
    changed: Any = part.copy()
    changed.loc[10:, "total"] += 1
    pd.testing.assert_frame_equal(model.complete(changed, seed=3).head(10), whole.head(10))
    assert not model.complete(part, seed=4).equals(whole)


def test_batches_are_the_rows_of_the_whole(model: TabularModel, bills: pd.DataFrame) -> None:
    part = bills[["net", "note"]].head(40)
    parts = iter([part[:13], part[13:14], part[14:]])
    pd.testing.assert_frame_equal(
        pd.concat(model.iter_complete(parts, seed=2)), model.complete(part, seed=2)
    )


def test_draws_follow_each_other_and_the_index_stays(
    model: TabularModel, bills: pd.DataFrame
) -> None:
    part = bills[["town"]].head(3).set_axis(["a", "b", "c"])
    made = model.complete(part, 2, seed=1)
    assert made.index.tolist() == ["a", "a", "b", "b", "c", "c"]
    assert made.pop("__draw__").tolist() == [0, 1] * 3
    pd.testing.assert_frame_equal(made.iloc[::2], model.complete(part, seed=1))
    assert not made.iloc[::2].equals(made.iloc[1::2])


def test_a_gap_is_known_where_the_table_has_gaps(model: TabularModel, bills: pd.DataFrame) -> None:
    part = bills[["note", "town"]].head(60).copy()
    part.loc[:9, "town"] = None
    made = model.complete(part, seed=1)
    pd.testing.assert_series_equal(made["note"], part["note"])
    assert made["town"].notna().all()
    filled = model.complete(part, seed=1, unknown_gaps=True)["note"]
    assert filled[part["note"].isna()].notna().any()


def test_unknown_cells_are_drawn(model: TabularModel, bills: pd.DataFrame) -> None:
    part: Any = bills.head(4).astype(object)
    part.loc[0, "note"] = part.loc[1, "town"] = part.loc[2, "net"] = UNKNOWN
    made = model.complete(part, seed=1)
    assert UNKNOWN not in made.to_numpy().ravel().tolist()
    assert made.loc[1, "land"] == bills.loc[1, "land"]
    assert made.loc[2, "net"] == bills.loc[2, "net"]
    assert made["town"].dtype == bills["town"].dtype
    assert copy.deepcopy(UNKNOWN) is UNKNOWN


def test_gaps_of_nullable_numbers_stay_beside_unknown_cells() -> None:
    rng = np.random.default_rng(0)
    price = pd.Series(rng.integers(1, 9, 200), dtype="Int64").mask(rng.random(200) < 0.2)
    table = pd.DataFrame({"price": price, "double": 2 * price, "x": rng.normal(size=200)})
    gan = TabGAN(steps=2, random_state=0, refine=False, declare=["double = 2 * price"]).fit(table)
    is_unknown = rng.random(200) < 0.3
    given_rows = table.assign(price=price.astype(object).mask(is_unknown, UNKNOWN))
    made = gan.model_.complete(given_rows, seed=0)
    pd.testing.assert_series_equal(made["price"][~is_unknown], table["price"][~is_unknown])
    pd.testing.assert_series_equal(made["double"], table["double"])
    assert made.dtypes.equals(table.dtypes)


def test_redrawn_columns_take_along_what_is_computed_from_them(
    model: TabularModel, bills: pd.DataFrame
) -> None:
    made = model.complete(bills.head(40), redraw=["net"], seed=1)
    assert (made["net"] != bills["net"].head(40)).any()
    kept = ["town", "land", "tax", "pieces", "sent", "paid", "note", "key"]
    pd.testing.assert_frame_equal(made[kept], bills[kept].head(40))
    assert not model.relations.find_violations(made).any()


def test_a_redrawn_column_that_follows_from_others_is_told(
    model: TabularModel, bills: pd.DataFrame
) -> None:
    with pytest.warns(BrokenRelationWarning, match="'land' is to be drawn anew, but follows from"):
        made = model.complete(bills.head(3), redraw="land", seed=1)
    pd.testing.assert_frame_equal(made, bills.head(3))


def test_a_contradiction_is_named_with_row_and_fact(
    model: TabularModel, bills: pd.DataFrame
) -> None:
    part = bills.drop(columns=["note", "cost"]).head(5).copy()
    part.loc[3, "land"] = "FR" if part.loc[3, "land"] == "DE" else "DE"
    with pytest.warns(BrokenRelationWarning, match=r"'town -> land'.*row 4"):
        made = model.complete(part, seed=1)
    pd.testing.assert_frame_equal(made[list(part)], part)
    assert model.relations.find_violations(made).tolist() == [False, False, False, True, False]


def test_a_contradiction_of_what_was_declared_is_refused(bills: pd.DataFrame) -> None:
    small = bills[["net", "tax", "note"]]
    declared = TabGAN(steps=5, random_state=0, device="cpu", declare=["net > tax / 100"])
    rows = pd.DataFrame({"net": [20.0, 1.0], "tax": [3.0, 500.0]})
    with pytest.raises(ConditionError, match=r"row 2 contradicts the relation 'net > tax / 100'"):
        declared.fit(small).complete(rows)


def test_a_category_never_seen_is_kept_and_told(model: TabularModel) -> None:
    with pytest.warns(UnseenCategoryWarning, match=r"no such value of 'town'.*row 2"):
        made = model.complete(pd.DataFrame({"town": ["Ulm", "Rom"], "land": ["DE", "FR"]}), seed=1)
    assert made["town"].tolist() == ["Ulm", "Rom"]
    assert made["land"].tolist() == ["DE", "FR"]


def test_numbers_out_of_range_are_kept(model: TabularModel) -> None:
    part = pd.DataFrame({"net": [1e7, 0.01], "pieces": [900, 1]})
    made = model.complete(part, seed=1)
    pd.testing.assert_frame_equal(made[["net", "pieces"]], part)
    assert made["cost"].tolist() == [9e9, 0.01]


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ({"twon": ["Ulm"]}, "knows no column 'twon'; perhaps 'town' is meant"),
        ({"net": ["12", "x"]}, "row 2 holds 'x' in the column 'net', which is no number"),
        ({"pieces": [1.0, 2.5]}, "row 2 holds '2.5' in the column 'pieces', which is no whole"),
        ({"sent": ["2022-01-05", "soon"]}, "row 2 holds 'soon' in the column 'sent', which is no"),
        ({"net": [1.0, np.inf]}, "infinite"),
        ({"net": [[1], [2]]}, r"row 1 holds '\[1\]' in the column 'net', which is no number"),
        ({"town": [["Ulm"], ["Pau"]]}, "nested"),
    ],
)
def test_bad_cells_are_named(model: TabularModel, part: Any, sentence: str) -> None:
    with pytest.raises(ConditionError, match=sentence):
        model.complete(pd.DataFrame(part))


def test_other_settings_are_refused(model: TabularModel, bills: pd.DataFrame) -> None:
    with pytest.raises(ConditionError, match="no column 'x'"):
        model.complete(bills, redraw=["x"])
    with pytest.raises(SettingError, match="n_draws=0 is no amount"):
        model.complete(bills, 0)
    twice = bills[["net", "net"]]
    with pytest.raises(ConditionError, match="'net' is given twice"):
        model.complete(twice)


def test_dtypes_may_be_others(model: TabularModel) -> None:
    part = pd.DataFrame(
        {"net": ["12.5", "3.25"], "pieces": [2.0, 3.0], "sent": ["2022-05-01", "2022-06-02"]}
    )
    made = model.complete(part, seed=1)
    pd.testing.assert_frame_equal(made[list(part)], part)
    assert made["cost"].tolist() == [25.0, 9.75]
    assert made["month"].tolist() == [5, 6]


def test_nothing_and_everything_may_be_known(model: TabularModel, bills: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(model.complete(bills.head(5)), bills.head(5))
    assert model.complete(bills[["net"]].head(0)).empty
    free = model.complete(pd.DataFrame({"net": [UNKNOWN] * 9}, dtype=object), seed=1)
    assert not model.relations.find_violations(free).any()
    assert free["key"].is_unique


def test_keys_that_are_known_are_not_made_again(model: TabularModel) -> None:
    keys = pd.DataFrame({"key": [*range(1_400, 1_430), *([UNKNOWN] * 30)]}, dtype=object)
    made = model.complete(keys, seed=1)["key"]
    assert made.is_unique
    assert made[:30].tolist() == list(range(1_400, 1_430))


def test_rows_come_back_in_their_kind(model: TabularModel, bills: pd.DataFrame) -> None:
    polars = pytest.importorskip("polars")
    part = bills[["town", "net"]].head(3)
    frame = model.complete(polars.from_pandas(part), seed=1)
    assert isinstance(frame, polars.DataFrame)
    assert frame["town"].to_list() == part["town"].tolist()
    table = model.complete(pa.Table.from_pandas(part, preserve_index=False), seed=1)
    assert table["net"].to_pylist() == part["net"].tolist()
    records = model.complete([{"town": "Pau"}, {"town": UNKNOWN}], seed=1)
    assert records[0]["land"] == "FR"


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 10_000), share=st.floats(0.1, 0.9))
def test_any_cells_may_be_hidden(
    model: TabularModel, bills: pd.DataFrame, seed: int, share: float
) -> None:
    rng = np.random.default_rng(seed)
    part: Any = bills.sample(6, random_state=seed).astype(object).reset_index(drop=True)
    hidden = rng.random(part.shape) < share
    masked = part.copy()
    for row, column in zip(*hidden.nonzero(), strict=True):
        masked.iat[row, column] = UNKNOWN
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BrokenRelationWarning)  # after 672 candidates in vain
        made = model.complete(masked, seed=seed)
    for row, column in zip(*(~hidden).nonzero(), strict=True):
        old, new = part.iat[row, column], made.iat[row, column]
        assert old == new or (pd.isna(old) and pd.isna(new))
