"""Tables in memory, of whatever kind, as pandas frames; and back into the kind that they came in.

>>> read = read_frame([{"age": 39, "town": "Ulm"}, {"age": 50}])
>>> read.frame.to_dict("list")
{'age': [39, 50], 'town': ['Ulm', None]}
>>> read.container.create(read.frame)
[{'age': 39, 'town': 'Ulm'}, {'age': 50, 'town': None}]
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from tabgan.errors import SettingError, TableError, reason
from tabgan.io.frames.arrow_frames import read_arrow
from tabgan.io.frames.containers import FrameInput
from tabgan.io.frames.pandas_frames import (
    is_pandas,
    is_series,
    read_pandas,
    read_series,
    read_unnamed_series,
)
from tabgan.io.frames.plain_frames import (
    is_array,
    is_columns,
    is_records,
    read_array,
    read_columns,
    read_records,
    read_values,
)
from tabgan.io.frames.polars_frames import (
    is_polars,
    is_polars_series,
    read_polars,
    read_polars_series,
)
from tabgan.schema.frame_checks import check_gaps

_ADVICE = {  # what makes a table of an object that is none, by its method
    "compute": "its compute()",
    "toPandas": "its toPandas()",
    "to_pandas": "its to_pandas()",
    "to_table": "its to_table()",
    "fetch_df": "its fetch_df()",
}


def read_rows(data: Any) -> FrameInput:
    """Read rows that are not to be learned, of any kind of table: a single one will do.

    Raises:
        TableError: As for `read_frame`.
    """
    if is_array(data) and not is_records(data):
        return _to_native(read_array(data, 1))
    return read_frame(data)


def read_frame(data: Any) -> FrameInput:
    """Read a table of any kind.

    Raises:
        TableError: It is of no kind that is known, or holds what no table can.
    """
    for is_kind, read in _READERS:
        if is_kind(data):
            return _to_native(read(data))
    if isinstance(data, str | Path):
        raise TableError(
            f"{str(data)!r} is text, not a table: read the file first, for example by pandas."
        )
    if hasattr(data, "toarray"):
        kind = type(data).__name__
        raise TableError(f"a sparse {kind} is no table; its toarray() is a dense array, which is.")
    methods = [advice for method, advice in _ADVICE.items() if hasattr(data, method)]
    hint = f": give {methods[0]}" if methods else ""
    raise TableError(
        "a table is a DataFrame of pandas or polars, an Arrow table, a dict of columns, a list of "
        f"records (dicts) or an array, and this is of type {type(data).__name__}{hint}."
    )


def _to_native(table: FrameInput) -> FrameInput:
    """Return a table whose numbers have this machine's order of bytes: pandas counts no other.

    Raises:
        TableError: Of a column nobody can tell what is missing.
    """
    check_gaps(table.frame)
    kinds = {
        name: kind.newbyteorder("=")
        for name, kind in table.frame.dtypes.items()
        if isinstance(kind, np.dtype) and not kind.isnative
    }
    return replace(table, frame=table.frame.astype(kinds)) if kinds else table


def read_target(data: Any, name: str = "") -> FrameInput:
    """Read one column: by itself, or as a table of one column.

    Args:
        data: The column.
        name: What one of polars or Arrow that has no name gets; others have the name None then.

    Raises:
        SettingError: It is not one column.
        TableError: It is of no kind that is known.
    """
    if isinstance(data, pd.DataFrame | pd.Series):
        data = data.reset_index(drop=True)
    elif name and _is_arrow_column(data):
        data = pa.table({name: data})
    elif is_polars_series(data):
        data = data.alias(data.name or name)
    for is_kind, read in _COLUMN_READERS:
        if is_kind(data):
            found = _to_native(read(data))
            if found.frame.shape[1] != 1:
                raise SettingError("y is more than one column; give the one that is the target.")
            return found
    raise SettingError(f"y is one value for each row, not a {type(data).__name__}.")


def _is_narwhals(data: Any) -> bool:
    return type(data).__module__.startswith("narwhals.") and hasattr(data, "to_native")


def _read_narwhals(data: Any) -> FrameInput:
    return read_frame(data.to_native())


def _is_arrow_column(data: Any) -> bool:
    return isinstance(data, pa.Array | pa.ChunkedArray)


def _read_arrow_column(data: Any) -> FrameInput:
    return read_arrow(pa.table({"": data})).to_column()


def _is_arrow(data: Any) -> bool:
    return hasattr(data, "__arrow_c_stream__")


def _read_arrow(data: Any) -> FrameInput:
    try:
        table = pa.table(data)
    except (pa.ArrowException, TypeError, ValueError) as error:
        kind = type(data).__name__
        raise TableError(f"the {kind} cannot be read as a table: {reason(error)}.") from error
    if isinstance(data, pa.RecordBatchReader) and not table.num_rows:
        raise TableError("the RecordBatchReader has no rows left: it is read only once; open anew.")
    return read_arrow(table)


_READERS: tuple[tuple[Callable[[Any], bool], Callable[[Any], FrameInput]], ...] = (
    (is_pandas, read_pandas),
    (is_series, read_series),
    (is_polars, read_polars),
    (is_polars_series, read_polars_series),
    (_is_narwhals, _read_narwhals),
    (_is_arrow_column, _read_arrow_column),
    (_is_arrow, _read_arrow),
    (is_columns, read_columns),
    (is_records, read_records),
    (is_array, read_array),
)
_COLUMN_READERS = (
    (is_series, read_unnamed_series),
    *(pair for pair in _READERS if pair[0] not in {is_series, is_array}),
    (is_array, read_values),
)
