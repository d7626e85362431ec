"""Options that several commands take, and how their values are read; nothing here is slow."""

import re
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
overwrite_option = click.option(
    "--overwrite", is_flag=True, help="Replace a file of another kind, too: never what is read."
)
quiet_option = click.option("--quiet", is_flag=True, help="Print errors only.")


def parse_duration(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:  # noqa: ARG001
    """Return the seconds of a duration such as 60, 60s, 2m or 1.5h; None if there is none."""
    if value is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d*)?|\.\d+)\s*([smh]?)", value.strip().lower())
    if match is None:
        raise click.BadParameter(f"{value!r} is no span of time; give one such as 60s or 2m.")
    return float(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3_600}[match[2]]


def find_name(frame: "pd.DataFrame", target: str | None) -> Any:
    """Return the name of a column that the user wrote as text: in some files names are numbers."""
    return next((name for name in frame.columns if str(name) == target), target)


def no_target_error() -> click.UsageError:
    """Return the error of a command that has no column to predict."""
    return click.UsageError("give --target COLUMN: the column that a learner shall predict.")
