"""Columns that are calculated from others: found, left out, computed, declared."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan.errors import RelationError
from tabgan.relations import RelationConfig, RelationSet
from tabgan.schema import TableSchema

N = 700
RNG = np.random.default_rng(5)
START = pd.Timestamp("2023-03-01") + pd.to_timedelta(RNG.integers(0, 10**7, N), "s")
BASE = pd.DataFrame(
    {
        "qty": RNG.integers(1, 12, N),
        "price": RNG.lognormal(3, 1, N).round(2),
        "kg": RNG.normal(75, 10, N).round(1),
        "m": RNG.normal(1.75, 0.1, N).round(2),
        "exam": RNG.integers(0, 101, N),
        "home": RNG.integers(0, 101, N),
        "x": RNG.normal(size=N),
        "y": RNG.normal(size=N),
        "start": START,
        "end": START + pd.to_timedelta(RNG.integers(60, 10**6, N), "s"),
    }
)
Make = Callable[[pd.DataFrame], Any]
FACTS: dict[str, Make] = {
    "z = qty * price": lambda d: (d.qty * d.price).round(2),
    "z = kg / m ** 2": lambda d: (d.kg / d.m**2).round(1),
    "z = 100 * exam / kg": lambda d: (100 * d.exam / d.kg).round(2),
    "z = 0.7 * exam + 0.3 * home": lambda d: (0.7 * d.exam + 0.3 * d.home).round(1),
    "z = log(price)": lambda d: np.log(d.price),
    "z = sqrt(kg * m)": lambda d: np.sqrt(d.kg * d.m).round(3),
    "z = exam * home * qty": lambda d: d.qty * d.exam * d.home,
    "z = qty * price + exam": lambda d: (d.qty * d.price + d.exam).round(2),
    "z = x / y": lambda d: d.x / d.y,
    "z = 0.3 * x - 1.7 * y + 2": lambda d: 0.3 * d.x - 1.7 * d.y + 2,
    "z = x ** 2": lambda d: d.x**2,
    "z = end - start": lambda d: (d.end - d.start).dt.total_seconds(),
    "z = floor((end - start) / 1 hour)": lambda d: (d.end - d.start).dt.total_seconds() // 3600,
    "z = abs(x)": lambda d: d.x.abs(),
    "z = exp(x)": lambda d: np.exp(d.x),
}


def with_fact(text: str, frame: pd.DataFrame = BASE) -> pd.DataFrame:
    return frame.assign(z=FACTS[text](frame))


def discover(frame: pd.DataFrame, **config: object) -> RelationSet:
    return RelationSet.discover(frame, TableSchema.infer(frame), RelationConfig(**config))  # type: ignore[arg-type]


def permuted(relations: RelationSet, frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows whose learned columns have nothing to do with each other."""
    free = relations.apply(frame)
    rng = np.random.default_rng(0)
    shuffled = {name: free[name].iloc[rng.permutation(len(free))].array for name in free}
    return relations.restore(pd.DataFrame(shuffled))


def same(one: "pd.Series[float]", other: "pd.Series[float]") -> bool:
    gaps = one.isna() & other.isna()
    return bool((gaps | np.isclose(one, other, rtol=1e-12, atol=0)).all())


@pytest.mark.parametrize("text", FACTS)
def test_a_formula_is_found_left_out_and_computed(text: str) -> None:
    frame = with_fact(text)
    relations = discover(frame)
    assert text in relations.texts
    assert "z" not in relations.free.names
    restored = relations.restore(relations.apply(frame))
    assert same(restored["z"], frame["z"])
    assert restored["z"].dtype == frame["z"].dtype
    made = permuted(relations, frame)
    assert same(made["z"], FACTS[text](made))


@pytest.mark.parametrize("text", FACTS)
def test_what_is_found_is_declared_and_read_back(text: str) -> None:
    frame = with_fact(text)
    declared = discover(frame, discover=False, declare=[text])
    assert declared.texts == (text,)
    again = RelationSet.from_dict(declared.to_dict(), declared.schema)
    assert again.texts == declared.texts
    free = declared.apply(frame)
    pd.testing.assert_frame_equal(again.restore(free), declared.restore(free))


