"""What several commands ask before any long work; loaded once the display is up, as it is slow."""

from contextlib import suppress
from pathlib import Path

import click

from tabgan.errors import SettingError
from tabgan.io import READERS, table_suffix
from tabgan.runtime import limits
from tabgan.runtime.atomic_write import atomic_write


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


class _WritableError(Exception):
    """Leaves `atomic_write` before it replaces anything."""


def check_writable(path: Path) -> None:
    """Refuse a file that cannot be written, before hours of work; `path` is untouched.

    Raises:
        TableError: There is no such folder, no permission, no space.
    """
    with suppress(_WritableError), atomic_write(path):
        raise _WritableError


def check_model_path(path: Path, sources: list[Path | None]) -> None:
    """Refuse to write a model over a table, a schema, or under the name of either.

    Args:
        path: Of the model.
        sources: Files that the command reads; None for those not given.

    Raises:
        SettingError: It is one of them, or has their suffix.
    """
    if _is_one_of(path, sources) or path.name.lower().endswith((*READERS, ".json")):
        raise SettingError(
            f"the model cannot be written to '{path}', which is the name of a table or a schema; "
            "give -m a name such as model.tabgan."
        )


def check_output(path: Path, sources: list[Path | None]) -> None:
    """Refuse an output that is no table, cannot be written, or is what the command reads.

    Raises:
        TableError: Its suffix is none of a table, or it cannot be written.
        SettingError: It is one of `sources`.
    """
    table_suffix(path)
    if _is_one_of(path, sources):
        raise SettingError(f"'{path}' is what is read: give -o another name, so that both stay.")
    check_writable(path)


def _is_one_of(path: Path, sources: list[Path | None]) -> bool:
    return any(source is not None and source.resolve() == path.resolve() for source in sources)
