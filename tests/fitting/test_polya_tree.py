"""Shares of bins are the table's where a class has no rows, and its own where it has many."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.fitting.polya_tree import CONCENTRATION, PolyaTree
from tabgan.networks.discretization import Discretization
from tests.networks.small_generators import LAYOUT

SIZES = [1, 5, 8, 2]
TREE = PolyaTree.over(SIZES, np.arange(16))
STARTS = np.concatenate([[0], np.cumsum(SIZES)[:-1]])


def draw_prior(rng: np.random.Generator) -> np.ndarray:
    prior = rng.random(16)
    return np.asarray(prior / np.repeat(np.add.reduceat(prior, STARTS), SIZES))


@settings(max_examples=30)
@given(st.integers(0, 2**20), st.integers(1, 30))
def test_shares_of_a_column_add_up_to_one(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.gamma(0.3, 30, (16, 3))
    shares = TREE.estimate(counts, draw_prior(rng), k)
    assert np.add.reduceat(shares, STARTS) == pytest.approx(1)
    assert (shares > 0).all()


def test_without_rows_they_are_those_of_the_table() -> None:
    prior = draw_prior(np.random.default_rng(1))
    assert TREE.estimate(np.zeros((16, 2)), prior)[:, 1] == pytest.approx(prior)


def test_with_many_rows_they_are_those_of_the_class() -> None:
    rng = np.random.default_rng(2)
    own = draw_prior(rng)
    shares = TREE.estimate(1e6 * own[:, None], draw_prior(rng))[:, 0]
    assert shares == pytest.approx(own, rel=1e-3)


def test_a_few_rows_tell_the_coarse_shape_and_not_the_fine_one() -> None:
    tree, even = PolyaTree.over([8], np.arange(8)), np.full(8, 1 / 8)
    shares = tree.estimate(np.array([[4.0, 0, 0, 0, 0, 0, 0, 0]]).T, even)[:, 0]
    assert shares[:4].sum() == pytest.approx((4 + 0.5 * CONCENTRATION) / (4 + CONCENTRATION))
    assert shares[0] / shares[:2].sum() < shares[:4].sum()  # three of them, the deeper it is
    assert (np.diff(shares) <= 1e-12).all()


def test_what_fewer_than_k_rows_hold_is_as_in_the_table() -> None:
    tree, prior = PolyaTree.over([2], np.arange(2)), np.array([0.9, 0.1])
    few, many = tree.estimate(np.array([[40.0, 40.0], [4.0, 6.0]]), prior, k=5)[1]
    smoothing = CONCENTRATION
    assert few == pytest.approx(0.1 * (4 + smoothing) / (44 + smoothing))  # shared out as all are
    assert many == pytest.approx((6 + 0.1 * smoothing) / (46 + smoothing))


def test_which_of_two_bins_fewer_than_k_rows_hold_is_not_told() -> None:
    tree, even = PolyaTree.over([4], np.arange(4)), np.full(4, 0.25)
    one, other = tree.estimate(np.array([[40.0, 40, 0, 4], [40, 40, 4, 0]]).T, even, k=5).T
    assert one == pytest.approx(other)
    one, other = tree.estimate(np.array([[40.0, 40, 0, 4], [40, 40, 4, 0]]).T, even).T
    assert one != pytest.approx(other)


def test_bins_of_numbers_stand_in_the_order_of_their_values() -> None:
    bins = Discretization(LAYOUT, np.array([4, 2, 1, 1, 1, 1, 1, 3]))
    order = PolyaTree.of(bins).order
    positions = bins.find_positions()
    assert sorted(order.tolist()) == list(range(bins.n_all))
    assert (np.diff(positions[order[:8]]) >= 0).all()
    assert set(order[:8].tolist()) == set(range(8))
