"""`tabgan sample`: a model in, as many rows as are asked for out."""

from pathlib import Path
from typing import Any

import click

from tabgan_cli.arguments import (
    COUNT,
    LINE,
    device_option,
    negate,
    output_option,
    overwrite_option,
    quiet_option,
    safe_csv_option,
    threads_option,
)
from tabgan_cli.command import Command
from tabgan_cli.completion import MODEL_FILE, TABLE_FILE, complete_column
from tabgan_cli.display import Display, say
from tabgan_cli.loading import loading
from tabgan_cli.table_options import output_format_option


@click.command(cls=Command, example="tabgan sample -n 10k -o made.csv --where 'items>=5'")
@click.option("-n", "--rows", type=COUNT, metavar="ROWS", help="How many: 10000, 10k, 1e6.")
@click.option(
    "--like",
    metavar="FILE",
    type=TABLE_FILE,
    help="Complete the rows of this table instead, one for one: what it holds is kept, blanks and "
    "columns that it lacks are drawn.",
)
@click.option(
    "--redraw",
    metavar="COLUMN",
    type=LINE,
    shell_complete=complete_column,
    multiple=True,
    help="With --like, draw this column whatever it holds, and what is computed from it; can be "
    "repeated.",
)
@click.option(
    "--keep-gaps",
    is_flag=True,
    help="With --like, keep blanks as missing values in columns that have some.",
)
@output_option
@click.option(
    "-m",
    "--model",
    metavar="FILE",
    type=MODEL_FILE,
    default=Path("model.tabgan"),
    show_default=True,
    help="Model to draw from.",
)
@click.option(
    "--where",
    "conditions",
    metavar="TEXT",
    type=LINE,
    shell_complete=complete_column,
    multiple=True,
    help="What every row must satisfy: COLUMN=VALUE, 'AGE>=65', '30<=AGE<40', 'CITY in (A, B)', "
    "'AGE<20 or not CITY=A'; can be repeated.",
)
@click.option(
    "--share",
    "shares",
    metavar="TEXT",
    type=LINE,
    shell_complete=complete_column,
    multiple=True,
    help="Share of the rows that a value shall have, whatever it is in the table: 'CITY=Bonn:0.5', "
    "'30<=AGE<40:20%'; the rest goes to the others; can be repeated.",
)
@click.option(
    "--no-refine",
    "refine",
    is_flag=True,
    callback=negate,
    help="Keep rows as they are generated: quicker, less alike.",
)
@click.option(
    "--candidates",
    type=int,
    metavar="N",
    help="Choose each row among N that are generated: more are slower and more alike; left out, as "
    "many as the fit found enough.",
)
@click.option(
    "--fast/--no-fast",
    default=None,
    help="Draw each row in one pass or not, whatever the fit found better: one pass is several "
    "times as fast.",
)
@click.option(
    "--dask",
    "scheduler",
    metavar="ADDRESS",
    help="Draw on the workers of this Dask scheduler, such as tcp://host:8786.",
)
@output_format_option
@safe_csv_option
@device_option
@threads_option
@click.option("--seed", type=int, metavar="N", help="Repeats a draw; drawn and told if left out.")
@overwrite_option
@quiet_option
def sample(
    rows: int | None,
    like: str | None,
    redraw: tuple[str, ...],
    keep_gaps: bool,
    conditions: tuple[str, ...],
    shares: tuple[str, ...],
    candidates: int | None,
    fast: bool | None,
    scheduler: str | None,
    quiet: bool,
    **options: Any,
) -> None:
    """Draw rows from a model, or complete given ones.

    Exactly as many as are asked for are written, or none, in any number: no more than a part of
    them is held in memory. Fewer rows with the same seed are the first of more. Workers of a Dask
    cluster draw the very rows that this process would.
    """
    _check_question(rows, like, bool(redraw or keep_gaps), bool(conditions or shares), scheduler)
    if scheduler is not None and options["threads"] is not None:
        raise click.UsageError(
            "--threads is of this process, and --dask has others draw: say `--nthreads` to "
            "`dask worker`."
        )
    options["table_format"] = options.pop("output_format")
    with Display(quiet) as display:
        if rows is None:
            with loading():
                from tabgan_cli.complete_run import run_completion  # noqa: PLC0415 - slow

            options |= {"redraw": redraw, "keep_gaps": keep_gaps, "fast": bool(fast)}
            drawn = run_completion(str(like), options.pop("output"), display=display, **options)
        else:
            with loading():
                from tabgan_cli.sample_run import run_sample  # noqa: PLC0415 - slow

            options |= {"conditions": conditions, "shares": shares, "scheduler": scheduler}
            options |= {"candidates": candidates, "fast": fast}
            drawn = run_sample(rows, options.pop("output"), display=display, **options)
    done = "drawn" if like is None else "completed"
    say(f"{drawn.rows:,} rows {done} with the seed {drawn.seed} are {drawn.place}", quiet)
    if drawn.lacks_compiler:
        say(
            "They were drawn by torch alone, which takes several times as long: Numba does not "
            "work here. Where it does, other rows are drawn with this seed.",
            quiet,
        )


def _check_question(
    rows: int | None,
    like: str | None,
    asks_of_like: bool,
    has_conditions: bool,
    scheduler: str | None,
) -> None:
    """Refuse options that do not go together.

    Raises:
        UsageError: There are such.
    """
    if (rows is None) == (like is None):
        raise click.UsageError(
            "give either -n ROWS, how many new rows, or --like FILE, rows to complete."
        )
    if like is None and asks_of_like:
        raise click.UsageError(
            "--redraw and --keep-gaps are of rows to complete: give --like FILE."
        )
    if like is not None and has_conditions:
        raise click.UsageError(
            "--where and --share are of new rows; write what you want into the --like FILE."
        )
    if like is not None and scheduler is not None:
        raise click.UsageError("--dask draws new rows; --like FILE completes them here.")
