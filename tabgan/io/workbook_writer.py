"""Workbooks, by the extra [excel]: .xlsx files with one sheet, written row by row by openpyxl."""

import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pandas as pd

from tabgan.errors import MissingExtraError, TableError
from tabgan.io.workbooks import MAX_EXACT, MAX_SHEET_COLUMNS, MAX_SHEET_ROWS
from tabgan.runtime.leftovers import scratch_folder

CONTROL_CHARACTERS = re.compile(r"[\000-\010\013\014\016-\037]")  # which XML has no form for
ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the same rows give the same file, whenever they are written


def write_workbook(file: BinaryIO, batches: Iterable[pd.DataFrame], name: str) -> None:
    """Write an .xlsx file with one sheet, row by row.

    Args:
        file: To write to.
        batches: Parts of the table.
        name: Of the file, for messages.

    Raises:
        TableError: There are more rows or columns than a sheet has, or characters it cannot hold.
        MissingExtraError: openpyxl is not installed.
    """
    try:
        import openpyxl  # noqa: PLC0415 - of the extra [excel]
    except ImportError as error:
        raise MissingExtraError("openpyxl", "excel", "writing a workbook") from error
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("table")
    buffer = BytesIO()
    with scratch_folder() as folder:
        _begin_in(folder, sheet)
        try:
            _append(sheet, batches, name)
        except BaseException:
            sheet.close()
            raise
        book.save(buffer)
    _copy_undated(buffer, file)


def _begin_in(folder: Path, sheet: Any) -> None:
    """Have a sheet keep its rows in a folder: openpyxl's own file would stay after a kill."""
    from openpyxl.worksheet import _writer  # noqa: PLC0415 - of the extra [excel]

    class SheetWriter(_writer.WorksheetWriter):  # type: ignore[misc]
        """Leaves its file to the folder."""

        def cleanup(self) -> None:
            """Remove nothing."""

    sheet._writer = SheetWriter(sheet, str(folder / "sheet"))  # noqa: SLF001
    sheet._writer.write_top()  # noqa: SLF001


def _append(sheet: Any, batches: Iterable[pd.DataFrame], name: str) -> None:
    """Append the header and all rows to a sheet."""
    written = 0
    for batch in batches:
        if written == 0:
            sheet.append([_to_cell(sheet, str(column), name) for column in batch.columns])
            written = 1
        written += len(batch)
        if written > MAX_SHEET_ROWS or batch.shape[1] > MAX_SHEET_COLUMNS:
            raise TableError(
                f"'{name}' cannot hold so much: a sheet has {MAX_SHEET_ROWS - 1:,} rows below its "
                f"header and {MAX_SHEET_COLUMNS:,} columns; write a .csv or .parquet file."
            )
        for row in _iter_rows(batch):
            sheet.append([_to_cell(sheet, value, name) for value in row])


def _iter_rows(batch: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    columns = [batch.iloc[:, number] for number in range(batch.shape[1])]
    gaps = [column.isna().tolist() for column in columns]
    values = [
        [None if gap else value for value, gap in zip(column.tolist(), lacks, strict=True)]
        for column, lacks in zip(columns, gaps, strict=True)
    ]
    return zip(*values, strict=True)


def _to_cell(sheet: Any, value: Any, name: str) -> Any:
    """Return what openpyxl writes for a value: text for what a cell has no exact form for."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str):
        return _to_text(sheet, value, name)
    if isinstance(value, pd.Timestamp | pd.Timedelta):
        value = value.to_pydatetime(False) if isinstance(value, date) else value.to_pytimedelta()
    if isinstance(value, float):
        return value if np.isfinite(value) else str(value)
    if isinstance(value, datetime | time) and value.tzinfo is not None:
        return str(value)
    if isinstance(value, bool | date | time | timedelta | None):
        return value
    if isinstance(value, int) and abs(value) < MAX_EXACT:
        return value
    return _to_text(sheet, str(value), name)


def _to_text(sheet: Any, value: str, name: str) -> Any:
    """Return a cell of text: what begins with = is no formula, and #N/A no error.

    Raises:
        TableError: There are control characters in it.
    """
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - of the extra [excel]
    from openpyxl.cell.cell import ERROR_CODES  # noqa: PLC0415

    if CONTROL_CHARACTERS.search(value):
        raise TableError(
            f"'{name}' cannot hold the text {value!r:.60}, since a workbook has no control "
            "characters; write a .csv or .parquet file."
        )
    if not value.startswith("=") and value not in ERROR_CODES:
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell


def _copy_undated(source: BytesIO, target: BinaryIO) -> None:
    """Copy a workbook without the times of its writing."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"1980-01-01T00:00:00Z", data)
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, data)
