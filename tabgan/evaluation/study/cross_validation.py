"""Every arm of a study in one fold after the other: make rows, train learners, keep predictions."""

from collections.abc import Mapping, Sequence

import pandas as pd

from tabgan.errors import TimeLimitError
from tabgan.evaluation.metrics.alignment import align
from tabgan.evaluation.metrics.feature_matrix import Features
from tabgan.evaluation.metrics.metric import Unavailable
from tabgan.evaluation.utility.arm_makers import arm_makers, find_choice, tuned_arms
from tabgan.evaluation.utility.arms import LearnerPredictions, MakeArm, make_arms
from tabgan.evaluation.utility.augmenters import Augmenter, make_rows
from tabgan.evaluation.utility.baselines import BaselineSet
from tabgan.evaluation.utility.confidence_intervals import Targets
from tabgan.evaluation.utility.folds import Fold
from tabgan.evaluation.utility.task import Task
from tabgan.evaluation.utility.utility import synthetic_arm
from tabgan.schema import TableSchema

AugmenterRows = Mapping[str, pd.DataFrame | Unavailable]  # by augmenter: its rows, or why none


class CrossValidation:
    """The arms of a study, and what learners trained on them predict in each fold.

    Args:
        real: The table, every row with a target.
        schema: Kinds of its columns.
        task: Of the whole table, so that classes and codes are the same in all folds.
        augmenters: By name.
        learners: Keys of `LEARNERS`.
        folds: Of each repeat.
        baselines: Those of a few fits, or all.

    Attributes:
        examples: The rows of `real`, one for one.
        learners: Each learner's predictions.
        targets: Of the test rows of each fold done.
        test_ratio: Test rows over training rows of a fold.
        choices: The best learner on the real rows of each fold done.
        notes: What a reader has to know about the rows, in sentences.
    """

    def __init__(
        self,
        real: pd.DataFrame,
        schema: TableSchema,
        task: Task,
        augmenters: Mapping[str, Augmenter],
        learners: Sequence[str],
        folds: int,
        baselines: BaselineSet = "quick",
    ) -> None:
        self.real = real
        self.schema = schema
        self.task = task
        self.augmenters = augmenters
        self.folds = folds
        self.baselines = baselines
        self.examples = task.examples(real)
        self.learners = [LearnerPredictions(learner, task) for learner in learners]
        self.targets: Targets = []
        self.test_ratio = 0.0
        self.choices: list[str] = []
        self.notes: list[str] = []
        self._features = Features.fit(real, schema)
        self._failed: dict[str, Unavailable] = {}

    def make_rows(self, fold: Fold, seconds: float | None, *, is_all: bool) -> AugmenterRows:
        """Return the rows of every augmenter, each fitted anew on the training rows of a fold.

        One that failed once is not asked again: a mean over the other folds would hide it.

        Args:
            fold: Whose training rows.
            seconds: Of each fit that ends when it is told to; None for no limit.
            is_all: Whether no more can be had; an augmenter that needs more has then failed.

        Raises:
            TimeLimitError: An augmenter needs more seconds, which might be had.
        """
        train = self.real.iloc[fold.train].reset_index(drop=True)
        rows: dict[str, pd.DataFrame | Unavailable] = {**self._failed}
        for name in [name for name in self.augmenters if name not in rows]:
            try:
                rows[name] = self._make_rows_by(name, train, fold, seconds)
            except TimeLimitError:
                if not is_all:
                    raise
                time = f"{seconds:.0f} s, its share" if seconds else "its share"
                reason = f"{name} learns nothing in {time} of the time limit"
                rows[name] = self._failed[name] = Unavailable(reason)
            except Exception as error:  # noqa: BLE001 - whatever it raises, other arms go on
                reason = f"{name} failed in fold {fold.number + 1}: {error}".rstrip(".")
                rows[name] = self._failed[name] = Unavailable(reason)
        return {name: rows[name] for name in self.augmenters}

    def _make_rows_by(
        self, name: str, train: pd.DataFrame, fold: Fold, seconds: float | None
    ) -> pd.DataFrame:
        augmenter, target = self.augmenters[name], self.task.target
        rows = make_rows(augmenter, train, target, seed=fold.seed, seconds=seconds)
        if rows.empty:
            return rows
        aligned = align(rows, self._features, self.real.columns, name)
        if fold.number == 0:
            self.notes += aligned.notes
        return aligned.table

    def fit_predict(self, fold: Fold, rows: AugmenterRows) -> None:
        """Train every learner on every arm, and keep its predictions for the test rows."""
        real, test = self.examples.take(fold.train), self.examples.take(fold.test)
        makers = self._makers(fold, rows)
        arms = make_arms(makers, real)
        for learner in self.learners:
            for name, arm in arms.items():
                learner.fit_predict(name, arm, test, fold.seed)
            for name in tuned_arms(self.task, self.baselines, makers):
                learner.tune(name, makers[name], real, fold.seed)
        self.choices += find_choice(arms)
        self.targets.append(test.labels)
        self.test_ratio = len(fold.test) / len(fold.train)

    def _makers(self, fold: Fold, rows: AugmenterRows) -> Mapping[str, MakeArm]:
        """Return how each arm of a fold is made of real rows, in the order of a report."""
        made = {
            name: table if isinstance(table, Unavailable) else self.task.examples(table)
            for name, table in rows.items()
        }
        alone = synthetic_arm(next(iter(made), ""))
        return arm_makers(self.task, made, self.baselines, fold.seed, alone=alone)
