"""A time limit, turned into steps by timing the first ones, a validation and generated rows."""

import math
import time

import torch

from tabgan.errors import TimeLimitError
from tabgan.networks.condition import Condition
from tabgan.networks.generation import generate
from tabgan.training.gan_step import GANStep
from tabgan.training.validation import ValidationSet

FLAT_STEPS = 25  # at the full learning rate, in which steps are timed
STEPS_OF_A_VALIDATION = 40  # that take about as long as one, before it has been timed
TIMED_ROWS = 2_000  # generated at once: of fewer, each seems to take as long as a batch
PLANNED_SHARE = 0.85  # of the time left: machines slow down
MAX_REFINING_SHARE = 0.4  # of the time left: more is not worth the steps that it costs


class TimeBudget:
    """The deadline of a training, and how many steps it leaves.

    Args:
        gan: What is trained; its first steps are timed.
        validation: Validates it; once is timed.
        deadline: `time.monotonic()` by which the fit must have ended; infinity: no limit.
        rows_to_follow: Rows that calibration generates after the training, before the deadline.
        rows_to_refine: Rows that fitting the refiner generates, if they leave time to train.

    Attributes:
        deadline: `time.monotonic()` by which the training must have ended, once steps are planned.
        end: That by which the fit must have ended.
        leaves_time_to_refine: Whether a refiner can be fitted, once steps are planned.
    """

    def __init__(
        self,
        gan: GANStep,
        validation: ValidationSet,
        *,
        deadline: float,
        rows_to_follow: int,
        rows_to_refine: int,
    ) -> None:
        self.gan, self.validation, self.deadline = gan, validation, deadline
        self.end = deadline
        self.rows_to_follow, self.rows_to_refine = rows_to_follow, rows_to_refine
        self.leaves_time_to_refine = True

    @property
    def is_limited(self) -> bool:
        """Whether there is a time limit at all."""
        return math.isfinite(self.deadline)

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self.deadline

    def leaves(self, seconds: float) -> bool:
        """Return whether the fit may go on for so many seconds more."""
        return time.monotonic() + seconds < self.end

    def plan_steps(self, steps: int) -> int:
        """Return how many of `steps` the time leaves; all of them if some are done already.

        Raises:
            TimeLimitError: The time limit is too short for any training.
        """
        if not self.is_limited:
            return steps
        if self.gan.steps_done:
            self._reserve(self._time_rows())
            return steps
        flat, config = min(FLAT_STEPS, steps), self.gan.config
        self._time_steps(1)  # the first one takes what setting up takes
        step_seconds = self._time_steps(min(config.adversarial_interval, flat - 1))
        self._check_deadline((flat + STEPS_OF_A_VALIDATION) * step_seconds)
        step_seconds = self._time_steps(flat - self.gan.steps_done) or step_seconds
        row_seconds = self._time_rows()
        start = time.monotonic()
        self.validation.validate(self.gan)
        validation_seconds = time.monotonic() - start
        self._reserve(row_seconds)
        self._check_deadline((validation_seconds + FLAT_STEPS * step_seconds) / PLANNED_SHARE)
        left = (self.deadline - time.monotonic()) * PLANNED_SHARE - validation_seconds
        per_step = validation_seconds / config.min_steps_between_validations
        with_few = left / (step_seconds + per_step)
        with_all = (left - config.n_validations * validation_seconds) / step_seconds
        return min(steps, flat + int(max(with_few, with_all)))

    def _reserve(self, row_seconds: float) -> None:
        """Move the deadline forward by the time of what follows the training."""
        self.deadline -= self.rows_to_follow * row_seconds
        refining = 2 * self.rows_to_refine * row_seconds  # trees take about as long as rows
        left = self.deadline - time.monotonic()
        self.leaves_time_to_refine = refining < MAX_REFINING_SHARE * left
        if self.leaves_time_to_refine:
            self.deadline -= refining

    def _time_rows(self) -> float:
        """Generate TIMED_ROWS rows; return the seconds that each took."""
        gan, start = self.gan, time.monotonic()
        condition = Condition.empty(TIMED_ROWS, len(gan.layout.n_classes), gan.device)
        random = torch.Generator(gan.device)
        generate(gan.ema_generator, condition, gan.config.decoding_steps, random)
        return (time.monotonic() - start) / TIMED_ROWS

    def _time_steps(self, count: int) -> float:
        """Take `count` steps at the full learning rate; return the seconds of each, 0 for none."""
        start = time.monotonic()
        for _ in range(count):
            self.gan.step(1.0)
        return (time.monotonic() - start) / max(1, count)

    def _check_deadline(self, seconds: float) -> None:
        """Refuse to go on if the deadline is fewer seconds away.

        Raises:
            TimeLimitError: With the seconds that are missing.
        """
        late = time.monotonic() + seconds - self.deadline
        if late > 0:
            raise TimeLimitError(
                "the time limit is too short for this table: raise it by at least "
                f"{math.ceil(late)} s."
            )
