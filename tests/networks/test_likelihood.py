"""What a generator says of cells is a probability: it sums to one, whatever else is known."""

from itertools import product

import numpy as np
import pytest
import torch

from tabgan.encoding.encoded_column import EncodedColumn
from tabgan.encoding.layout import Layout
from tabgan.encoding.outcomes import Outcomes
from tabgan.networks.condition import Condition
from tabgan.networks.generator import Generator
from tabgan.networks.likelihood import CellLikelihood, PartRows

SPANS = np.array([[0, 0.6], [0.6, 0.9], [0.95, 0.95], [0, 0], [0, 0], [0, 0]])
LAYOUT = Layout(n_classes=(3, 3), n_modes=(2, 0), ordered=(0,), spans=SPANS)
CPU = torch.device("cpu")


@pytest.fixture
def generator() -> Generator:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        generator = Generator(LAYOUT, latent_dim=4, hidden_dim=16, n_layers=2).eval()
    return generator.requires_grad_(False)


def to_rows(outcomes: Outcomes) -> PartRows:
    return PartRows.from_outcomes(outcomes, np.ones(len(outcomes), bool), CPU)


def make_ranges(n_ranges: int) -> Outcomes:
    """All ranges of two modes, and the one spike."""
    ends = np.linspace(-1, 1, n_ranges + 1)
    codes = np.append(np.repeat([0, 1], n_ranges), 2)[:, None]
    low, high = np.append(np.tile(ends[:-1], 2), 0), np.append(np.tile(ends[1:], 2), 0)
    told = EncodedColumn(codes[:, 0].astype(np.int32), ((low + high) / 2).astype(np.float32))
    zeros, prior = np.zeros(codes.shape), np.full(len(codes), -np.log(len(codes)))
    told_all = np.ones(len(codes), bool)
    classes = np.arange(3)
    below, up_to = (
        np.where(classes == codes, ends[:, None], np.where(classes < codes, 1.0, -1.0))
        for ends in (np.append(low[:-1], -1), np.append(high[:-1], 1))
    )
    low, high = low[:, None], high[:, None]
    return Outcomes(codes, low, high, zeros, prior, prior, below, up_to, told, told_all)


@pytest.mark.parametrize("n_rows", [1, 50, 10**9])
def test_rows_sum_to_one_in_either_order(generator: Generator, n_rows: int) -> None:
    likelihood, ranges = CellLikelihood(generator, n_rows), make_ranges(20)
    classes = Outcomes.of_classes(np.arange(3), -np.log(3))
    pairs = np.array(list(product(range(len(ranges)), range(3))))
    parts = [to_rows(ranges.take(pairs[:, 0])), to_rows(classes.take(pairs[:, 1]))]
    for order in ((0, 1), (1, 0)):
        inputs, total = likelihood.begin(len(pairs)), torch.zeros(len(pairs)).double()
        for part in order:
            hidden = likelihood.hidden_states(inputs)
            total += likelihood.log_probability(part, parts[part], hidden)
            inputs = inputs + likelihood.tell(part, parts[part])
        assert float(total.exp().sum()) == pytest.approx(1, abs=1e-4)  # but for clipped logits


def test_tails_of_numbers_are_sums_over_those_beyond(generator: Generator) -> None:
    likelihood, rows = CellLikelihood(generator, 10**9), to_rows(make_ranges(20))
    hidden = likelihood.hidden_states(likelihood.begin(41))
    shares = likelihood.log_probability(0, rows, hidden).exp()
    ends = torch.minimum(shares.cumsum(0), shares.flip(0).cumsum(0).flip(0))
    tails = likelihood.log_tail(0, rows, hidden).exp()
    assert torch.allclose(tails, ends, atol=1e-4)  # but for clipped logits
    assert float(tails.max()) >= 0.5


