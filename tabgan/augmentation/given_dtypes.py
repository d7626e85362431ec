"""Rows that a model made, in the dtypes of the table that was given, whatever frame it came in.

>>> made = pd.DataFrame({"age": [39, 50]})
>>> write_as(made, pd.DataFrame({"age": ["17", "18"]}))["age"].tolist()
['39', '50']
"""

from typing import Any

import numpy as np
import pandas as pd

from tabgan.errors import ConditionError, TableError
from tabgan.model.tabular_model import TabularModel
from tabgan.schema.column import Column, ColumnKind, dtype_name
from tabgan.schema.float_conversion import to_float
from tabgan.schema.inference import infer_column
from tabgan.schema.known_values import read_cells
from tabgan.schema.whole_dtypes import can_hold
from tabgan.schema.whole_numbers import MAX_EXACT

N_TRIED = 200  # rows of a table that are written as the table has them, before any long work


def read_as_learned(table: pd.DataFrame, model: TabularModel) -> pd.DataFrame:
    """Return a table as the one that a model has learned, if it can make rows for it.

    Args:
        table: Of any dtypes; (n_rows, n_columns).
        model: That shall make rows for it.

    Raises:
        SchemaError: The columns are others, or hold what their kind does not allow.
        ConditionError: A column cannot hold one of the cells.
        TableError: The table cannot hold what the model makes of a column.
    """
    held = model.schema.read_rows(table)
    for column in model.schema.columns:
        made, given = held[column.name], table[column.name]
        has_fractions = pd.api.types.is_float_dtype(made) and column.kind is not ColumnKind.INTEGER
        if has_fractions and pd.api.types.is_integer_dtype(given):
            raise _unfit(made, given)
    held = model.schema.check(held)
    write_as(held.head(N_TRIED), table)
    return held


def write_as(rows: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return rows with the columns, their order and the dtypes of a table; (n_rows, n_columns).

    Only categories are added to a dtype, and room for gaps where it has none.

    Raises:
        TableError: A dtype cannot hold the values.
    """
    return pd.DataFrame({name: _write(rows[name], table[name]) for name in table.columns})


def _write(made: "pd.Series[Any]", given: "pd.Series[Any]") -> "pd.Series[Any]":
    if made.dtype == given.dtype and made.dtype != object:
        return made
    column = infer_column(given)
    try:
        cells = read_cells(made, column)
        if column.kind.is_number:
            _check_range(made, column)
        if isinstance(given.dtype, pd.CategoricalDtype):
            return cells.astype(_extend(given.dtype, cells))
        return cells if cells.isna().any() else cells.astype(given.dtype)
    except (ConditionError, ArithmeticError, TypeError, ValueError) as error:
        raise _unfit(made, given) from error


def _check_range(made: "pd.Series[Any]", column: Column) -> None:
    """Refuse numbers beyond an integer dtype.

    Raises:
        OverflowError: There is one.
    """
    numbers = to_float(made, column)
    if not np.isnan(numbers).all():
        low, high = int(np.nanmin(numbers)), int(np.nanmax(numbers))
        if not can_hold(column, low, high, decimals=0) and abs(high) < MAX_EXACT:
            raise OverflowError(high)


def _extend(dtype: pd.CategoricalDtype, cells: "pd.Series[Any]") -> pd.CategoricalDtype:
    known = set(dtype.categories)
    new = [cell for cell in cells.dropna().unique() if cell not in known]
    return pd.CategoricalDtype([*dtype.categories, *new], dtype.ordered) if new else dtype


def _unfit(made: "pd.Series[Any]", given: "pd.Series[Any]") -> TableError:
    return TableError(
        f"the model makes the column {made.name!r} as {dtype_name(made.dtype)}, and the table has "
        f"{dtype_name(given.dtype)}, which cannot hold that: fit a model on this table."
    )
