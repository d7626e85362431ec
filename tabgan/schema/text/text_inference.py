"""What the text of a column means: numbers, datetimes, truth values, or nothing but itself.

>>> reading = infer_meaning(pd.Series(["1,5 kg", "?", "12,25 kg"]))
>>> reading.meaning.name, reading.formats.text, reading.marks
('NUMBERS', '0,0# kg', ('?',))
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.text.datetimes.datetimes import find_datetime_format
from tabgan.schema.text.datetimes.marks import datetime_marks
from tabgan.schema.text.missing_marks import (
    find_marks,
    find_marks_of_texts,
    find_marks_of_truth_values,
    with_gap_marks,
)
from tabgan.schema.text.numbers.number_format import NumberFormats
from tabgan.schema.text.numbers.number_inference import infer_number_formats, read_as_numbers
from tabgan.schema.text.numbers.numbers import parse_numbers
from tabgan.schema.text.numbers.plain_numbers import are_numbers, are_phone_numbers
from tabgan.schema.text.strings import arrow_series, text_array

_SIGNED_OR_PADDED = r"^\+|^\s|\s$"  # what Python's formats of plain numbers do not write


class Meaning(Enum):
    """What text may mean."""

    NUMBERS = auto()
    DATETIMES = auto()
    TRUTH_VALUES = auto()
    ITSELF = auto()


@dataclass(frozen=True)
class TextReading:
    """How the text of a column is read.

    Attributes:
        meaning: What it means.
        texts: Those that are no marks and no gaps; shape (n_present,).
        marks: That mean a gap; a last "" where there are real gaps beside them.
        formats: Of numbers with units or separators; None if they are plain.
        style: Of datetimes.
    """

    meaning: Meaning
    texts: pa.Array
    marks: tuple[str, ...] = ()
    formats: NumberFormats | None = None
    style: str | None = None


def infer_meaning(series: "pd.Series[Any]", *, is_target: bool = False) -> TextReading:
    """Return what the text of a column means.

    What stands beside yes and no in a target is a class of its own.
    """
    present = pc.drop_null(text_array(series))
    marks = find_marks(present)
    reading = _read(marks.rest, series.name)
    if reading is None and is_target:
        return TextReading(Meaning.ITSELF, present)
    if reading is None:
        marks, meaning = find_marks_of_truth_values(present), Meaning.TRUTH_VALUES
        if not marks.texts:
            marks, meaning = find_marks_of_texts(present), Meaning.ITSELF
        reading = TextReading(meaning, marks.rest)
    return replace(reading, marks=with_gap_marks([*marks.texts, *reading.marks], series))


def _read(texts: pa.Array, name: object) -> TextReading | None:
    """Return texts, shape (n,), none missing, as numbers or datetimes; None if they are neither."""
    if are_phone_numbers(texts):
        return None
    marks = datetime_marks(texts)
    dates = _without(texts, marks)
    numbers = parse_numbers(arrow_series(dates, None, name)) if are_numbers(dates) else None
    style = find_datetime_format(arrow_series(dates, None, name), numbers)
    if style is not None:
        return TextReading(Meaning.DATETIMES, dates, marks, style=style)
    if are_numbers(texts):
        is_plain = not pc.any(pc.match_substring_regex(texts, _SIGNED_OR_PADDED)).as_py()
        formats = None if is_plain else infer_number_formats(texts)
        is_one = formats is not None and formats.single is not None
        return TextReading(Meaning.NUMBERS, texts, formats=formats if is_one else None)
    found = read_as_numbers(texts)
    if found is None:
        return None
    return TextReading(Meaning.NUMBERS, _without(texts, found.others), found.others, found.formats)


def _without(texts: pa.Array, marks: Sequence[str]) -> pa.Array:
    if not marks:
        return texts
    return pc.filter(texts, pc.invert(pc.is_in(texts, pa.array(marks, texts.type))))
