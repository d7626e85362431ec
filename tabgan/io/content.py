"""What a file holds, whatever its name says, by how it begins.

>>> sniff(b"PAR1...").format
'parquet'
>>> sniff(b"%PDF-1.7").words
'a PDF'
"""

import zipfile
from codecs import getincrementaldecoder
from dataclasses import dataclass
from pathlib import Path

from tabgan.io.compression import CODECS

HEAD_BYTES = 65_536  # that are looked at
MAX_CONTROLS = 16  # control characters that a short text may have
TEXT_CONTROLS = b"\t\n\r\f\x1a"
TEXT_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")  # UTF-16 and UTF-32


@dataclass(frozen=True)
class Content:
    """What is in a file.

    Attributes:
        words: The same for users, such as "an Excel workbook".
        format: That it is read by, one of FORMATS; None: it cannot be read as a table.
        codec: Suffix of its compression, in which case nothing else is known of it.
    """

    words: str
    format: str | None = None
    codec: str = ""


TEXT = Content("text", "csv")
MARKUP = "a web page or XML"
SIGNATURES = (  # how files begin, and what they are
    (b"PAR1", Content("a Parquet file", "parquet")),
    (b"ARROW1", Content("a Feather file", "feather")),
    (b"FEA1", Content("a Feather file of version 1", "feather")),
    (b"SQLite format 3\0", Content("an SQLite database", "sqlite")),
    (b"\xd0\xcf\x11\xe0", Content("an old Excel workbook", "xlsx")),
    (b"\x89HDF", Content("an HDF5 file")),
    (b"%PDF", Content("a PDF")),
    (b"7z\xbc\xaf", Content("a 7z archive")),
    (b"\xfd7zXZ", Content("an xz file")),
    (b"Rar!", Content("a RAR archive")),
    (b"\x89PNG", Content("a picture")),
    (b"\xff\xd8\xff", Content("a picture")),
    (b"Obj\x01", Content("an Avro file")),
    (b"ORC", Content("an ORC file")),
    (b"$FL2", Content("an SPSS file")),
    (b"<stata_dta>", Content("a Stata file")),
    (b"\x80\x04\x95", Content("a Python pickle")),
    (b"\x80\x05\x95", Content("a Python pickle")),
)
PAGES = (b"<!doctype html", b"<html", b"<?xml")
DUCKDB_PLACE = slice(8, 12)  # where a DuckDB file says "DUCK"


def identify(path: Path) -> Content:
    """Return what is in a file.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    return _identify_zip(path) if head.startswith(b"PK\x03\x04") else sniff(head)


def sniff(head: bytes) -> Content:
    """Return what the first bytes of a file say that it holds."""
    for codec, start in CODECS.items():
        if head.startswith(start):
            return Content(f"a file compressed as {codec}", codec=codec)
    for start, content in SIGNATURES:
        if head.startswith(start) and not (start == b"ORC" and head[3:4] in b",;\t|\r\n"):
            return content
    if head[DUCKDB_PLACE] == b"DUCK":
        return Content("a DuckDB database", "duckdb")
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower().startswith(PAGES):
        return Content(MARKUP)
    return _sniff_text(head)


def _sniff_text(head: bytes) -> Content:
    """Return whether bytes are plain text, JSON, or no text at all."""
    if head.startswith(TEXT_MARKS) or looks_like_utf16(head):
        return TEXT
    controls = sum(head.count(bytes([code])) for code in range(32) if code not in TEXT_CONTROLS)
    if controls > max(MAX_CONTROLS, len(head) // 20) and not _is_utf8(head):
        return Content("a binary file of a kind that is not known")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    opened = start[1:].lstrip()[:1]
    if (start[:1] == b"{" and opened == b'"') or (start[:1] == b"[" and opened == b"{"):
        return Content("JSON", "jsonl")
    return TEXT


def _is_utf8(head: bytes) -> bool:
    """Return whether bytes are text in UTF-8, which may be cut off, without zeros."""
    try:
        getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return b"\0" not in head


def looks_like_utf16(head: bytes) -> bool:
    """Return whether every other byte is mostly zero, as those of Latin text in UTF-16 are."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = max(1, len(head) // 2)
    return len(head) > 3 and max(even, odd) > 0.6 * half and min(even, odd) < 0.1 * half


def _identify_zip(path: Path) -> Content:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            kind = archive.read("mimetype")[:80] if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, RuntimeError):
        return Content("a zip archive that is cut short or damaged")
    if any(name.startswith("xl/") for name in names):
        return Content("an Excel workbook", "xlsx")
    if b"opendocument.spreadsheet" in kind:
        return Content("an OpenDocument spreadsheet", "ods")
    inside = f" with '{names[0]}' in it" if names else ""
    return Content(f"a zip archive{inside}, which has to be unpacked first")
