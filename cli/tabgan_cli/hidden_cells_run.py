"""What `tabgan evaluate --impute` does once its display is up: known cells are hidden, filled."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from tabgan.config import combine
from tabgan.errors import SettingError
from tabgan.evaluation.imputation import ImputationReport, evaluate_imputation
from tabgan.fitting.fit import fit_model
from tabgan.fitting.fit_request import FitRequest
from tabgan.io import ReadOptions
from tabgan.io.file_kinds import FileKind
from tabgan.model import TabularModel
from tabgan.runtime.atomic_write import atomic_write
from tabgan_cli.checks import check_output, check_time_limit
from tabgan_cli.complete_run import open_table
from tabgan_cli.display import Display

PRESET = "fast"  # of a model that is fitted here
HELD_OUT, MAX_ROWS = 0.2, 2_000  # rows of which cells are hidden


def run_hidden_cells(
    table: str,
    display: Display,
    *,
    reading: dict[str, Any],
    start: float,
    model: Path | None,
    time_limit: float,
    json_path: Path | None,
    seed: int,
    overwrite: bool,
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
        json_path: Figures to write.
        seed: Of every draw.
        overwrite: Whether a file that is no report may be replaced.

    Raises:
        TabganError: The library's, one sentence each.
    """
    check_time_limit(time_limit)
    written = {}
    if json_path is not None:
        place = check_output(json_path, FileKind.REPORT, [table, model], overwrite)
        written["figures are"] = place
    frame = open_table(table, ReadOptions(**reading), display).read()
    order = np.random.default_rng(seed).permutation(len(frame))
    count = min(MAX_ROWS, len(frame) if model else math.ceil(HELD_OUT * len(frame)))
    held_out = frame.iloc[np.sort(order[:count])].reset_index(drop=True)
    if model is not None:
        display.begin(f"reading {model}")
        fitted = TabularModel.load(model)
    else:
        rest = frame.iloc[np.sort(order[count:])].reset_index(drop=True)
        request = FitRequest(combine(PRESET), seed=seed, deadline=start + time_limit)
        fitted = fit_model(rest, request, display.follow)
    display.begin("hiding cells and filling them")
    report = evaluate_imputation(
        held_out,
        lambda rows: fitted.impute(rows, point=True, seed=seed),
        schema=fitted.schema,
        learned=model is not None,
        seed=seed,
    )
    if json_path is not None:
        with atomic_write(json_path, SettingError) as file:
            text = json.dumps(report.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)
            file.write_text(f"{text}\n", encoding="utf-8")
    return report, written
