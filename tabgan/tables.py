"""Tables in files: read whole, written batch by batch, so that any number of rows fits in memory.

CSV (also gzipped), Parquet and Feather, told apart by the suffix. Nothing else in tabgan touches a
data file. Every file is written beside its place and then renamed: a good file is never lost.

>>> sorted(READERS)
['.csv', '.csv.gz', '.feather', '.parquet']
"""

import csv
import gzip
import os
import sys
import warnings
import zlib
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Protocol, TextIO

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from tabgan.atomic import atomic_write, reason
from tabgan.errors import TableError

__all__ = ["READERS", "WRITERS", "atomic_write", "read_table", "table_suffix", "write_table"]

STANDARD_OUTPUT = "-"
MODEL_SUFFIX = ".tabgan"


def read_table(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read a whole table; the names of its columns are kept as they are, even if they repeat.

    Raises:
        TableError: The file is not there, is a folder, a model, empty, without rows, damaged, or
            of a suffix that is not known.
    """
    path = Path(path)
    _refuse_other_files(path)
    read = READERS[table_suffix(path)]
    if path.stat().st_size == 0:
        raise TableError(f"the file '{path}' is empty; a table has a header and rows.")
    try:
        frame = read(path)
    except TableError:
        raise
    except UnicodeDecodeError as error:
        raise TableError(f"'{path}' is not text in UTF-8; save it in that encoding.") from error
    except (OSError, EOFError, zlib.error, ValueError, pa.ArrowException) as error:
        raise TableError(f"'{path}' cannot be read: {reason(error)}.") from error
    if len(frame) == 0:
        raise TableError(f"'{path}' has a header but no rows; give a table with rows.")
    return frame


def _refuse_other_files(path: Path) -> None:
    if not path.exists():
        raise TableError(f"there is no file '{path}'; check the path.")
    if path.is_dir():
        raise TableError(f"'{path}' is a folder, not a table; name a file in it.")
    if _is_model(path):
        raise TableError(
            f"'{path}' is a tabgan model, not a table; see what is in it with `tabgan inspect`, "
            "or give it with -m."
        )


def table_suffix(path: str | os.PathLike[str]) -> str:
    """Return the suffix that says how a table is kept.

    Raises:
        TableError: It is none of those known.
    """
    name = Path(path).name.lower()
    for suffix in READERS:
        if name.endswith(suffix):
            return suffix
    raise TableError(
        f"'{path}' has no suffix of a table; allowed are {', '.join(READERS)}: rename it."
    )


def _is_model(path: Path) -> bool:
    """Tell whether a file is a model, by its suffix or by how a safetensors file starts."""
    if path.name.lower().endswith(MODEL_SUFFIX):
        return True
    try:
        with path.open("rb") as file:
            head = file.read(9)
    except OSError as error:
        raise TableError(f"'{path}' cannot be read: {reason(error)}.") from error
    length = int.from_bytes(head[:8], "little")
    return head[8:] == b"{" and length <= path.stat().st_size


# pandas 2 reads the last bit of floats wrongly unless asked not to; pandas 3 needs no asking
_EXACT: Any = {"float_precision": "round_trip"} if pd.__version__.startswith("2.") else {}


def _read_csv(path: Path) -> pd.DataFrame:
    with _open_text(path) as file:
        header = next((row for row in csv.reader(file) if row), None)
    if header is None:
        raise TableError(f"the file '{path}' is empty; a table has a header and rows.")
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        try:
            frame: pd.DataFrame = pd.read_csv(
                path,
                index_col=False,  # rows longer than the header are no index
                low_memory=False,  # one dtype for the whole of a column
                encoding="utf-8-sig",
                **_EXACT,
            )
        except pd.errors.ParserWarning as error:
            raise TableError(
                f"'{path}' has rows with more values than its header has names ({len(header)}); "
                "name every column."
            ) from error
    if len(header) == frame.shape[1]:  # pandas renames what repeats or is blank
        frame.columns = pd.Index(header)
    return frame


def _open_text(path: Path) -> TextIO:
    if path.name.lower().endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _read_parquet(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path, engine="pyarrow")


def _read_feather(path: Path) -> pd.DataFrame:
    return pd.read_feather(path)


READERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    ".csv": _read_csv,
    ".csv.gz": _read_csv,
    ".parquet": _read_parquet,
    ".feather": _read_feather,
}


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
    return _CsvWriter(gzip.open(path, "wt", encoding="utf-8", newline=""))


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
