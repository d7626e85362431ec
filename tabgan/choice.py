"""Which recipe helps a learner, found by cross-validation on the training rows alone."""

import time
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from tabgan.errors import TableError
from tabgan.evaluation.folds import Fold, deal_folds
from tabgan.evaluation.gain import Truths, doubt_of_folds
from tabgan.evaluation.scores import SCORES
from tabgan.evaluation.task import Task, infer_schema
from tabgan.evaluation.trials import Answers, Arm
from tabgan.evaluation.utility import REAL, mark
from tabgan.fitting import FitRequest, fit_model
from tabgan.model import TabularModel
from tabgan.progress import OnProgress, Progress, ignore_progress
from tabgan.recipe import Pool, Recipe, count_classes, most_of

FOLDS = 5
FEWEST_FOLDS = 2  # of which the time limit leaves the rest out
FIT_SHARE = 0.6  # of a fold's seconds; drawing rows and training learners take the rest
FEWEST_ROWS = 20  # below that a fold tests four rows
LEARNER = "gbdt"
JUDGED_BY = {"binary": "average_precision", "multiclass": "average_precision", "regression": "rmse"}
CANDIDATES = (
    Recipe(ratio=0.5),
    Recipe(ratio=1.0),
    Recipe(ratio=2.0),
    Recipe(balance=0.5),
    Recipe(balance=1.0),
)
NOTHING = np.array([], dtype=np.int64)
STAGE = "cross-validating what helps"


@dataclass(frozen=True)
class Choice:
    """What to add, and why.

    Attributes:
        recipe: nothing, where nothing helps beyond noise.
        facts: what cross-validation found, for a sentence; "" where it was not asked.
    """

    recipe: Recipe
    facts: str = ""

    def tell(self, rows: int) -> str:
        """Say in a sentence what is added, which is so many rows.

        >>> Choice(Recipe(ratio=0.5)).tell(10)
        '10 rows are added, 0.5 for each row given.'
        """
        facts = f": {self.facts}" if self.facts else ""
        if rows:
            return f"{rows} rows are added, {self.recipe.text}{facts}."
        if facts:
            return f"Nothing is added, since nothing helps beyond noise{facts}."
        return "Nothing is added: no class has fewer rows than another."


def choose_recipe(
    table: pd.DataFrame, task: Task, request: FitRequest, on_progress: OnProgress
) -> Choice:
    """Try each candidate in each fold, with a model that was fitted on the fold's training rows.

    One fit serves all candidates of a fold; a learner is marked on the rows left out of it. The
    best candidate is taken if its mean gain exceeds its standard error (the one-standard-error rule
    of Breiman et al. 1984), which is corrected for folds that overlap (Nadeau and Bengio 2003). The
    gain of the best of several is flattered a little: a study outside measures it afresh.

    Args:
        table: rows whose target is known.
        task: what the learner is asked.
        request: how each model is fitted; its deadline is that of all folds together.
        on_progress: told of every fold.

    Raises:
        TableError: there are too few rows.
        TrainingError: no model came out of a fold.
    """
    if len(table) < FEWEST_ROWS:
        raise TableError(
            f"{len(table)} rows have a known {task.target!r}: too few to find out by "
            f"cross-validation what helps ({FEWEST_ROWS} or more); say how many rows to add."
        )
    trials = _Trials(table, task)
    for fold in deal_folds(table[task.target], FOLDS, 1, request.seed or 0):
        now = time.monotonic()
        if fold.number >= FEWEST_FOLDS and now > request.deadline:
            break
        on_progress(Progress(STAGE, fold.number, FOLDS))
        share = FIT_SHARE * (request.deadline - now) / (FOLDS - fold.number)
        trials.run(fold, replace(request, deadline=now + share, seed=fold.seed))
    on_progress(Progress(STAGE, FOLDS, FOLDS))
    return trials.choose()


def fit_to_end(
    table: pd.DataFrame, request: FitRequest, on_progress: OnProgress = ignore_progress
) -> TabularModel:
    """Fit; Ctrl-C ends all of the work, and not just this fit with the best model so far."""
    model = fit_model(table, request, on_progress)
    if model.record.was_interrupted:
        raise KeyboardInterrupt
    return model


class _Trials:
    """What a learner says after each candidate, fold by fold."""

    def __init__(self, table: pd.DataFrame, task: Task) -> None:
        self.table = table
        self.task = task
        counts = count_classes(table, task)
        self.candidates = {
            recipe.text: recipe for recipe in CANDIDATES if recipe.amounts(len(table), counts).total
        }
        self.answers = Answers(LEARNER, task)
        self.truths: Truths = []

    def run(self, fold: Fold, request: FitRequest) -> None:
        """Fit, add, train and ask."""
        train = self.table.iloc[fold.train].reset_index(drop=True)
        schema = infer_schema(train, self.task.target)
        model = fit_to_end(train, replace(request, schema=schema))
        counts = count_classes(train, self.task)
        amounts = {name: r.amounts(len(train), counts) for name, r in self.candidates.items()}
        pool = Pool.draw(model, most_of(amounts.values()), self.task.target, fold.seed)
        real = self.task.examples(train)
        test = self.task.examples(self.table.iloc[fold.test])
        self.answers.ask(REAL, Arm(real), test, fold.seed)
        for name, wanted in amounts.items():
            more = self.task.examples(pool.take(wanted)) if wanted.total else real.take(NOTHING)
            self.answers.ask(name, Arm(real.joined(more)), test, fold.seed)
        self.truths.append(test.labels)

    def choose(self) -> Choice:
        """The best candidate, if its gain is beyond noise."""
        (score,) = (s for s in SCORES[self.task.kind] if s.name == JUDGED_BY[self.task.kind])
        doubt = partial(doubt_of_folds, test_ratio=1 / (FOLDS - 1))
        marked = mark(LEARNER, score, self.truths, self.answers.guesses, doubt)
        judged = [entry for entry in marked if entry.low is not None]
        if not judged:
            return Choice(Recipe(), f"it cannot be judged, since {marked[-1].note}")
        best = max(judged, key=lambda entry: entry.gain or 0.0)
        gain, low, value = (number or 0.0 for number in (best.gain, best.low, best.value))
        error = float((gain - low) / stdtrit(len(self.truths) - 1, 0.975))
        helps = gain > error
        which = "" if helps else f", {best.arm},"
        before = value - best.direction.sign * gain
        facts = (
            f"the best of {len(judged)} mixtures tried in {len(self.truths)} folds{which} takes "
            f"{best.title} of {best.learner} from {before:.4g} to {value:.4g} "
            f"(gain {gain:+.2g}, standard error {error:.2g})"
        )
        return Choice(self.candidates[best.arm] if helps else Recipe(), facts)
