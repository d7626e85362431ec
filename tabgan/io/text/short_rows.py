r"""Rows with fewer values than the header has names, wherever in a file they are: they are told.

>>> find_short_rows(iter(["a,b\n", "1,2\n", "3\n", "\n", '"4\n', '5",6\n']), ",", 2)
ShortRows(count=1, line=3)
"""

import csv
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass


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


@dataclass(frozen=True)
class LineScan:
    """What a look at all lines tells.

    Attributes:
        may_be_short: Whether a line has too few delimiters: that of a short row, or a part of a
            longer one.
        last: The last line that is not blank.
    """

    may_be_short: bool
    last: str


def scan_lines(lines: Iterable[str], delimiter: str, width: int) -> LineScan:
    """Return what a look at all lines of a table tells.

    >>> scan_lines(["a,b", "1,2", " ", "3,4", ""], ",", 2)
    LineScan(may_be_short=False, last='3,4')
    """
    may_be_short, last = False, ""
    for line in lines:
        if line.count(delimiter) < width - 1 or width == 1:
            if not line.strip():
                continue
            may_be_short = may_be_short or width > 1
        last = line
    return LineScan(may_be_short, last)


def describe_short_rows(short: ShortRows, skip_rows: int) -> str:
    """Return in words which rows are short, below as many lines above the header; "" if none is."""
    line = f"{short.line + skip_rows:,}"
    if short.count < 2:
        return f"line {line} has fewer values than others: it ends in gaps" if short.count else ""
    return (
        f"{short.count:,} rows have fewer values than others, the first in line {line}: they end "
        "in gaps"
    )
