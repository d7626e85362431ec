"""Tables in text, with values parted by one character: read whole or in batches.

Codes with leading zeros and phone numbers with a plus stay text, whole numbers with gaps stay whole
however long they are.
"""

import csv
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, TextIO

import pandas as pd

from tabgan.errors import TableError
from tabgan.io.table_file import TableFile
from tabgan.io.text.encoding import open_text

PHONE_NUMBER = r"\+[1-9]\d{7,14}"  # read as a number, it would lose its plus
MAX_CODE_ROWS = 50_000  # that are looked at for leading zeros and long numbers
LONG_NUMBER = r"[+-]?\d{16,19}|\d{20}"  # which float64 may not hold

# pandas 2 reads the last bit of floats wrongly unless asked not to; pandas 3 needs no asking
_EXACT: Any = {"float_precision": "round_trip"} if pd.__version__.startswith("2.") else {}


def iter_csv(file: TableFile, rows: int | None = None) -> Iterator[pd.DataFrame]:
    """Yield a table's rows in batches, each with the dtypes that its own rows suggest.

    Args:
        file: To read.
        rows: Of a batch; all rows in one when None.

    Raises:
        TableError: The header does not go with the rows.
    """
    header = read_names(file)
    with _open(file) as text:
        head = _read(text, file, dtype=str, nrows=MAX_CODE_ROWS)
    texts, long = _detect_texts(head)
    types = dict.fromkeys(texts + long, "str")
    with _open(file) as text:
        read = _read(text, file, dtype=types, decimal=file.text.decimal, chunksize=rows)
        with nullcontext([read]) if rows is None else read as batches:
            remaining = iter(batches)
            while True:
                with _strict(file):
                    batch = next(remaining, None)
                if batch is None:
                    return
                frame = batch.assign(**{name: _read_long_numbers(batch[name]) for name in long})
                _check_left_out(file, frame)
                frame = frame.iloc[:, _kept(file, frame.shape[1])]
                if len(header) == frame.shape[1]:  # pandas renames those that repeat or are blank
                    frame.columns = pd.Index(header)
                yield frame


def read_names(file: TableFile) -> list[str]:
    """Return the names of the columns that are read, repeated and blank ones included."""
    names = _read_header(file)
    return [names[number] for number in _kept(file, len(names))]


def _kept(file: TableFile, width: int) -> list[int]:
    """Return which of the columns in the file are columns of the table."""
    return [n for n in range(int(file.text.has_row_numbers), width) if n not in file.text.left_out]


def _check_left_out(file: TableFile, frame: pd.DataFrame) -> None:
    """Refuse to leave out what only the first rows let appear as no column.

    Raises:
        TableError: There is a value in a column without a name, or a row without its number.
    """
    for number in file.text.left_out:
        values = frame.iloc[:, number].dropna()
        if values.astype(str).str.strip().any():
            raise TableError(
                f"column {number + 1} of '{file.name}' has no name, and values such as "
                f"{str(values.iloc[0])[:40]!r}; give it a name in the header."
            )
    if file.text.has_row_numbers and not pd.api.types.is_integer_dtype(frame.dtypes.iloc[0]):
        numbers = pd.to_numeric(frame.iloc[:, 0], errors="coerce")
        odd = frame.iloc[:, 0][numbers.isna()]
        example = "gaps" if odd.dropna().empty else f"the value {str(odd.dropna().iloc[0])[:40]!r}"
        raise TableError(
            f"the first column of '{file.name}' has no name, and {example} among row numbers; give "
            "it a name in the header, or take out rows that are none, such as totals."
        )


def _read_header(file: TableFile) -> list[str]:
    with _open(file) as text:
        header = next((row for row in _cut(text, file) if row), [""])
    header[0] = header[0].removeprefix("\ufeff")
    if file.text.has_short_header:
        return ["", *header] if file.text.has_row_numbers else [*header, ""]
    return header


def _cut(text: TextIO, file: TableFile) -> Iterator[list[str]]:
    marks = file.text
    return csv.reader(text, delimiter=marks.delimiter, skipinitialspace=marks.skips_spaces)


def _open(file: TableFile) -> TextIO:
    return open_text(file.path, file.codec, file.text.encoding, file.text.skip_rows)


def _read(text: TextIO, file: TableFile, **options: Any) -> Any:
    """Return what pandas reads of a file that is open at its header."""
    if file.text.has_short_header:  # pandas would take the first column for an index
        width = len(_read_header(file))
        options |= {"header": 0, "names": [f"{i}" for i in range(width)]}
    with _strict(file):
        return pd.read_csv(
            text,
            sep=file.text.delimiter,
            skipinitialspace=file.text.skips_spaces,
            index_col=False,  # rows longer than the header are no index
            low_memory=False,  # one dtype for the whole of a column
            **options,
            **_EXACT,
        )


@contextmanager
def _strict(file: TableFile) -> Iterator[None]:
    """Raise a TableError for rows that do not go with the header, of which pandas may only warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        try:
            yield
        except pd.errors.ParserWarning as error:
            named = len(_read_header(file))
            raise TableError(
                f"'{file.name}' has rows with more values than its header has names ({named}); "
                "name every column."
            ) from error
        except pd.errors.ParserError as error:
            raise TableError(_explain(error, file)) from error


def _explain(error: Exception, file: TableFile) -> str:
    """Return a sentence for what pandas cannot read."""
    ragged = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", str(error))
    if ragged:
        line = int(ragged[2]) + file.text.skip_rows
        return (
            f"line {line} of '{file.name}' has {ragged[3]} values where {ragged[1]} are expected, "
            f"with {file.text.text.split(', ')[0]}; mend it, or put values that hold the delimiter "
            "into double quotes."
        )
    opened = re.search(r"EOF inside string starting at row (\d+)", str(error))
    if opened:
        line = int(opened[1]) + 1 + file.text.skip_rows
        return (
            f"a double quote that opens about line {line} of '{file.name}' is never closed; close "
            "it, or write it twice."
        )
    return f"'{file.name}' cannot be read: {' '.join(str(error).split()).rstrip('.')}."


def _detect_texts(head: pd.DataFrame) -> tuple[list[Any], list[Any]]:
    """Return the columns that hold codes such as 00501, and those of long numbers with gaps."""
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
