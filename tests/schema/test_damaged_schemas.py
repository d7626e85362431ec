"""Schemas of any content: they can be used with their table, or one sentence says what is wrong."""

import copy
import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.errors import SchemaError, TabganError
from tabgan.schema import TableSchema, restore_dtype
from tabgan.schema.float_conversion import to_float

FRAME = pd.DataFrame(
    {
        "price": ["$1,200.50", "$3.25", "$17.00", "$4.75"] * 10,
        "share": [0.25, np.nan, 0.5, 0.75] * 10,
        "count": np.arange(40) % 7,
        "when": pd.date_range("2024-01-01", periods=40, freq="7h", tz="Europe/Berlin"),
        "day": [f"{1 + i % 28:02d}/03/2024" for i in range(40)],
        "grade": pd.Categorical(["low", "high"] * 20, ["low", "high"], ordered=True),
        "code": [f"AB-{i:04d}" for i in range(40)],
    }
)
ENTRY = json.loads(json.dumps(TableSchema.infer(FRAME).to_dict()))
KEYS = (
    *("name", "kind", "dtype", "text", "format", "unit", "grid", "pattern", "missing_marks"),
    *("faker", "locale", "element", "zone", "categories", "ordered"),
)
ODD: tuple[Any, ...] = (
    *(None, True, 3, -1, 0.5, math.inf, 10**400, "", "x" * 10**6, "\ud800", [], {}, ["?"], [[[]]]),
    *("int128", "float16", "int8", "M8[25s]", "i4,f8", "V8", "object", "category", "str", "Int64"),
    *("datetime64[us, Mars/Base]", "period[Q-XX]", "list<item: int64>[pyarrow]", "Sparse[int8, 0]"),
    *(".2f,,", ".100000000f", "%Q%d", "0.00", "{digit:999}", "{a|b}" * 5_000, "15min", "day 9s"),
    *("datetime", "integer", "categorical", "pattern", "text", "name", "../../etc/passwd", "UTC"),
)


def change(key: str, value: object, number: int = 0) -> dict[str, Any]:
    entry: dict[str, Any] = copy.deepcopy(ENTRY)
    entry["columns"][number][key] = value
    return entry


REFUSED: list[tuple[int, str, object, str]] = [
    (0, "format", ".2f,,", "the format '.2f,,' is none of numbers"),
    (1, "format", ".100000000f", "numbers have at most 350 decimals"),
    (1, "dtype", "int128", "no dtype that tabgan knows"),
    (1, "dtype", "i4,f8", "no dtype that tabgan knows"),
    (1, "dtype", "list<item: int64>[pyarrow]", "no dtype that tabgan knows"),
    (3, "dtype", "float32", "in which datetime values cannot be written"),
    (3, "dtype", "datetime64[us, Mars/Base]", "no dtype that tabgan knows"),
    (4, "zone", "Mars/Base", "the zone 'Mars/Base', which is not known"),
    (4, "grid", "9s", "the grid '9s' is none"),
    (5, "categories", "x", "no dtype that tabgan knows"),
    (6, "pattern", "{digit:9999}", "none of its parts"),
    (6, "pattern", "{a|b}" * 5_000, "more than 5,000 parts or 2,000 choices"),
    (6, "unit", "x" * 10**6, "text of at most 200,000 bytes"),
    (6, "name", "\ud800", "no usable name"),
    (0, "missing_marks", ["?"] * 10**5, "a list of at most 1,000 texts"),
]


@pytest.mark.parametrize(("number", "key", "value", "words"), REFUSED)
def test_what_cannot_be_is_named(number: int, key: str, value: object, words: str) -> None:
    with pytest.raises(SchemaError) as refused:
        TableSchema.from_dict(change(key, value, number))
    assert words in str(refused.value)
    assert len(str(refused.value)) < 600


def test_values_that_a_dtype_cannot_hold_are_refused_with_their_table() -> None:
    schema = TableSchema.from_dict(change("dtype", "int8", 5) | {"target": None})
    with pytest.raises(SchemaError, match="'grade' has the dtype 'int8', in which categorical"):
        schema.check(FRAME)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.sampled_from(KEYS), st.integers(0, len(ODD) - 1)),
        min_size=1,
        max_size=2,
    )
)
def test_any_content_ends_in_columns_that_can_be_written_or_a_sentence(
    changes: list[tuple[int, str, int]],
) -> None:
    entry = copy.deepcopy(ENTRY)
    for number, key, odd in changes:
        entry["columns"][number][key] = copy.deepcopy(ODD[odd])
    try:
        schema = TableSchema.from_dict(entry)
        checked = schema.check(FRAME)
    except TabganError as error:
        assert len(str(error)) < 1_000  # noqa: PT017
        return
    for column in schema.columns:
        if column.kind.is_quantitative:
            written = restore_dtype(to_float(checked[column.name], column), column)
            assert len(written) == len(FRAME)


@pytest.mark.parametrize("entry", [None, 3, [], "x", {"columns": [[]]}, {"columns": {"a": 1}}])
def test_what_is_no_schema_is_refused(entry: object) -> None:
    with pytest.raises(SchemaError):
        TableSchema.from_dict(entry)
