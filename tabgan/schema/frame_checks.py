"""What a table must be before anything can be learned from it, each refusal one sentence.

>>> check_frame(pd.DataFrame({"x": [1, 2]}))
"""

from collections import Counter
from collections.abc import Sequence
from decimal import InvalidOperation
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from tabgan.errors import SchemaError, TableError
from tabgan.schema.storage_types import StorageType, object_types, opaque_type, storage_type_of
from tabgan.schema.text import check_zones, is_text, parse_numbers
from tabgan.state_reader import show_value

MIN_ROWS = 2
MAX_COMPARED = 200  # characters of a name
MAX_COLUMNS = 10_000  # a network is as wide as the columns are many


def check_frame(frame: pd.DataFrame, min_rows: int = MIN_ROWS) -> None:
    """Refuse a table that cannot be learned as it is.

    Raises:
        TableError: It has no columns or more than MAX_COLUMNS, fewer rows than `min_rows`, names
            that repeat, are blank or neither text nor integers; or a column holds nested values,
            several types, or infinities.
    """
    if not isinstance(frame, pd.DataFrame):
        raise TableError(f"a table is a pandas DataFrame, not a {type(frame).__name__}.")
    if frame.shape[1] == 0:
        raise TableError("the table has no columns; give one with at least one column.")
    if frame.shape[1] > MAX_COLUMNS:
        raise TableError(
            f"the table has {frame.shape[1]:,} columns, and no more than {MAX_COLUMNS:,} are "
            "learned; leave some out."
        )
    if isinstance(frame.columns, pd.MultiIndex):
        n_levels = frame.columns.nlevels
        raise TableError(f"the columns have {n_levels} levels of names; flatten them into one.")
    check_names(list(frame.columns))
    if len(frame) < min_rows:
        rows = "1 row" if len(frame) == 1 else "no rows"
        raise TableError(
            f"the table has {rows}; at least {min_rows} are needed to learn from, give more."
        )
    for name, series in frame.items():
        check_values(name, series)


def check_columns(frame: pd.DataFrame, names: Sequence[Any]) -> None:
    """Refuse a table whose columns are not those of a schema, in any order.

    Raises:
        SchemaError: One is missing, or one too many.
    """
    present = list(frame.columns)
    missing = [name for name in names if name not in set(present)]
    if missing:
        raise SchemaError(
            f"the schema has the column {show_value(missing[0])}, the table has not; "
            f"{close_names(missing[0], present)}."
        )
    extra = [name for name in present if name not in set(names)]
    if extra:
        raise SchemaError(
            f"the table has the column {show_value(extra[0])}, the schema has not; "
            "drop it from the table or add it to the schema."
        )