@pytest.mark.parametrize("n_rows", [40, 200, N])
def test_gaps_come_from_the_inputs_or_are_learned(n_rows: int) -> None:
    frame = BASE.iloc[:n_rows].copy()
    rng = np.random.default_rng(1)
    frame["kg"] = frame["kg"].mask(rng.random(n_rows) < 0.1)
    frame = with_fact("z = kg / m ** 2", frame)
    frame["z"] = frame["z"].mask(rng.random(n_rows) < 0.1)
    relations = discover(frame)
    assert "z = kg / m ** 2" in relations.texts
    made = permuted(relations, frame)
    given = made["z"].notna()
    assert same(made["z"][given], FACTS["z = kg / m ** 2"](made)[given])
    assert 0 < (made["z"].isna() & made["kg"].notna()).sum() < n_rows / 3
    pd.testing.assert_series_equal(relations.restore(relations.apply(frame))["z"], frame["z"])


def test_a_few_odd_rows_make_an_offer_that_can_be_declared() -> None:
    frame = with_fact("z = qty * price")
    frame.loc[[3, 200, 500], "z"] = 9_999.99
    offered = [set(d.relation.text.split()) for d in discover(frame).offered]
    assert {"z", "=", "qty", "*", "price"} in offered
    declared = discover(frame, declare=["z = price * qty"])
    assert "z = price * qty" in declared.texts
    made = permuted(declared, frame)
    assert same(made["z"], FACTS["z = qty * price"](made))


def test_what_does_not_hold_cannot_be_declared() -> None:
    with pytest.raises(RelationError, match=r"does not hold in \d+ of 700 rows, such as row"):
        discover(BASE.assign(z=BASE.x), declare=["z = kg * m"])


def test_the_column_that_is_rounded_is_the_one_that_is_computed() -> None:
    """Rates that are drawn would not be those of the counts that are computed from them."""
    frame = pd.DataFrame({"clicks": BASE.exam, "shown": RNG.integers(500, 2_000, N)})
    frame["rate"] = (100 * frame.clicks / frame.shown).round(2)
    assert discover(frame).texts == ("rate = 100 * clicks / shown",)


def test_of_a_mean_and_its_parts_the_mean_is_computed() -> None:
    frame = BASE[["exam", "home", "qty"]]
    frame = frame.assign(mean=(frame.sum(axis=1) / 3).round(2))
    relations = discover(frame)
    assert "mean" not in relations.free.names
    made = permuted(relations, frame)
    assert same(made["mean"], (made[["exam", "home", "qty"]].sum(axis=1) / 3).round(2))


def test_formulas_chain() -> None:
    frame = BASE[["qty", "price"]].assign(net=lambda d: (d.qty * d.price).round(2))
    frame["vat"] = (0.19 * frame.net).round(2)
    frame["gross"] = (frame.net + frame.vat).round(2)
    relations = discover(frame)
    made = permuted(relations, frame)
    assert same(made.net, (made.qty * made.price).round(2))
    assert (made.vat - 0.19 * made.net).abs().max() < 0.005 + 1e-9
    assert same(made.gross, (made.net + made.vat).round(2))


@pytest.mark.parametrize("seed", range(12))
def test_chance_makes_no_formula(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_rows = int(10 ** rng.uniform(1.7, 3.3))
    common = rng.normal(size=n_rows) if seed % 2 else np.zeros(n_rows)
    columns = {
        f"c{index}": np.round(common * rng.uniform(-2, 2) + rng.normal(size=n_rows), digits)
        * rng.integers(1, 30)
        for index, digits in enumerate(rng.integers(0, 4, 12))
    }
    relations = discover(pd.DataFrame(columns))
    kept = [r.text for r in relations.relations if r.KIND == "formula"]
    assert kept == []
