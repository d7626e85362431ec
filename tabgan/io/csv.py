"""CSV, plain or gzipped: read whole or in batches, written batch by batch.

Codes with leading zeros and phone numbers with a plus stay text, whole numbers with gaps stay whole
however long they are, and datetimes are written one way in all batches.
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

PHONE_NUMBER = r"\+[1-9]\d{7,14}"  # read as a number, it would lose its plus
MAX_CODE_ROWS = 50_000  # that are looked at for leading zeros and long numbers
LONG_NUMBER = r"[+-]?\d{16,19}|\d{20}"  # which float64 may not hold

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
    """Yield a CSV's rows in batches, each with the dtypes that its own rows suggest.

    Args:
        path: Plain, or gzipped where it ends in .gz.
        rows: Of a batch; all rows in one when None.

    Raises:
        TableError: The header is missing, or does not go with the rows.
    """
    header = read_header(path)
    with _strict(path, header):
        texts, long = _detect_texts(path)
        read: Any = pd.read_csv(
            path,
            index_col=False,  # rows longer than the header are no index
            low_memory=False,  # one dtype for the whole of a column
            encoding="utf-8-sig",
            dtype=dict.fromkeys(texts + long, "str"),
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
            frame = frame.assign(**{name: _read_long_numbers(frame[name]) for name in long})
            if len(header) == frame.shape[1]:  # pandas renames those that repeat or are blank
                frame.columns = pd.Index(header)
            yield frame


@contextmanager
def _strict(path: Path, header: list[str]) -> Iterator[None]:
    """Raise a TableError for rows that are longer than the header, of which pandas only warns."""
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
    """Return the names of a CSV's columns as they are written, repeated and blank ones included.

    Raises:
        TableError: There are none, or they are not separated by commas.
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


def _detect_texts(path: Path) -> tuple[list[Any], list[Any]]:
    """Return the columns that hold codes such as 00501, and those of long numbers with gaps."""
    head = pd.read_csv(path, index_col=False, dtype=str, encoding="utf-8-sig", nrows=MAX_CODE_ROWS)
    columns = [(name, values.dropna()) for name, values in head.items()]
    codes = [name for name, values in columns if _are_codes(values)]
    long = [
        name
        for name, values in columns
        if name not in codes and values.str.fullmatch(LONG_NUMBER).any()
    ]
    return codes, long


def _read_long_numbers(texts: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return texts as integers, nullable ones where there are gaps, or what else they are."""
    present = texts.dropna().astype(object)
    try:
        numbers: Any = pd.to_numeric(present)
    except ValueError:
        return texts
    if numbers.dtype.kind not in "iuf":  # more than 64 bits
        return texts
    if len(present) < len(texts) and numbers.dtype.kind in "iu":
        numbers = numbers.astype("UInt64" if numbers.dtype.kind == "u" else "Int64")
    return pd.Series(numbers.reindex(texts.index))


def _are_codes(values: "pd.Series[Any]") -> bool:
    """Return whether texts are all digits, and some have a leading zero; or all phone numbers."""
    if len(values) and values.str.fullmatch(PHONE_NUMBER).all():
        return True
    has_zero = bool(values.str.fullmatch(r"0\d+").any())
    return has_zero and bool(values.str.fullmatch(r"\d+").all())


def _open_text(path: Path) -> TextIO:
    if path.name.lower().endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


class _DatetimeWriter:
    """Writes datetimes as text: once a column needs a time of day or fractions, it keeps them."""

    FORMATS = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f")

    def __init__(self) -> None:
        self._precisions: dict[Any, int] = {}  # by column, an index into FORMATS

    def write(self, batch: pd.DataFrame) -> pd.DataFrame:
        """Return a batch with its datetimes as text."""
        names = batch.select_dtypes("datetime").columns
        return batch.assign(**{name: self._format(name, batch[name]) for name in names})

    def _format(self, name: Any, series: "pd.Series[Any]") -> "pd.Series[str]":
        present = series.dropna()
        has_fraction = bool((present.dt.microsecond != 0).any())
        needed = 2 if has_fraction else int(bool((present != present.dt.normalize()).any()))
        self._precisions[name] = max(needed, self._precisions.get(name, 0))
        return pd.Series(series.dt.strftime(self.FORMATS[self._precisions[name]]))


def write_csv_to(opened: AbstractContextManager[Any], batches: Iterable[pd.DataFrame]) -> None:
    """Write batches of one table as CSV, with one header, to a file that `opened` yields."""
    datetimes = _DatetimeWriter()
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
    with path.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as zipped:
        # no name, no time of writing
        write_csv_to(TextIOWrapper(zipped, encoding="utf-8", newline=""), batches)
