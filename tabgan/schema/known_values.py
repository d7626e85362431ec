"""Cells that a user knows, as a fitted table has them: of its dtypes, or refused with their row.

Values count, not the dtypes that a kind of frame or a reader of files gives them.

>>> ages = pd.Series(["39", "50"], name="age", index=[4, 7])
>>> read_known(ages, Column("age", ColumnKind.INTEGER, "int64")).to_dict()
{4: 39, 7: 50}
"""

from typing import Any

import numpy as np
import pandas as pd

from tabgan.errors import ConditionError, TableError
from tabgan.schema.column import Column, ColumnKind, dtype_name, dtype_of, holds_text
from tabgan.schema.dtypes import restore_dtype
from tabgan.schema.float_conversion import to_float
from tabgan.schema.frame_checks import check_values
from tabgan.schema.text import read_marks
from tabgan.schema.whole_dtypes import restore_whole_numbers
from tabgan.schema.whole_numbers import parse_long_numbers

BOOLEANS = {"true": True, "false": False, "1": True, "0": False, "1.0": True, "0.0": False}
MAX_SHOWN = 40  # characters of a value in a message


def read_cells(series: "pd.Series[Any]", column: Column, first_row: int = 0) -> "pd.Series[Any]":
    """Return cells as `read_known` does, with gaps for the text that means one."""
    part = series.infer_objects() if series.dtype == object else series
    part = read_marks(part, column) if len(column.missing_marks) == 1 else part
    return read_known(part, column, first_row)


def read_new(series: "pd.Series[Any]", column: Column) -> "pd.Series[Any]":
    """Return cells that may be new as `read_cells` does, or as they are if none can be read so.

    Numbers and datetimes stay as they are: whoever reads them reads every dtype.
    """
    if column.kind.is_quantitative or dtype_name(series.dtype) == column.dtype:
        return series
    try:
        return read_cells(series.reset_index(drop=True), column).set_axis(series.index)
    except ConditionError:
        return series


def read_known(series: "pd.Series[Any]", column: Column, first_row: int = 0) -> "pd.Series[Any]":
    """Return known cells with the dtype that a column has in the table that was learned.

    Args:
        series: The cells; their index are the numbers of their rows.
        column: What they are cells of.
        first_row: Number of the row that the index calls 0.

    Raises:
        ConditionError: The column cannot hold one of them.
    """
    if not len(series):
        return restore_dtype(np.array([], object), column, series.index)
    try:
        check_values(column.name, series)
        if column.kind.is_quantitative:
            return _read_numbers(series, column, first_row)
    except TableError as error:
        place = _find_unreadable(series, column) if column.kind.is_quantitative else None
        if place is None:
            raise ConditionError(str(error)) from error
        what = "moment" if column.kind is ColumnKind.DATETIME else "number"
        raise _cell_error(series, place, first_row, f"no {what} as the table has") from error
    return _read_categories(series, column, first_row)


def _read_numbers(series: "pd.Series[Any]", column: Column, first_row: int) -> "pd.Series[Any]":
    numbers = to_float(series, column)
    infinite = np.isinf(numbers)
    if infinite.any():
        raise _cell_error(series, int(infinite.argmax()), first_row, "no finite number")
    if column.kind is ColumnKind.INTEGER:
        fractions = ~np.isnan(numbers) & (numbers % 1 != 0)
        if fractions.any():
            raise _cell_error(series, int(fractions.argmax()), first_row, "no whole number")
    if dtype_name(series.dtype) == column.dtype:
        return series
    long = parse_long_numbers(series)
    if long is not None:
        return restore_whole_numbers(long, column, series.index)
    return restore_dtype(numbers, column, series.index)


def _read_categories(series: "pd.Series[Any]", column: Column, first_row: int) -> "pd.Series[Any]":
    """Return categories, keys and texts: a number of a file may be one of them."""
    if dtype_name(series.dtype) == column.dtype:
        return series
    objects = series.astype(object)
    if column.kind is ColumnKind.BOOLEAN:
        objects = objects.map(lambda cell: BOOLEANS.get(str(cell).lower(), cell))
        strange = [not isinstance(cell, bool | np.bool_) for cell in objects]
        strange = list(np.array(strange) & objects.notna().to_numpy())
        if any(strange):
            raise _cell_error(series, strange.index(True), first_row, "neither true nor false")
    name = column.categories or column.dtype
    if column.element == "str" or holds_text(dtype_of(name)):
        return objects.map(_write_plainly, na_action="ignore")
    if column.dtype in {"category", "object"}:
        return objects
    try:
        return restore_dtype(objects.to_numpy(), column, series.index)
    except (TypeError, ValueError, OverflowError):  # a category of another type was never seen
        return objects


def _write_plainly(cell: Any) -> str:
    """Return a cell as text: a column of whole numbers that has gaps is one of floats."""
    is_whole = isinstance(cell, float | np.floating) and float(cell).is_integer()
    return str(int(cell)) if is_whole else str(cell)


def _find_unreadable(series: "pd.Series[Any]", column: Column) -> int | None:
    """Return the place of a cell that is no number; None if all are, by themselves."""
    for place in range(len(series)):
        try:
            to_float(series.iloc[place : place + 1], column)
        except TableError:
            return place
    return None


def _cell_error(series: "pd.Series[Any]", place: int, first_row: int, words: str) -> ConditionError:
    """Return the error of a cell that its column cannot hold."""
    row = first_row + int(series.index[place]) + 1
    value = str(series.iloc[place])[:MAX_SHOWN]
    return ConditionError(
        f"row {row:,} holds {value!r} in the column {series.name!r}, which is {words}; correct it, "
        "or leave the cell unknown."
    )
