"""A time limit, turned into steps: by the time that the first ones, a check and some rows take."""

import math
import time

import torch

from tabgan.errors import TimeLimitError
from tabgan.networks.condition import Condition
from tabgan.networks.generation import generate
from tabgan.runtime.progress import TrainingRecord
from tabgan.training.gan_step import Game
from tabgan.training.validation import HeldOut

FLAT_STEPS = 25  # steps at the full rate; they are timed to turn a time limit into steps
STEPS_OF_A_CHECK = 40  # what a check takes is about what so many steps take
TIMED_ROWS = 2_000  # with few, a row seems to take what a block takes
USE_OF_TIME = 0.85  # share of the time left that is planned for: machines slow down
MOST_REFINING = 0.4  # of the time left: more than that is not worth the steps it costs


class Timetable:
    """By when a training has to end, and how many steps that leaves.

    Args:
        game: What is played.
        held_out: What it is judged by.
        record: Of the training; the steps that are planned are written there.
        deadline: `time.monotonic()` by which training must have ended.
        rows_to_follow: Rows that are generated after the training and before the deadline.
        rows_to_refine: Rows that are generated then, too, if they leave time for the training.
    """

    def __init__(
        self,
        game: Game,
        held_out: HeldOut,
        record: TrainingRecord,
        *,
        deadline: float,
        rows_to_follow: int,
        rows_to_refine: int,
    ) -> None:
        self.game, self.held_out, self.record = game, held_out, record
        self.deadline = deadline
        self.rows_to_follow, self.rows_to_refine = rows_to_follow, rows_to_refine
        self.leaves_time_to_refine = True

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self.deadline

    def plan(self) -> None:
        """Turn the time limit into steps; a plan that is under way is kept.

        Raises:
            TimeLimitError: The time limit leaves no room for a training.
        """
        if math.isinf(self.deadline):
            return
        if self.game.steps_done:
            self._reserve(self._time_rows())
            return
        steps = min(FLAT_STEPS, self.record.steps)
        self._time_steps(1)  # the first one takes what setting up takes
        step_seconds = self._time_steps(min(self.game.config.game_every, steps - 1))
        self._refuse_if_late((steps + STEPS_OF_A_CHECK) * step_seconds)
        step_seconds = self._time_steps(steps - self.game.steps_done) or step_seconds
        row_seconds = self._time_rows()
        start = time.monotonic()
        self.held_out.check(self.game)
        check_seconds = time.monotonic() - start
        self._reserve(row_seconds)
        self._refuse_if_late((check_seconds + FLAT_STEPS * step_seconds) / USE_OF_TIME)
        left = (self.deadline - time.monotonic()) * USE_OF_TIME - check_seconds
        config = self.game.config
        with_few_checks = left / (step_seconds + check_seconds / config.check_interval)
        with_all_checks = (left - config.checks * check_seconds) / step_seconds
        planned = steps + int(max(with_few_checks, with_all_checks))
        if planned < self.record.steps:
            self.record.ended = "as many steps as the time limit allows were done"
        self.record.steps = min(self.record.steps, planned)

    def _reserve(self, row_seconds: float) -> None:
        """Bring the deadline forward by what follows the training."""
        self.deadline -= self.rows_to_follow * row_seconds
        refining = 2 * self.rows_to_refine * row_seconds  # trees take about as long as rows
        left = self.deadline - time.monotonic()
        self.leaves_time_to_refine = refining < MOST_REFINING * left
        if self.leaves_time_to_refine:
            self.deadline -= refining
        elif self.rows_to_refine:
            self.record.messages.append("rows are not refined: the time limit leaves no time")

    def _time_rows(self) -> float:
        """Generate some rows; give the seconds that each took."""
        game, start = self.game, time.monotonic()
        condition = Condition.empty(TIMED_ROWS, len(game.layout.n_classes), game.device)
        random = torch.Generator(game.device)
        generate(game.averaged_player, condition, game.config.passes, random)
        return (time.monotonic() - start) / TIMED_ROWS

    def _time_steps(self, count: int) -> float:
        """Play some steps at the full rate; give the seconds that each took, 0 for none."""
        start = time.monotonic()
        for _ in range(count):
            self.game.step(1.0)
        return (time.monotonic() - start) / max(1, count)

    def _refuse_if_late(self, seconds: float) -> None:
        late = time.monotonic() + seconds - self.deadline
        if late > 0:
            raise TimeLimitError(
                "the time limit is too short for this table: raise it by at least "
                f"{math.ceil(late)} s."
            )
