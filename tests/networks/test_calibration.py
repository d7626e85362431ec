"""Calibration: marginals of a generator move onto the table's."""

import numpy as np
import pytest
import torch

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.layout import Layout
from tabgan.networks import calibration
from tabgan.networks.calibration import calibrate
from tabgan.networks.condition import Condition
from tabgan.networks.generation import generate
from tabgan.networks.generator import Generator

SPANS = np.array([[0, 0.7], [0.85, 0.85], [0, 0], [0, 0], [0, 0]])
LAYOUT = Layout(n_classes=(2, 3), n_modes=(1, 0), ordered=(0,), spans=SPANS)

SHARES = np.array([0.9, 0.07, 0.03])  # of the categories of the second column


def draw_calibrated() -> EncodedTable:
    """Rows of an untrained generator after calibration on a table that it knows nothing of."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        generator = Generator(LAYOUT, latent_dim=4, hidden_dim=16, n_layers=1).requires_grad_(False)
    rng = np.random.default_rng(0)
    codes = np.stack([rng.random(3_000) < 0.3, rng.choice(3, 3_000, p=SHARES)], axis=1)
    table = EncodedTable(codes.astype(np.int32), np.zeros((3_000, 2), np.float32))
    random = torch.Generator().manual_seed(0)
    calibrate(generator, table, 2, random)
    condition = Condition.empty(20_000, 2, torch.device("cpu"))
    return generate(generator, condition, 2, random)


@pytest.fixture
def calibrated() -> EncodedTable:
    return draw_calibrated()


def find_error(rows: EncodedTable) -> float:
    return float(np.abs(np.bincount(rows.codes[:, 1]) / len(rows) - SHARES).max())


def test_two_rounds_bring_classes_to_their_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "ROUNDS", 2)
    assert find_error(draw_calibrated()) <= 0.03


def test_one_round_takes_most_of_the_way(
    calibrated: EncodedTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibration, "ROUNDS", 0)
    assert find_error(calibrated) < find_error(draw_calibrated()) / 8


def test_scalars_are_uniform_and_reach_both_ends(calibrated: EncodedTable) -> None:
    scalars = calibrated.scalars[calibrated.codes[:, 0] == 0, 0]
    shares = np.histogram(scalars, bins=10, range=(-1, 1))[0] / len(scalars)
    assert shares.tolist() == pytest.approx([0.1] * 10, abs=0.03)
    assert (scalars.min(), scalars.max()) == pytest.approx((-1, 1), abs=0.002)
