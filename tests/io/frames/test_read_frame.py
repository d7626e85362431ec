"""Tables in memory of every kind: read as a frame, and given back as what they came in."""

import datetime as dt
import pickle
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import scipy.sparse
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.errors import SettingError, TableError
from tabgan.io import find_source, read_frame, read_table, read_target
from tabgan.schema import TableSchema, check_frame

ROWS = 12
TOWNS = ["Ulm", "Rom", "Bern", ""]
NAMES = st.sampled_from(TOWNS)
DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))
MOMENTS = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1))  # noqa: DTZ001
NUMBERS = st.integers(0, 100)
DECIMALS = st.decimals(0, 999, places=2)
TYPES: tuple[tuple[pa.DataType, st.SearchStrategy[Any]], ...] = (
    *((getattr(pa, f"{sign}int{bits}")(), NUMBERS) for sign in ("", "u") for bits in (8, 32, 64)),
    (pa.float32(), st.floats(-8, 8, width=32)),
    (pa.float64(), st.floats(-1e9, 1e9)),
    (pa.bool_(), st.booleans()),
    *((kind, NAMES) for kind in (pa.string(), pa.large_string(), pa.string_view())),
    *((pa.decimal128(size, 2), DECIMALS) for size in (7, 38)),
    (pa.decimal256(50, 2), DECIMALS),
    (pa.date32(), DAYS),
    (pa.date64(), DAYS),
    (pa.time64("us"), st.times()),
    *((pa.timestamp(unit, zone), MOMENTS) for unit in ("ms", "us") for zone in (None, "UTC")),
    (pa.timestamp("us", "Europe/Berlin"), MOMENTS),
    (pa.duration("us"), st.timedeltas(dt.timedelta(0), dt.timedelta(900))),
    (pa.dictionary(pa.int8(), pa.string()), NAMES),
    (pa.dictionary(pa.uint32(), pa.large_string(), ordered=True), NAMES),
    (pa.dictionary(pa.uint8(), pa.string_view()), NAMES),
    (pa.dictionary(pa.int32(), pa.int64()), NUMBERS),
    (pa.dictionary(pa.int32(), pa.date32()), DAYS),
    (pa.run_end_encoded(pa.int32(), pa.string()), NAMES),
    (pa.null(), st.none()),
)


