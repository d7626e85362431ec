"""Labels that several columns decide together; gates by numbers; few odd rows."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN
from tabgan.relations import RelationConfig, RelationSet
from tabgan.schema import TableSchema

N = 1_500
RNG = np.random.default_rng(3)
PROMISED = pd.Timestamp("2023-01-01") + pd.to_timedelta(RNG.integers(0, 500, N), "D")
BASE = pd.DataFrame(
    {
        "promised": PROMISED,
        "delivered": PROMISED + pd.to_timedelta(RNG.normal(1, 3, N).round(), "D"),
        "kg": RNG.normal(76, 14, N).round(1),
        "m": RNG.normal(1.72, 0.1, N).round(2),
        "debt": RNG.lognormal(8.6, 0.8, N).round(2),
        "income": RNG.lognormal(9.6, 0.6, N).round(2),
        "costs": RNG.lognormal(9.5, 0.6, N).round(2),
        "points": RNG.integers(5, 60, N),
        "reachable": RNG.choice([41, 53, 60, 80], N),
        "age": RNG.integers(16, 90, N),
        "qty": RNG.integers(1, 9, N),
        "price": RNG.lognormal(3, 0.7, N).round(2),
        "country": RNG.choice(["DE", "FR", "IT"], N, p=[0.4, 0.3, 0.3]),
        "member": RNG.choice(["yes", "no"], N),
        "hours": RNG.normal(39, 6, N).round(1),
    }
)
Make = Callable[[pd.DataFrame], Any]


def bands(name: str, *edges: float) -> Callable[[Make], Make]:
    """Return what cuts numbers into the letters of a name."""

    def cut(compute: Make) -> Make:
        return lambda d: np.array(list(name), object)[np.digitize(compute(d), edges)]

    return cut


def by_country(frame: pd.DataFrame) -> Any:
    edges = frame.country.map({"DE": 12_000, "FR": 18_000, "IT": 9_000})
    return np.where(frame.income < edges, "A", "B")


FACTS: dict[str, Make] = {
    "z = delivered - promised > 2 days": lambda d: d.delivered > d.promised + pd.Timedelta("2D"),
    "z = case when kg / m ** 2 < 18.5 then 'u' when kg / m ** 2 < 25 then 'n' when "
    "kg / m ** 2 < 30 then 'o' else 'x' end": bands("unox", 18.5, 25, 30)(lambda d: d.kg / d.m**2),
    "z = case when debt / income < 0.4 then 'l' else 'h' end": (
        bands("lh", 0.4)(lambda d: d.debt / d.income)
    ),
    "z = income + costs >= 40000": lambda d: d.income + d.costs >= 40_000,
    "z = case when qty * price < 150 then 'N' else 'Y' end": (
        bands("NY", 150)(lambda d: d.qty * d.price)
    ),
    "z = case when income >= 15000 and age >= 30 then 'high' else 'low' end": (
        lambda d: np.where((d.income > 15_000) & (d.age >= 30), "high", "low")
    ),
    "z = (age >= 65 or income >= 25000)": lambda d: (d.income > 25_000) | (d.age >= 65),
    "z = (member = 'yes' and price >= 30)": lambda d: (d.price >= 30) & (d.member == "yes"),
    "z = case when age < 25 then 'young' when income < 15000 then 'low' else 'top' end": (
        lambda d: np.where(d.age < 25, "young", np.where(d.income < 15_000, "low", "top"))
    ),
    "z = case country when 'DE' then case when income < 12000 then 'A' else 'B' end when 'FR' then "
    "case when income < 18000 then 'A' else 'B' end when 'IT' then "
    "case when income < 9000 then 'A' else 'B' end end": by_country,
}


def discover(frame: pd.DataFrame, **config: object) -> RelationSet:
    return RelationSet.discover(frame, TableSchema.infer(frame), RelationConfig(**config))  # type: ignore[arg-type]


def permuted(relations: RelationSet, frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows whose learned columns have nothing to do with each other."""
    free, rng = relations.apply(frame), np.random.default_rng(0)
    shuffled = {name: free[name].iloc[rng.permutation(len(free))].array for name in free}
    return relations.restore(pd.DataFrame(shuffled))


