"""Every arm of a study in one fold after the other: make rows, train learners, keep the answers."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from tabgan.errors import TimeLimitError
from tabgan.evaluation.metrics.alignment import align
from tabgan.evaluation.metrics.feature_matrix import Features
from tabgan.evaluation.metrics.metric import IncomputableError
from tabgan.evaluation.utility.arms import Answers, Arm, simple_arms
from tabgan.evaluation.utility.augmenters import Augmenter, make_rows
from tabgan.evaluation.utility.confidence_intervals import Truths
from tabgan.evaluation.utility.folds import Fold
from tabgan.evaluation.utility.task import Examples, Task
from tabgan.evaluation.utility.utility import REAL, arm_of, only_of
from tabgan.schema import TableSchema

Made = Mapping[str, pd.DataFrame | IncomputableError]  # by augmenter: its rows, or why none


class CrossValidation:
    """The arms of a study, and what learners trained on them say of the test rows of each fold.

    Args:
        real: the table, every row with a target.
        schema: kinds of its columns.
        task: of the whole table, so that classes and codes are the same in all folds.
        augmenters: by name.
        learners: keys of `LEARNERS`.
        folds: of each repeat.

    Attributes:
        examples: the rows of `real`, one for one.
        answers: of each learner.
        truths: targets of the test rows of each fold done.
        test_ratio: test rows over training rows of a fold.
        notes: what a reader has to know about the rows, in sentences.
    """

    def __init__(
        self,
        real: pd.DataFrame,
        schema: TableSchema,
        task: Task,
        augmenters: Mapping[str, Augmenter],
        learners: Sequence[str],
        folds: int,
    ) -> None:
        self.real = real
        self.schema = schema
        self.task = task
        self.augmenters = augmenters
        self.folds = folds
        self.examples = task.examples(real)
        self.answers = [Answers(learner, task) for learner in learners]
        self.truths: Truths = []
        self.test_ratio = 0.0
        self.notes: list[str] = []
        self._features = Features.fit(real, schema)
        self._failed: dict[str, IncomputableError] = {}

    def make(self, fold: Fold, seconds: float | None, *, is_all: bool) -> Made:
        """Rows of every augmenter, each fitted anew on the training rows of a fold.

        One that failed once is not asked again: a mean over the other folds would hide it.

        Args:
            fold: whose training rows.
            seconds: of each fit that ends when it is told to; None for no limit.
            is_all: whether no more can be had; an augmenter that needs more has then failed.

        Raises:
            TimeLimitError: an augmenter needs more seconds, which might be had.
        """
        train = self.real.iloc[fold.train].reset_index(drop=True)
        made: dict[str, pd.DataFrame | IncomputableError] = {**self._failed}
        for name in [name for name in self.augmenters if name not in made]:
            try:
                made[name] = self._rows_of(name, train, fold, seconds)
            except TimeLimitError:
                if not is_all:
                    raise
                time = f"{seconds:.0f} s, its share" if seconds else "its share"
                reason = f"{name} learns nothing in {time} of the time limit"
                made[name] = self._failed[name] = IncomputableError(reason)
            except Exception as error:  # noqa: BLE001 - whatever it raises, other arms go on
                reason = f"{name} failed in fold {fold.number + 1}: {error}".rstrip(".")
                made[name] = self._failed[name] = IncomputableError(reason)
        return {name: made[name] for name in self.augmenters}

    def _rows_of(
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

    def train(self, fold: Fold, made: Made) -> None:
        """Train every learner on every arm, and ask it about the test rows."""
        test = self.examples.take(fold.test)
        arms = dict(self._arms(fold, made))
        for answers in self.answers:
            for name, arm in arms.items():
                answers.ask(name, arm, test, fold.seed)
        self.truths.append(test.labels)
        self.test_ratio = len(fold.test) / len(fold.train)

    def _arms(self, fold: Fold, made: Made) -> Iterator[tuple[str, Arm | IncomputableError]]:
        """What is trained on, in the order of a report."""
        real = self.examples.take(fold.train)
        rows = {
            name: table if isinstance(table, IncomputableError) else self.task.examples(table)
            for name, table in made.items()
        }
        yield REAL, Arm(real)
        for name, more in rows.items():
            yield arm_of(name), _arm(more, real)
        yield from simple_arms(self.task, real, fold.seed)
        for name in list(rows)[:1]:
            yield only_of(name), _arm(rows[name])


def _arm(
    rows: Examples | IncomputableError, real: Examples | None = None
) -> Arm | IncomputableError:
    """The rows, after real ones if there are; or why there are none."""
    if isinstance(rows, IncomputableError):
        return rows
    return Arm(rows if real is None else real.joined(rows))
