"""`augmentation_study`: do added rows help? Found by fitting what makes them in each fold anew."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from tabgan.errors import SettingError, TimeLimitError
from tabgan.evaluation.report.report import Report
from tabgan.evaluation.study.cross_validation import AugmenterRows, CrossValidation
from tabgan.evaluation.study.summary import FidelityReport, build_report, measure_fidelity
from tabgan.evaluation.study.time_budget import TimeBudget
from tabgan.evaluation.utility.augmenters import Augmenter, Resampler, Synthesizer, has_setting
from tabgan.evaluation.utility.baselines import BASELINES, BaselineSet, check_baselines
from tabgan.evaluation.utility.folds import Fold, make_folds
from tabgan.evaluation.utility.input_checks import check_inputs
from tabgan.evaluation.utility.task import Task, infer_task_schema
from tabgan.evaluation.utility.utility import augmented_arm
from tabgan.io import read_frame
from tabgan.runtime.limits import check_time_limit
from tabgan.runtime.progress import OnProgress, Progress, ignore_progress
from tabgan.schema.column import Name

STAGE = "training with and without added rows, fold by fold"


def augmentation_study(
    real: Any,
    *,
    target: Name,
    augmenters: Mapping[str, Augmenter] = MappingProxyType({}),
    learners: Sequence[str] = ("gbdt",),
    baselines: BaselineSet = "quick",
    folds: int = 5,
    repeats: int = 3,
    seed: int = 0,
    time_limit: float | None = None,
    on_progress: OnProgress = ignore_progress,
) -> Report:
    """Measure whether adding rows helps a learner, on real rows that nothing was fitted on.

    In each fold of a repeated stratified cross-validation every augmenter is fitted on the training
    rows, and every learner is trained on: real rows, real rows and those of each augmenter, what
    real rows alone can be turned into (`BASELINES`: twice, oversampled at random, with SMOTE's
    rows, with weighted classes and others), and the first augmenter's rows only. All arms see the
    same folds and are scored on the same test rows.

    Args:
        real: A table of any kind that `tabgan.io.frames` lists; rows without a target are left out.
        target: The column that the learners predict.
        augmenters: By name; each has `fit_resample`, as in imbalanced-learn, or `fit` and `sample`.
            The first one is judged. Each fold works on a copy, with a `random_state` of its own and
            its share of the time as `time_limit`, where there are such settings.
        learners: Keys of `LEARNERS`: "gbdt", "forest", "linear".
        baselines: What augmenters have to beat: those that take a few fits, or "all", which takes
            several times as long, and scores decisions at tuned thresholds, too.
        folds: 2 or more.
        repeats: How often all rows are assigned to folds anew.
        seed: Decides every draw; the global generators are left alone.
        time_limit: Seconds to end in, with fewer folds if need be, which the report says.
        on_progress: Told of every fold, with the seconds left, and of every metric.

    Returns:
        Gains over real rows alone, with the 95 % intervals of the corrected resampled t-test
        (Nadeau and Bengio 2003), and fidelity and privacy of the first augmenter's rows in the
        first fold.

    Raises:
        SettingError: An unknown column or learner, an unusable target, a setting out of bounds, or
            nothing to study: numbers as the target, and no augmenter.
        TableError: Too few rows, or nothing to predict the target from.

    >>> rows = pd.DataFrame({"x": np.arange(60) / 7, "y": ["low", "high", "low"] * 20})
    >>> report = augmentation_study(rows, target="y", learners=["linear"], folds=2, repeats=1)
    >>> [score.arm for score in report.utility.scores[:4]]
    ['real', 'real twice', 'real + random oversampling', 'real + SMOTE']
    """
    real = read_frame(real).frame
    check_inputs(real, target, learners, seed)
    _check_study(augmenters, folds, repeats, time_limit)
    check_baselines(baselines)
    study = _prepare(real, target, augmenters, learners, folds, baselines)
    limited = sum(has_setting(augmenter, "time_limit") for augmenter in augmenters.values())
    budget = TimeBudget(study.folds * repeats, time_limit, limited)
    fidelity = _run(study, budget, repeats, seed, on_progress)
    if budget.done < budget.folds:
        study.notes.append(
            f"The time limit left room for {budget.done} of {budget.folds} folds: "
            "intervals are wider for it."
        )
    settings = {
        "learners": list(learners),
        "baselines": baselines,
        "folds": study.folds,
        "repeats": repeats,
        "time_limit": time_limit,
    }
    return build_report(study, fidelity, seed).with_provenance(settings=settings)


def _prepare(
    real: pd.DataFrame,
    target: Name,
    augmenters: Mapping[str, Augmenter],
    learners: Sequence[str],
    folds: int,
    baselines: BaselineSet,
) -> CrossValidation:
    """Return the rows with a target, in as many folds as asked for or as the rarer class allows."""
    schema = infer_task_schema(real, target)
    task = Task.infer(real, schema, target)
    if task.kind == "regression" and not augmenters:
        raise SettingError(
            f"the target {target!r} is a number, which has no classes to balance: give augmenters "
            "to study, or another target."
        )
    labels = task.labels(real)
    known, notes = np.isfinite(labels), []
    if not known.all():
        notes.append(f"{(~known).sum()} rows are left out: their {target!r} is missing.")
    if task.kind == "binary":
        rarer = int((labels == 1).sum())
        if 2 <= rarer < folds:
            notes.append(
                f"{task.positive!r} has {rarer} of the rows: there are {rarer} folds, not {folds}, "
                "so that each can test it."
            )
        folds = max(2, min(rarer, folds))
    rows = real[known].reset_index(drop=True)
    distinct = list(dict.fromkeys(learners))
    study = CrossValidation(rows, schema, task, augmenters, distinct, folds, baselines)
    study.notes += notes
    return study


def _run(
    study: CrossValidation, budget: TimeBudget, repeats: int, seed: int, on_progress: OnProgress
) -> FidelityReport:
    """Do all folds, or as many as there is time for; return the fidelity of the first one."""
    labels = pd.Series(study.examples.labels)
    fidelity: list[FidelityReport] = []
    for fold in make_folds(labels, study.folds, repeats, seed):
        if not budget.has_next_fold:
            break
        on_progress(Progress(STAGE, budget.done, budget.planned, seconds_left=budget.seconds_left))
        rows = _make_rows_in_time(study, fold, budget)
        if rows is None:
            break
        budget.end_fits()
        study.fit_predict(fold, rows)
        if not fidelity:
            with budget.one_time_work():
                fidelity.append(measure_fidelity(study, fold, rows, on_progress))
        budget.end_fold()
    on_progress(Progress(STAGE, budget.done, budget.planned, seconds_left=0.0))
    return fidelity[0]


def _make_rows_in_time(
    study: CrossValidation, fold: Fold, budget: TimeBudget
) -> AugmenterRows | None:
    """Return rows; None if there is too little time for what the folds before had enough for."""
    while True:
        seconds = budget.begin_fold()
        is_all = not budget.done and not budget.can_double_fit_time
        try:
            return study.make_rows(fold, seconds, is_all=is_all)
        except TimeLimitError:
            if budget.done:
                return None
            budget.double_fit_time()


def _check_study(
    augmenters: Mapping[str, Augmenter], folds: int, repeats: int, time_limit: float | None
) -> None:
    """Raise `SettingError` unless these augmenters and numbers make a study."""
    for name, augmenter in augmenters.items():
        if not name or {name, augmented_arm(name)} & set(BASELINES):
            raise SettingError(f"an augmenter cannot be called {name!r}: name it otherwise.")
        if not isinstance(augmenter, Resampler | Synthesizer):
            raise SettingError(
                f"the augmenter {name!r} is a {type(augmenter).__name__}: it needs the methods "
                "fit_resample, or fit and sample."
            )
    if folds < 2:
        raise SettingError(f"rows to learn from and to test on need 2 or more folds, got {folds}.")
    if repeats < 1:
        raise SettingError(f"repeats={repeats} is outside what is allowed: 1 or more.")
    check_time_limit(time_limit)
