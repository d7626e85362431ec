"""Feather, version 2: Arrow's own file format, read in batches and written group by group."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds

from tabgan.io.arrow import describe_index, write_groups
from tabgan.io.frames.pandas_frames import read_pandas
from tabgan.io.parquet import count_group_rows
from tabgan.schema.column import Column


def read_feather(path: Path) -> pd.DataFrame:
    """Read a Feather file whole; what was the index of a frame is columns."""
    return read_pandas(pd.read_feather(path)).frame


def iter_feather(path: Path, rows: int) -> Iterator[Any]:
    """Yield Arrow batches of at most `rows` rows."""
    dataset = ds.dataset([str(path)], format="feather")
    yield from dataset.to_batches(batch_size=rows, batch_readahead=1)


def describe_feather(path: Path) -> str:
    """Return what is left out of a Feather file, in words; "" if nothing is."""
    return describe_index(ds.dataset([str(path)], format="feather").schema)


def write_feather(
    file: BinaryIO, batches: Iterable[pd.DataFrame], columns: Sequence[Column]
) -> None:
    """Write a Feather file, opened when the first batch is there to take types from."""
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    write_groups(
        lambda schema: pa.ipc.new_file(file, schema, options=options),
        batches,
        columns,
        count_group_rows,
    )
