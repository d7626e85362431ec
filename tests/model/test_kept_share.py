"""What throwing rows away does is measured, and said where a declared relation needs it."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN, TabularModel
from tabgan.model.kept_share import (
    MIN_KEPT_ROWS,
    describe_rejections,
    measure_kept_share,
)
from tabgan.relations import RelationConfig, RelationSet
from tabgan.schema import TableSchema

RNG = np.random.default_rng(0)
N = 2_000
ORDERS = pd.DataFrame(
    {
        "qty": RNG.integers(1, 9, N),
        "price": RNG.gamma(2, 20, N).round(2),
        "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(RNG.integers(0, 100, N), "D"),
        "took": pd.to_timedelta(RNG.integers(1, 90, N), "min"),
        "town": pd.Series(RNG.choice(["Ulm", "Bonn"], N)).mask(RNG.random(N) < 0.5),
        "noise": RNG.normal(size=N),
    }
)


def measure(kept: Any) -> tuple[float, str]:
    measured = measure_kept_share(ORDERS, kept, TableSchema.infer(ORDERS))
    return round(measured.share, 2), measured.shift


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        (ORDERS["price"] > 60, "the median of price is "),
        (ORDERS["day"] < "2024-01-11", "the median of day is 2024-01-"),
        (ORDERS["took"] < pd.Timedelta("20min"), "the median of took is "),
        (ORDERS["town"] == "Ulm", "town is Ulm in 100 % of the rows that are left instead of 2"),
        (ORDERS["town"].isna(), "town is missing in 100 % of the rows that are left instead of 4"),
    ],
)
def test_the_column_that_changes_most_is_named(kept: "pd.Series[bool]", words: str) -> None:
    share, shift = measure(kept)
    assert share == round(kept.mean(), 2)
    assert shift.startswith(words)


def test_what_changes_nothing_is_not_named() -> None:
    assert measure(np.arange(N) % 4 == 0) == (0.25, "")
    assert measure(np.arange(N) < MIN_KEPT_ROWS - 1) == (0.02, "")
    assert measure(np.zeros(N, bool)) == (0.0, "")


def describe(frame: pd.DataFrame, *texts: str) -> list[str]:
    schema = TableSchema.infer(frame)
    config = RelationConfig(discover=False, declare=texts)
    relations = RelationSet.discover(frame, schema, config).relations
    shuffled = frame.apply(lambda c: c.iloc[RNG.permutation(len(frame))].to_numpy())
    return describe_rejections(relations, schema, lambda n: shuffled.iloc[:n])


def test_relations_that_drawn_rows_seldom_obey_are_named() -> None:
    orders = ORDERS.assign(amount=(ORDERS["qty"] * ORDERS["price"]).round(2))
    (message,) = describe(orders, "amount - qty * price = 0", "qty >= 1 or price > 1")
    assert message.startswith(
        "the relation 'amount - qty * price = 0' is kept by throwing rows away"
    )
    assert describe(orders, "qty >= 1 or price > 1", "price <= amount") == []


def test_relations_that_only_together_are_seldom_obeyed_are_named_together() -> None:
    rng = np.random.default_rng(1)
    a = rng.normal(size=N)
    frame = pd.DataFrame({"a": a, "b": a + rng.random(N) - 0.3, "c": a + rng.random(N) - 0.3})
    frame = frame[(frame["a"] < frame["b"] + 0.3) & (frame["a"] < frame["c"] + 0.3)]
    (message,) = describe(frame.head(1_900), "a < b + 0.3", "a < c + 0.3")
    assert message.startswith("the relations 'a < b + 0.3' and 'a < c + 0.3' are kept")


def test_a_fit_says_so_and_the_model_file_remembers(tmp_path: Any) -> None:
    frame = ORDERS.head(300)[["qty", "price"]]
    frame = frame.assign(amount=(frame["qty"] * frame["price"]).round(2))
    model = (
        TabGAN(steps=10, random_state=0, relations=False, declare=["amount - qty * price = 0"])
        .fit(frame)
        .model_
    )
    assert any("'amount - qty * price = 0' is kept by" in line for line in model.record.messages)
    model.save(tmp_path / "m.tabgan")
    loaded = TabularModel.load(tmp_path / "m.tabgan")
    assert loaded.record.messages == model.record.messages
    plain = TabGAN(steps=10, random_state=0).fit(frame).model_
    assert plain.record.messages == [line for line in plain.record.messages if "kept" not in line]
