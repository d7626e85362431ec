"""Ctrl-C while a model is finished keeps what is there by then."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN
from tabgan.config import TrainingConfig
from tabgan.fitting import finish
from tabgan.fitting.fit import fit_model
from tabgan.fitting.fit_request import FitRequest
from tabgan.model.tabular_model import TabularModel
from tabgan.networks.calibration import calibrate
from tabgan.runtime.progress import Progress

RNG = np.random.default_rng(0)
TABLE = pd.DataFrame({"x": RNG.normal(size=1_500), "c": RNG.choice(list("abc"), 1_500)})
REQUEST = FitRequest(TrainingConfig(steps=20, refine_rounds=1), seed=0, threads=1)


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.fixture(scope="module")
def whole() -> TabularModel:
    return fit_model(TABLE, REQUEST)


def test_while_it_is_calibrated_the_trained_weights_are_kept(
    whole: TabularModel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def calibrate_and_interrupt(*arguments: object) -> None:
        calibrate(*arguments)  # type: ignore[arg-type]
        raise KeyboardInterrupt  # before the copy is taken

    monkeypatch.setattr(finish, "calibrate", calibrate_and_interrupt)
    model = fit_model(TABLE, REQUEST)
    assert model.record.was_interrupted
    assert model.record.messages[-1].startswith("rows are neither calibrated nor refined")
    assert model.refiner is None
    assert not model.generator.bias.any()
    assert whole.generator.bias.any()
    model.save(tmp_path / "m.tabgan")
    loaded = TabularModel.load(tmp_path / "m.tabgan", "cpu")
    pd.testing.assert_frame_equal(loaded.sample(20, seed=1), model.sample(20, seed=1))


def test_while_it_is_refined_the_calibrated_weights_are_kept(
    whole: TabularModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finish, "fit_refiner", interrupt)
    model = fit_model(TABLE, REQUEST)
    assert model.record.was_interrupted
    assert model.record.messages[-1].startswith("rows are not refined: finishing the model")
    assert model.generator.bias.equal(whole.generator.bias)
    assert model.generator.quantiles.equal(whole.generator.quantiles)
    assert len(model.sample(20, seed=1)) == 20


def test_while_one_pass_is_learned_the_refiner_is_kept(
    whole: TabularModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finish, "fit_one_pass", interrupt)
    model = fit_model(TABLE, REQUEST)
    assert model.record.messages[-1].startswith("rows are not drawn in one pass: finishing")
    assert model.one_pass is None
    assert model.refiner is not None
    assert model.sample(20, seed=1).equals(whole.sample(20, seed=1, fast=False))


def test_where_nothing_is_to_be_kept_it_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finish, "fit_refiner", interrupt)
    with pytest.raises(KeyboardInterrupt):
        fit_model(TABLE, replace(REQUEST, keeps_interrupted=False))


def test_twice_in_python_leaves_a_fitted_estimator() -> None:
    """Once while it trains, and once while it is finished."""
    stages: list[str] = []

    def interrupt_twice(progress: Progress) -> None:
        if progress.stage not in stages and (progress.score or progress.stage == "calibrating"):
            stages.append(progress.stage)
            raise KeyboardInterrupt

    model = TabGAN(steps=60, random_state=0, threads=1)
    model.fit(TABLE, on_progress=interrupt_twice)
    assert stages == ["training", "calibrating"]
    assert model.model_.record.was_interrupted
    assert model.sample(5).shape == (5, 2)
