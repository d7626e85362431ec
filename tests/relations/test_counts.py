"""Counts over several columns: found, left out, computed, declared."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan.relations import RelationConfig, RelationSet
from tabgan.schema import TableSchema

N = 400
RNG = np.random.default_rng(21)
BASE = pd.DataFrame(
    {
        **{f"q{i}": RNG.choice(["agree", "neutral", "disagree"], N) for i in range(1, 6)},
        **{name: RNG.random(N) < 0.4 for name in ("smokes", "drinks", "runs")},
        **{f"mark{i}": RNG.integers(1, 6, N) for i in range(4)},
        "weight": pd.Series(RNG.normal(70, 9, N).round(1)).mask(RNG.random(N) < 0.2),
        "height": pd.Series(RNG.normal(170, 9, N).round(0)).mask(RNG.random(N) < 0.3),
        "note": pd.Series(RNG.choice(["fine", "poor", "good"], N)).mask(RNG.random(N) < 0.4),
    }
)
Q = [f"q{i}" for i in range(1, 6)]
MARKS = [f"mark{i}" for i in range(4)]
GAPPY = ["weight", "height", "note"]
FACTS: dict[str, Callable[[pd.DataFrame], Any]] = {
    "z = count(q1 = 'agree', q2 = 'agree', q3 = 'agree', q4 = 'agree', q5 = 'agree')": lambda d: (
        d[Q] == "agree"
    ).sum(axis=1),
    "z = count(smokes, drinks, runs)": lambda d: d[["smokes", "drinks", "runs"]].sum(axis=1),
    "z = count(weight missing, height missing, note missing)": lambda d: (
        d[GAPPY].isna().sum(axis=1)
    ),
    "z = 14 - count(weight missing, height missing, note missing)": lambda d: (
        14 - d[GAPPY].isna().sum(axis=1)
    ),
    "z = count(mark0 = 5, mark1 = 5, mark2 = 5, mark3 = 5)": lambda d: (d[MARKS] == 5).sum(axis=1),
    "z = count(q1 = 'agree') + 2 * count(q2 = 'agree', q4 = 'agree')": lambda d: (
        (d.q1 == "agree") + 2 * (d.q2 == "agree") + 2 * (d.q4 == "agree")
    ),
    "z = 2 * count(smokes, runs) - 3 * count(drinks)": lambda d: (
        2 * d.smokes.astype(int) + 2 * d.runs.astype(int) - 3 * d.drinks.astype(int)
    ),
}


def discover(frame: pd.DataFrame, **config: object) -> RelationSet:
    return RelationSet.discover(frame, TableSchema.infer(frame), RelationConfig(**config))  # type: ignore[arg-type]


def permuted(relations: RelationSet, frame: pd.DataFrame) -> pd.DataFrame:
    free = relations.apply(frame)
    rng = np.random.default_rng(0)
    shuffled = {name: free[name].iloc[rng.permutation(len(free))].array for name in free}
    return relations.restore(pd.DataFrame(shuffled))


@pytest.mark.parametrize("text", FACTS)
@pytest.mark.parametrize("n_rows", [60, N])
def test_a_count_is_found_left_out_and_computed(text: str, n_rows: int) -> None:
    frame = BASE.iloc[:n_rows].assign(z=FACTS[text])
    relations = discover(frame)
    assert text in relations.texts
    assert "z" not in relations.free.names
    pd.testing.assert_frame_equal(relations.restore(relations.apply(frame)), frame)
    made = permuted(relations, frame)
    assert (made.z == FACTS[text](made)).all()
    again = RelationSet.from_dict(relations.to_dict(), relations.schema)
    assert again.texts == relations.texts


@pytest.mark.parametrize("text", FACTS)
def test_a_count_is_declared(text: str) -> None:
    frame = BASE.assign(z=FACTS[text])
    assert discover(frame, discover=False, declare=[text]).texts == (text,)


@pytest.mark.parametrize("dtype", ["Int64", "float64", "float32", "int8", "int64[pyarrow]"])
def test_a_count_comes_back_in_its_dtype(dtype: Any) -> None:
    frame = BASE.assign(z=BASE[["smokes", "drinks", "runs"]].sum(axis=1).astype(dtype))
    relations = discover(frame)
    assert "z = count(smokes, drinks, runs)" in relations.texts
    pd.testing.assert_frame_equal(relations.restore(relations.apply(frame)), frame)


def test_gaps_of_a_column_that_is_made_anew_are_counted() -> None:
    mails = pd.Series([f"u{i}@x.org" for i in RNG.permutation(N)]).mask(RNG.random(N) < 0.3)
    frame = BASE[["weight", "height"]].assign(mail=mails)
    frame["gaps"] = frame.isna().sum(axis=1)
    assert "gaps = count(weight missing, height missing, mail missing)" in discover(frame).texts


def test_a_few_odd_rows_make_an_offer() -> None:
    text = "z = count(smokes, drinks, runs)"
    frame = BASE.assign(z=FACTS[text])
    frame.loc[[5, 300], "z"] = 3 - frame.loc[[5, 300], "z"]
    offers = {each.relation.text: each.n_violations for each in discover(frame).offered}
    assert text in offers
    assert text in discover(frame, declare=[text]).texts


def test_what_is_not_counted_is_not_named() -> None:
    frame = BASE.assign(z=BASE[["smokes", "runs"]].sum(axis=1) + BASE.q1.eq("agree"))
    made = discover(frame.drop(columns=MARKS))
    assert all("drinks" not in text for text in made.texts)


@pytest.mark.parametrize("seed", range(10))
def test_chance_makes_no_count(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_rows = int(10 ** rng.uniform(1.7, 3.3))
    common = rng.normal(size=n_rows) if seed % 2 else np.zeros(n_rows)
    columns: dict[str, Any] = {}
    for index in range(12):
        noise = common + rng.normal(size=n_rows)
        columns[f"flag{index}"] = noise > rng.normal()
        columns[f"answer{index}"] = np.where(noise + rng.normal(size=n_rows) > 0, "Yes", "No")
        columns[f"count{index}"] = np.clip(np.rint(2 * noise + 4), 0, 9).astype(int)
    frame = pd.DataFrame(columns)
    frame = frame.mask(rng.random(frame.shape) < 0.1) if seed % 3 else frame
    assert [r.text for r in discover(frame).relations if "count(" in r.text] == []
