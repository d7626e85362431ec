"""Every format that tables are read from and written to: what to add a format to.

>>> sorted(WRITERS)
['csv', 'feather', 'jsonl', 'parquet', 'tsv', 'xlsx']
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd

from tabgan.io.compression import CODECS
from tabgan.io.databases import describe_query, iter_duckdb, iter_sqlite
from tabgan.io.feather import describe_feather, iter_feather, read_feather, write_feather
from tabgan.io.parquet import describe_parquet, iter_parquet, read_parquet, write_parquet
from tabgan.io.table_file import SUFFIXES, TEXT_FORMATS, TableFile
from tabgan.io.text.csv import iter_csv
from tabgan.io.text.csv_writer import PLAIN_STYLE, TextStyle, write_csv
from tabgan.io.text.json_lines import iter_json_lines, write_json_lines
from tabgan.io.workbook_writer import write_workbook
from tabgan.io.workbooks import describe_workbook, iter_workbook
from tabgan.schema.column import Column

Reader = Callable[[TableFile, int | None], Iterator[pd.DataFrame]]


@dataclass(frozen=True)
class WriteRequest:
    """How a table is to be written.

    Attributes:
        name: Of the file, for messages.
        columns: What is known of the columns, for what the first batch does not tell.
        style: Delimiter and decimal mark of text.
    """

    name: str = ""
    columns: Sequence[Column] = ()
    style: TextStyle = PLAIN_STYLE


Writer = Callable[[BinaryIO, Iterable[pd.DataFrame], WriteRequest], None]

ARROW_BATCHES: Mapping[str, Callable[[Path, int], Iterator[Any]]] = {
    "parquet": iter_parquet,
    "feather": iter_feather,
}
FORMAT_READERS: Mapping[str, Reader] = {  # parts of a file's table; all of it in one when None
    "csv": iter_csv,
    "tsv": iter_csv,
    "jsonl": iter_json_lines,
    "parquet": lambda file, rows: iter([read_parquet(file.path)]),  # noqa: ARG005
    "feather": lambda file, rows: iter([read_feather(file.path)]),  # noqa: ARG005
    "xlsx": iter_workbook,
    "ods": iter_workbook,
    "sqlite": iter_sqlite,
    "duckdb": iter_duckdb,
}
READERS: Mapping[str, Reader] = {  # by the suffix of a file
    suffix + codec: FORMAT_READERS[name]
    for suffix, name in SUFFIXES.items()
    for codec in (("", *CODECS) if name in TEXT_FORMATS else ("",))
}
WRITERS: Mapping[str, Writer] = {
    "csv": lambda file, batches, how: write_csv(file, batches, how.style),
    "tsv": lambda file, batches, how: write_csv(file, batches, replace(how.style, delimiter="\t")),
    "jsonl": lambda file, batches, how: write_json_lines(file, batches),  # noqa: ARG005
    "parquet": lambda file, batches, how: write_parquet(file, batches, how.columns),
    "feather": lambda file, batches, how: write_feather(file, batches, how.columns),
    "xlsx": lambda file, batches, how: write_workbook(file, batches, how.name),
}
DESCRIPTIONS: Mapping[str, Callable[[TableFile], str]] = {  # what is read of a file, in words
    "csv": lambda file: file.text.text,
    "tsv": lambda file: file.text.text,
    "jsonl": lambda file: "" if file.text.is_plain else file.text.encoding_text,
    "parquet": lambda file: describe_parquet(file.path),
    "feather": lambda file: describe_feather(file.path),
    "xlsx": describe_workbook,
    "ods": describe_workbook,
    "sqlite": describe_query,
    "duckdb": describe_query,
}


def describe_reading(file: TableFile) -> str:
    """Return how a file is read, in words."""
    description = DESCRIPTIONS[file.format](file)
    return f"{file.format}, {description}" if description else file.format
