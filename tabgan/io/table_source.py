"""A table in files, read batch by batch, as often as it takes."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds

from tabgan.errors import TableError
from tabgan.io.compression import decompress
from tabgan.io.databases import count_rows
from tabgan.io.formats import ARROW_BATCHES, FORMAT_READERS, describe_reading
from tabgan.io.frames.pandas_frames import read_pandas
from tabgan.io.locations import SpooledFile
from tabgan.io.table_file import TEXT_FORMATS, TableFile, readable
from tabgan.io.text.csv import read_names
from tabgan.io.text.csv_writer import TextStyle
from tabgan.io.text.json_lines import read_keys

Stamp = tuple[int, int]  # bytes of a file, and when it was last written
DATABASES = ("sqlite", "duckdb")
MAX_LISTED = 3  # files that are read otherwise than the first one, and named
HEAD_BYTES = 4_000_000  # of text, from which the rows of CSV are estimated


@dataclass(frozen=True)
class TableSource:
    """Files that together hold one table.

    Attributes:
        name: Path, pattern or address that the user gave, for messages.
        files: In the order of their rows; all of one format.
        folder: Where Hive partitions (`year=2024/`) begin; None if there are none.
        stamps: Of each file when it was found.
        spooled: The copy of what could be read but once, which lasts as long as this does.
    """

    name: str
    files: tuple[TableFile, ...]
    folder: Path | None
    stamps: tuple[Stamp, ...]
    spooled: SpooledFile | None = None

    @property
    def format(self) -> str:
        """Format of all files."""
        return self.files[0].format

    @property
    def n_bytes(self) -> int:
        """Bytes of all files together."""
        return sum(size for size, _ in self.stamps)

    @property
    def style(self) -> TextStyle:
        """What parts values and decimals in text: what is made of the table is written alike."""
        text = self.files[0].text
        if self.format == "tsv":  # its suffix asks for tabs, that of the output for what it says
            return TextStyle(";" if text.decimal == "," else ",", text.decimal)
        return TextStyle(text.delimiter, text.decimal)

    @cached_property
    def reading(self) -> str:
        """How the files are read, in words: as the first one, but for those that are named."""
        with readable(self.name):
            first, *others = [describe_reading(file) for file in self.files]
        unlike = [
            f"'{file.name}' as {text}"
            for file, text in zip(self.files[1:], others, strict=True)
            if text != first
        ]
        more = f"and {len(unlike) - MAX_LISTED:,} more otherwise"
        return "; ".join([first, *unlike[:MAX_LISTED], *([more] if unlike[MAX_LISTED:] else [])])

    @property
    def is_plain(self) -> bool:
        """Whether nothing but the expected can be said of how the files are read."""
        has_more = self.format in ARROW_BATCHES and self.reading != self.format
        return all(file.is_plain for file in self.files) and not has_more

    def fingerprint(self) -> str:
        """Return the SHA-256 of the files' names and stamps: no row has to be read."""
        if self.spooled is not None:
            return self.spooled.digest
        files = [
            (file.path.name, *stamp) for file, stamp in zip(self.files, self.stamps, strict=True)
        ]
        return hashlib.sha256(repr(files).encode()).hexdigest()

    def read(self) -> pd.DataFrame:
        """Return the whole table.

        Raises:
            TableError: A file cannot be read, has other columns than the first, or there are no
                rows.
        """
        if len(self.files) == 1 and self.folder is None:
            with readable(self.files[0].name):
                frame = next(FORMAT_READERS[self.format](self.files[0], None), pd.DataFrame())
        else:
            self.count_rows()  # which sees to it that the columns are the same
            frame = pd.concat(self.iter_batches(None), ignore_index=True)
        if len(frame) == 0:
            raise TableError(f"'{self.name}' has a header but no rows; give a table with rows.")
        return frame

    def iter_batches(self, rows: int | None) -> Iterator[pd.DataFrame]:
        """Yield the table in batches, the same ones every time.

        Args:
            rows: Of a batch at the most; a batch a file when None.

        Raises:
            TableError: A file cannot be read, or is not what it was when the source was found.
        """
        for file, stamp in zip(self.files, self.stamps, strict=True):
            _check_unchanged(file, stamp)
            with readable(file.name):
                if self.format in ARROW_BATCHES:
                    yield from self._iter_arrow(file.path, rows or 2**31 - 1)
                else:
                    yield from FORMAT_READERS[self.format](file, rows)
            _check_unchanged(file, stamp)

    def _iter_arrow(self, path: Path, rows: int) -> Iterator[pd.DataFrame]:
        dataset = self._open(path)
        (fragment,) = dataset.get_fragments()
        partitions = ds.get_partition_keys(fragment.partition_expression)
        for batch in ARROW_BATCHES[self.format](path, rows):
            if len(batch):
                table = pa.Table.from_batches([batch])
                for field in dataset.schema:
                    if field.name not in table.column_names:  # it stands in the folder's name
                        value = pa.scalar(partitions[field.name], field.type)
                        table = table.append_column(field.name, pa.repeat(value, len(batch)))
                table = table.replace_schema_metadata(dataset.schema.metadata)
                yield read_pandas(table.to_pandas()).frame

    def _open(self, path: Path) -> Any:
        return ds.dataset(
            [str(path)],
            format=self.format,
            partitioning="hive",
            partition_base_dir=None if self.folder is None else str(self.folder),
        )

    def count_rows(self) -> int | None:
        """Return how many rows there are; None for text, which has to be read to know.

        Raises:
            TableError: A file cannot be read, or has other columns than the first one.
        """
        total, first = 0, None
        for file in self.files:
            with readable(file.name):
                columns, n_rows = self._survey(file)
            total += n_rows
            first = first or columns
            _check_same_columns(file.name, columns, self.files[0].name, first)
        return None if self.format in TEXT_FORMATS else total

    def _survey(self, file: TableFile) -> tuple[dict[str, str], int]:
        """Return the columns of a file with their types, and its rows, none of text."""
        if self.format in ARROW_BATCHES:
            dataset = self._open(file.path)
            return {field.name: str(field.type) for field in dataset.schema}, dataset.count_rows()
        if self.format == "jsonl":
            return dict.fromkeys(sorted(read_keys(file)), "values"), 0
        if self.format in TEXT_FORMATS:
            return dict.fromkeys(read_names(file), "text"), 0
        if self.format in DATABASES:
            return {}, count_rows(file)
        frame = next(FORMAT_READERS[self.format](file, None))
        return dict.fromkeys(map(str, frame.columns), "cells"), len(frame)

    def estimate_rows(self) -> int:
        """Return how many rows there are; for text an estimate from the length of the first ones.

        Raises:
            TableError: A file cannot be read, or has other columns than the first one.
        """
        count = self.count_rows()
        if count is not None:
            return count
        file = self.files[0]
        with readable(file.name), file.path.open("rb") as raw:
            text = decompress(raw, file.codec)
            lines: int = text.read(HEAD_BYTES).count(b"\n")
            return self.n_bytes * lines // max(1, raw.tell())


