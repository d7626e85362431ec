"""What a killed process left: told by a lock that goes with its process.

Whoever makes a temporary file or folder holds its lock as long as it is in use. One that nobody
holds the lock of is abandoned.
"""

import importlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

SCRATCH_PREFIX = ".tabgan-scratch-"  # of folders; nobody else's are called so
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield a new folder that only its owner may read, and that is gone after the block.

    It lies where temporary files do. That of a process that was killed is removed by the next one
    that asks for one.

    >>> with scratch_folder() as folder:
    ...     _ = (folder / "copy").write_text("rows")
    >>> folder.exists()
    False
    """
    remove_scratch_folders()
    with ExitStack() as stack:
        if os.name == "posix":
            folder, descriptor = hold_new(_create_scratch_folder, _READ)
            stack.callback(os.close, descriptor)
        else:  # where a folder cannot be opened, nor locked
            folder = _create_scratch_folder()
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        yield folder


def _create_scratch_folder() -> Path:
    return Path(tempfile.mkdtemp(prefix=SCRATCH_PREFIX))


def remove_scratch_folders() -> None:
    """Remove the scratch folders of this user that no living process uses."""
    remove_abandoned(Path(tempfile.gettempdir()), f"{SCRATCH_PREFIX}*")


def hold_new(create: Callable[[], Path], flags: int) -> tuple[Path, int]:
    """Return a new file or folder and its descriptor, which is locked until it is closed.

    Args:
        create: Creates it under a new name, which it returns.
        flags: To open it with.
    """
    while True:
        path = create()
        with suppress(FileNotFoundError):  # another process took it for abandoned at once
            descriptor = os.open(path, flags)
            _lock(descriptor)
            if path.exists():
                return path, descriptor
            os.close(descriptor)


def remove_abandoned(folder: Path, pattern: str) -> None:
    """Remove this user's files and folders of such names that no living process uses."""
    for abandoned in folder.glob(pattern):
        with suppress(OSError):
            _remove_unless_used(abandoned)


def _remove_unless_used(path: Path) -> None:
    descriptor = os.open(path, _READ)
    try:
        status = os.fstat(descriptor)
        is_own = not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
        if not is_own or not _lock(descriptor):
            return
        if stat.S_ISDIR(status.st_mode):
            shutil.rmtree(path, ignore_errors=True)
        elif stat.S_ISREG(status.st_mode):
            path.unlink()
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    """Lock a file until it or the process ends; return False if another process holds the lock.

    Where the system has no such locks, nobody gets one: what a killed process left stays.
    """
    try:
        fcntl = importlib.import_module("fcntl")
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return False
    return True
