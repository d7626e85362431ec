"""Where tables are: files of this machine, standard input, pipes, and files elsewhere.

Whatever can be read but once, or is far away, is copied to a temporary file that only its owner may
read, and that is gone with the last who uses it. A location is text until it is known to be local:
a path would take the second slash from s3://bucket/table.csv.
"""

import hashlib
import os
import shutil
import stat
import sys
import weakref
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from tabgan.errors import MissingExtraError, TableError, reason
from tabgan.runtime.leftovers import scratch_folder

STANDARD_INPUT = STANDARD_OUTPUT = "-"
INPUT_NAMES = (STANDARD_INPUT, "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")
OUTPUT_NAMES = (STANDARD_OUTPUT, "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")
SCHEMES = ("s3", "https", "http", "gs", "file")
EXTRAS = {"gs": ("fsspec and gcsfs", "gs")}  # packages and extra of a scheme, other than [remote]
CHUNK_BYTES = 2**20
CHECKED_BYTES = 2**26  # copied between two looks at how much room is left
MIN_FREE_BYTES = 2**29  # that a copy leaves on the disk


@dataclass(frozen=True)
class SpooledFile:
    """A copy of what can be read but once; removed with the last reference to it.

    Attributes:
        path: Of the copy.
        digest: SHA-256 of its bytes.
    """

    path: Path
    digest: str

    @classmethod
    def copy(cls, source: Any, name: str) -> "SpooledFile":
        """Copy a stream of bytes, called by a name in messages.

        Raises:
            TableError: It is longer than what the disk has room for.
        """
        with ExitStack() as stack:
            path = stack.enter_context(scratch_folder()) / "copy"
            digest, copied = hashlib.sha256(), 0
            with path.open("xb") as target:
                while chunk := source.read(CHUNK_BYTES):
                    digest.update(chunk)
                    target.write(chunk)
                    copied += len(chunk)
                    _check_room(path, copied, name)
            spooled = cls(path, digest.hexdigest())
            weakref.finalize(spooled, stack.pop_all().close)
            return spooled


def _check_room(copy: Path, copied: int, name: str) -> None:
    """Refuse to fill a disk with what perhaps never ends; asked every CHECKED_BYTES.

    Raises:
        TableError: There is less left on it than MIN_FREE_BYTES.
    """
    if (
        copied % CHECKED_BYTES < CHUNK_BYTES
        and shutil.disk_usage(copy.parent).free < MIN_FREE_BYTES
    ):
        raise TableError(
            f"'{name}' did not end within {copied:,} bytes, and the disk of '{copy.parent.parent}' "
            "has no room to copy more; give a file, or set TMPDIR to a larger disk."
        )


def scheme_of(location: str) -> str:
    """Return the scheme of an address such as s3://bucket/table.csv; "" for a file of this machine.

    >>> scheme_of("s3://bucket/t.csv"), scheme_of("data/t.csv"), scheme_of("C:/t.csv")
    ('s3', '', '')
    """
    scheme, mark, _ = location.partition("://")
    return scheme.lower() if mark and scheme.isalnum() and len(scheme) > 1 else ""


def local_path(location: str) -> Path | None:
    """Return the path of a location on this machine; None if it is elsewhere or a stream."""
    scheme = scheme_of(location)
    if scheme == "file":
        return Path(unquote(urlsplit(location).path))
    return None if scheme or location in {*INPUT_NAMES, *OUTPUT_NAMES} else Path(location)


def suffix_text(location: str) -> str:
    """Return the part of a location that may end in a suffix: of an address, its path.

    >>> suffix_text("https://host/t.csv?raw=true"), suffix_text("a?.csv")
    ('/t.csv', 'a?.csv')
    """
    return urlsplit(location).path if scheme_of(location) else location


