"""`tabgan sample`: a model in, as many rows as are asked for out."""

from pathlib import Path

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
from tabgan_cli.completion import MODEL_FILE, complete_column
from tabgan_cli.display import Display, say
from tabgan_cli.table_options import output_format_option


@click.command(cls=Command, example="tabgan sample -n 10k -o made.csv --where 'items>=5'")
@click.option(
    "-n", "--rows", type=COUNT, metavar="ROWS", required=True, help="How many: 10000, 10k, 1e6."
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
    rows: int,
    output: str,
    model: Path,
    conditions: tuple[str, ...],
    refine: bool,
    candidates: int | None,
    scheduler: str | None,
    output_format: str | None,
    safe_csv: bool,
    device: str,
    threads: int | None,
    seed: int | None,
    overwrite: bool,
    quiet: bool,
) -> None:
    """Draw rows from a model.

    Exactly as many as are asked for are written, or none, in any number: no more than a part of
    them is held in memory. Fewer rows with the same seed are the first of more. Workers of a Dask
    cluster draw the very rows that this process would.
    """
    if scheduler is not None and threads is not None:
        raise click.UsageError(
            "--threads is of this process, and --dask has others draw: say `--nthreads` to "
            "`dask worker`."
        )
    with Display(quiet) as display:
        from tabgan_cli.sample_run import run_sample  # noqa: PLC0415 - slow

        drawn = run_sample(
            rows,
            output,
            model,
            display,
            conditions=conditions,
            refine=refine,
            candidates=candidates,
            scheduler=scheduler,
            table_format=output_format,
            safe_csv=safe_csv,
            device=device,
            threads=threads,
            seed=seed,
            overwrite=overwrite,
        )
    say(f"{rows:,} rows drawn with the seed {drawn.seed} are {drawn.place}", quiet)
    if drawn.lacks_compiler:
        say(
            "They were drawn by torch alone, which takes several times as long: Numba does not "
            "work here. Where it does, other rows are drawn with this seed.",
            quiet,
        )
