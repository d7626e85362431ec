"""`tabgan sample`: a model in, as many rows as are asked for out."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tabgan_cli.arguments import device_option, output_option, quiet_option, threads_option
from tabgan_cli.display import Display, say

if TYPE_CHECKING:
    import pandas as pd

    from tabgan.model.tabular_model import TabularModel


@click.command()
@click.option("-n", "--rows", type=int, required=True, help="How many rows.")
@output_option
@click.option(
    "-m",
    "--model",
    type=click.Path(path_type=Path),
    default=Path("model.tabgan"),
    show_default=True,
    help="Model to draw from.",
)
@click.option(
    "--where",
    "conditions",
    metavar="TEXT",
    multiple=True,
    help="What every row must satisfy: COLUMN=VALUE, 'AGE>=65', '30<=AGE<40', 'CITY in (A, B)', "
    "'AGE<20 or not CITY=A'; can be repeated.",
)
@click.option(
    "--no-refine",
    "refine",
    is_flag=True,
    flag_value=False,
    default=True,
    help="Keep rows as they are generated: quicker, less alike.",
)
@click.option(
    "--dask",
    "scheduler",
    metavar="ADDRESS",
    help="Draw on the workers of this Dask scheduler, such as tcp://host:8786.",
)
@device_option
@threads_option
@click.option("--seed", type=int, help="Repeats a draw; drawn and told if left out.")
@quiet_option
def sample(
    rows: int,
    output: str,
    model: Path,
    conditions: tuple[str, ...],
    refine: bool,
    scheduler: str | None,
    device: str,
    threads: int | None,
    seed: int | None,
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
        from tabgan import io  # noqa: PLC0415 - slow
        from tabgan.fitting.fit_request import draw_seed  # noqa: PLC0415 - slow
        from tabgan.model import TabularModel  # noqa: PLC0415 - slow

        display.begin(f"reading {model}")
        fitted = TabularModel.load(model, device)
        seed = draw_seed(seed)
        settings = {"where": conditions, "seed": seed, "refine": refine}
        if scheduler is not None:
            display.begin(f"connecting to {scheduler}")
        with _drawing(fitted, scheduler, threads, rows, settings) as batches:
            if output == io.STANDARD_OUTPUT:
                display.close()  # rows may be on their way to the same terminal
            shown = display.track("drawing rows", batches, rows)
            io.write_table(shown, output, fitted.schema.columns)
            sys.stdout.flush()
    place = "standard output" if output == io.STANDARD_OUTPUT else f"'{output}'"
    say(f"{rows} rows drawn with the seed {seed} are in {place}", quiet)


@contextmanager
def _drawing(
    model: "TabularModel",
    scheduler: str | None,
    threads: int | None,
    rows: int,
    settings: dict[str, Any],
) -> Iterator[Iterator["pd.DataFrame"]]:
    """Return the rows, made in this process or, if there is a scheduler, by its workers."""
    from tabgan.runtime import devices  # noqa: PLC0415 - slow

    if scheduler is None:
        with devices.use_threads(threads):
            yield model.iter_frames(rows, **settings)
        return
    from tabgan.dask import client as cluster  # noqa: PLC0415 - needs the extra [dask]

    with cluster.connect(scheduler) as client:
        yield cluster.iter_frames(client, model, rows, **settings)
