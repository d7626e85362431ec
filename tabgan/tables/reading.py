"""Read a whole table; what cannot be read is refused with a reason."""

import csv
import gzip
import os
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, TextIO

import pandas as pd
import pyarrow as pa

from tabgan.atomic import reason
from tabgan.errors import TableError

MODEL_SUFFIX = ".tabgan"


def read_table(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read a whole table; the names of its columns are kept as they are, even if they repeat.

    Raises:
        TableError: The file is not there, is a folder, a model, empty, without rows, damaged, or
            of a suffix that is not known.
    """
    path = Path(path)
    refuse_other_files(path)
    read = READERS[table_suffix(path)]
    with readable(path):
        frame = read(path)
    if len(frame) == 0:
        raise TableError(f"'{path}' has a header but no rows; give a table with rows.")
    return frame


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn what goes wrong while a file is read into a sentence.

    Raises:
        TableError: The file cannot be read.
    """
    try:
        yield
    except TableError:
        raise
    except UnicodeDecodeError as error:
        raise TableError(f"'{path}' is not text in UTF-8; save it in that encoding.") from error
    except (OSError, EOFError, zlib.error, ValueError, pa.ArrowException) as error:
        raise TableError(f"'{path}' cannot be read: {reason(error)}.") from error


def refuse_other_files(path: Path) -> None:
    """Refuse what is no file with a table in it.

    Raises:
        TableError: It is missing, a folder, a model, or empty.
    """
    if not path.exists():
        raise TableError(f"there is no file '{path}'; check the path.")
    if path.is_dir():
        raise TableError(f"'{path}' is a folder, not a table; name a file in it.")
    if _is_model(path):
        raise TableError(
            f"'{path}' is a tabgan model, not a table; see what is in it with `tabgan inspect`, "
            "or give it with -m."
        )
    if path.stat().st_size == 0:
        raise TableError(f"the file '{path}' is empty; a table has a header and rows.")


def table_suffix(path: str | os.PathLike[str]) -> str:
    """Return the suffix that says how a table is kept.

    Raises:
        TableError: It is none of those known.
    """
    name = Path(path).name.lower()
    for suffix in READERS:
        if name.endswith(suffix):
            return suffix
    raise TableError(
        f"'{path}' has no suffix of a table; allowed are {', '.join(READERS)}: rename it."
    )


def _is_model(path: Path) -> bool:
    """Tell whether a file is a model, by its suffix or by how a safetensors file starts."""
    if path.name.lower().endswith(MODEL_SUFFIX):
        return True
    try:
        with path.open("rb") as file:
            head = file.read(9)
    except OSError as error:
        raise TableError(f"'{path}' cannot be read: {reason(error)}.") from error
    length = int.from_bytes(head[:8], "little")
    return head[8:] == b"{" and length <= path.stat().st_size


CODE_ROWS = 50_000  # rows looked at for leading zeros

# pandas 2 reads the last bit of floats wrongly unless asked not to; pandas 3 needs no asking
_EXACT: Any = {"float_precision": "round_trip"} if pd.__version__.startswith("2.") else {}


def _read_csv(path: Path) -> pd.DataFrame:
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
    """Give the names of a CSV's columns as they stand.

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
    """Give the columns that hold codes such as 00501, to be read as the text that they are."""
    head = pd.read_csv(path, index_col=False, dtype=str, encoding="utf-8-sig", nrows=CODE_ROWS)
    return {name: "str" for name, values in head.items() if _are_codes(values.dropna())}


def _are_codes(values: "pd.Series[Any]") -> bool:
    """Tell whether texts are all digits, and some have a leading zero."""
    has_zero = bool(values.str.fullmatch(r"0\d+").any())
    return has_zero and bool(values.str.fullmatch(r"\d+").all())


def _open_text(path: Path) -> TextIO:
    if path.name.lower().endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _read_parquet(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path, engine="pyarrow")


def _read_feather(path: Path) -> pd.DataFrame:
    return pd.read_feather(path)


READERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    ".csv": _read_csv,
    ".csv.gz": _read_csv,
    ".parquet": _read_parquet,
    ".feather": _read_feather,
}
