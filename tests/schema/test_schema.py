"""The schema of a table: kinds inferred, checked, edited; dtypes given back exactly."""

import datetime as dt
import json
import uuid
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_diabetes, load_iris

from tabgan.errors import SchemaError, TableError
from tabgan.schema import Column, ColumnKind, TableSchema, check_frame, restore_dtype
from tabgan.schema.categories import Categories
from tabgan.schema.column import dtype_name, dtype_of
from tabgan.schema.inference import infer_column
from tabgan.schema.text import parse_datetimes, parse_numbers
from tabgan.schema.usable_columns import check_column
from tabgan.state_reader import StateReader

WORDS = ["ab", "cd", "ef"]


def messy(rows: int = 120) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    gain = np.where(rng.random(rows) < 0.6, 0, rng.integers(1, 5000, rows))
    return pd.DataFrame(
        {
            "key": np.arange(1, rows + 1)[::-1],
            "customer": [f"{n:05d}-{n % 7}X" for n in range(rows)],
            "name": [f"name {n or 1}" for n in range(rows)],
            "age": rng.integers(17, 91, rows),
            "weight": rng.normal(70, 10, rows).round(2),
            "gain": gain,
            "charges": [" " if n % 9 == 0 else f"{n / 8}" for n in range(rows)],
            "zip": [f"0{n % 40:04d}" for n in range(rows)],
            "sex": rng.choice(["Male", "Female"], rows),
            "flag": rng.choice([0, 1], rows),
            "member": rng.choice([True, False], rows),
            "smokes": pd.Series([True, None, False] * (rows // 3), dtype=object),
            "rooms": np.where(np.arange(rows) % 5 == 0, np.nan, np.arange(rows) % 6),
            "sold": [f"{n % 28 + 1}/{n % 12 + 1}/2016" for n in range(rows)],
            "seen": pd.date_range("2020-01-01", periods=rows, freq="7h"),
            "took": pd.to_timedelta(rng.integers(1, 999, rows), unit="s"),
            "born": [dt.date(1950, 1, 1) + dt.timedelta(days=97 * n) for n in range(rows)],
            "price": [Decimal(n) / 4 for n in range(rows)],
            "level": pd.Categorical(rng.choice(WORDS, rows), categories=WORDS[::-1], ordered=True),
            "same": ["x"] * rows,
            "almost": ["x", None] * (rows // 2),
            "none": np.full(rows, np.nan),
        }
    )


KINDS = {
    "key": "identifier",
    "customer": "identifier",
    "name": "pattern",
    "age": "integer",
    "weight": "continuous",
    "gain": "mixed",
    "charges": "continuous",
    "zip": "categorical",
    "sex": "categorical",
    "flag": "integer",
    "member": "boolean",
    "smokes": "boolean",
    "rooms": "integer",
    "sold": "datetime",
    "seen": "datetime",
    "took": "continuous",
    "born": "datetime",
    "price": "continuous",
    "level": "categorical",
    "same": "constant",
    "almost": "categorical",
    "none": "empty",
}


def refusal(action: Any, *arguments: Any, **options: Any) -> str:
    with pytest.raises(TableError) as caught:
        action(*arguments, **options)
    text = str(caught.value)
    assert text.endswith(".")
    assert "\n" not in text
    return text


def test_every_kind_is_found_without_help() -> None:
    schema = TableSchema.infer(messy())
    assert {column.name: column.kind.value for column in schema.columns} == KINDS
    assert schema.column("charges").text
    assert schema.column("sold").format == "%-d/%-m/%Y"
    assert schema.column("level").ordered


def test_tables_that_scikit_learn_ships() -> None:
    iris, diabetes = load_iris(as_frame=True).frame, load_diabetes(as_frame=True).frame
    kinds = [column.kind.value for column in TableSchema.infer(iris).columns]
    assert kinds == ["continuous"] * 4 + ["integer"]
    schema = TableSchema.infer(diabetes)
    assert schema.column("sex").kind is ColumnKind.CONTINUOUS
    assert schema.column("target").kind is ColumnKind.INTEGER


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([str(uuid.UUID(int=n * 7**30)) for n in range(30)], "identifier"),
        ([f"C{n}" for n in range(19)], "categorical"),
        ([f"C{n}" for n in range(20)], "identifier"),
        ([f"C{n}" for n in range(30)] + [None] * 3, "identifier"),
        ([f"C{n}" for n in range(147)] + ["C1"] * 57, "categorical"),
        ([*range(10, 40)], "identifier"),
        ([*range(0, 300, 10)], "integer"),
        ([*range(19)], "integer"),
        ([1.0, 2.0, 5.0], "integer"),
        ([1, None, 1], "categorical"),
        ([2**60 + 1024 * n for n in range(30)], "identifier"),
        ([0] * 25 + [*range(1, 76, 3)] + [*range(200, 275)], "mixed"),
        ([0] * 25 + [1, 2, 3] * 30, "integer"),
        ([0.0] * 30 + [n / 7 for n in range(1, 60)], "mixed"),
        (["Yes", "No"] * 5, "categorical"),
        ([0, 1, None] * 5, "integer"),
        ([b"a", b"b"], "categorical"),
        ([dt.time(1), dt.time(2)], "datetime"),
        ([True, None, True], "boolean"),
        ([" ", "", None], "categorical"),
    ],
)
def test_rules_at_their_edges(values: list[Any], kind: str) -> None:
    assert infer_column(pd.Series(values, name="x")).kind.value == kind


def test_the_target_is_never_an_identifier() -> None:
    frame = messy()
    for name, kind in (("key", "integer"), ("customer", "categorical")):
        schema = TableSchema.infer(frame, target=name)
        assert schema.target == name
        assert schema.column(name).kind.value == kind
    text = refusal(TableSchema.infer, frame, target="Weigth")
    assert "'Weigth'" in text
    assert "perhaps 'weight'" in text


def learned(column: Column, series: "pd.Series[Any]") -> Any:
    if column.kind is ColumnKind.DATETIME:
        return parse_datetimes(series, column.format)
    return parse_numbers(series) if column.kind.is_number else series


def assert_restored(series: "pd.Series[Any]") -> Column:
    column = infer_column(series)
    column = Column.from_dict(json.loads(json.dumps(column.to_dict())))
    categories = None
    if isinstance(series.dtype, pd.CategoricalDtype):
        categories = series.dtype.categories
    back = restore_dtype(learned(column, series), column, series.index, categories)
    pd.testing.assert_series_equal(back, series)
    return column


@pytest.mark.parametrize("name", [name for name in KINDS if name != "charges"])
def test_dtypes_are_given_back(name: str) -> None:
    series = messy()[name]
    assert_restored(series.fillna(np.nan) if name == "almost" else series)


NUMBERS = ["int8", "uint64", "float32", "Int64", "UInt8", "Float32", "int64[pyarrow]"]
NUMBERS += ["double[pyarrow]", "timedelta64[ns]", "timedelta64[s]", "duration[us][pyarrow]"]
NUMBERS += ["Sparse[int64, 0]", "Sparse[int64, 7]", "Sparse[float64, 0.0]", "object", "category"]
NO_ROOM = {*NUMBERS[:2], *NUMBERS[-5:-3], "category", "object"}  # for gaps, or for None


@pytest.mark.parametrize("dtype", NUMBERS)
def test_number_dtypes_are_given_back(dtype: str) -> None:
    values = pd.array([7, 7, 30, 120], dtype="int64").astype(dtype_of(dtype))
    assert_restored(pd.Series(values, name=3, index=[4, 5, 6, 8]))
    if dtype not in NO_ROOM:
        assert_restored(pd.Series(values[[0, 2, 3]], name=3).reindex([0, 1, 2, 9]))


@pytest.mark.parametrize(
    "dtype", ["object", "string", "string[python]", "str", "utf8[pyarrow]", "large_string[pyarrow]"]
)
def test_text_dtypes_are_given_back(dtype: str) -> None:
    gap = np.nan if dtype_of(dtype) == np.dtype(object) else None
    assert_restored(pd.Series(["a", "b", "a", gap], name="x", dtype=dtype_of(dtype)))


def test_other_dtypes_are_given_back() -> None:
    for values in (
        pd.Series([True, None], dtype="boolean"),
        pd.Series([True, None, False], dtype="bool[pyarrow]"),
        pd.Series(pd.Categorical([3, 1, None], categories=[1, 2, 3])),
        pd.Series(pd.Categorical([dt.date(2020, 1, 1), None, None])),
        pd.cut(pd.Series([1.0, 5.0, 9.0]), 3),
        pd.Series([1, None, 3], dtype=object),
        pd.Series([Decimal("1.50"), None], dtype=dtype_of("decimal128(10, 2)[pyarrow]")),
        pd.Series([b"a", None, b"b"], dtype=object),
        pd.Series([None, None], dtype=object),
        pd.Series([None, None], dtype="null[pyarrow]"),
        pd.Series([dt.timedelta(seconds=3), None, dt.timedelta(days=1)], dtype=object),
    ):
        assert_restored(values.rename("x"))


def test_gaps_where_a_dtype_has_no_room_make_it_nullable() -> None:
    gaps = np.array([1.0, np.nan])
    assert str(restore_dtype(gaps, Column("x", ColumnKind.INTEGER, "int64")).dtype) == "Int64"
    assert str(restore_dtype(gaps, Column("x", ColumnKind.INTEGER, "uint8")).dtype) == "UInt8"
    values = np.array([True, None], dtype=object)
    assert str(restore_dtype(values, Column("x", ColumnKind.BOOLEAN, "bool")).dtype) == "boolean"
    column = Column("x", ColumnKind.INTEGER, "uint8")
    assert restore_dtype(np.array([-3.0, 2.6, 300.0]), column).tolist() == [0, 3, 255]


def test_names_of_dtypes_are_read_again() -> None:
    for dtype in (pd.StringDtype(), pd.CategoricalDtype(), pd.Int8Dtype(), np.dtype("f4")):
        assert dtype_of(dtype_name(dtype)) == dtype


def test_check_orders_the_columns() -> None:
    frame = messy()
    schema = TableSchema.infer(frame)
    checked = schema.check(frame[frame.columns[::-1]])
    blank = frame["charges"] == " "
    assert checked["charges"].isna().tolist() == blank.tolist()
    pd.testing.assert_frame_equal(schema.write_missing_marks(checked), frame)


def test_check_names_what_does_not_fit() -> None:
    frame = messy()
    schema = TableSchema.infer(frame)
    text = refusal(schema.check, frame.rename(columns={"weight": "wieght"}))
    assert "the schema has the column 'weight', the table has not; perhaps 'wieght'" in text
    text = refusal(schema.check, frame.assign(extra=1))
    assert "the table has the column 'extra', the schema has not" in text


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("sex", "integer", ["'sex'", "which is not a number", "integer"]),
        ("weight", "integer", ["'weight'", "no whole number", "try continuous"]),
        ("age", "datetime", ["'age'", "int64, not moments", "datetime"]),
        ("seen", "continuous", ["'seen'", "not numbers", "continuous"]),
        ("member", "integer", ["'member'", "not numbers"]),
        ("sex", "boolean", ["'sex'", "True and False", "try categorical"]),
        ("sex", "constant", ["'sex'", "more than one value"]),
        ("sex", "empty", ["'sex'", "holds values"]),
    ],
)
def test_a_kind_given_by_hand_must_fit(name: str, kind: str, words: list[str]) -> None:
    frame = messy()[[name]]
    entry = TableSchema.infer(frame).to_dict()
    entry["columns"][0]["kind"] = kind
    text = refusal(TableSchema.from_dict(entry).check, frame)
    assert all(word in text for word in words), text


