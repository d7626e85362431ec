"""What `tabgan evaluate` does once its display is up: tables are compared, or a study is run."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from tabgan.evaluation import Report, evaluate
from tabgan.io import AS_FOUND, ReadOptions, find_source
from tabgan.io.file_kinds import FileKind
from tabgan.runtime.progress import TrainingRecord
from tabgan.schema.column import Name
from tabgan_cli.arguments import find_name, no_target_error
from tabgan_cli.checks import check_output, check_time_limit
from tabgan_cli.display import Display
from tabgan_cli.refits import run_study
from tabgan_cli.report_files import report_files


@dataclass(frozen=True)
class SyntheticTable:
    """Rows to judge, and of the model that they are drawn from, if any, its target and training."""

    rows: pd.DataFrame
    target: Name | None = None
    training: TrainingRecord | None = None


def run_evaluation(
    table: str | Path,
    display: Display,
    *,
    reading: dict[str, Any],
    start: float,
    target: str | None,
    synthetic: str | Path | None,
    model: Path | None,
    test: str | Path | None,
    learners: str,
    baselines: str,
    folds: int | None,
    repeats: int,
    time_limit: float,
    output: Path | None,
    json_path: Path | None,
    seed: int,
    overwrite: bool,
    command: str = "",
) -> tuple[Report, dict[str, str]]:
    """Evaluate synthetic rows, or study refits, and write what was found; return it, and where.

    Args:
        table: Real rows.
        display: Shows progress.
        reading: How the table is written, as `ReadOptions` takes it.
        start: `time.monotonic()` at which the process began, from which the time limit counts.
        target: Column as the user wrote it; that of the model when None.
        synthetic: Table to judge.
        model: Whose rows are judged.
        test: Real rows that no generator has seen.
        learners: Names, with commas between.
        baselines: Name of the set that rows have to beat.
        folds: Of a study; as the library has it when None.
        repeats: Of a study, or of each learner.
        time_limit: Seconds of a study.
        output: Page to write; opened before the work begins, as `json_path`.
        json_path: Figures to write.
        seed: Of every draw.
        overwrite: Whether files that are no reports may be replaced.
        command: As it was typed, for the foot of the report.

    Raises:
        TabganError: The library's, one sentence each.
        UsageError: There is no column to predict.
    """
    check_time_limit(time_limit)
    written = {
        what: check_output(path, FileKind.REPORT, [table, synthetic, model, test], overwrite)
        for what, path in {"report is": output, "figures are": json_path}.items()
        if path is not None
    }
    names = [name.strip() for name in learners.split(",") if name.strip()]
    settings: dict[str, Any] = {
        "learners": names,
        "baselines": baselines,
        "repeats": repeats,
        "seed": seed,
    }
    with report_files(output, json_path) as write:
        real = _read(table, display, ReadOptions(**reading))
        column = find_name(real, target)
        if synthetic is None and model is None:
            settings |= {} if folds is None else {"folds": folds}
            report = run_study(real, column, start + time_limit, settings, display)
        else:
            made = _read_synthetic(synthetic, model, len(real), seed, display)
            column = made.target if target is None else column
            report = _compare(real, made, column, test, settings, display)
        named = {"real": table, "synthetic": synthetic, "model": model, "test": test}
        files = {role: str(path) for role, path in named.items() if path is not None}
        report = report.with_provenance(files=files, command=command)
        display.begin("writing the report")
        write(report)
    return report, written


def _compare(
    real: pd.DataFrame,
    synthetic: SyntheticTable,
    target: Name | None,
    test: str | Path | None,
    settings: dict[str, Any],
    display: Display,
) -> Report:
    if target is None:
        raise no_target_error()
    report = evaluate(
        real,
        synthetic.rows,
        target=target,
        test=None if test is None else _read(test, display),
        on_progress=display.follow,
        **settings,
    )
    return report.with_training(synthetic.training)


def _read(table: str | Path, display: Display, known: ReadOptions = AS_FOUND) -> pd.DataFrame:
    display.begin(f"reading {table}")
    source = find_source(table, known)
    if not source.is_plain:
        display.print_line(f"'{source.name}' is read as {source.reading}")
    return source.read()


def _read_synthetic(
    table: str | Path | None, path: Path | None, n_rows: int, seed: int, display: Display
) -> SyntheticTable:
    """Return a synthetic table, or as many rows of a model as there are real ones."""
    if table is not None:
        return SyntheticTable(_read(table, display))
    from tabgan.model.tabular_model import TabularModel  # noqa: PLC0415 - only here is torch needed

    assert path is not None  # noqa: S101 - one of both is given
    display.begin(f"reading {path}")
    model = TabularModel.load(path)
    batches = display.track("drawing rows", model.iter_frames(n_rows, seed=seed), n_rows)
    rows = pd.concat(list(batches), ignore_index=True)
    return SyntheticTable(rows, model.schema.target, model.record)
