"""Training, from the outside in: run -> interval between validations -> `GANStep.step`.

It neither prints nor writes files: it calls `on_progress` and `on_state`, and returns a generator.
"""

import copy
import math
from collections.abc import Callable
from typing import Any

import torch

from tabgan.config import TrainingConfig
from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.layout import Layout
from tabgan.encoding.row_store import MappedTable
from tabgan.errors import TrainingError
from tabgan.networks.generator import Generator
from tabgan.runtime.process_group import SINGLE_PROCESS, ProcessGroup
from tabgan.runtime.progress import (
    OnProgress,
    Progress,
    StopReason,
    TrainingRecord,
    ignore_progress,
)
from tabgan.state_reader import StateReader
from tabgan.training.condition_sampler import ConditionSampler
from tabgan.training.early_stopping import EarlyStopping
from tabgan.training.gan_step import GANStep
from tabgan.training.rollback import Rollback
from tabgan.training.saved_training import check_record, check_tensors
from tabgan.training.time_budget import FLAT_STEPS, TimeBudget
from tabgan.training.validation import ValidationResult, ValidationSet

MIN_STEPS = 300  # that are planned however small a table is
MIN_SECONDS_TOLD = 5.0  # of an estimate: fewer are no more certain than a few
STEPS_BETWEEN_PROGRESS = 5  # reports

State = dict[str, Any]
OnState = Callable[[Callable[[], State], bool], None]  # returns the state; whether it is the last


def ignore_state(state: Callable[[], State], is_last: bool) -> None:
    """Do nothing."""


