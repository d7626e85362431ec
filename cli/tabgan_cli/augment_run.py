"""What `tabgan augment` does once its display is up: a table is read, augmented and written."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from tabgan.augmentation.added_rows import MARKER_COLUMN, Augmentation, check_marker_column
from tabgan.augmentation.augment import augment
from tabgan.errors import SettingError
from tabgan.io import ReadOptions, find_output_format, find_source, is_stream, write_table
from tabgan.io.file_kinds import FileKind
from tabgan.io.table_source import TableSource
from tabgan.io.text.formulas import check_guarded
from tabgan.model.tabular_model import TabularModel
from tabgan.schema import Name
from tabgan_cli.arguments import find_name, no_target_error
from tabgan_cli.checks import check_output, check_time_limit
from tabgan_cli.display import Display
from tabgan_cli.report_files import report_files


def run_augmentation(
    table: str | Path,
    output: str,
    display: Display,
    *,
    reading: dict[str, Any],
    start: float,
    target: str | None,
    model: Path | None,
    mark: str | None,
    no_mark: bool,
    synthetic_only: bool,
    time_limit: float | None,
    json_path: Path | None,
    safe_csv: bool,
    overwrite: bool,
    **settings: Any,
) -> tuple[Augmentation, dict[str, str]]:
    """Augment a table and write it; return what was added, and where the files are, in words.

    Args:
        table: To be read.
        output: File to write, or - for CSV on standard output.
        display: Shows progress.
        reading: How the table is written, as `ReadOptions` takes it.
        start: `time.monotonic()` at which the process began, from which the time limit counts.
        target: Column as the user wrote it; that of the model when None.
        model: Whose rows are added; one is fitted when None.
        mark: Name of the column that is True in added rows; MARKER_COLUMN when None.
        no_mark: Whether there is no such column.
        synthetic_only: Whether added rows are written alone.
        time_limit: Seconds; no limit when None.
        json_path: Figures to write; opened before the work begins.
        safe_csv: Whether text is kept from being run as a formula.
        overwrite: Whether files of other kinds may be replaced.
        **settings: As `augment` takes them.

    Raises:
        TabganError: The library's, one sentence each.
        UsageError: There is no column to predict.
    """
    check_time_limit(time_limit)
    written = _check_files(output, json_path, [table, model], overwrite)
    format_ = reading["format"] if is_stream(output) else None
    if safe_csv:
        check_guarded(output, find_output_format(output, format_))
    with report_files(None, json_path) as write:
        source = _find_table(table, reading, display)
        frame = source.read()
        marker = None if no_mark else mark or MARKER_COLUMN
        if marker is not None:
            check_marker_column(frame, marker)
        fitted = None if model is None else TabularModel.load(model, settings["device"])
        left = None if time_limit is None else max(start + time_limit - time.monotonic(), 1e-3)
        made = augment(
            frame,
            target=_find_target(frame, target, fitted),
            model=fitted,
            time_limit=left,
            on_progress=display.follow,
            **settings,
        )
        if synthetic_only and made.rows.empty:
            raise SettingError(f"there is nothing to write: {made.sentence}")
        if is_stream(output):
            display.close()  # rows may be on their way to the same terminal
        rows = made.combine(mark=marker, synthetic_only=synthetic_only)
        style = replace(source.style, safe=safe_csv)
        write_table([rows], output, style=style, format=format_, overwrite=overwrite)
        write(made)
    return made, written


def _check_files(
    output: str, json_path: Path | None, sources: Sequence[str | Path | None], overwrite: bool
) -> dict[str, str]:
    """Return where the outputs go, in words, by what stands there.

    Raises:
        SettingError, TableError: One cannot be written, or both are one file.
    """
    written = {"table is": check_output(output, FileKind.TABLE, sources, overwrite)}
    if json_path is not None:
        if json_path == Path(output):
            raise SettingError(f"-o and --json both name '{json_path}'; give each its own name.")
        written["figures are"] = check_output(json_path, FileKind.REPORT, sources, overwrite)
    return written


def _find_table(table: str | Path, reading: dict[str, Any], display: Display) -> TableSource:
    """Return what reads the table, after saying how it does."""
    display.begin(f"reading {table}")
    source = find_source(table, ReadOptions(**reading))
    if not source.is_plain:
        display.print_line(f"'{source.name}' is read as {source.reading}")
    return source


def _find_target(frame: pd.DataFrame, target: str | None, model: TabularModel | None) -> Name:
    """Return the column to predict: that which was named, or the model's.

    Raises:
        UsageError: There is none.
    """
    column: Name | None = find_name(frame, target)
    if column is None and model is not None:
        column = model.schema.target
    if column is None:
        raise no_target_error()
    return column
