"""The losses of generator and critic, each as its equations.

Scores of real rows are written `real`, of generated rows `fake`; shape (n_rows,). A critic here is
a function from features (n_rows, size) to scores. s is the logistic function.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import softplus

from tabgan.config import TrainingConfig

Scorer = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Objective:
    """What each network minimises, and the penalty that keeps the critic smooth.

    Attributes:
        critic_loss: Of scores (real, fake) -> scalar.
        generator_loss: Of scores (real, fake) -> scalar.
        penalty: Of (critic, real features, fake features, mix in [0, 1] of shape (n_rows, 1)) ->
            scalar.
        penalty_weight: Of settings -> the weight of the penalty.
        lr_factor: What the learning rates are multiplied by.
        critic_steps: What the critic steps per generator step are multiplied by.
        is_lazy: Whether the penalty may be left out of most steps (and weigh more in the rest).
    """

    critic_loss: Callable[[Tensor, Tensor], Tensor]
    generator_loss: Callable[[Tensor, Tensor], Tensor]
    penalty: Callable[[Scorer, Tensor, Tensor, Tensor], Tensor]
    penalty_weight: Callable[[TrainingConfig], float]
    lr_factor: float = 1.0
    critic_steps: int = 1
    is_lazy: bool = True


def relativistic_critic_loss(real: Tensor, fake: Tensor) -> Tensor:
    """Return E log(1 + exp(-(D(x) - D(G(z))))).

    Jolicoeur-Martineau 2019; Huang et al. 2024, eq. 2.
    """
    return softplus(fake - real).mean()


def relativistic_generator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """Return E log(1 + exp(-(D(G(z)) - D(x)))), the critic's loss with both swapped."""
    return softplus(real - fake).mean()


def minimax_critic_loss(real: Tensor, fake: Tensor) -> Tensor:
    """Return -E log s(D(x)) - E log(1 - s(D(G(z)))): Goodfellow et al. 2014, eq. 1."""
    return softplus(-real).mean() + softplus(fake).mean()


def minimax_generator_loss(real: Tensor, fake: Tensor) -> Tensor:  # noqa: ARG001
    """Return -E log s(D(G(z))): the non-saturating form, Goodfellow et al. 2014, section 3."""
    return softplus(-fake).mean()


def wasserstein_critic_loss(real: Tensor, fake: Tensor) -> Tensor:
    """Return E D(G(z)) - E D(x): Arjovsky et al. 2017, eq. 2."""
    return fake.mean() - real.mean()


def wasserstein_generator_loss(real: Tensor, fake: Tensor) -> Tensor:  # noqa: ARG001
    """Return -E D(G(z))."""
    return -fake.mean()


def zero_centred_penalty(critic: Scorer, real: Tensor, fake: Tensor, mix: Tensor) -> Tensor:  # noqa: ARG001
    """Return (R1 + R2) / 2 = (E |dD/dx|^2 + E |dD/dG(z)|^2) / 2.

    Mescheder et al. 2018, eq. 9 and 10. Taken on the features that the critic sees: on the raw row
    a steep encoding would multiply it.
    """
    return (
        _squared_gradient_norm(critic, real).mean() + _squared_gradient_norm(critic, fake).mean()
    ) / 2


def gradient_penalty(critic: Scorer, real: Tensor, fake: Tensor, mix: Tensor) -> Tensor:
    """Return E (|dD/dx| - 1)^2 between real and generated rows: Gulrajani et al. 2017, eq. 3."""
    between = mix * real + (1 - mix) * fake
    return ((_squared_gradient_norm(critic, between) + 1e-12).sqrt() - 1).square().mean()


def _squared_gradient_norm(critic: Scorer, features: Tensor) -> Tensor:
    """Return |dD/dx|^2 for each row; shape (n_rows,)."""
    inputs = features.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(critic(inputs).sum(), inputs, create_graph=True)
    return gradient.square().sum(dim=1)


def _r1_r2_weight(config: TrainingConfig) -> float:
    return config.r1_r2_weight


def _gp_weight(config: TrainingConfig) -> float:
    return config.gp_weight


OBJECTIVES: Mapping[str, Objective] = {
    "relativistic": Objective(
        relativistic_critic_loss, relativistic_generator_loss, zero_centred_penalty, _r1_r2_weight
    ),
    "wasserstein": Objective(
        wasserstein_critic_loss,
        wasserstein_generator_loss,
        gradient_penalty,
        _gp_weight,
        lr_factor=0.2,  # a score without bounds overshoots at the others' rates,
        critic_steps=5,  # and needs a critic near its optimum (Gulrajani et al. 2017)
        is_lazy=False,
    ),
    "minimax": Objective(
        minimax_critic_loss, minimax_generator_loss, zero_centred_penalty, _r1_r2_weight
    ),
}
