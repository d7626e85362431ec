"""`tabgan augment`: a table in, the same table with more rows out, where more rows help."""

from pathlib import Path
from typing import Any

import click

from tabgan_cli.arguments import (
    COUNT,
    SHARE,
    device_option,
    no_target_error,
    output_option,
    overwrite_option,
    quiet_option,
    safe_csv_option,
    target_option,
    time_limit_option,
)
from tabgan_cli.command import Command
from tabgan_cli.completion import MODEL_FILE, TABLE_FILE, FileType
from tabgan_cli.display import Display, say
from tabgan_cli.loading import loading
from tabgan_cli.table_options import table_options


@click.command(cls=Command, example="tabgan augment orders.csv --target returned -o more.csv")
@click.argument("table", type=TABLE_FILE)
@target_option
@output_option
@click.option(
    "-m",
    "--model",
    metavar="FILE",
    type=MODEL_FILE,
    help="Draw the rows from this model, instead of fitting one on TABLE.",
)
@click.option("--balance", is_flag=True, help="Raise every rarer class to the commonest.")
@click.option(
    "--ratio",
    type=SHARE,
    metavar="R",
    help="Add that share of rows: 0.5 or 50% is half as many again.",
)
@click.option(
    "--auto",
    is_flag=True,
    help="Add what helps a learner in cross-validation, or nothing: it chooses how many rows, "
    "--draws, --weight, --soft-labels, --inpaint.  [the default]",
)
@click.option(
    "--draws",
    type=COUNT,
    metavar="N",
    default=1,
    show_default=True,
    help="Times that rows are drawn, numbered in a column __draw__: for learners that each train "
    "on TABLE and one draw, and are averaged.",
)
@click.option(
    "--weight",
    type=SHARE,
    default=1.0,
    show_default=True,
    metavar="W",
    help="Of an added row, beside 1 of TABLE's, written to a column __weight__.",
)
@click.option(
    "--soft-labels",
    is_flag=True,
    help="Write an added row for each class that it may have, weighed in __weight__ by how "
    "probable the class is.",
)
@click.option(
    "--inpaint",
    type=SHARE,
    metavar="SHARE",
    help="Draw that share of the cells of TABLE's rows anew, instead of whole rows; rare classes "
    "and rows that are hard to tell are preferred.",
)
@click.option(
    "--fast/--no-fast",
    default=None,
    help="Draw each row in one pass or not, as of `tabgan sample`.",
)
@click.option("--synthetic-only", is_flag=True, help="Write the added rows alone.")
@click.option(
    "--mark",
    metavar="NAME",
    show_default="__synthetic__",
    help="Name of the column that is true in the added rows.",
)
@click.option("--no-mark", is_flag=True, help="Leave that column out.")
@click.option(
    "--json",
    "json_path",
    metavar="FILE",
    type=FileType(".json"),
    help="Write what was added, and what was found of each way, here.",
)
@time_limit_option
@click.option(
    "--seed", type=int, metavar="N", help="Repeats an augmentation; drawn and told if left out."
)
@table_options
@device_option
@safe_csv_option
@overwrite_option
@quiet_option
@click.pass_obj
def augment(
    start: float,
    /,
    table: str,
    output: str,
    target: str | None,
    model: Path | None,
    balance: bool,
    ratio: float | None,
    auto: bool,
    draws: int,
    mark: str | None,
    no_mark: bool,
    quiet: bool,
    **options: Any,
) -> None:
    """Add rows to a table where they help a learner, or balance its classes.

    TABLE is a file, a pattern, an address, or - for standard input. Its rows come first, as they
    are.
    """
    if balance + (ratio is not None) + auto > 1:
        raise click.UsageError("give one of --balance, --ratio and --auto.")
    if no_mark and mark is not None:
        raise click.UsageError("give either --mark NAME or --no-mark, and not both.")
    if target is None and model is None:
        raise no_target_error()
    with Display(quiet) as display:
        with loading():
            from tabgan_cli.augment_run import run_augmentation  # noqa: PLC0415 - slow

        made, written = run_augmentation(
            table,
            output,
            display,
            start=start,
            target=target,
            model=model,
            strategy=("balance" if balance else "auto") if ratio is None else ratio,
            n_draws=draws,
            mark=mark,
            no_mark=no_mark,
            **options,
        )
    trial = made.choice.trial
    for result in trial.results if trial else ():
        say(result.line, quiet)
    say(made.sentence, quiet)
    files = ", ".join(f"the {what} {place}" for what, place in written.items())
    say(f"seed {made.seed}; {files}", quiet)
