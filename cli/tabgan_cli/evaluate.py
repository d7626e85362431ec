"""`tabgan evaluate`: does a synthetic table help a downstream learner?"""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import click
import pandas as pd
from rich.console import Console

from tabgan.errors import SettingError
from tabgan.evaluation import LEARNERS, Report
from tabgan.evaluation import evaluate as compare
from tabgan.tables import read_table

Sources = tuple[pd.DataFrame, str | int | None]


@click.command()
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--target", help="Column to predict.  [default: the model's target]")
@click.option("--synthetic", type=click.Path(path_type=Path), help="Synthetic table to judge.")
@click.option(
    "-m", "--model", type=click.Path(path_type=Path), help="Judge rows sampled from this model."
)
@click.option("--test", type=click.Path(path_type=Path), help="Real rows no generator has seen.")
@click.option(
    "--learners",
    default="gbdt",
    show_default=True,
    help=f"Downstream learners, of {', '.join(LEARNERS)}, with commas between.",
)
@click.option("--repeats", type=int, default=3, show_default=True, help="Seeds of each learner.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write figures here.")
@click.option("--seed", type=int, default=0, show_default=True, help="Decides every draw.")
@click.option("--quiet", is_flag=True, help="Print the verdict only.")
def evaluate(  # noqa: PLR0913, PLR0917
    table: Path,
    target: str | None,
    synthetic: Path | None,
    model: Path | None,
    test: Path | None,
    learners: str,
    repeats: int,
    json_path: Path | None,
    seed: int,
    quiet: bool,
) -> None:
    """Train learners with and without synthetic rows, and compare the two tables.

    TABLE holds the real rows that the generator was trained on. Give the synthetic rows with
    --synthetic, or a model to sample them from with -m.
    """
    if (synthetic is None) == (model is None):
        raise click.UsageError("give either --synthetic FILE or -m FILE.")
    real = read_table(table)
    rows, known_target = _synthetic_rows(synthetic, model, len(real), seed)
    chosen = target if target is not None else known_target
    if chosen is None:
        raise click.UsageError("give --target COLUMN: the column that a learner shall predict.")
    report = compare(
        real,
        rows,
        target=chosen,
        test=None if test is None else read_table(test),
        learners=[name.strip() for name in learners.split(",") if name.strip()],
        seed=seed,
        repeats=repeats,
    )
    if json_path is not None:
        _write_json(report.to_dict(), json_path)
    _show(report, quiet)


def _synthetic_rows(synthetic: Path | None, model: Path | None, rows: int, seed: int) -> Sources:
    """The synthetic table, and the target that its model names."""
    if synthetic is not None:
        return read_table(synthetic), None
    from tabgan.model import TabularModel  # noqa: PLC0415 - only here is torch needed

    loaded = TabularModel.load(model)
    return loaded.sample(rows, seed=seed), loaded.schema.target


def _show(report: Report, quiet: bool) -> None:
    Console(highlight=False).print(report.verdict if quiet else report, markup=False)


def _write_json(values: dict[str, Any], path: Path) -> None:
    """Write beside the file and rename, so that a good file is never destroyed."""
    text = json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    try:
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise SettingError(f"{path} cannot be written: {error.strerror}.") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(beside).replace(path)
    except OSError as error:
        Path(beside).unlink(missing_ok=True)
        raise SettingError(f"{path} cannot be written: {error.strerror}.") from error
