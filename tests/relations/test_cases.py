"""Columns that conditions decide: thresholds, comparisons, groups; found, made, asked for."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.config import Protection
from tabgan.errors import ConditionError, RelationError
from tabgan.relations import RelationConfig, RelationSet
from tabgan.relations.formula.cases.cut_points import count_digits, find_round_number
from tabgan.schema import TableSchema
from tabgan.schema.predicates import Clause, matches

N = 900
RNG = np.random.default_rng(7)
DAYS = pd.Timestamp("2022-01-01") + pd.to_timedelta(RNG.integers(0, 900 * 24, N), "h")
BASE = pd.DataFrame(
    {
        "income": RNG.lognormal(10, 1, N).round(2),
        "balance": RNG.normal(0, 500, N).round(2),
        "age": RNG.integers(0, 2_000, N),
        "due": DAYS,
        "delivered": DAYS + pd.to_timedelta(RNG.normal(0, 90, N).round(), "h"),
        "revenue": RNG.lognormal(8, 1, N).round(2),
        "cost": RNG.lognormal(8, 1, N).round(2),
        "currency": RNG.choice(["EUR", "USD", "JPY"], N, p=[0.5, 0.3, 0.2]),
        "amount": RNG.lognormal(4, 1, N).round(2),
    }
)
Make = Callable[[pd.DataFrame], Any]
RATES = {"EUR": 1.0, "USD": 0.92, "JPY": 0.0061}


def choose(frame: pd.DataFrame, conditions: list[Any], labels: list[Any]) -> Any:
    values = np.select(conditions, labels[:-1], labels[-1])
    return pd.Series(values, frame.index)


FACTS: dict[str, Make] = {
    "z = case when income < 20000 then 'low' when income < 50000 then 'mid' else 'high' end": (
        lambda d: choose(d, [d.income < 20_000, d.income < 50_000], ["low", "mid", "high"])
    ),
    "z = balance < 0": lambda d: d.balance < 0,
    "z = case when balance < 0 then 1 else 0 end": lambda d: (d.balance < 0).astype(int),
    "z = case when age < 100 then 'child' when age < 1000 then 'adult' else 'old' end": (
        lambda d: choose(d, [d.age < 100, d.age < 1000], ["child", "adult", "old"])
    ),
    "z = case when due < '2023-01-01' then 'pilot' else 'open' end": (
        lambda d: choose(d, [d.due < "2023-01-01"], ["pilot", "open"])
    ),
    "z = case when balance < -300 then 'odd' when balance < 300 then 'usual' else 'odd' end": (
        lambda d: choose(d, [d.balance.abs() > 300], ["odd", "usual"])
    ),
    "z = delivered > due": lambda d: d.delivered > d.due,
    "z = case when revenue < cost then 'loss' else 'profit' end": (
        lambda d: choose(d, [d.revenue < d.cost], ["loss", "profit"])
    ),
    "z = case when due < delivered then 'late' when due = delivered then 'on time'"
    " else 'early' end": (
        lambda d: choose(
            d, [d.delivered < d.due, d.delivered == d.due], ["early", "on time", "late"]
        )
    ),
    "z = case currency when 'EUR' then amount when 'JPY' then 0.0061 * amount"
    " when 'USD' then 0.92 * amount end": lambda d: (d.amount * d.currency.map(RATES)).round(4),
    "z = case currency when 'EUR' then amount when 'JPY' then 5"
    " when 'USD' then 2 * amount + 3 end": (
        lambda d: choose(
            d, [d.currency == "EUR", d.currency == "JPY"], [d.amount, 5.0, 2 * d.amount + 3]
        ).round(2)
    ),
}


def with_fact(text: str, frame: pd.DataFrame = BASE) -> pd.DataFrame:
    return frame.assign(z=FACTS[text](frame))


def discover(frame: pd.DataFrame, *, protect: int = 0, **config: object) -> RelationSet:
    protection = Protection(is_on=protect > 0, min_rows=protect or 5)
    asked = RelationConfig(**config)  # type: ignore[arg-type]
    return RelationSet.discover(frame, TableSchema.infer(frame), asked, protection)


def permuted(relations: RelationSet, frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows whose learned columns have nothing to do with each other."""
    free = relations.apply(frame)
    rng = np.random.default_rng(0)
    shuffled = {name: free[name].iloc[rng.permutation(len(free))].array for name in free}
    return relations.restore(pd.DataFrame(shuffled))


