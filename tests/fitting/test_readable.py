"""What a fit learns can be read back from a file, or a sentence says what cannot."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from tabgan.encoding.numerical import NumericalEncoder
from tabgan.errors import RelationError, TableError, TrainingError, UnsavedRelationWarning
from tabgan.estimators.tabgan import TabGAN
from tabgan.fitting.readable import check_model
from tabgan.model import TabularModel
from tabgan.networks.generator import Generator
from tabgan.relations.functional_dependency import FunctionalDependency

SETTINGS: dict[str, Any] = {"steps": 3, "refine": False, "random_state": 0, "device": "cpu"}


@pytest.fixture
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    town = rng.choice(["Ulm", "Bonn", "Rom"], 120)
    land = np.where(town == "Rom", "IT", "DE")
    return pd.DataFrame({"town": town, "land": land, "size": rng.normal(size=120)})


@pytest.fixture
def broken_dependency(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dependencies whose state lacks what reading it needs."""
    whole = FunctionalDependency.to_dict

    def to_dict(self: FunctionalDependency) -> dict[str, Any]:
        return {key: value for key, value in whole(self).items() if key != "answers"}

    monkeypatch.setattr(FunctionalDependency, "to_dict", to_dict)


@pytest.mark.usefixtures("broken_dependency")
def test_a_relation_that_cannot_be_read_back_is_not_kept(
    frame: pd.DataFrame, tmp_path: Path
) -> None:
    sentence = r"the relation 'town -> land' cannot be read back from a model file \(.*answers"
    with pytest.warns(UnsavedRelationWarning, match=sentence):
        gan = TabGAN(**SETTINGS).fit(frame)
    assert "town -> land" not in gan.model_.relations.texts
    gan.save(tmp_path / "model.tabgan")
    assert TabularModel.load(tmp_path / "model.tabgan").schema == gan.model_.schema


@pytest.mark.usefixtures("broken_dependency")
def test_a_declared_one_is_refused(frame: pd.DataFrame) -> None:
    with pytest.raises(RelationError, match="'town -> land' cannot be read back.*: leave it out"):
        TabGAN(declare=["town -> land"], relations=False, **SETTINGS).fit(frame)


def test_a_column_that_cannot_be_read_back_is_named_before_any_training(
    frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> Any:
        raise ValueError("knots do not rise")

    monkeypatch.setattr(NumericalEncoder, "from_state", classmethod(refuse))
    with pytest.raises(TableError, match=r"column 'size' cannot be read back.*knots do not rise"):
        TabGAN(**SETTINGS).fit(frame)


def test_a_model_that_cannot_be_read_back_never_leaves_a_fit(
    frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> Any:
        raise ValueError("its weights are no numbers")

    monkeypatch.setattr(Generator, "from_state", classmethod(refuse))
    with pytest.raises(TrainingError, match="cannot be read back from a file .its weights are no"):
        TabGAN(**SETTINGS).fit(frame)


def test_reading_back_leaves_the_model_and_random_numbers_alone(frame: pd.DataFrame) -> None:
    model = TabGAN(**SETTINGS).fit(frame).model_
    before, state = model.sample(5, seed=0), torch.get_rng_state()
    assert check_model(model) is model
    assert torch.equal(torch.get_rng_state(), state)
    pd.testing.assert_frame_equal(model.sample(5, seed=0), before)
