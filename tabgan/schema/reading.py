"""How a column is read, in words for its owner.

>>> describe_reading(Column("joined", ColumnKind.DATETIME, "str", text=True, format="%d/%m/%Y"))
'datetimes, written %d/%m/%Y'
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.text.datetimes.inference import find_other_reading
from tabgan.schema.text.strings import is_text, text_array

_KINDS: Mapping[ColumnKind, str] = {
    ColumnKind.CONTINUOUS: "numbers",
    ColumnKind.INTEGER: "whole numbers",
    ColumnKind.MIXED: "numbers, of which some are frequent",
    ColumnKind.CATEGORICAL: "categories",
    ColumnKind.BOOLEAN: "true or false",
    ColumnKind.DATETIME: "datetimes",
    ColumnKind.CONSTANT: "one value",
    ColumnKind.EMPTY: "no value",
    ColumnKind.IDENTIFIER: "keys: made anew",
    ColumnKind.PATTERN: "text of a pattern",
    ColumnKind.TEXT: "free text: made up, not learned",
}
MAX_PATTERN = 60  # characters of it that are told: lists of its parts may be long
_DECIMALS = re.compile(r"(,?)\.(\d+)f")


def describe_reading(column: Column) -> str:
    """Return what a column is taken for, and all that its schema says of how it is written."""
    return "; ".join([", ".join(_describe_kind(column)), *_describe_gaps(column)])


def _describe_kind(column: Column) -> Iterator[str]:
    kind = column.kind
    if column.faker is not None:
        yield f"made up by Faker: {column.faker}"
        yield from filter(None, [column.locale])
        return
    words = _words_of(column)
    yield f"{words} in text" if kind.is_number and column.text else words
    if column.format is not None:
        yield _describe_format(column.format)
    if column.unit is not None and column.unit not in (column.format or ""):
        yield f"unit {column.unit}"
    if column.grid is not None:
        yield f"on the grid {column.grid}"
    if column.pattern is not None:
        yield f"pattern {shorten(column.pattern, MAX_PATTERN)}"


def _words_of(column: Column) -> str:
    if column.kind.is_number and column.is_duration:
        return "durations"
    if column.is_amount:
        return "amounts of several units"
    return _KINDS[column.kind]


def _describe_format(format_: str) -> str:
    """Return a format in words where it has some, else as it stands in the schema.

    >>> _describe_format(",.2f")
    '2 decimals, commas between thousands'
    """
    if format_ == "repr":
        return "always with a decimal point"
    match = _DECIMALS.fullmatch(format_)
    if match is None:
        return f"written {format_}"
    digits = int(match[2])
    decimals = {0: "no decimals", 1: "1 decimal"}.get(digits, f"{digits} decimals")
    return f"{decimals}, commas between thousands" if match[1] else decimals


def shorten(text: str, most: int) -> str:
    """Return a text, cut where it is long.

    >>> shorten("{ann|bo|cy}@example.org", 8)
    '{ann|bo…'
    """
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _describe_gaps(column: Column) -> Iterator[str]:
    if len(column.missing_marks) == 1:
        yield f"a gap is written {_show_mark(column.missing_marks[0])}"
    elif column.missing_marks:
        yield f"marks of a gap: {' '.join(map(_show_mark, column.missing_marks))}"


def _show_mark(mark: str) -> str:
    return mark if mark.strip() else repr(mark)


def describe_ambiguity(column: Column, series: "pd.Series[Any]") -> str | None:
    """Return in words how a column of dates could be read otherwise; None if only one way fits.

    >>> column = Column("day", ColumnKind.DATETIME, "str", text=True, format="%d/%m/%Y")
    >>> describe_ambiguity(column, pd.Series(["01/02/2024", "03/02/2024"]))
    'day first; month first fits as well'
    >>> describe_ambiguity(column, pd.Series(["01/02/2024", "13/02/2024"])) is None
    True
    """
    if column.kind is not ColumnKind.DATETIME or column.format is None or not is_text(series):
        return None
    present = text_array(series[~is_gap(series, column)])
    if find_other_reading(present, column.format) is None:
        return None
    is_day_first = column.format.index("d") < column.format.index("m")
    first, second = ("day", "month") if is_day_first else ("month", "day")
    return f"{first} first; {second} first fits as well"


def is_gap(series: "pd.Series[Any]", column: Column) -> npt.NDArray[np.bool_]:
    """Return which values count as gaps: missing ones, marks, and blanks among numbers and dates.

    >>> column = Column("age", ColumnKind.INTEGER, "str", text=True, missing_marks=("?",))
    >>> is_gap(pd.Series(["7", "?", " ", None]), column).tolist()
    [False, True, True, True]
    """
    gaps = series.isna().to_numpy(bool)
    if column.missing_marks:
        gaps = gaps | series.isin(column.missing_marks).to_numpy(bool)
    if column.text and is_text(series):
        gaps = gaps | np.asarray(pc.is_null(text_array(series)))
    return gaps
