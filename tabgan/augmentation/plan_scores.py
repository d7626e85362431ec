"""Which mixture of real and synthetic rows a learner does best with, and whether that is chance."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from tabgan.augmentation.plan import AugmentationPlan, PlanChoice, count_classes, max_amounts
from tabgan.evaluation.number_format import number, signed
from tabgan.evaluation.utility.arms import Arm, LearnerPredictions
from tabgan.evaluation.utility.confidence_intervals import Targets, half_width_over_folds
from tabgan.evaluation.utility.folds import Fold
from tabgan.evaluation.utility.scores import SCORES
from tabgan.evaluation.utility.task import Task
from tabgan.evaluation.utility.utility import REAL, UtilityScore, score_arms
from tabgan.model.class_sampling import Pool
from tabgan.model.tabular_model import TabularModel

FOLDS = 5
ALPHA = 0.2  # probability of adding rows where no plan helps: then they cost little
LEARNER = "gbdt"
SCORED_BY = {"binary": "average_precision", "multiclass": "average_precision", "regression": "rmse"}
PLANS = (
    AugmentationPlan(ratio=0.5),
    AugmentationPlan(ratio=1.0),
    AugmentationPlan(ratio=2.0),
    AugmentationPlan(balance=0.5),
    AugmentationPlan(balance=1.0),
)
MIN_ERROR = 1e-12  # a standard error below it is rounding
NO_ROWS = np.array([], dtype=np.int64)


@dataclass(frozen=True)
class PlanGain:
    """What a plan gains.

    Attributes:
        score: The gain and its interval.
        folds: Over how many.
    """

    score: UtilityScore
    folds: int

    @property
    def gain(self) -> float:
        """The mean improvement over real rows alone."""
        return self.score.gain or 0.0

    @property
    def standard_error(self) -> float:
        """Of the gain, corrected for folds that overlap."""
        half = self.gain - (self.score.low or 0.0)
        return half / float(scipy.special.stdtrit(self.folds - 1, 0.975))

    @property
    def t(self) -> float:
        """The gain in standard errors."""
        return self.gain / max(self.standard_error, MIN_ERROR)

    @property
    def p_value(self) -> float:
        """Probability of such a gain where the rows do not help: a one-sided t-test."""
        return float(scipy.special.stdtr(self.folds - 1, -self.t))


class PlanScores:
    """What a learner predicts after each plan, fold by fold.

    Args:
        table: Rows whose target is known.
        task: What the learner is asked.

    Attributes:
        plans: Those that add rows to this table, by their text.
        learner: What it predicts after real rows alone, and after each plan.
        targets: Of the test rows of each fold done.
    """

    def __init__(self, table: pd.DataFrame, task: Task) -> None:
        self.table = table
        self.task = task
        counts = count_classes(table, task)
        self.plans = {plan.text: plan for plan in PLANS if plan.amounts(len(table), counts).total}
        self.learner = LearnerPredictions(LEARNER, task)
        self.targets: Targets = []

    def train_rows(self, fold: Fold) -> pd.DataFrame:
        """Return the rows that a fold's model and learners may see."""
        return self.table.iloc[fold.train].reset_index(drop=True)

    def fit_predict(self, fold: Fold, model: TabularModel) -> None:
        """Draw rows for all plans, train after each, and keep what is predicted in a fold.

        Args:
            fold: Whose rows.
            model: Fitted on `train_rows` of the fold.
        """
        train = self.train_rows(fold)
        counts = count_classes(train, self.task)
        amounts = {name: plan.amounts(len(train), counts) for name, plan in self.plans.items()}
        pool = Pool.draw(model, max_amounts(amounts.values()), self.task.target, fold.seed)
        real = self.task.examples(train)
        test = self.task.examples(self.table.iloc[fold.test])
        self.learner.fit_predict(REAL, Arm(real), test, fold.seed)
        for name, wanted in amounts.items():
            more = self.task.examples(pool.take(wanted)) if wanted.total else real.take(NO_ROWS)
            self.learner.fit_predict(name, Arm(real.concat(more)), test, fold.seed)
        self.targets.append(test.labels)

    @property
    def is_promising(self) -> bool:
        """Whether the largest gain so far exceeds its standard error, if that can be told."""
        gains = self._gains()
        return not gains or max(gains, key=_gain).t > 1

    def choose(self) -> PlanChoice:
        """Return the plan of the largest gain, if the gains of all are beyond noise."""
        gains = self._gains()
        if not gains:
            return PlanChoice(AugmentationPlan(), self._scores()[-1].note)
        best = max(gains, key=_gain)
        p_value = combine_p_values(np.array([one.p_value for one in gains]))
        helps = best.t > 0 and p_value < ALPHA
        value = best.score.value or 0.0
        before = value - best.score.direction.sign * best.gain
        which = "" if helps else f", {best.score.arm},"
        facts = (
            f"the best of {len(gains)} mixtures tried in {len(self.targets)} folds{which} takes "
            f"{best.score.title} of {LEARNER} from {number(before)} to {number(value)} (gain "
            f"{signed(best.gain)}, standard error {number(best.standard_error)}, p {p_value:.2g})"
        )
        return PlanChoice(self.plans[best.score.arm] if helps else AugmentationPlan(), facts)

    def _gains(self) -> list[PlanGain]:
        """Return the plans whose gain has an interval."""
        known = [score for score in self._scores() if score.low is not None]
        return [PlanGain(score, len(self.targets)) for score in known]

    def _scores(self) -> list[UtilityScore]:
        (score,) = (s for s in SCORES[self.task.kind] if s.name == SCORED_BY[self.task.kind])
        half_width = partial(half_width_over_folds, test_ratio=1 / (FOLDS - 1))
        return score_arms(LEARNER, score, self.targets, self.learner.predictions, half_width)


def _gain(plan: PlanGain) -> float:
    return plan.gain


def combine_p_values(p_values: NDArray[np.float64]) -> float:
    """Return the p-value of several tests together, shape (tests,), of Simes (1986).

    Tests that agree are believed as one is, and tests that were tried until one came out are not.

    >>> round(combine_p_values(np.array([0.01, 0.5, 0.9])), 3)
    0.03
    >>> combine_p_values(np.array([0.04, 0.04]))
    0.04
    """
    ranks = np.arange(1, len(p_values) + 1)
    return float((np.sort(p_values) * len(p_values) / ranks).min())
