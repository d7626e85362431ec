"""Texts that stand for a gap among dates, such as 0000-00-00 or 99991231.

>>> dates = [f"2024-01-{day:02d}" for day in range(1, 31)] * 4
>>> datetime_marks(pa.array([*dates, "0000-00-00"]))
('0000-00-00',)
"""

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.text.datetimes.inference import infer_datetime_format
from tabgan.schema.text.datetimes.reading import read_datetimes

MAX_ZEROS_SHARE = 0.5  # of the present rows, that are dates of zeros alone
MAX_LAST_SHARE = 0.02  # that hold the last day there is: a date like any other if it is frequent
MAX_SHORT_SHARE = 0.02  # that are zeros, but fewer than a day has digits
MAX_MARKS = 3
DAY_DIGITS = 8  # year, month and day
_MAY_BE_MARK = r"^[-/.:T 0]+$|9999"
_MARK = re.compile(r"9999\W?12\W?31.*|31\W?12\W?9999.*|12\W?31\W?9999.*")


def datetime_marks(values: pa.Array) -> tuple[str, ...]:
    """Return the texts that mean a gap in a column of dates, the commonest first; or none.

    Marks are dates of zeros alone, and 31 December 9999 if it is rare, where all other rows hold
    datetimes of one format. Zeros that this format can read are no marks: 00:00 is midnight; those
    that are no whole date are marks in 2 % of the rows.

    Args:
        values: Text, or the whole numbers of a column as text; shape (n,), gaps skipped.
    """
    present = pc.drop_null(values)
    may_be = pc.match_substring_regex(present, _MAY_BE_MARK)
    counts = {
        entry["values"]: entry["counts"]
        for entry in pc.value_counts(pc.filter(present, may_be)).to_pylist()
        if _is_mark(entry["values"])
    }
    n_short = sum(count for text, count in counts.items() if len(_digits(text)) < DAY_DIGITS)
    if not 0 < len(counts) <= MAX_MARKS or n_short > MAX_SHORT_SHARE * len(present):
        return ()
    style = infer_datetime_format(_without(present, list(counts)))
    if style is None:
        return ()
    is_read = ~np.isnat(read_datetimes(pa.array(counts, present.type), style))
    zeros = [text for text, read in zip(counts, is_read, strict=True) if not read]
    last = [text for text, read in zip(counts, is_read, strict=True) if read and "9999" in text]
    marks = zeros if sum(map(counts.__getitem__, zeros)) <= MAX_ZEROS_SHARE * len(present) else []
    if sum(map(counts.__getitem__, last)) <= MAX_LAST_SHARE * len(present):
        marks = marks + last
    return tuple(sorted(marks, key=lambda text: (-counts[text], text)))


def _is_mark(text: str) -> bool:
    return set(_digits(text)) == {"0"} or _MARK.fullmatch(text) is not None


def _digits(text: str) -> str:
    return re.sub(r"[-/.:T ]", "", text)


def _without(present: pa.Array, marks: Sequence[str]) -> pa.Array:
    is_mark = pc.is_in(present, value_set=pa.array(marks, present.type))
    return pc.filter(present, pc.invert(is_mark))