FITTING = {"flag": "categorical", "key": "integer", "charges": "mixed", "age": "identifier"}
FITTING |= {"sold": "categorical", "customer": "categorical", "level": "identifier"}


@pytest.mark.parametrize(("name", "kind"), FITTING.items())
def test_a_kind_given_by_hand_that_fits(name: str, kind: str) -> None:
    frame = messy()
    entry = TableSchema.infer(frame).to_dict()
    next(column for column in entry["columns"] if column["name"] == name)["kind"] = kind
    schema = TableSchema.from_dict(json.loads(json.dumps(entry)))
    assert schema.column(name).kind.value == kind
    schema.check(frame)


def can_be_written(column: Column) -> bool:
    try:
        check_column(column)
    except SchemaError:
        return False
    return True


@given(
    st.lists(
        st.builds(
            Column,
            name=st.one_of(st.text(min_size=1), st.integers(0, 99)),
            kind=st.sampled_from(list(ColumnKind)),
            dtype=st.sampled_from(["int64", "Int64", "object", "str", "category"]),
            text=st.booleans(),
            format=st.one_of(st.none(), st.just("%Y")),
            ordered=st.booleans(),
        ).filter(can_be_written),
        min_size=1,
        max_size=5,
        unique_by=lambda column: column.name,
    )
)
def test_schemas_survive_json(columns: list[Column]) -> None:
    schema = TableSchema(tuple(columns), columns[0].name)
    assert TableSchema.from_dict(json.loads(json.dumps(schema.to_dict()))) == schema


