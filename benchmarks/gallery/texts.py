"""The gallery's texts that name things: addresses, keys with checksums, names, comments."""

import ipaddress
import re
import uuid
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.gallery.checksums import (
    digits,
    iban_remainder,
    isbn_sum,
    luhn_sum,
    write_card,
    write_iban,
    write_isbn,
)
from benchmarks.gallery.column import GalleryColumn, reads, text_series

Generator = np.random.Generator
FIRST = ["Ann", "Bo", "Carla", "David", "Elif", "Finn", "Greta", "Hana", "Ivo", "Jamila", "Kofi"]
LAST_HEADS = ["Ash", "Birk", "Cold", "Dun", "Elm", "Fair", "Gold", "Hart", "Iron", "Kirk", "Lang"]
LAST_MIDDLES = ["", "er", "in", "ing", "el", "en", "al", "and", "or"]
LAST_TAILS = ["ton", "ford", "by", "man", "son", "ley", "wood", "berg", "stein", "well", "field"]
THINGS = ["The box", "My order", "The lamp", "This chair", "The manual", "The second parcel"]
DEEDS = ["arrived late", "was broken", "looks fine", "is too small", "works well", "came unasked"]
AFTERS = ["Please call me.", "I would buy it again.", "Very kind staff!", "Nobody answered."]
VOCABULARY = {
    word
    for text in (*THINGS, *DEEDS, *AFTERS, "and the clerk said days")
    for word in re.findall(r"[a-z]+", text.lower())
}
WORDS = r"[A-Za-z][A-Za-z',-]*"


def each(write: Callable[[Generator, int], str]) -> Callable[[Generator, int], "pd.Series[Any]"]:
    """Return what makes texts one by one, each from a generator and its row."""
    return lambda rng, n: text_series(write(rng, row) for row in range(n))


def write_phone(rng: Generator, _: int) -> str:
    """Return a number in one of three areas."""
    area = rng.choice(["212", "646", "917"], p=[0.5, 0.3, 0.2])
    return f"({area}) {rng.integers(200, 1_000)}-{digits(rng, 4)}"


def write_mail(rng: Generator, row: int) -> str:
    """Return an address at one of two domains."""
    domain = "example.org" if rng.random() < 0.8 else "mail.test"
    return f"{rng.choice(FIRST)}.{rng.choice(LAST_HEADS)}{row}@{domain}".lower()


def write_address(rng: Generator, _: int) -> str:
    """Return an IPv4 address of four networks."""
    return f"10.{rng.binomial(3, 0.3)}.{rng.integers(0, 256)}.{rng.integers(1, 255)}"


def is_private(value: str) -> bool:
    """Return whether text is an IPv4 address of the four networks."""
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network("10.0.0.0/14")
    except ValueError:
        return False


def is_version_4(value: str) -> bool:
    """Return whether text is a random UUID as RFC 9562 wants it."""
    read = uuid.UUID(value)
    return read.version == 4 and read.variant == uuid.RFC_4122


def write_name(rng: Generator, _: int) -> str:
    """Return a first and a last name."""
    parts = (rng.choice(choices) for choices in (LAST_HEADS, LAST_MIDDLES, LAST_TAILS))
    return f"{rng.choice(FIRST)} {''.join(parts)}"


def write_comment(rng: Generator, _: int) -> str:
    """Return one to three sentences."""
    pairs = [f"{rng.choice(THINGS)} {rng.choice(DEEDS)}" for _ in range(2)]
    days = rng.integers(2, 2_000)
    first = f"{pairs[0]}, {pairs[1][0].lower()}{pairs[1][1:]} and the clerk said {days} days."
    return " ".join([first, *rng.choice(AFTERS, rng.integers(0, 3), replace=False)])


def count_words(value: str) -> int:
    """Return the number of words."""
    return len(value.split())


def is_sentence(value: str) -> bool:
    """Return whether text begins and ends as sentences do and has no word that comments lack.

    >>> is_sentence("The lamp looks fine."), is_sentence("Teh lmap loosk fine.")
    (True, False)
    """
    if re.fullmatch(r"[A-Z][A-Za-z0-9',.! -]+[.!]", value) is None:
        return False
    return set(re.findall(r"[a-z]+", value.lower())) <= VOCABULARY


TEXTS = (
    GalleryColumn(
        "mail address",
        "addresses",
        each(write_mail),
        reads(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"),
        reads(r"[a-z]+\.[a-z]+\d+@(example\.org|mail\.test)"),
        "ann.ash",
        "ann@example.org",
        parts=(lambda value: value.split("@")[1], lambda value: value.split(".")[0]),
        is_key=True,
    ),
    GalleryColumn(
        "IPv4 address",
        "addresses",
        each(write_address),
        reads(r"\d{1,3}(\.\d{1,3}){3}"),
        is_private,
        "10.0.0",
        "10.0.0.256",
        parts=(lambda value: value.split(".")[1],),
    ),
    GalleryColumn(
        "UUID",
        "keys in a pattern",
        each(lambda rng, _: str(uuid.UUID(bytes=rng.bytes(16), version=4))),
        reads(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        is_version_4,
        "123e4567",
        "123e4567-e89b-12d3-a456-426614174000",
        is_key=True,
    ),
    GalleryColumn(
        "phone number",
        "keys in a pattern",
        each(write_phone),
        reads(r"\(\d{3}\) \d{3}-\d{4}"),
        reads(r"\((212|646|917)\) [2-9]\d\d-\d{4}"),
        "2125550147",
        "(213) 555-0147",
        parts=(lambda value: value[1:4],),
        is_key=True,
    ),
    GalleryColumn(
        "202401BS00017",
        "keys in a pattern",
        each(lambda rng, row: f"2024{rng.binomial(11, 0.5) + 1:02d}BS{row:05d}"),
        reads(r"\d{6}[A-Z]{2}\d{5}"),
        reads(r"2024(0[1-9]|1[0-2])BS\d{5}"),
        "202401BS17",
        "202413BS00017",
        parts=(lambda value: value[4:6],),
        is_key=True,
    ),
    GalleryColumn(
        "card number",
        "keys with a checksum",
        each(write_card),
        reads(r"\d{16}"),
        reads(r"4\d{15}", lambda value: luhn_sum(value) % 10 == 0),
        "4539 1488 0343 6467",
        "4539148803436468",
        parts=(lambda value: value[:4],),
        is_key=True,
    ),
    GalleryColumn(
        "ISBN-13",
        "keys with a checksum",
        each(write_isbn),
        reads(r"\d{13}"),
        reads(r"978\d{10}", lambda value: isbn_sum(value) % 10 == 0),
        "978-3161484100",
        "9783161484101",
        parts=(lambda value: value[3],),
        is_key=True,
    ),
    GalleryColumn(
        "IBAN",
        "keys with a checksum",
        each(write_iban),
        reads(r"[A-Z]{2}\d{20}"),
        reads(r"DE\d{20}", lambda value: iban_remainder(value) == 1),
        "DE89 3704 0044",
        "DE88370400440532013000",
        parts=(lambda value: value[4:12],),
        is_key=True,
    ),
    GalleryColumn(
        "full name",
        "names and comments",
        each(write_name),
        reads(rf"{WORDS}( {WORDS})*"),
        lambda value: re.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+", value) is not None,
        "",
        "ann ashton",
        parts=(count_words, len),
    ),
    GalleryColumn(
        "comment",
        "names and comments",
        each(write_comment),
        reads(r"\S.*\S"),
        lambda value: is_sentence(value) and 5 < count_words(value) < 40,
        "",
        "x q",
        parts=(count_words,),
        is_key=True,
    ),
)
