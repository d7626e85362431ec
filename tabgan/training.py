"""Training, from the outside in: train -> interval between checks -> step (in `game`).

It neither prints nor saves: it calls `on_progress` and gives back the best generator it met.
"""

import copy
import math
import time

import numpy as np
import numpy.typing as npt
import torch

from tabgan.checks import Check, HeldOut, View
from tabgan.conditions import ConditionSampler
from tabgan.config import TrainingConfig
from tabgan.encoders.table import EncodedTable, Layout
from tabgan.errors import TimeLimitError, TrainingError
from tabgan.game import Game
from tabgan.networks import Generator
from tabgan.progress import INTERRUPTED, OnProgress, Progress, TrainingRecord, ignore_progress
from tabgan.store import MappedTable

FLAT_STEPS = 25  # steps at the full rate; they are timed to turn a time limit into steps
STEPS_OF_A_CHECK = 40  # what a check takes is about what so many steps take
USE_OF_TIME = 0.85  # share of the time left that is planned for: machines slow down
MOST_REFINING = 0.4  # of the time left: more than that is not worth the steps it costs
LEAST_STEPS = 1_000  # are planned however small a table is
MOST_RECOVERIES = 3
GOOD_ENOUGH = 0.99  # of the noise floor: two checks above it end the training


class Training:
    """One training: a game, the rows it is judged by, and the best player so far."""

    def __init__(
        self,
        table: EncodedTable | MappedTable,
        layout: Layout,
        config: TrainingConfig,
        *,
        seed: int,
        device: torch.device,
        held_out: npt.NDArray[np.int64],
        view: View,
        target: int | None = None,
        deadline: float = math.inf,
        rows_to_follow: int = 0,
        rows_to_refine: int = 0,
        on_progress: OnProgress = ignore_progress,
    ) -> None:
        """Set up the players.

        Args:
            table: All rows, encoded.
            layout: Where columns' classes stand.
            config: Settings of the training.
            seed: Of every draw.
            device: Where the players live.
            held_out: Numbers of the rows that are kept for the score.
            view: How the score's classifier sees rows.
            target: Number of the column that matters downstream.
            deadline: `time.monotonic()` by which training must have ended.
            rows_to_follow: Rows that are generated after the training and before the deadline.
            rows_to_refine: Rows that are generated then, too, if they leave time for the training.
            on_progress: Told of every few steps.
        """
        aside: EncodedTable
        self.rows: EncodedTable | MappedTable
        self.rows, aside = table.split(held_out)
        sampler = ConditionSampler(
            self.rows,
            layout,
            target=target,
            share_empty=config.share_empty,
            share_single=config.share_single,
            device=device,
        )
        self.config, self.deadline, self.on_progress = config, deadline, on_progress
        self.rows_to_follow, self.rows_to_refine = rows_to_follow, rows_to_refine
        self.leaves_time_to_refine = True
        self.game = Game(layout, sampler, config, seed, device)
        self.held_out = HeldOut(aside, view, config.passes, seed)
        self.held_out.floor = self.held_out.compare(self.rows.load())
        self.record = TrainingRecord(
            count_steps(len(self.rows), config),
            noise_floor=self.held_out.floor,
            rows_held_out=len(held_out),
        )
        self.best = copy.deepcopy(self.game.averaged_player)
        self._healthy = self.game.snapshot()
        self._recoveries = self._troubled = 0

    def run(self) -> Generator:
        """Train until the score stands still, the steps are done or the time is up.

        Returns:
            The averaged generator with the best score.

        Raises:
            TimeLimitError: The time limit leaves no room for a training.
            TrainingError: The game broke down before a first score.
        """
        self._plan()
        try:
            while self._play_interval() and self._heed(self.held_out.check(self.game)):
                pass
        except KeyboardInterrupt:
            self.record.ended = INTERRUPTED
            if not self.record.best_step:
                raise
        self.record.steps_done = self.game.steps_done
        if not self.record.best_step:
            raise TrainingError(
                "the training broke down before it had learned anything: "
                f"{self.record.messages[-1]}; try lower learning rates, or another objective."
            )
        return self.best

    def _plan(self) -> None:
        """Turn a time limit into steps, by the time that the first ones and a check take."""
        if math.isinf(self.deadline):
            return
        steps = min(FLAT_STEPS, self.record.steps)
        step_seconds = self._time_steps(min(3, steps))
        self._refuse_if_late((steps + STEPS_OF_A_CHECK) * step_seconds)
        step_seconds = self._time_steps(steps - self.game.steps_done) or step_seconds
        start = time.monotonic()
        self.held_out.generate(self.game.averaged_player, self.game.device)
        row_seconds = (time.monotonic() - start) / max(1, len(self.held_out.rows))
        start = time.monotonic()
        self.held_out.check(self.game)
        check_seconds = time.monotonic() - start
        self._reserve(row_seconds)
        self._refuse_if_late((check_seconds + FLAT_STEPS * step_seconds) / USE_OF_TIME)
        left = (self.deadline - time.monotonic()) * USE_OF_TIME - check_seconds
        with_few_checks = left / (step_seconds + check_seconds / self.config.check_interval)
        with_all_checks = (left - self.config.checks * check_seconds) / step_seconds
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

    def _rate(self) -> float:
        """Learning rates fall along half a cosine, after a flat start."""
        span = max(1, self.record.steps - FLAT_STEPS)
        done = min(1.0, max(0, self.game.steps_done - FLAT_STEPS) / span)
        return 0.5 * (1 + math.cos(math.pi * done))

    def _play_interval(self) -> bool:
        """Play until the next check is due; False if nothing is left to play."""
        checks = min(self.config.checks, max(1, self.record.steps // self.config.check_interval))
        every = math.ceil(self.record.steps / checks)
        due = min(self.record.steps, (self.game.steps_done // every + 1) * every)
        if self.record.steps_done >= self.record.steps:  # the last check saw the last step
            return False
        while self.game.steps_done < due and time.monotonic() < self.deadline:
            self.game.step(self._rate())
            if self.game.steps_done % 5 == 0:
                self._tell()
        return True

    def _heed(self, check: Check) -> bool:
        """Keep the player if it is the best so far; say whether to play on."""
        if self.game.is_finite:
            self._keep_if_best(check)
        if check.trouble:
            self._recover(check)
        else:
            self._healthy, self._troubled = self.game.snapshot(), 0
        if check.score is not None:
            self.record.history.append((check.step, check.score))
        self.record.steps_done = check.step
        self._tell()
        return self._may_go_on()

    def _keep_if_best(self, check: Check) -> None:
        """Keep the player if no other scored better; without a score the last one is kept."""
        if check.score is None or self.record.score is None or check.score > self.record.score:
            self.best = copy.deepcopy(self.game.averaged_player)
            self.record.best_step, self.record.score = check.step, check.score

    def _recover(self, check: Check) -> None:
        """Go back to the last healthy players with halved learning rates.

        Trouble that a few more steps often mend is given one interval to do so.
        """
        self._troubled += 1
        if self.game.is_finite and (self._troubled < 2 or check.step < self.record.steps / 4):
            return
        self._recoveries, self._troubled = self._recoveries + 1, 0
        self.game.restore(self._healthy)
        self.game.halve_rates()
        self._say(f"step {check.step}: {check.trouble}; back to healthy weights, rates halved")

    def _may_go_on(self) -> bool:
        record = self.record
        since_best = [step for step, _ in record.history if step > record.best_step]
        is_late = record.steps_done >= record.steps / 2  # before, falling rates still lift it
        if time.monotonic() >= self.deadline:
            record.ended = "the time limit was reached"
        elif self._recoveries > MOST_RECOVERIES:
            record.ended = "the game kept breaking down"
        elif is_late and record.score is not None and len(since_best) >= self.config.patience:
            record.ended = "the score stood still"
        elif self._is_good_enough():
            record.ended = "the score reached its noise floor"
        else:
            return True
        return False

    def _is_good_enough(self) -> bool:
        """Say whether the last two checks could not tell generated from held-out rows."""
        last = [score for _, score in self.record.history[-2:]]
        floor = self.record.noise_floor
        return floor is not None and len(last) == 2 and min(last) >= GOOD_ENOUGH * floor

    def _say(self, message: str) -> None:
        self.record.messages.append(message)
        self._tell(message)

    def _tell(self, message: str | None = None) -> None:
        done, total = self.game.steps_done, self.record.steps
        self.on_progress(Progress("training", done, total, self.record.score, message))


def count_steps(n_rows: int, config: TrainingConfig) -> int:
    """Give the steps planned for a table of `n_rows`: small ones are not shown without end."""
    enough = math.ceil(config.epochs * n_rows / config.batch_size)
    return min(config.steps, max(enough, LEAST_STEPS))
