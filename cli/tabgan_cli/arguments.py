"""What several commands ask of their arguments, before any long work."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import pandas as pd


def refuse_time_limit(seconds: float | None) -> None:
    """Refuse a limit that leaves no time."""
    if seconds is not None and not seconds > 0:
        raise click.BadParameter(
            f"{seconds:g} seconds are no time; give more than 0.", param_hint="--time-limit"
        )


def find_name(frame: "pd.DataFrame", target: str | None) -> Any:
    """Give a column's own name, which is a number in some Parquet files."""
    return next((name for name in frame.columns if str(name) == target), target)


class _RehearsalError(Exception):
    """Ends a rehearsal."""


def rehearse_writing(path: Path) -> None:
    """Find out before hours of work whether a file can be written; `path` is untouched."""
    from tabgan.atomic import atomic_write  # noqa: PLC0415 - slow

    with suppress(_RehearsalError), atomic_write(path):
        raise _RehearsalError
