"""What `tabgan sample --like` does once its display is up: partial rows are completed, written."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from tabgan.fitting.fit_request import draw_seed
from tabgan.io import (
    ReadOptions,
    TableSource,
    TextStyle,
    find_output_format,
    find_source,
    is_stream,
    write_table,
)
from tabgan.io.file_kinds import FileKind
from tabgan.io.text.formulas import check_guarded
from tabgan.model import TabularModel
from tabgan.runtime.devices import use_threads
from tabgan_cli.arguments import find_name
from tabgan_cli.checks import check_output
from tabgan_cli.display import Display
from tabgan_cli.sample_run import DrawnRows

BATCH_ROWS = 20_000  # that are read at once


def run_completion(
    like: str,
    output: str,
    model: Path,
    display: Display,
    *,
    redraw: Sequence[str],
    keep_gaps: bool,
    refine: bool,
    fast: bool,
    table_format: str | None,
    safe_csv: bool,
    device: str,
    threads: int | None,
    seed: int | None,
    overwrite: bool,
) -> DrawnRows:
    """Complete the rows of a table and write them.

    Args:
        like: Table of partial rows.
        output: File to write, or - for CSV on standard output.
        model: File to read.
        display: Shows progress.
        redraw: Columns that are drawn whatever they hold.
        keep_gaps: Whether gaps stay where the table that was learned has some.
        refine: Whether rows are chosen among more candidates.
        fast: Whether they are drawn in one pass.
        table_format: Of the output, whatever its name says.
        safe_csv: Whether text is kept from being run as a formula.
        device: As the library takes it.
        threads: Of torch; as they are when None.
        seed: Drawn when None.
        overwrite: Whether a file that is no table may be replaced.

    Raises:
        TabganError: The library's, one sentence each.
    """
    place = check_output(output, FileKind.TABLE, [model, like], overwrite, table_format)
    if safe_csv:
        check_guarded(output, find_output_format(output, table_format))
    display.begin(f"reading {model}")
    fitted = TabularModel.load(model, device)
    names = pd.DataFrame(columns=list(fitted.schema.names))
    source, seed = open_table(like, ReadOptions(), display), draw_seed(seed)
    counted = RowCount(source.iter_batches(BATCH_ROWS))
    frames = fitted.iter_complete(
        counted,
        redraw=[find_name(names, name) for name in redraw],
        unknown_gaps=not keep_gaps,
        seed=seed,
        refine=refine,
        fast=fast,
    )
    with use_threads(threads):
        if is_stream(output):
            display.close()  # rows may be on their way to the same terminal
        style = TextStyle(fitted.card.delimiter, fitted.card.decimal, safe_csv)
        batches = display.track("completing rows", frames, source.estimate_rows())
        write_table(batches, output, fitted.schema.columns, style, table_format, overwrite)
        sys.stdout.flush()
    return DrawnRows(seed, place, counted.rows)


def open_table(name: str, options: ReadOptions, display: Display) -> TableSource:
    """Return the files of a table, and say how they are read where that is not plain.

    Raises:
        TableError: It is no table.
    """
    display.begin(f"reading {name}")
    source = find_source(name, options)
    if not source.is_plain:
        display.print_line(f"'{source.name}' is read as {source.reading}")
    return source


class RowCount(Iterator[pd.DataFrame]):
    """Passes batches of rows on, and counts the rows."""

    def __init__(self, batches: Iterator[pd.DataFrame]) -> None:
        self.batches, self.rows = batches, 0

    def __next__(self) -> pd.DataFrame:
        batch = next(self.batches)
        self.rows += len(batch)
        return batch
