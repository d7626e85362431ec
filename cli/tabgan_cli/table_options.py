"""Options that say how a table is read where it is not recognised; nothing here is slow."""

import functools
from collections.abc import Callable
from typing import Any

import click

FORMATS = ("csv", "tsv", "jsonl", "parquet", "feather", "xlsx", "ods", "sqlite", "duckdb")

WRITTEN_FORMATS = ("csv", "tsv", "jsonl", "parquet", "feather", "xlsx")

output_format_option = click.option(
    "--format",
    "output_format",
    type=click.Choice(WRITTEN_FORMATS),
    help="What is written, whatever the name of the output says.",
)
TABLE_OPTIONS = {
    "delimiter": click.option(
        "--delimiter", metavar="CHARACTER", help="What parts values in text, such as ; or tab."
    ),
    "decimal": click.option(
        "--decimal", type=click.Choice([".", ","]), help="Mark of decimals in text."
    ),
    "encoding": click.option(
        "--encoding", metavar="NAME", help="Of text, such as utf-8, cp1252 or utf-16."
    ),
    "skip_rows": click.option(
        "--skip-rows", type=int, metavar="LINES", help="Lines of text above the header."
    ),
    "format": click.option(
        "--format",
        type=click.Choice(FORMATS),
        help="What the file or standard input holds, whatever its name says.",
    ),
    "query": click.option(
        "--query", metavar="SQL", help="Rows of a database to read; or a sheet of a workbook."
    ),
}


def table_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return a command that is given what a table's reader is told, as one dict named `reading`.

    Its keys are the fields of `tabgan.io.ReadOptions`; whatever is None is recognised.
    """

    @functools.wraps(command)
    def with_reading(*args: Any, **options: Any) -> Any:
        reading = {name: options.pop(name) for name in TABLE_OPTIONS}
        return command(*args, reading=reading, **options)

    decorated: Callable[..., Any] = with_reading
    for option in reversed(TABLE_OPTIONS.values()):
        decorated = option(decorated)
    return decorated
