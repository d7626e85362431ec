"""Which plan helps a learner, found by cross-validation on the rows given alone."""

import math
import time
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from tabgan.augmentation.labelled_table import LabelledTable
from tabgan.augmentation.plan import AugmentationPlan
from tabgan.augmentation.plan_choice import PlanChoice
from tabgan.augmentation.plan_scores import FOLDS, PlanScores
from tabgan.errors import TableError, TimeLimitError
from tabgan.evaluation.study.time_budget import TimeBudget
from tabgan.evaluation.utility.folds import Fold, make_folds
from tabgan.fitting.fit import fit_model
from tabgan.fitting.fit_request import FitRequest
from tabgan.model.tabular_model import TabularModel
from tabgan.runtime.progress import OnProgress, Progress, ignore_progress

REPEATS = 2  # of all folds, unless none of the plans promises something
MAX_TRIES = 3  # of a fit, each with twice the time: how long it takes is guessed by first steps
MIN_ROWS = 20  # below that a fold tests four rows
STAGE = "cross-validating what helps"


def choose_plan(
    table: LabelledTable,
    plans: Sequence[AugmentationPlan],
    request: FitRequest,
    on_progress: OnProgress,
) -> PlanChoice:
    """Try each plan in each fold, with a model that was fitted on the fold's training rows.

    One fit serves all plans of a fold; a learner is scored on the rows left out of it. Rows without
    a label are learned by every model, and tested on in none. Gains are tested by one-sided t-tests
    that are corrected for folds that overlap (Nadeau and Bengio 2003), and for the number of plans
    (Hommel 1988), of which many draws are tested first (Wiens 2003): they helped most often. Of the
    plans that help beyond chance the one of the largest gain is taken. The rows are assigned to
    folds twice, unless it looks hopeless before: to give up early adds nothing, so it cannot add in
    vain.

    Args:
        table: The rows given.
        plans: That are tried.
        request: How each model is fitted; its deadline is that of all folds together, of which
            there are fewer if need be.
        on_progress: Told of every fold.

    Raises:
        TableError: There are too few rows.
        TimeLimitError: Not even two fits have the time to learn something.
        TrainingError: No model came out of a fold.
    """
    if len(table.rows) < MIN_ROWS:
        raise TableError(
            f"{len(table.rows)} rows have a known {table.target!r}: too few to find out by "
            f"cross-validation what helps ({MIN_ROWS} or more); say how many rows to add."
        )
    scores = PlanScores(table, plans)
    seconds = request.deadline - time.monotonic()
    budget = TimeBudget(FOLDS * REPEATS, None if math.isinf(seconds) else seconds, fits=1)
    for fold in make_folds(table.rows[table.target], FOLDS, REPEATS, request.seed or 0):
        if not budget.has_next_fold or not scores.may_help(budget.planned):
            break
        total = min(budget.planned, FOLDS if fold.number < FOLDS else FOLDS * REPEATS)
        on_progress(Progress(STAGE, fold.number, total))
        model = _fit_in_time(table.take(fold.train), request, fold, budget)
        if model is None:
            break
        budget.end_fits()
        scores.fit_predict(fold, model)
        budget.end_fold()
    on_progress(Progress(STAGE, budget.done, budget.done))
    return scores.choose()


def _fit_in_time(
    train: LabelledTable, request: FitRequest, fold: Fold, budget: TimeBudget
) -> TabularModel | None:
    """Fit in the fold's share of the time; None if that is too little after other folds.

    Raises:
        TimeLimitError: It is too little in the first fold, and no more can be had.
    """
    request = replace(request, schema=train.schema, seed=fold.seed)
    tries = 0
    while True:
        seconds = budget.begin_fold()
        share = math.inf if seconds is None else 2**tries * seconds
        deadline = min(time.monotonic() + share, request.deadline)
        try:
            return fit_uninterrupted(train.whole, replace(request, deadline=deadline))
        except TimeLimitError:
            tries += 1
            if budget.done and tries == MAX_TRIES:
                return None
            if not budget.done:
                if not budget.can_double_fit_time:
                    raise TimeLimitError(
                        f"the time limit leaves {max(0.0, seconds or 0.0):.0f} s for each fit, too "
                        "few to find out by cross-validation what helps: raise it, or say how many "
                        "rows to add."
                    ) from None
                budget.double_fit_time()
                tries = 0


def fit_uninterrupted(
    table: pd.DataFrame, request: FitRequest, on_progress: OnProgress = ignore_progress
) -> TabularModel:
    """Fit a model; Ctrl-C ends all of the work, not this fit with the best weights so far.

    Raises:
        KeyboardInterrupt: Somebody pressed Ctrl-C.
    """
    return fit_model(table, replace(request, keeps_interrupted=False), on_progress)