class Trainer:
    """One training: the networks, the rows they are validated on, and the best weights so far."""

    def __init__(
        self,
        rows: EncodedTable | MappedTable,
        layout: Layout,
        config: TrainingConfig,
        validation: ValidationSet,
        *,
        seed: int,
        device: torch.device,
        processes: ProcessGroup = SINGLE_PROCESS,
        deadline: float = math.inf,
        rows_to_follow: int = 0,
        rows_to_refine: int = 0,
        keeps_interrupted: bool = True,
        on_progress: OnProgress = ignore_progress,
        on_state: OnState = ignore_state,
    ) -> None:
        """Set up the networks.

        Args:
            rows: To train on, encoded: this process's shard, held-out rows left out.
            layout: Of the columns.
            config: Settings of the training.
            validation: The held-out rows.
            seed: Of every draw.
            device: Where the networks live.
            processes: Those that train together.
            deadline: `time.monotonic()` by which the fit must have ended; infinity: no limit.
            rows_to_follow: Rows that are generated after the training, before the deadline.
            rows_to_refine: Rows that are generated then, too, if they leave time to train.
            keeps_interrupted: Whether Ctrl-C leaves the best weights so far, or ends all.
            on_progress: Called every few steps.
            on_state: Called before every step, and at the end, with a function that returns the
                state to resume from.
        """
        self.config, self.on_progress, self.on_state = config, on_progress, on_state
        self.processes, self.validation = processes, validation
        sampler = ConditionSampler(rows, layout, config, device)
        self.gan = GANStep(layout, sampler, config, seed, device, processes)
        self.record = TrainingRecord(
            count_steps(len(rows), config),
            noise_floor=validation.test.noise_floor,
            rows_held_out=validation.n_held_out,
            rows_scored=validation.test.n_rows,
        )
        self.time_budget = TimeBudget(
            self.gan,
            validation,
            deadline=deadline,
            rows_to_follow=rows_to_follow,
            rows_to_refine=rows_to_refine,
        )
        self.best = copy.deepcopy(self.gan.ema_generator)
        self.rollback = Rollback(self.gan)
        self.early_stopping = EarlyStopping(config.patience, self.time_budget, self.rollback)
        self.keeps_interrupted = keeps_interrupted and processes.size == 1
        self.is_done = False

    def run(self) -> Generator:
        """Train until the steps are done or there is a reason to stop early.

        Returns:
            The averaged generator of the best validation.

        Raises:
            TimeLimitError: The time limit leaves no room for a training.
            TrainingError: The training broke down before a first validation.
            KeyboardInterrupt: It was interrupted, and there are no weights to keep.
        """
        self._plan()
        if self.is_done:
            return self.best
        try:
            while self._train_interval() and self._on_validation(self._validate()):
                pass
        except KeyboardInterrupt:
            self.record.ended = StopReason.INTERRUPTED
            if not self.record.best_step or not self.keeps_interrupted:
                raise
            self._report(f"{self._describe_finish()}; again to stop at once")
        self.record.steps_done = self.gan.steps_done
        if not self.record.best_step:
            raise TrainingError(
                "the training broke down before it had learned anything: "
                f"{self.record.messages[-1]}; try lower learning rates, or another objective."
            )
        self.is_done = not self.record.was_interrupted
        if self.is_done:
            self.on_state(self.to_state, True)
        return self.best

    def to_state(self) -> State:
        """Return all that the rest of the training depends on, under the names of release 0.1."""
        return {
            "game": self.gan.to_state(),
            "recovery": self.rollback.to_state(),
            "best": self.best.state_dict(),
            "record": self.record.to_dict(),
            "is_done": self.is_done,
        }

    def load_state(self, state: State) -> None:
        """Load what `to_state` returned, for the same table and settings.

        Raises:
            ModelFileError: It is of other networks, or holds what it cannot.
        """
        saved = StateReader(state, "state")
        self.gan.load_state(saved.state("game"))
        self.rollback.load_state(saved.state("recovery"))
        best = saved.state("best")
        check_tensors(best.values, self.best.state_dict(), best.path)
        self.best.load_state_dict(dict(best.values))
        record = TrainingRecord.from_dict(saved.state("record").values)
        self.is_done = saved.flag("is_done")
        steps = self.record.steps, self.gan.steps_done
        check_record(saved, record, *steps, is_done=self.is_done)
        self.record = record

    def _plan(self) -> None:
        """Plan the steps within the time limit, the first process for all."""
        record = self.record
        planned = self.time_budget.plan_steps(record.steps)
        if planned < record.steps:
            record.ended = StopReason.STEPS_IN_TIME
        if self.time_budget.rows_to_refine and not self.time_budget.leaves_time_to_refine:
            record.messages.append("rows are not refined: the time limit leaves no time")
        record.steps = self.processes.broadcast(lambda: planned)

    def _lr_factor(self) -> float:
        """Return the factor of learning rates: 1 at first, then half a cosine down to 0."""
        span = max(1, self.record.steps - FLAT_STEPS)
        done = min(1.0, max(0, self.gan.steps_done - FLAT_STEPS) / span)
        return 0.5 * (1 + math.cos(math.pi * done))

    def _train_interval(self) -> bool:
        """Train until the next validation is due; return False if none is left."""
        steps, config = self.record.steps, self.config
        most = max(1, steps // config.min_steps_between_validations)
        interval = math.ceil(steps / min(config.n_validations, most))
        due = min(steps, (self.gan.steps_done // interval + 1) * interval)
        if self.record.steps_done >= steps:  # the last validation saw the last step
            return False
        while self.gan.steps_done < due and not self._is_time_over:
            self.on_state(self.to_state, False)
            self.gan.step(self._lr_factor())
            if self.gan.steps_done % STEPS_BETWEEN_PROGRESS == 0:
                self._report()
        return True

    @property
    def _is_time_over(self) -> bool:
        """Whether the time is up for all processes."""
        budget = self.time_budget
        return budget.is_limited and self.processes.broadcast(lambda: budget.is_over)

    def _validate(self) -> ValidationResult:
        return self.processes.broadcast(lambda: self.validation.validate(self.gan))

    def _on_validation(self, result: ValidationResult) -> bool:
        """Keep the weights if they are the best so far; return whether to go on."""
        if self.gan.is_finite:
            self._keep_if_best(result)
        message = self.rollback.update(result, self.record.steps)
        if message:
            self.record.messages.append(message)
            self._report(message)
        self.record.history.append(result.point)
        self.record.steps_done = result.point.step
        self._report()
        reason = self.processes.broadcast(lambda: self.early_stopping.find_reason(self.record))
        if reason is not None:
            self.record.ended = reason
        return reason is None

    def _keep_if_best(self, result: ValidationResult) -> None:
        """Keep the weights of the least NLL, of the best score where no likelihood is learned."""
        point, record = result.point, self.record
        if self.config.nll_weight:
            is_best = point.nll is None or record.nll is None or point.nll < record.nll
        else:
            is_best = (point.score or 0.0) >= (record.score or 0.0)
        if is_best:
            self.best = copy.deepcopy(self.gan.ema_generator)
            record.best_step, record.score, record.nll = point.step, point.score, point.nll

    def _describe_finish(self) -> str:
        """Return in words what follows an interrupt, and about how long that takes."""
        budget, row_seconds = self.time_budget, self.validation.row_seconds
        n_rows = budget.rows_to_follow + budget.leaves_time_to_refine * budget.rows_to_refine
        return f"finishing the model{_tell_seconds(n_rows * row_seconds)}"

    def _report(self, message: str | None = None) -> None:
        done, total = self.gan.steps_done, self.record.steps
        self.on_progress(Progress("training", done, total, self.record.score, message))


def count_steps(n_rows: int, config: TrainingConfig) -> int:
    """Return the steps planned for a table of `n_rows`: `epochs` bounds those of small ones."""
    enough = math.ceil(config.epochs * n_rows / config.batch_size)
    return min(config.steps, max(enough, MIN_STEPS))


def _tell_seconds(seconds: float) -> str:
    """Return an estimate as it is told: of few seconds no number, of many every fifth."""
    step = 1 if seconds <= 10 else 5
    if seconds >= MIN_SECONDS_TOLD:
        return f", about {step * math.ceil(seconds / step)} s"
    return ", a few seconds" if seconds else ""
