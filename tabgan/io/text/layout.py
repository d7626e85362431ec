"""Where the header of a text table is and what parts its values, from its first lines.

The delimiter is the candidate that gives the most lines the same number of fields, more than one.
What stands above the first such line is preamble: titles, remarks, `sep=;`.

>>> find_layout(["Sales 2024", "", "city;price", "Ulm;1,5", "Bonn;2,25"])
Layout(delimiter=';', skip_rows=2, decimal=',')
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

CANDIDATES = (",", ";", "\t", "|")
MAX_ROWS = 1_000  # that are looked at
MIN_LABELS = 3  # rows that have to be counted through, for the count to be no chance
NUMBER = re.compile(r"\s*[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?\s*")
COMMA_NUMBER = re.compile(r"\s*[+-]?\d*,\d+([eE][+-]?\d+)?\s*")
POINT_NUMBER = re.compile(r"\s*[+-]?\d*\.\d+([eE][+-]?\d+)?\s*")
WHOLE_NUMBER = re.compile(r"\s*[+-]?\d+\s*")
FIGURES = re.compile(r"[^A-Za-z]*\d[^A-Za-z]*")  # numbers, amounts and dates, however written
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)  # which Excel reads and writes
GAPS = frozenset(("", "na", "n/a", "nan", "null", "none", "-", "?"))

Fields = Sequence[str]


@dataclass(frozen=True)
class Layout:
    """How the lines of a table in text are laid out.

    Attributes:
        delimiter: Between values.
        skip_rows: Lines above the header.
        decimal: Mark of decimals.
    """

    delimiter: str = ","
    skip_rows: int = 0
    decimal: str = "."


@dataclass(frozen=True)
class _Row:
    """Fields of a line that is not blank, and how many lines there were above it."""

    fields: Fields
    lines_above: int


def find_layout(
    lines: Sequence[str], delimiter: str | None = None, skip_rows: int | None = None
) -> Layout:
    """Return the layout of a table.

    Args:
        lines: The first ones of the file.
        delimiter: As the user says; found when None.
        skip_rows: Lines above the header, as the user says; found when None.
    """
    start = skip_rows or 0
    marked = SEPARATOR_LINE.fullmatch(lines[start]) if len(lines) > start else None
    if marked:
        delimiter, start = delimiter or marked[1], start + 1
    delimiter = delimiter or find_delimiter(lines[start:])
    rows = list(_rows(lines[start:], delimiter))
    if skip_rows is None:
        header = _find_header(rows)
        start += rows[header].lines_above if header else 0
        rows = rows[header:]
    if delimiter == "," and _is_cut_at_decimals([row.fields for row in rows]):
        return Layout(";", start, ",")
    decimal = "." if delimiter == "," else _find_decimal([row.fields for row in rows[1:]])
    return Layout(delimiter, start, decimal)


def _is_cut_at_decimals(rows: Sequence[Fields]) -> bool:
    """Return whether a comma cuts the numbers of what is one column: 1,5 below one name.

    >>> _is_cut_at_decimals([["price"], ["1", "5"], ["2", "25"]])
    True
    """
    header, body = rows[:1], rows[1:]
    if not body or len(header[0]) != 1 or any(len(row) != 2 for row in body):
        return False
    columns = columns_of(body)
    if not all(is_column_of(column, WHOLE_NUMBER) for column in columns):
        return False
    firsts = [int(text) for text in columns[0] if text.strip()]
    counts = [list(range(start, start + len(firsts))) for start in (0, 1)]
    return len(firsts) < MIN_LABELS or firsts not in counts  # or they are labels of the rows


def find_delimiter(lines: Sequence[str]) -> str:
    """Return the candidate that cuts most lines into as many fields; a comma where none cuts."""
    return max(CANDIDATES, key=lambda mark: _rate([row.fields for row in _rows(lines, mark)]))


def _rate(rows: Sequence[Fields]) -> tuple[bool, float, int]:
    """Return whether lines are cut, the share of them that is cut alike, and into how many."""
    width = _usual_width(rows)
    alike = sum(len(fields) == width for fields in rows)
    return width > 1, alike / max(1, len(rows)), width


def _usual_width(rows: Sequence[Fields]) -> int:
    counts = Counter(len(fields) for fields in rows)
    return max(counts, key=lambda width: (counts[width], width), default=0)


def _rows(lines: Sequence[str], delimiter: str) -> Iterator[_Row]:
    reader, above = csv.reader(iter(lines), delimiter=delimiter), 0
    try:
        for number, fields in enumerate(reader):
            if number == MAX_ROWS:
                return
            if fields:
                yield _Row(fields, above)
            above = reader.line_num
    except csv.Error:  # a quote that is never closed: what was read before it has to do
        return


def _find_header(rows: Sequence[_Row]) -> int:
    """Return which row is the header: the first one of the usual width, if it looks like one."""
    fields = [row.fields for row in rows]
    width = _usual_width(fields)
    remarks = next((i for i, row in enumerate(fields) if not row[0].startswith("#")), 0)
    if remarks == 1 and len(fields[0]) == width and not _names_numbers(fields, 1):
        return 0  # such as "#chrom", which is a name
    first = next((i for i, row in enumerate(fields) if i >= remarks and len(row) == width), 0)
    if first > remarks and not _looks_like_header(fields, first, width):
        return remarks
    return _find_filled(fields, first, width)


def _find_filled(rows: Sequence[Fields], first: int, width: int) -> int:
    """Return the header below a preamble that is filled up with blanks, as spreadsheets export it.

    It is the first row that is filled, if it has names only, and figures below them.
    """
    is_filled = [len(row) == width and not any(map(is_gap, row)) for row in rows[first:]]
    filled = first + next((number for number, yes in enumerate(is_filled) if yes), 0)
    names, below = rows[filled] if filled < len(rows) else (), columns_of(rows[filled + 1 :])
    has_names = len(set(names)) == width and not any(map(FIGURES.fullmatch, names))
    has_figures = any(is_column_of(column, FIGURES) for column in below)
    return filled if has_names and has_figures else first


def _looks_like_header(rows: Sequence[Fields], index: int, width: int) -> bool:
    """Return whether a row below others is a header, and those above are not."""
    if _names_numbers(rows, index):
        return True
    if len(rows[index - 1]) == width - 1:  # a header without a name for the row labels
        return False
    names = [name.strip() for name in rows[index]]
    return len(set(names)) == width and all(names) and not all(map(NUMBER.fullmatch, names))


def _names_numbers(rows: Sequence[Fields], index: int) -> bool:
    """Return whether a row has a name where those below it have numbers."""
    below = rows[index + 1 :]
    if index >= len(rows) or not below:
        return False
    return any(
        not NUMBER.fullmatch(name) and not is_gap(name) and is_column_of(column, NUMBER)
        for name, column in zip(rows[index], columns_of(below), strict=False)
    )


def looks_headless(rows: Sequence[Fields]) -> bool:
    """Return whether the first row has a number wherever the columns do, so that it names nothing.

    >>> looks_headless([["5.1", "setosa"], ["4.9", "setosa"]])
    True
    """
    numeric = [
        name
        for name, column in zip(rows[0], columns_of(rows[1:]), strict=False)
        if is_column_of(column, NUMBER)
    ]
    is_year = re.compile(r"(19|20)\d\d|\d{1,3}")  # wide tables have a column a year, or a number
    return all(map(NUMBER.fullmatch, numeric)) and not all(
        is_year.fullmatch(name.strip()) for name in numeric
    )


def columns_of(rows: Sequence[Fields]) -> list[list[str]]:
    """Return the columns of rows that may differ in length."""
    width = max(map(len, rows), default=0)
    return [[row[i] for row in rows if i < len(row)] for i in range(width)]


def is_column_of(column: Sequence[str], *shapes: re.Pattern[str]) -> bool:
    """Return whether all texts but gaps have one of the shapes, and there are some."""
    present = [text for text in column if not is_gap(text)]
    return bool(present) and all(any(shape.fullmatch(t) for shape in shapes) for t in present)


def is_gap(text: str) -> bool:
    """Return whether a text stands for a missing value."""
    return text.strip().lower() in GAPS


def _find_decimal(rows: Sequence[Fields]) -> str:
    """Return the mark that more columns of numbers have; a point where neither has more."""
    columns = columns_of(rows)
    commas, points = (
        sum(
            is_column_of(column, shape, WHOLE_NUMBER) and any(map(shape.fullmatch, column))
            for column in columns
        )
        for shape in (COMMA_NUMBER, POINT_NUMBER)
    )
    return "," if commas > points else "."
