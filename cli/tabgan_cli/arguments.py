"""What several commands take, and ask of it before any long work."""

import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import pandas as pd

output_option = click.option(
    "-o",
    "--output",
    metavar="FILE",
    required=True,
    help=".csv, .csv.gz, .parquet or .feather; - is CSV on standard output.",
)
time_limit_option = click.option(
    "--time-limit",
    type=float,
    metavar="SECONDS",
    help="End by then, counted from the start of the process.",
)
device_option = click.option(
    "--device", default="auto", show_default=True, help="auto, cpu, cuda, cuda:1 or mps."
)
threads_option = click.option("--threads", type=int, help="Threads to compute with.")
quiet_option = click.option("--quiet", is_flag=True, help="Print errors only.")


def read_span(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:  # noqa: ARG001
    """Return the seconds of a span of time such as 60, 60s, 2m or 1.5h."""
    if value is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d*)?|\.\d+)\s*([smh]?)", value.strip().lower())
    if found is None:
        raise click.BadParameter(f"{value!r} is no span of time; give one such as 60s or 2m.")
    return float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3_600}[found[2]]


def check_time_limit(seconds: float | None) -> None:
    """Raise unless `--time-limit` leaves time; None is no limit.

    Raises:
        BadParameter: It does not.
    """
    from tabgan.errors import SettingError  # noqa: PLC0415 - slow
    from tabgan.runtime import limits  # noqa: PLC0415 - slow

    try:
        limits.check_time_limit(seconds)
    except SettingError:
        raise click.BadParameter(
            f"{seconds:g} seconds are no time; give more than 0.", param_hint="--time-limit"
        ) from None


def find_name(frame: "pd.DataFrame", target: str | None) -> Any:
    """Return a column's own name, which is a number in some Parquet files."""
    return next((name for name in frame.columns if str(name) == target), target)


def no_target() -> click.UsageError:
    """The error of a command that has nothing to predict."""
    return click.UsageError("give --target COLUMN: the column that a learner shall predict.")


class _RehearsalError(Exception):
    """Ends a rehearsal."""


def rehearse_writing(path: Path) -> None:
    """Find out before hours of work whether a file can be written; `path` is untouched."""
    from tabgan.runtime.atomic import atomic_write  # noqa: PLC0415 - slow

    with suppress(_RehearsalError), atomic_write(path):
        raise _RehearsalError


def check_model_path(path: Path, sources: list[Path | None]) -> None:
    """Refuse to write a model over a table, a schema, or under the name of either."""
    from tabgan.errors import SettingError  # noqa: PLC0415 - slow
    from tabgan.io import READERS  # noqa: PLC0415 - slow

    is_source = any(source is not None and source.resolve() == path.resolve() for source in sources)
    if is_source or path.name.lower().endswith((*READERS, ".json")):
        raise SettingError(
            f"the model cannot be written to '{path}', which is the name of a table or a schema; "
            "give -m a name such as model.tabgan."
        )
