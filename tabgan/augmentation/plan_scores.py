"""Which way of adding rows a learner does best with, and whether that is chance."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import numpy as np
import scipy

from tabgan.augmentation.corrected_p_values import correct_after_first, correct_p_values
from tabgan.augmentation.labelled_table import LabelledTable
from tabgan.augmentation.plan import AugmentationPlan
from tabgan.augmentation.plan_choice import PlanChoice, PlanResult, Trial
from tabgan.augmentation.plan_learners import fit_predict_averaged
from tabgan.augmentation.plan_rows import RowMaker
from tabgan.errors import ConditionError
from tabgan.evaluation.metrics.metric import IncomputableError, Unavailable
from tabgan.evaluation.utility.arms import Arm, LearnerPredictions
from tabgan.evaluation.utility.confidence_intervals import Targets, half_width_over_folds
from tabgan.evaluation.utility.folds import Fold
from tabgan.evaluation.utility.learners import LEARNERS
from tabgan.evaluation.utility.scores import SCORES, Score
from tabgan.evaluation.utility.utility import REAL, UtilityScore, score_arms
from tabgan.model.tabular_model import TabularModel

FOLDS = 5
TEST_RATIO = 1 / (FOLDS - 1)  # rows tested on, over those trained on: how much folds overlap
ALPHA = 0.2  # probability of adding rows where no plan helps: then they cost little
MAX_HOPEFUL = 0.5  # p-value to expect of all folds, beyond which no more are taken: of what all of
MIN_TELLING_FOLDS = 3  # them find, so nearly nothing is lost, and where nothing helps half the time
LEARNER = "gbdt"
SCORED_BY = {"binary": "average_precision", "multiclass": "average_precision", "regression": "rmse"}
PLANS = (
    AugmentationPlan(ratio=0.5),
    AugmentationPlan(ratio=1.0),
    AugmentationPlan(ratio=2.0),
    AugmentationPlan(balance=0.5),
    AugmentationPlan(balance=1.0),
)
MANY_DRAWS = AugmentationPlan(ratio=1.0, n_draws=10)  # tested first: it helps most often
SMALL_TABLE_PLANS = (
    AugmentationPlan(ratio=10.0, weight=0.1),
    MANY_DRAWS,
    AugmentationPlan(ratio=1.0, soft_labels=True),
    AugmentationPlan(ratio=1.0, soft_labels=True, inpaint=0.3),
)
MAX_SMALL_TABLE_ROWS = 20_000  # beyond, many draws take long, and rows given say as much
MAX_OTHER_LEARNERS_ROWS = 100_000  # beyond, a forest takes longer than a GAN
MIN_ERROR = 1e-12  # a standard error below it is rounding


class PlanScores:
    """What a learner predicts after each plan, fold by fold.

    Args:
        table: The rows given.
        plans: Those that are tried.

    Attributes:
        plans: The same, by their text.
        learner: What it predicts after real rows alone, and after each plan.
        others: What other learners predict after real rows alone.
        targets: Of the test rows of each fold done.
    """

    def __init__(self, table: LabelledTable, plans: Iterable[AugmentationPlan]) -> None:
        self.table = table
        self.task = table.task
        self.plans = {plan.text: plan for plan in plans}
        self.learner = LearnerPredictions(LEARNER, self.task)
        is_quick = len(table.rows) <= MAX_OTHER_LEARNERS_ROWS
        names = [name for name in LEARNERS if name != LEARNER and is_quick]
        self.others = [LearnerPredictions(name, self.task) for name in names]
        self.targets: Targets = []

    def fit_predict(self, fold: Fold, model: TabularModel) -> None:
        """Make rows by all plans, train after each, and keep what is predicted in a fold.

        Args:
            fold: Whose rows.
            model: Fitted on the training rows of the fold, and on those without a label.
        """
        train = self.table.take(fold.train)
        real = self.task.examples(train.rows)
        test = self.task.examples(self.table.rows.iloc[fold.test])
        for learner in (self.learner, *self.others):
            learner.fit_predict(REAL, Arm(real), test, fold.seed)
        maker = RowMaker.draw(model, train, list(self.plans.values()), fold.seed)
        for name, plan in self.plans.items():
            known = self.learner.predictions.setdefault(name, [])
            if isinstance(known, Unavailable):
                continue
            try:
                made = maker.make(plan)
                found = fit_predict_averaged(LEARNER, self.task, real, made, test, fold.seed)
            except (ConditionError, IncomputableError) as error:
                self.learner.predictions[name] = Unavailable(str(error).rstrip("."))
            else:
                known.append(found)
        self.targets.append(test.labels)

    def may_help(self, folds: int) -> bool:
        """Return whether a plan may be found to help in so many folds, as far as these tell.

        They are taken to go on as these did. Where that finds nothing by a wide margin (for fewer
        than `MIN_TELLING_FOLDS` it is not asked), chance is unlikely to find something.
        """
        if len(self.targets) < MIN_TELLING_FOLDS:
            return True
        known = [result for result in self._results(folds) if result.gain is not None]
        return not known or any(_helps(each, MAX_HOPEFUL) for each in known)

    def choose(self) -> PlanChoice:
        """Return the plan of the largest gain among those that help beyond chance, if any does."""
        results = self._results()
        known = [result for result in results if result.gain is not None]
        helping = [each for each in known if _helps(each, ALPHA)]
        best = max(helping or known, key=_gain, default=None)
        real, sign = self._score_real(), self._score.direction.sign
        ahead = sign * (next(iter(real.values()), 0.0) - real.get(LEARNER, 0.0))
        folds = len(self.targets)
        trial = Trial(self._score.title, LEARNER, folds, tuple(results), best, real, ahead)
        plan = self.plans[best.plan] if best and helping else AugmentationPlan()
        return PlanChoice(plan, trial)

    @property
    def _score(self) -> Score:
        wanted = SCORED_BY[self.task.kind]
        return next(score for score in SCORES[self.task.kind] if score.name == wanted)

    def _results(self, planned: int | None = None) -> list[PlanResult]:
        """Return what each plan gains, and whether that is chance.

        Args:
            planned: Folds that are taken to have gone as those done; these when None.
        """
        scores = [score for score in self._compare(self.learner) if score.arm != REAL]
        results = {s.arm: PlanResult(s.arm, s.value, note=s.note) for s in scores}
        known, folds = [score for score in scores if score.low is not None], len(self.targets)
        gains = np.array([score.gain for score in known])
        errors = np.array([_standard_error(score, folds) for score in known])
        if planned is not None:
            errors *= np.sqrt((1 / planned + TEST_RATIO) / (1 / folds + TEST_RATIO))
        p_values = scipy.special.stdtr((planned or folds) - 1, -gains / errors)
        names = [score.arm for score in known]
        if MANY_DRAWS.text in names:
            corrected = correct_after_first(p_values, names.index(MANY_DRAWS.text))
        else:
            corrected = correct_p_values(p_values)
        tests = np.column_stack([gains, errors, p_values, corrected]).tolist()
        for score, figures in zip(known, tests, strict=True):
            results[score.arm] = PlanResult(score.arm, score.value, *figures)
        return list(results.values())

    def _score_real(self) -> dict[str, float]:
        """Return what learners score after real rows alone, the best first."""
        found = {
            learner.learner: score.value
            for learner in (self.learner, *self.others)
            for score in self._compare(learner)
            if score.arm == REAL and score.value is not None
        }
        sign = self._score.direction.sign
        return dict(sorted(found.items(), key=lambda item: -sign * item[1]))

    def _compare(self, learner: LearnerPredictions) -> list[UtilityScore]:
        half_width = partial(half_width_over_folds, test_ratio=TEST_RATIO)
        predictions = learner.predictions
        return score_arms(learner.learner, self._score, self.targets, predictions, half_width)


def find_plans(table: LabelledTable, *, keeps_cells: bool = True) -> list[AugmentationPlan]:
    """Return the plans that add rows to a table, and suit its target.

    Args:
        table: The rows given.
        keeps_cells: Whether rows made may keep cells of rows given.
    """
    plans = PLANS + (SMALL_TABLE_PLANS if len(table.rows) <= MAX_SMALL_TABLE_ROWS else ())
    if table.task.kind == "regression":
        plans = tuple(dict.fromkeys(replace(plan, soft_labels=False) for plan in plans))
    return [
        plan
        for plan in plans
        if plan.amounts(len(table.rows), table.counts).total and (keeps_cells or not plan.inpaint)
    ]


def _standard_error(score: UtilityScore, folds: int) -> float:
    """Return the standard error of a gain from its interval, corrected for folds that overlap."""
    half = (score.gain or 0.0) - (score.low or 0.0)
    return max(half / float(scipy.special.stdtrit(folds - 1, 0.975)), MIN_ERROR)


def _gain(result: PlanResult) -> float:
    return result.gain or 0.0


def _helps(result: PlanResult, level: float) -> bool:
    """Return whether a plan gains something beyond chance."""
    return _gain(result) > 0 and result.corrected is not None and result.corrected < level