def read_stamp(path: Path) -> Stamp:
    """Return the size of a file, and when it was last written."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _check_unchanged(file: TableFile, stamp: Stamp) -> None:
    """Refuse a file that was written to, or is gone.

    Raises:
        TableError: Its stamp is not the one it had, or it has none.
    """
    try:
        now = read_stamp(file.path)
    except OSError:
        raise TableError(
            f"'{file.name}' has gone since it was first looked at; put it back and start again."
        ) from None
    if now != stamp:
        raise TableError(
            f"'{file.name}' was written to since it was first looked at ({stamp[0]:,} bytes then, "
            f"{now[0]:,} now); start again once nothing writes to it."
        )


def _check_same_columns(
    name: str, columns: dict[str, str], first_name: str, first: dict[str, str]
) -> None:
    """Refuse a file whose columns are not those of the first one.

    Raises:
        TableError: The first column that differs is named in it.
    """
    for column in (*first, *columns):
        dtype, first_dtype = columns.get(column), first.get(column)
        if dtype != first_dtype:
            has = f"holds {dtype}" if dtype else "is missing"
            had = f"holds {first_dtype}" if first_dtype else "is missing"
            raise TableError(
                f"the column {column!r} {has} in '{name}' and {had} in '{first_name}'; "
                "all files of a table have the same columns of the same types."
            )
