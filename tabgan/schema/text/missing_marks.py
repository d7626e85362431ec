"""Texts that mean a gap, such as `?` or `N/A`, among texts that mean numbers or datetimes.

>>> marks = find_marks(pa.array(["3", "?", "5", "?"]))
>>> marks.texts, marks.rest.to_pylist()
(('?',), ['3', '5'])
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.arrays import Mask
from tabgan.schema.column import Column, holds_text
from tabgan.schema.text.strings import raw_text_array, text_array

MAX_OTHER_MARKS = 5  # texts that are no known marks, yet no numbers either ...
MAX_OTHER_SHARE = 0.02  # ... of the distinct texts ...
MAX_OTHER_ROWS = 0.5  # ... and of the rows: `Varies with device` may stand in many
_SYMBOLS = "? ?? ??? - -- --- \u2013 \u2014 . .. ... \u2026 * ** /"
_WORDS = """
    n/a na n.a. n.a #n/a #na <na> (na) null (null) <null> none nil nan -nan #null! #value! #ref!
    #div/0! \\n n.d. nd tba tbd
"""
KNOWN_MARKS = frozenset((_SYMBOLS + _WORDS).split())
ANSWERS = frozenset(  # they mean a gap among numbers, and an answer of its own among yes and no
    (
        *("missing", "(missing)", "unknown", "undefined", "unavailable", "not available"),
        *("not applicable", "not reported", "not known", "unspecified", "no data", "empty"),
    )
)
_TRUTH_VALUES = ({"true", "false"}, {"yes", "no"}, {"y", "n"}, {"t", "f"})


@dataclass(frozen=True)
class Marks:
    """What was found in a column.

    Attributes:
        texts: The marks, most frequent first.
        rest: All other texts.
    """

    texts: tuple[str, ...]
    rest: pa.Array


def find_marks(present: pa.Array) -> Marks:
    """Return the marks among texts that have digits, shape (n,), none missing.

    Marks are known ones, or up to five texts without digits beside 50 times as many different ones
    that have digits.
    """
    is_error = pc.match_substring(present, "#div/0!", ignore_case=True)
    has_digit = pc.and_not(pc.match_substring_regex(present, "[0-9]"), is_error)
    others = pc.filter(present, pc.invert(has_digit))
    if len(others) in (0, len(present)):
        return Marks((), present)
    texts = _by_frequency(others)
    unknown = [text for text in texts if not is_mark(text)]
    if unknown:
        rows = pc.sum(pc.is_in(others, pa.array(unknown, others.type))).as_py()
        most = min(MAX_OTHER_MARKS, MAX_OTHER_SHARE * pc.count_distinct(present).as_py())
        if len(unknown) > most or rows > MAX_OTHER_ROWS * len(present):
            return Marks((), present)
    return Marks(tuple(texts), pc.filter(present, has_digit))


def find_marks_of_truth_values(present: pa.Array) -> Marks:
    """Return the marks among texts such as yes and no, shape (n,), none missing."""
    if pc.count_distinct(present.slice(0, 1000)).as_py() > 20:
        return Marks((), present)
    texts = _by_frequency(present)
    marks = [text for text in texts if is_mark(text) and text.strip().lower() not in ANSWERS]
    others = {text.lower() for text in texts if text not in marks}
    if not marks or others not in _TRUTH_VALUES:
        return Marks((), present)
    is_marked = pc.is_in(present, pa.array(marks, present.type))
    return Marks(tuple(marks), pc.filter(present, pc.invert(is_marked)))


def find_marks_of_texts(present: pa.Array) -> Marks:
    """Return the known marks among texts that may be keys or free text, (n,), none missing."""
    plain = pc.utf8_lower(pc.utf8_trim_whitespace(present))
    is_marked = pc.is_in(plain, pa.array(sorted(KNOWN_MARKS | ANSWERS), plain.type))
    texts = _by_frequency(pc.filter(present, is_marked))
    return Marks(tuple(texts), pc.filter(present, pc.invert(is_marked)))


def _by_frequency(texts: pa.Array) -> list[str]:
    counted = pc.value_counts(texts)
    order = np.argsort(-np.asarray(counted.field("counts")), kind="stable")
    return [str(text) for text in counted.field("values").take(pa.array(order)).to_pylist()]


def is_mark(text: str) -> bool:
    """Return whether a text is known to mean a gap, whatever its case and the blanks around it."""
    plain = text.strip().lower()
    return plain in KNOWN_MARKS or plain in ANSWERS


def with_gap_marks(marks: Sequence[str], series: "pd.Series[Any]") -> tuple[str, ...]:
    """Return the marks of a column, blank texts among them; a last "" stands for real gaps.

    Where real gaps are all there is, there are no marks.
    """
    raw = raw_text_array(series)
    is_blank = pc.and_(pc.is_valid(raw), pc.is_null(text_array(series)))
    found = [*marks, *_by_frequency(pc.filter(raw, pc.fill_null(is_blank, fill_value=False)))]
    return tuple([*found, ""] if found and raw.null_count else found)


def read_marks(series: "pd.Series[Any]", column: Column) -> "pd.Series[Any]":
    """Return a column with gaps in the place of its marks."""
    is_marked = _is_marked(series, column)
    return series.mask(is_marked) if is_marked.any() else series


def write_marks(series: "pd.Series[Any]", column: Column) -> "pd.Series[Any]":
    """Return a column with its mark in the place of gaps, if it has just one: undo `read_marks`."""
    if len(column.missing_marks) != 1 or not _holds_text(series):
        return series
    return series.where(series.notna(), column.missing_marks[0])


def split_marks(
    series: "pd.Series[Any]", column: Column
) -> "tuple[pd.Series[Any], pd.Series[Any]]":
    """Return a column with gaps in the place of its marks, and what stood in these gaps.

    Returns:
        The column, (n_rows,); and of its gaps alone, (n_gaps,), the marks, with the index that they
        have in the column. A gap that had no mark is a gap there, too.

    >>> from tabgan.schema.column import ColumnKind
    >>> cells = pd.Series(["3", "?", None, "-"], name="x")
    >>> column = Column("x", ColumnKind.INTEGER, "str", text=True, missing_marks=("?", "-", ""))
    >>> numbers, marks = split_marks(cells, column)
    >>> join_marks(numbers, marks).equals(cells)
    True
    """
    plain = read_marks(series, column)
    return plain, series[plain.isna()]


def join_marks(series: "pd.Series[Any]", marks: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return a column with marks in its gaps: undo `split_marks`.

    Args:
        series: Shape (n_rows,).
        marks: In the order of the gaps; gaps among them stay; (n_gaps,).
    """
    joined = series.copy()
    joined[series.isna().to_numpy()] = marks.to_numpy()
    return joined


def _is_marked(series: "pd.Series[Any]", column: Column) -> Mask:
    if not column.missing_marks or not _holds_text(series):
        return np.zeros(len(series), bool)
    return np.asarray(series.isin(column.missing_marks), dtype=bool)


def _holds_text(series: "pd.Series[Any]") -> bool:
    return holds_text(series.dtype) or bool(pd.api.types.is_object_dtype(series.dtype))
