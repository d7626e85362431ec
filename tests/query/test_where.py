"""Conditions as typed become the mapping that Python callers give."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabgan.errors import ConditionError
from tabgan.query.where import collect, parse_where
from tabgan.schema.column import Name
from tabgan.schema.predicates import Clause

NAMES: list[Name] = ["age", "age group", "income", "capital-gain", "a=b", "it's", "30", 7]


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("income=<=50K", [("income", Clause("=", "<=50K"))]),
        ("income=>50K", [("income", Clause("=", ">50K"))]),
        ("age>=65", [("age", Clause(">=", "65"))]),
        ("age < 30", [("age", Clause("<", "30"))]),
        ("age>3", [("age", Clause(">", "3"))]),
        ("age<=4", [("age", Clause("<=", "4"))]),
        ("29<age", [("age", Clause(">", "29"))]),
        ("29<age group", [("age group", Clause(">", "29"))]),
        ("31<=age<40", [("age", Clause(">=", "31")), ("age", Clause("<", "40"))]),
        ("40>age>=31", [("age", Clause("<", "40")), ("age", Clause(">=", "31"))]),
        ("age group=x", [("age group", Clause("=", "x"))]),
        ("age=", [("age", Clause("=", None))]),
        ('income=""', [("income", Clause("=", ""))]),
        ("income=' <=50K'", [("income", Clause("=", " <=50K"))]),
        ("\"it's\"='it''s'", [("it's", Clause("=", "it's"))]),
        ("it's=1", [("it's", Clause("=", "1"))]),
        ("a=b=c", [("a=b", Clause("=", "c"))]),
        ("7=1", [(7, Clause("=", "1"))]),
        ("30<=age", [("30", Clause("<=", "age"))]),
        ("-1.5<'capital-gain'<=2", [("capital-gain", Clause(">", "-1.5")),
                                    ("capital-gain", Clause("<=", "2"))]),
        ("age>=2019-03-05", [("age", Clause(">=", "2019-03-05"))]),
    ],
)  # fmt: skip
def test_every_form_is_read(text: str, clauses: list[tuple[Name, Clause]]) -> None:
    assert parse_where(text, NAMES) == clauses


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("incme=>50K", ["'incme'", "perhaps 'income'"]),
        ("29<aeg<40", ["'aeg'", "'age'"]),
        ("zzz=1", ["'zzz'", "there are 'age'"]),
        ("age", ["'age'", "no operator", "COLUMN=VALUE"]),
        ("", ["no operator"]),
        ("income='>50K", ["not closed", "'>50K"]),
        ("income='a'b", ["closing quote", "'b'"]),
        ("age>=", ["no value after '>='"]),
        ("29<age>40", ["the same way"]),
        ("=3", ["no column ''"]),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(text: str, words: list[str]) -> None:
    with pytest.raises(ConditionError) as caught:
        parse_where(text, NAMES)
    assert str(caught.value).endswith(".")
    for word in words:
        assert word in str(caught.value)


def test_collect_gives_the_mapping_of_sample() -> None:
    asked = collect(["31<=age<40", "income=>50K", "age group>=2", "7="], NAMES)
    assert asked == {
        "age": [(">=", "31"), ("<", "40")],
        "income": ">50K",
        "age group": (">=", "2"),
        7: None,
    }


def test_the_same_condition_twice_counts_once_and_two_values_are_both_kept() -> None:
    assert collect(["age=1", "age=1"], NAMES) == {"age": "1"}
    assert collect(["age=1", "age=2"], NAMES) == {"age": [("=", "1"), ("=", "2")]}


@given(
    name=st.text(min_size=1),
    value=st.text(),
    quote=st.sampled_from("'\""),
    operator=st.sampled_from(["=", "<", "<=", ">", ">="]),
)
def test_quotes_carry_any_name_and_value(name: str, value: str, quote: str, operator: str) -> None:
    def quoted(text: str) -> str:
        return quote + text.replace(quote, quote * 2) + quote

    text = quoted(name) + operator + quoted(value)
    assert parse_where(text, [name]) == [(name, Clause(operator, value))]
