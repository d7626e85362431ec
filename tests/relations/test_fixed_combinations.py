"""Combinations: one column stands for several, and only what was seen together is given back."""

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
from tabgan.errors import ConditionError, RelationError
from tabgan.query.parser import parse_relation
from tabgan.relations import fixed_combinations
from tabgan.relations.fixed_combinations import FixedCombinations
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.predicates import Clause
from tabgan.state_reader import StateReader

CARS = pd.DataFrame(
    {
        "make": ["vw", "vw", "vw", "seat", "seat", None, "vw"] * 6,
        "doors": [5, 5, 3, 5, 3, 3, 5] * 6,
        "my tax": ["1.50", "1.50", "9.00", "9.00", " ", "1.50", "1.50"] * 6,
        "sold": [True, False, True, True, False, True, True] * 6,
        "price": np.random.default_rng(0).gamma(2, 9, 42),
        "key": [f"k{i}" for i in range(42)],
    }
)


def one(text: str, frame: pd.DataFrame = CARS, **options: Any) -> FixedCombinations:
    schema = TableSchema.infer(frame)
    profile = TableProfile(schema.check(frame), schema, **options)
    (relation,) = FixedCombinations.declare(parse_relation(text, schema.names), profile)
    return relation


def test_the_first_column_becomes_the_number_of_the_combination() -> None:
    relation = one("combinations of make, doors")
    applied = relation.apply(CARS)
    assert list(applied) == ["make", "my tax", "sold", "price", "key"]
    assert applied["make"].tolist()[:7] == ["0", "0", "2", "3", "4", "1", "0"]
    assert relation.counts == (18, 6, 6, 6, 6)
    joint = Column("make", ColumnKind.CATEGORICAL, "object", element="str")
    assert relation.reduced_columns() == {"make": joint, "doors": None}
    assert relation.explain() == "make and doors come in 5 combinations only"
    assert FixedCombinations.discover(TableProfile(CARS, TableSchema.infer(CARS))) == []


def test_text_and_dict_give_it_back() -> None:
    relation = one('combinations of make,doors, "my tax", sold')
    assert relation.text == 'combinations of make, doors, "my tax", sold'
    assert one(relation.text) == relation
    entry = json.loads(json.dumps(relation.to_dict()))
    assert FixedCombinations.from_dict(StateReader(entry), TableSchema.infer(CARS)) == relation


def test_whatever_is_generated_only_known_combinations_come_back() -> None:
    relation = one("combinations of make, doors, sold")
    texts = pd.Series(["0", "3", "77", "x", None, "-1", "1.5"], dtype=object, index=range(3, 10))
    whole = relation.restore(texts.to_frame("make").assign(price=1.0))
    assert not relation.find_violations(whole).any()
    assert whole["doors"].dtype == CARS["doors"].dtype
    assert whole["sold"].dtype == bool
    assert (whole.index == texts.index).all()
    assert (whole.iloc[2:] == whole.iloc[0]).all(axis=None)


def test_rows_of_other_combinations_are_broken() -> None:
    relation = one("combinations of make, doors")
    frame = CARS.head(4).copy()
    frame["make"] = ["seat", None, None, "audi"]
    assert relation.find_violations(frame).tolist() == [False, True, False, True]
    assert relation.apply(frame)["make"].tolist() == ["3", "0", "1", "0"]


def test_protected_combinations_are_forgotten_with_their_levels() -> None:
    rare = pd.DataFrame(
        {
            "a": pd.Categorical(["x"] * 9 + ["y"] * 9 + ["z"] * 4 + ["x"]),
            "b": [1] * 9 + [2] * 9 + [1] * 4 + [9],
        }
    )
    relation = one("combinations of a, b", rare, protection=Protection(True))
    assert relation.counts == (9, 9)
    assert [categories.values for categories in relation.categories] == [["x", "y"], [1, 2]]
    assert "z" not in json.dumps(relation.to_dict())
    assert relation.find_violations(rare).sum() == 5
    assert set(relation.apply(rare)["a"].iloc[18:]) == {"0"}
    with pytest.raises(RelationError, match="0 combinations that can be remembered"):
        one("combinations of a, b", rare.iloc[16:], protection=Protection(True))


