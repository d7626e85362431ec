"""Blocks of rows, their orders of columns, and numbers at the ends of what float32 holds."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from tabgan.networks import cell_kernels, elementary_kernels, layer_kernels
from tabgan.networks.condition import Condition
from tabgan.networks.fused_decoding import BLOCK_ROWS, GROUP_ROWS, FusedDecoder
from tabgan.networks.generator import Generator
from tabgan.networks.logistic_mixture import class_at
from tests.networks.small_generators import LAYOUT, given, make

N_GROUPS = BLOCK_ROWS // GROUP_ROWS


@pytest.fixture
def generator() -> Generator:
    return make(LAYOUT)


def list_steps(generator: Generator, known: np.ndarray, steps: int = 64) -> list[list[np.ndarray]]:
    return list(FusedDecoder(generator, steps)._iter_steps(known, torch.Generator().manual_seed(0)))


def test_groups_have_orders_of_their_own_and_the_target_last(generator: Generator) -> None:
    generator.layout = replace(LAYOUT, target=1)
    steps = list_steps(generator, np.zeros((BLOCK_ROWS, 3), bool))
    assert [len(columns) for columns in steps] == [1, 1, 1]
    orders = np.array(steps)[:, 0]
    assert (np.sort(orders, axis=0) == [[0], [1], [2]]).all()
    assert (orders[2] == 1).all()
    assert len(np.unique(orders[0])) == 2


def test_only_columns_that_a_group_lacks_are_drawn(generator: Generator) -> None:
    known = np.ones((BLOCK_ROWS, 3), bool)
    known[5, 2] = known[GROUP_ROWS, 0] = known[GROUP_ROWS, 2] = False
    (first,), (second,) = list_steps(generator, known)
    assert first[0] == 2
    assert {first[1], second[1]} == {0, 2}
    assert (first[2:] == -1).all()
    assert (np.delete(second, 1) == -1).all()
    assert list_steps(generator, np.ones((BLOCK_ROWS, 3), bool)) == []


def test_wide_rows_take_no_more_steps_than_are_set(generator: Generator) -> None:
    steps = list_steps(generator, np.zeros((BLOCK_ROWS, 3), bool), 2)
    assert [len(columns) for columns in steps] == [2, 1]


def test_a_row_depends_on_its_own_condition_alone(generator: Generator) -> None:
    """Other rows of a block change no byte of it, as long as the same columns are known."""
    decoder, tables = FusedDecoder(generator, 3), []
    for other in (0, 1):
        condition = Condition.empty(BLOCK_ROWS, 3, torch.device("cpu"))
        condition.known[:, 1] = True
        condition.codes[1:, 1] = other
        tables.append(decoder.decode(condition, torch.Generator().manual_seed(0)))
    assert (tables[0].codes[0] == tables[1].codes[0]).all()
    assert (tables[0].scalars[0] == tables[1].scalars[0]).all()
    assert (tables[0].scalars[1:] != tables[1].scalars[1:]).any()


@hypothesis_given(st.floats(-200, 200, width=32))
def test_exponentials_are_exact_to_the_sixth_digit(value: float) -> None:
    expected = np.exp(np.clip(value, -87, 88))
    assert elementary_kernels.exp.py_func(np.float32(value)) == pytest.approx(expected, rel=3e-7)


@hypothesis_given(st.floats(2**-126, 2**127, width=32))
def test_logarithms_are_exact_to_the_sixth_digit(value: float) -> None:
    logarithm = elementary_kernels.log.py_func(np.float32(value))
    assert logarithm == pytest.approx(np.log(value), rel=3e-7, abs=1e-7)


@pytest.mark.parametrize("column", [0, 1, 2])
def test_cells_are_those_that_torch_draws(generator: Generator, column: int) -> None:
    """Of the same outputs and the same uniform draws."""
    tables = FusedDecoder(generator, 3)._tables
    count, n_outputs = LAYOUT.n_classes[column], int(tables.n_outputs[column])
    random = torch.Generator().manual_seed(0)
    outputs = torch.randn(n_outputs, GROUP_ROWS, generator=random) * 2
    shares = torch.rand(3, GROUP_ROWS, generator=random)
    codes, scalars = np.zeros((GROUP_ROWS, 3), np.int32), np.zeros((GROUP_ROWS, 3), np.float32)
    cell_kernels.draw_cells(
        tables,
        outputs.flatten().clone().numpy(),
        np.array([column]),
        shares.numpy(),
        codes,
        scalars,
        np.zeros((GROUP_ROWS, 3), bool),
        np.zeros((GROUP_ROWS, tables.inputs.shape[1]), np.float32),
    )
    classes = class_at(outputs[:count].T, shares[0])
    assert (codes[:, column] == classes.numpy()).all()
    assert len(np.unique(codes[:, column])) == count
    if n_outputs > count:
        of_column = classes + LAYOUT.offsets[column]
        expected = generator.scalars_at(outputs[count:].T, of_column, shares[1], shares[2])
        np.testing.assert_allclose(scalars[:, column], expected.numpy(), atol=2e-4)
        assert np.ptp(scalars[:, column]) > 1


def test_bfloat16_numbers_are_rounded_as_torch_does() -> None:
    random = torch.Generator().manual_seed(0)
    hidden, scale = torch.randn(50, 16, generator=random), torch.ones(16)
    exact, rounded = np.empty((50, 16), np.int32), np.empty((50, 16), np.int16)
    for out in (exact, rounded):
        layer_kernels.activate_rows(hidden.numpy(), scale.numpy(), scale.numpy(), out)
    expected = torch.from_numpy(exact).view(torch.float32).bfloat16()
    assert torch.equal(torch.from_numpy(rounded).view(torch.bfloat16), expected)


@pytest.mark.parametrize("size", [8, 9, 16, 100, 256])
def test_activations_are_those_of_torch(size: int) -> None:
    random = torch.Generator().manual_seed(0)
    hidden = torch.randn(5, size, generator=random) * 3 + 10
    scale, shift = torch.randn(2, size, generator=random).unbind()
    expected = torch.nn.functional.leaky_relu(
        torch.nn.functional.layer_norm(hidden, (size,), scale, shift), 0.2
    )
    out = np.empty((5, size), np.int32)
    layer_kernels.activate_rows(hidden.numpy(), scale.numpy(), shift.numpy(), out)
    torch.testing.assert_close(
        torch.from_numpy(out).view(torch.float32), expected, atol=1e-5, rtol=1e-5
    )


def test_weights_beyond_all_measure_draw_cells_all_the_same() -> None:
    """Centres far outside of a mode, scales at both ends, and outputs that are no numbers."""
    generator = make(LAYOUT)
    weight = generator.mlp.last.weight
    for factor in (1e3, 1e30, float("nan")):
        weight.mul_(factor)
        table = FusedDecoder(generator, 3).decode(given(600), torch.Generator().manual_seed(0))
        assert (table.codes >= 0).all()
        assert (table.codes < np.array(LAYOUT.n_classes)).all()
        assert (np.abs(table.scalars) <= 1).all()
