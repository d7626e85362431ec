"""How a table in text is written, as its first lines show; what the user says goes before that."""

import csv
import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TextIO

from tabgan.errors import TableError
from tabgan.io.table_file import TableFile
from tabgan.io.text.encoding import GUESSES, detect_encoding, open_text
from tabgan.io.text.format import TextFormat
from tabgan.io.text.layout import MAX_ROWS, WHOLE_NUMBER, Fields, find_layout, looks_headless
from tabgan.io.text.remarks import describe_odd_rows, describe_uncut
from tabgan.io.text.short_rows import describe_short_rows, find_short_rows, scan_lines

MAX_HEAD_CHARS = 400_000  # from which the way of writing is told
BLANK_NAMES = ("", "Unnamed: 0")


def detect_text_format(file: TableFile) -> TextFormat:
    """Return how a file is written; what its options say goes before what is seen.

    Raises:
        TableError: It is empty, holds NUL bytes, or its header does not go with its rows.
    """
    options = file.options
    encoding = options.encoding or detect_encoding(file.path, file.codec)
    is_guess = options.encoding is None and encoding in GUESSES
    if file.format == "jsonl":
        return TextFormat(encoding=encoding, is_guess=is_guess)
    lines = _read_lines(file, encoding)
    delimiter = options.delimiter or ("\t" if file.format == "tsv" else None)
    layout = find_layout(lines, delimiter, options.skip_rows)
    rows = _cut(lines[layout.skip_rows :], layout.delimiter)
    if not rows and any(map(str.strip, lines)):
        raise TableError(
            f"the header of '{file.name}' cannot be read: a name in it is longer than "
            f"{csv.field_size_limit():,} characters, or a double quote is never closed."
        )
    if not rows:
        raise TableError(f"the file '{file.name}' is empty; a table has a header and rows.")
    left_out = _find_empty(rows)
    has_row_numbers = _has_row_numbers(rows, left_out)
    found = TextFormat(
        delimiter=layout.delimiter,
        decimal=options.decimal or layout.decimal,
        encoding=encoding,
        is_guess=is_guess,
        skip_rows=layout.skip_rows,
        left_out=left_out,
        has_row_numbers=has_row_numbers,
        has_short_header=_check_widths(file.name, rows, has_row_numbers or bool(left_out)),
        skips_spaces=_skips_spaces(rows),
    )
    return replace(found, remark=_find_remark(file, found, rows))


def with_text_formats(files: Sequence[TableFile]) -> list[TableFile]:
    """Return the files of one table with how each is written; parted and marked alike.

    Raises:
        TableError: One of them has another delimiter than the first.
    """
    found = [detect_text_format(file) for file in files]
    for file, text in zip(files, found, strict=True):
        if text.delimiter != found[0].delimiter:
            raise TableError(
                f"'{file.name}' has {text.delimiter!r} between its values, and '{files[0].name}' "
                f"has {found[0].delimiter!r}; write all files of a table alike."
            )
    decimal = "," if any(text.decimal == "," for text in found) else "."
    return [
        replace(file, text=replace(text, decimal=decimal))
        for file, text in zip(files, found, strict=True)
    ]


def _read_lines(file: TableFile, encoding: str) -> list[str]:
    """Return the first lines, each of them whole.

    Raises:
        TableError: There are NUL bytes in them, or the first one has no end, or too long a name.
    """
    with open_text(file.path, file.codec, encoding) as text:
        head = text.read(MAX_HEAD_CHARS)
    if "\0" in head:
        line = head[: head.index("\0")].count("\n") + 1
        raise TableError(
            f"'{file.name}' has NUL bytes in line {line}, which no text has: it is damaged, or in "
            "another encoding, which --encoding names."
        )
    lines = list(io.StringIO(head.removeprefix("\ufeff"), newline=""))
    if len(lines) == 1 and len(head) == MAX_HEAD_CHARS:
        raise TableError(
            f"the first line of '{file.name}' has no end within {MAX_HEAD_CHARS:,} characters, and "
            "a header is shorter; give a table with fewer columns, and a line for each row."
        )
    return lines if len(head) < MAX_HEAD_CHARS or len(lines) < 2 else lines[:-1]


