"""Options that several commands take, and how their values are read; nothing here is slow."""

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from tabgan_cli.completion import TABLE_FILE, complete_column

if TYPE_CHECKING:
    import pandas as pd

    IntType = click.ParamType[int]
    FloatType = click.ParamType[float]
else:  # before click 8.4 it took no parameter
    IntType = FloatType = click.ParamType

COMMAND_LINE = "tabgan_cli.command_line"  # key in click's `Context.meta`: the command as typed
PRESETS = ("fast", "balanced", "best")
DEVICES = ("auto", "cpu", "cuda", "mps")
OBJECTIVES = ("relativistic", "wasserstein", "minimax")
UNITS = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000, "b": 1_000_000_000}
MAX_COUNT = 10**18


class Count(IntType):
    """A whole number as people write it: 10000, 10,000, 10_000, 10k, 2.5M or 1e6."""

    name = "count"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number.

        Raises:
            BadParameter: It is none, no whole one, or larger than any table.
        """
        text = str(value).strip().lower()
        if re.fullmatch(r"[+-]?\d{1,3}([,_]\d{3})+\D*", text):
            text = text.replace(",", "").replace("_", "")
        match = re.fullmatch(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e\+?\d{1,2})?)\s*([kmgb]?)", text)
        count = None if match is None else Decimal(match[1]) * UNITS[match[2]]
        if count is None or count != count.to_integral_value() or abs(count) > MAX_COUNT:
            self.fail(
                f"{value!r} is no whole number; write it as 10000, 10,000, 10k, 2.5M or 1e6.",
                param,
                ctx,
            )
        return int(count)


class Share(FloatType):
    """A share as people write it: 0.5 or 50%."""

    name = "share"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the number.

        Raises:
            BadParameter: It is none.
        """
        from tabgan.query.shares import read_share  # noqa: PLC0415 - slow

        try:
            return read_share(str(value))
        except ValueError:
            self.fail(f"{value!r} is no share; write it as 0.5 or 50%.", param, ctx)


class Line(click.types.StringParamType):
    """A text; of several in one environment variable, each stands on a line of its own."""

    envvar_list_splitter = "\n"


def negate(ctx: click.Context, param: click.Parameter, value: bool) -> bool:  # noqa: ARG001
    """Return the opposite: `--no-refine` sets `refine` to False."""
    return not value


COUNT, LINE, SHARE = Count(), Line(), Share()
target_option = click.option(
    "--target",
    metavar="COLUMN",
    shell_complete=complete_column,
    help="Column to predict.  [default: the model's target]",
)
output_option = click.option(
    "-o",
    "--output",
    metavar="FILE",
    shell_complete=TABLE_FILE.shell_complete,
    required=True,
    help="Table to write: .csv, .tsv, .jsonl (also .gz, .zst, .bz2), .parquet, .feather, .xlsx; "
    "- is standard output.",
)
time_limit_option = click.option(
    "--time-limit",
    type=float,
    metavar="SECONDS",
    help="End by then, counted from the start of the process.",
)
device_option = click.option(
    "--device",
    metavar="NAME",
    default="auto",
    show_default=True,
    shell_complete=lambda *given: [name for name in DEVICES if name.startswith(given[2])],
    help="auto, cpu, cuda, cuda:1 or mps.",
)
threads_option = click.option(
    "--threads", type=int, metavar="N", help="Threads to compute with at the most."
)
safe_csv_option = click.option(
    "--safe-csv",
    is_flag=True,
    help="Put ' before text such as =A1 or @x, which a spreadsheet would run as a formula.",
)
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