MAKE: dict[str, Any] = {
    "float64": lambda i: pd.Series(i * 0.1).mask(i == 2),
    "float32": lambda i: pd.Series(i / 3, dtype="float32"),
    "int8": lambda i: pd.Series(i - 1, dtype="int8"),
    "UInt16": lambda i: pd.Series(i, dtype="UInt16").mask(i == 0),
    "boolean": lambda i: pd.Series(i == 2, dtype="boolean").mask(i == 1),
    "text": lambda i: pd.Series([f"t{x}" for x in i]).mask(i == 3),
    "text number": lambda i: pd.Series(np.array([" ", "1.5", "01", "1.50"])[i]),
    "category": lambda i: pd.Series(
        pd.Categorical.from_codes(i - 1, pd.Index(["b", "a", "c"]), True)
    ),
    "interval": lambda i: pd.Series(pd.cut(i, [-1, 0, 2, 3])),
    "moment": lambda i: pd.Series(
        pd.Timestamp("2020-03-28 12:00:01.000002") + pd.to_timedelta(i, "D")
    ),
    "zoned": lambda i: pd.Series(pd.date_range("2020-03-28", periods=4, tz="Europe/Rome")[i]),
    "duration": lambda i: pd.Series(pd.to_timedelta(i, "h")).mask(i == 3),
    "decimals": lambda i: pd.Series([Decimal(int(x)) / 4 for x in i], dtype=object),
    "dates": lambda i: pd.Series([date(2020, 1, 1 + int(x)) for x in i], dtype=object),
    "sparse": lambda i: pd.Series(pd.arrays.SparseArray(i * 1.0)),
}


@given(
    dtypes=st.lists(st.sampled_from(sorted(MAKE)), min_size=2, max_size=4),
    seed=st.integers(0, 10_000),
)
@settings(max_examples=60, deadline=None)
def test_restoring_is_exact(dtypes: list[str], seed: int) -> None:
    rng = np.random.default_rng(seed)
    indices = np.concatenate(
        [np.tile(np.arange(4)[:, None], len(dtypes)), rng.integers(0, 4, (30, len(dtypes)))]
    )
    frame = pd.DataFrame({f"c{n}": MAKE[dtype](indices[:, n]) for n, dtype in enumerate(dtypes)})
    relation = one(f"combinations of {', '.join(map(str, frame))}", frame)
    assert not relation.find_violations(frame).any()
    applied = relation.apply(frame)
    pd.testing.assert_frame_equal(relation.restore(applied)[list(frame)], frame)
    shuffled = applied.iloc[rng.permutation(len(frame))]
    whole = relation.restore(shuffled)[list(frame)]
    pd.testing.assert_frame_equal(whole, frame.loc[shuffled.index])


def test_what_is_asked_leaves_the_combinations_that_have_it() -> None:
    relation = one("combinations of make, doors, sold")
    applied = relation.apply(CARS)
    asked: dict[Name, list[Clause]] = {
        "make": [Clause("=", "vw")],
        "doors": [Clause(">", 3)],
        "price": [Clause("<", 1)],
    }
    (clause,) = relation.select_jointly(asked)["make"]
    assert clause.operator == "in"
    rows = (CARS["make"] == "vw") & (CARS["doors"] > 3)
    assert set(clause.value) == set(applied.loc[rows, "make"])
    (clause,) = relation.select_jointly({"make": [Clause("=", None)]})["make"]
    assert set(clause.value) == set(applied.loc[CARS["make"].isna(), "make"])
    assert relation.select_jointly({"price": [Clause("<", 1)]}) == {}
    assert relation.push_down([Clause("=", "vw")]) == {}
    with pytest.raises(ConditionError, match="'make' = 'seat' and 'doors' > 5"):
        relation.select_jointly({"make": [Clause("=", "seat")], "doors": [Clause(">", 5)]})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("combinations", "combinations are written"),
        ("combinations of make", "2 to 6 columns, each once"),
        ("combinations make, doors", "combinations are written"),
        ("combinations of make doors", "combinations are written"),
        ("combinations of make, doors,", "combinations are written"),
        ("combinations of make, make", "each once"),
        ("combinations of make, 3", "combinations are written"),
        ("combinations of make, key", "'key' is identifier"),
        ("combinations of make, many", "'many' has 1,200 values"),
    ],
)
def test_refusals_name_the_column(text: str, message: str) -> None:
    frame = pd.concat([CARS.head(40)] * 30, ignore_index=True)
    frame["key"] = [f"k{i}" for i in range(1_200)]
    frame["many"] = np.arange(1_200) * 0.5
    with pytest.raises(RelationError, match=message):
        one(text, frame)


def test_too_many_combinations_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixed_combinations, "MAX_COMBINATIONS", 4)
    with pytest.raises(RelationError, match="make and doors come in 5 combinations"):
        one("combinations of make, doors")


def test_other_forms_are_left_to_others() -> None:
    profile = TableProfile(CARS, TableSchema.infer(CARS))
    assert (
        FixedCombinations.declare(parse_relation("make -> doors", profile.schema.names), profile)
        == []
    )
