"""What `tabgan sample` does once its display is up: rows are drawn here or by Dask, and written."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from tabgan.fitting.fit_request import draw_seed
from tabgan.io import TextStyle, find_output_format, is_stream, write_table
from tabgan.io.file_kinds import FileKind
from tabgan.io.text.formulas import check_guarded
from tabgan.model import TabularModel
from tabgan.networks.generation import Engine, choose_engine
from tabgan.runtime.devices import use_threads
from tabgan_cli.checks import check_output
from tabgan_cli.display import Display


@dataclass(frozen=True)
class DrawnRows:
    """Rows that were written.

    Attributes:
        seed: By which they were drawn.
        place: Where they are, in words.
        rows: How many.
        lacks_compiler: Whether they took longer, on a CPU, than with Numba.
    """

    seed: int
    place: str
    rows: int
    lacks_compiler: bool = False


def run_sample(
    rows: int,
    output: str,
    model: Path,
    display: Display,
    *,
    conditions: Sequence[str],
    shares: Sequence[str],
    refine: bool,
    candidates: int | None,
    fast: bool | None,
    scheduler: str | None,
    table_format: str | None,
    safe_csv: bool,
    device: str,
    threads: int | None,
    seed: int | None,
    overwrite: bool,
) -> DrawnRows:
    """Draw rows and write them.

    Args:
        rows: How many.
        output: File to write, or - for CSV on standard output.
        model: File to read.
        display: Shows progress.
        conditions: Texts of `--where`.
        shares: Texts of `--share`.
        refine: Whether rows are chosen among more candidates.
        candidates: For each row that is chosen; as many as the fit found enough when None.
        fast: Whether a row is drawn in one pass; as the fit found better when None.
        scheduler: Address of a Dask cluster that draws; this process does when None.
        table_format: Of the output, whatever its name says.
        safe_csv: Whether text is kept from being run as a formula.
        device: As the library takes it.
        threads: Of torch; as they are when None.
        seed: Drawn when None.
        overwrite: Whether a file that is no table may be replaced.

    Raises:
        TabganError: The library's, one sentence each.
    """
    place = check_output(output, FileKind.TABLE, [model], overwrite, table_format)
    if safe_csv:
        check_guarded(output, find_output_format(output, table_format))
    display.begin(f"reading {model}")
    fitted = TabularModel.load(model, device)
    seed = draw_seed(seed)
    settings = {"where": conditions, "shares": shares, "seed": seed, "refine": refine}
    settings |= {"candidates": candidates, "fast": fast}
    if scheduler is not None:
        display.begin(f"connecting to {scheduler}")
    with _frames(fitted, scheduler, threads, rows, settings) as frames:
        if is_stream(output):
            display.close()  # rows may be on their way to the same terminal
        style = TextStyle(fitted.card.delimiter, fitted.card.decimal, safe_csv)
        batches = display.track("drawing rows", frames, rows)
        write_table(batches, output, fitted.schema.columns, style, table_format, overwrite)
        sys.stdout.flush()
    is_slow = fitted.device.type == "cpu" and choose_engine(fitted.device) is Engine.TORCH
    return DrawnRows(seed, place, rows, is_slow)


@contextmanager
def _frames(
    model: TabularModel,
    scheduler: str | None,
    threads: int | None,
    rows: int,
    settings: dict[str, Any],
) -> Iterator[Iterator[pd.DataFrame]]:
    """Yield the rows, drawn in this process or, if there is a scheduler, by its workers."""
    if scheduler is None:
        with use_threads(threads):
            yield model.iter_frames(rows, **settings)
        return
    from tabgan.dask import client as cluster  # noqa: PLC0415 - needs the extra [dask]

    with cluster.connect(scheduler) as client:
        yield cluster.iter_frames(client, model, rows, **settings)
