"""Compressed files: read and written as streams of bytes, told by the last suffix of a name.

>>> split_codec("t.csv.gz")
('t.csv', '.gz')
"""

import bz2
import gzip
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyarrow as pa

CODECS = {  # suffix: how such a file begins
    ".gz": b"\x1f\x8b",
    ".zst": b"\x28\xb5\x2f\xfd",
    ".bz2": b"BZh",
}
MAX_GROWTH = 100  # times its size that a file unpacks to: text of tables does to 5 to 20 times
MIN_BOUND = 2**30  # bytes that any file may unpack to
ARROW_NAMES = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2"}


def split_codec(name: str) -> tuple[str, str]:
    """Return a name without the suffix of its compression, and that suffix, "" if there is none."""
    codec = next((suffix for suffix in CODECS if name.lower().endswith(suffix)), "")
    return name[: len(name) - len(codec)], codec


class _Unpacked(RawIOBase):
    """An unpacked stream, of Arrow or Python, that ends in an error where it never would end."""

    def __init__(self, stream: Any, most: int) -> None:
        self._stream, self._left = stream, most

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer; return how many bytes there were."""
        data = self._stream.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise OSError(
                f"it unpacks to more than {MAX_GROWTH} times its size, as no table does; unpack it "
                "first if it is meant"
            )
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close both streams."""
        self._stream.close()
        super().close()


def open_bytes(path: Path, codec: str) -> Any:
    """Return a stream of what is in a file, uncompressed."""
    if not codec:
        return path.open("rb")
    size = path.stat().st_size
    if codec == ".zst":
        return decompress(str(path), codec, size)
    return _bounded(gzip.open(path, "rb") if codec == ".gz" else bz2.open(path, "rb"), size)


def decompress(source: Any, codec: str, size: int = 0) -> Any:
    """Return a stream of what is in another one of so many bytes, or at a path, uncompressed."""
    if not codec:
        return source
    return _bounded(pa.CompressedInputStream(source, ARROW_NAMES[codec]), size)


def _bounded(stream: Any, size: int) -> BufferedReader:
    """Return a stream that ends in an OSError where a few bytes would fill the memory."""
    return BufferedReader(_Unpacked(stream, max(MIN_BOUND, size * MAX_GROWTH)), 2**17)


@contextmanager
def write_bytes(path: Path, codec: str) -> Iterator[BinaryIO]:
    """Yield a stream whose bytes are compressed into a file; the same ones give the same file."""
    with ExitStack() as stack:
        file: Any = stack.enter_context(path.open("wb"))
        if codec == ".gz":  # no name, no time of writing
            file = stack.enter_context(gzip.GzipFile("", "wb", fileobj=file, mtime=0))
        elif codec == ".bz2":
            file = stack.enter_context(bz2.BZ2File(file, "wb"))
        elif codec == ".zst":
            file = stack.enter_context(pa.CompressedOutputStream(pa.PythonFile(file, "w"), "zstd"))
        yield cast("BinaryIO", file)