COLUMN = {"name": "x", "kind": "integer", "dtype": "int64"}


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ([], ["list of 'columns'"]),
        ({"columns": 3}, ["list of 'columns'"]),
        ({"columns": []}, ["no columns"]),
        ({"columns": ["x"]}, ["an object with a name", "'x'"]),
        ({"columns": [{**COLUMN, "name": None}]}, ["no usable name"]),
        ({"columns": [{**COLUMN, "kind": "numeric"}]}, ["'x'", "'numeric'", "continuous"]),
        ({"columns": [{**COLUMN, "kind": []}]}, ["'x'", "a list", "continuous"]),
        ({"columns": [{**COLUMN, "dtype": "int65"}]}, ["'x'", "'int65'", "no dtype"]),
        ({"columns": [{**COLUMN, "dtype": 3}]}, ["'dtype'", "'x'", "3"]),
        ({"columns": [{**COLUMN, "text": "yes"}]}, ["'text'", "true or false"]),
        ({"columns": [{**COLUMN, "sort": "up"}]}, ["'x'", "'sort'", "allowed are name, kind"]),
        ({"columns": [{"name": "x", "kind": "integer"}]}, ["'x'", "no 'dtype'"]),
        ({"columns": [COLUMN, COLUMN]}, ["'x'", "more than once"]),
        ({"columns": [COLUMN], "target": "y"}, ["'y'", "target", "there are 'x'"]),
        ({"columns": [COLUMN], "version": 9}, ["version 9", "reads 1"]),
    ],
)
def test_a_schema_that_cannot_be_read(entry: object, words: list[str]) -> None:
    text = refusal(TableSchema.from_dict, entry)
    assert all(word in text for word in words), text