def test_tails_of_amounts_are_of_their_own_unit(generator: Generator) -> None:
    likelihood, ranges = CellLikelihood(generator, 10**9), make_ranges(20).take(np.arange(20))
    for order in (ranges.below, ranges.up_to):
        order[:, 1:] = np.nan  # all but the first mode are of another unit
    rows = to_rows(ranges)
    hidden = likelihood.hidden_states(likelihood.begin(20))
    shares = likelihood.log_probability(0, rows, hidden).exp()
    ends = torch.minimum(shares.cumsum(0), shares.flip(0).cumsum(0).flip(0))
    assert torch.allclose(likelihood.log_tail(0, rows, hidden).exp(), ends, atol=1e-4)


def test_tails_of_categories_are_sums_over_the_less_probable(generator: Generator) -> None:
    likelihood = CellLikelihood(generator, 10**9)
    rows = to_rows(Outcomes.of_classes(np.arange(3), -np.log(3)))
    hidden = likelihood.hidden_states(likelihood.begin(3))
    shares = likelihood.log_probability(1, rows, hidden).exp()
    expected = [float(shares[shares <= own].sum()) for own in shares]
    assert likelihood.log_tail(1, rows, hidden).exp().tolist() == pytest.approx(expected)
    assert max(expected) == pytest.approx(1)


def test_densities_are_limits_of_ranges(generator: Generator) -> None:
    likelihood = CellLikelihood(generator, 10**9)
    hidden = likelihood.hidden_states(likelihood.begin(9))
    places, zeros = np.linspace(-0.8, 0.8, 9)[:, None], np.zeros((9, 1))
    told = EncodedColumn(np.zeros(9, np.int32), places[:, 0].astype(np.float32))

    def ask(width: float) -> torch.Tensor:
        codes, prior = np.zeros((9, 1), np.int64), np.full(9, -np.inf)
        ends = places - width / 2, places + width / 2
        order, told_all = np.zeros((9, 0)), np.ones(9, bool)
        outcomes = Outcomes(codes, *ends, zeros, prior, prior, order, order, told, told_all)
        return likelihood.log_probability(0, to_rows(outcomes), hidden)

    assert torch.allclose(ask(1e-6) - np.log(1e-6), ask(0), atol=1e-4)


def test_what_is_told_is_what_the_network_is_given(generator: Generator) -> None:
    likelihood, ranges = CellLikelihood(generator, 10), make_ranges(4)
    rows = to_rows(ranges)
    told = likelihood.hidden_states(likelihood.begin(9) + likelihood.tell(0, rows))
    scalars = torch.stack([rows.told_scalars, torch.zeros(9)], dim=1)
    codes = torch.stack([rows.told_codes, torch.zeros(9, dtype=torch.long)], dim=1)
    known = torch.tensor([True, False]).repeat(9, 1)
    logits, _ = generator(torch.zeros(9, 4), Condition(codes, scalars, known))
    weights, bias = generator.output_weights(1)
    assert torch.allclose(told @ weights + bias, logits[:, 3:], atol=1e-5)


def test_cells_that_do_not_count_are_neither_judged_nor_told(generator: Generator) -> None:
    likelihood, ranges = CellLikelihood(generator, 10), make_ranges(4)
    rows = PartRows.from_outcomes(ranges, np.zeros(9, bool), CPU)
    hidden = likelihood.hidden_states(likelihood.begin(9))
    assert (likelihood.log_probability(0, rows, hidden) == 0).all()
    assert (likelihood.tell(0, rows) == 0).all()


def test_nothing_is_impossible(generator: Generator) -> None:
    likelihood = CellLikelihood(generator, 99)
    unknown = Outcomes.of_classes(np.array([-1]), -np.log(5))
    hidden = likelihood.hidden_states(likelihood.begin(1))
    for judge in (likelihood.log_probability, likelihood.log_tail):
        assert float(judge(1, to_rows(unknown), hidden)) == pytest.approx(-np.log(500))
