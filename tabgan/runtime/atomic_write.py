"""Files that are written whole or not at all: beside their place, then renamed.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     with atomic_write(Path(folder) / "a.txt") as temporary:
...         _ = temporary.write_text("whole")
...     (Path(folder) / "a.txt").read_text()
'whole'
"""

import hashlib
import importlib
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from tabgan.errors import TabganError, TableError, reason


@contextmanager
def atomic_write(
    path: str | os.PathLike[str], error: type[TabganError] = TableError
) -> Iterator[Path]:
    """Yield a temporary file beside `path` to write, which replaces `path` if all goes well.

    The permissions of a file that is there are kept. On any failure, an interrupt included, the
    temporary file is removed and what was at `path` is untouched. What a process left that was
    killed while it wrote to `path` is removed by the next one that does.

    Raises:
        TabganError: Of the type `error`, where the system refuses: no such folder, no permission,
            no space left.
    """
    path = Path(path)
    target = path.resolve()  # a link stays a link
    if target.is_dir():
        raise error(f"'{path}' is a folder; name a file to write.")
    if target.exists() and not target.is_file():
        raise error(f"'{path}' is no regular file; name another one, or - for standard output.")
    if not target.parent.is_dir():
        raise error(f"'{path}' cannot be written: there is no folder '{target.parent}'; make it.")
    mark = hashlib.sha256(target.name.encode()).hexdigest()[:12]  # names have a greatest length
    temporary = target.with_name(f".{mark}.{secrets.token_hex(8)}.tmp")
    _remove_abandoned(target.parent, f".{mark}.*.tmp")
    try:
        with temporary.open("xb") as file:
            _lock(file)
            yield temporary
            if target.exists():
                temporary.chmod(stat.S_IMODE(target.stat().st_mode))
            os.fsync(file.fileno())
        temporary.replace(target)
        _flush_folder(target.parent)
    except OSError as failure:
        raise error(f"'{path}' cannot be written: {reason(failure)}.") from failure
    finally:
        temporary.unlink(missing_ok=True)


def _remove_abandoned(folder: Path, pattern: str) -> None:
    """Remove temporary files that no living process writes."""
    for abandoned in folder.glob(pattern):
        with suppress(OSError), abandoned.open("rb") as file:
            if _lock(file):
                abandoned.unlink()


def _lock(file: BinaryIO) -> bool:
    """Lock a file until it or the process ends; return False if another process holds the lock.

    Where the system has no such locks, nobody gets one: what a killed process left stays.
    """
    try:
        fcntl = importlib.import_module("fcntl")
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return False
    return True


def _flush_folder(folder: Path) -> None:
    """Flush a folder's entries to the disk, so that a rename lasts; nothing on Windows."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
