"""Texts that follow from others, keys of which a part does, and numbers that texts hold."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan.errors import RelationError
from tabgan.relations import RelationConfig, RelationSet
from tabgan.schema import TableSchema

N = 500
RNG = np.random.default_rng(11)
CITIES = ["Ulm", "Bonn", "Graz", "Linz", "Bern", "Genf", "Kiel", "Trier", "Chur", "Wien"]
PLANTS = [
    "Acer rubrum",
    "Picea abies",
    "Tilia cordata",
    "Ulmus minor",
    "Salix alba",
    "Fagus orient",
]
BASE = pd.DataFrame(
    {
        "city": RNG.choice(CITIES, N),
        "street": RNG.choice([f"{c}er Weg" for c in CITIES[::-1]] + ["Am Markt", "Neue Gasse"], N),
        "house": RNG.integers(1, 240, N),
        "region": RNG.choice(["NW", "SO", "MI", "NO"], N),
        "season": RNG.choice([2019, 2020, 2021, 2022, 2023], N),
        "week": RNG.integers(1, 53, N),
        "plant": RNG.choice(PLANTS, N),
        "sku": [
            f"{'XYZ'[i % 3]}{'ABCDE'[i % 5]}-{RNG.integers(10, 60)}/{RNG.integers(1, 9)}"
            for i in range(N)
        ],
        "ticket": RNG.permutation(90_000)[:N] + 10_000,
    }
)
Make = Callable[[pd.DataFrame], Any]
WHOLE: dict[str, Make] = {
    "z = street || ' ' || house || ', ' || city": lambda d: (
        d.street + " " + d.house.astype(str) + ", " + d.city
    ),
    "z = 'S' || season || '/' || pad(week, 2)": lambda d: (
        "S" + d.season.astype(str) + "/" + d.week.astype(str).str.zfill(2)
    ),
    "z = upper(city)": lambda d: d.city.str.upper(),
    "z = left(sku, 2)": lambda d: d.sku.str[:2],
    "z = right(sku, 1) || '#' || region": lambda d: d.sku.str[-1] + "#" + d.region,
    "z = part(sku, '/', 1)": lambda d: d.sku.str.split("/").str[0],
    "z = initials(plant) || '-' || house": lambda d: (
        d.plant.str.split().map(lambda w: "".join(x[0] for x in w)) + "-" + d.house.astype(str)
    ),
    "z = lower(left(city, 3)) || right(season, 2)": lambda d: (
        d.city.str[:3].str.lower() + d.season.astype(str).str[-2:]
    ),
    "z = 'T' || ticket": lambda d: "T" + d.ticket.astype(str),
    "z = lower(replace(street, ' ', '_')) || '@' || lower(city) || '.at'": lambda d: (
        d.street.str.replace(" ", "_").str.lower() + "@" + d.city.str.lower() + ".at"
    ),
}
NUMBERS: dict[str, Make] = {
    "z = length(street)": lambda d: d.street.str.len(),
    "z = number(part(sku, '-', 2))": lambda d: (
        d.sku.str.split("-").str[1].str.split("/").str[0].astype(int)
    ),
}


def number_keys(n: int) -> "pd.Series[str]":
    return pd.Series(RNG.permutation(80_000)[:n] + 10_000).astype(str)


PARTS: dict[str, Make] = {
    "z = region || '-' || rest": lambda d: d.region + "-" + number_keys(len(d)),
    "z = 'O/' || season || '/' || rest": lambda d: (
        "O/" + d.season.astype(str) + "/" + number_keys(len(d))
    ),
    "z = rest || '-' || lower(region)": lambda d: number_keys(len(d)) + "-" + d.region.str.lower(),
    "z = left(city, 1) || rest || '.' || season": lambda d: (
        d.city.str[0] + number_keys(len(d)) + "." + d.season.astype(str)
    ),
}


def discover(frame: pd.DataFrame, **config: object) -> RelationSet:
    return RelationSet.discover(frame, TableSchema.infer(frame), RelationConfig(**config))  # type: ignore[arg-type]


def permuted(relations: RelationSet, frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows whose learned columns have nothing to do with each other."""
    free = relations.apply(frame)
    rng = np.random.default_rng(0)
    shuffled = {name: free[name].iloc[rng.permutation(len(free))].array for name in free}
    return relations.restore(pd.DataFrame(shuffled))


@pytest.mark.parametrize("text", [*WHOLE, *NUMBERS])
def test_what_follows_from_texts_is_found_left_out_and_computed(text: str) -> None:
    make = {**WHOLE, **NUMBERS}[text]
    frame = BASE.assign(z=make(BASE))
    relations = discover(frame)
    assert "z" not in relations.free.names
    pd.testing.assert_frame_equal(relations.restore(relations.apply(frame)), frame)
    made = permuted(relations, frame)
    assert (made["z"] == make(made)).all()


@pytest.mark.parametrize("text", [*WHOLE, *NUMBERS])
def test_it_is_declared_and_read_back(text: str) -> None:
    frame = BASE.assign(z={**WHOLE, **NUMBERS}[text](BASE))
    declared = discover(frame, discover=False, declare=[text])
    assert declared.texts == (text,)
    again = RelationSet.from_dict(declared.to_dict(), declared.schema)
    assert again.texts == declared.texts
    free = declared.apply(frame)
    assert "z" not in free
    pd.testing.assert_frame_equal(again.restore(free), frame)


