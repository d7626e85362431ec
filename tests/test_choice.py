"""Cross-validation with stand-ins for the GAN: one that knows the truth, one that knows nothing."""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan import TrainingConfig, choice
from tabgan.choice import CANDIDATES, FOLDS, Choice, choose_recipe
from tabgan.errors import TableError
from tabgan.evaluation.task import Task
from tabgan.fitting import FitRequest
from tabgan.progress import INTERRUPTED, Progress, TrainingRecord, ignore_progress
from tabgan.recipe import Recipe
from tabgan.schema import TableSchema


def draw(rows: int, seed: int, label: bool | None = None) -> pd.DataFrame:
    """A rare class on one side of a plane of four numbers, somewhat blurred."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(8 * rows + 40, 4)), columns=list("abcd"))
    rare = frame.sum(axis=1) + rng.normal(0, 0.5, len(frame)) > 2.2
    frame = frame.assign(fraud=rare)
    kept = frame if label is None else frame[frame["fraud"] == label]
    return kept.head(rows).reset_index(drop=True)


class Oracle:
    """Stands in for a fitted model, and draws from the truth."""

    encoder = property(lambda self: self)
    record = TrainingRecord()

    def iter_frames(self, rows: int, *, where: Any, seed: int) -> Iterator[pd.DataFrame]:
        yield draw(rows, seed, where.get("fraud"))

    def renumber(self, frame: pd.DataFrame, *_: object) -> pd.DataFrame:
        return frame


class Liar(Oracle):
    """Draws rows whose class says nothing about them."""

    def iter_frames(self, rows: int, *, where: Any, seed: int) -> Iterator[pd.DataFrame]:
        labels = np.random.default_rng(seed).random(rows) < 0.5
        yield draw(rows, seed).assign(fraud=where.get("fraud", labels))


TABLE = draw(150, seed=1)
TASK = Task.infer(TABLE, TableSchema.infer(TABLE, "fraud"), "fraud")
REQUEST = FitRequest(TrainingConfig(steps=1), "fraud", seed=5)


def choose_with(model: Oracle, monkeypatch: pytest.MonkeyPatch) -> Choice:
    monkeypatch.setattr(choice, "fit_model", lambda *_: model)
    return choose_recipe(TABLE, TASK, REQUEST, ignore_progress)


def test_rows_that_help_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    found = choose_with(Oracle(), monkeypatch)
    assert found.recipe in CANDIDATES
    assert f"mixtures tried in {FOLDS} folds takes average precision of gbdt from" in found.facts


def test_rows_that_mislead_are_not_added(monkeypatch: pytest.MonkeyPatch) -> None:
    found = choose_with(Liar(), monkeypatch)
    assert found.recipe == Recipe()
    assert found.tell(0).startswith(
        "Nothing is added, since nothing helps beyond noise: the best of 5"
    )
    assert "gain -" in found.facts


def test_a_model_sees_the_training_rows_of_its_fold_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[set[float]] = []

    def fit(table: pd.DataFrame, *_: object) -> Oracle:
        seen.append(set(table["a"]))
        return Oracle()

    monkeypatch.setattr(choice, "fit_model", fit)
    choose_recipe(TABLE, TASK, REQUEST, ignore_progress)
    assert len(seen) == FOLDS
    left_out = [value for rows in seen for value in set(TABLE["a"]) - rows]
    assert sorted(left_out) == sorted(TABLE["a"])  # each row is left out once


def test_a_past_deadline_leaves_out_folds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "fit_model", lambda *_: Oracle())
    late = FitRequest(TrainingConfig(), "fraud", seed=5, deadline=time.monotonic() - 1)
    assert "in 2 folds" in choose_recipe(TABLE, TASK, late, ignore_progress).facts


def test_ctrl_c_in_a_fold_ends_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = Oracle()
    stopped.record = TrainingRecord(ended=INTERRUPTED)
    with pytest.raises(KeyboardInterrupt):
        choose_with(stopped, monkeypatch)


def test_progress_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "fit_model", lambda *_: Liar())
    told: list[Progress] = []
    choose_recipe(TABLE, TASK, REQUEST, told.append)
    assert [progress.done for progress in told] == list(range(FOLDS + 1))


def test_too_few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TableError, match="19 rows have a known 'fraud': too few"):
        choose_recipe(TABLE.head(19), TASK, REQUEST, ignore_progress)


def test_folds_that_cannot_be_marked_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "fit_model", lambda *_: Liar())
    table = TABLE.assign(fraud=[True, True] + [False] * (len(TABLE) - 2))
    found = choose_recipe(table, TASK, REQUEST, ignore_progress)
    assert found.recipe == Recipe()
    assert "it cannot be judged, since the test rows hold one class only" in found.facts