def test_lookup_of_a_column() -> None:
    schema = TableSchema.infer(messy())
    assert schema.names[0] == "key"
    with pytest.raises(SchemaError, match=r"no column 'Age'; perhaps 'age'"):
        schema.column("Age")


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pd.DataFrame(), ["no columns"]),
        (pd.DataFrame({"x": []}), ["no rows", "at least 2"]),
        (pd.DataFrame({"x": [1]}), ["1 row", "at least 2"]),
        (pd.DataFrame([[1, 2], [3, 4]], columns=["a", "a"]), ["'a'", "more than once"]),
        (pd.DataFrame([[1, 2], [3, 4]], columns=["a", " "]), ["column 2", "blank"]),
        (pd.DataFrame([[1, 2], [3, 4]], columns=["a", None]), ["column 2", "blank"]),
        (pd.DataFrame([[1, 2]] * 2, columns=["a", 1.5]), ["1.5", "float"]),
        (pd.DataFrame([[1, 2]] * 2, columns=["a", True]), ["True", "bool"]),
        (pd.DataFrame([[1]] * 2, columns=pd.MultiIndex.from_tuples([("a", "b")])), ["2 levels"]),
        (pd.DataFrame({"x": [[1], [2]]}), ["'x'", "lists"]),
        (pd.DataFrame({"x": [{"a": 1}, None]}), ["'x'", "nested"]),
        (pd.DataFrame({"x": [{1}, {2}]}), ["'x'", "nested"]),
        (pd.DataFrame({"x": [3, "a"]}), ["'x'", "int, str"]),
        (pd.DataFrame({"x": [True, "a"]}), ["'x'", "bool, str"]),
        (pd.DataFrame({"x": [True, 3]}, dtype=object), ["'x'", "bool, int"]),
        (pd.DataFrame({"x": [dt.date(2020, 1, 1), 3]}), ["'x'", "date, int"]),
        (pd.DataFrame({"x": [1 + 2j, 3]}), ["'x'", "complex"]),
        (pd.DataFrame({"x": [1.0, np.inf, -np.inf]}), ["'x'", "2 infinite values", "missing"]),
        (pd.DataFrame({"x": [1.0, np.inf]}, dtype="Float64"), ["'x'", "1 infinite value"]),
        (pd.DataFrame({"x": [1.0, np.inf]}, dtype=object), ["'x'", "1 infinite value"]),
    ],
)
def test_what_no_table_may_be(frame: pd.DataFrame, words: list[str]) -> None:
    for action in (check_frame, TableSchema.infer):
        text = refusal(action, frame)
        assert all(word in text for word in words), text


