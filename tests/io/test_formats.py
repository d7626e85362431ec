"""Formats beside CSV: JSON lines, workbooks and databases are read as they come, and written."""

import json
import re
import sqlite3
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan.errors import MissingExtraError, TableError
from tabgan.io import AS_FOUND, ReadOptions, find_source, read_table, write_table
from tabgan.io.compression import write_bytes

ODS_MIME = "application/vnd.oasis.opendocument.spreadsheet"


def refusal(path: Path, options: ReadOptions = AS_FOUND) -> str:
    with pytest.raises(TableError) as caught:
        read_table(path, options)
    text = str(caught.value)
    assert path.name in text
    assert "\n" not in text
    assert text.endswith(".")
    return text


def people() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": ["Ann", "=1+1", np.nan, "Zoë"],
            "age": pd.array([41, None, 7, 2**40], dtype="Int64"),
            "size": [1.5, np.nan, 0.1, 1e300],
            "member": [True, False, True, True],
            "since": pd.to_datetime(["2020-02-29", "NaT", "2021-01-01", "1999-12-31"]).as_unit(
                "us"
            ),
        }
    )


# ---- JSON lines


def test_json_lines_come_back(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    write_table([people()[:2], people()[2:]], path)
    first = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    assert first == {
        "name": "Ann",
        "age": 41,
        "size": 1.5,
        "member": True,
        "since": "2020-02-29",
    }
    back = read_table(path)
    expected = people().assign(since=people()["since"].dt.strftime("%Y-%m-%d"))
    pd.testing.assert_frame_equal(back, expected, check_dtype=False)
    assert back["age"].dtype == "Int64"
    source = find_source(path)
    assert [len(batch) for batch in source.iter_batches(3)] == [3, 1]
    assert source.estimate_rows() == 4


def test_json_of_many_shapes(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text('[{"a": 1},\n {"b": "x", "a": null}]')
    frame = read_table(path)
    assert frame["a"].isna().tolist() == [False, True]
    assert frame["b"].isna().tolist() == [True, False]
    path = tmp_path / "without_suffix"
    path.write_text('\n{"zip": "00501", "big": 12345678901234567890}\n\n')
    frame = read_table(path)
    assert frame["zip"].tolist() == ["00501"]
    assert frame["big"].tolist() == [12345678901234567890]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"a": [1]}\n', "the column 'a' of .* holds a list in line 1"),
        ('{"a": 1}\n{"a": {"b": 1}}\n', "holds an object in line 2"),
        ('{"a": 1}\n[1]\n', r"line 2 of .* is no object but '\[1\]'"),
        ('{"a": 1}\n{"a": \n', "line 2 of .* is no JSON"),
        ("[1, 2]", "item 1 of the list in .* is no object"),
    ],
)
def test_json_that_is_no_table(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(content)
    assert pd.Series([refusal(path)]).str.contains(said).all()


def test_a_key_that_comes_late_is_no_column_of_batches(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text('{"a": 1}\n' * 10_001 + '{"a": 1, "late": 2}\n')
    assert list(read_table(path)) == ["a", "late"]
    with pytest.raises(TableError, match="line 10002 of .* has the key 'late', which none of the"):
        list(find_source(path).iter_batches(5_000))


# ---- workbooks


def test_workbooks_come_back(tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    pytest.importorskip("python_calamine")
    path = tmp_path / "t.xlsx"
    write_table([people()[:2], people()[2:]], path)
    source = find_source(path)
    assert source.reading == "xlsx, the sheet 'table'"
    back = source.read()
    pd.testing.assert_frame_equal(back, people(), check_dtype=False)
    assert back["age"].dtype == "Int64"
    assert back["since"].dtype == "datetime64[us]"
    assert source.estimate_rows() == 4
    before = path.read_bytes()
    write_table([people()], path)
    assert path.read_bytes() == before


def test_what_a_cell_cannot_hold_is_text_or_refused(tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    pytest.importorskip("python_calamine")
    path = tmp_path / "t.xlsx"
    moment = pd.Timestamp("2024-05-01 12:00", tz="Europe/Berlin")
    write_table([pd.DataFrame({"n": [2**60], "x": [np.inf], "t": [moment]})], path)
    assert read_table(path).iloc[0].tolist() == [str(2**60), "inf", str(moment)]
    with pytest.raises(TableError, match=r"t.xlsx' cannot hold the text 'a\\x01', since a workb"):
        write_table([pd.DataFrame({"a": ["a\x01"]})], path)
    with pytest.raises(TableError, match="a sheet has 1,048,575 rows below its header and 16,384"):
        write_table([pd.DataFrame([range(16_385)])], path)


def test_a_workbook_as_people_keep_it(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    pytest.importorskip("python_calamine")
    book = openpyxl.Workbook()
    book.active.title = "notes"
    sheet = book.create_sheet("sales")
    for row in [
        ["Sales of 2024"],
        [],
        [None, "city", "when"],
        [0, "Ulm", pd.Timestamp(2024, 5, 1, 9)],
        [1, "Bonn", date(2024, 5, 2)],
    ]:
        sheet.append(row)
    book.create_sheet("more").append(["x"])
    book["more"].append([1])
    path = tmp_path / "t.xlsx"
    book.save(path)
    source = find_source(path)
    assert source.reading == (
        "xlsx, the sheet 'sales' of 3; --query names another one, 1 row above the header left out, "
        "the unnamed row numbers in front left out"
    )
    frame = source.read()
    assert list(frame) == ["city", "when"]
    assert frame["when"].tolist() == [pd.Timestamp("2024-05-01 09:00"), pd.Timestamp("2024-05-02")]
    assert read_table(path, ReadOptions(query="more"))["x"].tolist() == [1]
    assert "no sheet 'x'; it has 'notes', 'sales', 'more'" in refusal(path, ReadOptions(query="x"))
    (tmp_path / "t.csv").write_bytes(path.read_bytes())
    text = refusal(tmp_path / "t.csv")
    assert "is an Excel workbook, though its name says csv; give --format xlsx" in text
    assert len(read_table(tmp_path / "t.csv", ReadOptions(format="xlsx"))) == 2


def test_empty_columns_of_a_workbook_are_left_out(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    pytest.importorskip("python_calamine")
    book = openpyxl.Workbook()
    for row in [["city", None, "n", None], ["Ulm", None, 1, None], ["Bonn", None, 2, "x"]]:
        book.active.append(row)
    path = tmp_path / "t.xlsx"
    book.save(path)
    source = find_source(path)
    assert source.reading == "xlsx, the sheet 'Sheet', the empty column without a name left out"
    frame = source.read()
    assert list(frame) == ["city", "n", ""]
    assert frame["n"].tolist() == [1, 2]


def write_ods(path: Path, rows: list[list[Any]]) -> None:
    """Write the least that is an OpenDocument spreadsheet."""

    def cell(value: Any) -> str:
        if isinstance(value, str):
            kind = 'office:value-type="string"'
        else:
            kind = f'office:value-type="float" office:value="{value}"'
        return f"<table:table-cell {kind}><text:p>{value}</text:p></table:table-cell>"

    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{names}><office:body>'
        f'<office:spreadsheet><table:table table:name="one">{lines}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", ODS_MIME)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)


def test_ods_is_read_and_not_written(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    path = tmp_path / "t.ods"
    write_ods(path, [["city", "n", "x"], ["Ulm", 1, 1.5], ["Bonn", 2, 2.5]])
    frame = read_table(path)
    assert frame.to_dict("list") == {"city": ["Ulm", "Bonn"], "n": [1, 2], "x": [1.5, 2.5]}
    assert frame["n"].dtype == "int64"
    with pytest.raises(TableError, match=r"is of a kind that is only read; write a .xlsx file"):
        write_table([frame], path)


# ---- databases


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute('create table "all orders" (id integer, city text, paid real)')
        rows = [(i, "Ulm" if i % 2 else None, i / 4) for i in range(10)]
        connection.executemany('insert into "all orders" values (?, ?, ?)', rows)
        connection.commit()
    return path


def test_the_only_table_of_sqlite(database: Path) -> None:
    source = find_source(database)
    assert source.reading == "sqlite, its only table, 'all orders'"
    frame = source.read()
    assert frame["id"].tolist() == list(range(10))
    assert frame["city"].isna().sum() == 5
    assert frame["paid"].dtype == "float64"
    assert [len(batch) for batch in source.iter_batches(4)] == [4, 4, 2]
    assert source.estimate_rows() == 10


def test_queries_of_sqlite(database: Path) -> None:
    query = ReadOptions(query='select city, sum(paid) as paid from "all orders" group by city;')
    assert read_table(database, query)["paid"].sum() == 45 / 4
    assert find_source(database, query).estimate_rows() == 2
    for text, said in [
        ("select * from nowhere", "no such table"),
        ('delete from "all orders"', "readonly"),
        ("select x'00ff' as b", "the column 'b' of .* holds binary data in row 1"),
        ('select * from "all orders" where id > 99', "no rows"),
    ]:
        assert pd.Series([refusal(database, ReadOptions(query=text))]).str.contains(said).all()
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute('select count(*) from "all orders"').fetchone() == (10,)
        connection.execute("create table more (x)")
        connection.commit()
    text = refusal(database)
    assert "2 tables (all orders, more); name the rows to read, such as --query 'select * f" in text


def test_tables_of_duckdb_are_named_with_their_schemas(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute('create schema "Big sales"')
        connection.execute('create table "Big sales".orders as select 1 as a')
    assert find_source(path).reading == "duckdb, its only table, 'Big sales.orders'"
    assert read_table(path)["a"].tolist() == [1]
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table orders as select 2 as a")
    assert "2 tables (Big sales.orders, orders)" in refusal(path)
    query = re.search(r"--query '(.*)'", refusal(path))
    assert query is not None
    assert read_table(path, ReadOptions(query=query[1]))["a"].tolist() == [1]


def test_duckdb_keeps_its_dtypes(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create table t as select i, nullif(i, 3)::int as gap, 'x' || i as s, "
            "date '2024-01-01' as d, (i / 4)::decimal(9, 2) as m, i % 2 = 0 as even "
            "from range(10) as r(i)"
        )
    source = find_source(path)
    assert source.reading == "duckdb, its only table, 't'"
    frame = source.read()
    assert frame["gap"].dtype == "Int32"
    assert frame["even"].tolist() == [i % 2 == 0 for i in range(10)]
    assert frame["i"].tolist() == list(range(10))
    assert [len(batch) for batch in source.iter_batches(4)] == [4, 4, 2]
    assert source.estimate_rows() == 10
    assert len(read_table(path, ReadOptions(query="select i from t where i > 7"))) == 2
    assert "cannot be asked" in refusal(path, ReadOptions(query="insert into t (i) values (1)"))
    assert "the column 'l' of" in refusal(path, ReadOptions(query="select [1, 2] as l"))


@pytest.mark.parametrize("package", ["openpyxl", "python_calamine", "duckdb"])
def test_an_extra_that_is_missing_is_named(
    tmp_path: Path, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    extra = "duckdb" if package == "duckdb" else "excel"
    (tmp_path / "t.duckdb").write_bytes(bytes(8) + b"DUCK" + bytes(100))
    write_ods(tmp_path / "t.ods", [["x"], [1]])
    use: dict[str, Callable[[], object]] = {
        "openpyxl": lambda: write_table([people()], tmp_path / "t.xlsx"),
        "python_calamine": lambda: read_table(tmp_path / "t.ods"),
        "duckdb": lambda: read_table(tmp_path / "t.duckdb"),
    }
    with pytest.raises(MissingExtraError, match=rf"install tabgan with its extra \[{extra}\]"):
        use[package]()


@pytest.mark.parametrize("codec", [".gz", ".bz2", ".zst"])
def test_what_unpacks_without_measure_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codec: str
) -> None:
    path = tmp_path / f"t.csv{codec}"
    with write_bytes(path, codec) as file:
        file.write(b"a,b\n" + b"1,2\n" * 1_000_000)
    assert len(read_table(path)) == 1_000_000  # so little is never refused
    monkeypatch.setattr("tabgan.io.compression.MIN_BOUND", 2**20)
    with pytest.raises(TableError, match=r"t.csv\..*unpacks to more than 100 times its size"):
        read_table(path)
    table = tmp_path / f"real.csv{codec}"
    write_table([pd.DataFrame({"x": np.random.default_rng(0).normal(size=200_000)})], table)
    assert len(read_table(table)) == 200_000


def test_a_view_in_a_duckdb_file_reads_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("x\n1\n2\n")
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect(str(tmp_path / "t.duckdb")) as database:
        secret = f"read_csv('{tmp_path}/secret.csv')"
        database.sql(f"create view v as select * from {secret}")  # noqa: S608
    with pytest.raises(TableError, match="cannot be asked"):
        read_table(tmp_path / "t.duckdb")
