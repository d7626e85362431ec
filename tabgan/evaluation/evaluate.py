"""`evaluate`: any two tables in, one report out."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from tabgan.errors import SettingError, TableError
from tabgan.evaluation.learners import LEARNERS
from tabgan.evaluation.metrics.alignment import align, listed
from tabgan.evaluation.metrics.detection import BoostedDetection, LinearDetection
from tabgan.evaluation.metrics.feature_matrix import Features
from tabgan.evaluation.metrics.fidelity import ColumnShapes, PairTrends
from tabgan.evaluation.metrics.metric import Comparison, Metric, Reading
from tabgan.evaluation.metrics.precision_coverage import Coverage, Precision
from tabgan.evaluation.metrics.privacy import Copies, MembershipInference, Nearness, NeighbourRatio
from tabgan.evaluation.report.plot_data import Evidence
from tabgan.evaluation.report.report import Report, Rows
from tabgan.evaluation.utility.folds import hold_out
from tabgan.evaluation.utility.holdout import measure_utility
from tabgan.evaluation.utility.task import infer_schema
from tabgan.runtime.progress import OnProgress, Progress, ignore_progress
from tabgan.schema.column import Name

FEWEST_REAL_ROWS = 20  # below that no learner is worth the name

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        ColumnShapes(),
        PairTrends(),
        BoostedDetection(),
        LinearDetection(),
        Precision(),
        Coverage(),
        Copies(),
        Nearness(),
        NeighbourRatio(),
        MembershipInference(),
    )
}


def evaluate(
    real: pd.DataFrame,
    synthetic: pd.DataFrame,
    *,
    target: Name,
    test: pd.DataFrame | None = None,
    learners: Sequence[str] = ("gbdt",),
    seed: int = 0,
    repeats: int = 3,
    on_progress: OnProgress = ignore_progress,
) -> Report:
    """Measure whether synthetic rows help a learner, are like real ones, and are no copies.

    Args:
        real: the rows that the synthetic table imitates.
        synthetic: any table with the same columns, in any order; the report says what does not fit.
        target: the column that the learners predict.
        test: real rows that no generator has seen; without them a quarter of `real` is held out,
            which the report says.
        learners: keys of `LEARNERS`: "gbdt", "forest", "linear".
        seed: decides every draw; the global generators are left alone.
        repeats: seeds of each learner, at least 2.
        on_progress: told of every fit of a learner, every score and every metric.

    Raises:
        SettingError: an unknown target or learner, or too few repeats.
        TableError: a table without rows or without columns of the real one, or too few real rows.

    >>> rows = pd.DataFrame({"x": [n / 7 for n in range(200)], "y": ["low", "high"] * 100})
    >>> report = evaluate(rows, rows, target="y", test=rows)
    >>> [reading.value for reading in report.readings if reading.metric == "column_shapes"]
    [0.0]
    """
    check_settings(real, target, learners, seed)
    if repeats < 2:
        raise SettingError(f"an interval needs 2 or more repeats, got {repeats}.")
    notes: tuple[str, ...] = ()
    if test is None or test.empty:
        fault = "No test table was given" if test is None else "The test table has no rows"
        real, test = hold_out(real, target, seed)
        warning = (
            f"{fault}: {len(test)} of the real rows are held out as test rows; "
            "if the generator has seen them, the figures flatter it."
        )
        notes = (warning,)
    on_progress(Progress("telling the kinds of the columns", 0, 1))
    schema = infer_schema(real, target)
    features = Features.fit(real, schema)
    made = align(synthetic, features, real.columns, "synthetic")
    unseen = align(test, features, real.columns, "test")
    comparison = Comparison(real, made.table, unseen.table, schema, target, seed)
    found = measure_utility(comparison, list(dict.fromkeys(learners)), repeats, on_progress)
    readings = read_metrics(comparison, on_progress)
    rows = Rows(len(real), len(synthetic), len(test))
    notes += made.notes + unseen.notes + found.utility.notes
    utility = replace(found.utility, notes=())
    return Report(rows, utility, readings, notes, seed, Evidence(comparison, found.curves))


def read_metrics(comparison: Comparison, on_progress: OnProgress) -> tuple[Reading, ...]:
    """What every metric says; each is a stage of its own, for it may take long."""
    readings = []
    for done, metric in enumerate(METRICS.values()):
        stage = f"measuring: {metric.title}"
        on_progress(Progress(stage, done, len(METRICS)))
        readings.append(metric.read(comparison))
        on_progress(Progress(stage, done + 1, len(METRICS)))
    return tuple(readings)


def check_settings(real: pd.DataFrame, target: Name, learners: Sequence[str], seed: int) -> None:
    """Refuse what no evaluation can work with.

    Raises:
        SettingError: an unknown target or learner, or a seed that is none.
        TableError: too few real rows.
    """
    if target not in real.columns:
        raise SettingError(
            f"the table has no column {target!r} to predict; it has {listed(list(real.columns))}."
        )
    unknown = [learner for learner in learners if learner not in LEARNERS]
    if unknown or not learners:
        got = listed(unknown) if unknown else "none"
        raise SettingError(f"learners can be {listed(list(LEARNERS))}, got {got}.")
    if not 0 <= seed < 2**32:
        raise SettingError(f"the seed {seed} is outside what is allowed: 0 to {2**32 - 1}.")
    if len(real) < FEWEST_REAL_ROWS:
        raise TableError(
            f"the real table has {len(real)} rows: {FEWEST_REAL_ROWS} or more are needed."
        )