def spool(location: str) -> SpooledFile | None:
    """Return a copy of what is no regular file of this machine; None for what can be read in place.

    Raises:
        TableError: It cannot be read, or its scheme is not known.
        MissingExtraError: A package of the extra [remote] is not installed.
    """
    path = local_path(location)
    try:
        if path is not None:
            if not path.exists() or path.is_dir() or path.is_file():
                return None
            if not path.is_fifo():
                raise TableError(
                    f"'{location}' is a device or a socket, and no table is read from it; give a "
                    "file, or a pipe."
                )
            with path.open("rb") as pipe:
                return SpooledFile.copy(pipe, location)
        if location in INPUT_NAMES:
            return SpooledFile.copy(_standard_input(), "standard input")
        with _open_remote(location, "rb") as stream:
            return SpooledFile.copy(stream, location)
    except (TableError, MissingExtraError):
        raise
    except Exception as error:  # each file system has errors of its own
        raise TableError(f"'{location}' cannot be read: {_explain(error)}.") from error


def _standard_input() -> BinaryIO:
    if sys.stdin is None or sys.stdin.isatty():
        raise TableError(
            "there is nothing on standard input but the keyboard; pipe a table into it, or name a "
            "file."
        )
    return sys.stdin.buffer


@contextmanager
def _open_remote(location: str, mode: str) -> Iterator[Any]:
    """Yield a stream of a file elsewhere."""
    scheme = scheme_of(location)
    if scheme not in SCHEMES:
        raise TableError(
            f"'{location}' begins with {scheme}://, which is not read; allowed are "
            f"{', '.join(f'{each}://' for each in SCHEMES)} and paths of this machine."
        )
    if scheme == "s3":
        with closing(_open_s3(location, mode)) as stream:
            yield stream
        return
    try:
        import fsspec  # noqa: PLC0415 - of the extra [remote]

        opened = fsspec.open(scheme + location[len(scheme) :], mode)  # HTTP:// too
    except ImportError as error:
        package, extra = EXTRAS.get(scheme, ("fsspec and aiohttp", "remote"))
        raise MissingExtraError(package, extra, f"'{location}'") from error
    with opened as stream:
        yield stream


def _open_s3(location: str, mode: str) -> Any:
    """Return a stream of an object in S3, by the keys and the endpoint in the environment."""
    from pyarrow import fs  # noqa: PLC0415 - takes its time

    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    settings: dict[str, Any] = {}
    if endpoint:
        parts = urlsplit(endpoint)
        settings = {"scheme": parts.scheme, "endpoint_override": parts.netloc}
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if region:
        settings["region"] = region
    elif not endpoint:
        settings["region"] = fs.resolve_s3_region(urlsplit(location).netloc)
    system = fs.S3FileSystem(**settings)
    key = location.partition("://")[2]
    return system.open_input_stream(key) if mode == "rb" else system.open_output_stream(key)


def upload(path: Path, location: str) -> None:
    """Copy a file of this machine to where an address says.

    Raises:
        TableError: It cannot be written, or nothing is ever written there.
        MissingExtraError: A package of the extra [remote] is not installed.
    """
    if scheme_of(location) in {"http", "https"}:
        raise TableError(
            f"nothing can be written to '{location}'; write a file of this machine, or to s3://."
        )
    try:
        with _open_remote(location, "wb") as target, path.open("rb") as source:
            shutil.copyfileobj(source, target, CHUNK_BYTES)
    except (TableError, MissingExtraError):
        raise
    except Exception as error:
        raise TableError(f"'{location}' cannot be written: {_explain(error)}.") from error


def _explain(error: Exception) -> str:
    """Return in one line why a file elsewhere cannot be reached, as far as its server says."""
    cause = error.__cause__ or error.__context__ or error
    status = getattr(cause, "status", None)  # of HTTP
    if status not in {None, 404}:
        return f"the server answers {status}, {getattr(cause, 'message', '')}"
    if isinstance(error, FileNotFoundError) and (status or cause is error):
        return "there is no such file; check the address"
    return reason(cause) if isinstance(cause, Exception) else reason(error)


def is_stream(location: str) -> bool:
    """Return whether what is written goes by and is not kept: standard output, pipes, /dev/null."""
    path = local_path(location)
    if path is None:
        return location in OUTPUT_NAMES
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)
