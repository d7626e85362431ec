"""Gaps that follow: found where they do, filled to be learned, given back in every row."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.config import Protection
from tabgan.errors import RelationError
from tabgan.query.parser import parse_relation
from tabgan.relations.missingness.missingness import Missingness
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema
from tabgan.schema.predicates import Clause
from tabgan.state_reader import StateReader


def people(n: int = 600) -> pd.DataFrame:
    """Gaps of `street` and `town` go together; those of `spouse` and `rent` are decided."""
    rng = np.random.default_rng(0)
    home = rng.random(n) < 0.2
    status = rng.choice(["single", "married", "widowed"], n)
    rooms = pd.Series(rng.integers(1, 6, n)).mask(rng.random(n) < 0.1)
    return pd.DataFrame(
        {
            "street": pd.Series(rng.choice(["Elm", "Oak", "Ash"], n)).mask(home),
            "town": pd.Series(rng.choice(["Ulm", "Bonn"], n)).mask(home),
            "status": status,
            "spouse": pd.Series(rng.integers(18, 90, n)).mask(status != "married"),
            "rooms": rooms,
            "rent": pd.Series(rng.gamma(2, 300, n)).mask(rooms.isna() | (rooms == 5)),
            "letter": pd.Series(rng.choice(["a", "b"], n)).mask(~home),
            "noise": rng.normal(size=n).round(2),
        }
    )


def profile_of(frame: pd.DataFrame, **options: Any) -> TableProfile:
    schema = TableSchema.infer(frame)
    return TableProfile(schema.check(frame), schema, **options)


def found(frame: pd.DataFrame, **options: Any) -> dict[str, int]:
    profile = profile_of(frame, **options)
    return {f.relation.text: f.n_violations for f in Missingness.discover(profile)}


def one(text: str, frame: pd.DataFrame, **options: Any) -> Missingness:
    profile = profile_of(frame, **options)
    (relation,) = Missingness.declare(parse_relation(text, profile.schema.names), profile)
    return relation


SENTENCES = {
    "town missing with street": "town is missing exactly where street is",
    "letter missing by street": "letter is missing exactly where street has a value",
    "spouse missing by status": "spouse is missing exactly where status is {0} or {1}",
    "rent missing by rooms": "rent is missing exactly where rooms is 5 or missing",
}


def test_each_sort_is_found_and_no_other() -> None:
    assert found(people()) == dict.fromkeys(SENTENCES, 0)


@pytest.mark.parametrize("text", SENTENCES)
def test_text_and_dict_give_the_found_relation_back(text: str) -> None:
    frame = people()
    profile = profile_of(frame)
    relation = next(f.relation for f in Missingness.discover(profile) if f.relation.text == text)
    assert one(text, frame) == relation
    entry = json.loads(json.dumps(relation.to_dict()))
    assert Missingness.from_dict(StateReader(entry), profile.schema) == relation
    orders = [("single", "widowed"), ("widowed", "single")]
    assert relation.explain() in [SENTENCES[text].format(*order) for order in orders]


@pytest.mark.parametrize("n", [60, 300, 6_000])
def test_nothing_is_found_by_chance(n: int) -> None:
    for seed in range(5):
        rng = np.random.default_rng(seed)
        gaps = {
            f"g{i}": pd.Series(rng.normal(size=n)).mask(rng.random(n) < rng.choice([0.05, 0.5]))
            for i in range(8)
        }
        categories = {f"l{i}": rng.choice(list("abcdefgh")[: i + 2], n) for i in range(6)}
        rare = {f"r{i}": np.where(rng.random(n) < 2 / n, "rare", "usual") for i in range(6)}
        assert found(pd.DataFrame(gaps | categories | rare)) == {}


def test_too_few_gaps_prove_nothing() -> None:
    gap = np.arange(3_000) % 333 == 0  # 10 rows, of which 15 are too few
    numbers = pd.Series(np.arange(3_000) * 0.5).mask(gap)
    assert found(pd.DataFrame({"a": numbers, "c": gap})) == {}
    gap |= np.arange(3_000) % 333 == 1
    numbers = pd.Series(np.arange(3_000) * 0.5).mask(gap)
    texts = set(found(pd.DataFrame({"a": numbers, "b": numbers + 1, "c": gap})))
    assert texts == {"a missing by c", "b missing by c"}


def test_few_gaps_that_several_columns_share_are_no_accident() -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.normal(size=(300, 4)), columns=list("abcd"))
    frame.loc[[17, 211], ["a", "b"]] = np.nan
    assert found(frame) == {}  # two rows of two columns may be one
    frame.loc[[17, 211], ["a", "b", "c", "d"]] = np.nan
    assert set(found(frame)) == {f"{name} missing with a" for name in "bcd"}


def test_few_gaps_of_unrelated_columns_show_nothing() -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        frame = pd.DataFrame(rng.normal(size=(rng.choice([50, 200, 1_000]), 20)))
        frame.columns = [f"c{number}" for number in range(20)]
        assert found(frame.mask(rng.random(frame.shape) < rng.choice([0.003, 0.01, 0.03]))) == {}


def test_a_few_rows_that_break_it_are_counted() -> None:
    frame = people(8_000)
    frame.loc[[3, 5_000], "town"] = np.nan
    frame.loc[np.flatnonzero(frame["spouse"].isna())[:5], "spouse"] = 44
    broken = found(frame)
    assert broken["spouse missing by status"] == 5
    assert broken["town missing with street"] <= 2
    frame.loc[np.flatnonzero(frame["spouse"].isna())[:90], "spouse"] = 44
    assert "spouse missing by status" not in found(frame)


def test_columns_with_the_same_gaps_follow_from_what_decides_them() -> None:
    frame = people()
    frame["name"] = pd.Series(["A", "B", "C"] * 200).mask(frame["spouse"].isna())
    texts = set(found(frame))
    assert {"spouse missing by status", "name missing by status"} <= texts
    assert "name missing with spouse" not in texts


def test_blank_text_is_a_gap_like_any_other() -> None:
    rng = np.random.default_rng(0)
    gap = rng.random(500) < 0.3
    number = np.where(gap, " ", rng.integers(0, 900, 500).astype(str))
    frame = pd.DataFrame({"a": pd.Series(rng.normal(size=500)).mask(gap), "b": number})
    assert list(found(frame)) == ["b missing with a"]


def test_gaps_with_several_marks_do_not_follow() -> None:
    rng = np.random.default_rng(0)
    gap = rng.random(500) < 0.3
    number = np.where(gap, rng.choice([" ", ""], 500), rng.integers(0, 900, 500).astype(str))
    frame = pd.DataFrame({"a": pd.Series(rng.normal(size=500)).mask(gap), "b": number})
    assert list(found(frame)) == []
    with pytest.raises(RelationError, match="'b' .* has no part in relations of gaps"):
        one("b missing with a", frame)


def test_protected_levels_are_not_remembered() -> None:
    category = np.array(["often"] * 300 + ["rare"] * 3 + ["seldom"] * 297)
    frame = pd.DataFrame(
        {"a": category, "b": pd.Series(np.arange(600.0)).mask(category != "often")}
    )
    assert "b missing by a" in found(frame)
    assert found(frame, protection=Protection(True)) == {}
    with pytest.raises(RelationError, match="protected"):
        one("b missing by a", frame, protection=Protection(True))


MAKE: dict[str, Any] = {
    "float64": lambda i, gap: pd.Series(i * 0.1).mask(gap),
    "Int64": lambda i, gap: pd.Series(i, dtype="Int64").mask(gap),
    "boolean": lambda i, gap: pd.Series(i % 2 == 0, dtype="boolean").mask(gap),
    "text": lambda i, gap: pd.Series([f"t{x}" for x in i]).mask(gap),
    "text number": lambda i, gap: pd.Series([f"{x}.50" for x in i]).mask(gap),
    "category": lambda i, gap: pd.Series([f"t{x}" for x in i], dtype="category").mask(gap),
    "moment": lambda i, gap: pd.Series(pd.Timestamp(0) + pd.to_timedelta(i, "D")).mask(gap),
    "period": lambda i, gap: pd.Series(pd.period_range("2020", periods=8, freq="M")[i]).mask(gap),
    "sparse": lambda i, gap: pd.Series(i * 1.0).mask(gap).astype(pd.SparseDtype(float)),
    "object": lambda i, gap: objects([Decimal(int(x)) for x in i], gap),
    "dates": lambda i, gap: objects([date(2020, 1, 1 + int(x)) for x in i], gap),
}


def objects(values: list[Any], gap: Any) -> pd.Series:
    return pd.Series([None if g else v for v, g in zip(values, gap, strict=True)], dtype=object)


@given(
    dtype=st.sampled_from(sorted(MAKE)),
    source=st.sampled_from(sorted(MAKE)),
    seed=st.integers(0, 10_000),
    share=st.sampled_from([0.0, 0.3]),
    sort=st.sampled_from(["with", "by levels", "by a value"]),
)
@settings(max_examples=60, deadline=None)
def test_restoring_is_exact_and_decides_every_row(
    dtype: str, source: str, seed: int, share: float, sort: str
) -> None:
    rng = np.random.default_rng(seed)
    indices = np.r_[0:8, rng.integers(0, 8, 52)]
    empty = rng.random(60) < (share if sort == "by levels" else 0.4)
    low = indices < 4 if source != "boolean" else indices % 2 == 0
    gap = {"with": empty, "by levels": ~empty & low, "by a value": ~empty}[sort]
    frame = pd.DataFrame(
        {"a": MAKE[source](indices, empty), "b": MAKE[dtype](rng.permutation(indices), gap)}
    )
    by_categories = source not in {"moment", "period", "dates"}
    if not by_categories and sort == "by levels":
        return
    relation = one(f"b missing {'with' if sort == 'with' else 'by'} a", frame)
    assert not relation.find_violations(frame).any()
    applied = relation.apply(frame)
    assert not applied["b"].isna().any()
    assert relation.reduced_columns() == {"b": TableSchema.infer(frame).column("b")}
    pd.testing.assert_frame_equal(relation.restore(applied), frame)
    shuffled = applied.apply(lambda s: s.iloc[rng.permutation(60)].to_numpy()).astype(frame.dtypes)
    assert not relation.find_violations(relation.restore(shuffled)).any()
    pd.testing.assert_frame_equal(relation.restore(relation.apply(frame.iloc[:1])), frame.iloc[:1])


@pytest.mark.parametrize("text", SENTENCES)
def test_shuffled_and_unseen_rows_obey(text: str) -> None:
    frame = people()
    relation = one(text, frame)
    rng = np.random.default_rng(0)
    shuffled = relation.apply(frame).apply(lambda s: s.iloc[rng.permutation(600)].to_numpy())
    shuffled.loc[3, "rooms"] = 17.0
    whole = relation.restore(shuffled)
    assert not relation.find_violations(whole).any()
    assert relation.find_violations(shuffled).any()
    assert list(whole) == list(frame)


def test_what_is_asked_goes_to_the_source() -> None:
    frame = people()
    gap = [Clause("=", None)]
    assert one("town missing with street", frame).push_down(gap) == {"street": gap}
    assert one("letter missing by street", frame).push_down(gap) == {}
    (clause,) = one("spouse missing by status", frame).push_down(gap)["status"]
    assert (clause.operator, set(clause.value)) == ("in", {"single", "widowed"})
    assert one("spouse missing by status", frame).push_down([Clause(">", 3)]) == {}
    frame["rent"] = frame["rent"].where(frame["rooms"].notna(), 1.5)
    assert one("rent missing by rooms", frame).push_down(gap) == {
        "rooms": [Clause(">=", 5.0), Clause("<=", 5.0)]
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("town missing with", "with two columns"),
        ("town missing by street, status", "with two columns"),
        ("town missing with town", "cannot decide its own gaps"),
        ("status missing with town", "'status' has no gaps"),
        ("spouse missing with status", "missing by status"),
        ("spouse missing by noise", "no level of column 'noise'"),
        ("town missing by fixed", "'fixed' is constant"),
    ],
)
def test_refusals_name_the_column(text: str, message: str) -> None:
    with pytest.raises(RelationError, match=message):
        one(text, people().assign(fixed=1))


def test_other_forms_are_left_to_others() -> None:
    profile = profile_of(people())
    for text in ("town missing", "town missing or noise > 1", "spouse >= 18"):
        assert Missingness.declare(parse_relation(text, profile.schema.names), profile) == []
