"""JSON, an object a line (or one list of objects): read in batches, written row by row."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, BinaryIO, TextIO

import numpy as np
import pandas as pd

from tabgan.errors import TableError
from tabgan.io.records import check_cells, to_frame
from tabgan.io.table_file import TableFile
from tabgan.io.text.csv_writer import DatetimeWriter
from tabgan.io.text.encoding import open_text

MAX_KEY_ROWS = 10_000  # whose keys are the columns of a table that is read in batches

Numbered = tuple[int, dict[str, Any]]  # the line of an object, and the object


def iter_json_lines(file: TableFile, rows: int | None = None) -> Iterator[pd.DataFrame]:
    """Yield rows in batches; keys that an object lacks are gaps.

    Raises:
        TableError: A line is no flat object, or has a key that no earlier one led to expect.
    """
    names = read_keys(file, None if rows is None else MAX_KEY_ROWS)
    objects = _iter_objects(file)
    while batch := list(islice(objects, rows)):
        yield to_frame(names, [_to_row(file, names, *numbered) for numbered in batch])


def read_keys(file: TableFile, n_rows: int | None = MAX_KEY_ROWS) -> list[str]:
    """Return the keys of the first objects, all of them when None, in the order of appearance."""
    keys: dict[str, None] = {}
    for _, record in islice(_iter_objects(file), n_rows):
        keys |= dict.fromkeys(record)
    return list(keys)


def _to_row(file: TableFile, names: Sequence[str], line: int, record: Mapping[str, Any]) -> Any:
    row = [record.get(name) for name in names]
    check_cells(file.name, names, row, f"line {line}")
    if len(record) > len(row) - row.count(None) and (new := record.keys() - set(names)):
        raise TableError(
            f"line {line} of '{file.name}' has the key {min(new)!r}, which none of the first "
            f"{MAX_KEY_ROWS:,} lines has; give the first line all keys, with null for gaps."
        )
    return row


def _iter_objects(file: TableFile) -> Iterator[Numbered]:
    with open_text(file.path, file.codec, file.text.encoding) as text:
        for number, line in enumerate(text, 1):
            if line.isspace():
                continue
            if number == 1 and line.lstrip().startswith("["):
                yield from _read_list(file, line, text)
                return
            record = _parse(file, line, number)
            if not isinstance(record, dict):
                raise TableError(
                    f"line {number} of '{file.name}' is no object but {line.strip()[:40]!r}; "
                    'every line is one such as {"name": "Ann", "age": 41}.'
                )
            yield number, record


def _parse(file: TableFile, text: str, number: int) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise TableError(
            f"line {number} of '{file.name}' is no JSON ({error}); every line is an object such as "
            '{"name": "Ann", "age": 41}.'
        ) from error


def _read_list(file: TableFile, first: str, text: TextIO) -> Iterator[Numbered]:
    """Yield the objects of one list, each with its number in it."""
    records = _parse(file, first + text.read(), 1)
    for number, record in enumerate(records, 1):
        if not isinstance(record, dict):
            raise TableError(
                f"item {number} of the list in '{file.name}' is no object but {record!r:.40}; "
                'every one is an object such as {"name": "Ann", "age": 41}.'
            )
        yield number, record


def write_json_lines(file: BinaryIO, batches: Iterable[pd.DataFrame]) -> None:
    """Write an object a row, in UTF-8; gaps are null, and what JSON has no form for is text."""
    datetimes = DatetimeWriter()
    for batch in batches:
        frame = datetimes.write(batch)
        names = [str(name) for name in frame.columns]
        columns = [_plain(frame.iloc[:, number]) for number in range(frame.shape[1])]
        for row in zip(*columns, strict=True):
            text = json.dumps(
                dict(zip(names, row, strict=True)), ensure_ascii=False, default=_to_plain
            )
            file.write(text.encode("utf-8", "surrogatepass") + b"\n")


def _plain(series: "pd.Series[Any]") -> list[Any]:
    gaps = series.isna().tolist()
    return [
        None if gap else _finite(value) for value, gap in zip(series.tolist(), gaps, strict=True)
    ]


def _finite(value: Any) -> Any:
    """Return a value, an infinite one as text, since JSON has no form for it."""
    return str(value) if isinstance(value, float) and value in {np.inf, -np.inf} else value


def _to_plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else str(value)
