"""What `tabgan evaluate --impute` does once its display is up: known cells are hidden, filled."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tabgan.config import combine
from tabgan.evaluation import ImputationReport, evaluate_imputation
from tabgan.fitting.fit import fit_model
from tabgan.fitting.fit_request import FitRequest
from tabgan.io import ReadOptions
from tabgan.io.file_kinds import FileKind
from tabgan.model import TabularModel
from tabgan.model.complete import DRAW_COLUMN
from tabgan_cli.checks import check_output, check_time_limit
from tabgan_cli.complete_run import open_table
from tabgan_cli.display import Display
from tabgan_cli.report_files import report_files

PRESET = "fast"  # of a model that is fitted here
N_DRAWS = 19  # of each hidden cell: nine in ten true values should lie among them
HELD_OUT, MAX_ROWS = 0.2, 2_000  # rows of which cells are hidden


def run_hidden_cells(
    table: str,
    display: Display,
    *,
    reading: dict[str, Any],
    start: float,
    model: Path | None,
    time_limit: float,
    output: Path | None,
    json_path: Path | None,
    seed: int,
    overwrite: bool,
    command: str = "",
) -> tuple[ImputationReport, dict[str, str]]:
    """Hide cells of a table's rows, fill them, and return how well, and where that is written.

    Without a model, one is fitted to the other rows.

    Args:
        table: Real rows.
        display: Shows progress.
        reading: How the table is written, as `ReadOptions` takes it.
        start: `time.monotonic()` at which the process began, from which the time limit counts.
        model: File to read; one is fitted when None.
        time_limit: Seconds of the fit.
        output: Page to write.
        json_path: Figures to write.
        seed: Of every draw.
        overwrite: Whether a file that is no report may be replaced.
        command: As it was typed, for the foot of the report.

    Raises:
        TabganError: The library's, one sentence each.
    """
    check_time_limit(time_limit)
    written = {
        what: check_output(path, FileKind.REPORT, [table, model], overwrite)
        for what, path in {"report is": output, "figures are": json_path}.items()
        if path is not None
    }
    with report_files(output, json_path) as write:
        frame = open_table(table, ReadOptions(**reading), display).read()
        order = np.random.default_rng(seed).permutation(len(frame))
        count = min(MAX_ROWS, len(frame) if model else math.ceil(HELD_OUT * len(frame)))
        held_out, rest = (
            frame.iloc[np.sort(rows)].reset_index(drop=True)
            for rows in (order[:count], order[count:])
        )
        if model is not None:
            display.begin(f"reading {model}")
            fitted = TabularModel.load(model)
        else:
            request = FitRequest(combine(PRESET), seed=seed, deadline=start + time_limit)
            fitted = fit_model(rest, request, display.follow)
        display.begin("hiding cells and filling them")
        report = evaluate_imputation(
            held_out,
            lambda rows: fitted.impute(rows, point=True, seed=seed),
            draw=lambda rows: _draw(fitted, rows, seed),
            schema=fitted.schema,
            learned=model is not None,
            seed=seed,
        )
        files = {"real": table} | ({} if model is None else {"model": str(model)})
        report = report.with_provenance(files=files, command=command)
        write(report)
    return report, written


def _draw(model: TabularModel, rows: pd.DataFrame, seed: int) -> list[pd.DataFrame]:
    """Return N_DRAWS fillings of the gaps of rows."""
    drawn = model.impute(rows, N_DRAWS, seed=seed)
    return [drawn[drawn[DRAW_COLUMN] == number] for number in range(N_DRAWS)]
