"""Whole tables: read from a file of any known format, written batch by batch.

What cannot be read is refused with a reason. Every file is written beside its place and then
renamed: a good file is never lost.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd
import pyarrow as pa

from tabgan.errors import TableError, reason
from tabgan.io.compression import split_codec, write_bytes
from tabgan.io.file_kinds import FileKind, check_replaceable
from tabgan.io.formats import WRITERS, WriteRequest
from tabgan.io.locations import OUTPUT_NAMES, is_stream, local_path, suffix_text, upload
from tabgan.io.read_options import AS_FOUND, ReadOptions, check_format
from tabgan.io.sources import find_source
from tabgan.io.table_file import LISTED, TEXT_FORMATS, format_of_suffix
from tabgan.io.text.csv_writer import PLAIN_STYLE, TextStyle
from tabgan.io.text.formulas import check_guarded
from tabgan.runtime.atomic_write import atomic_write
from tabgan.runtime.leftovers import scratch_folder
from tabgan.schema.column import Column


def read_table(name: str | os.PathLike[str], options: ReadOptions = AS_FOUND) -> pd.DataFrame:
    """Return a whole table; the names of its columns are kept as they are, even if they repeat.

    Args:
        name: As for `find_source`.
        options: What is known of how the table is written.

    Raises:
        TableError: It is not there, a model, empty, without rows, damaged, or no table.
    """
    return find_source(name, options).read()


def write_table(
    batches: Iterable[pd.DataFrame],
    path: str | os.PathLike[str],
    columns: Sequence[Column] = (),
    style: TextStyle = PLAIN_STYLE,
    format: str | None = None,  # noqa: A002 - as the option is called
    overwrite: bool = False,
) -> None:
    """Write a table batch by batch; the first one fixes the dtypes.

    No more is held in memory than a batch and a group of rows, however many batches there are.

    Args:
        batches: Parts of one table with the same columns, at least one.
        path: A file with the suffix of a table, an address, or `-` for the standard output.
        columns: What is known of the columns, for what the first batch does not tell.
        style: Delimiter and decimal mark of text, and whether it is kept from being run as a
            formula; in a .tsv file values are parted by tabs.
        format: What is written whatever the suffix says; when None, CSV on the standard output, to
            a pipe and to a device.
        overwrite: Whether a file that is no table is replaced, too.

    Raises:
        SettingError: A file of another kind is there, or `style.safe` says nothing about it.
        TableError: The file cannot be written, or a batch does not fit it. The file that was there
            before is left as it was.
        MissingExtraError: The format or the address needs an extra that is not installed.
    """
    name = os.fspath(path)
    written = find_output_format(name, format)
    if style.safe:
        check_guarded(name, written)
    request = WriteRequest(name, columns, style)
    parts = _at_least_one(batches)
    local = local_path(name)
    if name in OUTPUT_NAMES:
        _write_stream(sys.stdout.buffer, parts, written, request)
    elif local is None:
        with scratch_folder() as folder:
            copy = folder / "table"
            _write_file(copy, parts, written, request)
            upload(copy, name)
    elif is_stream(name):
        try:
            with local.open("wb") as stream:
                _write_stream(stream, parts, written, request)
        except OSError as error:
            raise TableError(f"'{name}' cannot be written: {reason(error)}.") from error
    else:
        check_replaceable(local, FileKind.TABLE, overwrite)
        with atomic_write(local) as temporary:
            _write_file(temporary, parts, written, request)


def find_output_format(name: str, said: str | None = None) -> str:
    """Return the format that a table is written in.

    >>> find_output_format("made.CSV.gz"), find_output_format("made.dat", "parquet")
    ('csv', 'parquet')

    Args:
        name: Of the file.
        said: What the user says, whatever the name does.

    Raises:
        SettingError: The format that the user says is not known.
        TableError: Nothing says it, or it cannot be written.
    """
    check_format(said)
    found = said or format_of_suffix(name) or ("csv" if is_stream(name) else None)
    if found is None:
        raise TableError(
            f"'{name}' has no suffix of a table; allowed are {LISTED}: give it one, or --format."
        )
    is_old = found == "xlsx" and suffix_text(name).lower().endswith(".xls")
    if found not in WRITERS or is_old:
        instead = ".xlsx" if is_old or found == "ods" else ".parquet"
        raise TableError(f"'{name}' is of a kind that is only read; write a {instead} file.")
    return found


def _write_file(
    path: Path, batches: Iterator[pd.DataFrame], written: str, request: WriteRequest
) -> None:
    codec = split_codec(request.name)[1] if written in TEXT_FORMATS else ""
    with write_bytes(path, codec) as file:
        _write(file, batches, written, request)


def _write_stream(
    stream: Any, batches: Iterator[pd.DataFrame], written: str, request: WriteRequest
) -> None:
    """Write to what has no places to go back to: text at once, the rest when it is whole."""
    if written in TEXT_FORMATS:
        _write(stream, batches, written, request)
    else:
        with tempfile.TemporaryFile(prefix="tabgan-") as whole:
            _write(whole, batches, written, request)
            whole.seek(0)
            shutil.copyfileobj(whole, stream)
    stream.flush()


def _write(
    file: BinaryIO | Any, batches: Iterator[pd.DataFrame], written: str, request: WriteRequest
) -> None:
    try:
        WRITERS[written](file, batches, request)
    except (pa.ArrowException, pa.ArrowTypeError) as error:
        if isinstance(error, OSError):
            raise
        raise TableError(f"'{request.name}' cannot hold these rows: {reason(error)}.") from error


def _at_least_one(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Return the same batches, or raise a TableError if there are none."""
    parts = iter(batches)
    first = next(parts, None)
    if first is None:
        raise TableError("there are no rows to write; give at least one batch.")
    return chain([first], parts)
