"""Rows of one pass have the shares of their classes, and by Bayes' theorem those of a condition."""

from typing import Any

import numpy as np
import pytest
import torch

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.errors import ModelFileError
from tabgan.networks.condition import Condition
from tabgan.networks.discretization import Discretization
from tabgan.networks.generation import generate, generate_rows
from tabgan.networks.latent_class_generator import LatentClassGenerator
from tabgan.networks.noise import RowNoise
from tabgan.runtime.devices import use_threads
from tabgan.state_reader import StateReader
from tests.networks.small_generators import CATEGORIES, LAYOUT

N_ROWS = 40_000
WEIGHTS = np.array([0.5, 0.3, 0.2])
SHARES = np.array(  # of three categories, and of two, in each of three classes
    [[0.7, 0.2, 0.1, 0.9, 0.1], [0.1, 0.1, 0.8, 0.5, 0.5], [0.0, 1.0, 0.0, 0.2, 0.8]], np.float32
)
MIXTURE = LatentClassGenerator(Discretization(CATEGORIES, np.ones(5, np.int64)), WEIGHTS, SHARES)
JOINT = np.einsum("k,ka,kb->ab", WEIGHTS, SHARES[:, :3], SHARES[:, 3:])  # p(first, second)
NUMBERS = Discretization(LAYOUT, np.array([5, 3, 1, 1, 1, 1, 1, 7]))


def make_numbers() -> LatentClassGenerator:
    shares = np.random.default_rng(0).random((4, NUMBERS.n_all))
    for start, end in zip(NUMBERS.column_starts, NUMBERS.column_starts[1:], strict=False):
        shares[:, start:end] /= shares[:, start:end].sum(axis=1, keepdims=True)
    return LatentClassGenerator(NUMBERS, np.full(4, 0.25), shares.astype(np.float32))


def empty(n_rows: int, n_columns: int = 2) -> Condition:
    return Condition.empty(n_rows, n_columns, torch.device("cpu"))


def draw(condition: Condition, seed: int = 0) -> EncodedTable:
    return MIXTURE.decode(condition, torch.Generator().manual_seed(seed))


def test_rows_have_the_joint_shares_of_the_mixture() -> None:
    codes = draw(empty(N_ROWS)).codes
    found = np.bincount(codes[:, 0] * 2 + codes[:, 1], minlength=6).reshape(3, 2) / N_ROWS
    assert found == pytest.approx(JOINT, abs=0.01)


@pytest.mark.parametrize("given", [0, 1, 2])
def test_what_is_known_says_what_is_not_by_bayes(given: int) -> None:
    condition = empty(N_ROWS)
    condition.codes[:, 0], condition.known[:, 0] = given, True
    codes = draw(condition).codes
    assert (codes[:, 0] == given).all()
    expected = JOINT[given] / JOINT[given].sum()
    assert np.bincount(codes[:, 1], minlength=2) / N_ROWS == pytest.approx(expected, abs=0.01)


def test_every_row_has_a_condition_of_its_own() -> None:
    rng = np.random.default_rng(0)
    condition = empty(1_000)
    condition.codes[:] = torch.from_numpy(rng.integers(0, 2, (1_000, 2)))
    condition.known[:] = torch.from_numpy(rng.random((1_000, 2)) < 0.5)
    codes, known = draw(condition).codes, condition.known.numpy()
    assert (codes[known] == condition.codes.numpy()[known]).all()
    assert set(codes[~known[:, 0], 0].tolist()) == {0, 1, 2}


def make_noise(n_rows: int, n_columns: int = 2) -> RowNoise:
    return RowNoise.draw([np.random.default_rng(i) for i in range(n_rows)], 1, 0, n_columns)


def test_completed_rows_have_the_shares_of_the_mixture() -> None:
    condition, noise = empty(N_ROWS), make_noise(N_ROWS)
    codes = MIXTURE.complete(condition, noise, {}).codes
    found = np.bincount(codes[:, 0] * 2 + codes[:, 1], minlength=6).reshape(3, 2) / N_ROWS
    assert found == pytest.approx(JOINT, abs=0.01)
    condition.codes[:, 0], condition.known[:, 0] = 2, True
    codes = MIXTURE.complete(condition, noise, {}).codes
    assert (codes[:, 0] == 2).all()
    assert (codes[:, 1] == 0).mean() == pytest.approx(JOINT[2, 0] / JOINT[2].sum(), abs=0.01)


def test_classes_that_may_not_be_tell_of_the_others() -> None:
    allowed = {0: torch.tensor([[1.0, 0.0, 1.0]]).repeat(N_ROWS, 1)}
    codes = MIXTURE.complete(empty(N_ROWS), make_noise(N_ROWS), allowed).codes
    expected = JOINT[[0, 2]] / JOINT[[0, 2]].sum()
    found = np.bincount(codes[:, 0] * 2 + codes[:, 1], minlength=6).reshape(3, 2)
    assert not found[1].any()
    assert found[[0, 2]] / N_ROWS == pytest.approx(expected, abs=0.01)


