"""Predicates: read like arithmetic at school, written back the same, unknown where a gap is."""

import json
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.errors import RelationError
from tabgan.query.parser import parse_relation
from tabgan.relations.row_predicate import RowPredicate
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema
from tabgan.state_reader import StateReader

START = pd.Timestamp("2024-01-01")
FRAME = pd.DataFrame(
    {
        "a": [1, 2, 3, 4, 5, 6],
        "b-c": [2.5, np.nan, 2.5, 0.0, 4.0, 1.0],
        "city": ["Rome", "Oslo", None, "Rome", "age", "it's"],
        "smokes": [True, False, True, True, False, False],
        "start": START + pd.to_timedelta([0, 1, 2, 3, 4, 5], "D"),
        "end": [*(START + pd.to_timedelta([1, 1, 0, 9, 9], "D")), pd.NaT],
        "day": [f"{day}/03/2016" for day in (1, 5, 13, 28, 9, 10)],
        "price": ["1.10", "2.20", "3.30", " ", "5.50", "6.60"],
        "size": pd.Categorical([1, 2, 3, 1, 2, 3]),
        "zip": ["00501", "00502", "00501", "00501", "00502", "00501"],
        "of it": [0, 1, 0, 1, 0, 2],
        "key": [f"k{i}" for i in range(6)],
    }
)


def schema_of(frame: pd.DataFrame) -> TableSchema:
    return TableSchema.infer(frame)


def one(text: str, frame: pd.DataFrame = FRAME) -> RowPredicate:
    schema = schema_of(frame)
    (relation,) = RowPredicate.declare(
        parse_relation(text, schema.names), TableProfile(frame, schema)
    )
    return relation


CONDITIONS = {  # as declared: as written back, rows that break it
    "a<=5": ("a <= 5", [5]),
    "a == 1 or b-c > 2": ("a = 1 or b-c > 2", [3, 5]),
    "not b-c > 2": ("not (b-c > 2)", [0, 2, 4]),
    "a > 3 and a < 6 or city = 'Oslo'": ("a > 3 and a < 6 or city = 'Oslo'", [0, 5]),
    "a > 3 and (a < 6 or city = 'Oslo')": ("a > 3 and (a < 6 or city = 'Oslo')", [0, 1, 2, 5]),
    "1 < a <= b-c * 2": ("1 < a and a <= b-c * 2", [0, 3, 5]),
    "a - (2 - 1) * -2 >= 2 * 2": ("a - (2 - 1) * -2 >= 2 * 2", [0]),
    "-a < -(b-c + 1)": ("-1 * a < -1 * (b-c + 1)", [0, 2, 4]),
    "a - (3 - a) - 1 != 4": ("a - (3 - a) - 1 != 4", [3]),
    "a / (a - 4) < 9": ("a / (a - 4) < 9", [3]),
    "(b-c - b-c) / (a - a) = 7": ("(b-c - b-c) / (a - a) = 7", []),
    "city != 'Rome'": ("city != 'Rome'", [0, 3]),
    'city = "it\'s" or city missing': ("city = 'it''s' or city missing", [0, 1, 3, 4]),
    "smokes = True": ("smokes = 'true'", [1, 4, 5]),
    "smokes != 'FALSE'": ("smokes != 'false'", [1, 4, 5]),
    "end > start": ("end > start", [1, 2]),
    "end - start <= 3*86400": ("end - start <= 3 * 86400", [3, 4]),
    "start + 86400 <= '2024-01-03'": ("start + 86400 <= '2024-01-03'", [2, 3, 4, 5]),
    "day <= '9/03/2016'": ("day <= '9/03/2016'", [2, 3, 5]),
    "not end missing": ("not (end missing)", [5]),
    "price missing or price + 1.1 <= 4.4": ("price missing or price + 1.1 <= 4.4", [4, 5]),
    "not (price + 1.1 < 4.4)": ("not (price + 1.1 < 4.4)", [0, 1]),
    "size <= 2": ("size <= 2", [2, 5]),
    "zip = '00501'": ("zip = '00501'", [1, 4]),
    "'of it' < 2": ('"of it" < 2', [5]),
    "((a)) >= 1.5e0": ("a >= 1.5", [0]),
    "a in (1, 2, b-c + 2)": ("a in (1, 2, b-c + 2)", [2, 3, 4, 5]),
    "city in ('Rome', 'Oslo')": ("city in ('Rome', 'Oslo')", [4, 5]),
    "city in ('Rome')": ("city = 'Rome'", [1, 4, 5]),
    "city not in ('Rome', 'Oslo')": ("not (city in ('Rome', 'Oslo'))", [0, 1, 3]),
    "not (a > 2 or city missing) or day in ('9/03/2016')": (
        "not (a > 2 or city missing) or day = '9/03/2016'",
        [2, 3, 5],
    ),
    "smokes in (TRUE) or a + 1 in (7)": ("smokes = 'true' or a + 1 = 7", [1, 4]),
    "b-c * 2 in (5, a) and a < 9": ("b-c * 2 in (5, a) and a < 9", [3, 4, 5]),
    "end - start <= 2 days": ("end - start <= 2 days", [3, 4]),
    "a > +1": ("a > 1", [0]),
}


