"""`tabgan impute`: a table in, the same table without gaps out."""

from typing import Any

import click

from tabgan_cli.arguments import (
    COUNT,
    device_option,
    output_option,
    overwrite_option,
    quiet_option,
    safe_csv_option,
    threads_option,
    time_limit_option,
)
from tabgan_cli.command import Command
from tabgan_cli.completion import MODEL_FILE, TABLE_FILE, complete_column
from tabgan_cli.display import Display, say
from tabgan_cli.loading import loading
from tabgan_cli.table_options import table_options


@click.command(cls=Command, example="tabgan impute orders.csv -o filled.csv --columns stars")
@click.argument("table", type=TABLE_FILE)
@output_option
@click.option(
    "-m",
    "--model",
    metavar="FILE",
    type=MODEL_FILE,
    help="Draw from this model, instead of fitting one on TABLE.",
)
@click.option(
    "--draws",
    type=COUNT,
    metavar="N",
    default=1,
    show_default=True,
    help="Of each row, one after the other, numbered in a column __draw__.",
)
@click.option(
    "--columns",
    metavar="NAMES",
    shell_complete=complete_column,
    help="Columns whose gaps are filled, parted by commas.  [default: all]",
)
@click.option(
    "--fast",
    is_flag=True,
    help="Draw each row in one pass: quicker, from what is known of its latent class alone.",
)
@time_limit_option
@click.option(
    "--seed", type=int, metavar="N", help="Repeats an imputation; drawn and told if left out."
)
@table_options
@device_option
@threads_option
@safe_csv_option
@overwrite_option
@quiet_option
@click.pass_obj
def impute(start: float, /, table: str, output: str, quiet: bool, **options: Any) -> None:
    """Fill the gaps of a table with values drawn given the rest of their rows.

    TABLE is a file, a pattern, an address, or - for standard input. What is there stays as it is.
    Several draws differ as far as the table leaves open what is missing. A table without gaps is
    written as it is, and nothing is fitted.
    """
    with Display(quiet) as display:
        with loading():
            from tabgan_cli.impute_run import run_imputation  # noqa: PLC0415 - slow

        filled = run_imputation(table, output, display, start=start, **options)
    say(str(filled), quiet)
