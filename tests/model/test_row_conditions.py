"""Conditions on columns that follow from others hold exactly, or are refused in a sentence."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN
from tabgan.encoding.encoded_column import Selection
from tabgan.errors import ConditionError
from tabgan.model.row_conditions import RowConditions
from tabgan.query.where import Where


@pytest.fixture(scope="module")
def bills() -> pd.DataFrame:
    """500 bills: a town decides its land, the total is a sum, dates have an order."""
    rng = np.random.default_rng(0)
    n = 500
    town = rng.choice(["Ulm", "Bonn", "Pau", "Nice"], n, p=[0.5, 0.3, 0.15, 0.05])
    net, tax = rng.lognormal(3, 0.6, n).round(2), rng.lognormal(1, 0.5, n).round(2)
    sent = pd.Timestamp("2022-01-01") + pd.to_timedelta(rng.integers(0, 300, n), "D")
    paid = pd.Series(sent + pd.to_timedelta(rng.integers(0, 60, n), "D"))
    note = pd.Series(rng.choice(["late", "ok"], n)).mask(rng.random(n) < 0.4)
    return pd.DataFrame(
        {
            "town": town,
            "land": pd.Series(town).map({"Ulm": "DE", "Bonn": "DE", "Pau": "FR", "Nice": "FR"}),
            "net": net,
            "tax": tax,
            "total": (net + tax).round(2),
            "sent": sent,
            "month": sent.month,
            "paid": paid,
            "note": note,
            "by": pd.Series(rng.choice(["Ann", "Bob"], n)).mask(note.isna()),
            "key": np.arange(n) + 1_000,
        }
    )


@pytest.fixture(scope="module")
def fitted(bills: pd.DataFrame) -> TabGAN:
    return TabGAN(
        steps=20,
        random_state=0,
        device="cpu",
        declare=["net <= 200 or town = 'Ulm'", "tax + 1 > 0"],
        refine=False,
    ).fit(bills)


def test_every_relation_is_obeyed(fitted: TabGAN, bills: pd.DataFrame) -> None:
    rows = fitted.sample(3_000, random_state=0)
    relations = fitted.model_.relations
    assert {relation.KIND for relation in relations.relations} >= {
        "dependency", "sum", "order", "date_part", "missing", "predicate",
    }  # fmt: skip
    assert not relations.find_violations(rows).any()
    assert (rows.dtypes == bills.dtypes).all()
    assert rows["key"].is_unique


@pytest.mark.parametrize(
    ("where", "holds"),
    [
        ({"land": "FR"}, lambda r: r["town"].isin(["Pau", "Nice"])),
        ({"land": "FR", "town": "Nice"}, lambda r: r["town"] == "Nice"),
        ({"total": ("<=", 20)}, lambda r: r["total"] <= 20),
        ({"total": [(">", 60), ("<", 70)]}, lambda r: r["total"].between(60, 70)),
        ({"total": ("<", 25), "tax": (">", 4)}, lambda r: (r["total"] < 25) & (r["tax"] > 4)),
        ({"paid": ("<", "2022-02-01")}, lambda r: r["paid"] < "2022-02-01"),
        ({"month": 5}, lambda r: r["sent"].dt.month == 5),
        ({"by": None}, lambda r: r["note"].isna()),
        ({"by": "Ann"}, lambda r: r["note"].notna() & (r["by"] == "Ann")),
        ({"town": "Pau"}, lambda r: r["land"] == "FR"),
        ({"town": ["Pau", "Nice"]}, lambda r: r["land"] == "FR"),
        ({"land": ("!=", "DE"), "net": ("<", 30)}, lambda r: (r["land"] == "FR") & (r["net"] < 30)),
        ({"by": ("!=", None)}, lambda r: r["note"].notna()),
        ({"by": ["Ann", None]}, lambda r: (r["by"] == "Ann") | r["note"].isna()),
        ({"month": [5, 6]}, lambda r: r["sent"].dt.month.isin([5, 6])),
        ({"total": ("!=", 20)}, lambda r: r["total"] != 20),
        ("total<20 or total>60", lambda r: ~r["total"].between(20, 60)),
        ("land=FR or total>60", lambda r: (r["land"] == "FR") | (r["total"] > 60)),
        ("not (land=DE or by missing)", lambda r: (r["land"] == "FR") & r["by"].notna()),
        ("(town=Ulm and net<20) or (town=Nice and net>20)",
         lambda r: ((r["town"] == "Ulm") & (r["net"] < 20))
         | ((r["town"] == "Nice") & (r["net"] > 20))),
        (["paid<2022-02-01", "month in (1, 2)"], lambda r: r["paid"] < "2022-02-01"),
    ],
)  # fmt: skip
def test_conditions_on_what_follows_hold(
    fitted: TabGAN, where: Any, holds: Callable[[pd.DataFrame], pd.Series]
) -> None:
    rows = fitted.sample(200, where=where, random_state=1)
    assert len(rows) == 200
    assert holds(rows).all()
    assert not fitted.model_.relations.find_violations(rows).any()
    assert rows["key"].is_unique
    first = fitted.sample(20, where=where, random_state=1)
    pd.testing.assert_frame_equal(first, rows.head(20))


def test_an_answer_asked_for_draws_its_sources_by_frequency(fitted: TabGAN) -> None:
    rows = fitted.sample(1_000, where={"land": "DE"}, random_state=0)
    assert (rows["town"] == "Ulm").mean() == pytest.approx(0.5 / 0.8, abs=0.06)


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ({"town": "Ulm", "land": "FR"}, "'town' and 'land' cannot be had at once.*town -> land"),
        ({"land": "IT"}, "'land' is never = 'IT'.*follows from 'town'"),
        ({"total": ("<", 0)}, "total|net|tax"),
        ({"net": (">", 50), "total": ("<", 30)}, "cannot be had at once|rows were found"),
        ({"total": "much"}, "'much'"),
        ({"paid": ("<", "2022-02-01"), "sent": (">", "2022-06-01")}, "at once"),
        ({"land": ("!=", "IT")}, "'land' is never = 'IT'"),
        ({"town": ["Pau", "Nic"]}, "'town' never holds 'Nic' in the table; perhaps 'Nice'"),
        ({"town": ["Ulm", "Nic"], "land": "DE"}, "'town' never holds 'Nic' in the table"),
        ("town=Nic or net>20", "'town' never holds 'Nic' in the table; perhaps 'Nice'"),
        ("town=Pau or net>much", "'net' holds continuous values, so 'much' cannot be asked for"),
        ({"net": ("!=", "much")}, "'much' cannot be asked for; give a number such as"),
        ("town=Pau or town<3", "can only be asked to equal one of them"),
        ("land=DE and not town in (Ulm, Bonn)", "'land' and 'town' cannot be had at once"),
        (
            "(land=FR or sent=) and town=Ulm",
            r"rows were found .* with town = Ulm and \(land = FR or sent = None\) and net <= 200",
        ),
        ("key=1 or town=Pau", "'key' is an identifier"),
    ],
)
def test_contradictions_are_refused(fitted: TabGAN, where: Any, words: str) -> None:
    with pytest.raises(ConditionError, match=words):
        fitted.sample(5, where=where, random_state=0)


@pytest.fixture(scope="module")
def free() -> TabGAN:
    """Of a table without relations: a town, whose people are old in one and young in another."""
    rng = np.random.default_rng(0)
    town = rng.choice(["Ulm", "Bonn", "Pau"], 600, p=[0.5, 0.4, 0.1])
    age = np.where(town == "Ulm", rng.integers(20, 50, 600), rng.integers(50, 80, 600))
    rent = pd.Series(rng.lognormal(6, 0.4, 600).round(2)).mask(rng.random(600) < 0.3)
    table = pd.DataFrame({"town": town, "age": age, "rent": rent, "key": np.arange(600) + 5_000})
    settings: dict[str, Any] = {"relations": False, "refine": False, "device": "cpu"}
    return TabGAN(steps=150, random_state=0, **settings).fit(table)


def conditions_of(gan: TabGAN, where: Where) -> tuple[RowConditions, dict[str, Selection]]:
    """What is told of which column."""
    model = gan.model_
    found = RowConditions.from_where(where, model.relations, model.encoder)
    names = {number: each.column.name for number, each in enumerate(model.encoder.encoders)}
    return found, {str(names[n]): told.by_part[0] for n, told in found.selections.items()}


@pytest.mark.parametrize(
    ("where", "holds"),
    [
        ({"town": ["Bonn", "Pau"]}, lambda r: r["town"] != "Ulm"),
        ("town!=Ulm", lambda r: r["town"] != "Ulm"),
        ("age!=60", lambda r: r["age"] != 60),
        ("age in (21, 60, 61)", lambda r: r["age"].isin([21, 60, 61])),
        ("age<25 or 60<=age<=70", lambda r: (r["age"] < 25) | r["age"].between(60, 70)),
        ("not 25<=age<70", lambda r: ~r["age"].between(25, 69)),
        ("rent= or rent>500", lambda r: r["rent"].isna() | (r["rent"] > 500)),
        ("rent!=", lambda r: r["rent"].notna()),
        ("rent<400 or rent>=600.05", lambda r: (r["rent"] < 400) | (r["rent"] > 600.04)),
        ("key!=", lambda r: r["key"].notna()),
        ("age<25 or age>900", lambda r: r["age"] < 25),
    ],
)
def test_what_is_asked_of_one_column_needs_no_check(
    free: TabGAN, where: Any, holds: Callable[[pd.DataFrame], pd.Series]
) -> None:
    found, told = conditions_of(free, where)
    assert found.needs_no_rejection
    assert len(told) == 1
    rows = free.sample(2_000, where=where, random_state=0)
    assert holds(rows).all()
    pd.testing.assert_frame_equal(free.sample(9, where=where, random_state=0), rows.head(9))


def test_parts_of_a_column_come_as_often_as_in_the_table(free: TabGAN) -> None:
    rows = free.sample(4_000, where="rent= or rent<300", random_state=0)
    whole = free.sample(4_000, random_state=0)["rent"]
    share = whole.isna().sum() / (whole.isna() | (whole < 300)).sum()
    assert rows["rent"].isna().mean() == pytest.approx(share, abs=0.04)


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("town=Ulm and 20<=age<=60", {"town", "age"}),  # as ever
        ("town!=Pau and age>=30", set()),  # most rows
        ("town in (Bonn, Pau) and age!=60", set()),
        ("town=Bonn and age in (51, 52)", {"age"}),
        ("town=Pau and age in (51, 52) and rent!=", {"town", "age"}),
        ("town=Pau or age>60", set()),
        ("(town=Pau and age<60) or town=Bonn", {"town"}),
        ("(town=Pau and age=60) or (town=Bonn and age=61)", {"age"}),
        ("rent<300 and (town=Pau or age>60)", {"rent"}),
    ],
)
def test_what_many_rows_satisfy_is_left_to_the_check(
    free: TabGAN, where: str, told: set[str]
) -> None:
    found, selections = conditions_of(free, where)
    assert set(selections) == told
    assert found.needs_no_rejection == (where.startswith("town=Ulm"))
    rows = free.sample(300, where=where, random_state=0)
    schema = free.model_.schema
    assert found.asked.matches(rows, schema).all()


@pytest.mark.parametrize(
    "where", ["town!=Pau and rent!=", "town=Bonn or age<30", "not (town=Ulm and age<40)"]
)
def test_rows_under_a_condition_are_those_that_satisfy_it(free: TabGAN, where: str) -> None:
    """Columns go together as they do in rows that are drawn freely and then chosen."""
    whole = free.sample(20_000, random_state=1)
    kept = whole[conditions_of(free, where)[0].asked.matches(whole, free.model_.schema)]
    rows = free.sample(6_000, where=where, random_state=0)
    for name, threshold in (("age", 40), ("rent", 400)):
        for town in ("Ulm", "Bonn"):
            real = ((kept["town"] == town) & (kept[name] < threshold)).mean()
            made = ((rows["town"] == town) & (rows[name] < threshold)).mean()
            assert made == pytest.approx(real, abs=0.03), (name, town)


def test_text_and_mapping_draw_the_same_rows(free: TabGAN) -> None:
    pairs: list[tuple[Any, Any]] = [
        ("town in (Bonn, Pau)", {"town": ["Bonn", "Pau"]}),
        ("town!=Ulm", {"town": ("!=", "Ulm")}),
        (["30<=age<40", "town=Ulm"], {"age": [(">=", 30), ("<", 40)], "town": "Ulm"}),
        ("age>=30 and town=Ulm and age<40", {"age": [(">=", 30), ("<", 40)], "town": "Ulm"}),
    ]
    for text, mapping in pairs:
        rows = free.sample(50, where=text, random_state=0)
        pd.testing.assert_frame_equal(rows, free.sample(50, where=mapping, random_state=0))
        batches = list(free.iter_batches(50, where=text, random_state=0))
        assert batches[0].num_rows == 50


def test_a_contradiction_of_odd_names_is_told_in_printable_characters() -> None:
    first = np.random.default_rng(0).normal(size=60).round(2)
    model = TabGAN(steps=2, random_state=0).fit(pd.DataFrame({"c": first, "\0": -2 * first}))
    with pytest.raises(ConditionError, match="cannot be had at once") as refused:
        model.sample(5, where={"c": (">", 0), "\0": (">", 0)})
    assert str(refused.value).isprintable()
