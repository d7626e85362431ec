"""Which columns of text are free text, and which are codes, keys or categories."""

from string import ascii_uppercase

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from faker import Faker

from tabgan.schema import ColumnKind, TableSchema
from tabgan.schema.text import is_free_text

RNG = np.random.default_rng(3)


def make(kind: str, n_rows: int, locale: str = "en_US") -> list[str]:
    """Texts of Faker's, always the same ones."""
    faker = Faker(locale)
    faker.seed_instance(5)
    return [str(getattr(faker, kind)()) for _ in range(n_rows)]


def code(letters: str, length: int) -> str:
    return "".join(RNG.choice(list(letters), length))


SURNAMES = sorted(set(make("last_name", 2_000)))
FREE = {
    "full names": make("name", 300),
    "few full names": make("name", 20),
    "full names in capitals": [name.upper() for name in make("name", 300)],
    "last names first": [
        f"{a}, {b}" for a, b in zip(SURNAMES, make("first_name", 300), strict=False)
    ],
    "full names that come back": [
        name for name in make("name", 120) for _ in range(RNG.integers(1, 3))
    ],
    "full names of one length": [
        f"{a}{b} {c}{d}"
        for a in ("An", "Bo", "Cy", "Di")
        for b in ("na", "ra", "ya")
        for c in ("Ash", "Elm", "Fir", "Oak")
        for d in ("ton", "ley")
    ],
    "surnames": SURNAMES[:300],
    "names without blanks": make("name", 150, "zh_CN"),
    "Japanese names": make("name", 150, "ja_JP"),
    "Russian names": make("name", 200, "ru_RU"),
    "Hindi names": make("name", 200, "hi_IN"),
    "sentences": make("sentence", 150),
    "paragraphs": make("paragraph", 100),
    "slogans": make("catch_phrase", 200),
    "companies": make("company", 300),
    "addresses": [address.replace("\n", ", ") for address in make("address", 200)],
    "German addresses": make("street_address", 200, "de_DE"),
}
MONTHS = pd.date_range("2020-01-01", "2020-12-31").strftime("%B %-d").tolist()
OTHER = {
    "codes": [code(ascii_uppercase, 6) for _ in range(300)],
    "codes of several lengths": [code("BCDFGHKLMNPRSTVWXZ", 4 + i % 6) for i in range(300)],
    "two codes that are shared": [f"{code('ABCXYZ', 2)} {code('KLMN', 2)}" for _ in range(300)],
    "two codes": [f"{code(ascii_uppercase, 3)} {code(ascii_uppercase, 4)}" for _ in range(300)],
    "keys": [f"Customer {number}" for number in range(300)],
    "sizes": [f"{a} x {b} cm" for a in range(20) for b in range(20)],
    "days of the year": MONTHS,
    "cities": make("city", 60) * 10,
    "jobs": make("job", 60) * 5,
    "many jobs": make("job", 300),
    "degrees": ["Master's degree", "High school", "Some college", "Doctoral degree"] * 60,
    "product categories": [
        f"{room} {thing}"
        for room in ("Home", "Garden", "Office", "Kitchen")
        for thing in ("Chairs", "Tables", "Lamps", "Tools", "Plants", "Shelves")
    ]
    * 9,
    "names of which each comes often": make("name", 40) * 10,
}
CODES = ["uuid4", "email", "url", "user_name", "license_plate", "iban", "phone_number", "ipv4"]
CODES += ["mac_address", "file_name", "country", "postcode", "date", "time"]
OTHER |= {kind: make(kind, 300) for kind in CODES}


@pytest.mark.parametrize("name", FREE)
def test_free_text_is_told(name: str) -> None:
    assert is_free_text(pa.array(FREE[name]))
    column = TableSchema.infer(pd.DataFrame({"x": FREE[name]})).columns[0]
    assert column.kind is ColumnKind.TEXT


@pytest.mark.parametrize("name", OTHER)
def test_what_is_no_free_text(name: str) -> None:
    assert not is_free_text(pa.array(OTHER[name]))
    column = TableSchema.infer(pd.DataFrame({"x": OTHER[name]})).columns[0]
    assert column.kind is not ColumnKind.TEXT


def test_gaps_and_order_change_nothing() -> None:
    texts = pd.Series([*FREE["full names"], *[None] * 900]).sample(frac=1, random_state=1)
    assert TableSchema.infer(texts.to_frame("x")).columns[0].kind is ColumnKind.TEXT


def test_a_few_rows_are_too_few_to_tell() -> None:
    assert not is_free_text(pa.array(FREE["full names"][:19]))
    assert not is_free_text(pa.array([], pa.string()))


def test_the_target_is_no_free_text() -> None:
    frame = pd.DataFrame({"x": FREE["full names"]})
    assert TableSchema.infer(frame, "x").columns[0].kind is not ColumnKind.TEXT
