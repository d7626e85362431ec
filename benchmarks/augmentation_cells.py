"""One sample of a table, and what every arm of `benchmarks.augmentation` scores after it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import r2_score

from benchmarks.augmentation_gains import AUTO, FOLDS, MANY, ONE, PLAN, REAL, Outcome
from tabgan import TabGAN, augment
from tabgan.augmentation.added_rows import Augmentation
from tabgan.augmentation.plan_learners import fit_predict_averaged
from tabgan.augmentation.plan_rows import PlanRows
from tabgan.augmentation.plan_scores import MANY_DRAWS
from tabgan.evaluation.metrics.metric import IncomputableError
from tabgan.evaluation.utility.baselines import baseline_makers
from tabgan.evaluation.utility.learners import LEARNERS, train_and_predict
from tabgan.evaluation.utility.scores import average_precision
from tabgan.evaluation.utility.task import Examples, Task, infer_task_schema
from tabgan.evaluation.utility.utility import TUNED_THRESHOLD
from tabgan.model.tabular_model import TabularModel
from tabgan.schema.arrays import Floats

MAX_TEST_ROWS = 8_000
LEARNER = "gbdt"
N_DRAWS = 10


@dataclass(frozen=True)
class Sample:
    """Rows to learn from, and others to test on.

    Attributes:
        task: What is predicted.
        train: Rows to learn from.
        test: Others.
    """

    task: Task
    train: pd.DataFrame
    test: pd.DataFrame

    @classmethod
    def draw(
        cls, table: pd.DataFrame, target: str, rows: int, minority: float | None, seed: int
    ) -> "Sample":
        """Return a sample; classes of which it has one row, or none, count in no arm.

        Args:
            table: With a known target in each row.
            target: The column to predict.
            rows: To learn from.
            minority: Share of the rarer class among them; that of the table when None.
            seed: Of the order of the rows.
        """
        order = np.random.default_rng([rows, seed]).permutation(len(table))
        shuffled = table.iloc[order].reset_index(drop=True)
        is_train = np.arange(len(shuffled)) < rows
        if minority is not None:
            is_rare = (shuffled[target] == shuffled[target].value_counts().index[-1]).to_numpy()
            n_rare = max(2, round(minority * rows))
            places = np.where(is_rare, np.cumsum(is_rare), np.cumsum(~is_rare))  # in its class
            is_train = places <= np.where(is_rare, n_rare, rows - n_rare)
        train, test = shuffled[is_train], shuffled[~is_train].head(MAX_TEST_ROWS)
        task = Task.infer(train, infer_task_schema(train, target), target)
        if task.kind != "regression":
            counts = train[target].value_counts()
            kept = counts.index[counts > 1]
            train, test = (part[part[target].isin(kept)] for part in (train, test))
            task = Task.infer(train, infer_task_schema(train, target), target)
        return cls(task, train.reset_index(drop=True), test.reset_index(drop=True))

    @cached_property
    def real(self) -> Examples:
        """What learners learn from."""
        return self.task.examples(self.train)

    @cached_property
    def others(self) -> Examples:
        """What they are tested on."""
        return self.task.examples(self.test)

    def score(self, predicted: Floats) -> float:
        """Return the average precision of predictions, or their R²."""
        score = r2_score if self.task.kind == "regression" else average_precision
        return float(score(self.others.labels, predicted))


class Cell:
    """Runs every arm of a sample.

    Args:
        sample: The rows.
        seed: Of all chance.

    Attributes:
        outcome: Scores by arm, CPU seconds by group of arms, the plan that --auto takes, and
            what ten draws gain in its folds.
    """

    def __init__(self, sample: Sample, seed: int) -> None:
        self.sample = sample
        self.seed = seed
        self.outcome: Outcome = {}

    def run_arms(self) -> Outcome:
        """Return what is found of all arms but --auto."""
        self._run_learners()
        self._timed("baselines", self._run_baselines)
        model = self._timed("GAN", self._fit)
        self._timed("draws", lambda: self._run_draws(model))
        self._timed("balance", lambda: self._run_balance(model))
        return self.outcome

    def run_auto(self) -> Outcome:
        """Return what is found of --auto, which fits a GAN of its own where it adds rows."""
        self._timed(AUTO, self._run_auto)
        return self.outcome

    def _timed(self, group: str, run: Callable[[], Any]) -> Any:
        start = time.process_time()
        found = run()
        self.outcome[f"seconds of {group}"] = time.process_time() - start
        return found

    def _run_learners(self) -> None:
        sample = self.sample
        for learner in LEARNERS:
            found = train_and_predict(learner, sample.task, sample.real, sample.others, self.seed)
            self.outcome[REAL if learner == LEARNER else learner] = sample.score(found)

    def _run_baselines(self) -> None:
        sample = self.sample
        for name, make in baseline_makers(sample.task, "all", self.seed).items():
            if name == TUNED_THRESHOLD:
                continue  # another decision by the same probabilities, which are what is scored
            try:
                arm = make(sample.real)
                found = arm.fit_predict(LEARNER, sample.task, sample.others, self.seed)
            except IncomputableError:
                continue
            self.outcome[name.removeprefix("real + ")] = sample.score(found)

    def _fit(self) -> TabularModel:
        target = self.sample.task.target
        schema = infer_task_schema(self.sample.train, target)
        gan = TabGAN(preset="fast", target=target, schema=schema, random_state=self.seed)
        return gan.fit(self.sample.train).model_

    def _run_draws(self, model: TabularModel) -> None:
        made = self._augment(strategy=1.0, n_draws=N_DRAWS, model=model).made
        for learner in LEARNERS:
            each = [self._predict(take_draw(made, draw), learner, draw) for draw in range(N_DRAWS)]
            many = MANY if learner == LEARNER else f"{learner}, {MANY}"
            self.outcome[many] = self.sample.score(np.asarray(np.mean(each, axis=0)))
            if learner == LEARNER:
                self.outcome[ONE] = float(np.mean([self.sample.score(one) for one in each]))

    def _run_balance(self, model: TabularModel) -> None:
        if self.sample.task.kind != "regression":
            made = self._augment(strategy="balance", model=model).made
            self.outcome["balance"] = self.sample.score(self._predict(made))

    def _run_auto(self) -> None:
        made = self._augment()
        self.outcome[AUTO] = self.sample.score(self._predict(made.made))
        self.outcome[PLAN] = made.choice.plan.text if len(made.made.frame) else ""
        for result in made.choice.trial.results if made.choice.trial else ():
            if result.plan == MANY_DRAWS.text and result.gain is not None:
                self.outcome[FOLDS] = result.gain

    def _augment(self, **how: Any) -> Augmentation:
        target = self.sample.task.target
        return augment(self.sample.train, target=target, seed=self.seed, **how)

    def _predict(self, made: PlanRows, learner: str = LEARNER, more: int = 0) -> Floats:
        sample, seed = self.sample, self.seed + more
        return fit_predict_averaged(learner, sample.task, sample.real, made, sample.others, seed)


def take_draw(made: PlanRows, draw: int) -> PlanRows:
    """Return the rows of one draw, as the only ones."""
    own = made.draws == draw
    return PlanRows(made.frame[own], np.zeros_like(made.draws[own]), made.weights[own])
