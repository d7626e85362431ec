"""Write a table batch by batch.

Every file is written beside its place and then renamed: a good file is never lost.
"""

import gzip
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from tabgan.atomic import atomic_write, reason
from tabgan.errors import TableError
from tabgan.tables.reading import table_suffix

STANDARD_OUTPUT = "-"


def write_table(batches: Iterable[pd.DataFrame], path: str | os.PathLike[str]) -> None:
    """Write batches of one table one after the other; the first one fixes the dtypes.

    Args:
        batches: Parts of one table with the same columns, at least one.
        path: A file with the suffix of a table, or `-` for CSV on the standard output.

    Raises:
        TableError: The file cannot be written, or a batch does not fit it. The file that was there
            before is left as it was.
    """
    if os.fspath(path) == STANDARD_OUTPUT:
        _write_all(batches, _CsvWriter(nullcontext(sys.stdout)))
        return
    writer = WRITERS[table_suffix(path)]
    with atomic_write(path) as temporary:
        try:
            _write_all(batches, writer(temporary))
        except (pa.ArrowException, pa.ArrowTypeError) as error:
            if isinstance(error, OSError):
                raise
            raise TableError(f"'{path}' cannot hold these rows: {reason(error)}.") from error


class _Writer(Protocol):
    def write(self, batch: pd.DataFrame) -> None: ...

    def close(self) -> None: ...


def _write_all(batches: Iterable[pd.DataFrame], writer: _Writer) -> None:
    count = 0
    try:
        for count, batch in enumerate(batches, start=1):  # noqa: B007
            writer.write(batch)
    finally:
        writer.close()
    if count == 0:
        raise TableError("there are no rows to write; give at least one batch.")


class _CsvWriter:
    """CSV as pandas writes it; a column of moments keeps one way of writing over all batches."""

    _STYLES = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f")

    def __init__(self, opened: AbstractContextManager[Any]) -> None:
        self._opened = opened
        self._file = opened.__enter__()
        self._first = True
        self._styles: dict[Any, int] = {}

    def write(self, batch: pd.DataFrame) -> None:
        moments = batch.select_dtypes("datetime").columns
        written = {name: self._texts(name, batch[name]) for name in moments}
        batch.assign(**written).to_csv(
            self._file, header=self._first, index=False, lineterminator="\n"
        )
        self._first = False

    def _texts(self, name: Any, series: "pd.Series[Any]") -> "pd.Series[str]":
        present = series.dropna()
        fine = bool((present.dt.microsecond != 0).any())
        needed = 2 if fine else int(bool((present != present.dt.normalize()).any()))
        self._styles[name] = max(needed, self._styles.get(name, 0))
        return pd.Series(series.dt.strftime(self._STYLES[self._styles[name]]))

    def close(self) -> None:
        self._opened.__exit__(None, None, None)


def _write_csv(path: Path) -> _CsvWriter:
    return _CsvWriter(path.open("w", encoding="utf-8", newline=""))


def _write_gzipped(path: Path) -> _CsvWriter:
    file = path.open("wb")
    packed = gzip.GzipFile(
        "", "wb", fileobj=file, mtime=0
    )  # no name, no time: same rows, same bytes
    packed.myfileobj = file  # type: ignore[assignment]  # closed with it
    return _CsvWriter(TextIOWrapper(packed, encoding="utf-8", newline=""))


class _ArrowWriter:
    """Parquet or Feather, opened when the first batch tells the types."""

    def __init__(self, path: Path, opener: Callable[[Path, Any], Any]) -> None:
        self._path = path
        self._opener = opener
        self._sink: Any = None
        self._schema: Any = None

    def write(self, batch: pd.DataFrame) -> None:
        batch = batch.rename(columns=str)
        kinds = dict(batch.dtypes.items())
        dense = {n: kind.subtype for n, kind in kinds.items() if isinstance(kind, pd.SparseDtype)}
        batch = batch.astype(dense)
        if self._schema is None:
            self._schema = _roomy(pa.Schema.from_pandas(batch, preserve_index=False))
            self._sink = self._opener(self._path, self._schema)
        table = pa.Table.from_pandas(batch, schema=self._schema, preserve_index=False)
        self._sink.write_table(table)

    def close(self) -> None:
        if self._sink is not None:
            self._sink.close()


def _roomy(schema: Any) -> Any:
    """Widen what the first batch alone says too narrowly: decimals, and text all missing in it."""
    for place, field in enumerate(schema):
        if pa.types.is_null(field.type):
            schema = schema.set(place, field.with_type(pa.string()))
        elif pa.types.is_decimal128(field.type):
            schema = schema.set(place, field.with_type(pa.decimal128(38, field.type.scale)))
    return schema


def _write_parquet(path: Path) -> _ArrowWriter:
    return _ArrowWriter(path, lambda p, schema: pq.ParquetWriter(p, schema, compression="zstd"))


def _write_feather(path: Path) -> _ArrowWriter:
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    return _ArrowWriter(path, lambda p, schema: pa.ipc.new_file(str(p), schema, options=options))


WRITERS: dict[str, Callable[[Path], _Writer]] = {
    ".csv": _write_csv,
    ".csv.gz": _write_gzipped,
    ".parquet": _write_parquet,
    ".feather": _write_feather,
}