def obeys(rows: pd.DataFrame, make: Make) -> bool:
    wanted = pd.Series(make(rows)).reset_index(drop=True).astype(object)
    return rows["z"].reset_index(drop=True).astype(object).equals(wanted)


@pytest.mark.parametrize("text", FACTS)
def test_it_is_found_and_holds_in_permuted_rows(text: str) -> None:
    frame = BASE.assign(z=FACTS[text](BASE))
    relations = discover(frame)
    assert text in relations.texts
    assert "z" not in relations.free.names
    pd.testing.assert_frame_equal(relations.restore(relations.apply(frame)), frame)
    assert obeys(permuted(relations, frame), FACTS[text])


@pytest.mark.parametrize("text", FACTS)
def test_it_is_declared_and_read_back(text: str) -> None:
    frame = BASE.assign(z=FACTS[text](BASE))
    declared = discover(frame, discover=False, declare=[text])
    assert declared.texts == (text,)
    again = RelationSet.from_dict(declared.to_dict(), declared.schema)
    free = declared.apply(frame)
    pd.testing.assert_frame_equal(again.restore(free), declared.restore(free))
    assert text not in discover(frame, forget=[text]).texts


@pytest.mark.parametrize("text", FACTS)
def test_a_few_odd_rows_make_an_offer_that_can_be_declared(text: str) -> None:
    frame = BASE.assign(z=FACTS[text](BASE))
    odd = np.random.default_rng(5).choice(N, 9, replace=False)
    labels = sorted(set(frame["z"]))
    frame["z"] = frame["z"].mask(
        np.isin(np.arange(N), odd),
        lambda z: z.map(dict(zip(labels, labels[1:] + labels[:1], strict=True))),
    )
    offered = {d.relation.text: d.n_violations for d in discover(frame).offered}
    assert offered.get(text) == 9, offered
    assert text not in discover(frame).texts
    assert obeys(permuted(discover(frame, declare=[text]), frame), FACTS[text])


@pytest.mark.parametrize("text", list(FACTS)[1:3] + list(FACTS)[5:7])
def test_gaps_of_what_decides(text: str) -> None:
    """As pandas has it: a comparison with a gap is false."""
    gappy = BASE.copy()
    for name in ("kg", "debt", "income", "age"):
        gappy[name] = gappy[name].mask(RNG.random(N) < 0.05)
    frame = gappy.assign(z=FACTS[text](gappy))
    frame["z"] = frame["z"].astype(str)
    relations = discover(frame)
    assert "z" not in relations.free.names
    pd.testing.assert_frame_equal(relations.restore(relations.apply(frame)), frame)


def test_ties_of_raw_floats_are_as_the_table_has_them() -> None:
    """0.1 + 0.2 > 0.3 where raw floats were compared, and not where decimals were."""
    tenths = RNG.integers(1, 40, (2, 3_000))
    a, b = tenths / 10
    frame = pd.DataFrame({"a": a, "b": b, "x": RNG.normal(size=3_000)})
    for z in (a + b > 4.2, tenths.sum(axis=0) > 42):
        table = frame.assign(z=z)
        relations = discover(table)
        assert any(text.startswith("z = a + b >") for text in relations.texts)
        pd.testing.assert_frame_equal(relations.restore(relations.apply(table)), table)
        back = RelationSet.from_dict(relations.to_dict(), relations.schema)
        pd.testing.assert_frame_equal(back.restore(relations.apply(table)), table)


# Gates


SPENT = RNG.lognormal(3, 1, N).round(2) + 1
GATES: dict[str, tuple[Make, object]] = {
    "z = 0 exactly where hours <= 40": (lambda d: d.hours <= 40, 0.0),
    "z = 0 exactly where hours > 30 and hours < 42": (
        lambda d: (d.hours > 30) & (d.hours < 42),
        0.0,
    ),
    "z missing exactly where age < 25": (lambda d: d.age < 25, None),
    "z missing exactly where promised < '2023-09-01'": (
        lambda d: d.promised < pd.Timestamp("2023-09-01"),
        None,
    ),
}


