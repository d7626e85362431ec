"""`tabgan evaluate`: does a synthetic table help a downstream learner?"""

import json
from dataclasses import dataclass
from pathlib import Path

import click
import pandas as pd
from rich.console import Console

from tabgan.atomic import atomic_write
from tabgan.columns import Name
from tabgan.evaluation import LEARNERS, Report
from tabgan.evaluation import evaluate as compare
from tabgan.tables import read_table


@dataclass(frozen=True)
class Source:
    """Rows to judge, and the target that their model was trained for, if any."""

    rows: pd.DataFrame
    target: Name | None


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
def evaluate(
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
    if synthetic is not None and model is not None:
        raise click.UsageError("give either --synthetic FILE or -m FILE, not both.")
    real = read_table(table)
    source = _synthetic_rows(synthetic, model, len(real), seed)
    chosen = target if target is not None else source.target
    if chosen is None:
        raise click.UsageError("give --target COLUMN: the column that a learner shall predict.")
    report = compare(
        real,
        source.rows,
        target=chosen,
        test=None if test is None else read_table(test),
        learners=[name.strip() for name in learners.split(",") if name.strip()],
        seed=seed,
        repeats=repeats,
    )
    if json_path is not None:
        text = json.dumps(report.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)
        with atomic_write(json_path) as temporary:
            temporary.write_text(text + "\n", encoding="utf-8")
    _show(report, quiet)


def _synthetic_rows(synthetic: Path | None, model: Path | None, rows: int, seed: int) -> Source:
    """The synthetic table, and the target that its model names."""
    if synthetic is not None:
        return Source(read_table(synthetic), None)
    if model is None:
        raise click.UsageError("give either --synthetic FILE or -m FILE.")
    from tabgan.model import TabularModel  # noqa: PLC0415 - only here is torch needed

    loaded = TabularModel.load(model)
    return Source(loaded.sample(rows, seed=seed), loaded.schema.target)


def _show(report: Report, quiet: bool) -> None:
    Console(highlight=False).print(report.verdict if quiet else report, markup=False)
