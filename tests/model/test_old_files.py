"""Files of release 0.1 are read: its model, with all names of then, and the checkpoint of a fit.

The model was fitted on a table with every kind of relation; the checkpoint was left at step 19 by
a fit that was cut off. Beside them stand rows that release 0.1 made on one thread; torch alone,
the engine of then, draws them again.
"""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN, TabularModel, TrainingConfig
from tabgan.errors import CheckpointError
from tabgan.fitting.fit import fit_model
from tabgan.fitting.fit_request import FitRequest
from tabgan.io.model_file import read_model
from tabgan.runtime.devices import use_threads
from tabgan.runtime.progress import ValidationPoint
from tabgan.training.checkpoint import Checkpoints

OLD = Path(__file__).parents[1] / "data" / "release-0.1"
CUT_OFF = TrainingConfig(
    steps=60,
    hidden_dim=8,
    n_layers=1,
    latent_dim=2,
    batch_size=32,
    max_modes=2,
    n_validations=2,
    refine_rounds=0,
    ema_decay=0.9,
)


@pytest.fixture
def torch_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tabgan.networks.generation.has_compiler", lambda: False)


@pytest.fixture(scope="module")
def old() -> TabularModel:
    return TabularModel.load(OLD / "model.tabgan", "cpu")


def assert_alike(made: pd.DataFrame, path: Path, tmp_path: Path) -> None:
    """Check that nearly all cells are those of release 0.1: sums may differ in their last bit."""
    made.to_csv(tmp_path / "rows.csv", index=False)
    ours, theirs = (
        pd.read_csv(p, dtype=str, keep_default_na=False) for p in (tmp_path / "rows.csv", path)
    )
    assert list(ours) == list(theirs)
    assert np.mean((ours == theirs).to_numpy()) > 0.98


def test_the_settings_of_then_have_the_names_of_today(old: TabularModel) -> None:
    written = read_model(OLD / "model.tabgan")["config"]
    assert {"width", "noise", "averaging", "likelihood"} <= set(written)
    assert old.config.hidden_dim == written["width"] == 16
    assert old.config.latent_dim == written["noise"] == 4
    assert old.config.ema_decay == written["averaging"] == 0.9
    assert old.config.nll_weight == written["likelihood"] == 8.0
    assert TabGAN.load(OLD / "model.tabgan").config == old.config


def test_the_record_of_then_is_read(old: TabularModel) -> None:
    assert all(isinstance(point, ValidationPoint) for point in old.record.history)
    assert old.record.history[-1].score is not None
    assert old.record.history[-1].critic_loss is None
    assert old.record.nll is not None
    assert not old.card.protection.is_on


@pytest.mark.usefixtures("torch_alone")
def test_the_rows_of_then_are_drawn_again(old: TabularModel, tmp_path: Path) -> None:
    with use_threads(1):
        rows = old.sample(200, seed=3)
    assert_alike(rows.head(100), OLD / "rows.csv", tmp_path)


def test_a_model_of_then_is_written_and_read_as_one_of_today(
    old: TabularModel, tmp_path: Path
) -> None:
    old.save(tmp_path / "new.tabgan")
    again = TabularModel.load(tmp_path / "new.tabgan", "cpu")
    assert again.config == old.config
    assert again.record == old.record
    assert again.relations.texts == old.relations.texts
    pd.testing.assert_frame_equal(again.sample(50, seed=1), old.sample(50, seed=1))


@pytest.mark.usefixtures("torch_alone")
def test_a_fit_of_then_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    told: list[str] = []
    shutil.copy(OLD / "model.tabgan.checkpoint", tmp_path)
    kept = Checkpoints(tmp_path / "model.tabgan", every=0, resume=True, on_message=told.append)
    request = FitRequest(CUT_OFF, "left", seed=0, device="cpu", threads=1, checkpoints=kept)
    model = fit_model(pd.read_csv(OLD / "table.csv"), request)
    assert told == [f"going on from step 19 of '{kept.path}'"]
    with use_threads(1):
        rows = model.sample(50, seed=1)
    assert_alike(rows, OLD / "rows-after-checkpoint.csv", tmp_path)


def test_other_settings_than_those_of_then_are_refused(tmp_path: Path) -> None:
    shutil.copy(OLD / "model.tabgan.checkpoint", tmp_path)
    kept = Checkpoints(tmp_path / "model.tabgan", every=0, resume=True)
    config = TrainingConfig(**(CUT_OFF.to_dict() | {"hidden_dim": 16}))
    request = FitRequest(config, "left", seed=0, device="cpu", threads=1, checkpoints=kept)
    with pytest.raises(CheckpointError, match="of a fit with hidden_dim 8, not 16; give the same"):
        fit_model(pd.read_csv(OLD / "table.csv"), request)
