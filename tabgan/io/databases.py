"""Databases in a file, opened for reading only: SQLite, and DuckDB by the extra [duckdb]."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pandas as pd
import pyarrow as pa

from tabgan.errors import MissingExtraError, TableError, reason
from tabgan.io.records import check_cells, to_frame
from tabgan.io.table_file import TableFile

TableName = tuple[str, ...]  # with its schema, unless that is the one of the database

MAX_LISTED = 12  # tables that a message names
MAX_BATCH_ROWS = 1_000_000  # that are fetched at once
SQLITE_TABLES = (
    "select name from sqlite_master where type in ('table', 'view') "
    "and name not like 'sqlite_%' order by name"
)
DUCKDB_TABLES = (  # those of its own schema by their names alone
    "select case table_schema when 'main' then '' else table_schema end, table_name "
    "from information_schema.tables order by table_name, table_schema"
)
NULLABLE = {  # Arrow's types that NumPy has no gaps for
    "bool": pd.BooleanDtype(),
    **{
        f"{kind}{bits}": pd.api.types.pandas_dtype(
            f"{kind.replace('i', 'I').replace('u', 'U')}{bits}"
        )
        for kind in ("int", "uint")
        for bits in (8, 16, 32, 64)
    },
}


def iter_sqlite(file: TableFile, rows: int | None = None) -> Iterator[pd.DataFrame]:
    """Yield the rows of a table or a query in batches.

    Raises:
        TableError: The query does not work, or there is more than one table and no query.
    """
    query = find_query(file)
    with _open_sqlite(file) as database:
        cursor = database.execute(query)
        names = [column[0] for column in cursor.description or ()]
        if not names:
            raise _no_rows(file, query)
        done = 0
        while True:
            batch = cursor.fetchall() if rows is None else cursor.fetchmany(rows)
            for number, row in enumerate(batch, done + 1):
                check_cells(file.name, names, row, f"row {number}")
            if batch or rows is None:
                yield to_frame(names, batch)
            done += len(batch)
            if not batch or rows is None:
                return


def iter_duckdb(file: TableFile, rows: int | None = None) -> Iterator[pd.DataFrame]:
    """Yield the rows of a table or a query in batches, with the dtypes that the database has.

    Raises:
        TableError: The query does not work, or there is more than one table and no query.
        MissingExtraError: DuckDB is not installed.
    """
    query = find_query(file)
    with _open_duckdb(file) as database:
        relation = database.sql(query)
        if relation is None:
            raise _no_rows(file, query)
        to_reader = getattr(relation, "to_arrow_reader", None) or relation.fetch_arrow_reader
        reader = to_reader(rows or MAX_BATCH_ROWS)
        _check_types(file, reader.schema)
        if rows is None:
            yield reader.read_all().to_pandas(types_mapper=_to_dtype)
            return
        for batch in reader:
            yield batch.to_pandas(types_mapper=_to_dtype)


def _no_rows(file: TableFile, query: str) -> TableError:
    return TableError(f"the query {query!r} gives no rows of '{file.name}'; give a SELECT.")


def _check_types(file: TableFile, schema: Any) -> None:
    """Refuse columns whose values are no single ones.

    Raises:
        TableError: The first such column is named in it.
    """
    for field in schema:
        if pa.types.is_nested(field.type) or pa.types.is_binary(field.type):
            raise TableError(
                f"the column {field.name!r} of '{file.name}' holds values of the type "
                f"{field.type}, and a table has one number, text or moment a cell; take it apart "
                "or leave it out with --query."
            )


def _to_dtype(arrow: Any) -> Any:
    """Return the dtype of an Arrow type that NumPy would lose something of; None of all others."""
    if pa.types.is_decimal(arrow):
        return pd.ArrowDtype(arrow)
    return NULLABLE.get(str(arrow))


def find_query(file: TableFile) -> str:
    """Return the query of a file's options, or one for all of its only table.

    Raises:
        TableError: There are several tables, or none.
    """
    if file.options.query is not None:
        return file.options.query
    return _select_all(find_table(file))


def _select_all(table: TableName) -> str:
    return f"select * from {'.'.join(map(_quote, table))}"  # noqa: S608 - names in quotes


def find_table(file: TableFile) -> TableName:
    """Return the name of the only table in a database.

    Raises:
        TableError: There are several, or none.
    """
    tables = _list_tables(file)
    if len(tables) == 1:
        return tables[0]
    if not tables:
        raise TableError(f"the database '{file.name}' has no tables; give one that has.")
    names = list(map(".".join, tables[:MAX_LISTED])) + ["..."] * (len(tables) > MAX_LISTED)
    query = _select_all(tables[0])
    mark = "'" if '"' in query else '"'
    raise TableError(
        f"the database '{file.name}' has {len(tables)} tables ({', '.join(names)}); name the rows "
        f"to read, such as --query {mark}{query}{mark}."
    )


def describe_query(file: TableFile) -> str:
    """Return in words what is read of a database."""
    if file.options.query is not None:
        return f"the query {' '.join(file.options.query.split())!r}"
    return f"its only table, {'.'.join(find_table(file))!r}"


def count_rows(file: TableFile) -> int:
    """Return how many rows the table or query has."""
    query = find_query(file).rstrip(" ;\n")
    counting = replace(file.options, query=f"select count(*) from ({query}) as t")  # noqa: S608
    iter_rows = iter_sqlite if file.format == "sqlite" else iter_duckdb
    (frame,) = iter_rows(replace(file, options=counting))
    count: Any = frame.iloc[0, 0]
    return int(count)


def _quote(name: str) -> str:
    """Return a name as SQL writes it.

    >>> _quote("orders"), _quote("my orders")
    ('orders', '"my orders"')
    """
    return name if re.fullmatch(r"[a-z_][a-z0-9_]*", name) else '"' + name.replace('"', '""') + '"'


def _list_tables(file: TableFile) -> list[TableName]:
    """Return the names of all tables and views."""
    if file.format == "sqlite":
        with _open_sqlite(file) as database:
            rows = database.execute(SQLITE_TABLES).fetchall()
    else:
        with _open_duckdb(file) as database:
            rows = database.execute(DUCKDB_TABLES).fetchall()
    return [tuple(part for part in row if part) for row in rows]


@contextmanager
def _open_sqlite(file: TableFile) -> Iterator[sqlite3.Connection]:
    """Yield a database that is open for reading.

    Raises:
        TableError: Anything in the block goes wrong in the database.
    """
    address = f"file:{quote(str(file.path.resolve()))}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True)) as database:
            yield database
    except sqlite3.Error as error:
        raise TableError(f"'{file.name}' cannot be asked: {reason(error)}.") from error


@contextmanager
def _open_duckdb(file: TableFile) -> Iterator[Any]:
    """Yield a database that is open for reading; one thread, so that rows come in one order.

    Raises:
        TableError: Anything in the block goes wrong in the database.
        MissingExtraError: DuckDB is not installed.
    """
    try:
        import duckdb  # noqa: PLC0415 - of the extra [duckdb]
    except ImportError as error:
        raise MissingExtraError("duckdb", "duckdb", "reading a DuckDB database") from error
    settings: dict[str, Any] = {
        "threads": 1,
        "autoinstall_known_extensions": "false",
        "enable_external_access": "false",  # a view in it may read no other file
    }
    try:
        with duckdb.connect(str(file.path), read_only=True, config=settings) as database:
            yield database
    except duckdb.Error as error:
        raise TableError(f"'{file.name}' cannot be asked: {reason(error)}.") from error
