"""CSV, plain or gzipped: read whole or in batches, written batch by batch.

Codes with leading zeros stay text, and datetimes are written one way in all batches.
"""

import csv
import gzip
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

import pandas as pd

from tabgan.errors import TableError
from tabgan.schema.column import Column

CODE_ROWS = 50_000  # rows looked at for leading zeros

# pandas 2 reads the last bit of floats wrongly unless asked not to; pandas 3 needs no asking
_EXACT: Any = {"float_precision": "round_trip"} if pd.__version__.startswith("2.") else {}


def read_csv(path: Path) -> pd.DataFrame:
    """Read CSV whole.

    Raises:
        TableError: The header is missing, or does not go with the rows.
    """
    (frame,) = iter_csv(path)
    return frame


def iter_csv(path: Path, rows: int | None = None) -> Iterator[pd.DataFrame]:
    """Read CSV so many rows at a time, each batch with the dtypes of its own; whole for None.

    Raises:
        TableError: The header is missing, or does not go with the rows.
    """
    header = read_header(path)
    with _strict(path, header):
        read: Any = pd.read_csv(
            path,
            index_col=False,  # rows longer than the header are no index
            low_memory=False,  # one dtype for the whole of a column
            encoding="utf-8-sig",
            dtype=_find_codes(path),
            chunksize=rows,
            **_EXACT,
        )
    with nullcontext([read]) if rows is None else read as batches:
        remaining = iter(batches)
        while True:
            with _strict(path, header):
                frame = next(remaining, None)
            if frame is None:
                return
            if len(header) == frame.shape[1]:  # pandas renames what repeats or is blank
                frame.columns = pd.Index(header)
            yield frame


@contextmanager
def _strict(path: Path, header: list[str]) -> Iterator[None]:
    """Refuse rows that are longer than the header, of which pandas only warns."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        try:
            yield
        except pd.errors.ParserWarning as error:
            raise TableError(
                f"'{path}' has rows with more values than its header has names ({len(header)}); "
                "name every column."
            ) from error


def read_header(path: Path) -> list[str]:
    """Return the names of a CSV's columns as they stand.

    Raises:
        TableError: There are none, or they are not parted by commas.
    """
    with _open_text(path) as file:
        header = next((row for row in csv.reader(file) if row), None)
    if header is None:
        raise TableError(f"the file '{path}' is empty; a table has a header and rows.")
    if len(header) == 1 and header[0].count(";") + header[0].count("\t") > 0:
        mark = ";" if ";" in header[0] else "a tab"
        raise TableError(
            f"'{path}' has one column, {header[0]!r}: its values seem to be parted by {mark}; "
            "save it with commas."
        )
    return header


def _find_codes(path: Path) -> dict[Any, Any]:
    """Return the columns that hold codes such as 00501, to be read as the text that they are."""
    head = pd.read_csv(path, index_col=False, dtype=str, encoding="utf-8-sig", nrows=CODE_ROWS)
    return {name: "str" for name, values in head.items() if _are_codes(values.dropna())}


def _are_codes(values: "pd.Series[Any]") -> bool:
    """Return whether texts are all digits, and some have a leading zero."""
    has_zero = bool(values.str.fullmatch(r"0\d+").any())
    return has_zero and bool(values.str.fullmatch(r"\d+").all())


def _open_text(path: Path) -> TextIO:
    if path.name.lower().endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


class _DatetimeText:
    """How columns of datetimes are written in CSV: one way in all batches, as fine as is needed."""

    STYLES = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f")

    def __init__(self) -> None:
        self._styles: dict[Any, int] = {}

    def write(self, batch: pd.DataFrame) -> pd.DataFrame:
        """Return a batch with its datetimes as text."""
        datetimes = batch.select_dtypes("datetime").columns
        return batch.assign(**{name: self._texts(name, batch[name]) for name in datetimes})

    def _texts(self, name: Any, series: "pd.Series[Any]") -> "pd.Series[str]":
        present = series.dropna()
        fine = bool((present.dt.microsecond != 0).any())
        needed = 2 if fine else int(bool((present != present.dt.normalize()).any()))
        self._styles[name] = max(needed, self._styles.get(name, 0))
        return pd.Series(series.dt.strftime(self.STYLES[self._styles[name]]))


def write_csv_to(opened: AbstractContextManager[Any], batches: Iterable[pd.DataFrame]) -> None:
    """Write CSV as pandas does."""
    datetimes = _DatetimeText()
    with opened as file:
        for number, batch in enumerate(batches):
            text = datetimes.write(batch)
            text.to_csv(file, header=number == 0, index=False, lineterminator="\n")


def write_csv(path: Path, batches: Iterable[pd.DataFrame], columns: Sequence[Column]) -> None:  # noqa: ARG001
    """Write a CSV file."""
    write_csv_to(path.open("w", encoding="utf-8", newline=""), batches)


def write_gzipped_csv(
    path: Path,
    batches: Iterable[pd.DataFrame],
    columns: Sequence[Column],  # noqa: ARG001
) -> None:
    """Write a gzipped CSV file; the same rows give the same bytes."""
    with path.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        # no name, no time of writing
        write_csv_to(TextIOWrapper(packed, encoding="utf-8", newline=""), batches)
