"""Conditions on rows: what was ever read reads the same, and more of them can be joined."""

import time
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tabgan.errors import ConditionError
from tabgan.query.where import read_where
from tabgan.schema import TableSchema
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
        ("income=Black and Decker", [("income", Clause("=", "Black and Decker"))]),
        ("age=Bank transfer (automatic)", [("age", Clause("=", "Bank transfer (automatic)"))]),
        ("income=in (a, b)", [("income", Clause("=", "in (a, b)"))]),
        ("income=not missing", [("income", Clause("=", "not missing"))]),
        ("income='age>3 or age<2'", [("income", Clause("=", "age>3 or age<2"))]),
        ("income==3", [("income", Clause("=", "3"))]),
        ("income='=3'", [("income", Clause("=", "=3"))]),
        ("age <> 3", [("age", Clause("!=", "3"))]),
        ("income=<>3", [("income", Clause("=", "<>3"))]),
        ("age BETWEEN 3 AND 5 AND income = 'a'",
         [("age", Clause(">=", "3")), ("age", Clause("<=", "5")), ("income", Clause("=", "a"))]),
        ("not age not between 3 and 5", [("age", Clause(">=", "3")), ("age", Clause("<=", "5"))]),
        ("age IS NULL", [("age", Clause("=", None))]),
        ("age is not null and income=OR", [("age", Clause("!=", None)),
                                           ("income", Clause("=", "OR"))]),
        ("NOT income IN (OR, IN)",
         [("income", Clause("!=", "OR")), ("income", Clause("!=", "IN"))]),
        ("income=is null", [("income", Clause("=", "is null"))]),
        ("income=A AND B | C", [("income", Clause("=", "A AND B | C"))]),
        ("income=it's", [("income", Clause("=", "it's"))]),
        ("age!=Bad Sülze (Nord)", [("age", Clause("!=", "Bad Sülze (Nord)"))]),
        ("age!=", [("age", Clause("!=", None))]),
        ('age!=""', [("age", Clause("!=", ""))]),
        ("age missing", [("age", Clause("=", None))]),
        ("not age missing", [("age", Clause("!=", None))]),
        ("not age>3", [("age", Clause("<=", "3"))]),
        ("not (income=a or 31<=age group)", [("income", Clause("!=", "a")),
                                             ("age group", Clause("<", "31"))]),
        ("age>3 and income='a b' and it's=x",
         [("age", Clause(">", "3")), ("income", Clause("=", "a b")), ("it's", Clause("=", "x"))]),
        ("income in (a)", [("income", Clause("=", "a"))]),
        ("age not in (a, 'b c')", [("age", Clause("!=", "a")), ("age", Clause("!=", "b c"))]),
        ("7=1 and 3>7", [(7, Clause("=", "1")), (7, Clause("<", "3"))]),
    ],
)  # fmt: skip
def test_every_form_is_read(text: str, clauses: list[tuple[Name, Clause]]) -> None:
    assert pairs_of(text) == clauses


def pairs_of(where: Any, names: list[Name] = NAMES) -> list[tuple[Name, Clause]]:
    """The clauses of a filter that leaves no choice."""
    found = read_where(where, names)
    assert not found.choices
    return [(name, clause) for name, clauses in found.clauses.items() for clause in clauses]