@pytest.mark.parametrize("text", PARTS)
def test_the_part_of_a_key_that_follows_is_computed(text: str) -> None:
    frame = BASE.assign(z=PARTS[text](BASE))
    relations = discover(frame)
    assert text in relations.texts
    assert relations.free.column("z").kind == relations.schema.column("z").kind
    made = permuted(relations, frame)
    assert made["z"].is_unique
    (relation,) = [each for each in relations.relations if each.text == text]
    assert not relation.find_violations(made).any()
    again = RelationSet.from_dict(relations.to_dict(), relations.schema)
    pd.testing.assert_frame_equal(again.restore(relations.apply(frame)), frame)
    assert discover(frame, discover=False, declare=[text]).texts == (text,)
    assert text not in discover(frame, forget=[text]).texts


def test_keys_are_not_made_of_parts_of_other_keys_which_could_repeat() -> None:
    order = [f"{i:05d}" for i in range(N)]
    frame = pd.DataFrame({"order": order, "invoice": [f"R{text[-3:]}" for text in order]})
    relations = discover(frame)
    assert not any("right(" in text or "left(" in text for text in relations.texts)


def test_gaps_of_sources_and_of_what_follows() -> None:
    frame = BASE.assign(street=BASE.street.mask(RNG.random(N) < 0.1))
    frame["z"] = (frame.street + ", " + frame.city).mask(RNG.random(N) < 0.1)
    relations = discover(frame)
    assert "z = street || ', ' || city" in relations.texts
    pd.testing.assert_frame_equal(relations.restore(relations.apply(frame)), frame)
    made = permuted(relations, frame)
    given = made.z.notna()
    assert (made.z == made.street + ", " + made.city)[given].all()
    assert 0 < (~given & made.street.notna()).sum() < N / 3


def test_a_few_odd_rows_make_an_offer_that_can_be_declared() -> None:
    text = "z = street || ' ' || house || ', ' || city"
    frame = BASE.assign(z=WHOLE[text](BASE))
    frame.loc[[3, 300], "z"] = "see the note"
    (offer,) = [each for each in discover(frame).offered if each.relation.text == text]
    assert offer.n_violations == 2
    assert text in discover(frame, declare=[text]).texts


@pytest.mark.parametrize("dtype", ["object", "string", "str", "large_string[pyarrow]"])
def test_every_dtype_of_text_comes_back(dtype: Any) -> None:
    frame = BASE.assign(z=WHOLE["z = left(sku, 2)"](BASE).astype(dtype), sku=BASE.sku.astype(dtype))
    relations = discover(frame)
    assert "z = left(sku, 2)" in relations.texts
    pd.testing.assert_frame_equal(relations.restore(relations.apply(frame)), frame)


def test_categories_stay_categories() -> None:
    frame = BASE.assign(z=pd.Categorical(BASE.sku.str[:2]))
    declared = discover(frame, discover=False, declare=["z = left(sku, 2)"])
    pd.testing.assert_frame_equal(declared.restore(declared.apply(frame)), frame)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("z = rest || '-' || rest || city", "has one rest"),
        ("z = 'A' || rest", "begins or ends with other columns"),
        ("house = city || rest", "holds no plain text"),
        ("z = left(city, 1.5)", "takes a whole number"),
        ("z = part(city, 1, 2)", "takes a text in quotes"),
        ("z = left(city)", "takes 2 values, not 1"),
        ("z = city || rest", r"does not hold in \d+ of 500 rows"),
        ("house = count(city, region = 'NW')", "is of conditions"),
    ],
)
def test_what_cannot_be_declared_is_said(text: str, message: str) -> None:
    frame = BASE.assign(z="K" + number_keys(N))
    with pytest.raises(RelationError, match=message):
        discover(frame, discover=False, declare=[text])


def test_columns_may_be_called_like_functions() -> None:
    frame = BASE.rename(columns={"sku": "left", "city": "length"}).assign(
        z=lambda d: d["left"].str[:2], n=lambda d: d["length"].str.len()
    )
    texts = ["z = left(left, 2)", "n = length(length)"]
    assert discover(frame, discover=False, declare=texts).texts == tuple(texts)


@pytest.mark.parametrize("seed", range(10))
def test_chance_puts_no_texts_together(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_rows = int(10 ** rng.uniform(1.7, 3.3))
    common = rng.normal(size=n_rows) if seed % 2 else np.zeros(n_rows)
    words = np.array(
        ["red", "blue", "AB", "A", "B", "1", "12", "2020", "no", "north", "Yes", "x-1"]
    )
    columns: dict[str, Any] = {}
    for index in range(14):
        ranks = (common + rng.normal(size=n_rows)).argsort().argsort() / n_rows
        n_levels = int(rng.integers(2, 9))
        levels = rng.choice(words, n_levels, replace=False)
        columns[f"level{index}"] = levels[(ranks * n_levels).astype(int)]
        columns[f"number{index}"] = (ranks * rng.integers(2, 90)).astype(int)
        columns[f"text{index}"] = ["".join(rng.choice(list("ABC12"), 4)) for _ in range(n_rows)]
        columns[f"pair{index}"] = [" ".join(rng.choice(words, 2)) for _ in range(n_rows)]
    relations = discover(pd.DataFrame(columns))
    kept = [r.text for r in relations.relations if r.KIND == "affix" or "||" in r.text]
    assert kept == []
    checked = {"predicate", "constant"}  # what levels and numbers of the same ranks bring about
    assert not any("(" in r.text for r in relations.relations if r.KIND not in checked)
