"""The refiner: finds what the generator does too often, and draws without replacement."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from tabgan_cli.app import tabgan as command

from tabgan import TabGAN, TabularModel, TrainingConfig
from tabgan.encoding.encoded_table import EncodedTable
from tabgan.refinement.refiner import Refiner


@pytest.fixture(scope="module")
def rings() -> pd.DataFrame:
    """Numbers that few steps cannot learn: a ring, and the side it is on."""
    rng = np.random.default_rng(0)
    angle, radius = rng.uniform(0, 2 * np.pi, 4_000), rng.normal(3, 0.2, 4_000)
    x, y = (radius * np.cos(angle)).round(3), (radius * np.sin(angle)).round(3)
    return pd.DataFrame({"x": x, "y": y, "side": np.where(x > 0, "east", "west")})


@pytest.fixture(scope="module")
def model(rings: pd.DataFrame) -> TabularModel:
    config = TrainingConfig(steps=40, hidden_dim=64)
    return TabGAN(config=config, relations=False, random_state=0, device="cpu").fit(rings).model_


def error(rows: pd.DataFrame) -> float:
    return float(np.abs(np.hypot(rows["x"].to_numpy(), rows["y"].to_numpy()) - 3).mean())


def test_refined_rows_are_more_alike(model: TabularModel) -> None:
    assert model.refiner is not None
    assert model.refiner.score > model.refiner.raw_score  # type: ignore[operator]
    assert model.score == model.refiner.score
    assert 0.9 < model.refiner.distinct <= 1
    raw, refined = (model.sample(2_000, seed=1, refine=on) for on in (False, True))
    assert error(refined) < 0.8 * error(raw)
    assert (np.sign(refined["x"]) == np.where(refined["side"] == "east", 1, -1)).mean() > (
        np.sign(raw["x"]) == np.where(raw["side"] == "east", 1, -1)
    ).mean()


def test_the_share_of_distinct_rows_counts_repetitions() -> None:
    codes = np.repeat(np.arange(5, dtype=np.int32), 2)[:, None]
    table = EncodedTable(codes, np.zeros((10, 1), np.float32))
    assert table.count_distinct() == len(table) / 2


def test_the_card_says_how_rows_are_refined(model: TabularModel, tmp_path: Path) -> None:
    model.save(tmp_path / "m.tabgan")
    printed = CliRunner().invoke(command, ["inspect", str(tmp_path / "m.tabgan")]).stdout
    assert "effective sample size" in printed
    assert "% are distinct" in " ".join(printed.replace("│", " ").split())


def test_conditions_hold_in_refined_rows(model: TabularModel) -> None:
    rows = model.sample(300, where={"side": "west", "y": (">", 1)}, seed=0)
    assert (rows["side"] == "west").all()
    assert (rows["y"] > 1).all()


def test_a_model_file_gives_the_same_rows(model: TabularModel, tmp_path: Any) -> None:
    model.save(tmp_path / "m.tabgan")
    loaded = TabularModel.load(tmp_path / "m.tabgan", "cpu")
    assert loaded.refiner is not None
    assert loaded.refiner.describe() == model.refiner.describe()  # type: ignore[union-attr]
    pd.testing.assert_frame_equal(loaded.sample(100, seed=2), model.sample(100, seed=2))


def test_it_can_be_switched_off_and_tables_can_be_too_small(rings: pd.DataFrame) -> None:
    quick: dict[str, Any] = {"steps": 5, "random_state": 0, "device": "cpu"}
    assert TabGAN(refine=False, **quick).fit(rings).model_.refiner is None
    small = TabGAN(**quick).fit(rings.head(150)).model_
    assert small.refiner is None
    assert "rows are not refined: fewer than 1,000 to learn from" in small.record.messages


def test_without_rounds_every_candidate_weighs_the_same() -> None:
    refiner = Refiner((), 2, 1.0, 1.0, None, None)
    assert (refiner.log_weights(np.zeros((5, 2))) == 0).all()
