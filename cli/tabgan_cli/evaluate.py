"""`tabgan evaluate`: does a synthetic table help a downstream learner?"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click
from rich.console import Console

from tabgan_cli.arguments import check_time_limit, find_name, no_target
from tabgan_cli.display import Display, say
from tabgan_cli.refits import TIME_LIMIT, run_study
from tabgan_cli.report_files import report_files

if TYPE_CHECKING:
    import pandas as pd

    from tabgan.evaluation import Report
    from tabgan.runtime.progress import TrainingRecord
    from tabgan.schema.column import Name


@dataclass(frozen=True)
class Settings:
    """The options of `tabgan evaluate`, under the names that they have on the command line."""

    target: str | None
    synthetic: Path | None
    model: Path | None
    test: Path | None
    learners: str
    folds: int | None
    repeats: int
    time_limit: float | None
    output: Path | None
    json_path: Path | None
    seed: int
    quiet: bool

    @property
    def is_study(self) -> bool:
        """Whether there are no rows to judge, but a generator to be fitted in each fold."""
        return self.synthetic is None and self.model is None

    @property
    def shared(self) -> dict[str, Any]:
        """What a study and a comparison of tables both take."""
        learners = [name.strip() for name in self.learners.split(",") if name.strip()]
        return {"learners": learners, "repeats": self.repeats, "seed": self.seed}


@dataclass(frozen=True)
class Source:
    """Rows to judge, and of their model, if any, its target and how its training went."""

    rows: "pd.DataFrame"
    target: "Name | None" = None
    training: "TrainingRecord | None" = None


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
    help="Downstream learners, of gbdt, forest, linear, with commas between.",
)
@click.option("--folds", type=int, show_default="5", help="Of a study: parts of the table.")
@click.option(
    "--repeats",
    type=int,
    default=3,
    show_default=True,
    help="How often a study goes over the folds; otherwise seeds of each learner.",
)
@click.option(
    "--time-limit",
    type=float,
    metavar="SECONDS",
    show_default=f"{TIME_LIMIT:g}",
    help="End a study by then, counted from the start of the process.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Page to write: .html.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write figures here.")
@click.option("--seed", type=int, default=0, show_default=True, help="Decides every draw.")
@click.option("--quiet", is_flag=True, help="Print the verdict only.")
@click.pass_obj
def evaluate(start: float | None, /, table: Path, **options: Any) -> None:
    """Train learners with and without synthetic rows, and compare the two tables.

    TABLE holds real rows. Given alone, TabGAN is fitted anew in each fold of a cross-validation:
    do its rows help? Or give synthetic rows with --synthetic, or a model to draw them from with -m;
    TABLE is then what their generator was trained on.
    """
    settings = Settings(**options)
    _check_options(settings)
    start = time.monotonic() if start is None else start
    with Display(settings.quiet) as display:
        report = _evaluate(table, settings, start, display)
    _show(report, settings.quiet)
    if settings.output is not None:
        say(f"the report is in '{settings.output}'", settings.quiet)


def _check_options(settings: Settings) -> None:
    if settings.synthetic is not None and settings.model is not None:
        raise click.UsageError("give either --synthetic FILE or -m FILE, and not both.")
    if settings.model is None and settings.target is None:
        raise no_target()
    if settings.is_study and settings.test is not None:
        raise click.UsageError(
            "--test goes with --synthetic or -m: a study tests on rows of TABLE, fold by fold."
        )
    for option, value in (("--folds", settings.folds), ("--time-limit", settings.time_limit)):
        if value is not None and not settings.is_study:
            raise click.UsageError(
                f"{option} is for a study, which fits anew: leave it out, or --synthetic and -m."
            )
    check_time_limit(settings.time_limit)


def _evaluate(table: Path, settings: Settings, start: float, display: Display) -> "Report":
    """Compare, and write what was found to files that were opened before the work began."""
    with report_files(settings.output, settings.json_path) as write:
        if settings.is_study:
            report = _study(table, settings, start, display)
        else:
            report = _compare(table, settings, display)
        display.begin("writing the report")
        write(report)
    return report


def _study(table: Path, settings: Settings, start: float, display: Display) -> "Report":
    real = _read(table, display)
    folds = {} if settings.folds is None else {"folds": settings.folds}
    ends = start + (TIME_LIMIT if settings.time_limit is None else settings.time_limit)
    target = find_name(real, settings.target)
    return run_study(real, target, ends, {**settings.shared, **folds}, display)


def _compare(table: Path, settings: Settings, display: Display) -> "Report":
    from tabgan.evaluation import evaluate as compare  # noqa: PLC0415 - slow

    real = _read(table, display)
    source = _synthetic_rows(settings, len(real), display)
    target = source.target if settings.target is None else find_name(real, settings.target)
    if target is None:
        raise no_target()
    report = compare(
        real,
        source.rows,
        target=target,
        test=None if settings.test is None else _read(settings.test, display),
        on_progress=display.follow,
        **settings.shared,
    )
    return report.with_training(source.training)


def _read(table: Path, display: Display) -> "pd.DataFrame":
    from tabgan.io import read_table  # noqa: PLC0415 - slow

    display.begin(f"reading {table}")
    return read_table(table)


def _synthetic_rows(settings: Settings, rows: int, display: Display) -> Source:
    """Return the synthetic table, and of its model, if any, the target and the training."""
    if settings.synthetic is not None:
        return Source(_read(settings.synthetic, display))
    import pandas as pd  # noqa: PLC0415 - slow

    from tabgan.model.tabular_model import TabularModel  # noqa: PLC0415 - only here is torch needed

    path = cast("Path", settings.model)  # one of both is given
    display.begin(f"reading {path}")
    model = TabularModel.load(path)
    batches = display.track("drawing rows", model.iter_frames(rows, seed=settings.seed), rows)
    drawn = pd.concat(list(batches), ignore_index=True)
    return Source(drawn, model.schema.target, model.record)


def _show(report: "Report", quiet: bool) -> None:
    Console(highlight=False).print(report.verdict if quiet else report, markup=False)
