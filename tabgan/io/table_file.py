"""A file with a table in it: where it lies, what it is called, and what format it has."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from tabgan.errors import TabganError, TableError, reason
from tabgan.io.compression import open_bytes, split_codec
from tabgan.io.content import HEAD_BYTES, Content, identify, sniff
from tabgan.io.locations import suffix_text
from tabgan.io.read_options import AS_FOUND, ReadOptions
from tabgan.io.text.format import PLAIN_TEXT, TextFormat

MODEL_SUFFIX = ".tabgan"
SUFFIXES = {  # of a name, and the format that it stands for
    ".csv": "csv",
    ".tsv": "tsv",
    ".txt": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".feather": "feather",
    ".arrow": "feather",
    ".xlsx": "xlsx",
    ".xls": "xlsx",
    ".ods": "ods",
    ".sqlite": "sqlite",
    ".duckdb": "duckdb",
}
TEXT_FORMATS = ("csv", "tsv", "jsonl")  # those that may be compressed
CHOOSING = ("xlsx", "ods", "sqlite", "duckdb")  # formats that hold several tables
LISTED = ".csv, .tsv, .txt, .jsonl (these also as .gz, .zst, .bz2), .parquet, .feather and .xlsx"


@dataclass(frozen=True)
class TableFile:
    """A file on this machine that a table is read from.

    Attributes:
        path: Where its bytes are.
        name: As the user knows it, for messages.
        format: One of FORMATS.
        codec: Suffix of its compression; "" if there is none.
        options: What the user says of it.
        text: How it is written, if it is text with delimiters.
    """

    path: Path
    name: str
    format: str
    codec: str = ""
    options: ReadOptions = AS_FOUND
    text: TextFormat = PLAIN_TEXT

    @property
    def is_plain(self) -> bool:
        """Whether its format goes without saying: as its suffix says, and with a single table."""
        mark = "," if self.format == "tsv" else self.text.delimiter
        return replace(self.text, delimiter=mark).is_plain and self.format not in CHOOSING

    @classmethod
    def recognize(cls, path: Path, name: str, options: ReadOptions = AS_FOUND) -> "TableFile":
        """Return a file with its format: the one the user says, its suffix does or its content.

        Raises:
            TableError: It holds no table, or something else than its name says.
        """
        content = identify(path)
        codec = content.codec
        if codec:
            content = _look_inside(path, name, codec)
        named = options.format or format_of_suffix(name)
        found = _reconcile(name, named, content, codec, is_said=options.format is not None)
        _check_options(name, found, options)
        return cls(path, name, found, codec, options)


def format_of_suffix(name: str) -> str | None:
    """Return the format that a name says, compressed or not; None if it says none.

    >>> format_of_suffix("a.b.CSV.gz"), format_of_suffix("data"), format_of_suffix("t.xlsx.gz")
    ('csv', None, None)
    """
    plain, codec = split_codec(suffix_text(name))
    found = SUFFIXES.get(Path(plain).suffix.lower())
    return found if not codec or found in TEXT_FORMATS else None


def _look_inside(path: Path, name: str, codec: str) -> Content:
    """Return what a compressed file holds.

    Raises:
        TableError: Something that is not text.
    """
    with open_bytes(path, codec) as file:
        content = sniff(file.read(HEAD_BYTES))
    if content.format not in TEXT_FORMATS:
        raise TableError(
            f"'{name}' holds {content.words}, compressed as {codec}; unpack it, as only text is "
            "read from within."
        )
    return content


def _reconcile(name: str, named: str | None, content: Content, codec: str, is_said: bool) -> str:
    """Return the format of a file whose name or user says one thing, its content perhaps another.

    Raises:
        TableError: They differ, or it is no table at all.
    """
    if content.format is None:
        raise TableError(f"'{name}' is {content.words}; {_ADVICE}.")
    if codec and named not in {None, *TEXT_FORMATS}:
        raise TableError(f"'{name}' is compressed as {codec}, not {named}; unpack it first.")
    if named is None:
        return content.format
    is_text = content.format in TEXT_FORMATS
    fits = is_text if named in TEXT_FORMATS else named == content.format
    if fits:
        return named
    instead = "csv" if is_text else content.format
    says = "and --format says" if is_said else "though its name says"
    raise TableError(f"'{name}' is {content.words}, {says} {named}; give --format {instead}.")


_ADVICE = f"a table is a file such as {LISTED}, .ods, .sqlite or .duckdb: export it as one of them"


def _check_options(name: str, found: str, options: ReadOptions) -> None:
    """Refuse options that say nothing about a file of this format.

    Raises:
        TableError: There is one.
    """
    if options.query is not None and found not in CHOOSING:
        raise TableError(
            f"'{name}' is read as {found}, of which --query asks nothing; leave it out: it is for "
            "databases, and names the sheet of a workbook."
        )
    if options.is_for_values and found not in {"csv", "tsv"}:
        raise TableError(
            f"'{name}' is read as {found}; --delimiter, --decimal and --skip-rows are for text "
            "with delimiters, so leave them out."
        )
    if options.encoding is not None and found not in TEXT_FORMATS:
        raise TableError(f"'{name}' is read as {found}; --encoding is for text, so leave it out.")


@contextmanager
def readable(name: str) -> Iterator[None]:
    """Raise a TableError for whatever goes wrong inside the block, where a file is read.

    Raises:
        TableError: The file cannot be read.
    """
    try:
        yield
    except TabganError:
        raise
    except UnicodeDecodeError as error:
        raise TableError(
            f"'{name}' is not text in {error.encoding}: byte {error.start:,} of a part of it does "
            "not fit; name its encoding with --encoding, such as cp1252."
        ) from error
    except (OSError, EOFError, zlib.error, ValueError, pa.ArrowException) as error:
        raise TableError(f"'{name}' cannot be read: {reason(error)}.") from error


def check_table_file(path: Path, name: str) -> None:
    """Refuse what is no file with a table in it.

    Raises:
        TableError: It is missing, a folder, a model, or empty.
    """
    if not path.exists():
        raise TableError(f"there is no file '{name}'; check the path.")
    if path.is_dir():
        raise TableError(f"'{name}' is a folder, not a table; name a file in it.")
    if _is_model(path, name):
        raise TableError(
            f"'{name}' is a tabgan model, not a table; see what is in it with `tabgan inspect`, "
            "or give it with -m."
        )
    if path.stat().st_size == 0:
        raise TableError(f"the file '{name}' is empty; a table has a header and rows.")


def _is_model(path: Path, name: str) -> bool:
    """Return whether a file is a model, by its suffix or by how a safetensors file starts."""
    if path.name.lower().endswith(MODEL_SUFFIX):
        return True
    with readable(name), path.open("rb") as file:
        head = file.read(9)
    length = int.from_bytes(head[:8], "little")
    return head[8:] == b"{" and length <= path.stat().st_size