@pytest.mark.parametrize("text", CONDITIONS)
def test_conditions_are_read_judged_and_written(text: str) -> None:
    written, broken = CONDITIONS[text]
    relation = one(text)
    assert np.flatnonzero(relation.find_violations(FRAME)).tolist() == broken
    assert relation.text == written
    assert relation.explain() == f"{written} in every row"
    assert one(written) == relation
    entry = json.loads(json.dumps(relation.to_dict()))
    assert RowPredicate.from_dict(StateReader(entry), schema_of(FRAME)) == relation


def test_nothing_is_changed_by_it() -> None:
    relation = one("a < 9 or city = 'x' or end missing")
    assert [column.name for column in relation.sources] == ["a", "city", "end"]
    assert relation.dependents == ()
    assert relation.reduced_columns() == {}
    assert relation.push_down([]) == {}
    pd.testing.assert_frame_equal(relation.restore(relation.apply(FRAME)), FRAME)


def test_few_rows_show_nothing() -> None:
    assert RowPredicate.discover(TableProfile(FRAME, schema_of(FRAME))) == []


def test_other_dtypes_are_compared_alike() -> None:
    frame = pd.DataFrame(
        {
            "text": pd.Series(["x", None, "y"] * 7, dtype="string"),
            "level": pd.Series(["x", "x", None] * 7, dtype="category"),
            "flag": pd.Series([True, None, False] * 7, dtype="boolean"),
            "whole": pd.Series([1, None, 3] * 7, dtype="Int64"),
            "fixed": 2,
        }
    )
    cases = {
        "text = level": [],
        "text != level": [0],
        "flag = true": [2],
        "whole > fixed": [0],
        "whole missing": [0, 2],
        "flag missing or whole = 3": [0],
    }
    for text, broken in cases.items():
        assert np.flatnonzero(one(text, frame).find_violations(frame)[:3]).tolist() == broken, text


Judged = tuple[str, Callable[[pd.DataFrame], Any]]


def join(parts: tuple[Judged, str, Judged]) -> Judged:
    (left, f), sign, (right, g) = parts
    return f"({left} {sign} {right})", lambda t: SIGNS[sign](f(t), g(t))


SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "and": operator.and_,
    "or": operator.or_,
}
LEAVES = [
    ("a", lambda t: t["a"]),
    ("b", lambda t: t["b"]),
    ("3", lambda t: 3),
    ("-1", lambda t: -1),
]
VALUES = st.recursive(
    st.sampled_from(LEAVES),
    lambda v: st.tuples(v, st.sampled_from("+-*"), v).map(join),
    max_leaves=5,
)
COMPARED = st.tuples(
    VALUES.filter(lambda v: "a" in v[0]), st.sampled_from(["<", "<=", "=", "!=", ">"]), VALUES
).map(join)
MEMBERS = st.tuples(
    VALUES.filter(lambda v: "a" in v[0]), st.lists(VALUES, min_size=1, max_size=3)
).map(
    lambda parts: (
        f"{parts[0][0]} in ({', '.join(option[0] for option in parts[1])})",
        lambda t: sum(parts[0][1](t) == option[1](t) for option in parts[1]) > 0,
    )
)
JUDGED = st.recursive(
    COMPARED | MEMBERS,
    lambda c: (
        st.tuples(c, st.sampled_from(["and", "or"]), c).map(join)
        | c.map(lambda part: (f"not {part[0]}", lambda t: ~part[1](t)))
    ),
    max_leaves=6,
)


