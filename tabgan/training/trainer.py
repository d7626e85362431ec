"""Training, from the outside in: train -> interval between checks -> step (in `game`).

It neither prints nor saves: it calls `on_progress` and gives back the best generator it met.
"""

import copy
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from tabgan.config import TrainingConfig
from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.layout import Layout
from tabgan.encoding.row_store import MappedTable
from tabgan.errors import TrainingError
from tabgan.networks.generator import Generator
from tabgan.runtime.process_group import ALONE, Team
from tabgan.runtime.progress import (
    INTERRUPTED,
    OnProgress,
    Progress,
    TrainingRecord,
    ignore_progress,
)
from tabgan.training.condition_sampler import ConditionSampler
from tabgan.training.gan_step import Game
from tabgan.training.rollback import Recovery
from tabgan.training.time_budget import FLAT_STEPS, Timetable
from tabgan.training.validation import Check, HeldOut, View

LEAST_STEPS = 300  # are planned however small a table is
GOOD_ENOUGH = 0.99  # of the noise floor: two checks above it end the training,
SURE_ROWS = 2_000  # if so many rows are held out: fewer see too little

State = dict[str, Any]
OnState = Callable[[Callable[[], State], bool], None]  # how to get the state; is it the last one?


def ignore_state(state: Callable[[], State], is_last: bool) -> None:
    """Keep nothing."""


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
        team: Team = ALONE,
        deadline: float = math.inf,
        rows_to_follow: int = 0,
        rows_to_refine: int = 0,
        on_progress: OnProgress = ignore_progress,
        on_state: OnState = ignore_state,
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
            team: Who trains together; `table` is this process's part of the rows.
            deadline: `time.monotonic()` by which training must have ended.
            rows_to_follow: Rows that are generated after the training and before the deadline.
            rows_to_refine: Rows that are generated then, too, if they leave time for the training.
            on_progress: Told of every few steps.
            on_state: Told before every step, and at the end, how to get all that is to come from.
        """
        aside: EncodedTable
        self.rows: EncodedTable | MappedTable
        self.rows, aside = table.split(held_out)
        sampler = ConditionSampler(self.rows, layout, config, device)
        self.config, self.on_progress, self.on_state = config, on_progress, on_state
        self.team, self.game = team, Game(layout, sampler, config, seed, device, team)
        self.held_out = HeldOut(aside, view, config.passes, seed)
        test = self.held_out.test
        test.noise_floor = self.held_out.compare(self.rows.load())
        self.record = TrainingRecord(
            count_steps(len(self.rows), config),
            noise_floor=test.noise_floor,
            rows_held_out=len(held_out),
        )
        self.timetable = Timetable(
            self.game,
            self.held_out,
            self.record,
            deadline=deadline,
            rows_to_follow=rows_to_follow,
            rows_to_refine=rows_to_refine,
        )
        self.best = copy.deepcopy(self.game.averaged_player)
        self.recovery = Recovery(self.game)
        self.is_done = False

    def run(self) -> Generator:
        """Train until held-out rows are no longer learned, the steps are done or the time is up.

        Returns:
            The averaged generator that held-out rows surprise least.

        Raises:
            TimeLimitError: The time limit leaves no room for a training.
            TrainingError: The game broke down before a first score.
        """
        self.timetable.plan()
        self.record.steps = self.team.share(lambda: self.record.steps)
        if self.is_done:
            return self.best
        try:
            while self._play_interval() and self._heed(self._check()):
                pass
        except KeyboardInterrupt:
            self.record.ended = INTERRUPTED
            if not self.record.best_step or self.team.size > 1:
                raise
        self.record.steps_done = self.game.steps_done
        if not self.record.best_step:
            raise TrainingError(
                "the training broke down before it had learned anything: "
                f"{self.record.messages[-1]}; try lower learning rates, or another objective."
            )
        self.is_done = not self.record.was_interrupted
        if self.is_done:
            self.on_state(self.to_state, True)
        return self.best

    def to_state(self) -> dict[str, Any]:
        """Give all that the rest of the training depends on, as tensors and plain values."""
        return {
            "game": self.game.to_state(),
            "recovery": self.recovery.to_state(),
            "best": self.best.state_dict(),
            "record": self.record.to_dict(),
            "is_done": self.is_done,
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on from what `to_state` gave, for the same table and settings."""
        self.game.load_state(state["game"])
        self.recovery.load_state(state["recovery"])
        self.best.load_state_dict(state["best"])
        self.record = TrainingRecord.from_dict(state["record"])
        self.timetable.record = self.record
        self.is_done = state["is_done"]

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
        while self.game.steps_done < due and not self._is_over:
            self.on_state(self.to_state, False)
            self.game.step(self._rate())
            if self.game.steps_done % 5 == 0:
                self._tell()
        return True

    def _check(self) -> Check:
        return self.team.share(lambda: self.held_out.check(self.game))

    @property
    def _is_over(self) -> bool:
        """Whether the time is up for all processes."""
        limited = math.isfinite(self.timetable.deadline)
        return limited and self.team.share(lambda: self.timetable.is_over)

    def _heed(self, check: Check) -> bool:
        """Keep the player if it is the best so far; say whether to play on."""
        if self.game.is_finite:
            self._keep_if_best(check)
        told = self.recovery.heed(check, self.record.steps)
        if told:
            self._say(told)
        if check.score is not None:
            self.record.history.append((check.step, check.score))
        self.record.steps_done = check.step
        self._tell()
        return self.team.share(self._may_go_on)

    def _keep_if_best(self, check: Check) -> None:
        """Keep the player that held-out rows surprise least; without any the last one is kept."""
        least = self.record.surprise
        if least is None or check.surprise is None or check.surprise < least:
            self.best = copy.deepcopy(self.game.averaged_player)
            self.record.best_step, self.record.score = check.step, check.score
            self.record.surprise = check.surprise

    def _may_go_on(self) -> bool:
        record = self.record
        since_best = [step for step, _ in record.history if step > record.best_step]
        if self.timetable.is_over:
            record.ended = "the time limit was reached"
        elif self.recovery.is_vain:
            record.ended = "the game kept breaking down"
        elif record.score is not None and len(since_best) >= self.config.patience:
            record.ended = "held-out rows were no longer learned"
        elif self._is_good_enough():
            record.ended = "the score reached its noise floor"
        else:
            return True
        return False

    def _is_good_enough(self) -> bool:
        """Say whether the last two checks could not tell generated from held-out rows."""
        last = [score for _, score in self.record.history[-2:]]
        floor = self.record.noise_floor
        is_sure = self.record.rows_held_out >= SURE_ROWS and len(last) == 2
        return is_sure and floor is not None and min(last) >= GOOD_ENOUGH * floor

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
