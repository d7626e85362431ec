"""The encoding of a text file: by its mark, as UTF-8 where all of it is, else as Windows has it."""

import codecs
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

from tabgan.io.compression import open_bytes
from tabgan.io.content import looks_like_utf16
from tabgan.io.text.format import UTF8

MARKS = (  # that a file begins with; the longer ones first
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MAX_BYTES = 2**28  # that are looked at: reading tells what comes later
CHUNK_BYTES = 2**20
GUESSES = ("cp1252", "latin-1")  # which any bytes may be
NOT_WINDOWS = b"\x81\x8d\x8f\x90\x9d"  # bytes that cp1252 has no character for


def detect_encoding(path: Path, codec: str) -> str:
    """Return the encoding of a text file, as Python names it.

    Args:
        path: Of the file.
        codec: Suffix of its compression.
    """
    with open_bytes(path, codec) as file:
        head = file.read(CHUNK_BYTES)
        for mark, encoding in MARKS:
            if head.startswith(mark):
                return encoding
        if looks_like_utf16(head[:65_536]):
            return "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
        return _tell_utf8(file, head)


def _tell_utf8(file: Any, head: bytes) -> str:
    """Return UTF-8 where every byte fits, else cp1252 or, where that has no such byte, Latin-1."""
    decoder, is_utf8, others, done = codecs.getincrementaldecoder(UTF8)(), True, set[int](), 0
    chunk = head
    while chunk and done < MAX_BYTES:
        if not chunk.isascii():
            others |= {code for code in NOT_WINDOWS if code in chunk}
        if is_utf8:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                is_utf8 = False
        done += len(chunk)
        chunk = file.read(CHUNK_BYTES)
    try:
        decoder.decode(b"", final=not chunk)
    except UnicodeDecodeError:
        is_utf8 = False
    if is_utf8:
        return UTF8
    return "latin-1" if others else "cp1252"


def open_text(path: Path, codec: str, encoding: str, skip_rows: int = 0) -> TextIO:
    """Return a text file's characters, from behind the lines to skip, without a byte order mark."""
    is_utf8 = codecs.lookup(encoding).name == UTF8
    stream: Any = open_bytes(path, codec)
    file = TextIOWrapper(stream, encoding="utf-8-sig" if is_utf8 else encoding, newline="")
    for _ in range(skip_rows):
        file.readline()
    return file
