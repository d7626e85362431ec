"""`evaluate`: any two tables in, one report out."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from tabgan.columns import Name
from tabgan.errors import SettingError, TableError
from tabgan.evaluation.detection import BoostedDetection, LinearDetection
from tabgan.evaluation.evidence import Evidence
from tabgan.evaluation.fidelity import ColumnShapes, PairTrends
from tabgan.evaluation.folds import hold_out
from tabgan.evaluation.learners import LEARNERS
from tabgan.evaluation.metric import Comparison, Metric, Reading
from tabgan.evaluation.privacy import Copies, Nearness
from tabgan.evaluation.report import Report, Rows
from tabgan.evaluation.trials import measure_utility
from tabgan.progress import OnProgress, Progress, ignore_progress
from tabgan.schema import TableSchema

FEWEST_REAL_ROWS = 20  # below that no learner is worth the name

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        ColumnShapes(),
        PairTrends(),
        BoostedDetection(),
        LinearDetection(),
        Copies(),
        Nearness(),
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
        synthetic: any table with the same columns, in any order.
        target: the column that the learners predict.
        test: real rows that no generator has seen; without them a quarter of `real` is held out,
            which the report says.
        learners: keys of `LEARNERS`: "gbdt", "forest", "linear".
        seed: decides every draw; the global generators are left alone.
        repeats: seeds of each learner, at least 2.
        on_progress: told of every fit of a learner, every score and every metric.

    Raises:
        SettingError: an unknown target or learner, an unusable target, or too few repeats.
        TableError: a table that lacks columns, has others, or has too few rows.

    >>> rows = pd.DataFrame({"x": np.arange(200) / 7, "y": ["low", "high"] * 100})
    >>> report = evaluate(rows, rows, target="y", test=rows)
    >>> [reading.value for reading in report.readings if reading.metric == "column_shapes"]
    [0.0]
    """
    _check_settings(real, target, learners, repeats)
    if len(real) < FEWEST_REAL_ROWS:
        raise TableError(
            f"the real table has {len(real)} rows: {FEWEST_REAL_ROWS} or more are needed."
        )
    synthetic = _aligned(synthetic, real, "synthetic")
    notes: tuple[str, ...] = ()
    if test is None:
        real, test = hold_out(real, target, seed)
        warning = (
            f"No test table was given: {len(test)} of the real rows are held out as test rows; "
            "if the generator has seen them, the figures flatter it."
        )
        notes = (warning,)
    else:
        test = _aligned(test, real, "test")
    on_progress(Progress("telling the kinds of the columns", 0, 1))
    comparison = Comparison(
        real, synthetic, test, TableSchema.infer(real, target=target), target, seed
    )
    found = measure_utility(comparison, list(dict.fromkeys(learners)), repeats, on_progress)
    readings = tuple(_readings(comparison, on_progress))
    rows = Rows(len(real), len(synthetic), len(test))
    notes += found.utility.notes
    utility = replace(found.utility, notes=())
    return Report(rows, utility, readings, notes, seed, Evidence(comparison, found.curves))


def _readings(comparison: Comparison, on_progress: OnProgress) -> Iterator[Reading]:
    """What every metric says; each is a stage of its own, for it may take long."""
    for done, metric in enumerate(METRICS.values()):
        stage = f"measuring: {metric.title}"
        on_progress(Progress(stage, done, len(METRICS)))
        yield metric.read(comparison)
        on_progress(Progress(stage, done + 1, len(METRICS)))


def _check_settings(
    real: pd.DataFrame, target: Name, learners: Sequence[str], repeats: int
) -> None:
    if target not in real.columns:
        raise SettingError(
            f"the table has no column {target!r} to predict; it has {_listed(list(real.columns))}."
        )
    unknown = [learner for learner in learners if learner not in LEARNERS]
    if unknown or not learners:
        got = _listed(unknown) if unknown else "none"
        raise SettingError(f"learners can be {_listed(list(LEARNERS))}, got {got}.")
    if repeats < 2:
        raise SettingError(f"an interval needs 2 or more repeats, got {repeats}.")


def _aligned(table: pd.DataFrame, real: pd.DataFrame, name: str) -> pd.DataFrame:
    """The table with its columns in the order of the real one."""
    missing = [column for column in real.columns if column not in table.columns]
    extra = [column for column in table.columns if column not in real.columns]
    if missing or extra:
        faults = [f"lacks {_listed(missing)}"] if missing else []
        faults += [f"has {_listed(extra)} that the real one has not"] if extra else []
        raise TableError(
            f"the {name} table {' and '.join(faults)}: both need the same columns, in any order."
        )
    if table.columns.has_duplicates:
        twice = list(dict.fromkeys(table.columns[table.columns.duplicated()]))
        raise TableError(f"the {name} table holds columns twice: {_listed(twice)}.")
    if table.empty:
        raise TableError(f"the {name} table has no rows.")
    return table[list(real.columns)].reset_index(drop=True)


def _listed(names: Sequence[object], most: int = 8) -> str:
    """Quoted names in a row, the rest counted."""
    shown = ", ".join(repr(name) for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
