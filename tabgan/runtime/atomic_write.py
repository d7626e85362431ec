"""Files that are written whole or not at all: beside their place, then renamed.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     with atomic_write(Path(folder) / "a.txt") as temporary:
...         _ = temporary.write_text("whole")
...     (Path(folder) / "a.txt").read_text()
'whole'
"""

import hashlib
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tabgan.errors import TabganError, TableError, reason
from tabgan.runtime.leftovers import hold_new, remove_abandoned

PERMISSIONS = 0o777  # of a mode: data need no other bits
NEW_MODE = 0o666  # as far as the umask lets it
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)


@contextmanager
def atomic_write(
    path: str | os.PathLike[str],
    error: type[TabganError] = TableError,
    like: str | os.PathLike[str] | None = None,
) -> Iterator[Path]:
    """Yield a temporary file beside `path` to write, which replaces `path` if all goes well.

    From its first byte on it has the permissions of the file that is there, and its owner and group
    as far as the system allows that. On any failure, an interrupt included, it is removed and what
    was at `path` is untouched. What a process left that was killed while it wrote to `path` is
    removed by the next one that does.

    Args:
        path: To be written; what it leads to if it is a link.
        error: Type of what is raised.
        like: File whose permissions are taken if it is there; `path` when None.

    Raises:
        TabganError: Of the type `error`, where the system refuses: no such folder, no permission,
            no space left.
    """
    target = _find_target(Path(path), error)
    try:
        kept = _read_status(target if like is None else Path(like))
        remove_abandoned(target.parent, f"{_beginning(target)}*.tmp")
        temporary, descriptor = hold_new(lambda: _create(target, kept), os.O_WRONLY)
    except OSError as failure:
        raise error(f"'{path}' cannot be written: {reason(failure)}.") from failure
    try:
        with os.fdopen(descriptor, "wb") as held:
            _keep_permissions(descriptor, kept)
            yield temporary
            os.fsync(descriptor)
            if kept is not None:
                temporary.chmod(stat.S_IMODE(kept.st_mode) & PERMISSIONS)
            if os.name != "posix":  # which renames no open file
                held.close()
            temporary.replace(target)
        _flush_folder(target.parent)
    except OSError as failure:
        raise error(f"'{path}' cannot be written: {reason(failure)}.") from failure
    finally:
        temporary.unlink(missing_ok=True)


def _find_target(path: Path, error: type[TabganError]) -> Path:
    """Return what a path leads to, since a link stays a link.

    Raises:
        TabganError: It is no regular file, or there is no such folder.
    """
    try:
        target = path.resolve()
        is_there = target.exists()
    except (OSError, RuntimeError, ValueError) as failure:  # links in a circle, a NUL, a long name
        raise error(f"'{path}' cannot be written: {reason(failure)}.") from failure
    if target.is_dir():
        raise error(f"'{path}' is a folder; name a file to write.")
    if is_there and not target.is_file():
        raise error(f"'{path}' is no regular file; name another one, or - for standard output.")
    if not target.parent.is_dir():
        raise error(f"'{path}' cannot be written: there is no folder '{target.parent}'; make it.")
    return target


def _beginning(target: Path) -> str:
    """Return how the temporary files of a target are named: names have a greatest length."""
    return f".{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:12]}."


def _create(target: Path, kept: os.stat_result | None) -> Path:
    """Create an empty file beside `target` that allows nobody more than `kept` does."""
    mode = NEW_MODE if kept is None else stat.S_IMODE(kept.st_mode) & 0o700 | 0o600
    path = target.with_name(f"{_beginning(target)}{secrets.token_hex(8)}.tmp")
    os.close(os.open(path, _CREATE, mode))
    return path


def _read_status(path: Path) -> os.stat_result | None:
    with suppress(FileNotFoundError):
        return path.stat()
    return None


def _keep_permissions(descriptor: int, kept: os.stat_result | None) -> None:
    """Give a file the owner, group and permissions of another; its owner may write it meanwhile.

    A group that the system does not let it have is allowed what everybody is.
    """
    if kept is None or os.name != "posix":
        return
    for owner in (kept.st_uid, -1):
        with suppress(OSError):
            os.fchown(descriptor, owner, kept.st_gid)
            break
    mode = stat.S_IMODE(kept.st_mode) & PERMISSIONS
    if os.fstat(descriptor).st_gid != kept.st_gid:
        mode = mode & ~0o070 | (mode & 0o007) << 3
    os.fchmod(descriptor, mode | 0o600)


def _flush_folder(folder: Path) -> None:
    """Flush a folder's entries to the disk, so that a rename lasts; nothing on Windows."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
