"""Conditions on columns that follow from others hold exactly, or are refused in a sentence."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN
from tabgan.errors import ConditionError


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
    assert not relations.find_broken(rows).any()
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
    ],
)
def test_conditions_on_what_follows_hold(
    fitted: TabGAN, where: dict[str, Any], holds: Callable[[pd.DataFrame], pd.Series]
) -> None:
    rows = fitted.sample(200, where=where, random_state=1)
    assert len(rows) == 200
    assert holds(rows).all()
    assert not fitted.model_.relations.find_broken(rows).any()
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
    ],
)
def test_contradictions_are_refused(fitted: TabGAN, where: dict[str, Any], words: str) -> None:
    with pytest.raises(ConditionError, match=words):
        fitted.sample(5, where=where, random_state=0)
