"""Both networks: their inputs, their outputs, and that gradients pass."""

import numpy as np
import pytest
import torch

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.layout import Layout
from tabgan.networks.condition import Condition
from tabgan.networks.critic import Critic
from tabgan.networks.generation import generate
from tabgan.networks.generator import Generator
from tabgan.networks.logistic_mixture import N_PARAMETERS
from tabgan.networks.row_embedding import (
    LOGIT_UNIT,
    N_BINS,
    N_NUMBER_FEATURES,
    PiecewiseLinearEncoding,
    Rows,
)
from tabgan.refinement.row_features import to_tree_features

# a number with two modes, a spike between them and gaps; and a column of three categories
SPANS = np.array([[0, 0.4], [0.5, 1], [0.45, 0.45], [0, 0], [0, 0], [0, 0], [0, 0]])
LAYOUT = Layout(n_classes=(4, 3), n_modes=(2, 0), ordered=(0,), spans=SPANS)


@pytest.fixture
def generator() -> Generator:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Generator(LAYOUT, latent_dim=4, hidden_dim=16, n_layers=2).requires_grad_(True)


def random() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def some_condition(n_rows: int = 50) -> Condition:
    known = torch.tensor([[True, False], [False, True]]).repeat(n_rows // 2, 1)
    codes = torch.tensor([[1, 0], [0, 2]]).repeat(n_rows // 2, 1)
    scalars = torch.tensor([[0.5, 0.0], [0.0, 0.0]]).repeat(n_rows // 2, 1)
    return Condition(codes, scalars, known)


def test_features_hold_the_quantile_of_numbers() -> None:
    features = PiecewiseLinearEncoding(LAYOUT)
    codes = torch.tensor([[0, 0], [1, 1], [2, 2], [3, 0]])
    scalars = torch.tensor([[-1.0, 0], [0.0, 0], [0, 0], [0, 0]])
    encoded = features(Rows(features.indicate(codes), scalars))
    assert encoded.shape == (4, features.size) == (4, 7 + N_NUMBER_FEATURES)
    quantile = encoded[:, 7 : 7 + N_BINS].sum(dim=1) / N_BINS
    assert quantile.tolist() == pytest.approx([0.0, 0.75, 0.45, 0.0])
    logits = torch.tensor([0.75, 0.45]).logit() / LOGIT_UNIT
    assert encoded[1:3, -1].tolist() == pytest.approx(logits.tolist())
    assert torch.equal(features.encode_cells(codes, scalars), encoded)


def test_rows_are_hard_and_known_columns_are_copied(generator: Generator) -> None:
    condition = some_condition()
    logits, raw = generator(generator.draw_latent(50, random()), condition)
    rows = generator.activate(logits, raw, condition, 0.5, random())
    for block in torch.split(rows.indicators, list(LAYOUT.n_classes), dim=1):
        assert block.sum(dim=1).tolist() == pytest.approx([1.0] * 50, abs=1e-6)
        assert block.max(dim=1).values.tolist() == pytest.approx([1.0] * 50, abs=1e-6)
    assert rows.indicators[::2, 1].tolist() == [1.0] * 25
    assert rows.scalars[::2, 0].tolist() == [0.5] * 25
    assert rows.indicators[1::2, 6].tolist() == [1.0] * 25


def test_what_is_not_known_is_not_seen(generator: Generator) -> None:
    condition = some_condition()
    other = Condition(
        torch.where(condition.known, condition.codes, 1),
        torch.where(condition.known, condition.scalars, 0.9),
        condition.known,
    )
    noise = generator.draw_latent(50, random())
    assert torch.equal(generator(noise, condition)[0], generator(noise, other)[0])


def test_gradients_pass_from_the_critic_to_the_generator(generator: Generator) -> None:
    condition = some_condition()
    logits, raw = generator(generator.draw_latent(50, random()), condition)
    with torch.random.fork_rng():
        critic = Critic(LAYOUT, hidden_dim=16, n_layers=2)
    rows = generator.activate(logits, raw, condition, 0.5, random())
    shown = torch.ones_like(condition.known)
    critic(critic.features(rows), condition.known, shown).sum().backward()
    gradients = [weights.grad for weights in generator.parameters()]
    assert all(gradient is not None and gradient.abs().sum() > 0 for gradient in gradients)


def test_the_critic_sees_shown_cells_only() -> None:
    condition = some_condition()
    with torch.random.fork_rng():
        critic = Critic(LAYOUT, hidden_dim=16, n_layers=2)
    features = critic.features(Rows(critic.features.indicate(condition.codes), condition.scalars))
    shown = torch.eye(2, dtype=torch.bool).repeat_interleave(25, dim=0)
    other = features * shown[:, critic.features.column_of_feature]
    known = torch.zeros_like(shown)
    assert torch.equal(critic(features, known, shown), critic(other, known, shown))


def test_nll_counts_hidden_cells_only(generator: Generator) -> None:
    condition = some_condition()
    hidden = ~condition.known
    logits = torch.zeros(50, LAYOUT.width)
    densities = torch.zeros(50, len(LAYOUT.mode_columns), N_PARAMETERS)
    before = generator.nll(logits, densities, condition).item()
    assert np.isfinite(before)
    logits[:, LAYOUT.n_classes[0] :] = 3.0  # a shift of a whole block changes nothing
    assert generator.nll(logits, densities, condition).item() == pytest.approx(before)
    classes = condition.codes + generator.features.offsets
    for column in range(2):
        rows = hidden[:, column].nonzero().squeeze(1)
        logits[rows, classes[rows, column]] += 1.0
    assert generator.nll(logits, densities, condition).item() < before
    whole = Condition(condition.codes, condition.scalars, torch.ones_like(hidden))
    assert generator.nll(logits, densities, whole).item() == 0


def test_generate_keeps_what_is_known_and_repeats(generator: Generator) -> None:
    condition = some_condition()
    first = generate(generator, condition, 3, random())
    again = generate(generator, condition, 3, random())
    assert np.array_equal(first.codes, again.codes)
    assert np.array_equal(first.scalars, again.scalars)
    assert (first.codes[::2, 0] == 1).all()
    assert (first.scalars[::2, 0] == np.float32(0.5)).all()
    assert (first.codes[1::2, 1] == 2).all()


def test_features_of_trees_have_gaps_as_nan() -> None:
    table = EncodedTable(
        np.array([[0, 2], [3, 1]], np.int32), np.array([[1.0, 0], [0, 0]], np.float32)
    )
    features = to_tree_features(table, LAYOUT)
    assert features[0].tolist() == pytest.approx([0.4, 2])
    assert np.isnan(features[1, 0])
