"""What follows from the folds of a study: gains, verdict, and the fidelity of the rows."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from tabgan.evaluation.metrics.alignment import listed
from tabgan.evaluation.metrics.metric import Comparison, MetricResult, Unavailable
from tabgan.evaluation.metrics.registry import METRICS, compute_metrics
from tabgan.evaluation.metrics.unjudged import find_unjudged
from tabgan.evaluation.report.plot_data import PlotData
from tabgan.evaluation.report.report import Report, Rows
from tabgan.evaluation.study.cross_validation import AugmenterRows, CrossValidation
from tabgan.evaluation.utility.arm_makers import chosen_scores, describe_choices
from tabgan.evaluation.utility.baseline_comparison import compare_baselines
from tabgan.evaluation.utility.baselines import NO_BALANCING
from tabgan.evaluation.utility.confidence_intervals import half_width_over_folds
from tabgan.evaluation.utility.folds import Fold
from tabgan.evaluation.utility.utility import (
    REAL,
    TUNED_THRESHOLD,
    Utility,
    augmented_arm,
    score_arms,
    synthetic_arm,
)
from tabgan.runtime.progress import OnProgress

NO_AUGMENTER = "no augmenter is given to judge (augmenters=)"


@dataclass(frozen=True)
class FidelityReport:
    """Fidelity and privacy of the first augmenter's rows of one fold.

    Attributes:
        rows: Training rows of the fold, made rows, test rows.
        results: Every metric, or why it has no value.
        comparison: The tables; None where no rows were made.
    """

    rows: Rows
    results: tuple[MetricResult, ...]
    comparison: Comparison | None


def measure_fidelity(
    study: CrossValidation, fold: Fold, made: AugmenterRows, on_progress: OnProgress
) -> FidelityReport:
    """Compute all metrics: training rows are the real ones, test rows were not seen.

    Args:
        study: The table and its task.
        fold: Which of its rows were trained on.
        made: Rows by augmenter; the first one is looked at.
        on_progress: Told of every metric.
    """
    first = next(iter(made.values()), Unavailable(NO_AUGMENTER))
    if not isinstance(first, Unavailable) and first.empty:
        first = Unavailable(f"{next(iter(made))} made no rows")
    rows = Rows(len(fold.train), 0, len(fold.test))
    if isinstance(first, Unavailable):
        reason = first.reason
        return FidelityReport(
            rows, tuple(metric.without_value(reason) for metric in METRICS.values()), None
        )
    train, test = (
        study.real.iloc[indices].reset_index(drop=True) for indices in (fold.train, fold.test)
    )
    comparison = Comparison(train, first, test, study.schema, study.task.target, fold.seed)
    results = compute_metrics(comparison, on_progress)
    return FidelityReport(replace(rows, synthetic=len(first)), results, comparison)


def build_report(study: CrossValidation, fidelity: FidelityReport, seed: int) -> Report:
    """Return the gains of all folds, and the fidelity of the first one's rows, as a report.

    Args:
        study: One fold at least is done.
        fidelity: Of the first fold's rows.
        seed: Of the study.
    """
    plot_data = None
    if fidelity.comparison is not None:
        repeat = study.targets[: study.folds]  # the first one holds every row once
        predictions = [each for one in study.learners for each in one.of_positive_class(repeat)]
        plot_data = PlotData(fidelity.comparison, tuple(predictions))
    notes = (*study.notes, *_notes(study, fidelity))
    unjudged = find_unjudged(study.schema.columns)
    rows, results = fidelity.rows, fidelity.results
    return Report(rows, _utility(study), results, notes, seed, unjudged, plot_data)


def _utility(study: CrossValidation) -> Utility:
    task = study.task
    half_width = partial(half_width_over_folds, test_ratio=study.test_ratio)
    scores = [
        entry
        for one in study.learners
        for score in chosen_scores(task, study.baselines)
        for entry in score_arms(one.learner, score, study.targets, one.for_score(score), half_width)
    ]
    augmenters = list(study.augmenters)
    found = Utility(task.kind, task.target, task.positive, tuple(scores))
    no_ways = {REAL, TUNED_THRESHOLD, *map(synthetic_arm, augmenters)}  # none to do better by
    arms = [arm for arm in study.learners[0].predictions if arm not in no_ways]
    judged = augmented_arm(augmenters[0]) if augmenters else max(arms, key=partial(_gain, found))
    found = replace(found, judged=judged)
    others = [arm for arm in arms if arm != judged]
    found = compare_baselines(found, others, study.learners, study.targets, half_width)
    if not augmenters:
        chance = f"That is the best of {len(arms)} ways, which flatters it."
        found = replace(found, remark=f"{chance} {found.remark}".strip())
    return found


def _gain(utility: Utility, arm: str) -> float:
    """Return the headline's gain if this arm were judged; less than any where there is none."""
    gain = replace(utility, judged=arm).headline.gain
    return -np.inf if gain is None else gain


def _notes(study: CrossValidation, fidelity: FidelityReport) -> Iterator[str]:
    yield (
        f"Scores are means over {len(study.targets)} folds; intervals allow for training rows that "
        "folds have in common (corrected resampled t-test)."
    )
    if fidelity.comparison is not None:
        name = next(iter(study.augmenters))
        yield f"Fidelity and privacy are those of the rows that {name} made in the first fold."
    yield from describe_choices(study.choices)
    if study.task.kind == "regression":
        yield NO_BALANCING
        return
    numbers = study.examples.features[:, ~study.task.features.categorical]
    could_not = isinstance(study.learners[0].predictions[augmented_arm("SMOTE")], Unavailable)
    if np.isnan(numbers).any() and not could_not:
        yield (
            "SMOTE refuses gaps: for it, those of numbers are filled by their median, and those of "
            "categories are a level of their own."
        )
    counts = np.bincount(study.examples.labels.astype(int), minlength=len(study.task.classes))
    few = [text for text, n in zip(study.task.classes, counts, strict=True) if n < study.folds]
    if few:
        yield f"Some folds have no test row of {listed(few)}, which has fewer rows than folds."
