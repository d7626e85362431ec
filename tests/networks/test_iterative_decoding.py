"""Decoding computes the numbers of the whole generator."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch

from tabgan.encoding.layout import Layout
from tabgan.networks.condition import Condition
from tabgan.networks.generation import (
    MAX_BATCH_CELLS,
    MAX_BATCH_ROWS,
    count_batch_rows,
    generate,
    scale_to_width,
)
from tabgan.networks.generator import Generator
from tabgan.networks.iterative_decoding import CellIndex, IterativeDecoder
from tabgan.networks.noise import SharedNoise
from tabgan.networks.row_embedding import Rows
from tabgan.runtime.devices import use_threads

# a number with two modes, a spike and gaps; three categories; a number with one mode
LAYOUT = Layout(
    n_classes=(4, 3, 1),
    n_modes=(2, 0, 1),
    ordered=(0, 2),
    spans=np.array(
        [[0, 0.5], [0.5, 1], [0.4, 0.4], [-1, -1], [0, 0], [0, 0], [0, 0], [0, 1]], float
    ),
)

# three categories and two, no number
CATEGORIES = Layout(n_classes=(3, 2), n_modes=(0, 0), ordered=(), spans=np.zeros((5, 2)))


def make(layout: Layout) -> Generator:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        made = (
            Generator(layout, latent_dim=6, hidden_dim=16, n_layers=3).eval().requires_grad_(False)
        )
    made.bias.copy_(torch.linspace(-1, 1, layout.width))
    return made


@pytest.fixture
def generator() -> Generator:
    return make(LAYOUT)


def given(n_rows: int) -> Condition:
    rng = torch.Generator().manual_seed(1)
    codes = torch.stack([torch.randint(n, (n_rows,), generator=rng) for n in LAYOUT.n_classes], 1)
    known = torch.rand(n_rows, 3, generator=rng) < 0.5
    scalars = torch.rand(n_rows, 3, generator=rng) * 2 - 1
    scalars[:, 1] = 0
    scalars[:, 0] *= codes[:, 0] < 2
    return Condition(codes * known, scalars * known, known)


def test_the_first_layer_is_that_of_the_whole_row(generator: Generator) -> None:
    condition = given(50)
    decoder = IterativeDecoder(generator, condition, SharedNoise(torch.Generator().manual_seed(0)))
    noise = generator.draw_latent(50, torch.Generator().manual_seed(0))
    features = generator.features
    rows = Rows(features.indicate(condition.codes), condition.scalars)
    shown = features(rows) * condition.known[:, features.column_of_feature]
    whole = generator.mlp.first(torch.cat([noise, shown, condition.known.float()], dim=1))
    torch.testing.assert_close(decoder._inputs, whole)


def test_a_table_of_categories_alone_is_drawn() -> None:
    generator = make(CATEGORIES)
    random = torch.Generator().manual_seed(0)
    table = generate(generator, Condition.empty(500, 2, torch.device("cpu")), 2, random)
    assert {tuple(row) for row in table.codes.tolist()} == set(product(range(3), range(2)))
    assert not table.scalars.any()


def test_decoding_draws_what_the_generator_would(generator: Generator) -> None:
    condition = given(40_000)
    decoder = IterativeDecoder(generator, condition, SharedNoise(torch.Generator().manual_seed(2)))
    decoder.decode_cells(CellIndex.from_mask(~condition.known))
    kept = condition.known
    assert torch.equal(decoder.codes[kept], condition.codes[kept])
    assert torch.equal(decoder.scalars[kept], condition.scalars[kept])
    random = torch.Generator().manual_seed(3)
    logits, raw = generator(generator.draw_latent(40_000, random), condition)
    rows = generator.activate(logits, raw, condition, 1.0, random)
    ours = generator.features.indicate(decoder.codes).mean(0)
    torch.testing.assert_close(ours, rows.indicators.mean(0), atol=0.01, rtol=0)
    torch.testing.assert_close(decoder.scalars.mean(0), rows.scalars.mean(0), atol=0.01, rtol=0)


def test_the_target_is_drawn_last(generator: Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    generator.layout = replace(LAYOUT, target=1)
    decoding_steps: list[CellIndex] = []
    decode_cells = IterativeDecoder.decode_cells

    def watch(decoder: IterativeDecoder, cells: CellIndex) -> None:
        decoding_steps.append(cells)
        decode_cells(decoder, cells)

    monkeypatch.setattr(IterativeDecoder, "decode_cells", watch)
    generate(generator, Condition.empty(200, 3, torch.device("cpu")), 9, torch.Generator())
    assert [int((cells.columns == 1).sum()) for cells in decoding_steps] == [0, 0, 200]
    assert all(0 < int((cells.columns == 0).sum()) < 200 for cells in decoding_steps[:2])
    assert all(torch.equal(cells.rows.sort()[0], torch.arange(200)) for cells in decoding_steps)


def test_wide_tables_cost_as_many_cells_as_others() -> None:
    assert scale_to_width(5_000, 100) == 5_000
    assert scale_to_width(5_000, 1_000) == 500


def test_wide_rows_are_decoded_in_smaller_batches() -> None:
    assert count_batch_rows(14) == count_batch_rows(256) == MAX_BATCH_ROWS
    assert count_batch_rows(1_000) * 1_000 <= MAX_BATCH_CELLS
    assert count_batch_rows(10 * MAX_BATCH_CELLS) == 1


def test_rows_do_not_depend_on_threads(generator: Generator) -> None:
    condition, tables = given(2 * MAX_BATCH_ROWS + 5), []
    for threads in (1, 3):
        with use_threads(threads):
            tables.append(generate(generator, condition, 3, torch.Generator().manual_seed(0)))
    assert (tables[0].codes == tables[1].codes).all()
    assert (tables[0].scalars == tables[1].scalars).all()
    assert len(tables[0]) == 2 * MAX_BATCH_ROWS + 5


def test_known_cells_come_through_all_decoding_steps(generator: Generator) -> None:
    condition = given(300)
    known = condition.known.numpy()
    table = generate(generator, condition, 3, torch.Generator().manual_seed(0))
    assert (table.codes[known] == condition.codes.numpy()[known]).all()
    assert (table.scalars[known] == condition.scalars.numpy()[known]).all()
    assert (table.codes < np.array(LAYOUT.n_classes)).all()
