r"""A table in one file or in many, read batch by batch, as often as it takes.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     for part in "ab":
...         _ = (Path(folder) / f"{part}.csv").write_text(f"x\n{part}\n")
...     source = find_source(f"{folder}/*.csv")
...     [batch["x"].tolist() for batch in source.iter_batches(10)]
[['a'], ['b']]
"""

import glob
import gzip
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds

from tabgan.errors import TableError
from tabgan.io.csv import iter_csv, read_header
from tabgan.io.feather import iter_feather
from tabgan.io.pandas_frames import read_pandas
from tabgan.io.parquet import iter_parquet
from tabgan.io.tables import (
    check_table_file,
    read_table,
    readable,
    table_suffix,
)

Stamp = tuple[int, int]  # bytes of a file, and when it was last written
FOLDER_SUFFIX = ".parquet"
HEAD_BYTES = 4_000_000  # of text, from which the rows of CSV are estimated


@dataclass(frozen=True)
class TableSource:
    """Files that together hold one table.

    Attributes:
        name: Path or pattern that the user gave, for messages.
        paths: The files, in the order of their rows.
        folder: Where Hive partitions (`year=2024/`) begin; None if there are none.
        stamps: Of each file when it was found.
    """

    name: str
    paths: tuple[Path, ...]
    folder: Path | None
    stamps: tuple[Stamp, ...]

    @cached_property
    def suffix(self) -> str:
        """Suffix of all files, which says their format."""
        return table_suffix(self.paths[0])

    @property
    def n_bytes(self) -> int:
        """Bytes of all files together."""
        return sum(size for size, _ in self.stamps)

    def fingerprint(self) -> str:
        """Return the SHA-256 of the files' names and stamps: no row has to be read."""
        files = [(path.name, *stamp) for path, stamp in zip(self.paths, self.stamps, strict=True)]
        return hashlib.sha256(repr(files).encode()).hexdigest()

    def read(self) -> pd.DataFrame:
        """Return the whole table.

        Raises:
            TableError: A file cannot be read.
        """
        if len(self.paths) == 1 and self.folder is None:
            return read_table(self.paths[0])
        frame = pd.concat(self.iter_batches(None), ignore_index=True)
        if len(frame) == 0:
            raise TableError(f"'{self.name}' has columns but no rows; give a table with rows.")
        return frame

    def iter_batches(self, rows: int | None) -> Iterator[pd.DataFrame]:
        """Yield the table in batches, the same ones every time.

        Args:
            rows: Of a batch at the most; a batch a file when None.

        Raises:
            TableError: A file cannot be read, or is not what it was when the source was found.
        """
        for path, stamp in zip(self.paths, self.stamps, strict=True):
            _check_unchanged(path, stamp)
            with readable(path):
                yield from self._iter_file(path, rows)
            _check_unchanged(path, stamp)

    def _iter_file(self, path: Path, rows: int | None) -> Iterator[pd.DataFrame]:
        if self.suffix.startswith(".csv"):
            yield from iter_csv(path, rows)
            return
        dataset = self._open(path)
        (fragment,) = dataset.get_fragments()
        partitions = ds.get_partition_keys(fragment.partition_expression)
        for batch in self._iter_arrow(path, rows or 2**31 - 1):
            if len(batch):
                table = pa.Table.from_batches([batch])
                for field in dataset.schema:
                    if field.name not in table.column_names:  # it stands in the folder's name
                        value = pa.scalar(partitions[field.name], field.type)
                        table = table.append_column(field.name, pa.repeat(value, len(batch)))
                table = table.replace_schema_metadata(dataset.schema.metadata)
                yield read_pandas(table.to_pandas()).frame

    def _iter_arrow(self, path: Path, rows: int) -> Iterator[Any]:
        read = iter_parquet if self.suffix == FOLDER_SUFFIX else iter_feather
        yield from read(path, rows)

    def _open(self, path: Path) -> Any:
        return ds.dataset(
            [str(path)],
            format=self.suffix[1:],
            partitioning="hive",
            partition_base_dir=None if self.folder is None else str(self.folder),
        )

    def count_rows(self) -> int | None:
        """Return how many rows there are; None for CSV, which has to be read to know.

        Raises:
            TableError: A file cannot be read, or has other columns than the first one.
        """
        total, first = 0, None
        for path in self.paths:
            with readable(path):
                if self.suffix.startswith(".csv"):
                    columns = dict.fromkeys(read_header(path), "text")
                else:
                    dataset = self._open(path)
                    columns = {field.name: str(field.type) for field in dataset.schema}
                    total += dataset.count_rows()
            first = first or columns
            _check_same_columns(path, columns, self.paths[0], first)
        return None if self.suffix.startswith(".csv") else total

    def estimate_rows(self) -> int:
        """Return how many rows there are; for CSV an estimate from the length of the first ones.

        Raises:
            TableError: A file cannot be read, or has other columns than the first one.
        """
        count = self.count_rows()
        if count is not None:
            return count
        with readable(self.paths[0]), self.paths[0].open("rb") as file:
            text = gzip.GzipFile(fileobj=file) if self.suffix.endswith(".gz") else file
            lines = text.read(HEAD_BYTES).count(b"\n")
            return self.n_bytes * lines // max(1, file.tell())


