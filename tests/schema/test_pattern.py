"""Patterns are read from texts, written so that people can edit them, and made again."""

import re
import string
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.errors import SchemaError
from tabgan.schema.text.patterns.check_digits import CHECK_RULES
from tabgan.schema.text.patterns.inference import infer_pattern, nearest_pattern
from tabgan.schema.text.patterns.pattern import Pattern

N = 1_500
Make = Callable[[np.random.Generator, int], str]


def pick(rng: np.random.Generator, letters: str, count: int | np.integer[Any]) -> str:
    return "".join(rng.choice(list(letters), count))


def checked(rule: str, text: str) -> str:
    """Return a text with the right digits where it has `?`."""
    digits = CHECK_RULES[rule].digits(np.array([text.replace("?", "0")]))[0]
    return text.replace("?" * len(digits), digits)


MEMBERS: dict[str, tuple[Make, str]] = {
    "mail": (
        lambda rng, i: (
            f"{rng.choice(['ann', 'bo', 'cy'])}.{rng.choice(['ash', 'elm'])}{i}@"
            f"{rng.choice(['example.org', 'mail.test'])}"
        ),
        r"(ann|bo|cy)\.(ash|elm)\d+@(example\.org|mail\.test)",
    ),
    "address": (
        lambda rng, i: f"10.{rng.integers(4)}.{rng.integers(256)}.{rng.integers(1, 255)}",
        r"10\.[0-3](\.(1?\d?\d|2[0-4]\d|25[0-5])){2}",
    ),
    "uuid": (
        lambda rng, i: str(uuid.UUID(bytes=rng.bytes(16), version=4)),
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    ),
    "phone": (lambda rng, i: f"+49 30 {rng.integers(10**6, 10**7)}", r"\+49 30 [1-9]\d{6}"),
    "other phone": (
        lambda rng, i: (
            f"({rng.choice([212, 415, 555])}) {rng.integers(100, 1000)}-{rng.integers(10**4):04d}"
        ),
        r"\((212|415|555)\) [1-9]\d\d-\d{4}",
    ),
    "case": (
        lambda rng, i: f"2024{rng.integers(1, 13):02d}BS{i:05d}",
        r"2024(0[1-9]|1[0-2])BS\d{5}",
    ),
    "invoice": (lambda rng, i: f"2024BS{i:05d}", r"2024BS\d{5}"),
    "plate": (
        lambda rng, i: (
            f"{rng.choice(['B', 'HH', 'M', 'KS'])}-{pick(rng, string.ascii_uppercase, 2)} "
            f"{rng.integers(1, 10_000)}"
        ),
        r"(B|HH|M|KS)-[A-Z]{2} [1-9]\d{0,3}",
    ),
    "device": (
        lambda rng, i: ":".join(rng.bytes(1).hex() for _ in range(6)),
        r"[0-9a-f]{2}(:[0-9a-f]{2}){5}",
    ),
    "hash": (lambda rng, i: rng.bytes(20).hex(), r"[0-9a-f]{40}"),
    "book": (
        lambda rng, i: checked("ean13", f"978-{rng.integers(10)}-{rng.integers(10**8):08d}-?"),
        r"978-\d-\d{8}-\d",
    ),
    "account": (
        lambda rng, i: checked(
            "iban",
            f"{rng.choice(['DE', 'AT'])}??{rng.choice([1007, 5001])}{rng.integers(10**12):012d}",
        ),
        r"(DE|AT)\d{2}(1007|5001)\d{12}",
    ),
    "card": (
        lambda rng, i: checked("luhn", f"4{rng.integers(10**14):014d}?"),
        r"4\d{15}",
    ),
    "card in fours": (
        lambda rng, i: checked(
            "luhn",
            re.sub(r"(.{4})(?=.)", r"\1 ", f"4{rng.integers(10**14):014d}?"),
        ),
        r"4\d{3}( \d{4}){3}",
    ),
    "page": (
        lambda rng, i: f"https://example.org/item/{7 * i}",
        r"https://example\.org/item/\d+",
    ),
    "short": (lambda rng, i: f"AB-{1000 + i}", r"AB-\d+"),
    "article": (
        lambda rng, i: (
            f"{pick(rng, string.ascii_uppercase, 2)}-{rng.integers(1000, 10_000)}-"
            f"{rng.choice(list('ABC'))}"
        ),
        r"[A-Z]{2}-[1-9]\d{3}-[ABC]",
    ),
    "codes": (lambda rng, i: pick(rng, string.ascii_uppercase, 6), r"[A-Z]{6}"),
    "any marks": (lambda rng, i: pick(rng, "abcdeABCDE01234_-", 12), r"[a-eA-E0-4_-]{12}"),
}


