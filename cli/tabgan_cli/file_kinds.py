r"""What kind of file stands where an output shall go, told from what is in it.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     path = Path(folder) / "rows.csv"
...     for text in ("x,y\n1,2\n", "<!doctype html><title>Mine</title>"):
...         _ = path.write_text(text)
...         print(find_kind(path))
a table
a web page
"""

import codecs
import json
from enum import StrEnum
from pathlib import Path

from tabgan.errors import ModelFileError
from tabgan.io import READERS
from tabgan.io.model_file import CHECKPOINT_KIND, is_model_file, read_header

HEAD_BYTES = 4_096  # of a file, from which most kinds are told
MAX_PARSED_BYTES = 64_000_000  # of JSON and HTML: longer ones are no reports
REPORT_KEYS = {"verdict", "verdicts", "utility"}  # of the figures, now and in releases before


class FileKind(StrEnum):
    """The kinds of file that a command writes; others are told in words."""

    TABLE = "a table"
    MODEL = "a model"
    REPORT = "a report"


SIGNATURES: dict[bytes, str] = {  # how files begin
    b"PAR1": FileKind.TABLE,
    b"ARROW1": FileKind.TABLE,
    b"FEA1": FileKind.TABLE,
    b"SQLite format 3\0": "a database",
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x7fELF": "a program",
}
PACKED = (b"\x1f\x8b", b"BZh", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ", b"PK\x03\x04")
BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
CONTROLS = {*range(32)} - set(b"\t\n\f\r\x1a\x1b")  # that no text holds


def find_kind(path: Path) -> str:
    """Return what a file is, in words: one of FileKind, or another kind.

    A packed file and a text are what their suffix says, since neither says more.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if is_model_file(path):
        return _find_kind_of_model(path)
    known = next((kind for start, kind in SIGNATURES.items() if head.startswith(start)), None)
    if known is not None:
        return known
    is_named_table = path.name.lower().endswith(tuple(READERS))
    if head.startswith(PACKED):
        return FileKind.TABLE if is_named_table else "an archive"
    if not head.startswith(BYTE_ORDER_MARKS) and set(head) & CONTROLS:
        return "a binary file"
    marked_up = _find_kind_of_markup(path, head.removeprefix(codecs.BOM_UTF8).lstrip().lower())
    return marked_up or (FileKind.TABLE if is_named_table else "a text")


def _find_kind_of_model(path: Path) -> str:
    """Return whether a file is a model, of this release or another, or a fit's checkpoint."""
    try:
        is_checkpoint = read_header(path).get("kind") == CHECKPOINT_KIND
    except ModelFileError:
        is_checkpoint = False
    return "the checkpoint of a fit" if is_checkpoint else FileKind.MODEL


def _find_kind_of_markup(path: Path, start: bytes) -> str | None:
    """Return what a page or a JSON file is; None for any other text, and for rows of JSON."""
    is_page = start.startswith((b"<!doctype html", b"<html"))
    if not is_page and (not start.startswith((b"{", b"[")) or path.suffix.lower() == ".jsonl"):
        return None
    content = path.read_bytes() if path.stat().st_size <= MAX_PARSED_BYTES else b""
    if is_page:
        return FileKind.REPORT if b"tabgan" in content else "a web page"
    try:
        value = json.loads(content)
    except ValueError:
        return None
    keys = set(value) if isinstance(value, dict) else set()
    if keys & REPORT_KEYS:
        return FileKind.REPORT
    return "a schema" if "columns" in keys else "a JSON file"