def find_source(name: str | os.PathLike[str]) -> TableSource:
    """Return the files of a table: one file, a folder of Parquet files, or a pattern (`a*.csv`).

    Raises:
        TableError: There are none, they are no tables, or their suffixes differ.
    """
    path = Path(name)
    if path.is_dir():
        paths = [
            file
            for file in sorted(path.rglob(f"*{FOLDER_SUFFIX}"))
            if not any(part[0] in "._" for part in file.relative_to(path).parts)
        ]
        if not paths:
            raise TableError(
                f"the folder '{path}' has no {FOLDER_SUFFIX} files; name a table in it."
            )
        return _to_source(name, paths, path)
    if path.exists() or not glob.has_magic(str(name)):
        return _to_source(name, [path], None)
    paths = [Path(match) for match in sorted(glob.glob(str(name), recursive=True))]  # noqa: PTH207
    if not paths:
        raise TableError(f"no file is named like '{name}'; check the pattern.")
    return _to_source(name, paths, None)


def _to_source(name: str | os.PathLike[str], paths: list[Path], folder: Path | None) -> TableSource:
    for path in paths:
        check_table_file(path)
    suffixes = {table_suffix(path): path for path in paths}
    if len(suffixes) > 1:
        one, other = [path for _, path in sorted(suffixes.items())][:2]
        raise TableError(
            f"'{one}' and '{other}' are kept in two ways; a table of many files has one suffix."
        )
    return TableSource(str(name), tuple(paths), folder, tuple(map(_read_stamp, paths)))


def _read_stamp(path: Path) -> Stamp:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _check_unchanged(path: Path, stamp: Stamp) -> None:
    """Refuse a file that was written to, or is gone.

    Raises:
        TableError: Its stamp is not the one it had, or it has none.
    """
    try:
        now = _read_stamp(path)
    except OSError:
        raise TableError(
            f"'{path}' has gone since it was first looked at; put it back and start again."
        ) from None
    if now != stamp:
        raise TableError(
            f"'{path}' was written to since it was first looked at ({stamp[0]:,} bytes then, "
            f"{now[0]:,} now); start again once nothing writes to it."
        )


def _check_same_columns(
    path: Path, columns: dict[str, str], first_path: Path, first: dict[str, str]
) -> None:
    """Refuse a file whose columns are not those of the first one.

    Raises:
        TableError: The first column that differs is named in it.
    """
    for name in (*first, *columns):
        dtype, first_dtype = columns.get(name), first.get(name)
        if dtype != first_dtype:
            has = f"holds {dtype}" if dtype else "is missing"
            had = f"holds {first_dtype}" if first_dtype else "is missing"
            raise TableError(
                f"the column {name!r} {has} in '{path}' and {had} in '{first_path}'; "
                "all files of a table have the same columns of the same types."
            )
