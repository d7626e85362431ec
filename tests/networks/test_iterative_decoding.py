"""Decoding computes the numbers of the whole generator."""

from dataclasses import replace

import pytest
import torch

from tabgan.networks.condition import Condition
from tabgan.networks.generator import Generator
from tabgan.networks.iterative_decoding import (
    CellIndex,
    IterativeDecoder,
    decode_iteratively,
)
from tabgan.networks.noise import SharedNoise
from tabgan.networks.row_embedding import Rows
from tests.networks.small_generators import LAYOUT, given, make


@pytest.fixture
def generator() -> Generator:
    return make(LAYOUT)


def test_the_first_layer_is_that_of_the_whole_row(generator: Generator) -> None:
    condition = given(50)
    decoder = IterativeDecoder(generator, condition, SharedNoise(torch.Generator().manual_seed(0)))
    noise = generator.draw_latent(50, torch.Generator().manual_seed(0))
    features = generator.features
    rows = Rows(features.indicate(condition.codes), condition.scalars)
    shown = features(rows) * condition.known[:, features.column_of_feature]
    whole = generator.mlp.first(torch.cat([noise, shown, condition.known.float()], dim=1))
    torch.testing.assert_close(decoder._inputs, whole)


@torch.inference_mode()
def test_some_rows_are_computed_as_among_all(generator: Generator) -> None:
    random = torch.Generator().manual_seed(0)
    decoder = IterativeDecoder(generator, given(1_200), SharedNoise(random))
    whole = decoder._hidden_states(torch.arange(1_200)).clone()
    for rows in (torch.tensor([7]), torch.tensor([5, 3, 3, 900]), torch.arange(0, 1_200, 7)):
        assert torch.equal(decoder._hidden_states(rows)[rows], whole[rows])


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
    condition = Condition.empty(200, 3, torch.device("cpu"))
    decode_iteratively(generator, 9, condition, torch.Generator())
    assert [int((cells.columns == 1).sum()) for cells in decoding_steps] == [0, 0, 200]
    assert all(0 < int((cells.columns == 0).sum()) < 200 for cells in decoding_steps[:2])
    assert all(torch.equal(cells.rows.sort()[0], torch.arange(200)) for cells in decoding_steps)
