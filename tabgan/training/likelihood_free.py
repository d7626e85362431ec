"""The game alone: a generator that learns from the critic, and from no likelihood of real rows.

Several values of the cells that the critic is shown are drawn under one condition. Their critic's
scores estimate, up to a constant of the condition, the log-ratio of real to generated density, so
that their softmax is the importance weight by which draws become real ones; the generator raises
the likelihood of its own draws by that weight over the mean one (Che et al. 2017, MaliGAN, eq. 8).

Gradients through draws (straight-through, reparameterised) collapse here: they reach one draw of a
condition, never the weights of a mixture, and shrink its scales until a number is one value.

NOTE[DIFF] Che et al. weigh draws of a whole batch; draws of one condition need no estimate of its
constant, and the relativistic critic has none to give.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from tabgan.config import TrainingConfig
from tabgan.networks.condition import Condition
from tabgan.networks.critic import Critic
from tabgan.networks.generator import Generator

N_DRAWS = 8  # under one condition
SLOWER_GENERATOR, FASTER_CRITIC = 1 / 3, 3.0  # two time scales (Heusel et al. 2017), in
MORE_CRITIC_STEPS = 2  # learning rates and in steps: weights are worth what the critic is


@dataclass(frozen=True)
class WeightedDraws:
    """What the generator gains by its draws.

    Shape:
        - loss: a scalar
        - scores: (N_DRAWS, n_rows), of the critic
    """

    loss: Tensor
    scores: Tensor


def stabilise(config: TrainingConfig) -> TrainingConfig:
    """Return the settings of a game that no likelihood holds: every step, and no momentum.

    >>> settings = stabilise(TrainingConfig(nll_weight=0.0))
    >>> settings.beta1, settings.adversarial_interval, settings.critic_steps
    (0.0, 1, 2)
    """
    return replace(
        config,
        adversarial_interval=1,
        beta1=0.0,
        generator_lr=max(1e-8, config.generator_lr * SLOWER_GENERATOR),
        critic_lr=min(1.0, config.critic_lr * FASTER_CRITIC),
        critic_steps=min(100, config.critic_steps * MORE_CRITIC_STEPS),
    )


def draw_weighted(
    generator: Generator,
    critic: Critic,
    logits: Tensor,
    densities: Tensor,
    condition: Condition,
    shown: Tensor,
    random: torch.Generator,
) -> WeightedDraws:
    """Draw the shown cells of each condition N_DRAWS times, and weigh their likelihoods.

    Args:
        generator: That made logits and densities of the conditions.
        critic: Scores the draws.
        logits: Shape (n_rows, width).
        densities: Shape (n_rows, mode columns, N_PARAMETERS).
        condition: The masked rows.
        shown: Cells that the critic sees, those of the condition among them; (n_rows, n_columns).
        random: Source of the draws.
    """
    scores, likelihoods = [], []
    for _ in range(N_DRAWS):
        rows = generator.draw(logits, densities, condition, random)
        with torch.no_grad():
            features = critic.features.encode_cells(rows.codes, rows.scalars)
            scores.append(critic(features, condition.known, shown))
        cells = shown & ~condition.known
        likelihoods.append(generator.log_likelihood(logits, densities, rows, cells))
    stacked = torch.stack(scores)
    gains = stacked.softmax(dim=0) - 1 / N_DRAWS
    return WeightedDraws(-(gains * torch.stack(likelihoods)).sum(0).mean(), stacked)
