"""Files that are written whole or not at all: beside their place, then renamed.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     with atomic_write(Path(folder) / "a.txt") as temporary:
...         _ = temporary.write_text("whole")
...     (Path(folder) / "a.txt").read_text()
'whole'
"""

import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tabgan.errors import TabganError, TableError


def reason(error: BaseException) -> str:
    """Return what an error says in one line, without the path and the number of system errors."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    inner = re.search(r"\[errno \d+\] (.+)", text)  # how Arrow tells what the system said
    text = inner[1] if inner else text
    return " ".join(text.split()).rstrip(".") or type(error).__name__


@contextmanager
def atomic_write(
    path: str | os.PathLike[str], error: type[TabganError] = TableError
) -> Iterator[Path]:
    """Give a temporary file beside `path` to write; it takes the place of `path` if all goes well.

    The permissions of a file that is there are kept. On any failure, an interrupt included, the
    temporary file is removed and what was at `path` is untouched.

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
    temporary = target.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        temporary.open("xb").close()
        yield temporary
        if target.exists():
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(target)
        _flush_folder(target.parent)
    except OSError as refused:
        raise error(f"'{path}' cannot be written: {reason(refused)}.") from refused
    finally:
        temporary.unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    """Have the disk keep that a file was renamed, where the system can be asked to."""
    if os.name != "posix":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