def one_of(*branches: Clause | tuple[Clause, ...]) -> Clause:
    return Clause("or", tuple(b if isinstance(b, tuple) else (b,) for b in branches))


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("age in (30, '4 0')", one_of(Clause("=", "30"), Clause("=", "4 0"))),
        ("age<20 or age>=65", one_of(Clause("<", "20"), Clause(">=", "65"))),
        ("age= or age>=65", one_of(Clause("=", None), Clause(">=", "65"))),
        ("not 30<=age<40", one_of(Clause("<", "30"), Clause(">=", "40"))),
        ("30<=age<40 or age=1", one_of((Clause(">=", "30"), Clause("<", "40")), Clause("=", "1"))),
        ("not (age!=1 and age!=2)", one_of(Clause("=", "1"), Clause("=", "2"))),
    ],
)
def test_choices_within_one_column_are_one_clause(text: str, clause: Clause) -> None:
    assert pairs_of(text) == [("age", clause)]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("(income=a or age>60) and 7=1", "7 = 1 and (income = a or age > 60)"),
        ("income=a or age>60 and not 7=1", "(income = a or age > 60 and 7 != 1)"),
        ("not (income=a and age>60)", "(income != a or age <= 60)"),
        ("30<=age<40 or income='x and y'", "(age >= 30 and age < 40 or income = x and y)"),
        ("income='a' or income in (b, c) or 7=1", "(income = a or income in (b, c) or 7 = 1)"),
        ("age>3 and\n(income=a or it's=b)", "age > 3 and (income = a or it's = b)"),
    ],
)
def test_choices_between_columns(text: str, written: str) -> None:
    assert read_where(text, NAMES).write() == written


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
        ("incme!=3", ["'incme'", "perhaps 'income'"]),
        ("missing", ["no operator", "COLUMN in (A, B)"]),
        ("age<20 or agee>=65", ["'agee'", "perhaps 'age'", "stand in quotes"]),
        ("incme in (a, b)", ["'incme'", "perhaps 'income'"]),
        ("not incme missing", ["'incme'", "perhaps 'income'"]),
        ("income=Bank transfer (automatic) or age>3", ["after 'income = Bank'", "in quotes"]),
        ("income=>50K or age>3", ["after 'income ='", "not '>'", "in quotes"]),
        ("income=Black or Decker=1", ["no column 'Decker'", "stand in quotes"]),
        ("income='a' b or age>3", ["not 'b'"]),
        ("1<2<age<4 or 7=2", ["chain of 3 comparisons"]),
        ("3<age>4 or 7=2", ["the same way"]),
        ("(age<3", ["and the condition ends"]),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(text: str, words: list[str]) -> None:
    with pytest.raises(ConditionError) as caught:
        read_where(text, NAMES)
    assert str(caught.value).endswith(".")
    for word in words:
        assert word in str(caught.value)


def test_several_texts_all_hold() -> None:
    assert pairs_of(["31<=age<40", "income=>50K", "age group>=2", "7="]) == [
        ("age", Clause(">=", "31")),
        ("age", Clause("<", "40")),
        ("income", Clause("=", ">50K")),
        ("age group", Clause(">=", "2")),
        (7, Clause("=", None)),
    ]


def test_the_same_condition_twice_counts_once_and_two_values_are_both_kept() -> None:
    assert pairs_of(["age=1", "age=1"]) == [("age", Clause("=", "1"))]
    assert pairs_of(("age=1", "age=2")) == [("age", Clause("=", "1")), ("age", Clause("=", "2"))]


