"""One datetime of a column as text for people: in messages, and in what is said of a table.

>>> show_datetime(86_400.0, Column("x", ColumnKind.DATETIME, "str", format="%H:%M"))
'00:00'
>>> show_datetime(86_400.0, Column("x", ColumnKind.DATETIME, "datetime64[us]"))
'1970-01-02'
"""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from tabgan.schema.column import Column, ColumnKind, dtype_of
from tabgan.schema.text.datetimes.datetime_numbers import EPOCHS
from tabgan.schema.text.datetimes.datetimes import format_datetimes
from tabgan.schema.text.datetimes.tokens import tokens_of
from tabgan.schema.text.datetimes.writing import write_datetimes


def show_datetime(seconds: float, column: Column) -> str:
    """Return seconds since 1970 in UTC as text: whole dates as ISO 8601 does, without a zone.

    Times, months, weeks and the like are shown as the column writes them.

    Raises:
        ValueError: The column holds no datetimes.
    """
    if column.kind is not ColumnKind.DATETIME:
        raise ValueError(f"the column {column.name!r} holds no datetimes")
    micros = np.array([np.rint(seconds * 1e6)]).astype("datetime64[us]")
    if column.format is not None and not _has_whole_date(column.format):
        return str(write_datetimes(micros, column.format)[0].as_py())
    dtype = dtype_of(column.dtype)
    if isinstance(dtype, pd.PeriodDtype):
        return str(format_datetimes(np.array([seconds]), column).iloc[0])
    value = micros.item()
    if column.element == "time" or _is_arrow_time(dtype):
        return str(value.time())
    return str(value).removesuffix(" 00:00:00")


def _has_whole_date(format_: str) -> bool:
    letters = {token[-1] for token in tokens_of(format_)}
    return format_ in EPOCHS or ("d" in letters and bool(letters & {"Y", "y"}))


def _is_arrow_time(dtype: Any) -> bool:
    return isinstance(dtype, pd.ArrowDtype) and bool(pa.types.is_time(dtype.pyarrow_dtype))
