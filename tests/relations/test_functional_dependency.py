"""Dependencies: found where they hold, never by chance, looked up in every restored row."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.config import Protection
from tabgan.errors import ConditionError, RelationError
from tabgan.query.parser import parse_relation
from tabgan.relations.functional_dependency.functional_dependency import FunctionalDependency
from tabgan.relations.relation_set import RelationSet
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import ColumnKind, TableSchema
from tabgan.schema.predicates import Clause
from tabgan.state_reader import StateReader

TOWNS = {"Ulm": "DE", "Bonn": "DE", "Pau": "FR", "Nice": "FR", "Bari": "IT"}


def trips(n: int = 400) -> pd.DataFrame:
    """A town decides its country; size and colour together decide a price class."""
    rng = np.random.default_rng(0)
    town = rng.choice(list(TOWNS), n)
    size, colour = rng.integers(0, 4, n), rng.choice(["red", "blue", "green"], n)
    return pd.DataFrame(
        {
            "town": town,
            "country": [TOWNS[name] for name in town],
            "size": size,
            "colour": colour,
            "price": np.array(list("abcbcacabbac"))[(size * 3 + pd.factorize(colour)[0])],
            "noise": rng.normal(size=n).round(3),
        }
    )


def profile_of(frame: pd.DataFrame, target: str | None = None, **options: Any) -> TableProfile:
    schema = TableSchema.infer(frame, target)
    return TableProfile(schema.check(frame), schema, **options)


def found(frame: pd.DataFrame, target: str | None = None) -> dict[str, int]:
    return {
        f.relation.text: f.n_violations
        for f in FunctionalDependency.discover(profile_of(frame, target))
    }


def one(text: str, frame: pd.DataFrame, **options: Any) -> FunctionalDependency:
    profile = profile_of(frame, **options)
    (relation,) = FunctionalDependency.declare(parse_relation(text, profile.schema.names), profile)
    return relation


def test_gaps_that_decide_make_no_categories_of_numbers() -> None:
    rng = np.random.default_rng(0)
    measured = rng.random(600) < 0.7
    level = pd.Series(rng.integers(0, 90, 600).astype(float)).mask(~measured)
    frame = pd.DataFrame({"level": level, "measured": np.where(measured, "t", "f")})
    assert found(frame) == {}
    assert RelationSet.discover(frame, TableSchema.infer(frame)).texts == (
        "level missing by measured",
    )
    banded = np.where(~measured, "none", np.where(level > 40, "high", "low"))
    assert found(frame.assign(measured=banded)) == {"level -> measured": 0}  # values decide, too
    few = frame.assign(level=level // 9)  # is no category
    assert found(few) == {"level -> measured": 0}


def test_one_source_and_two_are_found() -> None:
    assert {"town -> country", "colour, size -> price"} <= set(found(trips()))
    assert "size -> price" not in found(trips())


def test_of_two_that_say_the_same_numbers_stay_and_the_target_before_them() -> None:
    frame = trips().assign(number=lambda t: t["town"].map({n: i for i, n in enumerate(TOWNS)}))
    assert "number <-> town" in found(frame)
    assert "town <-> number" in found(frame, "town")


def test_chance_and_row_names_are_no_dependency() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({name: rng.integers(0, 3, 200) for name in "abcdefgh"})
    assert found(frame) == {}
    frame = pd.DataFrame({"code": np.arange(300) // 2 * 7 + 1_000, "x": np.arange(300) // 60})
    assert found(frame) == {}, "levels seen twice"
    rare = pd.DataFrame({"a": rng.integers(0, 20, 500), "flag": np.arange(500) == 3})
    assert found(rare) == {}, "a flag set once follows from anything"


def test_a_few_dirty_rows_are_counted() -> None:
    frame = trips(4_000)
    frame.loc[[5, 70], "country"] = "XX"
    assert found(frame)["town -> country"] == 2


@pytest.mark.parametrize("text", ["town -> country", "size, colour -> price", "size -> noise"])
def test_text_and_dict_lead_back(text: str) -> None:
    frame = trips()
    relation = one(text, frame)
    assert relation.text == text
    again = FunctionalDependency.from_dict(
        StateReader(json.loads(json.dumps(relation.to_dict()))), TableSchema.infer(frame)
    )
    assert again.to_dict() == relation.to_dict()


@settings(max_examples=40, deadline=None)
@given(
    categories=st.lists(st.sampled_from(["a", "b", "c", None]), min_size=8, max_size=60),
    kind=st.sampled_from(["int", "text", "moment", "category", "bool"]),
)
def test_restore_is_the_inverse_of_apply(categories: list[str | None], kind: str) -> None:
    indices = pd.Series(categories).map({"a": 0, "b": 1, "c": 2}).fillna(3).astype(int)
    answers: dict[str, pd.Series[Any]] = {
        "int": pd.Series([4, 2, 9, 4]),
        "text": pd.Series(["x", None, "y", "z"]),
        "moment": pd.to_datetime(pd.Series(["2020-01-01", "2021-05-04", None, "2020-01-01"])),
        "category": pd.Series(["lo", "hi", None, "lo"], dtype="category"),
        "bool": pd.Series([True, False, False, True]),
    }
    frame = pd.DataFrame(
        {"x": pd.Series(categories, dtype=object), "y": answers[kind].iloc[indices].to_numpy()}
    )
    frame["y"] = answers[kind].iloc[indices].reset_index(drop=True)
    frame["z"] = range(len(frame))
    relation = one("x -> y", frame)
    back = relation.restore(relation.apply(frame))
    pd.testing.assert_series_equal(back["y"], frame["y"])
    assert not relation.find_violations(frame).any()


def test_restored_rows_obey_whatever_meets() -> None:
    frame = trips()
    rng = np.random.default_rng(0)
    mixed = frame.apply(lambda column: column.iloc[rng.permutation(len(frame))].to_numpy())
    mixed.loc[0, "size"] = 99  # never seen
    for text in ("town -> country", "size, colour -> price"):
        relation = one(text, frame)
        assert relation.find_violations(mixed).any()
        restored = relation.restore(relation.apply(mixed))
        assert not relation.find_violations(restored).any()
        assert restored.notna().all().all()


def test_numbers_of_many_values_become_levels() -> None:
    zips = np.repeat(np.arange(10_000, 10_100), 10)
    frame = pd.DataFrame({"zip": zips, "state": zips // 30})
    kinds = {
        name: column and column.kind.value
        for name, column in one("zip -> state", frame).reduced_columns().items()
    }
    assert kinds == {"state": None, "zip": "categorical"}
    assert list(one("size, colour -> price", trips()).reduced_columns()) == ["price"]


def test_rare_levels_are_forgotten_under_protect() -> None:
    frame = pd.concat([trips(), pd.DataFrame({"town": ["Rio"], "country": ["BR"]})])
    text = json.dumps(one("town -> country", frame, protection=Protection(True)).to_dict())
    assert "Rio" not in text
    assert "BR" not in text
    assert "Ulm" in text


def test_what_is_asked_of_the_answer_is_asked_of_its_sources() -> None:
    frame = trips()
    relation = one("town -> country", frame)
    (clause,) = relation.push_down([Clause("=", "DE")])["town"]
    assert clause.operator == "in"
    assert set(clause.value) == {"Ulm", "Bonn"}
    asked = one("size, colour -> price", frame).push_down([Clause("=", "a")])
    assert set(asked) == {"size", "colour"}
    with pytest.raises(ConditionError, match="'country' is never = 'XX'.*follows from 'town'"):
        relation.push_down([Clause("=", "XX")])


@pytest.mark.parametrize(
    ("clause", "towns"),
    [(Clause("=", 1), {"Pau", "Nice"}), (Clause("<", 2), {"Ulm", "Bonn", "Pau", "Nice"})],
)
def test_categories_that_are_whole_numbers_can_be_asked_for(
    clause: Clause, towns: set[str]
) -> None:
    frame = trips()[["town", "noise"]]
    zone = frame["town"].map({"Ulm": 0, "Bonn": 0, "Pau": 1, "Nice": 1, "Bari": 2})
    frame = frame.assign(zone=zone.astype("int64"))
    schema = TableSchema.infer(frame)
    town, noise, code = schema.columns
    schema = replace(schema, columns=(town, noise, replace(code, kind=ColumnKind.CATEGORICAL)))
    profile = TableProfile(frame, schema)
    (relation,) = FunctionalDependency.declare(
        parse_relation("town -> zone", schema.names), profile
    )
    (needed,) = relation.push_down([clause])["town"]
    assert set(needed.value) == towns


@pytest.mark.parametrize(
    "text", ["town ->", "-> country", "town -> town", "a -> country", "town country -> size"]
)
def test_forms_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(RelationError, match="city -> country"):
        one(text, trips())
