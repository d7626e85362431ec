"""Which way of writing datetimes the text of a column follows, if any.

>>> infer_datetime_format(pa.array(["3/09/2016", "12/10/2017"]))
'%-d/%m/%Y'
"""

import re
from itertools import product

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.text.datetimes.candidates import iter_formats
from tabgan.schema.text.datetimes.plausibility import is_evident, is_self_evident
from tabgan.schema.text.datetimes.reading import read_datetimes
from tabgan.schema.text.datetimes.tokens import format_pattern, tokens_of
from tabgan.schema.text.datetimes.writing import write_datetimes

MAX_SAMPLE = 200  # values that formats are tried on before all are
_LOSSY = {"%z", "%:z", "%f", "%7f", "%8f", "%9f"}  # offsets that differ, and what is below 1 us
_DERIVED = {"a", "A", "o", "f"}  # ends of tokens whose text a pattern alone does not decide
_SWAPPED = {"%d": "%m", "%m": "%d", "%-d": "%-m", "%-m": "%-d"}


def infer_datetime_format(values: pa.Array, *, is_known: bool = False) -> str | None:
    """Return the format that all values (text, shape (n,), gaps skipped) are written in, or None.

    Where both would do, the day stands before the month. All values can be written back as they
    are, but for offsets that differ, digits below the microsecond, and dates with leading zeros
    only here and there.

    Args:
        values: The texts.
        is_known: Whether they are known to be datetimes, so that a single 20240131 is one.
    """
    present = pc.drop_null(values)
    step = max(1, len(present) // MAX_SAMPLE)
    sample = present.take(np.arange(0, len(present), step)[:MAX_SAMPLE]).to_pylist()
    if not sample:
        return None
    for strict, candidate in product((True, False), iter_formats(sample)):
        pattern = format_pattern(candidate, strict)
        if (
            (strict or _is_lenient(candidate))
            and all(re.fullmatch(pattern, value) for value in sample)
            and pc.all(pc.match_substring_regex(present, pattern)).as_py()
            and _is_read(candidate, present, strict=strict, is_known=is_known)
        ):
            return _with_shared_offset(candidate, present)
    return None


def _is_lenient(format_: str) -> bool:
    """Return whether leading zeros may stand in a format that writes none: in that of a date."""
    tokens = set(tokens_of(format_))
    letters = {token[-1] for token in tokens}
    is_date = "d" in letters and bool(letters & {"Y", "y"}) and not letters & {"a", "A", "o"}
    return is_date and any(token[1] == "-" for token in tokens)


def _is_read(format_: str, present: pa.Array, *, strict: bool, is_known: bool) -> bool:
    """Return whether all texts are datetimes of a format, and mean them."""
    is_known = is_known or is_self_evident(format_)
    distinct = present if is_known else pc.unique(present)
    datetimes = read_datetimes(distinct, format_)
    if np.isnat(datetimes).any():
        return False
    tokens = set(tokens_of(format_))
    if strict and not _LOSSY & tokens and _DERIVED & {token[-1] for token in tokens}:
        written = pc.cast(write_datetimes(datetimes, format_), distinct.type)
        if not written.equals(distinct):  # such as a Monday that is none
            return False
    return is_known or is_evident(format_, datetimes)


def find_other_reading(values: pa.Array, format_: str) -> str | None:
    """Return the format with day and month swapped if all values could be so as well, or None.

    >>> find_other_reading(pa.array(["01/02/2024", "11/12/2024"]), "%d/%m/%Y")
    '%m/%d/%Y'
    """
    tokens = tokens_of(format_)
    if not {"%d", "%-d"} & set(tokens) or not {"%m", "%-m"} & set(tokens) or tokens[0] == "%Y":
        return None
    swapped = re.sub("%-?[dm]", lambda match: _SWAPPED[match[0]], format_)
    distinct = pc.unique(pc.drop_null(values))
    datetimes, others = read_datetimes(distinct, format_), read_datetimes(distinct, swapped)
    is_other = not np.isnat(others).any() and bool((others != datetimes).any())
    return swapped if is_other else None


def _with_shared_offset(format_: str, values: pa.Array) -> str:
    """Write an offset that all values share into the format itself, so that it is given back."""
    token = next((token for token in ("%:z", "%z") if format_.endswith(token)), None)
    if token is None:
        return format_
    width = 6 if token == "%:z" else 5  # noqa: S105
    offsets = pc.unique(pc.utf8_slice_codeunits(values, -width))
    return format_[: -len(token)] + offsets[0].as_py() if len(offsets) == 1 else format_
