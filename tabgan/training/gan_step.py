"""One round of the game: both players, their optimisers, and the averaged generator."""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel

from tabgan.config import TrainingConfig
from tabgan.encoding.layout import Layout
from tabgan.networks.condition import Condition
from tabgan.networks.critic import Critic
from tabgan.networks.generator import Generator
from tabgan.runtime.process_group import ALONE, Team
from tabgan.training.condition_sampler import ConditionSampler
from tabgan.training.objectives import OBJECTIVES
from tabgan.training.optimizer import Adam

MOST_PROCESSES = 1_000_000  # so that their seeds after a restart are not those of others


@dataclass(frozen=True)
class Hand:
    """What both players are shown in one round.

    Shape:
        - known: (n_rows, n_columns), the cells of the condition
        - shown: (n_rows, n_columns), those and the ones that a pass has settled: the critic sees
          no others
        - real, fake: (n_rows, size), features of the critic
    """

    known: Tensor
    shown: Tensor
    real: Tensor
    fake: Tensor


class Game:
    """Both players, their optimisers and the averaged generator.

    Attributes:
        generator, critic: The players.
        generate, judge: The players as steps that move them call them: connected, where several
            processes train together.
    """

    def __init__(
        self,
        layout: Layout,
        sampler: ConditionSampler,
        config: TrainingConfig,
        seed: int,
        device: torch.device,
        team: Team = ALONE,
    ) -> None:
        self.layout, self.sampler, self.config, self.device = layout, sampler, config, device
        self.team, self.objective = team, OBJECTIVES[config.objective]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            generator = Generator(
                layout, noise=config.noise, width=config.width, depth=config.depth
            )
            critic = Critic(layout, width=config.width, depth=config.depth)
        self.generator, self.critic = generator.to(device), critic.to(device)
        self.generate, self.judge = team.connect(self.generator), team.connect(self.critic)
        self.averaged = AveragedModel(self.generator, multi_avg_fn=_averaging(config.averaging))
        self.optimisers = (
            Adam(self.critic.parameters(), 0.0),
            Adam(self.generator.parameters(), config.momentum),
        )
        self.rates: tuple[float, ...] = (
            config.learning_rate_critic * self.objective.rate,
            config.learning_rate_generator * self.objective.rate,
        )
        self.critic_steps = config.critic_steps * self.objective.critic_steps
        self.penalty_every = config.penalty_every if self.objective.is_lazy else 1
        self.random = torch.Generator(device).manual_seed(seed + team.rank)
        self.steps_done = 0
        self.last_scores = torch.zeros(2, 1)  # of real and of generated rows; (2, batch_size)

    def step(self, rate: float) -> None:
        """Move the generator; every `game_every` steps both players play a round.

        Args:
            rate: What the learning rates are multiplied by.
        """
        for optimiser, base in zip(self.optimisers, self.rates, strict=True):
            optimiser.rate = base * rate
        with self.team.play():
            if self.steps_done % self.config.game_every:
                self._learn()
            else:
                self._play()
        self.averaged.update_parameters(self.generator)
        self.steps_done += 1

    def _learn(self) -> None:
        """Raise the likelihood of hidden cells."""
        condition = self._draw_condition()
        surprise = self.generator.surprise(*self._answer(condition), condition)
        self.optimisers[1].descend(self.config.likelihood * surprise)

    def _play(self) -> None:
        """Play one round: `critic_steps` of the critic, then one of the generator.

        The generator's rows are made once and shown to both players.
        """
        first = self.steps_done // self.config.game_every
        for turn in range(self.critic_steps):
            condition = self._draw_condition()
            logits, densities = self._answer(condition)
            hand = self._deal(logits, densities, condition)
            self._step_critic(hand, penalise=(first + turn) % self.penalty_every == 0)
        surprise = self.generator.surprise(logits, densities, condition)
        self._step_generator(hand, surprise)

    def _draw_condition(self) -> Condition:
        return self.sampler.draw(self.config.batch_size, self.random)

    def _answer(self, condition: Condition) -> tuple[Tensor, Tensor]:
        noise = self.generator.draw_noise(len(condition.codes), self.random)
        logits, densities = self.generate(noise, condition)
        return logits, densities

    def _deal(self, logits: Tensor, densities: Tensor, condition: Condition) -> Hand:
        """Settle what one pass settles, beside the real rows that the conditions are of."""
        temperature = self.config.temperature
        fake = self.generator.activate(logits, densities, condition, temperature, self.random)
        shown = condition.known | self._choose_due(condition.known)
        features = self.critic.features
        real = features.of_cells(condition.codes, condition.scalars)
        return Hand(condition.known, shown, real, features(fake))

    def _choose_due(self, known: Tensor) -> Tensor:
        """Choose hidden cells, as many a row as a pass settles; (n_rows, n_columns) both."""
        n_columns = known.shape[1]
        order = torch.rand(known.shape, generator=self.random, device=self.device)
        count = math.ceil(n_columns / min(self.config.passes, n_columns))
        last = torch.where(known, 2.0, order).kthvalue(count, dim=1, keepdim=True).values
        return ~known & (order <= last)

    def _step_critic(self, hand: Hand, *, penalise: bool) -> None:
        known, shown, real, fake = hand.known, hand.shown, hand.real, hand.fake.detach()

        def score(features: Tensor) -> Tensor:
            scores: Tensor = self.critic(features, known, shown)  # `judge` is called once a step
            return scores

        scores = self.judge(torch.cat([real, fake]), known.repeat(2, 1), shown.repeat(2, 1))
        loss = self.objective.critic_loss(*scores.chunk(2))
        self.last_scores = scores.detach().view(2, -1)
        if penalise:
            mix = torch.rand(len(real), 1, generator=self.random, device=self.device)
            weight = getattr(self.config, self.objective.weight) * self.penalty_every
            loss = loss + weight * self.objective.penalty(score, real, fake, mix)
        self.optimisers[0].descend(loss)

    def _step_generator(self, hand: Hand, surprise: Tensor) -> None:
        """Move the generator; real rows keep the scores that the critic has just given them.

        The game counts for the steps that it is left out of, too (as lazy penalties do).
        """
        self.critic.requires_grad_(False)
        scores = self.critic(hand.fake, hand.known, hand.shown)
        game = self.objective.generator_loss(self.last_scores[0], scores)
        loss = self.config.game_every * game + self.config.likelihood * surprise
        self.optimisers[1].descend(loss)
        self.critic.requires_grad_(True)

    def snapshot(self) -> dict[str, Any]:
        """Copy all that a step changes, but for the draws."""
        return copy.deepcopy(
            {
                "generator": self.generator.state_dict(),
                "critic": self.critic.state_dict(),
                "averaged": self.averaged.state_dict(),
                "optimisers": [optimiser.state for optimiser in self.optimisers],
            }
        )

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Go back to a snapshot."""
        snapshot = copy.deepcopy(snapshot)
        self.generator.load_state_dict(snapshot["generator"])
        self.critic.load_state_dict(snapshot["critic"])
        self.averaged.load_state_dict(snapshot["averaged"])
        for optimiser, state in zip(self.optimisers, snapshot["optimisers"], strict=True):
            optimiser.load_state(state)

    def to_state(self) -> dict[str, Any]:
        """Give all that the next step depends on."""
        return {
            "players": self.snapshot(),
            "random": self.random.get_state(),
            "steps_done": self.steps_done,
            "rates": list(self.rates),
            "last_scores": self.last_scores.cpu(),
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on from `to_state`'s answer, which is the first process's: others draw afresh."""
        self.restore(state["players"])
        if self.team.is_first:
            self.random.set_state(state["random"])
        else:
            seed = self.random.initial_seed() + MOST_PROCESSES * int(state["steps_done"])
            self.random.manual_seed(seed)
        self.steps_done, self.rates = state["steps_done"], tuple(state["rates"])
        self.last_scores = state["last_scores"].to(self.device)

    def halve_rates(self) -> None:
        """Play on more carefully."""
        self.rates = tuple(rate / 2 for rate in self.rates)

    @property
    def averaged_player(self) -> Generator:
        """The generator with averaged weights."""
        player: Generator = self.averaged.module  # type: ignore[assignment]
        return player

    @property
    def is_finite(self) -> bool:
        """Whether all weights are numbers."""
        players = (self.generator, self.critic)
        return all(bool(torch.isfinite(w).all()) for p in players for w in p.parameters())

    @property
    def slope(self) -> float:
        """Length of the generator's last gradient."""
        slopes = [w.grad for w in self.generator.parameters() if w.grad is not None]
        return float(torch.nn.utils.get_total_norm(slopes))


def _averaging(decay: float) -> Callable[[Any, Any, Any], None]:
    """Average weights with a decay that starts low, so that short trainings are not held back."""

    @torch.no_grad()
    def average(averaged: Any, current: Any, steps: Any) -> None:
        count = int(steps)
        torch._foreach_lerp_(averaged, current, 1 - min(decay, (1 + count) / (10 + count)))

    return average
