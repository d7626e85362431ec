"""What `tabgan impute` does once its display is up: a table is read, filled and written."""

import math
import sys
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from tabgan.config import combine
from tabgan.fitting.fit import fit_model
from tabgan.fitting.fit_request import FitRequest, draw_seed
from tabgan.io import ReadOptions, TableSource, find_output_format, is_stream, write_table
from tabgan.io.file_kinds import FileKind
from tabgan.io.text.formulas import check_guarded
from tabgan.model import TabularModel
from tabgan.runtime.devices import use_threads
from tabgan_cli.arguments import find_name
from tabgan_cli.checks import check_output, check_time_limit
from tabgan_cli.complete_run import BATCH_ROWS, RowCount, open_table
from tabgan_cli.display import Display
from tabgan_cli.sample_run import DrawnRows

PRESET = "balanced"  # of a model that is fitted here


def run_imputation(
    table: str,
    output: str,
    display: Display,
    *,
    reading: dict[str, Any],
    start: float,
    model: Path | None,
    draws: int,
    columns: str | None,
    time_limit: float | None,
    seed: int | None,
    device: str,
    threads: int | None,
    safe_csv: bool,
    overwrite: bool,
) -> DrawnRows:
    """Fill the gaps of a table and write it.

    Args:
        table: To be read.
        output: File to write, or - for CSV on standard output.
        display: Shows progress.
        reading: How the table is written, as `ReadOptions` takes it.
        start: `time.monotonic()` at which the process began, from which the time limit counts.
        model: File to read; one is fitted when None.
        draws: Of each row.
        columns: Names, parted by commas; all when None.
        time_limit: Seconds of the fit; no limit when None.
        seed: Drawn when None.
        device: As the library takes it.
        threads: Of torch; as they are when None.
        safe_csv: Whether text is kept from being run as a formula.
        overwrite: Whether a file that is no table may be replaced.

    Raises:
        TabganError: The library's, one sentence each.
    """
    check_time_limit(time_limit)
    place = check_output(output, FileKind.TABLE, [table, model], overwrite)
    format_ = reading["format"] if is_stream(output) else None
    if safe_csv:
        check_guarded(output, find_output_format(output, format_))
    source, seed = open_table(table, ReadOptions(**reading), display), draw_seed(seed)
    deadline = math.inf if time_limit is None else start + time_limit
    fitted = _get_model(model, source, display, device, seed, deadline)
    batches = source.iter_batches(BATCH_ROWS)
    first = next(batches)
    counted, given = RowCount(chain([first], batches)), list(first.columns)
    names = None if columns is None else [find_name(first, n.strip()) for n in columns.split(",")]
    with use_threads(threads):
        frames = fitted.iter_impute(counted, given, n_draws=draws, columns=names, seed=seed)
        if is_stream(output):
            display.close()  # rows may be on their way to the same terminal
        style = replace(source.style, safe=safe_csv)
        tracked = display.track("filling gaps", frames, source.estimate_rows() * draws)
        known = [column for column in fitted.schema.columns if column.name in given]
        write_table(tracked, output, known, style, format_, overwrite)
        sys.stdout.flush()
    return DrawnRows(seed, place, counted.rows)


def _get_model(
    path: Path | None,
    source: TableSource,
    display: Display,
    device: str,
    seed: int,
    deadline: float,
) -> TabularModel:
    """Return the model of a file, or one that is fitted to the table."""
    if path is not None:
        display.begin(f"reading {path}")
        return TabularModel.load(path, device)
    request = FitRequest(combine(PRESET), seed=seed, device=device, deadline=deadline)
    return fit_model(source.read(), request, display.follow)
