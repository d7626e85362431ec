"""`tabgan inspect`: the schema that `fit` would infer, or what is in a model."""

import json
import sys
from pathlib import Path

import click
from rich.console import Console

from tabgan_cli.command import Command
from tabgan_cli.completion import MODELS, MORE_TABLES, TABLES, FileType
from tabgan_cli.display import Display

WIDTH = 160  # columns of text where no terminal says how many fit


@click.command(cls=Command, example="tabgan inspect orders.csv")
@click.argument("path", metavar="TABLE|MODEL", type=FileType(*TABLES, *MORE_TABLES, *MODELS))
@click.option("--json", "as_json", is_flag=True, help="Print JSON; of a table: for fit --schema.")
def inspect(path: Path, as_json: bool) -> None:
    """Show the schema of a table, or what is in a model.

    A table is a file, a folder of .parquet files, or a quoted pattern such as 'data/*.csv'.
    """
    with Display() as display:
        from tabgan_cli.inspect_run import describe_file  # noqa: PLC0415 - slow

        display.begin(f"reading {path}")
        values, tables = describe_file(path)
        shown = [] if as_json else list(tables)  # made while the display is up
    if as_json:
        click.echo(json.dumps(values, indent=2, ensure_ascii=False))
        return
    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
    for table in shown:
        console.print(table)
