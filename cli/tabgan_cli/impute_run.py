"""What `tabgan impute` does once its display is up: a table is read, filled and written."""

import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from tabgan.config import combine
from tabgan.errors import ConditionError
from tabgan.fitting.fit import fit_model
from tabgan.fitting.fit_request import FitRequest, draw_seed
from tabgan.fitting.out_of_core import fit_plan, plan_source
from tabgan.io import ReadOptions, TableSource, find_output_format, is_stream, write_table
from tabgan.io.file_kinds import FileKind
from tabgan.io.text.formulas import check_guarded
from tabgan.model import TabularModel
from tabgan.model.complete import stack
from tabgan.model.partial_rows import count_missing
from tabgan.runtime.devices import use_threads
from tabgan.schema import Column, ColumnKind, Name, TableSchema
from tabgan.schema.frame_checks import close_names
from tabgan_cli.arguments import find_name
from tabgan_cli.checks import check_output, check_time_limit
from tabgan_cli.complete_run import BATCH_ROWS, open_table
from tabgan_cli.display import Display

PRESET = "balanced"  # of a model that is fitted here


@dataclass(frozen=True)
class FilledRows:
    """Rows that were written.

    Attributes:
        seed: By which gaps were filled.
        place: Where the rows are, in words.
        rows: How many were read.
        gaps: How many of their cells were missing.
    """

    seed: int
    place: str
    rows: int
    gaps: int

    def __str__(self) -> str:
        rows = "1 row is" if self.rows == 1 else f"{self.rows:,} rows are"
        if not self.gaps:
            return f"{rows} {self.place} as they were: there is nothing to fill"
        gaps = "1 gap" if self.gaps == 1 else f"{self.gaps:,} gaps"
        return f"{rows} {self.place}, {gaps} filled with the seed {self.seed}"


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
    fast: bool,
    time_limit: float | None,
    seed: int | None,
    device: str,
    threads: int | None,
    safe_csv: bool,
    overwrite: bool,
) -> FilledRows:
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
        fast: Whether rows are drawn in one pass.
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
    first = next(source.iter_batches(BATCH_ROWS))
    names = None if columns is None else _find_names(first, columns)
    with use_threads(threads):
        if model is not None:
            display.begin(f"reading {model}")
            fitted: TabularModel | None = TabularModel.load(model, device)
        else:
            deadline = math.inf if time_limit is None else start + time_limit
            request = FitRequest(combine(PRESET), seed=seed, device=device, deadline=deadline)
            fitted = _fit_where_needed(source, names, request, display)
        known = () if fitted is None else fitted.schema.columns
        filled = _Filled(source, [c for c in known if c.name in (names or first)])
        if is_stream(output):
            display.close()  # rows may be on their way to the same terminal
        if fitted is None:
            rows: Iterator[pd.DataFrame] = (stack([f] * draws, len(f)) for f in filled)
        else:
            settings = {"n_draws": draws, "columns": names, "seed": seed, "fast": fast}
            rows = fitted.iter_impute(filled, list(first.columns), **settings)
        style = replace(source.style, safe=safe_csv)
        tracked = display.track("filling gaps", rows, source.estimate_rows() * draws)
        given = [column for column in known if column.name in first]
        write_table(tracked, output, given, style, format_, overwrite)
        sys.stdout.flush()
    return FilledRows(seed, place, filled.rows, filled.gaps)


def _find_names(first: pd.DataFrame, columns: str) -> list[Name]:
    """Return the names that are asked for.

    Raises:
        ConditionError: The table has not all of them.
    """
    names = [find_name(first, name.strip()) for name in columns.split(",")]
    for name in names:
        if name not in first:
            raise ConditionError(
                f"there is no column {name!r} to fill; {close_names(name, list(first.columns))}."
            )
    return names


def _fit_where_needed(
    source: TableSource, names: Sequence[Name] | None, request: FitRequest, display: Display
) -> TabularModel | None:
    """Return a model that is fitted to a table, or None where nothing is missing."""
    plan = plan_source(source)
    if plan.is_streamed:
        display.begin("looking for gaps")
        is_whole = not any(_find_gaps(part, names, display) for part in plan.iter_batches())
        return None if is_whole else fit_plan(plan, request, display.follow)
    frame = source.read()
    return fit_model(frame, request, display.follow) if _find_gaps(frame, names, display) else None


def _find_gaps(frame: pd.DataFrame, names: Sequence[Name] | None, display: Display) -> int:
    """Return how many gaps can be filled; say which cannot, for want of any value."""
    asked = [c for c in TableSchema.infer(frame).columns if names is None or c.name in names]
    for column in asked:
        if column.kind is ColumnKind.EMPTY:
            display.print_line(f"the column {column.name!r} holds no value: its gaps stay")
    return count_missing(frame, [c for c in asked if c.kind is not ColumnKind.EMPTY])


class _Filled(Iterator[pd.DataFrame]):
    """Passes the batches of a table on; counts their rows, and the gaps of some columns."""

    def __init__(self, source: TableSource, columns: Sequence[Column]) -> None:
        self.batches, self.columns = source.iter_batches(BATCH_ROWS), columns
        self.rows = self.gaps = 0

    def __next__(self) -> pd.DataFrame:
        batch = next(self.batches)
        self.rows += len(batch)
        self.gaps += count_missing(batch, self.columns)
        return batch
