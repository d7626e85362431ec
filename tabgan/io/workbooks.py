"""Workbooks, by the extra [excel]: all kinds are read by calamine."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tabgan.errors import MissingExtraError, TableError, reason
from tabgan.io.records import find_empty, find_row_numbers, to_frame
from tabgan.io.table_file import TableFile
from tabgan.io.text.format import describe_left_out

MAX_SHEET_ROWS, MAX_SHEET_COLUMNS = 1_048_576, 16_384  # of Excel, the header included
MAX_EXACT = 10**15  # whole numbers that a cell holds exactly: it keeps 15 digits


def iter_workbook(file: TableFile, rows: int | None = None) -> Iterator[pd.DataFrame]:  # noqa: ARG001
    """Yield the table of a sheet, whole: the one asked for, or the first that has rows.

    Raises:
        TableError: There is no such sheet, none has rows, or the workbook is damaged.
        MissingExtraError: python-calamine is not installed.
    """
    sheet = _read_sheet(file)
    kept = [number for number in range(sheet.frame.shape[1]) if number not in sheet.left_out]
    yield sheet.frame.iloc[:, kept]


@dataclass(frozen=True)
class Sheet:
    """What is on a sheet.

    Attributes:
        name: Of the sheet.
        n_sheets: Of the workbook.
        n_above: Rows above the header that are not empty.
        frame: All columns below the header; shape (n_rows, n_columns).
    """

    name: str
    n_sheets: int
    n_above: int
    frame: pd.DataFrame

    @property
    def left_out(self) -> list[int]:
        """Numbers of the columns that are none."""
        empty = find_empty(self.frame)
        return [0, *empty] if find_row_numbers(self.frame) else empty


def _read_sheet(file: TableFile) -> Sheet:
    try:
        import python_calamine as calamine  # noqa: PLC0415 - of the extra [excel]
    except ImportError as error:
        raise MissingExtraError("python-calamine", "excel", "reading a workbook") from error
    try:
        with calamine.CalamineWorkbook.from_path(str(file.path)) as book:
            name = choose_sheet(file, book)
            cells = book.get_sheet_by_name(name).to_python(skip_empty_area=True)
            n_sheets = len(book.sheet_names)
    except (calamine.CalamineError, OSError) as error:
        raise TableError(f"the workbook '{file.name}' cannot be read: {reason(error)}.") from error
    rows = [_to_values(row) for row in cells]
    filled = [row for row in rows if any(value is not None for value in row)]
    above = _find_header(filled)
    header, *body = filled[above:] or [[]]
    frame = to_frame(["" if name is None else name for name in header], body)
    return Sheet(name, n_sheets, above, frame)


def choose_sheet(file: TableFile, book: Any) -> str:
    """Return the name of the sheet to read.

    Raises:
        TableError: There is no such sheet, or none has a header and rows.
    """
    asked, names = file.options.query, list(book.sheet_names)
    listed = ", ".join(repr(name) for name in names)
    if asked is not None:
        if asked not in names:
            raise TableError(f"'{file.name}' has no sheet {asked!r}; it has {listed}.")
        return asked
    for name in names:
        if book.get_sheet_by_name(name).height > 1:
            return str(name)
    raise TableError(f"no sheet of '{file.name}' has a header and rows; it has {listed}.")


def describe_workbook(file: TableFile) -> str:
    """Return in words which sheet is read, if there are others, and what of it is left out."""
    sheet = _read_sheet(file)
    others = f" of {sheet.n_sheets}; --query names another one" if sheet.n_sheets > 1 else ""
    lines = "row" if sheet.n_above == 1 else "rows"
    parts = (
        f"the sheet {sheet.name!r}{others}",
        f"{sheet.n_above} {lines} above the header left out" if sheet.n_above else "",
        describe_left_out(find_row_numbers(sheet.frame), len(find_empty(sheet.frame))),
    )
    return ", ".join(filter(None, parts))


def _to_values(row: Sequence[Any]) -> list[Any]:
    """Return cells with None where they are empty, and whole numbers as such."""
    return [_to_value(cell) for cell in row]


def _to_value(cell: Any) -> Any:
    if cell == "" and isinstance(cell, str):
        return None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < MAX_EXACT:
        return int(cell)
    return cell


def _find_header(filled: list[list[Any]]) -> int:
    """Return which row is the header: the first that fills all columns but one.

    If there are numbers in it, it is so only if no row above has nothing but two or more names.
    """
    counts = [sum(value is not None for value in row) for row in filled]
    needed = min(max(counts, default=0), max(len(filled[0]) - 1, 1)) if filled else 0
    widest = next((number for number, count in enumerate(counts) if count >= needed), 0)
    if not filled or _are_names(filled[widest]):
        return widest
    named = (n for n in range(widest) if counts[n] > 1 and _are_names(filled[n]))
    return next(named, widest)


def _are_names(row: list[Any]) -> bool:
    return all(isinstance(value, str) for value in row if value is not None)
