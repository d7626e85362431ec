"""Relations as typed: every piece read for what it is, every name written so that it is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabgan.errors import RelationError
from tabgan.query.tokens import Part, read, write_name
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
    assert [token.value for token in read(text, NAMES)] == values


def test_a_quoted_text_is_a_column_only_if_there_is_one() -> None:
    parts = [token.part for token in read("'a' = 'c'", NAMES)]
    assert parts == [Part.NAME, Part.OPERATOR, Part.TEXT]


@pytest.mark.parametrize("text", ["", "   ", "a ? b", "a <= 'b"])
def test_what_cannot_be_read(text: str) -> None:
    with pytest.raises(RelationError, match=r"\.$"):
        read(text, NAMES)


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4, unique=True))
def test_any_name_is_written_so_that_it_is_read_back(names: list[str]) -> None:
    for name in names:
        (token,) = read(write_name(name), names)
        assert (token.part, token.value) == (Part.NAME, name)
