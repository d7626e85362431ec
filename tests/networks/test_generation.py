"""Every engine draws what the generator says, the same rows again, by any number of threads."""

from itertools import product

import numpy as np
import pytest
import torch

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.networks import generation
from tabgan.networks.condition import Condition
from tabgan.networks.fused_decoding import BLOCK_ROWS
from tabgan.networks.generation import (
    MAX_BATCH_CELLS,
    MAX_BATCH_ROWS,
    Engine,
    choose_engine,
    count_batch_rows,
    generate,
    scale_to_width,
)
from tabgan.networks.generator import Generator
from tabgan.networks.iterative_decoding import decode_iteratively
from tabgan.runtime import compilation
from tabgan.runtime.devices import use_threads
from tests.networks.small_generators import CATEGORIES, LAYOUT, given, make


@pytest.fixture(params=list(Engine))
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Each engine in turn, which draws all rows of the test."""
    chosen: Engine = request.param
    monkeypatch.setattr(generation, "choose_engine", lambda device: chosen)
    return chosen


@pytest.fixture
def generator() -> Generator:
    return make(LAYOUT)


def draw(generator: Generator, condition: Condition, steps: int, seed: int = 0) -> EncodedTable:
    return generate(generator, condition, steps, torch.Generator().manual_seed(seed))


@pytest.mark.usefixtures("engine")
def test_rows_are_those_of_the_generator(generator: Generator) -> None:
    """In one step every cell is drawn by what `Generator.forward` says of the condition."""
    condition = given(40_000)
    table = draw(generator, condition, 1)
    random = torch.Generator().manual_seed(3)
    logits, raw = generator(generator.draw_latent(40_000, random), condition)
    rows = generator.activate(logits, raw, condition, 1.0, random)
    codes = torch.from_numpy(table.codes).long()
    ours = generator.features.indicate(codes).mean(0)
    torch.testing.assert_close(ours, rows.indicators.mean(0), atol=0.01, rtol=0)
    scalars = torch.from_numpy(table.scalars)
    quantiles = torch.tensor([0.05, 0.25, 0.5, 0.75, 0.95])
    for column, mode in ((0, 0), (0, 1), (2, 0)):
        is_mode = ~condition.known[:, column]
        drawn = scalars[is_mode & (codes[:, column] == mode), column].quantile(quantiles)
        own = rows.indicators[:, LAYOUT.offsets[column] + mode] > 0.5
        expected = rows.scalars[is_mode & own, column].quantile(quantiles)
        torch.testing.assert_close(drawn, expected, atol=0.06, rtol=0)


@pytest.mark.usefixtures("engine")
def test_a_step_goes_by_the_cells_of_those_before(generator: Generator) -> None:
    """Drawn one by one, cells are as dependent as the chain of conditions makes them."""
    n_rows = 40_000
    ours = draw(generator, Condition.empty(n_rows, 3, torch.device("cpu")), 3)
    slow = decode_iteratively(
        generator,
        3,
        Condition.empty(n_rows, 3, torch.device("cpu")),
        torch.Generator().manual_seed(1),
    )
    pairs = [np.bincount(table.codes[:, 0] * 3 + table.codes[:, 1]) for table in (ours, slow)]
    np.testing.assert_allclose(pairs[0] / n_rows, pairs[1] / n_rows, atol=0.01)
    for code in range(3):
        means = [table.scalars[table.codes[:, 1] == code, 2].mean() for table in (ours, slow)]
        assert means[0] == pytest.approx(means[1], abs=0.03)


@pytest.mark.usefixtures("engine")
def test_a_table_of_categories_alone_is_drawn() -> None:
    generator = make(CATEGORIES)
    table = draw(generator, Condition.empty(500, 2, torch.device("cpu")), 2)
    assert {tuple(row) for row in table.codes.tolist()} == set(product(range(3), range(2)))
    assert not table.scalars.any()


def test_wide_tables_cost_as_many_cells_as_others() -> None:
    assert scale_to_width(5_000, 100) == 5_000
    assert scale_to_width(5_000, 1_000) == 500


def test_wide_rows_are_decoded_in_smaller_batches() -> None:
    assert count_batch_rows(14) == count_batch_rows(256) == MAX_BATCH_ROWS
    assert count_batch_rows(1_000) * 1_000 <= MAX_BATCH_CELLS
    assert count_batch_rows(1_000) % BLOCK_ROWS == 0
    assert count_batch_rows(10 * MAX_BATCH_CELLS) == 1


@pytest.mark.usefixtures("engine")
def test_rows_do_not_depend_on_threads(generator: Generator) -> None:
    condition, tables = given(2 * MAX_BATCH_ROWS + 5), []
    for threads in (1, 3):
        with use_threads(threads):
            tables.append(draw(generator, condition, 3))
    assert (tables[0].codes == tables[1].codes).all()
    assert (tables[0].scalars == tables[1].scalars).all()
    assert len(tables[0]) == 2 * MAX_BATCH_ROWS + 5


@pytest.mark.usefixtures("engine")
def test_known_cells_come_through_all_decoding_steps(generator: Generator) -> None:
    condition = given(300)
    known = condition.known.numpy()
    table = draw(generator, condition, 3)
    assert (table.codes[known] == condition.codes.numpy()[known]).all()
    assert (table.scalars[known] == condition.scalars.numpy()[known]).all()
    assert (table.codes < np.array(LAYOUT.n_classes)).all()


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("n_rows", [1, BLOCK_ROWS - 1, BLOCK_ROWS + 1])
def test_any_number_of_rows_is_drawn(generator: Generator, n_rows: int) -> None:
    table = draw(generator, given(n_rows), 3)
    assert table.codes.shape == table.scalars.shape == (n_rows, 3)


def test_what_is_not_there_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a compiler, and on a GPU, torch draws; without the instructions, float32 does."""
    cpu = torch.device("cpu")
    assert choose_engine(torch.device("cuda")) is Engine.TORCH
    monkeypatch.setattr(generation, "has_bfloat16_products", lambda: True)
    assert choose_engine(cpu) is Engine.BFLOAT16
    monkeypatch.setattr(generation, "has_bfloat16_products", lambda: False)
    assert choose_engine(cpu) is Engine.FLOAT32
    monkeypatch.setattr(generation, "has_compiler", lambda: False)
    assert choose_engine(cpu) is Engine.TORCH
    compilation.has_bfloat16_products.cache_clear()
    monkeypatch.setattr(compilation, "has_compiler", lambda: False)
    assert not compilation.has_bfloat16_products()
    compilation.has_bfloat16_products.cache_clear()
