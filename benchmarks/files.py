"""Fit every kind of file that holds a table by the command, and print what was said and made of it.

    python -m benchmarks.files [--files PART ...] [--markdown]

One made table of 300 rows is written in each way; `tabgan fit` learns it in a few steps, and
`tabgan sample` writes 50 rows into a file of the same suffix. What was read is that `tabgan fit`
says; the rows are right if their columns are those of the table, with numbers where it had numbers.
Servers run on this machine. DuckDB, openpyxl and aiohttp have to be installed.
"""

import bz2
import functools
import gzip
import http.server
import sqlite3
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.frames import print_table

N_REAL, N_MADE = 300, 50
HEAD = ("file", "read as", "made")
ODS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body>
<office:spreadsheet><table:table table:name="Sheet1">{rows}</table:table></office:spreadsheet>
</office:body></office:document-content>"""

SHEETS = "application/vnd.oasis.opendocument.spreadsheet"
MANIFEST = f"""<?xml version="1.0" encoding="UTF-8"?><manifest:manifest
 xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">
<manifest:file-entry manifest:full-path="/" manifest:media-type="{SHEETS}"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
</manifest:manifest>"""


@dataclass(frozen=True)
class File:
    """A way to write a table into a file, and how the command is told to read it.

    Attributes:
        name: Of the file.
        write: Returns its bytes; None where `save` writes it.
        save: Writes it to a path.
        options: Of the command.
        is_piped: Whether it comes on standard input.
        made: Suffix of the rows that are written; the file's own when None.
    """

    name: str
    write: Callable[[pd.DataFrame], bytes] | None = None
    save: Callable[[pd.DataFrame, Path], None] | None = None
    options: tuple[str, ...] = field(default=())
    is_piped: bool = False
    made: str | None = None


def make_table() -> pd.DataFrame:
    """Return a table of categories and numbers."""
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "city": rng.choice(["Köln", "Ulm", "Bonn"], N_REAL),
            "price": rng.gamma(2, 30, N_REAL).round(2),
            "n": rng.integers(0, 9, N_REAL),
        }
    )


def _text(frame: pd.DataFrame, encoding: str = "utf-8", index: bool = False, **how: str) -> bytes:
    return frame.to_csv(index=index, **how).encode(encoding)  # type: ignore[call-overload,no-any-return]


def _zstd(data: bytes) -> bytes:
    return bytes(pa.Codec("zstd").compress(data, asbytes=True))


def _to_buffer(write: Callable[[BytesIO], object]) -> bytes:
    buffer = BytesIO()
    write(buffer)
    return buffer.getvalue()


def _to_ods(frame: pd.DataFrame) -> bytes:
    def cell(value: object) -> str:
        if isinstance(value, str):
            return (
                '<table:table-cell office:value-type="string">'
                f"<text:p>{value}</text:p></table:table-cell>"
            )
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'

    rows = [list(frame.columns), *frame.itertuples(index=False)]
    lines = (f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)

    def save(buffer: BytesIO) -> None:
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("mimetype", SHEETS)
            archive.writestr("META-INF/manifest.xml", MANIFEST)
            archive.writestr("content.xml", ODS.format(rows="".join(lines)))

    return _to_buffer(save)


def _to_sqlite(frame: pd.DataFrame, path: Path) -> None:
    connection = sqlite3.connect(path)
    frame.to_sql("orders", connection, index=False)
    connection.close()


def _to_duckdb(frame: pd.DataFrame, path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.register("frame", frame)
        connection.execute("create table orders as select * from frame")


QUERY = ("--query", "select city, price, n from orders where n >= 0")
FILES: Mapping[str, File] = {
    "CSV": File("t.csv", _text),
    "CSV, `;` and decimal comma": File("t.csv", lambda f: _text(f, sep=";", decimal=",")),
    "CSV, Latin-1": File("t.csv", lambda f: _text(f, "latin-1")),
    "CSV, UTF-16": File("t.csv", lambda f: _text(f, "utf-16")),
    "CSV, preamble of two lines": File("t.csv", lambda f: b"Orders\nas of 1 May\n" + _text(f)),
    "CSV, index of `to_csv()`": File("t.csv", lambda f: _text(f, index=True)),
    "text without a known suffix": File("t.dat", lambda f: _text(f, sep="|"), made=".csv"),
    "CSV on standard input": File("-", _text, is_piped=True, made=".csv"),
    "tabs": File("t.tsv", lambda f: _text(f, sep="\t")),
    "gzipped": File("t.csv.gz", lambda f: gzip.compress(_text(f))),
    "zstd": File("t.csv.zst", lambda f: _zstd(_text(f))),
    "bzip2": File("t.csv.bz2", lambda f: bz2.compress(_text(f))),
    "JSON lines": File("t.jsonl", lambda f: f.to_json(orient="records", lines=True).encode()),
    "Parquet": File("t.parquet", lambda f: _to_buffer(f.to_parquet)),
    "Feather": File("t.feather", lambda f: _to_buffer(f.to_feather)),
    "Excel": File("t.xlsx", lambda f: _to_buffer(lambda b: f.to_excel(b, index=False))),
    "OpenDocument": File("t.ods", _to_ods, made=".xlsx"),
    "SQLite, one table": File("t.sqlite", save=_to_sqlite, made=".csv"),
    "SQLite, query": File("t.db", save=_to_sqlite, options=QUERY, made=".csv"),
    "DuckDB, query": File("t.duckdb", save=_to_duckdb, options=QUERY, made=".csv"),
    "http://": File("http", _text, made=".csv"),
}


def _tabgan(*arguments: str, data: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "tabgan_cli", *arguments]
    return subprocess.run(command, input=data, capture_output=True, check=False, timeout=300)


def _read_back(path: Path) -> pd.DataFrame:
    readers: dict[str, Callable[[Path], Any]] = {
        ".parquet": pd.read_parquet,
        ".feather": pd.read_feather,
        ".xlsx": functools.partial(pd.read_excel, engine="openpyxl"),
        ".jsonl": functools.partial(pd.read_json, lines=True),
        ".tsv": functools.partial(pd.read_csv, sep="\t"),
    }
    if path.suffix in readers:
        frame: pd.DataFrame = readers[path.suffix](path)
        return frame
    with path.open("rb") as file:
        opened = pa.CompressedInputStream(file, "zstd") if path.suffix == ".zst" else path
        text = pd.read_csv(opened, sep=None, engine="python", dtype=str)
    return text.apply(_to_numbers)


def _to_numbers(values: "pd.Series[str]") -> "pd.Series[str]":
    numbers = pd.to_numeric(values.str.replace(",", "."), errors="coerce")
    return numbers if numbers.notna().all() else values


def _judge(made: pd.DataFrame, real: pd.DataFrame) -> str:
    if list(made.columns) != list(real.columns):
        return f"columns {list(made.columns)}"
    wrong = [
        name
        for name in real.columns
        if pd.api.types.is_numeric_dtype(made[name]) != pd.api.types.is_numeric_dtype(real[name])
        or not (pd.api.types.is_numeric_dtype(real[name]) or made[name].isin(real[name]).all())
    ]
    return f"other values in {', '.join(wrong)}" if wrong else f"{len(made)} rows, as they were"


def bring(file: File) -> tuple[str, str]:
    """Return what `fit` said of how a file was read, and what `sample` made of the model."""
    with tempfile.TemporaryDirectory() as folder:
        return _bring(file, Path(folder))


def _bring(file: File, folder: Path) -> tuple[str, str]:
    real, model, path = make_table(), str(folder / "m.tabgan"), folder / file.name
    data = None if file.write is None else file.write(real)
    name = "-" if file.is_piped else str(path)
    if file.save is not None:
        file.save(real, path)
    elif not file.is_piped:
        assert data is not None  # noqa: S101 - a file is written in one of both ways
        path.write_bytes(data)
    server = None
    if file.name == "http":
        path.rename(folder / "t.csv")
        handler = functools.partial(_SilentHandler, directory=str(folder))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        name = f"http://127.0.0.1:{server.server_port}/t.csv"
    fit = ("fit", name, "-m", model, "--steps", "20", "--threads", "1", "--seed", "0")
    done = _tabgan(*fit, *file.options, data=data if file.is_piped else None)
    if server is not None:
        server.shutdown()
    said = done.stderr.decode().splitlines()
    if done.returncode:
        return said[-1][:100], "none"
    suffix = file.made or "".join(path.suffixes)
    output = folder / f"made{suffix}"
    drawn = _tabgan("sample", "-n", str(N_MADE), "-m", model, "-o", str(output), "--seed", "1")
    if drawn.returncode:
        return "", drawn.stderr.decode().splitlines()[-1][:100]
    line = next((line for line in said if "read as" in line), "")
    return line.partition("read as")[2].strip(" :"), _judge(_read_back(output), real)


class _SilentHandler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    print_table(
        "files", HEAD, {name: functools.partial(bring, file) for name, file in FILES.items()}
    )
