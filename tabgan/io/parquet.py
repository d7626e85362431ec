"""Parquet: read whole or one row group after the other, written group by group."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd
import pyarrow.parquet as pq

from tabgan.io.arrow import describe_index, write_groups
from tabgan.io.frames.pandas_frames import read_pandas
from tabgan.schema.column import Column

MAX_GROUP_ROWS = 131_072  # in a row group: small enough to hold, large enough to scan
MAX_GROUP_CELLS = 2**23  # in a row group: wide tables get groups of fewer rows


def count_group_rows(n_columns: int) -> int:
    """Return how many rows belong into a row group of a table of so many columns."""
    return max(1, min(MAX_GROUP_ROWS, MAX_GROUP_CELLS // max(1, n_columns)))


def read_parquet(path: Path) -> pd.DataFrame:
    """Read a Parquet file whole; what was the index of a frame is columns."""
    return read_pandas(pd.read_parquet(path, engine="pyarrow")).frame


def iter_parquet(path: Path, rows: int) -> Iterator[Any]:
    """Yield Arrow batches of `rows` rows, one row group after the other: a scanner reads ahead."""
    with pq.ParquetFile(path) as file:
        yield from file.iter_batches(rows, use_threads=False)


def describe_parquet(path: Path) -> str:
    """Return what is left out of a Parquet file, in words; "" if nothing is."""
    return describe_index(pq.read_schema(path))


def write_parquet(
    file: BinaryIO, batches: Iterable[pd.DataFrame], columns: Sequence[Column]
) -> None:
    """Write a Parquet file, opened when the first batch is there to take types from."""
    write_groups(
        lambda schema: pq.ParquetWriter(file, schema, compression="zstd"),
        batches,
        columns,
        count_group_rows,
    )
