r"""Rows with fewer values than the header has names, wherever in a file they are: they are told.

>>> find_short_rows(iter(["a,b\n", "1,2\n", "3\n", "\n", '"4\n', '5",6\n']), ",", 2)
ShortRows(count=1, line=3)
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TextIO


@dataclass(frozen=True)
class ShortRows:
    """How many rows are short, and in which line the first one begins; the header's is 1."""

    count: int = 0
    line: int = 0


def find_short_rows(lines: Iterator[str], delimiter: str, width: int) -> ShortRows:
    """Return the rows of a file that have fewer than `width` values, blank lines left out."""
    count, first = 0, 0
    reader, above = csv.reader(lines, delimiter=delimiter), 0
    with suppress(csv.Error):  # reading says where
        for row in reader:
            if len(row) < width and any(map(str.strip, row)):
                count, first = count + 1, first or above + 1
            above = reader.line_num
    return ShortRows(count, first)


def may_have_short_rows(lines: Iterable[str], delimiter: str, width: int) -> bool:
    """Return whether a line has too few delimiters: that of a short row, or a part of a longer one.

    >>> may_have_short_rows(["a,b", "1,2", "", "3,4"], ",", 2)
    False
    """
    return any(line.count(delimiter) < width - 1 and not line.isspace() and line for line in lines)


def describe_short_rows(
    open_lines: Callable[[], TextIO], delimiter: str, width: int, skip_rows: int
) -> str:
    """Return in words which rows are short; "" if none is.

    Args:
        open_lines: Opens the file at its header, as often as it is called.
        delimiter: Between values.
        width: Values of a row.
        skip_rows: Lines above the header.
    """
    with open_lines() as lines:
        if not may_have_short_rows(lines, delimiter, width):
            return ""
    with open_lines() as lines:
        short = find_short_rows(lines, delimiter, width)
    line = f"{short.line + skip_rows:,}"
    if short.count < 2:
        return f"line {line} has fewer values than others: it ends in gaps" if short.count else ""
    return (
        f"{short.count:,} rows have fewer values than others, the first in line {line}: they end "
        "in gaps"
    )
