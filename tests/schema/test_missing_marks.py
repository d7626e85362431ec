"""Texts that mean a gap: told from numbers and datetimes, read as gaps, written back."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.relations.table_profile import TableProfile
from tabgan.schema import Column, ColumnKind, TableSchema, dtype_of
from tabgan.schema.float_conversion import to_float, value_to_float
from tabgan.schema.inference import infer_column
from tabgan.schema.predicates import Clause, matches
from tabgan.schema.text import join_marks, split_marks
from tabgan.schema.text.missing_marks import find_marks, is_mark

DTYPES = ["object", "str", "string", "utf8[pyarrow]"]
MARKS = ["?", "-", "--", ".", "N/A", "n/a", "NA", "null", "NULL", "None", "nan", "#N/A", "missing"]
MARKS += ["unknown", "\u2014", " ? ", " ", "\u00a0"]


def column_of(values: Sequence[str | None], dtype: str = "str") -> "pd.Series[Any]":
    return pd.Series(list(values), name="x", dtype=dtype_of(dtype))


def there_and_back(series: "pd.Series[Any]") -> pd.DataFrame:
    """Check that a table of one column is checked and written back; return it with its gaps."""
    frame = pd.DataFrame({"x": series})
    schema = TableSchema.infer(frame)
    assert TableSchema.from_dict(schema.to_dict()) == schema
    checked = schema.check(frame)
    pd.testing.assert_frame_equal(schema.write_missing_marks(checked), frame)
    return checked


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize(
    "values",
    [["1.5", "2.25", "3.5"], ["$1,234.50", "$2.25", "$7.00"], ["2019-03-23", "2020-01-01"]],
    ids=["numbers", "amounts", "dates"],
)
def test_a_mark_is_a_gap_and_comes_back(values: list[str], mark: str, dtype: str) -> None:
    series = column_of([values[0], mark, *values[1:], mark], dtype)
    column = infer_column(series)
    assert column.missing_marks == (mark,)
    assert column.kind.is_quantitative
    checked = there_and_back(series)
    is_gap = [value == mark for value in series]
    assert checked["x"].isna().tolist() == is_gap
    assert np.isnan(to_float(series, column)).tolist() == is_gap


@pytest.mark.parametrize(
    ("values", "marks"),
    [
        (["1.5", "?", "2.5", "-", "?"], ("?", "-")),
        (["1.5", "?", "2.5", None], ("?", "")),
        (["1.5", " ", "2.5", None], (" ", "")),
        (["1.5", "", "2.5", None], ("", "")),
        (["1.5", "", "2.5", "N/A"], ("N/A", "")),
        (["1.5", None, "2.5"], ()),
    ],
)
def test_several_marks_are_kept(values: list[str | None], marks: tuple[str, ...]) -> None:
    series = column_of(values)
    frame = pd.DataFrame({"x": series, "y": range(len(series))})
    schema = TableSchema.infer(frame)
    column = schema.column("x")
    assert column.missing_marks == marks
    pd.testing.assert_frame_equal(schema.check(frame), frame)
    assert np.isnan(to_float(series, column)).tolist() == [
        value is None or not value.strip() or value in marks for value in values
    ]
    related = TableProfile(frame, schema).columns
    assert (column in related) == (not marks)


def test_one_mark_leaves_a_column_among_relations() -> None:
    frame = pd.DataFrame({"x": ["1.5", "?", "2.5", "9.5"]})
    schema = TableSchema.infer(frame)
    assert TableProfile(schema.check(frame), schema).columns == schema.columns


@settings(max_examples=100, deadline=None)
@given(
    values=st.lists(st.sampled_from(["1.5", "2.5", "?", "-", "", "N/A", None]), max_size=8),
    dtype=st.sampled_from(DTYPES),
)
def test_marks_are_split_off_and_joined_again(values: list[str | None], dtype: str) -> None:
    series = column_of(values, dtype)
    if dtype == "object":
        series = series.where(series.notna(), np.nan)
    marks = ("?", "-", "N/A", "")
    column = Column("x", ColumnKind.CONTINUOUS, dtype, text=True, missing_marks=marks)
    numbers, found = split_marks(series, column)
    assert numbers.notna().tolist() == [value in {"1.5", "2.5"} for value in values]
    assert found.dropna().tolist() == [value for value in values if value in marks]
    assert len(found) == numbers.isna().sum()
    pd.testing.assert_series_equal(join_marks(numbers, found), series)


@pytest.mark.parametrize(
    "values",
    [
        ["-", "b", "c", "-"],
        ["?", "?", "-"],
        ["00501", "12345", "?"],
        ["yes", "no", "unknown"],
        ["LINE", "PC 17599", "A/5 21171"],
        ["12", "14", "adult", "child"],
    ],
)
def test_categories_and_codes_have_no_marks(values: list[str]) -> None:
    assert infer_column(column_of(values * 3)).missing_marks == ()


def test_truth_values_have_marks_unless_they_are_classes() -> None:
    series = column_of(["yes", "No", "N/A", "no"])
    assert infer_column(series).missing_marks == ("N/A",)
    assert infer_column(series, is_target=True).missing_marks == ()
    checked = there_and_back(series)
    assert checked["x"].isna().tolist() == [False, False, True, False]


@pytest.mark.parametrize(
    ("others", "write"),
    [
        (["call us"] * 3, "{:.2f} kmpl"),
        (["Varies with device"] * 90, "{:.1f}M"),
        (["#N/A", "#DIV/0!", "#DIV/0!"], "{:.2f}"),
        (["null bhp"], "{:.2f} bhp"),
        (["approx. 5 km", "2 to 3 km"], "{:.2f} km"),
        (["free", "-"], "${:,.2f}"),
        (["about twenty"], "{:.2f}"),
    ],
)
def test_a_few_texts_that_are_no_numbers_come_back(others: list[str], write: str) -> None:
    numbers = [write.format(n * 1.37) for n in range(400)]
    series = column_of([*numbers, *others])
    column = infer_column(series)
    assert column.kind is ColumnKind.CONTINUOUS
    assert sorted(column.missing_marks) == sorted(set(others))
    frame = pd.DataFrame({"x": series})
    schema = TableSchema.infer(frame)
    pd.testing.assert_frame_equal(schema.write_missing_marks(schema.check(frame)), frame)


@pytest.mark.parametrize("others", [["call us"] * 401, [f"word {'abcdefg'[n]}" for n in range(7)]])
def test_more_of_them_make_no_numbers(others: list[str]) -> None:
    series = column_of([*[f"{n * 1.37:.2f} km" for n in range(400)], *others])
    column = infer_column(series)
    assert not column.kind.is_number
    assert column.missing_marks == ()


@pytest.mark.parametrize(
    ("marks", "kind"),
    [(["N/A"], ColumnKind.IDENTIFIER), (["-", "?", " ", None], ColumnKind.IDENTIFIER)],
)
@pytest.mark.parametrize("write", ["user{}@mail.com", "+49 151 {:08d}", "DE{:020d}", "9{:017d}"])
def test_keys_have_marks(write: str, marks: list[str | None], kind: ColumnKind) -> None:
    keys = [write.format(key * key * 7) for key in range(300)]
    series = column_of([*keys, *marks * 20])
    column = infer_column(series)
    assert column.kind is kind
    assert set(column.missing_marks) == {mark or "" for mark in marks}
    frame = pd.DataFrame({"x": series})
    schema = TableSchema.infer(frame)
    pd.testing.assert_frame_equal(schema.write_missing_marks(schema.check(frame)), frame)


def test_marks_are_found_by_how_often_they_are_there() -> None:
    found = find_marks(pa.array(["?", "1", "N/A", "N/A", "2"]))
    assert found.texts == ("N/A", "?")
    assert found.rest.to_pylist() == ["1", "2"]
    assert is_mark(" Null ")
    assert not is_mark("nothing")


def test_marks_are_asked_for() -> None:
    column = Column("x", ColumnKind.CONTINUOUS, "str", text=True, missing_marks=("?",))
    assert np.isnan(value_to_float(column, "?"))
    series = column_of(["?", "1.5", None])
    assert matches(series, column, [Clause("=", "?")]).tolist() == [True, False, True]
    assert matches(series, column, [Clause(">", 1)]).tolist() == [False, True, False]


def test_tables_without_a_marked_column_are_left_alone() -> None:
    schema = TableSchema.infer(pd.DataFrame({"x": ["1.5", "?", "2.5"], "y": [1, 2, 3]}))
    other = pd.DataFrame({"y": [1, 2]})
    assert schema.read_missing_marks(other) is other
    twice = pd.DataFrame([["?", "?"]], columns=["x", "x"])
    assert schema.write_missing_marks(twice) is twice


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        ([f"{chr(97 + n % 26)}.{n * 37 % 1000:03d}@x.org" for n in range(300)], "identifier"),
        ([f"+49{30 * 10**8 + n * 7_919}" for n in range(300)], "identifier"),
    ],
)
def test_a_mark_among_texts_that_hardly_repeat(texts: list[str], kind: str) -> None:
    column = infer_column(pd.Series([*texts, *["N/A"] * 40], name="x"))
    assert (column.kind, column.missing_marks) == (ColumnKind(kind), ("N/A",))
    others = infer_column(pd.Series([*texts, *["Ann"] * 40], name="x"))
    assert others.missing_marks == ()
    target = infer_column(pd.Series([*texts, *["N/A"] * 40], name="x"), is_target=True)
    assert (target.kind, target.missing_marks) == (ColumnKind.CATEGORICAL, ())
