"""The generator of one pass is taken where it scores higher by more than noise, and it is said."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tabgan_cli.summary import summarise

from tabgan import TrainingConfig
from tabgan.config import Protection
from tabgan.errors import SettingError
from tabgan.fitting.fit import fit_model
from tabgan.fitting.fit_request import FitRequest
from tabgan.fitting.one_pass import choose_by_score
from tabgan.model import TabularModel
from tabgan.refinement.fit_refiner import SCORE_NOISE
from tabgan.relations import RelationConfig
from tabgan.training.time_budget import TimeBudget

RNG = np.random.default_rng(0)
GROUP = RNG.integers(0, 3, 1_600)
TABLE = pd.DataFrame({"x": RNG.normal(4 * GROUP, 1.2), "c": np.array(list("abc"))[GROUP]})
CONFIG = TrainingConfig(steps=2, hidden_dim=16, refine_rounds=0)


@pytest.fixture(scope="module")
def model() -> TabularModel:
    """A model whose generator of many passes is hardly trained."""
    return fit_model(TABLE, FitRequest(CONFIG, seed=0, threads=1))


def with_scores(model: TabularModel, many: float, one: float) -> TabularModel:
    assert model.one_pass is not None
    record = replace(model.record, score=many)
    one_pass = replace(model.one_pass, refiner=None, raw_score=one)
    return replace(model, refiner=None, record=record, one_pass=one_pass)


def test_the_better_one_draws_rows_and_both_scores_are_told(model: TabularModel) -> None:
    assert model.one_pass is not None
    assert model.one_pass.log_likelihood is not None
    assert model.card.draws_in_one_pass
    assert model.score == model.one_pass.score
    assert model.one_pass.score > model.score_in_many_passes + 0.2  # type: ignore[operator]
    assert summarise(model)[-1] == (
        f"rows are drawn in one pass (two-sample score {model.score:.2f}), with --no-fast or a "
        f"condition in many passes ({model.score_in_many_passes:.2f})"
    )
    pd.testing.assert_frame_equal(model.sample(50, seed=1), model.sample(50, seed=1, fast=True))
    assert not model.sample(50, seed=1).equals(model.sample(50, seed=1, fast=False))


def test_a_tie_is_left_to_many_passes(model: TabularModel) -> None:
    noise = SCORE_NOISE * model.record.rows_scored**-0.5
    assert not choose_by_score(with_scores(model, 0.5, 0.5 + 0.9 * noise))
    assert choose_by_score(with_scores(model, 0.5, 0.5 + 1.1 * noise))
    assert not choose_by_score(replace(model, one_pass=None))
    small = replace(model.record, score=None)
    assert not choose_by_score(replace(model, record=small, refiner=None))


def test_rows_of_which_something_is_asked_are_drawn_in_many_passes(model: TabularModel) -> None:
    for asked in ({"where": "c=b"}, {"shares": {"c": {"b": 0.7}}}):
        drawn = model.sample(40, seed=2, **asked)
        assert drawn.equals(model.sample(40, seed=2, fast=False, **asked))
        assert not drawn.equals(model.sample(40, seed=2, fast=True, **asked))


def test_without_one_pass_a_sentence_says_so(model: TabularModel) -> None:
    card = replace(model.card, draws_in_one_pass=False)
    older = replace(model, one_pass=None, card=card)
    with pytest.raises(SettingError, match="draws no rows in one pass"):
        older.sample(5, fast=True)
    assert older.sample(5, seed=0).equals(model.sample(5, seed=0, fast=False))


def test_small_tables_have_one_without_a_score() -> None:
    model = fit_model(TABLE[:40], FitRequest(CONFIG, seed=0, threads=1))
    assert model.one_pass is not None
    assert model.one_pass.score is None
    assert not model.card.draws_in_one_pass
    assert not any("--fast" in line for line in summarise(model))
    assert len(model.sample(10, fast=True)) == 10


def test_protected_tables_have_one_of_common_cells_alone() -> None:
    rare = TABLE.copy()
    rare.loc[[3, 5], "c"] = "rare"
    request = FitRequest(CONFIG, seed=0, threads=1, protection=Protection(True, 8))
    model = fit_model(rare, request)
    assert model.one_pass is not None
    assert set(model.sample(3_000, seed=0, fast=True)["c"]) == {"a", "b", "c"}


def test_a_time_limit_may_leave_no_time_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    request = FitRequest(CONFIG, seed=0, threads=1, deadline=time.monotonic() + 600)
    assert fit_model(TABLE, request).one_pass is not None
    monkeypatch.setattr(TimeBudget, "leaves", lambda *_: False)
    hurried = fit_model(TABLE, request)
    assert hurried.one_pass is None
    assert hurried.record.messages == [
        "rows are not drawn in one pass: the time limit leaves no time"
    ]
    assert len(hurried.sample(5)) == 5


def test_numbers_go_together_in_one_pass_and_after_saving(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    first = rng.normal(50, 10, 1_500)
    frame = pd.DataFrame({"a": first, "b": 2 * first + rng.normal(0, 3, 1_500)})
    frame["c"] = np.where(first > 55, "high", "low")
    request = FitRequest(CONFIG, seed=0, threads=1, relations=RelationConfig(discover=False))
    model = fit_model(frame, request)
    assert model.one_pass is not None
    assert model.one_pass.describe()["gaussian_columns"] == 2
    model.save(tmp_path / "m.tabgan")
    loaded = TabularModel.load(tmp_path / "m.tabgan")
    drawn = model.sample(1_000, seed=1, fast=True)
    pd.testing.assert_frame_equal(loaded.sample(1_000, seed=1, fast=True), drawn)
    assert drawn["a"].corr(drawn["b"]) > 0.97
    pd.testing.assert_frame_equal(model.sample(100, seed=1, fast=True), drawn[:100])
    asked = loaded.sample(300, seed=2, fast=True, where="b>120")
    assert asked["b"].min() > 120
    assert asked["a"].mean() == pytest.approx(frame["a"][frame["b"] > 120].mean(), abs=1.5)
    assert (asked["c"] == "high").mean() > 0.95
