"""The losses against their equations, worked by hand."""

import math

import pytest
import torch
from torch import Tensor

from tabgan.training.objectives import OBJECTIVES, gradient_penalty, zero_centred_penalty

REAL, FAKE = torch.tensor([2.0, 0.0]), torch.tensor([1.0, -1.0])


def log_one_plus_exp(x: float) -> float:
    return math.log1p(math.exp(x))


def mean(*values: float) -> float:
    return sum(values) / len(values)


@pytest.mark.parametrize(
    ("name", "critic", "generator"),
    [
        ("relativistic", log_one_plus_exp(-1), log_one_plus_exp(1)),
        (
            "minimax",
            mean(log_one_plus_exp(-2), math.log(2))
            + mean(log_one_plus_exp(1), log_one_plus_exp(-1)),
            mean(log_one_plus_exp(-1), log_one_plus_exp(1)),
        ),
        ("wasserstein", 0.0 - 1.0, 0.0),
    ],
)
def test_losses(name: str, critic: float, generator: float) -> None:
    objective = OBJECTIVES[name]
    assert objective.critic_loss(REAL, FAKE).item() == pytest.approx(critic)
    assert objective.generator_loss(REAL, FAKE).item() == pytest.approx(generator)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_each_network_gains_by_moving_scores_its_way(name: str) -> None:
    objective = OBJECTIVES[name]
    assert objective.critic_loss(REAL + 1, FAKE) < objective.critic_loss(REAL, FAKE)
    assert objective.generator_loss(REAL, FAKE + 1) < objective.generator_loss(REAL, FAKE)


def linear_critic(features: Tensor) -> Tensor:
    """A critic whose gradient is (3, 4) everywhere: 5 long."""
    return features @ torch.tensor([3.0, 4.0])


def test_penalties_of_a_known_gradient() -> None:
    real, fake, mix = torch.randn(3, 8, 2, generator=torch.Generator().manual_seed(0))
    assert zero_centred_penalty(linear_critic, real, fake, mix[:, :1]).item() == pytest.approx(25)
    assert gradient_penalty(linear_critic, real, fake, mix[:, :1]).item() == pytest.approx(16)


def test_penalties_reach_the_critic() -> None:
    weight = torch.tensor([3.0, 4.0], requires_grad=True)
    rows = torch.zeros(4, 2)
    for name, objective in OBJECTIVES.items():
        penalty = objective.penalty(lambda x: x @ weight, rows, rows, torch.zeros(4, 1))
        (gradient_norm,) = torch.autograd.grad(penalty, weight)
        assert gradient_norm.abs().sum() > 0, name