def agree(one: "pd.Series[Any]", other: "pd.Series[Any]") -> bool:
    if pd.api.types.is_float_dtype(one):
        return bool(np.isclose(one, other, rtol=1e-12, equal_nan=True).all())
    return bool((one.astype(object) == other.astype(object)).all())


@pytest.mark.parametrize("text", FACTS)
def test_a_case_is_found_left_out_and_made(text: str) -> None:
    frame = with_fact(text)
    relations = discover(frame)
    assert text in relations.texts
    assert "z" not in relations.free.names
    restored = relations.restore(relations.apply(frame))
    pd.testing.assert_series_equal(restored["z"], frame["z"])
    made = permuted(relations, frame)
    assert agree(made["z"], FACTS[text](made))


@pytest.mark.parametrize("text", FACTS)
def test_what_is_found_is_declared_and_read_back(text: str) -> None:
    frame = with_fact(text)
    declared = discover(frame, discover=False, declare=[text])
    assert declared.texts == (text,)
    again = RelationSet.from_dict(declared.to_dict(), declared.schema)
    assert again.texts == declared.texts
    free = declared.apply(frame)
    pd.testing.assert_frame_equal(again.restore(free), declared.restore(free))
    (relation,) = declared.relations
    assert discover(frame, forget=[text]).texts.count(text) == 0
    assert relation.explain().startswith("z is ")


DTYPES: dict[str, Callable[["pd.Series[Any]"], "pd.Series[Any]"]] = {
    "object": lambda z: z.astype(object),
    "category": lambda z: z.astype(pd.CategoricalDtype(["low", "mid", "high", "none"], True)),
    "arrow": lambda z: z.astype("string[pyarrow]"),
    "int": lambda z: z.map({"low": 1, "mid": 2, "high": 5}),
    "Int64": lambda z: z.map({"low": 1, "mid": 2, "high": 5}).astype("Int64"),
    "float": lambda z: z.map({"low": 0.5, "mid": 0.25, "high": 7.0}),
    "boolean": lambda z: (z == "mid").astype("boolean"),
}


@pytest.mark.parametrize("dtype", DTYPES)
def test_levels_come_back_in_their_dtype(dtype: str) -> None:
    labels = choose(BASE, [BASE.income < 20_000, BASE.income < 50_000], ["low", "mid", "high"])
    frame = BASE.assign(z=DTYPES[dtype](labels))
    relations = discover(frame)
    assert any(text.startswith("z = case when income < 20000") for text in relations.texts)
    pd.testing.assert_frame_equal(relations.restore(relations.apply(frame)), frame)


@pytest.mark.parametrize("level", [None, "low", "high", "unknown"])
def test_gaps_of_the_source_are_one_level(level: str | None) -> None:
    frame = BASE.assign(income=BASE.income.mask(RNG.random(N) < 0.1))
    frame["z"] = choose(
        frame, [frame.income < 20_000, frame.income >= 20_000], ["low", "high", level]
    )
    relations = discover(frame)
    assert any(text.startswith("z = case when income < 20000") for text in relations.texts)
    made = permuted(relations, frame)
    gaps = made.income.isna()
    assert gaps.any()
    assert (made.z[gaps].isna() if level is None else made.z[gaps] == level).all()
    pd.testing.assert_frame_equal(relations.restore(relations.apply(frame)), frame)


def test_a_flag_is_missing_where_its_source_is() -> None:
    frame = BASE.assign(balance=BASE.balance.mask(RNG.random(N) < 0.1))
    frame["z"] = (frame.balance < 0).astype("boolean").mask(frame.balance.isna())
    relations = discover(frame)
    assert "z = balance < 0" in relations.texts
    pd.testing.assert_frame_equal(relations.restore(relations.apply(frame)), frame)


@pytest.mark.parametrize("text", ["z = balance < 0", "z = delivered > due"])
def test_own_gaps_are_learned(text: str) -> None:
    frame = with_fact(text)
    frame["z"] = frame["z"].astype("boolean").mask(RNG.random(N) < 0.2)
    relations = discover(frame)
    assert text in relations.texts
    made = permuted(relations, frame)
    given_rows = made.z.notna()
    assert 0.7 < given_rows.mean() < 0.9
    assert (made.z[given_rows] == FACTS[text](made)[given_rows]).all()
    asked = relations.relations_of("z")[0].select_jointly({"z": [Clause("=", None)]})
    assert asked == {"z": [Clause("=", None)]}


