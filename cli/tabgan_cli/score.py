"""`tabgan score`: a table in, the same table with how likely each row is out."""

from pathlib import Path
from typing import Any

import click

from tabgan_cli.arguments import (
    device_option,
    output_option,
    overwrite_option,
    quiet_option,
    safe_csv_option,
)
from tabgan_cli.command import Command
from tabgan_cli.completion import MODEL_FILE, TABLE_FILE
from tabgan_cli.display import Display, say
from tabgan_cli.loading import loading
from tabgan_cli.table_options import table_options


@click.command(cls=Command, example="tabgan score orders.csv -m model.tabgan -o scored.csv --cells")
@click.argument("table", type=TABLE_FILE)
@output_option
@click.option(
    "-m",
    "--model",
    metavar="FILE",
    type=MODEL_FILE,
    help="Score by this model, instead of models of TABLE's other rows.",
)
@click.option(
    "--cells", is_flag=True, help="Name the three most surprising cells of each row, too."
)
@click.option("--seed", type=int, metavar="N", default=0, show_default=True, help="Repeats scores.")
@table_options
@device_option
@safe_csv_option
@overwrite_option
@quiet_option
def score(table: str, output: str, model: Path | None, quiet: bool, **options: Any) -> None:
    """Tell how likely each row of a table is: the lower its score, the odder the row.

    The column __score__ is the natural log of the row's density. With --cells, the column
    __surprises__ names cells, each with -log of its probability given the rest of its row, and the
    facts that they break.

    Rows that a model was fitted on score higher than others. Without --model the table is scored
    by folds: each third of it by a model of the rest.
    """
    with Display(quiet) as display:
        with loading():
            from tabgan_cli.score_run import run_score  # noqa: PLC0415 - slow

        scored = run_score(table, output, display, model=model, **options)
    say(f"{scored.rows:,} rows, scored {scored.by}, are {scored.place}", quiet)
