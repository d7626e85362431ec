"""Relations of a file of any content: they can be restored, or one sentence names the field."""

import copy
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan.errors import ModelFileError
from tabgan.relations import RelationConfig, RelationSet
from tabgan.schema import TableSchema

N_ROWS = 120
RNG = np.random.default_rng(0)
CITY = RNG.choice(["Ulm", "Bonn", "Rome"], N_ROWS)
START = pd.Timestamp("2024-01-01") + pd.to_timedelta(RNG.integers(0, 5_000, N_ROWS), unit="h")
FRAME = pd.DataFrame(
    {
        "city": CITY,
        "country": np.where(CITY == "Rome", "IT", "DE"),
        "size": RNG.choice(["s", "l"], N_ROWS),
        "start": START,
        "end": START + pd.to_timedelta(RNG.integers(0, 500, N_ROWS), unit="h"),
        "month": START.month,
        "x": RNG.integers(0, 50, N_ROWS),
        "y": RNG.integers(0, 50, N_ROWS),
    }
)
FRAME["twice"] = 2 * FRAME["x"]
FRAME["total"] = FRAME["x"] + FRAME["y"]
SCHEMA = TableSchema.infer(FRAME)
DECLARED = [
    "city -> country",
    "start <= end",
    "month = month of start",
    "twice = 2 * x",
    "total = x + y",
    "combinations of city, size",
    "x >= 0 or y >= 0",
]
SAVED = RelationSet.discover(FRAME, SCHEMA, RelationConfig(False, DECLARED)).to_dict()
PLACES = {entry["kind"]: number for number, entry in enumerate(SAVED["kept"])}


def change(kind: str, fields: dict[str, Any]) -> dict[str, Any]:
    entry = copy.deepcopy(SAVED)
    for path, value in fields.items():
        *most, last = path.split("/")
        part: Any = entry["kept"][PLACES[kind]]["state"]
        for name in most:
            part = part[int(name) if isinstance(part, list) else name]
        part[int(last) if isinstance(part, list) else last] = value
    return entry


def test_what_was_saved_comes_back() -> None:
    again = RelationSet.from_dict(SAVED, SCHEMA)
    assert again.to_dict() == SAVED
    assert again.restore(again.apply(FRAME)).equals(FRAME)


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("dependency", {"sources": ["town"]}, "sources is 'town', which is no column of the schema"),
    ("dependency", {"sources": ["country"]}, "dependent is among its own sources"),
    ("dependency", {"known": [2, 1, 0]}, "known does not rise"),
    ("dependency", {"known/2": 99}, "known/2 is 99, not from 0 to 3"),
    ("dependency", {"answers/0": 7}, "answers/0 is 7, not from -1 to 1"),
    ("dependency", {"keys": []}, "keys are not as many as the sources"),
    (
        "dependency",
        {"keys/0/values/0": "Rome", "keys/0/values/1": "Rome"},
        "holds a category twice",
    ),
    ("order", {"dependent": "city"}, "dependent is 'city', a column of kind categorical"),
    ("order", {"sources": ["x"]}, "are numbers and moments; only alike ones can be compared"),
    ("order", {"unit": 0.0}, "unit is 0 s"),
    ("order", {"decimals": 10**6}, "decimals is 1000000, not from 0 to 9"),
    ("order", {"fill": 1e300}, "fill is 1e.300, not from"),
    ("date_part", {"part": "era"}, "part is 'era', not one of date, day"),
    ("date_part", {"part": "date"}, "part cannot be held by a integer column"),
    ("date_part", {"source": "x"}, "source is 'x', a column of kind integer"),
    ("affine", {"line/factor": 0.0}, "give a factor other than 0"),
    ("affine", {"line/decimals": -1}, "line/decimals is -1"),
    ("sum", {"addition/signs": [1]}, "signs are not 1 or -1 a term"),
    ("sum", {"addition/remainders": []}, "remainders are not 1 to"),
    ("sum", {"addition/spans/0/high": 1e30, "addition/spans/1/high": 1e30}, "is no exact sum"),
    ("combinations", {"places/0/0": 9}, "places/0/0 is 9, not from -1 to"),
    ("combinations", {"counts": []}, "counts are not 1 to 100,000"),
    ("combinations", {"columns": ["city", "city"]}, "columns names a column twice"),
    ("predicate", {"text": "x >= "}, "predicate|cannot be"),
    ("predicate", {"text": "city -> country"}, "text is no condition"),
]


@pytest.mark.parametrize(("kind", "fields", "words"), REFUSED)
def test_what_does_not_fit_is_named(kind: str, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ModelFileError, match=words) as refused:
        RelationSet.from_dict(change(kind, fields), SCHEMA)
    assert f"relations/kept/{PLACES[kind]}" in str(refused.value)


def test_what_cannot_be_restored_in_any_order_is_refused() -> None:
    for kept in (SAVED["kept"][::-1], [*SAVED["kept"], SAVED["kept"][0]]):
        with pytest.raises(ModelFileError, match="what a relation before it changes"):
            RelationSet.from_dict({"kept": kept}, SCHEMA)


@pytest.mark.parametrize("entry", [None, [], {}, {"kept": 3}, {"kept": [None]}, {"kept": [{}]}])
def test_what_is_no_list_of_relations_is_refused(entry: Any) -> None:
    with pytest.raises(ModelFileError, match="^relations"):
        RelationSet.from_dict(entry, SCHEMA)
