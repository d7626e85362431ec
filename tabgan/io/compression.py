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
ARROW_NAMES = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2"}


def split_codec(name: str) -> tuple[str, str]:
    """Return a name without the suffix of its compression, and that suffix, "" if there is none."""
    codec = next((suffix for suffix in CODECS if name.lower().endswith(suffix)), "")
    return name[: len(name) - len(codec)], codec


class _ArrowReader(RawIOBase):
    """A stream of Arrow as one of Python."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer; return how many bytes there were."""
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close both streams."""
        self._stream.close()
        super().close()


def open_bytes(path: Path, codec: str) -> Any:
    """Return a stream of what is in a file, uncompressed."""
    if codec == ".gz":
        return gzip.open(path, "rb")
    if codec == ".bz2":
        return bz2.open(path, "rb")
    return path.open("rb") if not codec else decompress(str(path), codec)


def decompress(source: Any, codec: str) -> Any:
    """Return a stream of what is in another one, or at a path, uncompressed."""
    if not codec:
        return source
    stream = pa.CompressedInputStream(source, ARROW_NAMES[codec])
    return BufferedReader(_ArrowReader(stream), 2**17)


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
