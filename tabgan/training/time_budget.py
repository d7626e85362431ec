"""A time limit, turned into steps: by the time that the first ones, a validation and rows take."""

import math
import time

import torch

from tabgan.errors import TimeLimitError
from tabgan.networks.condition import Condition
from tabgan.networks.generation import generate
from tabgan.training.gan_step import GANStep
from tabgan.training.validation import ValidationSet

FLAT_STEPS = 25  # steps at the full rate; they are timed to turn a time limit into steps
STEPS_OF_A_VALIDATION = 40  # what a validation takes is about what so many steps take
TIMED_ROWS = 2_000  # with few, a row seems to take what a batch takes
USE_OF_TIME = 0.85  # share of the time left that is planned for: machines slow down
MAX_REFINING = 0.4  # of the time left: more than that is not worth the steps it costs


class TimeBudget:
    """By when a training has to end, and how many steps that leaves.

    Args:
        gan: What is trained.
        validation: What it is validated on.
        deadline: `time.monotonic()` by which all must have ended.
        rows_to_follow: Rows that are generated after the training and before the deadline.
        rows_to_refine: Rows that are generated then, too, if they leave time for the training.

    Attributes:
        deadline: `time.monotonic()` by which the training must have ended, once it is planned.
        leaves_time_to_refine: Whether rows can be refined, once it is planned.
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

    def plan_steps(self, steps: int) -> int:
        """Return how many of the steps wanted the time leaves; a plan under way is kept.

        Raises:
            TimeLimitError: The time limit leaves no room for a training.
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
        self._check_deadline((validation_seconds + FLAT_STEPS * step_seconds) / USE_OF_TIME)
        left = (self.deadline - time.monotonic()) * USE_OF_TIME - validation_seconds
        per_step = validation_seconds / config.min_steps_between_validations
        with_few = left / (step_seconds + per_step)
        with_all = (left - config.n_validations * validation_seconds) / step_seconds
        return min(steps, flat + int(max(with_few, with_all)))

    def _reserve(self, row_seconds: float) -> None:
        """Bring the deadline forward by what follows the training."""
        self.deadline -= self.rows_to_follow * row_seconds
        refining = 2 * self.rows_to_refine * row_seconds  # trees take about as long as rows
        left = self.deadline - time.monotonic()
        self.leaves_time_to_refine = refining < MAX_REFINING * left
        if self.leaves_time_to_refine:
            self.deadline -= refining

    def _time_rows(self) -> float:
        """Generate some rows; return the seconds that each took."""
        gan, start = self.gan, time.monotonic()
        condition = Condition.empty(TIMED_ROWS, len(gan.layout.n_classes), gan.device)
        random = torch.Generator(gan.device)
        generate(gan.ema_generator, condition, gan.config.decoding_steps, random)
        return (time.monotonic() - start) / TIMED_ROWS

    def _time_steps(self, count: int) -> float:
        """Take some steps at the full rate; return the seconds that each took, 0 for none."""
        start = time.monotonic()
        for _ in range(count):
            self.gan.step(1.0)
        return (time.monotonic() - start) / max(1, count)

    def _check_deadline(self, seconds: float) -> None:
        """Refuse to go on if there are fewer seconds left.

        Raises:
            TimeLimitError: It is so.
        """
        late = time.monotonic() + seconds - self.deadline
        if late > 0:
            raise TimeLimitError(
                "the time limit is too short for this table: raise it by at least "
                f"{math.ceil(late)} s."
            )
