"""`tabgan augment`: a table in, the same table with more rows out, where more rows help."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tabgan_cli.arguments import (
    check_time_limit,
    device_option,
    find_name,
    no_target,
    output_option,
    quiet_option,
    rehearse_writing,
    time_limit_option,
)
from tabgan_cli.display import Display, say

if TYPE_CHECKING:
    from tabgan.augmentation.augment import Augmentation, Strategy


@dataclass(frozen=True)
class Settings:
    """The options of `tabgan augment`, under the names that they have on the command line."""

    output: str
    target: str | None
    model: Path | None
    balance: bool
    ratio: float | None
    auto: bool
    synthetic_only: bool
    mark: str | None
    no_mark: bool
    time_limit: float | None
    seed: int | None
    device: str
    quiet: bool

    @property
    def strategy(self) -> "Strategy":
        """How many rows of which class are added."""
        if self.ratio is not None:
            return self.ratio
        return "balance" if self.balance else "auto"


@click.command()
@click.argument("table", type=click.Path(path_type=Path))
@click.option(
    "--target", metavar="COLUMN", help="Column to predict.  [default: the model's target]"
)
@output_option
@click.option(
    "-m",
    "--model",
    type=click.Path(path_type=Path),
    help="Draw the rows from this model, instead of fitting one on TABLE.",
)
@click.option("--balance", is_flag=True, help="Raise every rarer class to the commonest.")
@click.option("--ratio", type=float, help="Add that share of rows: 0.5 is half as many again.")
@click.option(
    "--auto",
    is_flag=True,
    help="Add what helps a learner in cross-validation, or nothing.  [the default]",
)
@click.option("--synthetic-only", is_flag=True, help="Write the added rows alone.")
@click.option(
    "--mark",
    metavar="NAME",
    show_default="__synthetic__",
    help="Name of the column that is true in the added rows.",
)
@click.option("--no-mark", is_flag=True, help="Leave that column out.")
@time_limit_option
@click.option("--seed", type=int, help="Repeats an augmentation; drawn and told if left out.")
@device_option
@quiet_option
@click.pass_obj
def augment(start: float, /, table: Path, **options: Any) -> None:
    """Add rows to a table where they help a learner, or balance its classes.

    TABLE is a .csv, .csv.gz, .parquet or .feather file. Its rows come first, as they are.
    """
    settings = Settings(**options)
    _check_options(settings)
    with Display(settings.quiet) as display:
        made = _augment(table, settings, start, display)
    say(made.sentence, settings.quiet)
    place = "on standard output" if settings.output == "-" else f"in '{settings.output}'"
    say(f"seed {made.seed}; the table is {place}", settings.quiet)


def _check_options(settings: Settings) -> None:
    if settings.balance + (settings.ratio is not None) + settings.auto > 1:
        raise click.UsageError("give one of --balance, --ratio and --auto.")
    if settings.no_mark and settings.mark is not None:
        raise click.UsageError("give either --mark NAME or --no-mark, and not both.")
    if settings.target is None and settings.model is None:
        raise no_target()
    check_time_limit(settings.time_limit)


def _augment(path: Path, settings: Settings, start: float, display: Display) -> "Augmentation":
    from tabgan import io  # noqa: PLC0415 - slow, so after the display is up
    from tabgan.augmentation.augment import (  # noqa: PLC0415 - slow
        MARKER_COLUMN,
        augment,
        check_marker_column,
    )
    from tabgan.errors import SettingError  # noqa: PLC0415 - slow
    from tabgan.model.tabular_model import TabularModel  # noqa: PLC0415 - slow

    if settings.output != io.STANDARD_OUTPUT:
        _check_output(Path(settings.output), [path, settings.model])
    display.begin(f"reading {path}")
    frame = io.read_table(path)
    mark = None if settings.no_mark else settings.mark or MARKER_COLUMN
    if mark is not None:
        check_marker_column(frame, mark)
    model = None
    if settings.model is not None:
        model = TabularModel.load(settings.model, settings.device)
    target = find_name(frame, settings.target)
    if target is None:
        target = model and model.schema.target
    if target is None:
        raise no_target()
    limit = settings.time_limit
    made = augment(
        frame,
        target=target,
        strategy=settings.strategy,
        model=model,
        time_limit=None if limit is None else max(start + limit - time.monotonic(), 1e-3),
        seed=settings.seed,
        device=settings.device,
        on_progress=display.follow,
    )
    if settings.synthetic_only and made.rows.empty:
        raise SettingError(f"there is nothing to write: {made.sentence}")
    if settings.output == io.STANDARD_OUTPUT:
        display.close()  # rows may be on their way to the same terminal
    table = made.combine(mark=mark, synthetic_only=settings.synthetic_only)
    io.write_table([table], settings.output)
    return made


def _check_output(output: Path, sources: list[Path | None]) -> None:
    """Raise unless the output can be written, and is none of what is read."""
    from tabgan.errors import SettingError  # noqa: PLC0415 - slow
    from tabgan.io import table_suffix  # noqa: PLC0415 - slow

    table_suffix(output)
    if any(source is not None and source.resolve() == output.resolve() for source in sources):
        raise SettingError(f"'{output}' is what is read: give -o another name, so that both stay.")
    rehearse_writing(output)
