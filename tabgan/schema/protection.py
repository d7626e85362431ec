"""What of a schema single rows may have set, left out: patterns, grids, units, marks of gaps.

>>> frame = pd.DataFrame({"size": ["3 GB"] * 9 + ["7 TB"]})
>>> column = Column("size", ColumnKind.PATTERN, "str", format="0 GB | 0 TB")
>>> protect_schema(TableSchema((column,)), frame, k=2).columns[0].format
'0 GB'
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.table_schema import TableSchema
from tabgan.schema.text import read_marks, text_array
from tabgan.schema.text.missing_marks import is_mark
from tabgan.schema.text.numbers.number_format import NumberFormats


def protect_schema(schema: TableSchema, frame: pd.DataFrame, k: int) -> TableSchema:
    """Return a schema without what fewer than k rows of a table have.

    Args:
        schema: Of the table.
        frame: The table, marks of gaps not yet read; (n_rows, n_columns).
        k: Rows that hold what is kept.
    """
    pairs = ((column, frame[column.name]) for column in schema.columns)
    return replace(schema, columns=tuple(_protect(column, series, k) for column, series in pairs))


def _protect(column: Column, series: "pd.Series[Any]", k: int) -> Column:
    marks = column.missing_marks
    kept = tuple(m for m in marks if not m.strip() or is_mark(m) or (series == m).sum() >= k)
    if kept != marks:  # a last "" stands for gaps without a mark
        column = replace(column, missing_marks=() if kept == ("",) else kept)
    return _protect_units(column, series, k) if column.is_amount else column


def _protect_units(column: Column, series: "pd.Series[Any]", k: int) -> Column:
    """Return a column of amounts with the units of k rows; free text, if there are none."""
    formats = NumberFormats.from_text(column.format or "")
    variants, _ = formats.parse(text_array(series))
    counts = np.bincount(variants[variants >= 0], minlength=len(formats.variants))
    kept = tuple(v for v, n in zip(formats.variants, counts.tolist(), strict=True) if n >= k)
    if not kept:
        return replace(column, kind=ColumnKind.TEXT, format=None)
    return replace(column, format=NumberFormats(kept).text)


def hide_marks(frame: pd.DataFrame, schema: TableSchema, protected: TableSchema) -> pd.DataFrame:
    """Return a table with gaps for the marks of its schema that the protected one lacks."""
    if protected == schema:
        return frame
    hidden = frame.copy(deep=False)
    for before, after in zip(schema.columns, protected.columns, strict=True):
        lost = tuple(m for m in before.missing_marks if m and m not in after.missing_marks)
        if lost:
            hidden[before.name] = read_marks(
                frame[before.name], replace(before, missing_marks=lost)
            )
    return protected.read_missing_marks(hidden)
