"""Columns that are constant where others say so: found, left out, written, declared, asked for."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN
from tabgan.errors import RelationError
from tabgan.relations import RelationConfig, RelationSet
from tabgan.schema import TableSchema

N = 900
RNG = np.random.default_rng(11)
PLAN = RNG.choice(["free", "plus", "team"], N, p=[0.25, 0.5, 0.25])
SEATS = RNG.integers(0, 5, N)
AGENT = pd.Series(RNG.choice(["Kim", "Lee", "Max"], N)).mask(RNG.random(N) < 0.3)
SPENT = RNG.lognormal(3, 1, N).round(2)
COMMENT = RNG.choice(["good", "bad", "late", "dear", "slow", "nice", "cold"], N)
DAY = pd.Timestamp("2023-01-01") + pd.to_timedelta(RNG.integers(0, 500, N), "D")
FACTS: dict[str, tuple[str, Callable[[], object]]] = {
    "z = 0 exactly where plan = 'free'": ("plan", lambda: np.where(PLAN == "free", 0, SPENT)),
    "z = 0 where plan = 'free'": (
        "plan",
        lambda: np.where((PLAN == "free") | (RNG.random(N) < 0.3), 0, SPENT),
    ),
    "z = -1 exactly where plan in ('free', 'team')": (
        "plan",
        lambda: np.where(PLAN != "plus", -1, RNG.integers(5, 90, N)),
    ),
    "z = 0 exactly where agent missing": ("agent", lambda: np.where(AGENT.isna(), 0, SPENT)),
    "z = 'none' exactly where seats = 0": ("seats", lambda: np.where(SEATS == 0, "none", COMMENT)),
    "z = '2099-12-31' exactly where plan = 'team'": (
        "plan",
        lambda: pd.Series(DAY).mask(PLAN == "team", pd.Timestamp("2099-12-31")),
    ),
}
SOURCES = {"plan": PLAN, "seats": SEATS, "agent": AGENT}


def with_fact(text: str) -> pd.DataFrame:
    source, make = FACTS[text]
    return pd.DataFrame({source: SOURCES[source], "z": make(), "x": RNG.normal(size=N)})


def discover(frame: pd.DataFrame, **config: object) -> RelationSet:
    return RelationSet.discover(frame, TableSchema.infer(frame), RelationConfig(**config))  # type: ignore[arg-type]


def permuted(relations: RelationSet, frame: pd.DataFrame) -> pd.DataFrame:
    free, rng = relations.apply(frame), np.random.default_rng(0)
    columns = [free[name].iloc[rng.permutation(len(free))].to_numpy() for name in free]
    mixed = dict(zip(free, columns, strict=True))
    return relations.restore(pd.DataFrame(mixed).astype(free.dtypes.to_dict()))


@pytest.mark.parametrize("text", FACTS)
def test_it_is_found_declared_and_holds_in_permuted_rows(text: str) -> None:
    frame = with_fact(text)
    relations = discover(frame)
    assert text in relations.texts
    assert discover(frame, discover=False, declare=[text]).texts == (text,)
    assert text not in discover(frame, forget=[text]).texts
    rows = permuted(relations, frame)
    assert not relations.find_violations(rows).any()
    assert rows.dtypes.to_dict() == frame.dtypes.to_dict()
    back = RelationSet.from_dict(relations.to_dict(), relations.schema)
    assert back.texts == relations.texts


@pytest.mark.parametrize("text", FACTS)
def test_apply_and_restore_are_inverse(text: str) -> None:
    frame = with_fact(text)
    relations = discover(frame)
    pd.testing.assert_frame_equal(relations.restore(relations.apply(frame)), frame)


def test_where_it_is_free_is_learned_from_the_other_rows_alone() -> None:
    text = "z = 0 exactly where plan = 'free'"
    frame = with_fact(text)
    left = discover(frame).apply(frame)
    assert (left["z"] > 0).all()
    assert left["z"][PLAN != "free"].tolist() == frame["z"][PLAN != "free"].tolist()


def test_columns_are_gated_together() -> None:
    hours = np.where(RNG.random(N) < 0.4, 0, RNG.integers(8, 60, N))
    frame = pd.DataFrame({"hours": hours, "pay": np.where(hours == 0, 0, SPENT)})
    assert discover(frame).texts == ("pay = 0 exactly where hours = 0",)


def test_gaps_elsewhere_stay() -> None:
    frame = with_fact("z = 0 exactly where plan = 'free'")
    frame.loc[(PLAN != "free") & (RNG.random(N) < 0.2), "z"] = np.nan
    relations = discover(frame)
    assert "z = 0 exactly where plan = 'free'" in relations.texts
    pd.testing.assert_frame_equal(relations.restore(relations.apply(frame)), frame)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("z = 0 exactly where plan = 'free'", "plan"),
        ("z = 0 where plan = 'free'", "plan"),
        ("z = 'none' exactly where seats = 0", "seats"),
        ("z = 0 exactly where spent < 20", "spent"),
    ],
)
def test_gaps_of_its_own_are_learned_where_it_holds(text: str, source: str) -> None:
    rng = np.random.default_rng(2)
    if text in FACTS:
        frame = with_fact(text)
    else:
        z = np.where(SPENT < 20, 0, rng.lognormal(3, 1, N).round(2))
        frame = pd.DataFrame({"spent": SPENT, "z": z, "x": rng.normal(size=N)})
    frame[source] = frame[source].astype(object if source == "plan" else float)
    gaps = rng.random(N) < 0.08
    frame[source] = frame[source].mask(gaps)
    frame["z"] = frame["z"].mask(gaps | (rng.random(N) < 0.05))
    relations = discover(frame)
    assert text in relations.texts
    (relation,) = (each for each in relations.relations if each.text == text)
    assert " or missing where" in relation.explain()
    pd.testing.assert_frame_equal(relations.restore(relations.apply(frame)), frame)
    rows = permuted(relations, frame)
    assert not relations.find_violations(rows).any()
    gated = rows["z"].isna() & rows[source].notna()
    assert 0.02 * N < gated.sum() < 0.2 * N
    assert RelationSet.from_dict(relations.to_dict(), relations.schema).relations == (
        relations.relations
    )


def test_unrelated_and_correlated_columns_have_none() -> None:
    for seed in range(12):
        rng = np.random.default_rng(seed)
        n, correlation = int(rng.choice([50, 400, 3_000])), rng.choice([0.0, 0.5])
        latent = np.sqrt(correlation) * rng.normal(size=(n, 1))
        latent = latent + np.sqrt(1 - correlation) * rng.normal(size=(n, 8))
        columns: dict[str, object] = {}
        for number in range(4):
            cut = np.exp(latent[:, number]).round(2)
            columns[f"spent{number}"] = np.where(latent[:, number] < rng.normal(), 0, cut)
            columns[f"is{number}"] = latent[:, number + 4] > rng.normal()
        found = discover(pd.DataFrame(columns))
        assert [text for text in found.texts if " where " in text] == []


def test_any_condition_can_be_declared() -> None:
    x = RNG.normal(size=N)
    frame = pd.DataFrame({"x": x, "seats": SEATS, "z": np.where((x < 0) & (SEATS > 2), 7.5, SPENT)})
    text = "z = 7.5 where x < 0 and seats > 2"
    relations = discover(frame, discover=False, declare=[text])
    assert relations.texts == (text,)
    pd.testing.assert_frame_equal(relations.restore(relations.apply(frame)), frame)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("z = 0 where z = 0", "decide its own value"),
        ("z > 0 where plan = 'free'", "is written"),
        ("z = 0 where plan = 'gold'", "holds in no row"),
        ("z = 3 where plan = 'free'", "does not hold"),
        ("z = 0 where plan", "a comparison of"),
    ],
)
def test_what_cannot_be_is_refused(text: str, message: str) -> None:
    frame = with_fact("z = 0 exactly where plan = 'free'")
    with pytest.raises(RelationError, match=message):
        discover(frame, discover=False, declare=[text])


def test_generated_rows_obey_it_and_can_be_asked_for() -> None:
    frame = with_fact("z = 0 exactly where plan = 'free'")
    model = TabGAN(steps=30, random_state=0, threads=1).fit(frame)
    rows = model.sample(500, random_state=1)
    assert ((rows["z"] == 0) == (rows["plan"] == "free")).all()
    assert set(model.sample(30, where={"z": 0})["plan"]) == {"free"}
    assert (model.sample(30, where="z>10")["plan"] != "free").all()
