"""Columns that are the first of several that has a value: found, restored, never by chance."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN
from tabgan.relations import RelationSet
from tabgan.schema import TableSchema

Frame = pd.DataFrame


def amounts(rng: np.random.Generator, n: int, missing: float = 0.0) -> "pd.Series[Any]":
    return pd.Series(rng.lognormal(3, 1, n).round(2)).mask(rng.random(n) < missing)


def make_table(n: int, seed: int = 0) -> Frame:
    rng = np.random.default_rng(seed)
    planned = pd.Series(pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 500, n), "D"))
    moved = (planned + pd.to_timedelta(rng.integers(1, 30, n), "D")).mask(rng.random(n) < 0.6)
    return Frame(
        {
            "offer": amounts(rng, n, 0.6),
            "usual": amounts(rng, n, 0.3),
            "price": amounts(rng, n),
            "qty": pd.Series(rng.integers(1, 100_000, n)).astype("Int64").mask(rng.random(n) < 0.5),
            "planned": planned,
            "moved": moved,
        }
    )


THREE = (
    "y = case when not (offer missing) then offer "
    "when not (usual missing) then usual else price end"
)
FACTS: dict[str, tuple[str, Callable[[Frame], Any]]] = {
    "two": (
        "y = case when not (offer missing) then offer else price end",
        lambda t: t.offer.fillna(t.price),
    ),
    "three": (
        THREE,
        lambda t: t.offer.fillna(t.usual).fillna(t.price),
    ),
    "gaps": (
        "y = case when not (offer missing) then offer else usual end",
        lambda t: t.offer.fillna(t.usual),
    ),
    "zero": (
        "y = case when not (offer missing) then offer else 0 end",
        lambda t: t.offer.fillna(0.0),
    ),
    "whole": (
        "y = case when not (qty missing) then qty else -1 end",
        lambda t: t.qty.fillna(-1).astype("int64"),
    ),
    "datetimes": (
        "y = case when not (moved missing) then moved else planned end",
        lambda t: t.moved.fillna(t.planned),
    ),
}


def discover(frame: Frame) -> RelationSet:
    return RelationSet.discover(frame, TableSchema.infer(frame))


@pytest.mark.parametrize("name", FACTS)
@pytest.mark.parametrize("n_rows", [200, 6_000])
def test_the_first_value_is_found_and_restored(name: str, n_rows: int) -> None:
    text, make = FACTS[name]
    table = make_table(n_rows)
    frame = table.assign(y=make(table))
    relations = discover(frame)
    assert text in relations.texts
    learned = relations.apply(frame)
    assert "y" not in learned
    rng = np.random.default_rng(1)
    shuffled = Frame({c: learned[c].iloc[rng.permutation(n_rows)].array for c in learned})
    rows = relations.restore(shuffled)
    assert rows.dtypes.equals(frame.dtypes)
    pd.testing.assert_series_equal(rows["y"], make(rows), check_names=False, check_dtype=False)


def test_some_other_value_is_none() -> None:
    table = make_table(400)
    rng = np.random.default_rng(2)
    often = table.price.where(rng.random(400) < 0.9, table.price + 1)
    frames = [
        table.assign(y=table.offer.fillna(pd.Series(amounts(rng, 400)))),
        table.assign(y=table.offer.fillna(table.price + rng.integers(0, 2, 400))),
        table.assign(y=often.mask(rng.random(400) < 0.5)),
        table.assign(y=table.offer),
    ]
    for frame in frames:
        assert [text for text in discover(frame).texts if text.startswith("y = case")] == []


@pytest.mark.parametrize("seed", range(20))
def test_chance_makes_none(seed: int) -> None:
    """Columns with gaps that are equal in most rows, or of few values, or 0 in most of them."""
    rng = np.random.default_rng(seed)
    n = int(rng.choice([60, 300, 2_000]))
    base = rng.integers(0, int(rng.choice([2, 5, 50])), n)
    columns = {}
    for number in range(8):
        own = np.where(rng.random(n) < rng.choice([0.02, 0.2, 1.0]), rng.integers(0, 5, n), base)
        columns[f"c{number}"] = pd.Series(own, dtype=float).mask(
            rng.random(n) < rng.choice([0.0, 0.03, 0.3])
        )
    relations = discover(Frame(columns))
    found = [*relations.kept, *relations.implied, *relations.offered]
    assert [d.relation.text for d in found if "case when not (c" in d.relation.text] == []


def test_generated_rows_obey_it_and_can_be_asked_for() -> None:
    table = make_table(500)
    frame = table.assign(y=FACTS["two"][1](table))
    model = TabGAN(steps=30, random_state=0, threads=1).fit(frame)
    for rows in (model.sample(400, random_state=1), model.sample(50, where="y>=60")):
        assert rows["y"].equals(FACTS["two"][1](rows).rename("y"))
    assert (rows["y"] >= 60).all()