def _to_array(cells: list[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_dictionary(kind):
        names = sorted({cell for cell in cells if cell is not None})
        codes = [None if cell is None else names.index(cell) for cell in cells]
        indices, values = pa.array(codes, kind.index_type), pa.array(names, kind.value_type)
        return pa.DictionaryArray.from_arrays(indices, values, ordered=kind.ordered)
    if pa.types.is_run_end_encoded(kind):
        return pa.compute.run_end_encode(pa.array(cells, kind.value_type), kind.run_end_type)
    return pa.array(cells, kind)


@pytest.mark.parametrize(("kind", "values"), TYPES, ids=lambda value: str(value)[:40])
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_arrow_tables_come_back_cell_by_cell(
    kind: pa.DataType, values: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    cells = data.draw(st.lists(st.none() | values, min_size=ROWS, max_size=ROWS))
    parts = [cells[:5], cells[5:]] if data.draw(st.booleans()) else [cells]
    column = pa.chunked_array([_to_array(part, kind) for part in parts])
    table = pa.table({"x": column, "n": range(ROWS)}).replace_schema_metadata({"made": "here"})
    read = read_frame(table)
    check_frame(read.frame)
    again = read.container.create(read.frame)
    assert again.schema.equals(table.schema, check_metadata=True)
    assert again.to_pylist() == table.to_pylist()
    fewer = read.container.create(read.frame[["x"]].iloc[:0])
    assert fewer.schema.types == [kind]


def test_nan_is_a_gap_and_comes_back_as_nan() -> None:
    table = pa.table({"nan": [1.0, np.nan], "null": [1.0, None], "both": [np.nan, None]})
    read = read_frame(table)
    assert read.frame.isna().sum().to_list() == [1, 1, 2]
    again = read.container.create(read.frame)
    assert [column.null_count for column in again.columns] == [0, 1, 2]


@pytest.mark.skipif(not hasattr(pa, "json_"), reason="this Arrow has no such type")
def test_an_extension_type_comes_back() -> None:
    column = pa.ExtensionArray.from_storage(pa.json_(), pa.array(["1", None]))
    table = pa.table({"x": column})
    read = read_frame(table)
    assert read.container.create(read.frame).equals(table)


@pytest.mark.parametrize(
    "turn",
    [lambda t: t, lambda t: t.to_batches()[0], lambda t: t.to_reader()],
    ids=["table", "batch", "reader"],
)
def test_what_is_arrow_comes_back_as_a_table(turn: Callable[[Any], Any]) -> None:
    table = pa.table({"age": [39, None], "town": ["Ulm", "Rom"]})
    read = read_frame(turn(table))
    assert read.container.create(read.frame).equals(table)


def test_relations_of_duckdb_come_back_as_arrow() -> None:
    duckdb = pytest.importorskip("duckdb")
    relation = duckdb.sql("select 1 as a, 1.5::decimal(9, 2) as d, date '2024-02-29' as day")
    read = read_frame(relation)
    made = read.container.create(read.frame)
    assert made.schema.types == [pa.int32(), pa.decimal128(9, 2), pa.date32()]
    assert made.to_pylist() == [{"a": 1, "d": Decimal("1.50"), "day": dt.date(2024, 2, 29)}]
    with pytest.raises(TableError, match=r"type DuckDBPyConnection: give its fetch_df\(\)"):
        read_frame(duckdb.connect())


RECORDS: list[dict[str, Any]] = [
    {"age": 39, "paid": Decimal("1.50"), "day": dt.date(2024, 1, 1), "town": "Ulm", "new": True},
    {"age": None, "paid": Decimal("2.25"), "day": None, "town": None, "new": False},
]


def test_dicts_and_records_come_back_with_their_values() -> None:
    read = read_frame(RECORDS)
    assert read.container.create(read.frame) == RECORDS
    columns = {name: [record[name] for record in RECORDS] for name in RECORDS[0]}
    read = read_frame(columns)
    assert read.container.create(read.frame) == columns
    assert {type(age) for age in read.container.create(read.frame)["age"]} == {int, type(None)}


MOMENT = pd.Timestamp("2024-01-01 08:30", tz="Europe/Berlin")


@pytest.mark.parametrize(
    ("cells", "gap"),
    [
        ([1.5, np.nan], "nan"),
        (["Ulm", np.nan], "nan"),
        ([1.5, None], "None"),
        ([1.5, None, np.nan], "None"),
        ([MOMENT, pd.NaT], "NaT"),
        ([1, pd.NA], "<NA>"),
        (np.array([1.5, np.nan]), "nan"),
        (pa.array([1, None]), "None"),
    ],
)
def test_gaps_come_back_as_what_they_were(cells: Any, gap: str) -> None:
    read = read_frame({"x": cells})
    made = read.container.create(read.frame)["x"]
    assert {str(cell) for cell in made if pd.isna(cell)} == {gap}
    records = read_frame([{"x": cell} for cell in made])
    again = [record["x"] for record in records.container.create(records.frame)]
    assert list(map(repr, again)) == list(map(repr, made))


def test_values_of_a_dictionary_may_repeat_or_be_null() -> None:
    codes = pa.array([0, 1, 2, None, 3], pa.int8())
    column = pa.DictionaryArray.from_arrays(codes, pa.array(["a", "b", "a", None]))
    read = read_frame(pa.table({"x": column}))
    made = read.container.create(read.frame)
    assert made["x"].type == column.type
    assert made["x"].to_pylist() == ["a", "b", "a", None, None]


def test_a_reader_that_was_read_before_is_refused() -> None:
    reader = pa.table({"age": [39, 50]}).to_reader()
    read_frame(reader)
    with pytest.raises(TableError, match="has no rows left: it is read only once"):
        read_frame(reader)


def test_numbers_in_another_order_of_bytes_are_learned_in_that_of_the_machine() -> None:
    frame = pd.DataFrame({"x": np.array([1.5, 2], ">f8"), "n": np.array([1, 2], ">i2")})
    assert read_frame(frame).frame.dtypes.to_list() == [np.float64, np.int16]
    records = frame.to_records(index=False)
    read = read_frame(records)
    assert read.container.create(read.frame).dtype.names == ("x", "n")
    assert read.container.create(read.frame).dtype["x"] == np.dtype(">f8")


def test_what_is_masked_is_missing() -> None:
    mask = [[True, False], [False, False]]
    for dtype in (float, int, object):
        masked = np.ma.masked_array(np.array([[1, 2], [3, 4]], dtype), mask=mask)
        assert read_frame(masked).frame.isna().to_numpy().tolist() == mask
        assert read_frame({"x": masked[:, 0]}).frame["x"].isna().to_list() == [True, False]
        assert read_target(masked[:, 0]).frame.isna().to_numpy().tolist() == [[True], [False]]
    records: Any = np.ma.array(
        [(1, 2.5), (3, 4)], dtype=[("n", int), ("x", float)], mask=[(False, True), (False, False)]
    )
    read = read_frame(records)
    assert read.frame.isna().to_numpy().tolist() == [[False, True], [False, False]]
    assert read.container.create(read.frame).dtype == records.dtype
    records["n"] = np.ma.masked_array([1, 3], [True, False])
    read = read_frame(records)
    made = read.container.create(read.frame)
    assert (made.dtype["n"], made["n"].tolist()) == (np.dtype(object), [None, 3])
    days = np.ma.masked_array(np.array(["2024-01-01"] * 2, "M8[s]"), [True, False])
    assert read_frame({"day": days}).frame["day"].isna().to_list() == [True, False]


@pytest.mark.parametrize(
    "field", [("f", "f4", (2,)), ("f", [("a", "f4")])], ids=["array", "nested"]
)
def test_fields_of_several_values_are_refused(field: Any) -> None:
    with pytest.raises(TableError, match="the field 'f' of the structured array is no column"):
        read_frame(np.zeros(5, dtype=[field]))
    with pytest.raises(TableError, match="the field 'g'"):
        read_frame(np.zeros((5, 2), dtype=[("g", "f4")]))


def test_what_a_record_lacks_is_missing() -> None:
    read = read_frame([{"a": 1}, {"b": 2}])
    assert read.container.create(read.frame) == [{"a": 1, "b": None}, {"a": None, "b": 2}]


def test_columns_of_a_dict_may_be_of_any_kind() -> None:
    day = np.datetime64("2024-01-01")
    columns = {
        "list": [1, 2],
        "tuple": (1, 2),
        "range": range(2),
        "array": np.array([day, day]),
        "series": pd.Series([1, None], index=[7, 9]),
        "arrow": pa.array([1, None]),
        0: pd.Categorical(["u", "v"]),
    }
    made = read_frame(columns).container.create(read_frame(columns).frame)
    assert made["list"] == made["tuple"] == [1, 2]
    assert made["range"] == [0, 1]
    assert made["arrow"] == [1, None]
    assert [str(cell) for cell in made["series"]] == ["1.0", "nan"]
    assert made[0] == ["u", "v"]


def test_arrays_stay_arrays() -> None:
    numbers = np.arange(6.0).reshape(3, 2)
    read = read_frame(numbers)
    np.testing.assert_array_equal(read.container.create(read.frame), numbers)
    assert read_frame(numbers.tolist()).frame.equals(read.frame)
    assert read_frame(torch.tensor(numbers)).frame.equals(read.frame)


def test_numbers_beside_text_in_a_list_stay_numbers() -> None:
    read = read_frame([[1, "Ulm"], [2, "Rom"]])
    assert TableSchema.infer(read.frame).column(0).dtype == "int64"
    assert read.container.create(read.frame).tolist() == [[1, "Ulm"], [2, "Rom"]]


def test_structured_arrays_keep_names_and_dtypes() -> None:
    array = np.array([(1, 2.5), (3, 4.5)], dtype=[("n", "i2"), ("x", "f4")])
    read = read_frame(array)
    assert read.container.create(read.frame).dtype == array.dtype
    longer = read.container.create(read.frame.assign(made=True))
    assert longer.dtype.names == ("n", "x", "made")


def test_a_named_index_is_columns_and_is_put_back() -> None:
    index = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["part", 0])
    frame = pd.DataFrame({"x": [1.5, 2.5, 3.5, 4.5]}, index=index)
    read = read_frame(frame)
    assert list(read.frame) == ["part", 0, "x"]
    assert read.note == ""
    made = read.container.create(read.frame)
    pd.testing.assert_frame_equal(made, frame, check_column_type=False)


@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
def test_an_index_of_days_keeps_its_dtype(zone: str | None) -> None:
    days = pd.date_range("2024-01-01", periods=3, name="day", tz=zone, freq=None, unit="s")
    frame = pd.DataFrame({"x": pd.array([1, None, 3], dtype="Int64")}, index=days)
    read = read_frame(frame)
    pd.testing.assert_frame_equal(read.container.create(read.frame), frame, check_freq=False)


@pytest.mark.parametrize("index", [[5, 6, 7], ["a", "b", "c"], [2, 1, 0]])
def test_an_index_without_a_name_is_left_out_and_that_is_said(index: list[Any]) -> None:
    read = read_frame(pd.DataFrame({"x": [1, 2, 3]}, index=index))
    assert read.note.startswith("the index has no name and is left out")
    assert read.container.create(read.frame).index.equals(pd.RangeIndex(3))


def test_a_level_without_a_name_is_left_out() -> None:
    index = pd.MultiIndex.from_arrays([[1, 2], [3, 4]], names=["day", None])
    read = read_frame(pd.DataFrame({"x": [1, 2]}, index=index))
    assert list(read.frame) == ["day", "x"]
    assert read.note.startswith("a level of the index has no name")


@pytest.mark.parametrize("index", [[0, 1], pd.RangeIndex(2), np.array([0, 1])], ids=str)
def test_an_index_that_only_counts_rows_is_none(index: Any) -> None:
    frame = pd.DataFrame({"x": [1, 2]}, index=index)
    read = read_frame(frame)
    assert (read.frame is frame, read.note, read.container.index) == (True, "", ())


@pytest.mark.parametrize("names", [["x"], ["day", "day"]])
def test_an_index_named_as_a_column_is_refused(names: list[str]) -> None:
    index = pd.MultiIndex.from_arrays([[5, 6]] * len(names), names=names)
    with pytest.raises(TableError, match=f"the index is named '{names[0]}', as a column or"):
        read_frame(pd.DataFrame({"x": [1, 2]}, index=index))


@pytest.mark.parametrize("name", ["\ud800", " ", None, ("a", "b")], ids=ascii)
def test_an_index_beside_a_name_that_no_column_has_is_refused(name: Any) -> None:
    columns = pd.Index([name], dtype=object, tupleize_cols=False)
    frame = pd.DataFrame([[1], [2]], columns=columns, index=pd.Index([5, 6], name="day"))
    with pytest.raises(TableError, match="name"):
        read_frame(frame)


@pytest.mark.parametrize("suffix", ["parquet", "feather"])
def test_a_named_index_in_a_file_is_a_column(suffix: str, tmp_path: Path) -> None:
    frame = pd.DataFrame({"x": [1, 2]}, index=pd.Index(["Mon", "Tue"], name="day"))
    path = tmp_path / f"table.{suffix}"
    getattr(frame, f"to_{suffix}")(path)
    whole, (batch,) = read_table(path), find_source(path).iter_batches(None)
    assert list(whole) == ["day", "x"]
    pd.testing.assert_frame_equal(whole, batch)


def test_sparse_columns_and_mixed_names_are_left_as_they_are() -> None:
    frame = pd.DataFrame({"x": pd.arrays.SparseArray([0, 1]), 1: ["a", "b"]})
    read = read_frame(frame)
    assert read.container.create(read.frame) is frame


def test_a_series_comes_back_as_one() -> None:
    series = pd.Series([1.5, 2.5], name="x", index=pd.Index([3, 4], name="key"))
    read = read_frame(series)
    pd.testing.assert_series_equal(read.container.create(read.frame), series)
    with pytest.raises(TableError, match=r"the Series has no name; rename\('...'\)"):
        read_frame(pd.Series([1, 2]))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (3, "this is of type int"),
        (None, "this is of type NoneType"),
        (iter([1]), "this is of type list_iterator"),
        ("orders.csv", "'orders.csv' is text, not a table: read the file first"),
        (Path("orders.csv"), "'orders.csv' is text, not a table"),
        (scipy.sparse.csr_array(np.eye(2)), r"a sparse \w+ is no table; its toarray\(\)"),
        (scipy.sparse.dok_matrix((2, 2)), r"a sparse dok_matrix is no table; its toarray\(\)"),
        (np.arange(4), r"got 1D array instead. Reshape your data: reshape\(-1, 1\)"),
        (np.zeros((2, 2, 2)), "array with dim 3"),
        (np.array([[1j], [2j]]), "Complex data not supported"),
        (np.array([[np.inf], [1]]), "infinity"),
        (np.zeros((0, 2)), "0 sample"),
        ([[1, 2], [3]], "the rows of the list are of different lengths"),
        ({"a": 1}, "the column 'a' of a dict is a list of values, not a int"),
        ({"a": "text"}, "the column 'a' of a dict is a list of values, not a str"),
        ({"a": np.eye(2)}, "the column 'a' of a dict is a list of values, not a ndarray"),
        ({"a": [1, 2], "b": [1]}, "the column 'a' has 2 values and 'b' has 1"),
        (torch.ones(2, 2, requires_grad=True), "requires grad"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_table_is_refused_in_one_sentence(data: Any, said: str) -> None:
    with pytest.raises(TableError, match=said) as caught:
        read_frame(data)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (pa.table({"x": [[1], [2]]}), "'x' holds lists, dicts"),
        (pa.table({"x": [{"a": 1}, {"a": 2}]}), "'x' holds lists, dicts"),
        (pa.table([[1, 2], [3, 4]], ["x", "x"]), "'x' is there more than once"),
        (pa.table({}), "no columns"),
        (pa.table({"x": pa.array([], pa.int64())}), "no rows"),
        (pa.chunked_array([[1, 2]]), "blank name"),
        ({"x": [1, None, 2, "a"]}, r"'x' mixes types \(int, str\), such as 'a' in row 4;"),
        ({"x": [1j, 2j]}, "'x' holds complex numbers"),
        ({"x": [[1], [2]]}, "'x' holds lists, dicts"),
        ({}, "no columns"),
        ({"x": []}, "no rows"),
        ([{}, {}], "no columns"),
    ],
    ids=str,
)
def test_what_cannot_be_learned_is_refused_as_for_pandas(data: Any, said: str) -> None:
    frame = read_frame(data).frame
    with pytest.raises(TableError, match=said):
        check_frame(frame)


@pytest.mark.parametrize(
    ("y", "name"),
    [
        ([0, 1], None),
        (np.array([[0], [1]]), None),
        (pd.Series([0, 1], index=[5, 6]), None),
        (pd.Series([0, 1], name="y"), "y"),
        (pd.DataFrame({"y": [0, 1]}, index=pd.Index([5, 6], name="key")), "y"),
        (pa.array([0, 1]), ""),
        (pa.chunked_array([[0], [1]]), ""),
        (pa.table({"y": [0, 1]}), "y"),
        ({"y": [0, 1]}, "y"),
        ([{"y": 0}, {"y": 1}], "y"),
    ],
    ids=str,
)
def test_a_target_of_every_kind(y: Any, name: str | None) -> None:
    (read_name, values), *others = read_target(y).frame.items()
    assert (read_name, values.to_list(), others) == (name, [0, 1], [])


@pytest.mark.parametrize(
    "y", [np.eye(2), [[0, 1], [1, 0]], pd.DataFrame(np.eye(2)), pa.table({"a": [1], "b": [2]})]
)
def test_a_target_of_several_columns_is_refused(y: Any) -> None:
    with pytest.raises(SettingError, match="y is more than one column"):
        read_target(y)
    with pytest.raises(SettingError, match="y is one value for each row, not a str"):
        read_target("income")


def test_columns_of_another_table_are_known_too() -> None:
    ages, towns = read_frame(pa.table({"age": [39]})), read_frame(pa.table({"town": ["Ulm"]}))
    both = ages.container.extend(towns.container).create(ages.frame.assign(town="Rom"))
    assert both.schema == pa.schema({"age": pa.int64(), "town": pa.string()})
    assert ages.container.extend(read_frame(RECORDS).container) == ages.container


@pytest.mark.parametrize("data", [pa.table({"x": [1, 2]}), RECORDS, {"x": [1]}, np.eye(2)], ids=str)
def test_containers_can_be_pickled(data: Any) -> None:
    container = read_frame(data).container
    assert pickle.loads(pickle.dumps(container)) == container  # noqa: S301
