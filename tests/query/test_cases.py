"""Case expressions and conditions as values: read, checked, written, evaluated."""

import numpy as np
import pandas as pd
import pytest

from tabgan.errors import RelationError
from tabgan.query.cases import Case
from tabgan.query.column_reader import ColumnReader
from tabgan.query.expressions import Value, ValueType
from tabgan.query.parser import parse_relation
from tabgan.query.syntax import Comparison
from tabgan.query.value_check import check_value
from tabgan.schema import TableSchema

FRAME = pd.DataFrame(
    {
        "income": [10_000.0, 30_000.0, 90_000.0, None],
        "currency": ["EUR", "USD", "EUR", None],
        "day": pd.Series(["2020-01-31", "2020-02-01", "2021-01-01", None]).astype("datetime64[us]"),
        "over": [True, False, True, False],
        "case": [1.5, 2.5, 3.5, 4.0],
        "when": [1.0, 2.0, 2.0, 1.0],
        "end": [5.0, 6.0, 7.5, 8.0],
    }
)
SCHEMA = TableSchema.infer(FRAME)


def read(text: str) -> Value:
    tree = parse_relation(f"over = {text}", SCHEMA.names)
    assert isinstance(tree, Comparison)
    return check_value(tree.right_side, SCHEMA)


def evaluate(text: str) -> list[object]:
    value, reader = read(text), ColumnReader(FRAME)
    if value.value_type is ValueType.CATEGORY:
        return list(np.broadcast_to(value.categories(reader), len(FRAME)))
    numbers = np.broadcast_to(value.evaluate(reader).values, len(FRAME))
    return [None if np.isnan(number) else number for number in numbers.tolist()]


RESULTS = {
    "case when income < 20000 then 'low' when income < 50000 then 'mid' else 'high' end": [
        *("low", "mid", "high", "high"),  # as in SQL: what is unknown is not true
    ],
    "case when income >= 20000 then 'rich' when income < 20000 then 'poor' end": [
        *("poor", "rich", "rich", None),
    ],
    "case when income missing then missing else 1 end": [1, 1, 1, None],
    "case currency when 'EUR' then income when 'USD' then 0.5 * income end": [
        *(10_000, 15_000, 90_000, None),
    ],
    "2 * case when day >= '2020-02-01' then 1 else 3 end + 1": [7, 3, 3, 7],
    "case when income > 20000 and not (currency = 'USD') then 1 end": [None, None, 1, None],
    "case over when 'true' then 1 else 0 end": [1, 0, 1, 0],
    "income < 20000": ["true", "false", "false", None],
    "(income < 20000 or currency = 'USD')": ["true", "true", "false", None],
    "(income missing)": ["false", "false", "false", "true"],
    "case when when > 1 then end else case end": [1.5, 6, 7.5, 4],
    "case (case + 1) when 2.5 then end end": [5, None, None, None],
    "case + when": [2.5, 4.5, 5.5, 5],
    "case (when) when 2 then 1 end": [None, 1, 1, None],
}


@pytest.mark.parametrize("text", RESULTS)
def test_what_is_decided_row_by_row(text: str) -> None:
    assert evaluate(text) == RESULTS[text]


@pytest.mark.parametrize("text", RESULTS)
def test_what_is_written_is_read_back(text: str) -> None:
    assert read(read(text).write_operand(3)) == read(text)


def test_words_are_read_in_capitals_and_null_is_missing() -> None:
    text = "CASE WHEN income > 3 THEN 1 WHEN income < 2 THEN NULL ELSE 2 END"
    assert (
        read(text).write() == "case when income > 3 then 1 when income < 2 then missing else 2 end"
    )


def test_a_text_beside_datetimes_is_one() -> None:
    value = read("case when income > 3 then '2020-01-01' else day end")
    assert isinstance(value, Case)
    assert {result.value_type for result in value.results} == {ValueType.DATETIME}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("case when income > 3 then 'a' else 1 end", "are of one type, but 'a' is a text and 1 is"),
        ("case when income > 3 then missing end", "no result but missing ones"),
        ("case when income then 1 end", "should be a comparison of 'income'"),
        ("case when income > 3 then 1", "should be 'when', 'else' or 'end'"),
        ("case when income > 3 end", "should be 'then'"),
        ("case currency then 1 end", "should be 'when'"),
        ("case currency when 5 then 1 end", "column 'currency' holds text"),
        ("case when income > '3' then 1 end", "column 'income' holds numbers"),
        ("case when " + "case when " * 40, "nested more than 30 deep"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, message: str) -> None:
    with pytest.raises(RelationError, match=message):
        read(text)


def test_comparisons_allow_for_rounding() -> None:
    frame = pd.DataFrame({"x": [0.1, 0.3], "y": [0.2, 0.5]})
    schema = TableSchema.infer(frame)
    tree = parse_relation("y = case when x + 0.2 <= 0.3 then 1 else 2 end", schema.names)
    assert isinstance(tree, Comparison)
    value = check_value(tree.right_side, schema)
    assert value.evaluate(ColumnReader(frame)).values.tolist() == [1, 2]
