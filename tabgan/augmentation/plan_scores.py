"""Which mixture of real and synthetic rows a learner does best with, and whether that is chance."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from tabgan.augmentation.plan import Choice, Recipe, count_classes, most_of
from tabgan.evaluation.number_format import number, signed
from tabgan.evaluation.utility.arms import Answers, Arm
from tabgan.evaluation.utility.confidence_intervals import Truths, doubt_of_folds
from tabgan.evaluation.utility.folds import Fold
from tabgan.evaluation.utility.scores import SCORES
from tabgan.evaluation.utility.task import Task
from tabgan.evaluation.utility.utility import REAL, UtilityScore, mark
from tabgan.model.class_draws import Pool
from tabgan.model.tabular_model import TabularModel

FOLDS = 5
LEVEL = 0.2  # chance of adding rows where no candidate helps: then they cost little
LEARNER = "gbdt"
JUDGED_BY = {"binary": "average_precision", "multiclass": "average_precision", "regression": "rmse"}
CANDIDATES = (
    Recipe(ratio=0.5),
    Recipe(ratio=1.0),
    Recipe(ratio=2.0),
    Recipe(balance=0.5),
    Recipe(balance=1.0),
)
TINIEST = 1e-12  # a standard error below it is rounding
NOTHING = np.array([], dtype=np.int64)


class Candidates:
    """What a learner says after each candidate, fold by fold.

    Args:
        table: rows whose target is known.
        task: what the learner is asked.
    """

    def __init__(self, table: pd.DataFrame, task: Task) -> None:
        self.table = table
        self.task = task
        counts = count_classes(table, task)
        self.candidates = {
            recipe.text: recipe for recipe in CANDIDATES if recipe.amounts(len(table), counts).total
        }
        self.answers = Answers(LEARNER, task)
        self.truths: Truths = []

    def train_rows(self, fold: Fold) -> pd.DataFrame:
        """The rows that a fold's model and learners may see."""
        return self.table.iloc[fold.train].reset_index(drop=True)

    def run(self, fold: Fold, model: TabularModel) -> None:
        """Draw, add, train and ask."""
        train = self.train_rows(fold)
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

    @property
    def promise(self) -> bool:
        """Whether the largest gain so far exceeds its standard error, if that can be told."""
        judged = self._judge()
        return not judged or max(judged, key=_gain_of).excess > 1

    def choose(self) -> Choice:
        """The candidate of the largest gain, if the gains of all are beyond noise."""
        judged = self._judge()
        if not judged:
            return Choice(Recipe(), self._mark()[-1].note)
        best = max(judged, key=_gain_of)
        chance = chance_of(np.array([one.chance for one in judged]))
        helps = best.excess > 0 and chance < LEVEL
        value = best.entry.value or 0.0
        before = value - best.entry.direction.sign * best.gain
        which = "" if helps else f", {best.entry.arm},"
        facts = (
            f"the best of {len(judged)} mixtures tried in {len(self.truths)} folds{which} takes "
            f"{best.entry.title} of {LEARNER} from {number(before)} to {number(value)} (gain "
            f"{signed(best.gain)}, standard error {number(best.error)}, p {chance:.2g})"
        )
        return Choice(self.candidates[best.entry.arm] if helps else Recipe(), facts)

    def _judge(self) -> list["Judged"]:
        """The candidates whose gain has an interval."""
        known = [entry for entry in self._mark() if entry.low is not None]
        return [Judged(entry, len(self.truths)) for entry in known]

    def _mark(self) -> list[UtilityScore]:
        (score,) = (s for s in SCORES[self.task.kind] if s.name == JUDGED_BY[self.task.kind])
        doubt = partial(doubt_of_folds, test_ratio=1 / (FOLDS - 1))
        return mark(LEARNER, score, self.truths, self.answers.guesses, doubt)


@dataclass(frozen=True)
class Judged:
    """What a candidate gains.

    Attributes:
        entry: the gain and its interval.
        folds: over how many.
    """

    entry: UtilityScore
    folds: int

    @property
    def gain(self) -> float:
        """The mean improvement over real rows alone."""
        return self.entry.gain or 0.0

    @property
    def error(self) -> float:
        """Standard error of the gain, corrected for folds that overlap."""
        half = self.gain - (self.entry.low or 0.0)
        return half / float(stdtrit(self.folds - 1, 0.975))

    @property
    def excess(self) -> float:
        """The gain in standard errors."""
        return self.gain / max(self.error, TINIEST)

    @property
    def chance(self) -> float:
        """Chance of such a gain where the rows do not help: a one-sided t-test."""
        return float(stdtr(self.folds - 1, -self.excess))


def _gain_of(judged: Judged) -> float:
    return judged.gain


def chance_of(chances: NDArray[np.float64]) -> float:
    """Chance of the results of several tests, of which all are in vain (Simes 1986).

    Tests that agree are believed as one is, and tests that were tried until one came out are not.

    >>> round(chance_of(np.array([0.01, 0.5, 0.9])), 3), chance_of(np.array([0.04, 0.04]))
    (0.03, 0.04)
    """
    ranks = np.arange(1, len(chances) + 1)
    return float((np.sort(chances) * len(chances) / ranks).min())