def _cut(lines: list[str], delimiter: str) -> list[Fields]:
    """Return the header and the first rows, blank lines left out."""
    rows: list[Fields] = []
    with suppress(csv.Error):  # a quote that is never closed: reading says where
        for row in csv.reader(iter(lines), delimiter=delimiter):
            if len(rows) > MAX_ROWS:
                break
            if row:
                rows.append(row)
    return rows


def _find_empty(rows: list[Fields]) -> tuple[int, ...]:
    """Return the numbers of the columns that have no name, and nothing in any row."""
    header, width = rows[0], _find_width(rows)
    if not len(header) <= width <= len(header) + 1 or width < 2:
        return ()
    names = [name.strip() for name in header] + [""] * (width - len(header))
    return tuple(
        number
        for number, name in enumerate(names)
        if not name and all(not row[number].strip() for row in rows[1:])
    )


def _find_width(rows: list[Fields]) -> int:
    """Return how many values all rows have; 0 where they differ, or there are none."""
    widths = {len(row) for row in rows[1:]}
    return widths.pop() if len(widths) == 1 else 0


def _has_row_numbers(rows: list[Fields], left_out: Sequence[int]) -> bool:
    """Return whether the first column has no name, and numbers the rows."""
    header, width = rows[0], _find_width(rows)
    is_short = width == len(header) + 1 > 1 and width - 1 not in left_out
    is_unnamed = is_short or (width == len(header) > 1 and header[0].strip() in BLANK_NAMES)
    return is_unnamed and _are_row_numbers([row[0] for row in rows[1:]])


def _skips_spaces(rows: list[Fields]) -> bool:
    """Return whether every value but the first of a row begins with a space, and so do names."""
    values = [value for row in rows for value in row[1:] if value]
    return bool(values) and all(value[0] == " " for value in values)


def _are_row_numbers(values: list[str]) -> bool:
    """Return whether values are whole numbers and no two of them are the same."""
    return len(set(values)) == len(values) and all(map(WHOLE_NUMBER.fullmatch, values))


def _check_widths(name: str, rows: list[Fields], is_left_out: bool) -> bool:
    """Return whether rows have one value more than the header, which is left out.

    Raises:
        TableError: Header and rows do not go together.
    """
    named, widths = len(rows[0]), {len(row) for row in rows[1:]}
    if len(widths) != 1 or named in widths:
        return False
    (width,) = widths
    if is_left_out:
        return True
    if width < named:
        raise TableError(
            f"the header of '{name}' names {named} columns and its rows have {width} "
            f"{'value' if width == 1 else 'values'}; name as many columns as there are values."
        )
    raise TableError(
        f"'{name}' has rows with more values than its header has names ({named}, and {width} "
        "values); name every column, or say which lines are above the header with --skip-rows."
    )


def _find_remark(file: TableFile, found: TextFormat, rows: list[Fields]) -> str:
    """Return what makes it likely that rows are not read as they are meant; "" if nothing does."""
    width = len(rows[0]) + found.has_short_header
    while width - 1 in found.left_out:
        width -= 1
    with _open(file, found) as lines:
        scan = scan_lines(lines, found.delimiter, width)
    if scan.may_be_short:
        with _open(file, found) as lines:
            short = find_short_rows(lines, found.delimiter, width)
        if short.count:
            return describe_short_rows(short, found.skip_rows)
    if len(rows) < 2:
        return ""
    if looks_headless(rows):
        return "its first line taken for the header, though it looks like a row"
    last = list(csv.reader([scan.last], delimiter=found.delimiter))
    return describe_uncut(rows) or describe_odd_rows([*rows, *last[len(rows) <= MAX_ROWS :]])


def _open(file: TableFile, found: TextFormat) -> TextIO:
    return open_text(file.path, file.codec, found.encoding, found.skip_rows)