def texts_of(name: str) -> list[str]:
    rng = np.random.default_rng(3)
    return [MEMBERS[name][0](rng, i) for i in range(N)]


def make(pattern: Pattern, n_rows: int) -> list[str]:
    """Return texts of random forms, choices and keys."""
    rng = np.random.default_rng(1)
    forms = rng.integers(len(pattern.forms), size=n_rows)
    choices = [rng.integers(len(values), size=n_rows) for values in pattern.slots]
    keys = np.array([rng.integers(pattern.forms[form].n_keys) for form in forms])
    texts: list[str] = pattern.join(forms, choices, keys, rng).tolist()
    return texts


@pytest.mark.parametrize("name", MEMBERS)
def test_texts_that_are_made_have_the_pattern(name: str) -> None:
    pattern = infer_pattern(pa.array(texts_of(name)))
    assert pattern is not None
    made = make(pattern, 2_000)
    assert [text for text in made if not re.fullmatch(MEMBERS[name][1], text)] == []
    assert len(set(made)) > 1_000


@pytest.mark.parametrize("name", MEMBERS)
def test_a_pattern_is_read_back_from_its_text(name: str) -> None:
    pattern = infer_pattern(pa.array(texts_of(name)))
    assert pattern is not None
    assert Pattern.from_text(str(pattern)) == pattern


@pytest.mark.parametrize(
    ("name", "rule"),
    [("book", "ean13"), ("account", "iban"), ("card", "luhn"), ("card in fours", "luhn")],
)
def test_check_digits_are_right(name: str, rule: str) -> None:
    pattern = infer_pattern(pa.array(texts_of(name)))
    assert pattern is not None
    assert CHECK_RULES[rule].is_satisfied(np.array(make(pattern, 1_000))).all()


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("mail", "{ann|bo|cy}.{ash|elm}{0-}@{example.org|mail.test}"),
        ("address", "10.{0|1|2|3}.{0-255}.{1-254}"),
        ("uuid", "{hex:8}-{hex:4}-4{hex:3}-{[89ab]}{hex:3}-{hex:12}"),
        ("invoice", "2024BS{00000-99999}"),
        ("short", "AB-{1000-}"),
        ("codes", "{upper:6}"),
    ],
)
def test_patterns_are_short_to_write(name: str, written: str) -> None:
    assert str(infer_pattern(pa.array(texts_of(name)))) == written


@pytest.mark.parametrize("n_words", [1, 2, 9])
def test_words_and_sentences_are_no_pattern(n_words: int) -> None:
    rng = np.random.default_rng(0)
    texts = [
        " ".join(f"{pick(rng, string.ascii_lowercase, rng.integers(3, 9))}" for _ in range(n_words))
        for _ in range(300)
    ]
    assert infer_pattern(pa.array(texts)) is None


def test_streets_are_no_pattern() -> None:
    rng = np.random.default_rng(0)
    texts = [
        f"{rng.integers(200)} {pick(rng, string.ascii_lowercase, rng.integers(4, 9))} Street"
        for _ in range(300)
    ]
    assert infer_pattern(pa.array(texts)) is None


def test_one_outlier_does_not_spoil_a_pattern() -> None:
    texts = [f"AB-{i:04d}" for i in range(1_499)] + ["see the note on page 3"]
    assert str(infer_pattern(pa.array(texts))) == "AB-{0000-9999}"