def test_a_few_odd_rows_make_an_offer_that_can_be_declared() -> None:
    text = next(iter(FACTS))
    frame = with_fact(text)
    odd = RNG.choice(np.flatnonzero(frame.z != "low"), 5, replace=False)
    frame.loc[odd, "z"] = "low"
    offered = {d.relation.text: d.n_violations for d in discover(frame).offered}
    assert offered.get(text) == 5
    made = permuted(discover(frame, declare=[text]), frame)
    assert agree(made["z"], FACTS[text](made))


def test_a_label_that_is_none_is_refused() -> None:
    frame = with_fact(next(iter(FACTS)))
    with pytest.raises(RelationError, match="column 'z' has no value 'hihg'; perhaps 'high'"):
        discover(frame, declare=["z = case when income < 20000 then 'low' else 'hihg' end"])


def test_what_does_not_hold_cannot_be_declared() -> None:
    with pytest.raises(RelationError, match=r"does not hold in \d+ of 900 rows"):
        discover(with_fact("z = balance < 0"), declare=["z = balance < 200"])


def test_levels_of_few_rows_are_not_kept_under_protection() -> None:
    top = np.sort(BASE.income)[-3]
    conditions = [BASE.income < 20_000, BASE.income < top]
    frame = BASE.assign(z=choose(BASE, conditions, ["low", "usual", "huge"]))
    assert any(text.startswith("z = case") for text in discover(frame).texts)
    assert not any(text.startswith("z = case") for text in discover(frame, protect=5).texts)


# Conditions


ASKED = {
    "high": [Clause("=", "high")],
    "not mid": [Clause("!=", "mid")],
    "low or high": [Clause("or", ((Clause("=", "low"),), (Clause("=", "high"),)))],
}


@pytest.mark.parametrize("asked", ASKED)
def test_a_condition_on_levels_is_one_on_the_source(asked: str) -> None:
    """It is the same rows, so that all other columns are as they are among those."""
    frame = with_fact(next(iter(FACTS)))
    relations = discover(frame)
    (relation,) = relations.relations_of("z")
    needed = relation.select_jointly({"z": ASKED[asked]})
    assert list(needed) == ["income"]
    columns = {column.name: column for column in relations.schema.columns}
    by_source = matches(frame.income, columns["income"], needed["income"])
    assert (by_source == matches(frame.z, columns["z"], ASKED[asked])).all()


def test_a_condition_with_gaps_asks_for_gaps_of_the_source() -> None:
    frame = BASE.assign(income=BASE.income.mask(RNG.random(N) < 0.1))
    frame["z"] = choose(frame, [frame.income < 20_000, frame.income >= 20_000], ["a", "b", "none"])
    relations = discover(frame)
    (relation,) = relations.relations_of("z")
    columns = {column.name: column for column in relations.schema.columns}
    for clauses in ([Clause("=", "none")], [Clause("!=", "a")], [Clause("=", "b")]):
        needed = relation.select_jointly({"z": clauses})["income"]
        by_source = matches(frame.income, columns["income"], needed)
        assert (by_source == matches(frame.z, columns["z"], clauses)).all()


def test_what_never_is_cannot_be_asked_for() -> None:
    (relation,) = discover(with_fact(next(iter(FACTS)))).relations_of("z")
    with pytest.raises(ConditionError, match="column 'z' is never = 'huge', since z = case when"):
        relation.select_jointly({"z": [Clause("=", "huge")]})


# Chance


@pytest.mark.parametrize("seed", range(16))
def test_chance_and_correlation_make_no_case(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_rows = int(10 ** rng.uniform(1.6, 3.7))
    common = rng.normal(size=n_rows) * [0, 1, 5, 30][seed % 4]
    frame = pd.DataFrame({f"x{i}": (common + rng.normal(size=n_rows)).round(2) for i in range(10)})
    for index in range(5):
        own = common + rng.normal(size=n_rows)
        frame[f"b{index}"] = own > np.quantile(own, rng.uniform(0.05, 0.95))
        edges = np.quantile(own, np.sort(rng.random(3)))
        frame[f"c{index}"] = pd.Series(np.digitize(own, edges)).map(lambda code: "abcd"[code])
    relations = discover(frame)
    found = [*relations.kept, *relations.implied, *relations.offered]
    assert [d.relation.text for d in found if d.relation.KIND == "formula"] == []


# Cut points


@settings(max_examples=200, deadline=None)
@given(st.integers(-(10**7), 10**7), st.integers(1, 10**6), st.integers(0, 4))
def test_a_round_number_lies_between(start: int, width: int, decimals: int) -> None:
    low, high = start / 10**decimals, (start + width) / 10**decimals
    number = find_round_number(low, high)
    assert low <= number <= high
    assert count_digits(number) <= min(count_digits(low), count_digits(high))
