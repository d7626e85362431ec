"""What `tabgan augment` does once its display is up: a table is read, augmented and written."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from tabgan.augmentation.added_rows import MARKER_COLUMN, Augmentation, check_marker_column
from tabgan.augmentation.augment import Strategy, augment
from tabgan.errors import SettingError
from tabgan.io import ReadOptions, find_output_format, find_source, is_stream, write_table
from tabgan.io.file_kinds import FileKind
from tabgan.io.text.formulas import check_guarded
from tabgan.model.tabular_model import TabularModel
from tabgan_cli.arguments import find_name, no_target_error
from tabgan_cli.checks import check_output, check_time_limit
from tabgan_cli.display import Display


def run_augmentation(
    table: str | Path,
    output: str,
    display: Display,
    *,
    reading: dict[str, Any],
    start: float,
    target: str | None,
    model: Path | None,
    strategy: Strategy,
    n_draws: int,
    weight: float,
    mark: str | None,
    no_mark: bool,
    synthetic_only: bool,
    time_limit: float | None,
    seed: int | None,
    device: str,
    safe_csv: bool,
    overwrite: bool,
) -> tuple[Augmentation, str]:
    """Augment a table and write it; return what was added, and where the table is, in words.

    Args:
        table: To be read.
        output: File to write, or - for CSV on standard output.
        display: Shows progress.
        reading: How the table is written, as `ReadOptions` takes it.
        start: `time.monotonic()` at which the process began, from which the time limit counts.
        target: Column as the user wrote it; that of the model when None.
        model: Whose rows are added; one is fitted when None.
        strategy: How many rows of which class are added.
        n_draws: How many times.
        weight: Of an added row, beside 1 of a row given.
        mark: Name of the column that is True in added rows; MARKER_COLUMN when None.
        no_mark: Whether there is no such column.
        synthetic_only: Whether added rows are written alone.
        time_limit: Seconds; no limit when None.
        seed: Drawn when None.
        device: As the library takes it.
        safe_csv: Whether text is kept from being run as a formula.
        overwrite: Whether a file that is no table may be replaced.

    Raises:
        TabganError: The library's, one sentence each.
        UsageError: There is no column to predict.
    """
    check_time_limit(time_limit)
    place = check_output(output, FileKind.TABLE, [table, model], overwrite)
    format_ = reading["format"] if is_stream(output) else None
    if safe_csv:
        check_guarded(output, find_output_format(output, format_))
    display.begin(f"reading {table}")
    source = find_source(table, ReadOptions(**reading))
    if not source.is_plain:
        display.print_line(f"'{source.name}' is read as {source.reading}")
    frame = source.read()
    marker = None if no_mark else mark or MARKER_COLUMN
    if marker is not None:
        check_marker_column(frame, marker)
    fitted = None if model is None else TabularModel.load(model, device)
    column = find_name(frame, target)
    if column is None:
        column = fitted and fitted.schema.target
    if column is None:
        raise no_target_error()
    made = augment(
        frame,
        target=column,
        strategy=strategy,
        n_draws=n_draws,
        weight=weight,
        model=fitted,
        time_limit=None if time_limit is None else max(start + time_limit - time.monotonic(), 1e-3),
        seed=seed,
        device=device,
        on_progress=display.follow,
    )
    if synthetic_only and made.rows.empty:
        raise SettingError(f"there is nothing to write: {made.sentence}")
    if is_stream(output):
        display.close()  # rows may be on their way to the same terminal
    rows = made.combine(mark=marker, synthetic_only=synthetic_only)
    style = replace(source.style, safe=safe_csv)
    write_table([rows], output, style=style, format=format_, overwrite=overwrite)
    return made, place
