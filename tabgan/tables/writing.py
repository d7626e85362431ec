"""Write a table batch by batch.

Every file is written beside its place and then renamed: a good file is never lost.
"""

import gzip
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from io import TextIOWrapper
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from tabgan.atomic import atomic_write, reason
from tabgan.columns import Column
from tabgan.errors import TableError
from tabgan.tables.arrow import ArrowForm, regroup
from tabgan.tables.reading import table_suffix

STANDARD_OUTPUT = "-"


def write_table(
    batches: Iterable[pd.DataFrame],
    path: str | os.PathLike[str],
    columns: Sequence[Column] = (),
) -> None:
    """Write batches of one table one after the other; the first one fixes the dtypes.

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
        _write_csv_to(nullcontext(sys.stdout), _at_least_one(batches))
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
    parts = iter(batches)
    first = next(parts, None)
    if first is None:
        raise TableError("there are no rows to write; give at least one batch.")
    return chain([first], parts)


class _MomentText:
    """How columns of moments are written in CSV: one way in all batches, as fine as is needed."""

    STYLES = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f")

    def __init__(self) -> None:
        self._styles: dict[Any, int] = {}

    def write(self, batch: pd.DataFrame) -> pd.DataFrame:
        """Give a batch with its moments as text."""
        moments = batch.select_dtypes("datetime").columns
        return batch.assign(**{name: self._texts(name, batch[name]) for name in moments})

    def _texts(self, name: Any, series: "pd.Series[Any]") -> "pd.Series[str]":
        present = series.dropna()
        fine = bool((present.dt.microsecond != 0).any())
        needed = 2 if fine else int(bool((present != present.dt.normalize()).any()))
        self._styles[name] = max(needed, self._styles.get(name, 0))
        return pd.Series(series.dt.strftime(self.STYLES[self._styles[name]]))


def _write_csv_to(opened: AbstractContextManager[Any], batches: Iterable[pd.DataFrame]) -> None:
    """Write CSV as pandas does."""
    moments = _MomentText()
    with opened as file:
        for number, batch in enumerate(batches):
            text = moments.write(batch)
            text.to_csv(file, header=number == 0, index=False, lineterminator="\n")


def _write_csv(path: Path, batches: Iterable[pd.DataFrame], columns: Sequence[Column]) -> None:  # noqa: ARG001
    _write_csv_to(path.open("w", encoding="utf-8", newline=""), batches)


def _write_gzipped(path: Path, batches: Iterable[pd.DataFrame], columns: Sequence[Column]) -> None:  # noqa: ARG001
    with path.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        # no name, no time: same rows, same bytes
        _write_csv_to(TextIOWrapper(packed, encoding="utf-8", newline=""), batches)


def _write_parquet(path: Path, batches: Iterable[pd.DataFrame], columns: Sequence[Column]) -> None:
    _write_groups(
        lambda schema: pq.ParquetWriter(path, schema, compression="zstd"), batches, columns
    )


def _write_feather(path: Path, batches: Iterable[pd.DataFrame], columns: Sequence[Column]) -> None:
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    _write_groups(
        lambda schema: pa.ipc.new_file(str(path), schema, options=options), batches, columns
    )


def _write_groups(
    opener: Callable[[Any], Any], batches: Iterable[pd.DataFrame], columns: Sequence[Column]
) -> None:
    """Write Parquet or Feather, opened when the first batch tells the types, group by group."""
    parts = iter(batches)
    first = next(parts)
    form = ArrowForm.of(first, columns)
    filled = map(form.fill, chain([first], parts))
    with opener(form.schema) as sink:
        for group in regroup(filled, form.group_rows):
            sink.write_batch(group)


WRITERS: dict[str, Callable[[Path, Iterable[pd.DataFrame], Sequence[Column]], None]] = {
    ".csv": _write_csv,
    ".csv.gz": _write_gzipped,
    ".parquet": _write_parquet,
    ".feather": _write_feather,
}
