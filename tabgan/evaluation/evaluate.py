"""`evaluate`: any two tables in, one report out."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tabgan.errors import SettingError
from tabgan.evaluation.metrics.alignment import align
from tabgan.evaluation.metrics.copies import find_seen_rows
from tabgan.evaluation.metrics.feature_matrix import Features
from tabgan.evaluation.metrics.metric import Comparison
from tabgan.evaluation.metrics.registry import compute_metrics
from tabgan.evaluation.metrics.unjudged import find_unjudged
from tabgan.evaluation.report.plot_data import PlotData
from tabgan.evaluation.report.report import Report, Rows
from tabgan.evaluation.utility.baselines import BaselineSet, check_baselines
from tabgan.evaluation.utility.folds import hold_out
from tabgan.evaluation.utility.holdout import measure_utility
from tabgan.evaluation.utility.input_checks import check_inputs
from tabgan.evaluation.utility.task import infer_task_schema
from tabgan.io import read_frame
from tabgan.runtime.progress import OnProgress, Progress, ignore_progress
from tabgan.schema.column import Name


def evaluate(
    real: Any,
    synthetic: Any,
    *,
    target: Name,
    test: Any = None,
    learners: Sequence[str] = ("gbdt",),
    baselines: BaselineSet = "quick",
    seed: int = 0,
    repeats: int = 3,
    on_progress: OnProgress = ignore_progress,
) -> Report:
    """Measure whether synthetic rows help a learner, are like real ones, and are no copies.

    Args:
        real: The rows that the synthetic table imitates; a table of any kind that
            `tabgan.io.frames` lists, as the others.
        synthetic: Any table with the same columns, in any order; the report says what does not fit.
        target: The column that the learners predict.
        test: Real rows that no generator has seen; without them a quarter of `real` is held out,
            which the report says.
        learners: Keys of `LEARNERS`: "gbdt", "forest", "linear".
        baselines: What the synthetic rows have to beat: ways to train on real rows alone that take
            a few fits (`BASELINES`), or "all", which takes several times as long, and scores
            decisions at tuned thresholds, too.
        seed: Decides every draw; the global generators are left alone.
        repeats: Seeds of each learner, at least 2.
        on_progress: Told of every fit of a learner, every score and every metric.

    Raises:
        SettingError: An unknown target, learner or set of baselines, or too few repeats.
        TableError: A table without rows or without columns of the real one, or too few real rows.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"x": [n / 7 for n in range(200)], "y": ["low", "high"] * 100})
    >>> report = evaluate(rows, rows, target="y", test=rows)
    >>> [result.value for result in report.readings if result.metric == "column_shapes"]
    [0.0]
    """
    real, synthetic = read_frame(real).frame, read_frame(synthetic).frame
    test = None if test is None else read_frame(test).frame
    check_inputs(real, target, learners, seed)
    check_baselines(baselines)
    if repeats < 2:
        raise SettingError(f"an interval needs 2 or more repeats, got {repeats}.")
    notes: tuple[str, ...] = ()
    is_given = test is not None and not test.empty
    if not is_given:
        fault = "No test table was given" if test is None else "The test table has no rows"
        real, test = hold_out(real, target, seed)
        warning = (
            f"{fault}: {len(test)} of the real rows are held out as test rows; "
            "if the generator has seen them, the figures flatter it."
        )
        notes = (warning,)
    on_progress(Progress("telling the kinds of the columns", 0, 1))
    schema = infer_task_schema(real, target)
    real, synthetic, test = map(schema.read_missing_marks, (real, synthetic, test))
    features = Features.fit(real, schema)
    made = align(synthetic, features, real.columns, "synthetic")
    unseen = align(test, features, real.columns, "test")
    comparison = Comparison(real, made.table, unseen.table, schema, target, seed, is_given)
    distinct = list(dict.fromkeys(learners))
    found = measure_utility(comparison, distinct, repeats, baselines, on_progress)
    results = compute_metrics(comparison, on_progress)
    rows = Rows(len(real), len(synthetic), len(test))
    notes += made.notes + unseen.notes + found.utility.notes
    notes += tuple(filter(None, [find_seen_rows(comparison)]))
    utility = replace(found.utility, notes=())
    settings = {"learners": list(learners), "baselines": baselines, "repeats": repeats}
    return Report(
        rows,
        utility,
        results,
        notes,
        seed,
        find_unjudged(schema.columns),
        PlotData(comparison, found.predictions),
    ).with_provenance(settings=settings)