def gated(text: str) -> pd.DataFrame:
    gate, constant = GATES[text]
    return BASE.assign(z=pd.Series(SPENT).mask(gate(BASE), constant))


@pytest.mark.parametrize("text", GATES)
def test_a_gate_holds_both_ways(text: str) -> None:
    frame, (gate, constant) = gated(text), GATES[text]
    relations = discover(frame)
    assert text in relations.texts
    rows = permuted(relations, frame)
    is_constant = rows["z"].isna() if constant is None else rows["z"] == constant
    assert (is_constant.to_numpy() == gate(rows).to_numpy()).all()
    pd.testing.assert_frame_equal(relations.restore(relations.apply(frame)), frame)
    assert discover(frame, discover=False, declare=[text]).texts == (text,)
    back = RelationSet.from_dict(relations.to_dict(), relations.schema)
    assert back.texts == relations.texts


@pytest.mark.parametrize("text", GATES)
def test_a_broken_gate_is_offered(text: str) -> None:
    frame = gated(text)
    odd = np.random.default_rng(2).choice(np.flatnonzero(GATES[text][0](BASE)), 5, replace=False)
    frame.loc[odd, "z"] = 7.5
    relations = discover(frame)
    assert text not in relations.texts
    assert {d.relation.text: d.n_violations for d in relations.offered}.get(text) == 5
    assert text in discover(frame, declare=[text]).texts


def test_generated_gaps_obey_and_can_be_asked_for() -> None:
    frame = gated("z missing exactly where age < 25")[["age", "z", "kg"]]
    model = TabGAN(steps=20, random_state=0, threads=1).fit(frame)
    rows = model.sample(400, random_state=1)
    assert (rows["z"].isna() == (rows["age"] < 25)).all()
    assert (model.sample(30, where={"z": None})["age"] < 25).all()
    assert (model.sample(30, where="z>10")["age"] >= 25).all()


# Look-ups with odd rows, and chance


def test_a_look_up_with_odd_rows_is_offered() -> None:
    frame = BASE.assign(vat=BASE.country.map({"DE": 19, "FR": 20, "IT": 22}))
    frame.loc[np.random.default_rng(0).choice(N, 12, replace=False), "vat"] = 7
    relations = discover(frame)
    assert {d.relation.text: d.n_violations for d in relations.offered}["country -> vat"] == 12
    rows = permuted(discover(frame, declare=["country -> vat"]), frame)
    assert (rows.vat == rows.country.map({"DE": 19, "FR": 20, "IT": 22})).all()


def test_a_category_on_both_sides_of_what_decides_makes_no_offer() -> None:
    """Odd rows of one category are no accidents."""
    age = RNG.integers(0, 60, N)
    frame = pd.DataFrame({"decade": age // 10, "old": age >= 19, "x": RNG.normal(size=N)})
    assert not any("decade -> old" in d.relation.text for d in discover(frame).offered)


@pytest.mark.parametrize("seed", range(12))
def test_what_merely_correlates_decides_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_rows = int(10 ** rng.uniform(1.6, 3.5))
    common = rng.normal(size=n_rows) * [0, 1, 5][seed % 3]
    frame = pd.DataFrame({f"x{i}": (common + rng.normal(size=n_rows)).round(2) for i in range(6)})
    for index in range(4):
        both = frame[f"x{index}"] - frame["x5"] + rng.normal(size=n_rows) * 0.3
        frame[f"b{index}"] = both > np.quantile(both, rng.uniform(0.1, 0.9))
        least = np.minimum(frame[f"x{index}"], frame["x5"]) + rng.normal(size=n_rows) * 0.3
        frame[f"c{index}"] = np.where(least > np.quantile(least, 0.5), "yes", "no")
    gate = frame["x5"] + rng.normal(size=n_rows) * 0.3
    frame["gappy"] = rng.normal(size=n_rows)
    frame["gappy"] = frame["gappy"].mask(gate > np.quantile(gate, 0.6))
    relations = discover(frame)
    found = [*relations.kept, *relations.implied, *relations.offered]
    kinds = {"formula", "constant", "missing_where", "dependency", "missing"}
    assert [d.relation.text for d in found if d.relation.KIND in kinds] == []
