r"""What kind of file stands where an output shall go, told from what is in it; what it may replace.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     path = Path(folder) / "rows.csv"
...     for text in ("x,y\n1,2\n", "<!doctype html><title>Mine</title>"):
...         _ = path.write_text(text)
...         print(find_kind(path))
a table
a web page or XML
"""

import json
from enum import StrEnum
from pathlib import Path

from tabgan.errors import ModelFileError, SettingError, TableError, reason
from tabgan.io.content import MARKUP, TEXT, identify
from tabgan.io.formats import WRITERS
from tabgan.io.model_file import CHECKPOINT_KIND, is_model_file, read_header
from tabgan.io.table_file import format_of_suffix
from tabgan.io.text.layout import find_delimiter

HEAD_BYTES, HEAD_LINES = 4_096, 5  # of a .txt, by which a table is told from prose
MAX_PARSED_BYTES = 64_000_000  # of JSON and HTML: longer ones are no reports
REPORT_KEYS = {"verdict", "verdicts", "utility"}  # of the figures, now and in releases before


class FileKind(StrEnum):
    """The kinds of file that a command writes; others are told in words."""

    TABLE = "a table"
    MODEL = "a model"
    REPORT = "a report"
    CHECKPOINT = "the checkpoint of a fit"


def check_replaceable(path: Path, kind: FileKind, overwrite: bool = False) -> None:
    """Refuse to replace a file of another kind unless it was asked for; an empty one has no kind.

    Raises:
        SettingError: It is of another kind.
        TableError: It cannot be read.
    """
    if overwrite or not path.is_file():
        return
    try:
        found = find_kind(path) if path.stat().st_size else kind
    except OSError as error:
        raise TableError(f"'{path}' cannot be read: {reason(error)}.") from error
    if found != kind:
        raise SettingError(
            f"'{path}' is {found}, and {kind} would replace it; name another file, or give "
            "--overwrite (in Python, overwrite=True)."
        )


def find_kind(path: Path) -> str:
    """Return what a file is, in words: one of FileKind, or another kind.

    Text is a table if its suffix says so, since anything may stand in one column; under .txt, which
    prose has too, it has two or more.

    Raises:
        OSError: The file cannot be read.
    """
    if is_model_file(path):
        return _find_kind_of_model(path)
    content = identify(path)
    format_ = format_of_suffix(path.name)
    if content.words == MARKUP:
        return FileKind.REPORT if b"tabgan" in _read(path) else MARKUP
    if content.format == "jsonl" and format_ != "jsonl":
        return _find_kind_of_json(path)
    if content.codec or content == TEXT or content.format == "jsonl":
        is_table = format_ is not None and (path.suffix.lower() != ".txt" or _has_columns(path))
        return FileKind.TABLE if is_table else content.words
    return FileKind.TABLE if content.format in WRITERS else content.words


def _has_columns(path: Path) -> bool:
    """Return whether the first lines of a text have as many values each, and more than one."""
    with path.open("rb") as file:
        lines = file.read(HEAD_BYTES).decode("utf-8", errors="replace").splitlines()[:HEAD_LINES]
    delimiter = find_delimiter(lines)
    counts = {line.count(delimiter) for line in lines if line.strip()}
    return len(counts) == 1 and counts != {0}


def _find_kind_of_model(path: Path) -> str:
    """Return whether a file is a model, of this release or another, or a fit's checkpoint."""
    try:
        is_checkpoint = read_header(path).get("kind") == CHECKPOINT_KIND
    except ModelFileError:
        is_checkpoint = False
    return FileKind.CHECKPOINT if is_checkpoint else FileKind.MODEL


def _find_kind_of_json(path: Path) -> str:
    """Return what text is that begins as JSON does."""
    try:
        value = json.loads(_read(path))
    except (ValueError, RecursionError):
        return TEXT.words
    keys = set(value) if isinstance(value, dict) else set()
    if keys & REPORT_KEYS:
        return FileKind.REPORT
    return "a schema" if "columns" in keys else "a JSON file"


def _read(path: Path) -> bytes:
    """Return what is in a file that may be a report; nothing of one that is too long for it."""
    return path.read_bytes() if path.stat().st_size <= MAX_PARSED_BYTES else b""