@pytest.mark.parametrize(
    ("asked", "clauses"),
    [
        (3, [Clause("=", 3)]),
        (None, [Clause("=", None)]),
        ((">=", 3), [Clause(">=", 3)]),
        (("!=", None), [Clause("!=", None)]),
        ([(">", 3), ("!=", 5)], [Clause(">", 3), Clause("!=", 5)]),
        (["a"], [Clause("=", "a")]),
        (["a", None], [one_of(Clause("=", "a"), Clause("=", None))]),
        (("in", ["a", "b"]), [one_of(Clause("=", "a"), Clause("=", "b"))]),
        ([("in", ("a", "b")), ("!=", "b")],
         [one_of(Clause("=", "a"), Clause("=", "b")), Clause("!=", "b")]),
        ({"b", "a"}, [one_of(Clause("=", "a"), Clause("=", "b"))]),
        (np.array([1, 2]), [one_of(Clause("=", 1), Clause("=", 2))]),
        (pd.Series([1, 2]), [one_of(Clause("=", 1), Clause("=", 2))]),
        (range(2), [one_of(Clause("=", 0), Clause("=", 1))]),
        (np.array(3), [Clause("=", 3)]),
        (("==", 3), [Clause("=", 3)]),
        (("in", frozenset([4])), [Clause("=", 4)]),
        (("not in", ["a", "b"]), [one_of((Clause("!=", "a"), Clause("!=", "b")))]),
        (pd.Interval(0, 2), [Clause("=", pd.Interval(0, 2))]),
    ],
)  # fmt: skip
def test_mappings(asked: Any, clauses: list[Clause]) -> None:
    assert pairs_of({"age": asked}) == [("age", clause) for clause in clauses]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("income like 'A%'", "'like' asks for texts by a pattern.*name the values"),
        ("age>3 and income NOT LIKE 'A%'", "'not like' asks for texts by a pattern"),
        ("age=3 && income=x", "'&&' before a comparison; write 'and'"),
        ("age=3 | age>9", r"'\|' before a comparison; write 'or'"),
        ("age between 3", "'and', as in 'age between 30 and 40'"),
        ("3<>age", "no column '3'"),
    ],
)
def test_habits_of_other_languages_that_are_not_understood(text: str, words: str) -> None:
    with pytest.raises(ConditionError, match=words) as caught:
        read_where(text, NAMES)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("where", "message"),
    [
        (3, "where=3 is no mapping and no text; give one such as"),
        ([3], "is no mapping and no text"),
        ({"aeg": 3}, "no column 'aeg'; perhaps 'age'"),
        ({"age": []}, "empty list"),
        ({"age": [3, (">", 4)]}, "'age' is asked for with values and pairs in one list"),
        ({"age": [[3], [4]]}, r"asked for with \[3\], which is no value"),
        ({"age": ("~", 3)}, r"give a value, or an operator \(= != < <= > >=\) and a value"),
        ({"age": ("in", [])}, "empty list"),
        ({"age": ("in", "ab")}, "give an operator and a value, or a list of values"),
        ({"age": ("or", ())}, "give a value, or an operator"),
        ({"age": ("in", pd.DataFrame({"a": [1]}))}, "'in' a DataFrame; give an operator"),
        ({"age": (">=", [1, 2])}, "compared by '>=' with several values; give one, or 'in'"),
        ({"age": (">", None)}, "'>' with a missing value, which has no order"),
        ({"age": [">=", 3]}, r"the list \['>=', 3\].*as in \('>=', 3\)"),
        ({"age": {"a": 1}}, "asked for with {'a': 1}, which is no value"),
        ({"age": max}, "which is no value; give text, a number, a date"),
        ({"age": np.ones((2, 2))}, "of 2 dimensions; give a list of values"),
        ({"age": np.array([])}, "empty list"),
        (pd.DataFrame({"age": [3]}), "where=a DataFrame is no mapping.*rows of which some values"),
        (pd.Series([3], name="age"), "where=a Series is no mapping and no text"),
        ({"age=3"}, "where={'age=3'} is no mapping and no text"),
        ([{"age": 3}, {"age": 4}], "draw rows for one after the other"),
    ],
)
def test_what_is_no_mapping_gets_a_sentence(where: Any, message: str) -> None:
    with pytest.raises(ConditionError, match=message) as caught:
        read_where(where, NAMES)
    assert str(caught.value).endswith(".")


def quoted(text: str, quote: str) -> str:
    return quote + text.replace(quote, quote * 2) + quote


@example(name=">", value="", quote="'", operator=">")
@example(name="and", value="(", quote='"', operator="=")
@example(name="!", value="", quote="'", operator="!=")
@given(
    name=st.text(min_size=1),
    value=st.text(),
    quote=st.sampled_from("'\""),
    operator=st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
)
def test_quotes_carry_any_name_and_value(name: str, value: str, quote: str, operator: str) -> None:
    text = quoted(name, quote) + operator + quoted(value, quote)
    assert pairs_of(text, [name]) == [(name, Clause(operator, value))]
    assert pairs_of(f"not ({text})and {text}", [name])[1] == (name, Clause(operator, value))


WORDS = st.sampled_from(
    [*map(str, NAMES), "Black", "Bank transfer (automatic)", "-1.5", ">50K", "größe 🙂", "and",
     "or", "not", "in", "missing", "(", ")", ",", " ", "''", '"', "it's"]
)  # fmt: skip