def check_names(names: Sequence[Any]) -> None:
    """Refuse names that columns cannot have.

    Raises:
        TableError: One repeats, is blank, no valid text, or neither text nor an integer.
    """
    for number, name in enumerate(names, start=1):
        if pd.isna(name) or (isinstance(name, str) and not name.strip()):
            raise TableError(f"column {number} of the table has a blank name; give it one.")
        if isinstance(name, str) and not _is_writable(name):
            raise TableError(
                f"the column name {name!r} holds half of a surrogate pair, which no file can hold; "
                "rename it."
            )
        kind = type(name).__name__
        if kind == "bool" or not isinstance(name, str | int | np.integer):
            raise TableError(
                f"the column name {name!r} is a {kind}; names are text or integers, rename it."
            )
    repeated = [f"{name!r}" for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise TableError(
            f"the column name {', '.join(repeated[:5])} is there more than once; "
            "rename the columns so that each name is there once."
        )


def check_values(name: Any, series: "pd.Series[Any]") -> None:
    """Refuse a column whose values cannot be learned.

    Raises:
        TableError: It holds nested values, several types, types unknown such as bytes, complex or
            infinite numbers, or datetimes of which only some have a time zone.
    """
    _check_column_gaps(name, series)
    storage = storage_type_of(series)
    if storage is StorageType.NESTED:
        raise TableError(
            f"the column {name!r} holds lists, dicts or other nested values; "
            "spread them over columns of single values, or drop it."
        )
    if storage is StorageType.COMPLEX:
        raise TableError(
            f"the column {name!r} holds complex numbers; "
            "split them into a real and an imaginary column."
        )
    if storage is StorageType.BROKEN:
        kinds = sorted(kind.__name__ for kind in object_types(series))
        raise TableError(
            f"the column {name!r} mixes types ({', '.join(kinds)}){_show_rarest(series)}; "
            "make all its values of one type, for example text."
        )
    if storage is StorageType.OPAQUE:
        raise TableError(
            f"the column {name!r} holds values of the type {opaque_type(series)}, which cannot be "
            "learned; turn them into text or numbers, or drop it."
        )
    _check_storable(name, series)
    if storage is StorageType.DATETIME:
        check_zones(series)
    if storage is StorageType.NUMBER and _may_be_infinite(series):
        count = int(np.isinf(parse_numbers(series)).sum())
        if count:
            values = "1 infinite value" if count == 1 else f"{count} infinite values"
            raise TableError(f"the column {name!r} has {values}; replace them by missing values.")


def check_gaps(frame: pd.DataFrame) -> None:
    """Refuse a table of a column of which nobody can tell what is missing.

    Raises:
        TableError: It holds a signaling NaN, which raises in every comparison.
    """
    for place, name in enumerate(frame.columns):
        _check_column_gaps(name, frame.iloc[:, place])


def _check_column_gaps(name: Any, series: "pd.Series[Any]") -> None:
    try:
        if series.dtype == object:
            series.isna()
    except InvalidOperation:
        raise TableError(
            f"the column {name!r} holds Decimal('sNaN'), which no comparison takes; "
            "replace it by None."
        ) from None


def _check_storable(name: Any, series: "pd.Series[Any]") -> None:
    """Refuse what no file holds: sparse objects, and texts that cannot be written in UTF-8.

    Raises:
        TableError: The column is, or holds, such.
    """
    if isinstance(series.dtype, pd.SparseDtype) and pd.api.types.is_object_dtype(
        series.dtype.subtype
    ):
        raise TableError(
            f"the column {name!r} is a sparse one of objects, a dtype that has no name; "
            "make it dense by .sparse.to_dense()."
        )
    if not pd.api.types.is_object_dtype(series.dtype) or not is_text(series):
        return  # all others hold UTF-8
    try:
        pa.array(series.to_numpy(), pa.large_string(), from_pandas=True)
    except UnicodeEncodeError:
        text = next(text for text in series if isinstance(text, str) and not _is_writable(text))
        raise TableError(
            f"the column {name!r} holds {text[:40]!r}, with half of a surrogate pair, which no "
            "file can hold; decode the text anew, for example with errors='replace'."
        ) from None


def _is_writable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _show_rarest(series: "pd.Series[Any]") -> str:
    """Return where the first value of the rarest type is, and what it is."""
    present = series[series.notna().to_numpy()].astype(object)
    kinds = present.map(type)
    if present.empty or kinds.nunique() < 2:
        return ""
    place = int(np.flatnonzero((kinds == kinds.value_counts().index[-1]).to_numpy())[0])
    row = int(np.flatnonzero(series.notna().to_numpy())[place]) + 1
    return f", such as {str(present.iloc[place])[:40]!r} in row {row:,}"


def _may_be_infinite(series: "pd.Series[Any]") -> bool:
    return getattr(series.dtype, "kind", "O") not in "iu"


def close_names(name: object, names: Sequence[object]) -> str:
    """Return the hint for a name that is not there: the closest ones, or the first ten.

    >>> close_names("incme", ["age", "income"])
    "perhaps 'income' is meant"
    """
    texts = {str(known): known for known in names}
    asked = str(name)[:MAX_COMPARED]
    close = get_close_matches(asked, texts, n=3, cutoff=0.6)
    lower = [text for text in texts if text.lower() == asked.lower()]
    similar = list(dict.fromkeys(lower + close))
    if similar:
        return f"perhaps {' or '.join(repr(texts[text]) for text in similar)} is meant"
    shown = ", ".join(repr(known) for known in list(names)[:10])
    return f"there are {shown}" + (f" and {len(names) - 10} more" if len(names) > 10 else "")
