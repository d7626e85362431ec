"""`tabgan inspect`: the schema that `fit` would infer, or what is in a model."""

from typing import Any

import click

from tabgan_cli.command import Command
from tabgan_cli.completion import TABLE_OR_MODEL
from tabgan_cli.display import Display
from tabgan_cli.loading import loading
from tabgan_cli.printer import print_json, print_shown
from tabgan_cli.table_options import table_options

WIDTH = 160  # columns of text where no terminal says how many fit


@click.command(cls=Command, example="tabgan inspect orders.csv")
@click.argument("path", metavar="TABLE|MODEL", type=TABLE_OR_MODEL)
@click.option("--json", "as_json", is_flag=True, help="Print JSON; of a table: for fit --schema.")
@table_options
def inspect(path: str, as_json: bool, reading: dict[str, Any]) -> None:
    """Show the schema of a table, or what is in a model.

    A table is a file, a folder of .parquet files, a quoted pattern such as 'data/*.csv', an address
    such as s3://bucket/table.csv, or - for standard input.
    """
    with Display() as display:
        with loading():
            from tabgan_cli.inspect_run import describe_file  # noqa: PLC0415 - slow

        display.begin(f"reading {path}")
        values, tables = describe_file(path, reading)
        shown = [] if as_json else list(tables)  # made while the display is up
    if as_json:
        print_json(values)
    else:
        print_shown(*shown, width=WIDTH)
