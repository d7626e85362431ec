"""What follows from the folds of a study: the gains, the verdict, and how like the rows are."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from tabgan.evaluation.evaluate import METRICS, read_metrics
from tabgan.evaluation.metrics.alignment import listed
from tabgan.evaluation.metrics.metric import Comparison, IncomputableError, Reading
from tabgan.evaluation.report.plot_data import Evidence
from tabgan.evaluation.report.report import Report, Rows
from tabgan.evaluation.study.cross_validation import CrossValidation, Made
from tabgan.evaluation.utility.arms import SIMPLE_ARMS
from tabgan.evaluation.utility.baseline_comparison import compare_rivals
from tabgan.evaluation.utility.confidence_intervals import doubt_of_folds
from tabgan.evaluation.utility.folds import Fold
from tabgan.evaluation.utility.scores import SCORES
from tabgan.evaluation.utility.utility import Utility, arm_of, mark
from tabgan.runtime.progress import OnProgress


@dataclass(frozen=True)
class Look:
    """How like real rows the first augmenter's rows of one fold are.

    Attributes:
        rows: training rows of the fold, made rows, test rows.
        readings: every metric, or why there is none.
        comparison: the tables; None where no rows were made.
    """

    rows: Rows
    readings: tuple[Reading, ...]
    comparison: Comparison | None


def look_at(made: Made, fold: Fold, trials: CrossValidation, on_progress: OnProgress) -> Look:
    """Measure fidelity and privacy: training rows are the real ones, test rows were not seen."""
    first = next(iter(made.values()), IncomputableError("there is no augmenter to judge"))
    if not isinstance(first, IncomputableError) and first.empty:
        first = IncomputableError(f"{next(iter(made))} made no rows")
    rows = Rows(len(fold.train), 0, len(fold.test))
    if isinstance(first, IncomputableError):
        return Look(rows, tuple(one.unread(str(first)) for one in METRICS.values()), None)
    train, test = (
        trials.real.iloc[places].reset_index(drop=True) for places in (fold.train, fold.test)
    )
    target, seed = trials.task.target, fold.seed
    comparison = Comparison(train, first, test, trials.schema, target, seed)
    readings = read_metrics(comparison, on_progress)
    return Look(replace(rows, synthetic=len(first)), readings, comparison)


def conclude(trials: CrossValidation, look: Look, seed: int) -> Report:
    """Put the answers of all folds and the look at the first one into a report.

    Args:
        trials: one fold at least.
        look: at the first fold's rows.
        seed: of the study.
    """
    evidence = None
    if look.comparison is not None:
        repeat = trials.truths[: trials.folds]  # the first one holds every row once
        curves = [curve for answers in trials.answers for curve in answers.curves(repeat)]
        evidence = Evidence(look.comparison, tuple(curves))
    notes = (*trials.notes, *_notes(trials, look))
    return Report(look.rows, _utility(trials), look.readings, notes, seed, evidence)


def _utility(trials: CrossValidation) -> Utility:
    task = trials.task
    doubt = partial(doubt_of_folds, test_ratio=trials.test_ratio)
    scores = [
        entry
        for answers in trials.answers
        for score in SCORES[task.kind]
        for entry in mark(answers.learner, score, trials.truths, answers.guesses, doubt)
    ]
    augmenters = [arm_of(name) for name in trials.augmenters]
    found = Utility(task.kind, task.target, task.positive, tuple(scores))
    judged = augmenters[0] if augmenters else max(SIMPLE_ARMS, key=partial(_gain, found))
    found = replace(found, judged=judged)
    rivals = [arm for arm in (*augmenters, *SIMPLE_ARMS) if arm != judged]
    remark = compare_rivals(found, rivals, trials.answers, trials.truths, doubt)
    if not augmenters:
        remark = f"That is the best of {len(SIMPLE_ARMS)} ways, which flatters it. {remark}".strip()
    return replace(found, remark=remark)


def _gain(utility: Utility, arm: str) -> float:
    """The headline's gain if this arm were judged; less than any where there is none."""
    gain = replace(utility, judged=arm).headline.gain
    return -np.inf if gain is None else gain


def _notes(trials: CrossValidation, look: Look) -> Iterator[str]:
    yield (
        f"Scores are means over {len(trials.truths)} folds; intervals allow for training rows that "
        "folds have in common (corrected resampled t-test)."
    )
    if look.comparison is not None:
        name = next(iter(trials.augmenters))
        yield f"Fidelity and privacy are those of the rows that {name} made in the first fold."
    numbers = trials.examples.features[:, ~trials.task.features.categorical]
    could_not = isinstance(trials.answers[0].guesses[arm_of("SMOTE")], IncomputableError)
    if np.isnan(numbers).any() and not could_not:
        yield (
            "SMOTE refuses gaps: for it, those of numbers are filled by their median, and those of "
            "categories are a level of their own."
        )
    counts = np.bincount(trials.examples.labels.astype(int)) if trials.task.classes else ()
    few = [text for text, n in zip(trials.task.classes, counts, strict=True) if n < trials.folds]
    if few:
        yield f"Some folds have no test row of {listed(few)}, which has fewer rows than folds."