@given(JUDGED)
@settings(max_examples=100, deadline=None)
def test_whatever_is_nested_is_judged_as_python_does(judged: Judged) -> None:
    text, judge = judged
    numbers = np.array([(a, b) for a in range(-2, 4) for b in range(-2, 4)])
    frame = pd.DataFrame(numbers, columns=["a", "b"])
    relation = one(text, frame)
    assert (relation.find_violations(frame) == ~judge(frame).to_numpy()).all()
    assert one(relation.text, frame) == relation


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a >=", "after 'a >=': there should be a column or a value, and the relation ends"),
        ("a >= or b-c < 2", "after 'a >=': there should be a column or a value, not 'or'"),
        ("a > 3 b-c < 2", "after 'a > 3'.*not 'b-c'"),
        ("(a > 3 or b-c < 2", r"there should be '\)'"),
        ("smokes or a > 3", "after 'smokes': there should be a comparison of 'smokes', not 'or'"),
        ("(a > 3) + 1 > 2", "after '.a > 3.': .* a value instead of the condition '.a > 3.'"),
        ("a + 1 missing", "only a column can be missing"),
        ("missing", "at the start"),
        ("agee > 3", "no column 'agee'"),
        ("city > 'A'", "'city' holds text, which has no order"),
        ("city = 3", "'city' holds text, so it cannot be compared with 3; give a text"),
        ("a = 'x'", "'a' holds numbers, so it cannot be compared with 'x'; give a number"),
        ("end > 5", "'end' holds moments, so it cannot be compared with 5; give a moment"),
        ("end > 'soon'", "'end' holds moments.*'soon'"),
        ("end > ' '", "'end' cannot be compared with blank text"),
        ("smokes = 'yes'", "'smokes' holds true and false"),
        ("smokes = 1", "'smokes' holds true and false"),
        ("city + 1 > 2", "'city' holds text and 1 is a number"),
        ("end + start > 2", "'end' holds moments and column 'start' holds moments"),
        ("-end > 2", "'end' is no number"),
        ("3 > 2 or a > 1", "names no column"),
        ("key = 'k1'", "'key' is of kind identifier: its values are made anew"),
        ("a > 1e999", "the number 1e999 is beyond all that a float holds"),
        ("(" * 40 + "a" + ")" * 40 + " > 3", "nested more than 30 deep"),
        ("not " * 40 + "a > 3", "nested more than 30 deep"),
        ("a > 0" + " + 1" * 200, "words and signs"),
        ("city in ('Rome', 3)", "'city' holds text, so it cannot be compared with 3"),
        ("a in ()", r"after 'a in \(': there should be a column or a value"),
        ("1 in (2, 3)", "names no column"),
        ("a, b-c < 3", "columns with commas between them can only be compared with columns"),
        ("a > rest", "'rest' is what varies beside the columns of a sum"),
        ("true missing", "only a column can be missing"),
    ],
)
def test_refusals_say_where_and_why(text: str, message: str) -> None:
    frame = pd.concat([FRAME] * 4, ignore_index=True)
    frame["key"] = [f"k{i}" for i in range(24)]
    with pytest.raises(RelationError, match=message) as caught:
        one(text, frame)
    assert str(caught.value).endswith(".")


def test_what_has_been_saved_is_read_whatever_its_length() -> None:
    """A chain is written as more than was read: `a < b < c` as `a < b and b < c`."""
    relation = one(" <= ".join(["a", "6"] * 75))
    assert len(relation.text.split()) > 300
    entry = json.loads(json.dumps(relation.to_dict()))
    assert RowPredicate.from_dict(StateReader(entry), schema_of(FRAME)) == relation


def test_what_compares_nothing_is_left_to_others() -> None:
    profile = TableProfile(FRAME, schema_of(FRAME))
    for text in ("a -> city", "combinations of a, city", "a, city"):
        assert RowPredicate.declare(parse_relation(text, profile.schema.names), profile) == []
