"""Cells become bins and bins cells, of the same class and as near as a bin is wide."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.errors import ModelFileError
from tabgan.networks.discretization import MAX_BINS, MIN_BIN_ROWS, Discretization
from tabgan.state_reader import StateReader
from tests.networks.small_generators import CATEGORIES, LAYOUT

N_BINS = np.array([5, 3, 1, 1, 1, 1, 1, 7])  # of the classes of LAYOUT
BINS = Discretization(LAYOUT, N_BINS)


def draw_table(n_rows: int, seed: int) -> EncodedTable:
    rng = np.random.default_rng(seed)
    codes = np.stack([rng.integers(0, n, n_rows) for n in LAYOUT.n_classes], axis=1)
    scalars = rng.uniform(-1, 1, codes.shape).astype(np.float32)
    return EncodedTable(codes.astype(np.int32), scalars * (codes < np.array(LAYOUT.n_modes)))


@settings(max_examples=30)
@given(st.integers(0, 2**20))
def test_a_cell_comes_back_in_its_class_and_bin(seed: int) -> None:
    table = draw_table(50, seed)
    bins = BINS.to_bins(table)
    made = BINS.to_table(bins, np.random.default_rng(seed).random(bins.shape, np.float32))
    assert np.array_equal(made.codes, table.codes)
    width = 2 / N_BINS[table.codes + np.array(LAYOUT.offsets)]
    assert (np.abs(made.scalars - table.scalars) <= width + 1e-6).all()
    assert (made.scalars[made.codes >= np.array(LAYOUT.n_modes)] == 0).all()
    away_from_edges = np.abs((made.scalars + 1) / width % 1 - 0.5) < 0.499
    assert (BINS.to_bins(made) == bins)[away_from_edges].all()


def test_ends_belong_to_the_outermost_bins() -> None:
    codes = np.zeros((2, 3), np.int32)
    scalars = np.array([[-1, 0, -1], [1, 0, 1]], np.float32)
    assert BINS.to_bins(EncodedTable(codes, scalars)).tolist() == [[0, 10, 13], [4, 10, 19]]


def test_modes_of_many_rows_have_more_bins_and_nothing_else_has() -> None:
    codes = np.repeat([[0, 0, 0], [1, 2, 0], [2, 1, 0]], [1_900, 60, 40], axis=0).astype(np.int32)
    found = Discretization.of_table(EncodedTable(codes, np.zeros(codes.shape, np.float32)), LAYOUT)
    assert found.n_bins.tolist() == [MAX_BINS, 60 // MIN_BIN_ROWS, 1, 1, 1, 1, 1, MAX_BINS]


def test_the_density_of_a_scalar_is_that_of_its_bin() -> None:
    densities = np.exp(BINS.log_densities())
    assert densities[:5] == pytest.approx(2.5)  # five bins within 2
    assert densities[8:13] == pytest.approx(1)  # of classes without scalars: they have none
    assert densities[13:] == pytest.approx(3.5)


def test_bins_of_a_mode_are_pooled() -> None:
    shares = np.arange(20.0)
    pooled = BINS.pool_modes(shares)
    assert pooled[:5] == pytest.approx(2)
    assert pooled[8:13].tolist() == shares[8:13].tolist()
    assert pooled.sum() == pytest.approx(shares.sum())


def test_numbers_are_placed_by_value() -> None:
    positions = BINS.find_positions()
    assert positions[:8] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.5, 2 / 3, 5 / 6])
    assert positions[8] == pytest.approx(0.4)  # a spike within the first mode


@pytest.mark.parametrize(
    ("n_bins", "message"),
    [
        (np.array([5, 3, 2, 1, 1, 1, 1, 7]), "cuts classes that hold no number"),
        (np.array([0, 3, 1, 1, 1, 1, 1, 7]), "not from 1 to 48"),
        (np.array([5, 3]), "shape"),
    ],
)
def test_bins_that_cannot_be(n_bins: np.ndarray, message: str) -> None:
    with pytest.raises(ModelFileError, match=message):
        Discretization.from_state(LAYOUT, StateReader({"n_bins": n_bins}))


def test_categories_alone_are_their_own_bins() -> None:
    codes = np.array([[0, 1], [2, 0]], np.int32)
    table = EncodedTable(codes, np.zeros((2, 2), np.float32))
    found = Discretization.of_table(table, CATEGORIES)
    assert found.to_bins(table).tolist() == [[0, 4], [2, 3]]