def test_ten_thousand_patterns_are_none() -> None:
    rng = np.random.default_rng(0)
    texts = [pick(rng, "ab1./-", rng.integers(12, 40)) for _ in range(10_000)]
    assert infer_pattern(pa.array(texts)) is None
    forms = nearest_pattern(pa.array(texts)).forms
    assert 1 <= len(forms) <= 200


@dataclass(frozen=True)
class Piece:
    """A part of a text: how it is made, and what it matches."""

    make: Make
    expression: str


def number_piece(low: int, n_digits: int, padded: bool) -> Piece:
    high = low + 10**n_digits
    width = len(str(high)) if padded else 1
    digits = rf"\d{{{width}}}" if padded else r"(0|[1-9]\d*)"
    return Piece(lambda rng, i: str(rng.integers(low, high)).zfill(width), digits)


PIECES = st.one_of(
    st.sampled_from(["AB", "x", "2024", "Item"]).map(lambda t: Piece(lambda rng, i: t, t)),
    st.lists(st.sampled_from(["red", "blue", "go", "Z", "left"]), min_size=2, unique=True).map(
        lambda words: Piece(lambda rng, i: str(rng.choice(words)), f"({'|'.join(words)})")
    ),
    st.builds(number_piece, st.integers(0, 300), st.integers(1, 6), st.booleans()),
    st.integers(2, 10).map(
        lambda n: Piece(lambda rng, i: rng.bytes(n).hex()[:n], f"[0-9a-f]{{{n}}}")
    ),
    st.integers(1, 6).map(
        lambda n: Piece(lambda rng, i: pick(rng, string.ascii_uppercase, n), f"[A-Z]{{{n}}}")
    ),
)


@given(
    st.lists(PIECES, min_size=1, max_size=4),
    st.sampled_from("-_./:"),
    st.integers(0, 2**32),
    st.integers(60, 600),
)
@settings(max_examples=60, deadline=None)
def test_any_pattern_is_made_again(pieces: list[Piece], mark: str, seed: int, n_rows: int) -> None:
    rng = np.random.default_rng(seed)
    pieces = [*pieces, Piece(lambda rng, i: f"{i:05d}", r"\d{5}")]
    texts = [mark.join(piece.make(rng, i) for piece in pieces) for i in range(n_rows)]
    expression = re.escape(mark).join(piece.expression for piece in pieces)
    pattern = infer_pattern(pa.array(texts))
    assert pattern is not None
    made = make(pattern, 300)
    assert [text for text in made if not re.fullmatch(expression, text)] == []
    assert Pattern.from_text(str(pattern)) == pattern
    split = pattern.split(pa.array(made, pa.large_string()))
    again = pattern.join(split.forms, split.choices, split.keys, np.random.default_rng(2))
    if all(form.bits < 60 for form in pattern.forms):
        assert again.tolist() == made


@pytest.mark.parametrize(
    "text",
    [
        r"a\{b\}c{0-9}",
        r"{a\|b|c}-{001-250}",
        "{1-}x|y{upper:2}",
        r"{[\]\\ab]:3}",
        "Überweisung {0-9} ß",
        "two\nlines\t{0-9}",
        "{[äö]:2}{00-59}",
        "4{digit:14}{=luhn}",
        "DE{=iban}{digit:18}",
    ],
)
def test_texts_of_patterns_are_read_and_written(text: str) -> None:
    assert str(Pattern.from_text(text)) == text
    made = make(Pattern.from_text(text), 50)
    assert (Pattern.from_text(text).split(pa.array(made, pa.large_string())).forms >= 0).all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a{0-9", "has a '{' by itself"),
        ("a}b", "has a '}' by itself"),
        ("{9-0}", "{9-0}, which ends before it begins"),
        ("{digits:4}", "{digits:4}, which is none of its parts"),
        ("{=mod10}", "{=mod10}, which is none of its parts"),
        ("a||b", "has a form without any text"),
        ("", "has a form without any text"),
    ],
)
def test_what_is_no_pattern_is_refused(text: str, message: str) -> None:
    with pytest.raises(SchemaError) as caught:
        Pattern.from_text(text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