@given(
    name=st.sampled_from(NAMES),
    operator=st.sampled_from(["=", "<", "<=", ">", ">="]),
    value=st.lists(WORDS, max_size=6).map(" ".join),
)
def test_a_value_without_a_joined_comparison_is_read_as_it_stands(
    name: Name, operator: str, value: str
) -> None:
    """What follows the operator is the value, but for quotes at its start and blanks around."""
    value = value.strip()
    if value[:1] in {"'", '"'} or not value or operator + value[:1] in {"<=", ">=", "<>", "=="}:
        return
    is_joined = (" and " in f" {value}" or " or " in f" {value}") and (
        any(sign in value for sign in ("=", "<", ">", "in (", "missing"))
    )
    if not is_joined:
        assert pairs_of(f"{name}{operator}{value}") == [(name, Clause(operator, value))]


TEXTS = st.sampled_from(
    ["age>60", "age<=30", "age!=45", "age=", "not age missing", "30<=age<60", "age in (20, 70)",
     "city=Ulm", "city!=Bonn", "city in (Ulm, 'Bad Soden')", "city not in (Bonn, Ulm)", "city!="]
)  # fmt: skip
JOINED = st.recursive(
    TEXTS.map(lambda text: f"({text})"),
    lambda part: (
        st.tuples(part, st.sampled_from(["and", "or"]), part).map(lambda t: f"({' '.join(t)})")
        | part.map(lambda text: f"(not {text})")
    ),
    max_leaves=8,
)


@given(JOINED)
def test_whatever_is_joined_is_judged_as_sql_does(text: str) -> None:
    frame = pd.DataFrame({"age": [20, 30, 45, 60, 70, None] * 4})
    frame["city"] = np.repeat(["Ulm", "Bonn", "Bad Soden", None], 6)
    found = read_where(text, ["age", "city"]).matches(frame, TableSchema.infer(frame))
    assert found.tolist() == [
        judge_as_sql(text, *row) for row in zip(frame["age"], frame["city"], strict=True)
    ]


def judge_as_sql(text: str, age: float, city: str | None) -> bool:
    """Judge a condition with Python's own operators, None where it is unknown."""
    known_age, known_city = age == age, isinstance(city, str)  # noqa: PLR0124
    truths = {
        "age>60": age > 60,
        "age<=30": age <= 30,
        "age!=45": age != 45,
        "30<=age<60": 30 <= age < 60,
        "age in (20, 70)": age in (20, 70),
        "city=Ulm": city == "Ulm",
        "city!=Bonn": city != "Bonn",
        "city in (Ulm, 'Bad Soden')": city in ("Ulm", "Bad Soden"),
        "city not in (Bonn, Ulm)": city not in ("Bonn", "Ulm"),
    }
    values: dict[str, bool | None] = {
        known: truth if (known_age if "age" in known else known_city) else None
        for known, truth in truths.items()
    }
    values |= {"age=": not known_age, "not age missing": known_age, "city!=": known_city}
    return _judge(text, values)[0] is True


def _judge(text: str, values: dict[str, bool | None]) -> tuple[bool | None, str]:
    """Judge `(...)` at the start of a text; what is left of the text comes back, too."""
    for known in sorted(values, key=len, reverse=True):
        if text.startswith(f"({known})"):
            return values[known], text[len(known) + 2 :]
    if text.startswith("(not "):
        truth, rest = _judge(text[5:], values)
        return (None if truth is None else not truth), rest[1:]
    left, rest = _judge(text[1:], values)
    word, rest = rest.strip().split(" ", 1)
    right, rest = _judge(rest, values)
    decides = word == "or"
    if decides in (left, right):
        return decides, rest[1:]
    return (None if None in (left, right) else not decides), rest[1:]


@pytest.mark.parametrize(
    "text",
    ["age" + " " * 200_000 + "b", "income=" + " and " * 100_000, "income=" + " in" * 100_000,
     "'" * 100_001, "(" * 100_000, "not " * 100_000, "age<" * 50_000, "income=" + '"' * 99_999],
    ids=range(8),
)  # fmt: skip
def test_long_texts_are_read_or_refused_at_once(text: str) -> None:
    begun = time.perf_counter()
    try:
        read_where(text, NAMES)
    except ConditionError as error:
        assert str(error).endswith(".")  # noqa: PT017
    assert time.perf_counter() - begun < 2
