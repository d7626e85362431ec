"""Trees: both dialects come down to the same ones, and what is no sentence gets one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabgan.errors import ConditionError, RelationError
from tabgan.query.parser import parse_condition, parse_relation
from tabgan.query.relation_syntax import (
    CombinationsOf,
    Determines,
    MissingWith,
    NearlyEqual,
    OftenEqual,
    PartOf,
)
from tabgan.query.syntax import (
    Arithmetic,
    BoolOp,
    Call,
    ColumnName,
    Comparison,
    Duration,
    Membership,
    Missing,
    NameList,
    Negative,
    Node,
    Not,
    Number,
    Rest,
    Text,
)
from tabgan.schema.column import Name

NAMES: list[Name] = ["a", "b", "a-b", "city", "in", "or", "days", 7]
A, B, CITY = ColumnName("a"), ColumnName("b"), ColumnName("city")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a <= b < 3", Comparison((A, B, Number(3)), ("<=", "<"))),
        ("a == 'x'", Comparison((A, Text("x")), ("=",))),
        ("a, b <= city", Comparison((NameList(("a", "b")), CITY), ("<=",))),
        ("a, b", NameList(("a", "b"))),
        ("((a)) = b", Comparison((A, B), ("=",))),
        ("a-b = a - b - 2", Comparison(
            (ColumnName("a-b"), Arithmetic(A, (("-", B), ("-", Number(2))))), ("=",))),
        ("a = -2 * b", Comparison((A, Arithmetic(Negative(Number(2)), (("*", B),))), ("=",))),
        ("a = b + 2 hours + rest", Comparison(
            (A, Arithmetic(B, (("+", Duration(7_200)), ("+", Rest())))), ("=",))),
        ("a = 2 days", Comparison((A, Duration(172_800)), ("=",))),  # `days` is a column, too
        ("city in ('x', 'y')", Membership(CITY, (Text("x"), Text("y")))),
        ("a not in (1, -2)", Not(Membership(A, (Number(1), Negative(Number(2)))))),
        ("in in (in)", Membership(ColumnName("in"), (ColumnName("in"),))),
        ('"or" missing or a missing', BoolOp("or", (Missing(ColumnName("or")), Missing(A)))),
        ("not (a < 1 or b < 1) and true = city", BoolOp("and", (
            Not(BoolOp("or", (Comparison((A, Number(1)), ("<",)),
                              Comparison((B, Number(1)), ("<",))))),
            Comparison((Text("true"), CITY), ("=",))))),
        ("a, b -> city", Determines(("a", "b"), "city", is_mutual=False)),
        ("a <-> b", Determines(("a",), "b", is_mutual=True)),
        ("a often == b", OftenEqual("a", "b")),
        ("a nearly = b ** 2", NearlyEqual("a", Arithmetic(B, (("**", Number(2)),)))),
        ("a = days of b", PartOf("a", "days", "b")),
        ("a = hour of b in 'Asia/Tokyo'", PartOf("a", "hour", "b", "Asia/Tokyo")),
        ("a = years(b, 'x')", Comparison((A, Call("years", (B, Text("x")))), ("=",))),
        ("a missing with b", MissingWith("a", "b", by_values=False)),
        ("a missing by b", MissingWith("a", "b", by_values=True)),
        ("combinations of a, b", CombinationsOf(("a", "b"))),
        ("combinations of a, a", CombinationsOf(())),
    ],
)  # fmt: skip
def test_relations(text: str, tree: Node) -> None:
    assert parse_relation(text, NAMES) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a-b<=-2", Comparison((ColumnName("a-b"), Text("-2")), ("<=",))),
        ("3<=a<9", Comparison((Text("3"), A, Text("9")), ("<=", "<"))),
        ("a=city", Comparison((A, CITY), ("=",))),
        ("city in (Ulm, 'Bad Soden')", Membership(CITY, (Text("Ulm"), Text("Bad Soden")))),
        ("city not in(Ulm)", Not(Membership(CITY, (Text("Ulm"),)))),
        ("a= or b!=", BoolOp("or", (Missing(A), Not(Missing(B))))),
        ("(a=)and a=rest", BoolOp("and", (Missing(A), Comparison((A, Text("rest")), ("=",))))),
        ("7=7", Comparison((ColumnName(7), ColumnName(7)), ("=",))),
    ],
)
def test_conditions(text: str, tree: Node) -> None:
    assert parse_condition(text, NAMES) == tree


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = b often", "after 'a = b'.*not 'often'"),
        ("a often b", "written 'y often = x', with two columns"),
        ("a nearly b", "written 'y nearly = 2 . x', with a column and a value"),
        ("a nearly = b < 3", "written 'y nearly = 2 . x', with a column and a value"),
        ("a -> 3", "a dependency is written"),
        ("a -> b -> city", "a dependency is written"),
        ("a missing with b, city", "gaps are related as in"),
        ("a in ()", r"after 'a in \('.*not '\)'"),
        ("a in (1, 2", "should be ',' or '\\)', and the relation ends"),
        ("a in 3", "after 'a': there should be the end, 'and', 'or' or an operator, not '\"?in'?"),
        ("a in (b < 3)", "after 'a in .b': there should be ',' or '.', not '<'"),
        ("a, 3 <= b", "there should be a column, not '3'"),
        ("a = 1e999", "the number 1e999 is beyond all that a float holds"),
        ("ab = 3", "no column 'ab'"),
        ("a <= 'b", "the quote ' is not closed"),
        ("(" * 31 + "a" + ")" * 31 + " < 3", "nested more than 30 deep"),
        ("-" * 31 + "a < 3", "nested more than 30 deep"),
        ("not " * 31 + "a < 3", "nested more than 30 deep"),
    ],
)
def test_relations_that_cannot_be_read(text: str, message: str) -> None:
    with pytest.raises(RelationError, match=message) as caught:
        parse_relation(text, NAMES)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("city=Bad Soden or a=3", "after 'city = Bad'.*not 'Soden'; put values with spaces"),
        ("city=>50K or a=3", "after 'city =': there should be a column or a value, not '>'"),
        ("city in (Bad Soden)", "after 'city in \\(Bad': there should be ',' or '\\)'"),
        ("a>=", "a column or a value, and the condition ends"),
        ("a=3 and", "and the condition ends"),
        ("(a=3", "there should be '\\)' or an operator, and the condition ends"),
        ("a, b <= 3", "after 'a'.*not ','"),
        ("not a", "a comparison of 'a'"),
        ("(" * 31, "nested more than 30 deep"),
    ],
)
def test_conditions_that_cannot_be_read(text: str, message: str) -> None:
    with pytest.raises(ConditionError, match=message) as caught:
        parse_condition(text, NAMES)
    assert str(caught.value).endswith(".")


def test_long_sums_and_sets_are_read_flat() -> None:
    total = parse_relation("a = " + " + ".join(["b"] * 9_000), NAMES)
    assert total == parse_relation("a=" + "+".join(["b"] * 9_000), NAMES)
    found = parse_condition(f"city in ({', '.join(map(str, range(4_000)))})", NAMES)
    assert isinstance(found, Membership)
    assert len(found.options) == 4_000


PIECES = [
    *["a", "b", "'a-b'", "7", "x", "'x y'", "(", ")", ",", "=", "!=", "<", ">=", "->", "-", "*"],
    *["and", "or", "not", "in", "in (", "missing", "with", "often", "nearly", "of", "rest"],
]


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map(" ".join))
def test_whatever_is_typed_is_a_tree_or_a_sentence(text: str) -> None:
    for parse, error in ((parse_relation, RelationError), (parse_condition, ConditionError)):
        try:
            assert isinstance(parse(text, NAMES), Node)
        except error as refusal:
            assert str(refusal).endswith(".")  # noqa: PT017