def test_a_row_is_completed_as_it_would_be_alone() -> None:
    rng, noise = np.random.default_rng(0), make_noise(400, 3)
    condition, generator = empty(400, 3), make_numbers()
    condition.known[:] = torch.from_numpy(rng.random((400, 3)) < 0.4)
    allowed = {1: torch.from_numpy((rng.random((400, LAYOUT.n_classes[1])) < 0.7) * 1.0)}
    allowed[1][:, 0] = 1
    whole = generator.complete(condition, noise, allowed)
    for row in range(0, 400, 37):
        own = torch.tensor([row])
        among = {column: each[own] for column, each in allowed.items()}
        alone = generator.complete(condition.take(own), noise.take(own), among)
        assert np.array_equal(alone.codes, whole.codes[[row]])
        assert np.array_equal(alone.scalars, whole.scalars[[row]])


def test_known_numbers_are_kept_as_they_are() -> None:
    condition = empty(500, 3)
    scalars = torch.linspace(-1, 1, 500)
    condition.scalars[:, 2], condition.known[:, 2] = scalars, True
    made = make_numbers().decode(condition, torch.Generator())
    assert np.array_equal(made.scalars[:, 2], scalars.numpy())
    assert made.codes.dtype == np.int32
    assert made.scalars.dtype == np.float32
    assert np.abs(made.scalars).max() <= 1


def test_a_class_that_is_impossible_is_never_drawn() -> None:
    condition = empty(2_000)
    condition.codes[:, 0], condition.known[:, 0] = 2, True  # none of the third class
    assert draw(condition).codes[:, 1].mean() == pytest.approx(
        JOINT[2, 1] / JOINT[2].sum(), abs=0.05
    )


def test_the_same_seed_draws_the_same_rows_in_any_number_of_threads() -> None:
    made = []
    for threads in (1, 2):
        with use_threads(threads):
            random = torch.Generator().manual_seed(5)
            made.append(generate(MIXTURE, empty(20_000), 1, random).codes)
    assert np.array_equal(made[0], made[1])
    assert not np.array_equal(made[0], generate_rows(MIXTURE, 20_000, 1, 6).codes)


def test_the_likelihood_is_that_of_the_mixture() -> None:
    codes = np.array([[0, 0], [2, 1], [1, 1]], np.int32)
    table = EncodedTable(codes, np.zeros((3, 2), np.float32))
    expected = np.log(JOINT[codes[:, 0], codes[:, 1]]).mean()
    assert MIXTURE.log_likelihood(table) == pytest.approx(expected, abs=1e-5)


def test_densities_of_numbers_add_up_to_what_the_other_cells_have() -> None:
    numbers, n_points = make_numbers(), 70  # in the middles of tenths of seven bins
    table = EncodedTable(np.zeros((n_points, 3), np.int32), np.zeros((n_points, 3), np.float32))
    table.scalars[:, 2] = (np.arange(n_points) + 0.5) / n_points * 2 - 1
    rows = (table.take(np.array([row])) for row in range(n_points))
    total = sum(np.exp(numbers.log_likelihood(row)) * 2 / n_points for row in rows)
    first, second = NUMBERS.to_bins(table)[0, :2]
    others = (numbers.weights * numbers.shares[:, first] * numbers.shares[:, second]).sum()
    assert total == pytest.approx(others * 2.5, rel=1e-4)  # the first is one of five bins, too


def test_it_is_saved_and_read() -> None:
    numbers = make_numbers()
    read = LatentClassGenerator.from_state(LAYOUT, StateReader(numbers.to_state()))
    made = [each.decode(empty(200, 3), torch.Generator()) for each in (numbers, read)]
    assert np.array_equal(made[0].scalars, made[1].scalars)


def damage(name: str, value: Any) -> StateReader:
    return StateReader(MIXTURE.to_state() | {name: value}, "latent_classes")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("weights", WEIGHTS[:2], "shares is an array of float32 and shape"),
        ("weights", WEIGHTS / 2, "weights do not add up to 1"),
        ("weights", np.array([np.nan, 0.5, 0.5]), "weights holds numbers that are not"),
        ("weights", np.zeros(0), "weights are of no such number"),
        ("shares", SHARES * 0, "shares do not add up to 1"),
        ("shares", -SHARES, "shares holds numbers that are not"),
        ("shares", SHARES[:, 1:], "shares is an array of float32 and shape"),
        ("n_bins", np.array([1, 1, 1, 1, 2]), "cuts classes that hold no number"),
    ],
)
def test_classes_that_cannot_be(name: str, value: Any, message: str) -> None:
    with pytest.raises(ModelFileError, match=message):
        LatentClassGenerator.from_state(CATEGORIES, damage(name, value))
