"""The game alone: what a generator learns from its critic's scores of its own draws."""

from dataclasses import fields

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tabgan.config import TrainingConfig
from tabgan.encoding.layout import Layout
from tabgan.networks.condition import Condition
from tabgan.networks.generator import Generator
from tabgan.networks.row_embedding import PiecewiseLinearEncoding
from tabgan.training.likelihood_free import N_DRAWS, draw_weighted, stabilise

LAYOUT = Layout((3, 1), (0, 1), (1,), np.array([[0, 0], [0, 0], [0, 0], [0.0, 1.0]]))
N_ROWS = 64


class CriticOf(nn.Module):
    """A critic that knows the log-ratio of two columns: classes of the first, then a number."""

    def __init__(self, by_class: list[float], by_number: float) -> None:
        super().__init__()
        self.features = PiecewiseLinearEncoding(LAYOUT)
        self.by_class, self.by_number = torch.tensor(by_class), by_number

    def forward(self, features: Tensor, known: Tensor, shown: Tensor) -> Tensor:
        visible = shown.float() - known.float()
        number = features[:, LAYOUT.width : -1].mean(dim=1)  # its quantile, from 0 to 1
        by_class, by_number = features[:, :3] @ self.by_class, number * self.by_number
        return by_class * visible[:, 0] + by_number * visible[:, 1]


def learn(critic: nn.Module, column: int, steps: int = 150) -> tuple[Tensor, Tensor]:
    """Return logits of the classes and quantiles drawn after some steps against a critic."""
    torch_random = torch.Generator().manual_seed(0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        generator = Generator(LAYOUT, latent_dim=2, hidden_dim=8, n_layers=1)
    optimizer = torch.optim.SGD(generator.parameters(), lr=0.3)
    condition = Condition.empty(N_ROWS, 2, torch.device("cpu"))
    shown = torch.zeros(N_ROWS, 2, dtype=torch.bool)
    shown[:, column] = True
    for _ in range(steps):
        latent = generator.draw_latent(N_ROWS, torch_random)
        logits, densities = generator(latent, condition)
        optimizer.zero_grad()
        drawn = draw_weighted(
            generator,
            critic,  # type: ignore[arg-type]
            logits,
            densities,
            condition,
            shown,
            torch_random,
        )
        assert drawn.scores.shape == (N_DRAWS, N_ROWS)
        drawn.loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    logits, densities = generator(latent, condition)
    rows = generator.draw(logits, densities, condition, torch_random)
    return logits[:, :3].detach(), (rows.scalars[:, 1] + 1) / 2


def test_a_class_that_the_critic_finds_real_is_drawn_more() -> None:
    before, _ = learn(CriticOf([0.0, 0.0, 0.0], 0.0), 0)
    after, _ = learn(CriticOf([0.0, 0.0, 1.0], 0.0), 0)
    gain = after.softmax(1).mean(0) - before.softmax(1).mean(0)
    assert gain[2] > 0.2
    assert gain[0] < 0 > gain[1]


def test_numbers_move_to_where_the_critic_finds_them_real() -> None:
    _, before = learn(CriticOf([0.0, 0.0, 0.0], 0.0), 1)
    _, after = learn(CriticOf([0.0, 0.0, 0.0], 3.0), 1)
    assert after.mean() > before.mean() + 0.15


def test_a_critic_that_cannot_tell_moves_nothing() -> None:
    before, _ = learn(CriticOf([0.0, 0.0, 0.0], 0.0), 0, steps=1)
    after, _ = learn(CriticOf([2.0, 2.0, 2.0], 0.0), 0, steps=30)
    once, _ = learn(CriticOf([2.0, 2.0, 2.0], 0.0), 0, steps=1)
    torch.testing.assert_close(before, once)
    assert torch.isfinite(after).all()
    torch.testing.assert_close(after.mean(0), before.mean(0), atol=0.5, rtol=0)


@pytest.mark.parametrize("name", ["generator_lr", "critic_lr", "critic_steps"])
def test_the_settings_of_the_game_alone_stay_within_their_bounds(name: str) -> None:
    (bounds,) = (f.metadata["bounds"] for f in fields(TrainingConfig) if f.name == name)
    for value in bounds:
        kept = getattr(stabilise(TrainingConfig(**{name: value, "nll_weight": 0.0})), name)
        assert bounds[0] <= kept <= bounds[1]
