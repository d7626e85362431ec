"""Texts as typed: every piece read for what it is, every name written so that it is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabgan.errors import ConditionError, RelationError
from tabgan.query.tokens import (
    CONDITION,
    RELATION,
    Dialect,
    TokenKind,
    tokenize,
    write_name,
    write_text,
    write_tokens,
)
from tabgan.schema.column import Name

NAMES: list[Name] = ["age", "age group", "education-num", "a-b", "a", "b", "rest", "it's", 7]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("age <= education-num", ["age", "<=", "education-num"]),
        ("age group -> a", ["age group", "->", "a"]),
        ("a<->b", ["a", "<->", "b"]),
        ("a-b = a - b", ["a-b", "=", "a", "-", "b"]),
        ("a = 2.5*b + 1e3", ["a", "=", 2.5, "*", "b", "+", 1000.0]),
        ("agent = 'b' or agent", ["agent", "=", "b", "or", "agent"]),
        ("'7' > \"it's\"", [7, ">", "it's"]),
        ("a = 7 + rest", ["a", "=", 7.0, "+", "rest"]),
    ],
)
def test_pieces(text: str, values: list[object]) -> None:
    assert [token.value for token in tokenize(text, NAMES, RELATION)] == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("age<=education-num", ["age", "<=", "education-num"]),
        ("age group in (a, 2024-01-31)", ["age group", "in", "(", "a", ",", "2024-01-31", ")"]),
        ("age>=-1.5e3 or agent=C-1", ["age", ">=", "-1.5e3", "or", "agent", "=", "C-1"]),
        ("a-b!=a-b-c", ["a-b", "!=", "a-b-c"]),
        ("it's=it's! and rest!=x!", ["it's", "=", "it's!", "and", "rest", "!=", "x!"]),
        ("7=größe🙂", [7, "=", "größe🙂"]),
        ("\"and\"='it''s' or age=", ["and", "=", "it's", "or", "age", "="]),
        ("age->b", ["age-", ">", "b"]),
    ],
)
def test_pieces_of_conditions_need_no_quotes_but_for_spaces_and_signs(
    text: str, values: list[object]
) -> None:
    assert [token.value for token in tokenize(text, [*NAMES, "and"], CONDITION)] == values


def test_a_quoted_text_is_a_column_only_if_there_is_one() -> None:
    kinds = [token.kind for token in tokenize("'a' = 'c'", NAMES, RELATION)]
    assert kinds == [TokenKind.NAME, TokenKind.OPERATOR, TokenKind.TEXT]


@pytest.mark.parametrize("text", ["", "   ", "a ? b", "a <= 'b"])
def test_what_cannot_be_read(text: str) -> None:
    with pytest.raises(RelationError, match=r"\.$"):
        tokenize(text, NAMES, RELATION)


def test_refusals_say_what_is_wrong() -> None:
    with pytest.raises(ConditionError, match="the quote ' is not closed in \"'x or a=3\""):
        tokenize("age='x or a=3", NAMES, CONDITION)
    with pytest.raises(ConditionError, match="more than 10,000 words and signs"):
        tokenize("a=1 or " * 1_000_000, NAMES, CONDITION)
    with pytest.raises(RelationError, match="more than 100,000 words and signs"):
        tokenize("+" * 1_000_000, NAMES, RELATION)
    with pytest.raises(RelationError, match="the number 1e999 is beyond all that a float holds"):
        tokenize("a = 1e999 * b", NAMES, RELATION)
    with pytest.raises(ConditionError, match="a condition is empty"):
        tokenize(" ", NAMES, CONDITION)


def test_a_column_without_a_name_is_one_in_quotes_only() -> None:
    tokens = tokenize("a <= ''", ["", "a"], RELATION)
    assert [(token.kind, token.value) for token in tokens[::2]] == [
        (TokenKind.NAME, "a"),
        (TokenKind.NAME, ""),
    ]


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4, unique=True))
def test_any_name_is_written_so_that_it_is_read_back(names: list[str]) -> None:
    for name in names:
        (token,) = tokenize(write_name(name), names, RELATION)
        assert (token.kind, token.value) == (TokenKind.NAME, name)


@given(st.text(), st.sampled_from([RELATION, CONDITION]))
def test_any_text_is_written_so_that_it_is_read_back(text: str, dialect: Dialect) -> None:
    (token,) = tokenize(write_text(text), [text + "x"], dialect)
    assert (token.kind, token.value) == (TokenKind.TEXT, text)


@given(st.text(max_size=20), st.sampled_from([RELATION, CONDITION]))
def test_whatever_is_typed_is_read_or_refused_and_shown_as_typed(
    text: str, dialect: Dialect
) -> None:
    try:
        tokens = tokenize(text, NAMES, dialect)
    except dialect.error as error:
        assert str(error).endswith(".")  # noqa: PT017
        return
    if dialect is RELATION:
        assert tokenize(write_tokens(tokens), NAMES, dialect) == tokens
