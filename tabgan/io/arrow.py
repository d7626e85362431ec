"""Frames as Arrow record batches of one form, whatever each of them happens to hold.

>>> frames = [pd.DataFrame({"x": [1, 2]}), pd.DataFrame({"x": [3]})]
>>> [batch.num_rows for batch in to_batches(frames, n_rows=2)]
[2, 1]
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Self

import pandas as pd
import pyarrow as pa

from tabgan.schema.column import Column

_OBJECTS: Mapping[str | None, Any] = {  # what Python objects of a column are in Arrow
    "str": pa.string(),
    "bool": pa.bool_(),
    "int": pa.int64(),
    "float": pa.float64(),
    "date": pa.date32(),
    "timedelta": pa.duration("us"),
}


@dataclass(frozen=True)
class ArrowForm:
    """What all batches of a table have in common.

    Attributes:
        schema: Names and Arrow types, and what pandas needs to give its own dtypes back.
    """

    schema: Any

    @classmethod
    def of(cls, frame: pd.DataFrame, columns: Sequence[Column] = ()) -> Self:
        """Take the form from the first rows of a table.

        Args:
            frame: Those rows.
            columns: What is known of its columns: Python objects tell their type by that, since
                the first rows may hold nothing but gaps.
        """
        schema = pa.Schema.from_pandas(_plain(frame), preserve_index=False)
        known = {str(column.name): column for column in columns}
        for index, field in enumerate(schema):
            roomy = _roomy(field.type, known.get(field.name))
            schema = schema.set(index, field.with_type(roomy))
        return cls(schema)

    def fill(self, frame: pd.DataFrame) -> Any:
        """Return a part of the table as one record batch; shape (n_rows, n_columns).

        Raises:
            ArrowException: The rows do not fit.
        """
        plain = _plain(frame)
        table = pa.Table.from_pandas(plain, schema=self.schema, preserve_index=False)
        batches = table.combine_chunks().to_batches()  # Arrow's own columns may come in chunks
        return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=self.schema)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame as Arrow can take it: names are text, nothing is sparse."""
    frame = frame.rename(columns=str)
    kinds = dict(frame.dtypes.items())
    sparse = {n: kind.subtype for n, kind in kinds.items() if isinstance(kind, pd.SparseDtype)}
    return frame.astype(sparse) if sparse else frame


def _roomy(arrow: Any, column: Column | None) -> Any:
    """Widen what the first rows alone say too narrowly: objects, decimals, nothing but gaps."""
    if column is not None and column.dtype == "object":
        if column.element == "datetime":
            return pa.timestamp("us", column.zone)
        arrow = _OBJECTS.get(column.element, arrow)
    if pa.types.is_null(arrow):
        return pa.string()
    return pa.decimal128(38, arrow.scale) if pa.types.is_decimal128(arrow) else arrow


def to_batches(
    frames: Iterable[pd.DataFrame], columns: Sequence[Column] = (), n_rows: int | None = None
) -> Iterator[Any]:
    """Return parts of one table as record batches with one schema.

    Args:
        frames: The parts, at least one.
        columns: What is known of its columns.
        n_rows: Rows of every batch but the last; as the parts come when None.
    """
    parts = iter(frames)
    first = next(parts)
    form = ArrowForm.of(first, columns)
    batches = map(form.fill, chain([first], parts))
    yield from batches if n_rows is None else regroup(batches, n_rows)


def regroup(batches: Iterable[Any], n_rows: int) -> Iterator[Any]:
    """Put batches together, or cut them, so that all but the last have `n_rows` rows."""
    waiting: list[Any] = []
    count = 0
    for batch in batches:
        waiting.append(batch)
        count += batch.num_rows
        if count >= n_rows:
            whole = _join(waiting)
            last = count - count % n_rows
            yield from (whole.slice(start, n_rows) for start in range(0, last, n_rows))
            waiting, count = [whole.slice(last)], count - last
    if count:
        yield _join(waiting)


def _join(batches: Sequence[Any]) -> Any:
    if len(batches) == 1:
        return batches[0]
    (whole,) = pa.Table.from_batches(batches).combine_chunks().to_batches()
    return whole


def write_groups(
    opener: Callable[[Any], Any],
    batches: Iterable[pd.DataFrame],
    columns: Sequence[Column],
    count_rows: Callable[[int], int],
) -> None:
    """Write a file of Arrow groups, which is opened when the first batch tells the types.

    Args:
        opener: Opens the file for an Arrow schema.
        batches: Parts of the table, at least one.
        columns: What is known of its columns, for what the first batch does not tell.
        count_rows: Returns the rows of a group for a number of columns.
    """
    parts = iter(batches)
    first = next(parts)
    form = ArrowForm.of(first, columns)
    filled = map(form.fill, chain([first], parts))
    with opener(form.schema) as sink:
        for group in regroup(filled, count_rows(len(form.schema))):
            sink.write_batch(group)
