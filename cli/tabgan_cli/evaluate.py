"""`tabgan evaluate`: does a synthetic table help a downstream learner?"""

import io
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tabgan_cli.arguments import COMMAND_LINE, no_target_error, overwrite_option, target_option
from tabgan_cli.command import Command
from tabgan_cli.completion import MODEL_FILE, TABLE_FILE, FileType
from tabgan_cli.display import Display, say
from tabgan_cli.loading import loading
from tabgan_cli.printer import print_shown
from tabgan_cli.table_options import table_options

if TYPE_CHECKING:
    from tabgan.evaluation import ImputationReport, Report

LEARNERS = ("gbdt", "forest", "linear")
BASELINES = ("quick", "all")
IMPUTE_OPTIONS = ("reading", "output", "json_path", "seed", "overwrite")  # of --impute, too
TIME_LIMIT = 900.0  # seconds of a study without one of its own


@click.command(cls=Command, example="tabgan evaluate orders.csv --target returned -o report.html")
@click.argument("table", type=TABLE_FILE)
@target_option
@click.option("--synthetic", metavar="FILE", type=TABLE_FILE, help="Synthetic table to judge.")
@click.option(
    "-m", "--model", metavar="FILE", type=MODEL_FILE, help="Judge rows sampled from this model."
)
@click.option(
    "--impute",
    "imputes",
    is_flag=True,
    help="Judge how gaps are filled instead: known cells are hidden, and filled by the model of -m "
    "or by one that is fitted here.",
)
@click.option("--test", metavar="FILE", type=TABLE_FILE, help="Real rows no generator has seen.")
@click.option(
    "--learners",
    metavar="LIST",
    shell_complete=lambda *given: [name for name in LEARNERS if name.startswith(given[2])],
    default="gbdt",
    show_default=True,
    help="Downstream learners, of gbdt, forest, linear, with commas between.",
)
@click.option(
    "--baselines",
    type=click.Choice(BASELINES),
    default=BASELINES[0],
    show_default=True,
    help="What rows have to beat: ways to train on real rows alone that take a few fits, or all, "
    "which takes several times as long and tunes thresholds, too.",
)
@click.option(
    "--folds", type=int, metavar="K", show_default="5", help="Of a study: parts of the table."
)
@click.option(
    "--repeats",
    type=int,
    metavar="R",
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
@click.option(
    "-o", "--output", metavar="FILE", type=FileType(".html"), help="Page to write: .html."
)
@click.option(
    "--json", "json_path", metavar="FILE", type=FileType(".json"), help="Write figures here."
)
@table_options
@click.option(
    "--seed", type=int, metavar="N", default=0, show_default=True, help="Decides every draw."
)
@overwrite_option
@click.option("--quiet", is_flag=True, help="Print the verdicts only.")
@click.pass_obj
def evaluate(
    start: float | None,
    /,
    table: str,
    target: str | None,
    synthetic: str | None,
    model: Path | None,
    imputes: bool,
    folds: int | None,
    time_limit: float | None,
    output: Path | None,
    quiet: bool,
    **options: Any,
) -> None:
    """Train learners with and without synthetic rows, and compare the two tables.

    TABLE holds real rows. Given alone, TabGAN is fitted anew in each fold of a cross-validation:
    do its rows help? Or give synthetic rows with --synthetic, or a model to draw them from with -m;
    TABLE is then what their generator was trained on.
    """
    start = time.monotonic() if start is None else start
    if imputes:
        _check_alone(
            {
                "--synthetic": synthetic,
                "--test": options["test"],
                "--folds": folds,
                "--baselines": None if options["baselines"] == BASELINES[0] else BASELINES,
                "--target": target,
            }
        )
        options["output"] = output
        _evaluate_imputation(table, start, model, time_limit, quiet, options)
        return
    _check_options(target, synthetic, model, options["test"], folds, time_limit)
    with Display(quiet) as display:
        with loading():
            from tabgan_cli.evaluate_run import run_evaluation  # noqa: PLC0415 - slow

        report, written = run_evaluation(
            table,
            display,
            start=start,
            target=target,
            synthetic=synthetic,
            model=model,
            folds=folds,
            time_limit=TIME_LIMIT if time_limit is None else time_limit,
            output=output,
            command=click.get_current_context().meta.get(COMMAND_LINE, ""),
            **options,
        )
    _print(report.verdict if quiet else report)
    for what, place in written.items():
        say(f"the {what} {place}", quiet)


def _evaluate_imputation(
    table: str,
    start: float,
    model: Path | None,
    time_limit: float | None,
    quiet: bool,
    options: Mapping[str, Any],
) -> None:
    """Print how well hidden cells are filled."""
    with Display(quiet) as display:
        from tabgan_cli.hidden_cells_run import run_hidden_cells  # noqa: PLC0415 - slow

        report, written = run_hidden_cells(
            table,
            display,
            start=start,
            model=model,
            time_limit=TIME_LIMIT if time_limit is None else time_limit,
            command=click.get_current_context().meta.get(COMMAND_LINE, ""),
            **{name: options[name] for name in IMPUTE_OPTIONS},
        )
    _print(report.verdict if quiet else report)
    for what, place in written.items():
        say(f"the {what} {place}", quiet)


def _check_alone(given: Mapping[str, Any]) -> None:
    """Refuse options that have no meaning where imputation is judged."""
    for option, value in given.items():
        if value is not None:
            raise click.UsageError(
                f"{option} is of synthetic rows, and --impute hides cells of real ones: leave one "
                "of the two out."
            )


def _print(found: "str | Report | ImputationReport") -> None:
    """Print a report or its verdicts; signs that an output cannot write become question marks."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    print_shown(found)


def _check_options(
    target: str | None,
    synthetic: str | None,
    model: Path | None,
    test: str | None,
    folds: int | None,
    time_limit: float | None,
) -> None:
    """Refuse options that do not go together."""
    is_study = synthetic is None and model is None
    if synthetic is not None and model is not None:
        raise click.UsageError("give either --synthetic FILE or -m FILE, and not both.")
    if model is None and target is None:
        raise no_target_error()
    if is_study and test is not None:
        raise click.UsageError(
            "--test goes with --synthetic or -m: a study tests on rows of TABLE, fold by fold."
        )
    for option, value in (("--folds", folds), ("--time-limit", time_limit)):
        if value is not None and not is_study:
            raise click.UsageError(
                f"{option} is for a study, which fits anew: leave it out, or --synthetic and -m."
            )
