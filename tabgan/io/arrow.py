"""Frames as Arrow record batches of one schema, whatever each of them happens to hold.

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
    "time": pa.time64("us"),
    "timedelta": pa.duration("us"),
    "Timedelta": pa.duration("us"),
}
UNNAMED_LEVEL = "__index_level_"  # how pandas calls a column that was an index without a name


@dataclass(frozen=True)
class BatchSchema:
    """The Arrow schema that all batches of a table share.

    Attributes:
        schema: Names and Arrow types, and pandas' metadata, by which it restores its own dtypes.
    """

    schema: Any

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, columns: Sequence[Column] = ()) -> Self:
        """Take the schema of a table's first rows, widened to what later rows may hold.

        Args:
            frame: Those rows; shape (n_rows, n_columns).
            columns: What is known of the columns: the type of Python objects is taken from it,
                since the first rows may hold nothing but gaps.
        """
        schema = pa.Schema.from_pandas(_plain(frame), preserve_index=False)
        known = {str(column.name): column for column in columns}
        for index, field in enumerate(schema):
            widened = _widen(field.type, known.get(field.name))
            schema = schema.set(index, field.with_type(widened))
        return cls(schema)

    def to_batch(self, frame: pd.DataFrame) -> Any:
        """Return a part of the table as one record batch; shape (n_rows, n_columns).

        Raises:
            ArrowException: The rows do not fit the schema.
        """
        plain = _plain(frame)
        table = pa.Table.from_pandas(plain, schema=self.schema, preserve_index=False)
        batches = table.combine_chunks().to_batches()  # Arrow's own columns may come in chunks
        return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=self.schema)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame that Arrow can take: names are text, nothing is sparse."""
    frame = frame.rename(columns=str)
    kinds = dict(frame.dtypes.items())
    sparse = {n: kind.subtype for n, kind in kinds.items() if isinstance(kind, pd.SparseDtype)}
    return frame.astype(sparse) if sparse else frame


def _widen(arrow: Any, column: Column | None) -> Any:
    """Return a type for all rows where the first ones are too narrow: objects, decimals, gaps."""
    if column is not None and column.dtype == "object":
        if column.element in {"datetime", "Timestamp"}:
            return pa.timestamp("us", column.zone)
        arrow = _OBJECTS.get(column.element, arrow)
    if pa.types.is_null(arrow):
        return pa.string()
    return pa.decimal128(38, arrow.scale) if pa.types.is_decimal128(arrow) else arrow


def describe_index(schema: Any) -> str:
    """Return that the index of a frame has no name, by which it would be a column; "" if it has.

    >>> frame = pd.DataFrame({"x": [5]}, index=["Ann"])
    >>> describe_index(pa.Schema.from_pandas(frame))
    'the index without a name left out (it was text)'
    >>> describe_index(pa.Schema.from_pandas(frame.reset_index()))
    ''
    """
    parts = (schema.pandas_metadata or {}).get("index_columns", ())
    unnamed = [
        schema.field(part).type
        for part in parts
        if isinstance(part, str) and part.startswith(UNNAMED_LEVEL) and part in schema.names
    ]
    if not unnamed:
        return ""
    kinds = ", ".join("text" if str(kind).endswith("string") else str(kind) for kind in unnamed)
    what = "the index" if len(unnamed) == len(parts) else "a level of the index"
    return f"{what} without a name left out (it was {kinds})"


def to_batches(
    frames: Iterable[pd.DataFrame], columns: Sequence[Column] = (), n_rows: int | None = None
) -> Iterator[Any]:
    """Yield parts of one table as record batches of one schema.

    Args:
        frames: The parts, at least one.
        columns: What is known of its columns, for what the first part does not tell.
        n_rows: Rows of every batch but the last; as the parts come when None.
    """
    parts = iter(frames)
    first = next(parts)
    schema = BatchSchema.from_frame(first, columns)
    batches = map(schema.to_batch, chain([first], parts))
    yield from batches if n_rows is None else regroup(batches, n_rows)


def regroup(batches: Iterable[Any], n_rows: int) -> Iterator[Any]:
    """Yield the same rows in batches of `n_rows`, but for the last one."""
    pending: list[Any] = []
    count = 0
    for batch in batches:
        pending.append(batch)
        count += batch.num_rows
        if count >= n_rows:
            joined = _join(pending)
            end = count - count % n_rows
            yield from (joined.slice(start, n_rows) for start in range(0, end, n_rows))
            pending, count = [joined.slice(end)], count - end
    if count:
        yield _join(pending)


def _join(batches: Sequence[Any]) -> Any:
    if len(batches) == 1:
        return batches[0]
    (joined,) = pa.Table.from_batches(batches).combine_chunks().to_batches()
    return joined


def write_groups(
    open_writer: Callable[[Any], Any],
    batches: Iterable[pd.DataFrame],
    columns: Sequence[Column],
    count_group_rows: Callable[[int], int],
) -> None:
    """Write a file of Arrow row groups, opened when the first batch is there to take types from.

    Args:
        open_writer: Opens the file for an Arrow schema.
        batches: Parts of the table, at least one.
        columns: What is known of its columns, for what the first batch does not tell.
        count_group_rows: Returns the rows of a group for a number of columns.
    """
    parts = iter(batches)
    first = next(parts)
    schema = BatchSchema.from_frame(first, columns)
    converted = map(schema.to_batch, chain([first], parts))
    with open_writer(schema.schema) as writer:
        for group in regroup(converted, count_group_rows(len(schema.schema))):
            writer.write_batch(group)
