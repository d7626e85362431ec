"""Whether a column holds what its kind allows; rows to be scored need only be readable as it.

>>> number = Column("age", ColumnKind.INTEGER, "int64")
>>> check_readable(number, pd.Series([39.5]))
>>> check_kind(number, pd.Series([39.5]))
Traceback (most recent call last):
tabgan.errors.SchemaError: the column 'age' has 39.5, which is no whole number; try continuous; \
the schema says integer.
"""

from typing import Any

import numpy as np
import pandas as pd

from tabgan.errors import SchemaError, TableError
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.float_conversion import to_float
from tabgan.schema.storage_types import StorageType, storage_type_of
from tabgan.schema.text import number_formats


def check_kind(column: Column, series: "pd.Series[Any]") -> None:
    """Refuse values that a kind, perhaps given by hand, does not allow.

    Raises:
        SchemaError: There is such a value.
    """
    kind = column.kind
    check_readable(column, series)
    if kind is ColumnKind.INTEGER:
        values = to_float(series, column)
        fractions = values[~np.isnan(values) & (values % 1 != 0)]
        if len(fractions):
            problem = f"has {fractions[0]:g}, which is no whole number; try continuous"
            _require(column, False, problem)
    elif kind is ColumnKind.EMPTY:
        _require(column, bool(series.isna().all()), "holds values; leave its kind to inference")
    elif kind is ColumnKind.CONSTANT:
        is_single = not series.isna().any() and series.nunique() == 1
        _require(column, bool(is_single), "holds more than one value, or gaps; try categorical")


def check_readable(column: Column, series: "pd.Series[Any]") -> None:
    """Refuse values that cannot be read as a column's kind.

    Raises:
        SchemaError: There is such a value.
    """
    kind = column.kind
    try:
        if kind.is_number:
            _check_numbers(column, series)
        elif kind is ColumnKind.DATETIME:
            to_float(series, column)
    except SchemaError:
        raise
    except TableError as error:
        raise SchemaError(f"{str(error)[:-1]}; the schema says {kind.value}.") from error
    if kind is ColumnKind.BOOLEAN:
        allowed = storage_type_of(series) in {StorageType.BOOLEAN, StorageType.MISSING}
        _require(column, allowed, "holds other values than True and False; try categorical")


def _check_numbers(column: Column, series: "pd.Series[Any]") -> None:
    if storage_type_of(series) in {StorageType.DATETIME, StorageType.BOOLEAN}:
        raise TableError(f"the column {column.name!r} holds {series.dtype}, not numbers.")
    formats = number_formats(column)
    if formats is not None and formats.single is None:
        raise TableError(f"the column {column.name!r} has several units, so its kind is pattern.")
    to_float(series, column)


def _require(column: Column, allowed: bool, problem: str) -> None:
    """Raise a SchemaError that names the column and the problem unless it is allowed."""
    if not allowed:
        raise SchemaError(
            f"the column {column.name!r} {problem}; the schema says {column.kind.value}."
        )
