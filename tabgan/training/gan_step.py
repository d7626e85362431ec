"""One step of the alternating minimax loop: both networks, their optimizers, averaged weights."""

import copy
from typing import Any

import torch
from torch import Tensor

from tabgan.config import TrainingConfig
from tabgan.encoding.layout import Layout
from tabgan.networks.condition import Condition
from tabgan.networks.critic import Critic
from tabgan.networks.generator import Generator
from tabgan.runtime.devices import count_fastest_threads, use_threads
from tabgan.runtime.process_group import SINGLE_PROCESS, ProcessGroup
from tabgan.state_reader import StateReader
from tabgan.training.condition_sampler import ConditionSampler
from tabgan.training.critic_inputs import CriticInputs, choose_cells
from tabgan.training.likelihood_free import draw_weighted, stabilise
from tabgan.training.loss_meter import LossMeter
from tabgan.training.objectives import OBJECTIVES
from tabgan.training.optimizer import Adam, AveragedGenerator, minimize
from tabgan.training.saved_training import check_tensors, read_rates, read_scores

MAX_PROCESSES = 1_000_000  # that seeds after a restart are told apart by


class GANStep:
    """Generator and critic, their optimizers, and the averaged (EMA) generator.

    Attributes:
        generator, critic: The networks.
        ddp_generator, ddp_critic: The same, wrapped where several processes train together: the
            steps that move a network call these.
        ema: Averages the generator's weights; a training returns these.
        losses: Since the last validation.
        threads: Of torch in a step.
    """

    def __init__(
        self,
        layout: Layout,
        sampler: ConditionSampler,
        config: TrainingConfig,
        seed: int,
        device: torch.device,
        processes: ProcessGroup = SINGLE_PROCESS,
    ) -> None:
        config = config if config.nll_weight else stabilise(config)
        self.layout, self.sampler, self.config, self.device = layout, sampler, config, device
        self.processes, self.objective = processes, OBJECTIVES[config.objective]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            generator = Generator.from_config(layout, config)
            critic = Critic(layout, hidden_dim=config.hidden_dim, n_layers=config.n_layers)
        self.generator, self.critic = generator.to(device), critic.to(device)
        self.ddp_generator = processes.wrap_ddp(self.generator)
        self.ddp_critic = processes.wrap_ddp(self.critic)
        self.ema = AveragedGenerator(self.generator, config.ema_decay)
        self.optimizers = (
            Adam(self.critic.parameters(), beta1=0.0),
            Adam(self.generator.parameters(), beta1=config.beta1),
        )
        self.learning_rates: tuple[float, ...] = (
            config.critic_lr * self.objective.lr_factor,
            config.generator_lr * self.objective.lr_factor,
        )
        self.critic_steps = config.critic_steps * self.objective.critic_steps
        self.penalty_interval = config.penalty_interval if self.objective.is_lazy else 1
        self.random = torch.Generator(device).manual_seed(seed + processes.rank)
        self.steps_done = 0
        self.last_scores = torch.zeros(2, 1)  # of real and of generated rows; (2, batch_size)
        self.losses = LossMeter()
        self.threads = count_fastest_threads(config.batch_size * config.hidden_dim**2)

    def step(self, lr_factor: float) -> None:
        """Move the generator; every `adversarial_interval` steps the critic moves, too.

        Args:
            lr_factor: What the learning rates are multiplied by.
        """
        for optimizer, base in zip(self.optimizers, self.learning_rates, strict=True):
            optimizer.lr = base * lr_factor
        with use_threads(self.threads), self.processes.explain_lost_process():
            if self.steps_done % self.config.adversarial_interval:
                self._likelihood_step()
            else:
                self._adversarial_step()
        self.ema.update()
        self.steps_done += 1

    def _likelihood_step(self) -> None:
        """Minimise the negative log-likelihood of hidden cells."""
        condition = self._draw_condition()
        nll = self.generator.nll(*self._forward(condition), condition)
        minimize(self.config.nll_weight * nll, self.optimizers[1])

    def _adversarial_step(self) -> None:
        """Take `critic_steps` of the critic, then one of the generator.

        Both are shown the same fake rows, those of the last critic step.
        """
        count = self.steps_done // self.config.adversarial_interval
        for index in range(self.critic_steps):
            condition = self._draw_condition()
            logits, densities = self._forward(condition)
            inputs = self._make_critic_inputs(logits, densities, condition)
            self._critic_step(inputs, with_penalty=(count + index) % self.penalty_interval == 0)
        if self.config.nll_weight:
            nll = self.generator.nll(logits, densities, condition)
            self._generator_step(inputs, nll)
        else:
            self._likelihood_free_step(inputs, logits, densities, condition)

    def _draw_condition(self) -> Condition:
        return self.sampler.draw(self.config.batch_size, self.random)

    def _forward(self, condition: Condition) -> tuple[Tensor, Tensor]:
        latent = self.generator.draw_latent(len(condition.codes), self.random)
        logits, densities = self.ddp_generator(latent, condition)
        return logits, densities

    def _make_critic_inputs(
        self, logits: Tensor, densities: Tensor, condition: Condition
    ) -> CriticInputs:
        """Return fake rows of one decoding step, and the real rows that the conditions are of."""
        tau = self.config.gumbel_tau
        fake = self.generator.activate(logits, densities, condition, tau, self.random)
        cells = choose_cells(condition.known, self.config.decoding_steps, self.random)
        features = self.critic.features
        real = features.encode_cells(condition.codes, condition.scalars)
        return CriticInputs(condition.known, condition.known | cells, real, features(fake))

    def _critic_step(self, inputs: CriticInputs, *, with_penalty: bool) -> None:
        known, shown = inputs.known, inputs.shown
        real, fake = inputs.real, inputs.fake.detach()

        def score(features: Tensor) -> Tensor:
            scores: Tensor = self.critic(features, known, shown)  # `ddp_critic`: once a step
            return scores

        scores = self.ddp_critic(torch.cat([real, fake]), known.repeat(2, 1), shown.repeat(2, 1))
        loss = self.objective.critic_loss(*scores.chunk(2))
        self.losses.add("critic", loss)
        self.last_scores = scores.detach().view(2, -1)
        if with_penalty:
            mix = torch.rand(len(real), 1, generator=self.random, device=self.device)
            weight = self.objective.penalty_weight(self.config) * self.penalty_interval
            loss = loss + weight * self.objective.penalty(score, real, fake, mix)
        minimize(loss, self.optimizers[0])

    def _generator_step(self, inputs: CriticInputs, nll: Tensor) -> None:
        """Move the generator; real rows keep the scores of the critic step before.

        The adversarial loss is multiplied by the steps that it is left out of, as lazy penalties
        are.
        """
        self.critic.requires_grad_(False)
        scores = self.critic(inputs.fake, inputs.known, inputs.shown)
        adversarial = self.objective.generator_loss(self.last_scores[0], scores)
        self.losses.add("generator", adversarial)
        config = self.config
        loss = config.adversarial_interval * adversarial + config.nll_weight * nll
        minimize(loss, self.optimizers[1])
        self.critic.requires_grad_(True)

    def _likelihood_free_step(
        self, inputs: CriticInputs, logits: Tensor, densities: Tensor, condition: Condition
    ) -> None:
        """Move the generator by what the critic says of its rows, and by nothing else."""
        drawn = draw_weighted(
            self.generator, self.critic, logits, densities, condition, inputs.shown, self.random
        )
        self.losses.add(
            "generator", self.objective.generator_loss(self.last_scores[0], drawn.scores[0])
        )
        minimize(drawn.loss, self.optimizers[1])

    def snapshot(self) -> dict[str, Any]:
        """Return a copy of all that a step changes, except for the random state."""
        return copy.deepcopy(
            {
                "generator": self.generator.state_dict(),
                "critic": self.critic.state_dict(),
                "averaged": self.ema.state_dict(),
                "optimisers": [optimizer.state_dict() for optimizer in self.optimizers],
            }
        )

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Load the weights and optimizers of a snapshot."""
        snapshot = copy.deepcopy(snapshot)
        self.generator.load_state_dict(snapshot["generator"])
        self.critic.load_state_dict(snapshot["critic"])
        self.ema.load_state_dict(snapshot["averaged"])
        for optimizer, state in zip(self.optimizers, snapshot["optimisers"], strict=True):
            optimizer.load_state_dict(state)

    def to_state(self) -> dict[str, Any]:
        """Return all that the next step depends on, under the names of release 0.1."""
        return {
            "players": self.snapshot(),
            "random": self.random.get_state(),
            "steps_done": self.steps_done,
            "rates": list(self.learning_rates),
            "last_scores": self.last_scores.cpu(),
            "losses": self.losses.to_state(),
        }

    def load_state(self, state: StateReader) -> None:
        """Load the `to_state` of the first process; others draw from random states of their own.

        Raises:
            ModelFileError: It is of other networks, or holds what it cannot.
        """
        own, saved = self.to_state(), {n: state.values.get(n) for n in ("players", "random")}
        check_tensors(saved, {name: own[name] for name in saved}, state.path)
        rates, steps_done = read_rates(state, self.learning_rates), state.whole("steps_done", 0)
        if self.processes.is_first:
            state.build(lambda: self.random.set_state(state.values["random"]))
        else:
            self.random.manual_seed(self.random.initial_seed() + MAX_PROCESSES * steps_done)
        self.restore(state.values["players"])
        self.steps_done, self.learning_rates = steps_done, rates
        self.last_scores = read_scores(state, self.config.batch_size).to(self.device)
        if state.has("losses"):  # 0.1 kept none
            self.losses = LossMeter.from_state(state.state("losses"))

    def halve_learning_rates(self) -> None:
        """Halve both learning rates, for all steps to come."""
        self.learning_rates = tuple(rate / 2 for rate in self.learning_rates)

    @property
    def ema_generator(self) -> Generator:
        """The generator with averaged weights."""
        return self.ema.module

    @property
    def is_finite(self) -> bool:
        """Whether all weights are finite."""
        networks = (self.generator, self.critic)
        return all(bool(torch.isfinite(w).all()) for n in networks for w in n.parameters())

    @property
    def gradient_norm(self) -> float:
        """Norm of the generator's last gradient."""
        gradients = [w.grad for w in self.generator.parameters() if w.grad is not None]
        return float(torch.nn.utils.get_total_norm(gradients))
