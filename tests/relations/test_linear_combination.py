"""Sums: found where they hold, never by chance, and true of every restored row."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.config import Protection
from tabgan.errors import ConditionError, RelationError
from tabgan.query.parser import parse_relation
from tabgan.relations.linear_combination.linear_combination import LinearCombination
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema
from tabgan.schema.predicates import Clause
from tabgan.state_reader import StateReader


def rides(n: int = 900) -> pd.DataFrame:
    """Fares whose total has one of three fees on top, and stops that say all of each other."""
    rng = np.random.default_rng(0)
    fare, tip = rng.gamma(3, 5, n).round(2), rng.gamma(1, 3, n).round(2)
    tolls = np.where(rng.random(n) < 0.04, rng.choice([5.76, 6.12, 12.5, 11.52], n), 0.0)
    fee = rng.choice([0.5, 3.3, 3.8], n, p=[0.1, 0.6, 0.3])
    up, down = rng.integers(0, 60, n), rng.integers(0, 60, n)
    return pd.DataFrame(
        {
            "distance": rng.gamma(2, 3, n).round(2),
            "fare": fare,
            "tip": tip,
            "tolls": tolls,
            "total": (fare + tip + tolls + fee).round(2),
            "up": pd.Series(up).mask(rng.random(n) < 0.1),
            "down": down,
            "net": up - down,
            "born": 1990 - up - (rng.random(n) < 0.3),
        }
    ).assign(net=lambda t: t["up"].fillna(0) - t["down"])


def profile_of(frame: pd.DataFrame, **options: Any) -> TableProfile:
    schema = TableSchema.infer(frame)
    return TableProfile(schema.check(frame), schema, **options)


def found(frame: pd.DataFrame, **options: Any) -> dict[str, int]:
    return {
        f.relation.text: f.n_violations
        for f in LinearCombination.discover(profile_of(frame, **options))
    }


def one(text: str, frame: pd.DataFrame, **options: Any) -> LinearCombination:
    profile = profile_of(frame, **options)
    (relation,) = LinearCombination.declare(parse_relation(text, profile.schema.names), profile)
    return relation


def test_sums_with_and_without_rest_are_found() -> None:
    assert found(rides().drop(columns="born")) == {
        "total = fare + tip + tolls + rest": 0,
        "net = up - down": 0,
    }
    ages = rides()[["born", "up", "tip"]].dropna()
    assert found(ages) == {"born = -up + rest": 0}


def test_sums_of_sums_are_each_found_once() -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.gamma(2, 30, (500, 4)).round(1), columns=list("abcd"))
    frame["most"] = (frame["a"] + frame["b"] + frame["c"]).round(1)
    frame["all"] = (frame["most"] + frame["d"]).round(1)
    frame["again"], frame["cents"] = frame["a"], (frame["a"] * 100).round()
    assert found(frame) == {"most = a + b + c": 0, "all = d + most": 0}


def test_sums_that_floats_left_unrounded_are_found() -> None:
    frame = rides()[["fare", "tip", "tolls"]]
    frame["paid"] = frame["fare"] + frame["tip"] + frame["tolls"]
    relation = one("paid = fare + tip + tolls", frame)
    assert found(frame) == {relation.text: 0}
    pd.testing.assert_frame_equal(relation.restore(relation.apply(frame)), frame)


def test_many_columns_do_not_hide_a_sum() -> None:
    rng = np.random.default_rng(5)
    parts = rng.integers(0, 1_000, (700, 60))
    frame = pd.DataFrame(parts, columns=[f"x{index}" for index in range(60)])
    for index in range(0, 60, 6):
        frame[f"s{index}"] = parts[:, index : index + 6].sum(axis=1) + rng.choice([0, 7], 700)
    terms = [[f"x{index + step}" for step in range(6)] for index in range(0, 60, 6)]
    expected = {f"s{6 * index} = {' + '.join(names)} + rest" for index, names in enumerate(terms)}
    assert set(found(frame)) == expected


def test_chance_lines_and_noise_are_no_sums() -> None:
    rng = np.random.default_rng(1)
    assert found(pd.DataFrame(rng.integers(0, 40, (25, 12)), columns=list("abcdefghijkl"))) == {}
    assert found(pd.DataFrame(rng.integers(0, 2, (500, 9)), columns=list("abcdefghi"))) == {}
    sparse = np.where(rng.random((3_000, 8)) < 0.01, rng.integers(1, 99, (3_000, 8)), 0)
    assert found(pd.DataFrame(sparse, columns=list("abcdefgh"))) == {}
    x = rng.integers(0, 500, 2_000)
    near = pd.DataFrame({"x": x, "y": x + rng.normal(0, 0.8, 2_000).round(), "z": x + 5})
    assert found(near) == {}, "noise takes few values, too; z is a line"
    flag = pd.DataFrame({"x": rng.integers(0, 25, 400), "y": rng.integers(0, 2, 400)})
    assert found(flag) == {}


def test_dirty_rows_become_remainders_or_are_counted() -> None:
    frame = rides(40_000).drop(columns="born")
    frame.loc[[4, 9], "net"] += 1_000
    assert found(frame)["net = up - down + rest"] == 0
    frame.loc[100:135, "total"] += np.arange(36) * 10 + 2_000
    assert found(frame.round(2))["total = fare + tip + tolls + rest"] == 7


TEXTS = ["total = fare + tip + tolls + rest", "net = up - down", "born = -up + rest"]


@pytest.mark.parametrize("text", TEXTS[:2])
def test_text_and_dict_lead_back_also_for_other_arrangements(text: str) -> None:
    frame = rides()
    relation = one(text, frame)
    others = [other.text for other in relation.equivalents()]
    assert others == (
        [
            "fare = total - tip - tolls + rest",
            "tip = total - fare - tolls + rest",
            "tolls = total - fare - tip + rest",
        ]
        if text.startswith("total")
        else ["down = -net + up"]
    )
    for way in [relation, *relation.equivalents()]:
        assert isinstance(way, LinearCombination)
        assert one(way.text, frame) == way
        entry = json.loads(json.dumps(way.to_dict()))
        assert LinearCombination.from_dict(StateReader(entry), TableSchema.infer(frame)) == way
        applied = way.apply(frame)
        left = way.reduced_columns()[way.dependents[0].name]
        assert (left is None) == (way.dependents[0].name not in applied)
        pd.testing.assert_frame_equal(way.restore(applied)[list(frame)], frame)


cents = st.integers(-9_999, 9_999)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.tuples(cents | st.none(), cents, st.sampled_from([0, 50, 330]), st.booleans()),
        min_size=3,
        max_size=40,
        unique_by=(lambda row: row[0] or 0, lambda row: row[1]),
    ),
    kind=st.sampled_from(["float64", "text", "Float64"]),
)
def test_restore_is_the_inverse_of_apply(
    rows: list[tuple[int | None, int, int, bool]], kind: Any
) -> None:
    totals = [None if gap else ((a or 0) - b + rest) / 100 for a, b, rest, gap in rows]
    if len({total for total in totals if total is not None}) < 2:
        return
    texts = pd.Series([np.nan if t is None else f"{t:.2f}" for t in totals], dtype=object)
    frame = pd.DataFrame(
        {
            "a": pd.Series([None if row[0] is None else row[0] / 100 for row in rows], dtype=float),
            "b": [row[1] / 100 for row in rows],
            "c": texts if kind == "text" else texts.astype(float).astype(kind),
        }
    )
    frame.loc[len(frame)] = [
        0.01,
        0.02,
        "-0.01" if kind == "text" else -0.01,
    ]  # hundredths at least
    relation = one("c = a - b + rest", frame)
    assert not relation.find_violations(frame).any()
    back = relation.restore(relation.apply(frame))
    pd.testing.assert_series_equal(back["c"], frame["c"])


@pytest.mark.parametrize("text", TEXTS)
def test_restored_rows_obey_whatever_meets(text: str) -> None:
    frame = rides()
    relation = one(text, frame)
    rng = np.random.default_rng(0)
    applied = relation.apply(frame)
    mixed = applied.apply(lambda column: column.iloc[rng.permutation(len(frame))].array)
    if not relation.signed_sum.is_constant:
        mixed[relation.dependents[0].name] += rng.normal(0, 0.2, len(mixed))
    restored = relation.restore(mixed)
    assert not relation.find_violations(restored).any()
    name = relation.dependents[0].name
    assert restored[name].dtype == frame[name].dtype
    assert restored[name].isna().any() == frame[name].isna().any()


def test_gaps_of_terms_are_zeros_and_gaps_of_sums_stay() -> None:
    frame = pd.DataFrame(
        {"a": [1.0, None, 3.0, 4.0], "b": [1, 2, 5, 9], "c": [2.0, 2.0, None, 13.0]}
    )
    relation = one("c = a + b", frame)
    assert not relation.find_violations(frame).any()
    left = relation.apply(frame)["c"].tolist()
    assert [None if np.isnan(value) else value for value in left] == [0, 0, None, 0]
    assert relation.equivalents() == []
    pd.testing.assert_frame_equal(relation.restore(relation.apply(frame))[list(frame)], frame)


def test_rare_remainders_are_forgotten_under_protect() -> None:
    frame = rides()
    frame.loc[7, "total"] = (frame["total"] + 40).round(2)[7]
    assert len(one("total = fare + tip + tolls + rest", frame).signed_sum.remainders) == 4
    relation = one("total = fare + tip + tolls + rest", frame, protection=Protection(True))
    assert relation.signed_sum.remainders == (0.5, 3.3, 3.8)
    assert found(frame, protection=Protection(True))["total = fare + tip + tolls + rest"] == 0
    extremes = {frame["fare"].min(), frame["fare"].max()}
    assert not extremes & {relation.signed_sum.ranges[1].low, relation.signed_sum.ranges[1].high}


def test_explained_in_plain_words() -> None:
    frame = rides()
    sentences = [one(text, frame).explain() for text in (*TEXTS, "net = up - down - 3")]
    assert sentences == [
        "total is fare + tip + tolls and one of 3 remainders",
        "net is up - down",
        f"born is -up and one of {len(one(TEXTS[2], frame).signed_sum.remainders)} remainders",
        "net is up - down - 3",
    ]


@pytest.mark.parametrize("text", ["net = up", "net = 2 * up", "net <= up + down", "net -> up"])
def test_other_forms_are_not_taken(text: str) -> None:
    profile = profile_of(rides())
    assert LinearCombination.declare(parse_relation(text, profile.schema.names), profile) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("total = fare + fare", "'fare' is there twice"),
        ("total = fare + zone", "'zone' holds categorical values"),
        ("total = fare + tip + 3 + rest", "leave the number out"),
        ("net = fare + up", "'net' has fewer decimals"),
        ("fare = tip + raw", "'raw' has more than 9 decimals"),
        ("tiny = small + down", "'tiny' is kept as uint8, which has no room"),
        ("vast = huge + down", "too large for exact sums"),
        ("down = tens + rest", "'down' never changes; write 'down = tens - 10'"),
        ("rough = up + down", "'rough' are not all written in one way"),
    ],
)
def test_what_cannot_be_is_refused(text: str, problem: str) -> None:
    frame = rides().assign(
        zone=lambda t: np.where(t["fare"] > 9, "x", "y"),
        raw=lambda t: np.sqrt(t["fare"]),
        small=lambda t: t["down"] * 4,
        tiny=lambda t: (t["down"] * 4).astype("uint8"),
        huge=lambda t: (t["fare"] * 100).round() * 5e11,
        vast=lambda t: t["huge"] + t["down"],
        tens=lambda t: t["down"] + 10,
        rough=lambda t: [f"{value}{'.0' if value % 2 else ''}" for value in t["down"]],
    )
    with pytest.raises(RelationError, match=problem):
        one(text, frame)


def test_bounds_of_the_sum_are_bounds_of_its_terms() -> None:
    frame = pd.DataFrame({"a": [1, 5, 9, 7], "b": [1, 2, 3, 4], "c": [2, 7, 12, 11]})
    relation = one("c = a + b", frame)
    assert relation.push_down([Clause(">=", 12), Clause("<=", 12.5)]) == {
        "a": [Clause(">=", 8.0), Clause("<=", 12.0)],
        "b": [Clause(">=", 3.0), Clause("<=", 12.0)],
    }
    assert relation.push_down([Clause("<=", 13)]) == {}
    with pytest.raises(ConditionError, match="'c' is a sum that comes to 2 .* 13 at the most"):
        relation.push_down([Clause(">", 13)])


def test_sums_are_moved_into_bounds_together_with_a_term() -> None:
    frame = rides()
    relation = one("total = fare + tip + tolls + rest", frame)
    clauses = [Clause(">=", 44.5), Clause("<", "45")]
    before = frame["total"].between(44.5, 44.99)
    steered = relation.steer(frame, clauses)
    inside = steered["total"].between(44.5, 44.99)
    assert before.mean() < 0.02
    assert inside.mean() > 0.9
    assert not relation.find_violations(steered).any()
    for name in ("fare", "tip", "tolls"):
        assert steered[name].between(frame[name].min(), frame[name].max()).all()
    untouched = ["distance", "up", "down", "net", "born"]
    pd.testing.assert_frame_equal(steered[untouched], frame[untouched])
    pd.testing.assert_frame_equal(steered[before], frame[before])
