"""`tabgan fit`: a table in, a model out."""

from pathlib import Path
from typing import Any

import click

from tabgan_cli.arguments import (
    COUNT,
    LINE,
    OBJECTIVES,
    PRESETS,
    device_option,
    negate,
    overwrite_option,
    parse_duration,
    quiet_option,
    threads_option,
    time_limit_option,
)
from tabgan_cli.command import Command
from tabgan_cli.completion import MODEL_FILE, TABLE_FILE, FileType, complete_column
from tabgan_cli.display import Display
from tabgan_cli.loading import loading
from tabgan_cli.table_options import table_options


@click.command(cls=Command, example="tabgan fit orders.csv --target returned -m orders.tabgan")
@click.argument("table", type=TABLE_FILE)
@click.option(
    "-m",
    "--model",
    metavar="FILE",
    type=MODEL_FILE,
    default=Path("model.tabgan"),
    show_default=True,
    help="File to write the model to.",
)
@click.option(
    "--target",
    metavar="COLUMN",
    shell_complete=complete_column,
    help="Column that matters downstream.",
)
@click.option(
    "--schema",
    metavar="FILE",
    type=FileType(".json"),
    help="How to read the table: JSON as `tabgan inspect TABLE --json` prints it.",
)
@click.option(
    "--objective",
    metavar="NAME",
    type=click.Choice(OBJECTIVES, case_sensitive=False),
    show_default="relativistic",
    help="The adversarial loss: relativistic, wasserstein or minimax.",
)
@click.option(
    "--preset",
    metavar="NAME",
    type=click.Choice(PRESETS, case_sensitive=False),
    default="balanced",
    show_default=True,
    help="How much time it is worth that rows look real: fast, balanced or best.",
)
@click.option(
    "--config",
    metavar="FILE",
    type=FileType(".toml"),
    help="Settings of the training, which go before the preset's: TOML such as batch_size = 128.",
)
@click.option(
    "--steps", type=COUNT, metavar="N", show_default="4000", help="Generator steps at the most."
)
@time_limit_option
@click.option(
    "--no-refine",
    "refine",
    is_flag=True,
    callback=negate,
    help="Learn no refiner: rows are quicker and less alike.",
)
@click.option(
    "--relation",
    "declare",
    metavar="TEXT",
    type=LINE,
    multiple=True,
    help="A fact every row obeys: 'a <= b', 'total = x + y', 'city -> country', "
    "\"age >= 18 or plan in ('a', 'b')\"; can be repeated.",
)
@click.option(
    "--forget",
    metavar="TEXT",
    type=LINE,
    multiple=True,
    help="A relation that `tabgan inspect TABLE` shows, not to be kept; can be repeated.",
)
@click.option(
    "--no-relations",
    "relations",
    is_flag=True,
    callback=negate,
    help="Keep no relations but those of --relation.",
)
@click.option("--protect", is_flag=True, help="Keep no value that few rows hold.")
@click.option(
    "--protect-below",
    type=int,
    metavar="ROWS",
    default=5,
    show_default=True,
    help="With --protect: what fewer rows hold is not kept.",
)
@click.option(
    "--memory-limit",
    metavar="SIZE",
    show_default="half of what is free",
    help="Memory a fit may take, such as 2GB; larger tables are learned in passes over the files.",
)
@click.option(
    "--checkpoint-every",
    callback=parse_duration,
    metavar="TIME",
    show_default="60s, once a fit is 2m old",
    help="Time between checkpoints, such as 60s or 2m, kept as <model>.checkpoint until the fit "
    "ends; 0 keeps none.",
)
@click.option(
    "--resume",
    is_flag=True,
    help="Go on from <model>.checkpoint, to the same model; without one, start afresh, so that a "
    "job can be started again by the same command.",
)
@table_options
@device_option
@threads_option
@click.option("--seed", type=int, metavar="N", help="Repeats a fit; drawn and told if left out.")
@overwrite_option
@quiet_option
@click.pass_obj
def fit(
    start: float,
    /,
    table: str,
    model: Path,
    quiet: bool,
    **options: Any,
) -> None:
    """Learn a table and write a model.

    TABLE is a file of text, Parquet, Feather, Excel or a database, a folder of .parquet files, a
    quoted pattern such as 'data/*.csv', an address such as s3://bucket/table.csv, or - for standard
    input. Ctrl-C keeps the best model so far. A fit that was killed goes on
    with --resume.
    """
    from tabgan.runtime.torchrun import is_first_process  # noqa: PLC0415 - as the rest of the library

    quiet = quiet or not is_first_process()
    with Display(quiet) as display:
        with loading():
            from tabgan_cli.fit_run import run_fit  # noqa: PLC0415 - slow, so after the display is up
            from tabgan_cli.summary import print_summary  # noqa: PLC0415

        finished = run_fit(table, model, display, start=start, **options)
    if not quiet:
        print_summary(finished)
