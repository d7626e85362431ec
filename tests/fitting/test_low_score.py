"""A fit whose rows are nothing like the table's says so, in a sentence that says what to do."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from tabgan.config import TrainingConfig
from tabgan.errors import LowScoreWarning
from tabgan.estimators.tabgan import TabGAN
from tabgan.fitting.low_score import describe_low_score
from tabgan.runtime.progress import ValidationPoint


def describe(
    fitted: TabGAN, score: float | None, critic_loss: float | None = None, **settings: Any
) -> str | None:
    """Return what is said of a model with such a score."""
    model = fitted.model_
    history = [ValidationPoint(20, score, 1.0, critic_loss, 1.0), ValidationPoint(40, score, 1.0)]
    record = replace(model.record, score=score, noise_floor=0.96, history=history)
    config = TrainingConfig(**(model.config.to_dict() | settings))
    return describe_low_score(replace(model, record=record, config=config, refiner=None))


@pytest.mark.parametrize("score", [None, 0.05, 0.9])
def test_nothing_is_said_of_other_scores(fitted: TabGAN, score: float | None) -> None:
    assert describe(fitted, score, critic_loss=0.1) is None


def test_a_score_near_zero_is_said_and_what_to_do(fitted: TabGAN) -> None:
    assert describe(fitted, 0.012) == (
        "a classifier tells nearly all generated rows from real ones (two-sample score 0.01, real "
        "rows 0.96); train for more steps, or take a slower preset."
    )


def test_a_game_without_likelihood_that_the_critic_wins(fitted: TabGAN) -> None:
    assert describe(fitted, 0.0, critic_loss=0.4, nll_weight=0.0) == (
        "a classifier tells nearly all generated rows from real ones (two-sample score 0.00, real "
        "rows 0.96), and the critic wins: its loss is 0.40, and 0.69 if it cannot tell; give "
        "nll_weight a value above 0, such as 10, or train for more steps."
    )


@pytest.mark.parametrize(
    ("objective", "loss"), [("relativistic", 0.69), ("minimax", 1.3), ("wasserstein", -3.0)]
)
def test_a_critic_that_does_not_win_is_not_blamed(
    fitted: TabGAN, objective: str, loss: float
) -> None:
    text = describe(fitted, 0.0, critic_loss=loss, objective=objective)
    assert text is not None
    assert "critic" not in text


def test_a_good_generator_of_one_pass_hides_no_collapse(fitted: TabGAN) -> None:
    model = fitted.model_
    assert model.one_pass is not None
    record = replace(model.record, score=0.01, noise_floor=0.96, history=[])
    better = replace(
        model,
        record=record,
        refiner=None,
        card=replace(model.card, draws_in_one_pass=True),
        one_pass=replace(model.one_pass, refiner=None, raw_score=0.93),
    )
    assert better.score == 0.93
    text = describe_low_score(better)
    assert text is not None
    assert text.startswith(
        "a classifier tells nearly all generated rows from real ones (two-sample"
    )
    assert text.endswith("; rows without conditions are drawn in one pass, which scores 0.93.")


def test_fit_warns(people: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tabgan.fitting.low_score.LOW_SHARE", 2.0)  # any score is near zero
    with pytest.warns(LowScoreWarning, match=r"nearly all generated rows.*more steps"):
        TabGAN(steps=2, random_state=0, device="cpu").fit(people)