@pytest.mark.parametrize("kind", [pa.binary(), pa.binary(1), pa.month_day_nano_interval()], ids=str)
def test_arrow_columns_that_cannot_be_learned_are_refused(kind: Any) -> None:
    series = pd.Series([None, None], dtype=pd.ArrowDtype(kind))
    assert f"'x' holds values of the type {kind}" in refusal(
        check_frame, pd.DataFrame({"x": series})
    )


@pytest.mark.parametrize(
    "values", [[b"a", b"b"], [uuid.UUID(int=1), uuid.UUID(int=2)], [bytearray(b"a")] * 2]
)
def test_objects_that_cannot_be_learned_are_refused(values: list[Any]) -> None:
    kind = type(values[0]).__name__
    series = pd.Series(values, dtype=object)
    assert f"'x' holds values of the type {kind}" in refusal(
        check_frame, pd.DataFrame({"x": series})
    )


def test_categories_that_cannot_be_learned_are_refused() -> None:
    frame = pd.DataFrame({"x": pd.Categorical([b"a", b"b"])})
    assert "'x' holds values of the type bytes" in refusal(check_frame, frame)
    check_frame(pd.DataFrame({"x": pd.cut(pd.Series([1, 2, 3]), 2)}))


@pytest.mark.parametrize("zone", [None, "Asia/Tokyo"])
def test_timestamps_of_pandas_stay_such_in_object_columns(zone: str | None) -> None:
    moments: list[Any] = [*pd.date_range("2024-01-01", periods=3, freq="h", tz=zone), pd.NaT]
    column = assert_restored(pd.Series(moments, name="x", dtype=object))
    assert column.element == "Timestamp"
    lengths: list[Any] = [*pd.timedelta_range("1h", periods=3), pd.NaT]
    assert assert_restored(pd.Series(lengths, name="x", dtype=object)).element == "Timedelta"


def test_whole_numbers_of_numpy_of_several_sizes_stay_whole() -> None:
    series = pd.Series([np.int8(1), np.int64(500)], dtype=object)
    assert TableSchema.infer(pd.DataFrame({"x": series})).column("x").element == "int"


def test_decimals_and_numbers_beyond_64_bits_go_into_arrow() -> None:
    for kind, top in ((pa.uint64(), 2**64 - 1), (pa.decimal128(38, 0), 10**30)):
        column = Column("x", ColumnKind.CATEGORICAL, str(pd.ArrowDtype(kind)))
        made = restore_dtype(np.array([top, None], object), column)
        assert (int(made[0]), made.isna().to_list()) == (top, [False, True])


def test_nested_arrow_columns_are_refused() -> None:
    import pyarrow as pa  # noqa: PLC0415

    nested = pd.Series([{"a": 1}, {"a": 2}], dtype=pd.ArrowDtype(pa.struct([("a", pa.int64())])))
    assert "nested" in refusal(check_frame, pd.DataFrame({"x": nested}))
    assert "a dict" in refusal(check_frame, {"x": [1]})


def test_integer_names_of_arrays_are_kept() -> None:
    frame = pd.DataFrame(np.arange(60.0).reshape(20, 3) / 7)
    schema = TableSchema.infer(frame, target=2)
    assert TableSchema.from_dict(json.loads(json.dumps(schema.to_dict()))) == schema
    assert schema.names == (0, 1, 2)


@pytest.mark.parametrize("freq", ["M", "Q", "Q-NOV", "W", "W-WED", "Y", "D", "h", "15min"])
def test_categories_of_periods_survive_json(freq: str) -> None:
    days = pd.date_range("2020-01-01", periods=8, freq="9D")
    check_categories(pd.Series(days.to_period(freq), name="x"))


def test_categories_of_objects_survive_json() -> None:
    moments = pd.date_range("2020-01-01 08:30", periods=8, freq="37min")
    zone = ZoneInfo("Europe/Rome")
    for values in (
        [moment.time() for moment in moments],
        [moment.date() for moment in moments],
        [moment.to_pydatetime() for moment in moments],
        [moment.to_pydatetime().replace(tzinfo=zone) for moment in moments],
        [dt.timedelta(hours=hours) for hours in range(8)],
    ):
        check_categories(pd.Series(values, dtype=object, name="x"))


def check_categories(series: pd.Series) -> None:
    column = infer_column(series)
    state = json.loads(json.dumps(Categories.from_series(series, column).to_state()))
    categories = Categories.from_state(column, StateReader(state))
    back = categories.write(categories.find(series))
    pd.testing.assert_series_equal(back, series)
    assert [type(value) for value in back] == [type(value) for value in series]
