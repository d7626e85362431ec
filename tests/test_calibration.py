"""Calibration: marginals of a generator move onto the table's."""

import numpy as np
import pytest
import torch

from tabgan.calibration import calibrate
from tabgan.conditions import Condition
from tabgan.encoders.table import EncodedTable, Layout
from tabgan.generation import generate
from tabgan.networks import Generator

SPANS = np.array([[0, 0.7], [0.85, 0.85], [0, 0], [0, 0], [0, 0]])
LAYOUT = Layout(n_classes=(2, 3), n_modes=(1, 0), ordered=(0,), spans=SPANS)


SHARES = np.array([0.7, 0.2, 0.1])  # of the levels of the second column


def untrained() -> Generator:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Generator(LAYOUT, noise=4, width=16, depth=1).requires_grad_(False)


def draw(generator: Generator) -> EncodedTable:
    condition = Condition.empty(20_000, 2, torch.device("cpu"))
    return generate(generator, condition, 2, torch.Generator().manual_seed(1))


@pytest.fixture
def calibrated() -> EncodedTable:
    """Rows of an untrained generator after calibration on a table that it knows nothing of."""
    generator = untrained()
    rng = np.random.default_rng(0)
    codes = np.stack([rng.random(3_000) < 0.3, rng.choice(3, 3_000, p=SHARES)], axis=1)
    table = EncodedTable(codes.astype(np.int32), np.zeros((3_000, 2), np.float32))
    calibrate(generator, table, 2, torch.Generator().manual_seed(0))
    return draw(generator)


def test_classes_come_nearly_at_their_rates(calibrated: EncodedTable) -> None:
    raw, mended = (
        np.abs(np.bincount(rows.codes[:, 1]) / len(rows) - SHARES).max()
        for rows in (draw(untrained()), calibrated)
    )
    assert mended < raw / 8


def test_scalars_are_uniform_and_reach_both_ends(calibrated: EncodedTable) -> None:
    scalars = calibrated.scalars[calibrated.codes[:, 0] == 0, 0]
    shares = np.histogram(scalars, bins=10, range=(-1, 1))[0] / len(scalars)
    assert shares.tolist() == pytest.approx([0.1] * 10, abs=0.03)
    assert (scalars.min(), scalars.max()) == pytest.approx((-1, 1), abs=0.002)
