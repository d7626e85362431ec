"""What several commands ask before any long work; loaded once the display is up, as it is slow."""

import glob
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import click

from tabgan.errors import SettingError
from tabgan.io import (
    OUTPUT_NAMES,
    READERS,
    find_output_format,
    is_stream,
    local_path,
    scheme_of,
)
from tabgan.io.file_kinds import FileKind, check_replaceable
from tabgan.runtime import limits
from tabgan.runtime.atomic_write import atomic_write

FOLDER_SUFFIX = ".parquet"  # of the files that are read where a table is a folder


def check_time_limit(seconds: float | None) -> None:
    """Refuse a `--time-limit` that leaves no time; None is no limit.

    Raises:
        BadParameter: It does not.
    """
    try:
        limits.check_time_limit(seconds)
    except SettingError:
        raise click.BadParameter(
            f"{seconds:g} seconds are no time; give more than 0.", param_hint="--time-limit"
        ) from None


def check_output(
    path: str | Path,
    kind: FileKind,
    sources: Sequence[str | Path | None],
    overwrite: bool = False,
    table_format: str | None = None,
) -> str:
    """Return where an output goes, in words; refuse a file that must not be replaced.

    An output replaces a file of its own kind, and an empty one; a file of another kind only with
    `overwrite`; what the command reads never.

    Args:
        path: To be written; - is the standard output.
        kind: Of what is written.
        sources: What the command reads: files, folders, patterns; None for those not given.
        overwrite: Whether `--overwrite` was given.
        table_format: Of a table, whatever its name says.

    Returns:
        For the closing line: `in 'rows.csv'`, `in 'rows.csv' (replaced)`, `on standard output`.

    Raises:
        SettingError: It is one of `sources`, of another kind, or a model named like a table.
        TableError: Its suffix is none of a table, or it cannot be written.
    """
    name = str(path)
    _check_name(name, kind, table_format)
    if name in OUTPUT_NAMES:
        return "on standard output"
    local = local_path(name)
    if local is None or is_stream(name):
        return f"in '{path}'"
    path = local
    is_replaced = path.is_file()
    if is_replaced:
        _check_no_source(path, sources)
        check_replaceable(path, kind, overwrite)
    check_writable(path)
    return f"in '{path}'" + (" (replaced)" if is_replaced else "")


def _check_name(name: str, kind: FileKind, table_format: str | None) -> None:
    """Refuse a table whose suffix says no format, and what is no table where only tables go."""
    if kind is FileKind.TABLE:
        find_output_format(name, table_format)
        return
    if name in OUTPUT_NAMES or (kind is not FileKind.REPORT and is_stream(name)):
        raise SettingError(f"{kind} is written to a file, and '{name}' is none; name a file.")
    scheme = scheme_of(name.replace(":/", "://", 1))  # a path has lost the second slash
    if scheme:
        raise SettingError(
            f"{kind} is written to a file of this machine, and '{name}' is an address; name a file."
        )
    if kind is FileKind.MODEL and name.lower().endswith((*READERS, ".json")):
        raise SettingError(
            f"the model cannot be written to '{name}', which is the name of a table or a schema; "
            "give -m a name such as model.tabgan."
        )


def _check_no_source(path: Path, sources: Sequence[str | Path | None]) -> None:
    """Refuse a file that is read, by this name or another one: a link, other capitals."""
    for source in sources:
        place = None if source is None else local_path(str(source))
        if place is not None and any(file.samefile(path) for file in _list_files(place, path)):
            name = f" as '{source}'" if str(source) != str(path) else ""
            raise SettingError(
                f"'{path}' is what this command reads{name}; name another file to write, so that "
                "both stay."
            )


def _list_files(source: Path, path: Path) -> Iterator[Path]:
    """Yield the files of a source that `path` may be one of."""
    if source.is_file():
        yield source
    elif source.is_dir():
        files = source.rglob(f"*{FOLDER_SUFFIX}") if path.suffix else ()
        yield from (file for file in files if file.is_file())
    else:
        matches = map(Path, glob.glob(str(source), recursive=True))  # noqa: PTH207
        yield from (file for file in matches if file.is_file())


class _WritableError(Exception):
    """Leaves `atomic_write` before it replaces anything."""


def check_writable(path: Path) -> None:
    """Refuse a file that cannot be written, before hours of work; `path` is untouched.

    Raises:
        TableError: There is no such folder, no permission, no space.
    """
    with suppress(_WritableError), atomic_write(path):
        raise _WritableError
