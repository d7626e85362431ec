"""Cross-validation with stand-ins for the GAN: one that knows the truth, one that knows nothing."""

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan import TrainingConfig
from tabgan.augmentation import auto_plan
from tabgan.augmentation.auto_plan import REPEATS, choose_plan
from tabgan.augmentation.labelled_table import LabelledTable
from tabgan.augmentation.plan import AugmentationPlan
from tabgan.augmentation.plan_choice import PlanChoice
from tabgan.augmentation.plan_scores import FOLDS, MIN_TELLING_FOLDS, PLANS, PlanScores
from tabgan.errors import TableError, TimeLimitError
from tabgan.evaluation.study.time_budget import TimeBudget
from tabgan.fitting.fit_request import FitRequest
from tabgan.relations import RelationSet
from tabgan.runtime.progress import Progress, TrainingRecord, ignore_progress
from tabgan.schema import TableSchema


def draw(rows: int, seed: int, label: bool | None = None) -> pd.DataFrame:
    """A class that hangs on the signs of three numbers, which takes many rows to find out."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(8 * rows + 40, 4)), columns=list("abcd"))
    rare = 2 * frame["a"] * frame["b"] * frame["c"] + rng.normal(0, 0.2, len(frame)) > 0.4
    frame = frame.assign(fraud=rare)
    kept = frame if label is None else frame[frame["fraud"] == label]
    return kept.head(rows).reset_index(drop=True)


class Oracle:
    """Stands in for a fitted model, and draws from the truth."""

    encoder = property(lambda self: self)
    encoders = ()
    record = TrainingRecord()
    schema = TableSchema.infer(draw(160, seed=1))
    relations = RelationSet(schema)

    def iter_frames(self, rows: int, *, where: Any, seed: int, **_: Any) -> Iterator[pd.DataFrame]:
        yield draw(rows, seed, where.get("fraud"))

    def renumber(self, frame: pd.DataFrame, *_: object) -> pd.DataFrame:
        return frame


class Liar(Oracle):
    """Draws rows whose class says nothing about them."""

    def iter_frames(self, rows: int, *, where: Any, seed: int, **_: Any) -> Iterator[pd.DataFrame]:
        labels = np.random.default_rng(seed).random(rows) < 0.5
        yield draw(rows, seed).assign(fraud=where.get("fraud", labels))


TABLE = draw(160, seed=1)
LABELLED = LabelledTable.split(TABLE, "fraud")
REQUEST = FitRequest(TrainingConfig(steps=1), "fraud", seed=5)


def choose_with(model: Oracle, monkeypatch: pytest.MonkeyPatch) -> PlanChoice:
    monkeypatch.setattr(auto_plan, "fit_model", lambda *_: model)
    return choose_plan(LABELLED, PLANS, REQUEST, ignore_progress)


def test_rows_that_help_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    found = choose_with(Oracle(), monkeypatch)
    assert found.plan in PLANS
    known = f"corrected for 5 ways tried in {FOLDS * REPEATS} folds)"
    assert known in found.describe(100)
    assert found.trial
    assert [result.plan for result in found.trial.results] == [plan.text for plan in PLANS]
    assert list(found.trial.real) == ["forest", "gbdt", "linear"]  # signs of a product


def test_rows_that_mislead_are_not_added(monkeypatch: pytest.MonkeyPatch) -> None:
    found = choose_with(Liar(), monkeypatch)
    assert found.plan == AugmentationPlan()
    assert found.trial
    assert MIN_TELLING_FOLDS <= found.trial.folds <= FOLDS
    assert found.describe(0).startswith(
        "Nothing is added, since nothing is shown to help: the best of 5 ways tried in "
        f"{found.trial.folds}"
    )
    assert min(result.corrected or 0.0 for result in found.trial.results) > 0.3


def test_a_model_sees_the_training_rows_of_its_fold_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[set[float]] = []

    def fit(table: pd.DataFrame, *_: object) -> Oracle:
        seen.append(set(table["a"]))
        return Oracle()

    monkeypatch.setattr(auto_plan, "fit_model", fit)
    choose_plan(LABELLED, PLANS, REQUEST, ignore_progress)
    assert len(seen) in {FOLDS, FOLDS * REPEATS}
    left_out = [value for rows in seen[:FOLDS] for value in set(TABLE["a"]) - rows]
    assert sorted(left_out) == sorted(TABLE["a"])  # each row is left out once


def test_little_time_leaves_out_folds(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    def clock() -> float:
        return now

    def fit(table: pd.DataFrame, request: FitRequest, *_: object) -> Oracle:
        nonlocal now
        asked.append(request.deadline - now)
        now = request.deadline
        return Oracle()

    def run(scores: PlanScores, *fold: Any) -> None:
        nonlocal now
        fit_predict(scores, *fold)
        now += 1.0

    asked: list[float] = []
    fit_predict = PlanScores.fit_predict
    monkeypatch.setattr(auto_plan, "time", SimpleNamespace(monotonic=clock))
    monkeypatch.setattr(auto_plan, "TimeBudget", partial(TimeBudget, clock=clock))
    monkeypatch.setattr(auto_plan, "fit_model", fit)
    monkeypatch.setattr(PlanScores, "fit_predict", run)
    facts = choose_plan(LABELLED, PLANS, replace(REQUEST, deadline=6.0), ignore_progress).describe(
        0
    )
    assert "in 2 folds" in facts
    assert asked == pytest.approx([1.8, 2.2])  # .6 of half, then all but what a learner took


def test_fits_that_need_more_time_get_it_or_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fit(table: pd.DataFrame, request: FitRequest, *_: object) -> Liar:
        asked.append(request.deadline - time.monotonic())
        if len(asked) in failing:
            raise TimeLimitError("too short")
        return Liar()

    asked: list[float] = []
    failing = {1, 3, 4}
    monkeypatch.setattr(auto_plan, "fit_model", fit)
    request = replace(REQUEST, deadline=time.monotonic() + 600)
    found = choose_plan(LABELLED, PLANS, request, ignore_progress)
    assert "ways tried in" in found.describe(0)
    assert asked[1] > 1.8 * asked[0]
    assert asked[4] > 3.5 * asked[2]
    failing = set(range(100))
    with pytest.raises(TimeLimitError, match=r"leaves \d+ s for each fit, too few to find out by"):
        choose_plan(LABELLED, PLANS, request, ignore_progress)


def test_ctrl_c_in_a_fold_ends_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tabgan.fitting.finish.calibrate", interrupt)
    with pytest.raises(KeyboardInterrupt):
        auto_plan.fit_uninterrupted(TABLE, REQUEST)


def test_progress_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auto_plan, "fit_model", lambda *_: Liar())
    told: list[Progress] = []
    found = choose_plan(LABELLED, PLANS, REQUEST, told.append)
    assert found.trial
    assert [progress.done for progress in told] == list(range(found.trial.folds + 1))
    assert (told[0].total, told[-1].total) == (FOLDS, found.trial.folds)


def test_too_few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TableError, match="19 rows have a known 'fraud': too few"):
        choose_plan(LabelledTable.split(TABLE.head(19), "fraud"), PLANS, REQUEST, ignore_progress)


def test_folds_that_cannot_be_marked_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auto_plan, "fit_model", lambda *_: Liar())
    table = TABLE.assign(fraud=[True, True] + [False] * (len(TABLE) - 2))
    found = choose_plan(LabelledTable.split(table, "fraud"), PLANS, REQUEST, ignore_progress)
    assert found.plan == AugmentationPlan()
    assert "help: the test rows hold one class only." in found.describe(0)
