"""Gaps that follow on one side: found where they do and not by chance, kept in every row."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan import TabGAN
from tabgan.config import Protection
from tabgan.errors import RelationError
from tabgan.query.parser import parse_relation
from tabgan.relations import RelationConfig, RelationSet
from tabgan.relations.missingness.partial_missingness import PartialMissingness
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema
from tabgan.state_reader import StateReader
from tests.relations.test_missingness import MAKE

N = 1_200


def patients(n: int = N) -> pd.DataFrame:
    """Years of quitting, packs, doses and dates have gaps that others say, and gaps of chance."""
    rng = np.random.default_rng(0)
    smoker = rng.choice(["never", "former", "now"], n)
    year = pd.Series(rng.integers(1980, 2020, n)).mask((smoker == "never") | (rng.random(n) < 0.2))
    treated = rng.random(n) < 0.5
    start = pd.Series(pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, n), "D"))
    start = start.mask(~treated | (rng.random(n) < 0.3))
    return pd.DataFrame(
        {
            "smoker": smoker,
            "quit_year": year.astype("Int64"),
            "treated": treated,
            "start": start,
            "end": start.mask(rng.random(n) < 0.4) + pd.Timedelta("3D"),
            "group": (group := rng.integers(0, 4, n)),
            "dose": pd.Series(rng.gamma(2, 9, n).round(1)).mask(
                (group > 1) & (rng.random(n) < 0.3)
            ),
            "size": rng.normal(size=n).round(2),
        }
    )


SENTENCES = {
    "quit_year partly missing by smoker": "quit_year is always missing where smoker is never",
    "start partly missing by treated": "start is always missing where treated is False",
    "end partly missing with start": "end is always missing where start is missing",
    "dose partly missing by group": "dose is never missing where group is 0 or 1",
}


def profile_of(frame: pd.DataFrame, **options: Any) -> TableProfile:
    schema = TableSchema.infer(frame)
    return TableProfile(schema.check(frame), schema, **options)


def found(frame: pd.DataFrame, **options: Any) -> dict[str, PartialMissingness]:
    relations = [d.relation for d in PartialMissingness.discover(profile_of(frame, **options))]
    return {r.text: r for r in relations if isinstance(r, PartialMissingness)}


def test_each_direction_is_found_and_no_other() -> None:
    relations = found(patients())
    sentences = {text: relation.explain() for text, relation in relations.items()}
    other = SENTENCES["dose partly missing by group"].replace("0 or 1", "1 or 0")
    assert sentences in (SENTENCES, SENTENCES | {"dose partly missing by group": other})


@pytest.mark.parametrize("text", SENTENCES)
def test_text_and_dict_give_the_found_relation_back(text: str) -> None:
    profile = profile_of(patients())
    relation = found(patients())[text]
    names = profile.schema.names
    assert PartialMissingness.declare(parse_relation(text, names), profile) == [relation]
    entry = json.loads(json.dumps(relation.to_dict()))
    assert PartialMissingness.from_dict(StateReader(entry), profile.schema) == relation


def test_broken_cells_are_cleared_or_filled_from_alike_rows() -> None:
    frame, relations = patients(), found(patients())
    broken = frame.copy()
    broken["quit_year"] = broken["quit_year"].fillna(1999)
    broken.loc[frame["group"] == 1, "dose"] = 7.5
    broken.loc[[2, 5, 9], "dose"] = np.nan
    broken.loc[[2, 5, 9], "group"] = 1
    for text in ("quit_year partly missing by smoker", "dose partly missing by group"):
        relation = relations[text]
        assert relation.find_violations(broken).any()
        broken = relation.restore(broken)
        assert not relation.find_violations(broken).any()
    assert broken["quit_year"].dtype == frame["quit_year"].dtype
    assert (broken.loc[[2, 5, 9], "dose"] == 7.5).all()
    assert broken.loc[frame["smoker"] != "never", "quit_year"].notna().all()


@pytest.mark.parametrize("n", [60, 400, 6_000])
def test_nothing_is_found_by_chance(n: int) -> None:
    """Gaps of chance, and gaps that levels have more or less of, up to nearly all."""
    n_found = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        levels = {f"c{i}": rng.integers(0, i + 2, n) for i in range(5)}
        columns: dict[str, Any] = {
            name: np.array(list("abcdefgh"))[c] for name, c in levels.items()
        }
        for i in range(8):
            rates = (
                rng.uniform(0.01, 0.97, 8)[levels[f"c{i % 5}"]]
                if i % 2
                else rng.choice([0.02, 0.6])
            )
            columns[f"g{i}"] = pd.Series(rng.normal(size=n)).mask(rng.random(n) < rates)
        n_found += len(found(pd.DataFrame(columns)))
    assert n_found == 0


def test_a_level_of_few_rows_proves_nothing() -> None:
    frame = patients()
    frame.loc[:14, "smoker"] = "unknown"
    frame.loc[:14, "quit_year"] = pd.NA
    assert found(frame)["quit_year partly missing by smoker"].always.categories.values == ["never"]


def test_a_second_source_is_found_for_what_the_first_leaves_open() -> None:
    frame = patients()
    frame["quit_year"] = frame["quit_year"].mask(frame["treated"])
    assert {t for t in found(frame) if t.startswith("quit")} == {
        "quit_year partly missing by smoker",
        "quit_year partly missing by treated",
    }
    schema = TableSchema.infer(frame)
    relations = RelationSet.discover(frame, schema)
    assert sum(text.startswith("quit_year partly") for text in relations.texts) == 2
    pd.testing.assert_frame_equal(relations.restore(relations.apply(frame)), frame)


def test_it_can_be_forgotten_and_declared_alone() -> None:
    frame, text = patients(), "quit_year partly missing by smoker"
    schema = TableSchema.infer(frame)
    assert text in RelationSet.discover(frame, schema).texts
    assert text not in RelationSet.discover(frame, schema, RelationConfig(forget=[text])).texts
    alone = RelationSet.discover(frame, schema, RelationConfig(discover=False, declare=[text]))
    assert alone.texts == (text,)
    with pytest.raises(RelationError, match="no level of column 'size'"):
        RelationSet.discover(
            frame, schema, RelationConfig(declare=["quit_year partly missing by size"])
        )


def test_protected_levels_are_not_remembered() -> None:
    frame = patients()
    assert "quit_year partly missing by smoker" in found(frame, protection=Protection(True))
    assert set(found(frame, protection=Protection(True, min_rows=700))) == {
        "end partly missing with start"
    }


@given(
    dtype=st.sampled_from(sorted(MAKE)),
    source=st.sampled_from(["float64", "Int64", "boolean", "text", "text number", "category"]),
    seed=st.integers(0, 10_000),
    is_never=st.booleans(),
)
@settings(max_examples=50, deadline=None)
def test_any_rows_obey_once_restored(dtype: str, source: str, seed: int, is_never: bool) -> None:
    rng = np.random.default_rng(seed)
    indices = np.r_[0:8, rng.integers(0, 8, 72)]
    sure = indices < 2 if source != "boolean" else indices % 2 == 0
    gap = ~sure & (rng.random(80) < 0.5) if is_never else sure | (rng.random(80) < 0.3)
    frame = pd.DataFrame({"a": MAKE[source](indices, rng.random(80) < 0.1)})
    gap[frame["a"].isna()] = np.arange(int(frame["a"].isna().sum())) % 2 == 0
    frame["b"] = MAKE[dtype](rng.permutation(indices), gap)
    profile = profile_of(frame)
    tree = parse_relation("b partly missing by a", ["a", "b"])
    (relation,) = PartialMissingness.declare(tree, profile)
    pd.testing.assert_frame_equal(relation.restore(relation.apply(frame)), frame)
    mixed = pd.DataFrame({"a": frame["a"], "b": frame["b"].iloc[rng.permutation(80)].array})
    restored = relation.restore(mixed)
    assert not relation.find_violations(restored).any()
    assert restored.dtypes.equals(frame.dtypes)


def test_generated_rows_obey_and_can_be_asked_for() -> None:
    frame = patients()
    frame["smoker"] = frame["smoker"].mask(np.arange(N) % 3 == 0, "?")
    frame["packs"] = (
        pd.Series(np.arange(N) % 97 / 2)
        .astype(str)
        .where(frame["quit_year"].notna() & (np.arange(N) % 7 > 0), "?")
    )
    model = TabGAN(steps=15, random_state=0).fit(frame)
    texts = model.model_.relations.texts
    assert sum("partly" in text for text in texts) == 5, texts
    rows = model.sample(1_500, random_state=1)
    never = rows["smoker"] == "never"
    assert rows["quit_year"][never].isna().all()
    assert 0.02 < rows["quit_year"][rows["smoker"] == "now"].isna().mean() < 0.6
    assert rows["packs"][rows["quit_year"].isna()].eq("?").all()
    assert rows["dose"][rows["group"] < 2].notna().all()
    assert rows["dose"][rows["group"] > 1].isna().any()
    assert model.sample(40, where={"smoker": "never"})["quit_year"].isna().all()
    for where in ({"quit_year": None}, {"quit_year": None, "smoker": "now"}):
        assert model.sample(40, where=where)["quit_year"].isna().all()
    assert (model.sample(40, where=["quit_year >= 2000"])["smoker"] != "never").all()
