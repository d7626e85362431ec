"""Whole tables: read from a file of any known format, written batch by batch.

What cannot be read is refused with a reason. Every file is written beside its place and then
renamed: a good file is never lost.
"""

import os
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from itertools import chain
from pathlib import Path

import pandas as pd
import pyarrow as pa

from tabgan.errors import TableError, reason
from tabgan.io.csv import read_csv, write_csv, write_csv_to, write_gzipped_csv
from tabgan.io.feather import read_feather, write_feather
from tabgan.io.parquet import read_parquet, write_parquet
from tabgan.runtime.atomic_write import atomic_write
from tabgan.schema.column import Column

MODEL_SUFFIX = ".tabgan"
STANDARD_OUTPUT = "-"

READERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    ".csv": read_csv,
    ".csv.gz": read_csv,
    ".parquet": read_parquet,
    ".feather": read_feather,
}
WRITERS: dict[str, Callable[[Path, Iterable[pd.DataFrame], Sequence[Column]], None]] = {
    ".csv": write_csv,
    ".csv.gz": write_gzipped_csv,
    ".parquet": write_parquet,
    ".feather": write_feather,
}


def read_table(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Return a whole table; the names of its columns are kept as they are, even if they repeat.

    Raises:
        TableError: The file is not there, is a folder, a model, empty, without rows, damaged, or
            of a suffix that is not known.
    """
    path = Path(path)
    check_table_file(path)
    read = READERS[table_suffix(path)]
    with readable(path):
        frame = read(path)
    if len(frame) == 0:
        raise TableError(f"'{path}' has a header but no rows; give a table with rows.")
    return frame


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Raise a TableError for whatever goes wrong inside the block, where a file is read.

    Raises:
        TableError: The file cannot be read.
    """
    try:
        yield
    except TableError:
        raise
    except UnicodeDecodeError as error:
        raise TableError(f"'{path}' is not text in UTF-8; save it in that encoding.") from error
    except (OSError, EOFError, zlib.error, ValueError, pa.ArrowException) as error:
        raise TableError(f"'{path}' cannot be read: {reason(error)}.") from error


def check_table_file(path: Path) -> None:
    """Refuse what is no file with a table in it.

    Raises:
        TableError: It is missing, a folder, a model, or empty.
    """
    if not path.exists():
        raise TableError(f"there is no file '{path}'; check the path.")
    if path.is_dir():
        raise TableError(f"'{path}' is a folder, not a table; name a file in it.")
    if _is_model(path):
        raise TableError(
            f"'{path}' is a tabgan model, not a table; see what is in it with `tabgan inspect`, "
            "or give it with -m."
        )
    if path.stat().st_size == 0:
        raise TableError(f"the file '{path}' is empty; a table has a header and rows.")


def table_suffix(path: str | os.PathLike[str]) -> str:
    """Return the suffix that says the format of a table, a key of READERS.

    Raises:
        TableError: The path ends in none of them.
    """
    name = Path(path).name.lower()
    for suffix in READERS:
        if name.endswith(suffix):
            return suffix
    raise TableError(
        f"'{path}' has no suffix of a table; allowed are {', '.join(READERS)}: rename it."
    )


def _is_model(path: Path) -> bool:
    """Return whether a file is a model, by its suffix or by how a safetensors file starts."""
    if path.name.lower().endswith(MODEL_SUFFIX):
        return True
    try:
        with path.open("rb") as file:
            head = file.read(9)
    except OSError as error:
        raise TableError(f"'{path}' cannot be read: {reason(error)}.") from error
    length = int.from_bytes(head[:8], "little")
    return head[8:] == b"{" and length <= path.stat().st_size


def write_table(
    batches: Iterable[pd.DataFrame],
    path: str | os.PathLike[str],
    columns: Sequence[Column] = (),
) -> None:
    """Write a table batch by batch; the first one fixes the dtypes.

    No more is held in memory than a batch and a group of rows, however many batches there are.

    Args:
        batches: Parts of one table with the same columns, at least one.
        path: A file with the suffix of a table, or `-` for CSV on the standard output.
        columns: What is known of the columns, for what the first batch does not tell.

    Raises:
        TableError: The file cannot be written, or a batch does not fit it. The file that was there
            before is left as it was.
    """
    if os.fspath(path) == STANDARD_OUTPUT:
        write_csv_to(nullcontext(sys.stdout), _at_least_one(batches))
        return
    write = WRITERS[table_suffix(path)]
    with atomic_write(path) as temporary:
        try:
            write(temporary, _at_least_one(batches), columns)
        except (pa.ArrowException, pa.ArrowTypeError) as error:
            if isinstance(error, OSError):
                raise
            raise TableError(f"'{path}' cannot hold these rows: {reason(error)}.") from error


def _at_least_one(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Return the same batches, or raise a TableError if there are none."""
    parts = iter(batches)
    first = next(parts, None)
    if first is None:
        raise TableError("there are no rows to write; give at least one batch.")
    return chain([first], parts)
