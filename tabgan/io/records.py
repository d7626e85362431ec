"""Rows of Python values as a frame, with dtypes that keep whole numbers whole where there are gaps.

>>> to_frame(["n", "name"], [(1, "Ann"), (None, "Bo")]).dtypes.astype(str).tolist()[0]
'Int64'
"""

import math
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd

from tabgan.errors import TableError

MAX_INT64, MAX_UINT64 = 2**63, 2**64


def to_frame(names: Sequence[Any], rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    """Return rows as a frame; shape (n_rows, n_columns). None is a gap; names may repeat."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    arrays = {number: to_series(values) for number, values in enumerate(columns)}
    frame = pd.DataFrame(arrays, index=pd.RangeIndex(len(rows)))
    frame.columns = pd.Index(list(names))
    return frame


def to_series(values: Sequence[Any]) -> "pd.Series[Any]":
    """Return one column's values as a series of the narrowest dtype that holds them exactly."""
    kinds = {type(value) for value in values if value is not None}
    gaps = any(value is None for value in values)
    if kinds == {bool}:
        return pd.Series(values, dtype="boolean" if gaps else "bool")
    if kinds == {int}:
        return _to_integers(values, gaps)
    if kinds and kinds <= {float, int}:
        return pd.Series(values, dtype="float64")
    if kinds and kinds <= {datetime, date} and not _zones(values):
        datetimes = [None if value is None else pd.Timestamp(value) for value in values]
        return pd.Series(pd.to_datetime(pd.Series(datetimes, dtype=object))).astype(
            "datetime64[us]"
        )
    values = [math.nan if value is None else value for value in values]
    return pd.Series(values, dtype=None if kinds == {str} else object)


def _to_integers(values: Sequence[Any], gaps: bool) -> "pd.Series[Any]":
    present = [value for value in values if value is not None]
    low, high = min(present), max(present)
    if low >= -MAX_INT64 and high < MAX_INT64:
        return pd.Series(values, dtype="Int64" if gaps else "int64")
    if low >= 0 and high < MAX_UINT64:
        return pd.Series(values, dtype="UInt64" if gaps else "uint64")
    return pd.Series(values, dtype=object)


def _zones(values: Sequence[Any]) -> set[Any]:
    zones = {getattr(value, "tzinfo", None) for value in values}
    return zones - {None}


def check_cells(name: str, names: Sequence[Any], row: Sequence[Any], place: str) -> None:
    """Refuse a row with a value that is no single one.

    Args:
        name: Of the file.
        names: Of the columns.
        row: Their values.
        place: Where the row is, such as "line 3".

    Raises:
        TableError: A value is a list, an object or bytes.
    """
    for column, value in zip(names, row, strict=True):
        if isinstance(value, dict | list | bytes):
            kind = {dict: "an object", list: "a list", bytes: "binary data"}[type(value)]
            raise TableError(
                f"the column {column!r} of '{name}' holds {kind} in {place}, and a table has one "
                "number, text or truth value a cell; take it apart into columns, or leave it out."
            )


def find_row_numbers(frame: pd.DataFrame) -> bool:
    """Return whether the first column has no name and numbers the rows.

    >>> find_row_numbers(to_frame(["", "x"], [(0, 5), (1, 5)]))
    True
    """
    if frame.shape[1] < 2 or str(frame.columns[0]).strip() not in {"", "Unnamed: 0"}:
        return False
    first = frame.iloc[:, 0]
    is_whole = bool(pd.api.types.is_integer_dtype(first))
    return is_whole and bool(first.is_unique) and bool(first.notna().all())


def find_empty(frame: pd.DataFrame) -> list[int]:
    """Return the numbers of the columns that have no name and no value.

    >>> find_empty(to_frame(["x", ""], [(0, None), (1, None)]))
    [1]
    """
    blank = [not str(name).strip() for name in frame.columns]
    return [n for n, is_blank in enumerate(blank) if is_blank and frame.iloc[:, n].isna().all()]
