"""Every reason to stop a training, one by one."""

from types import SimpleNamespace
from typing import Any

import pytest

from tabgan.runtime.progress import StopReason, TrainingRecord, ValidationPoint
from tabgan.training.early_stopping import MIN_NOISE_FLOOR_ROWS, EarlyStopping


def make_stopping(*, is_over: bool = False, is_exhausted: bool = False) -> EarlyStopping:
    budget: Any = SimpleNamespace(is_over=is_over)
    rollback: Any = SimpleNamespace(is_exhausted=is_exhausted)
    return EarlyStopping(2, budget, rollback)


def make_record(*scores: float | None, best_step: int = 1, rows: int = 100) -> TrainingRecord:
    history = [ValidationPoint(step, score) for step, score in enumerate(scores, start=1)]
    return TrainingRecord(
        best_step=best_step, score=0.5, noise_floor=0.9, rows_held_out=rows, history=history
    )


def test_a_training_that_gets_better_goes_on() -> None:
    assert make_stopping().find_reason(make_record(0.3, 0.5, best_step=2)) is None


def test_time_goes_before_all_other_reasons() -> None:
    stopping = make_stopping(is_over=True, is_exhausted=True)
    assert stopping.find_reason(make_record(0.5, 0.4, 0.3)) is StopReason.TIME_LIMIT


def test_a_training_that_keeps_breaking_down_is_given_up() -> None:
    stopping = make_stopping(is_exhausted=True)
    assert stopping.find_reason(make_record(0.5)) is StopReason.BROKE_DOWN


@pytest.mark.parametrize(("scores", "stops"), [((0.5, 0.4), False), ((0.5, 0.4, 0.3), True)])
def test_patience_counts_validations_after_the_best(scores: tuple[float], stops: bool) -> None:
    reason = make_stopping().find_reason(make_record(*scores))
    assert reason is (StopReason.NO_IMPROVEMENT if stops else None)


def test_validations_without_a_score_try_no_patience() -> None:
    assert make_stopping().find_reason(make_record(0.5, None, None, None)) is None


@pytest.mark.parametrize(
    ("scores", "rows", "stops"),
    [
        ((0.9, 0.895), MIN_NOISE_FLOOR_ROWS, True),
        ((0.9, 0.895), MIN_NOISE_FLOOR_ROWS - 1, False),  # too few rows to be sure
        ((0.8, 0.9), MIN_NOISE_FLOOR_ROWS, False),
        ((0.9,), MIN_NOISE_FLOOR_ROWS, False),
    ],
)
def test_two_scores_at_the_noise_floor_are_enough(
    scores: tuple[float, ...], rows: int, stops: bool
) -> None:
    record = make_record(*scores, best_step=len(scores), rows=rows)
    assert make_stopping().find_reason(record) is (StopReason.NOISE_FLOOR if stops else None)
