"""What is done with texts: functions of one text, which give a text or a number.

>>> LAST = TEXT_FUNCTIONS["part"].compute
>>> LAST("INV-2024-0017", "-", 2), LAST("INV-2024-0017", "-", -1), LAST("INV", "-", 2)
('2024', '0017', None)
>>> compute_texts(TEXT_FUNCTIONS["initials"], np.array(["Ada Lovelace", None], object)).tolist()
['AL', None]
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tabgan.schema.arrays import Floats, Objects

_NUMBER = re.compile(r"(?:^\s*-)?\d+(?:\.\d+)?")


@dataclass(frozen=True)
class TextFunction:
    """A function of a text.

    Attributes:
        compute: Takes the text and what is given beside it; returns None where there is no result.
        parameters: Types of what is given: `str` or `int`.
        gives_number: Whether its result is a number, not a text.
    """

    compute: Callable[..., Any]
    parameters: tuple[type, ...] = ()
    gives_number: bool = False


def _take_left(text: str, length: int) -> str:
    return text[: max(length, 0)]


def _take_right(text: str, length: int) -> str:
    return text[max(len(text) - max(length, 0), 0) :]


def _take_part(text: str, separator: str, number: int) -> str | None:
    """Return the part between separators of a number: from 1 on, or from -1 for the last."""
    parts = text.split(separator) if separator else [text]
    index = number - 1 if number > 0 else len(parts) + number
    return parts[index] if number and 0 <= index < len(parts) else None


def _find_initials(text: str) -> str:
    return "".join(word[0] for word in text.split())


def _find_number(text: str) -> float | None:
    found = _NUMBER.search(text)
    return float(found[0]) if found else None


def _keep_letters(text: str) -> str:
    return "".join(filter(str.isalpha, text))


def _keep_digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _pad(text: str, length: int) -> str:
    return text.rjust(length, "0")


def _count_words(text: str) -> int:
    return len(text.split())


TEXT_FUNCTIONS: Mapping[str, TextFunction] = {
    "digits": TextFunction(_keep_digits),
    "initials": TextFunction(_find_initials),
    "left": TextFunction(_take_left, (int,)),
    "length": TextFunction(len, gives_number=True),
    "letters": TextFunction(_keep_letters),
    "lower": TextFunction(str.lower),
    "number": TextFunction(_find_number, gives_number=True),
    "pad": TextFunction(_pad, (int,)),
    "part": TextFunction(_take_part, (str, int)),
    "replace": TextFunction(str.replace, (str, str)),
    "right": TextFunction(_take_right, (int,)),
    "title": TextFunction(str.title),
    "upper": TextFunction(str.upper),
    "words": TextFunction(_count_words, gives_number=True),
}


def compute_texts(function: TextFunction, texts: Objects, *given: str | int) -> Objects:
    """Return what a function makes of each text; (n_rows,) or (), None where there is nothing."""
    codes, seen = pd.factorize(texts.ravel())
    results = np.array([*(function.compute(text, *given) for text in seen), None], object)
    return np.asarray(results[codes].reshape(texts.shape), object)


def compute_numbers(function: TextFunction, texts: Objects, *given: str | int) -> Floats:
    """Return the number that a function finds in each text; NaN where there is none."""
    return compute_texts(function, texts, *given).astype(np.float64)


def join_texts(parts: list[Objects], n_rows: int) -> Objects:
    """Return texts put together, row by row; (n_rows,), None where one of them is missing.

    Args:
        parts: (n_rows,) or () each.
        n_rows: Of the result.
    """
    columns = [np.broadcast_to(part, n_rows).tolist() for part in parts]
    joined = np.empty(n_rows, object)
    joined[:] = [None if None in row else "".join(row) for row in zip(*columns, strict=True)]
    return joined


def write_number(value: Any) -> str | None:
    """Return a number as a text has it: whole ones without decimals; None for a gap.

    >>> write_number(12.0), write_number(2.5), write_number(np.nan)
    ('12', '2.5', None)
    """
    if pd.isna(value):
        return None
    if isinstance(value, float | np.floating):
        return str(int(value)) if np.isfinite(value) and value == int(value) else repr(float(value))
    return str(value)
