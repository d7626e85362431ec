"""When a game breaks down: back to the last healthy players, more carefully each time."""

from typing import Any

from tabgan.training.gan_step import Game
from tabgan.training.validation import Check

MOST_RECOVERIES = 3


class Recovery:
    """The last healthy players of a game, and how often they were needed."""

    def __init__(self, game: Game) -> None:
        self.game = game
        self._healthy = game.snapshot()
        self._recoveries = self._troubled = 0

    def heed(self, check: Check, steps: int) -> str | None:
        """Go back with halved learning rates if the game is in trouble; say so.

        Trouble that a few more steps often mend is given one interval to do so.

        Args:
            check: What was found.
            steps: Planned for the whole training.
        """
        if not check.trouble:
            self._healthy, self._troubled = self.game.snapshot(), 0
            return None
        self._troubled += 1
        if self.game.is_finite and (self._troubled < 2 or check.step < steps / 4):
            return None
        self._recoveries, self._troubled = self._recoveries + 1, 0
        self.game.restore(self._healthy)
        self.game.halve_rates()
        return f"step {check.step}: {check.trouble}; back to healthy weights, rates halved"

    @property
    def is_vain(self) -> bool:
        """Whether the game broke down so often that there is no use in going on."""
        return self._recoveries > MOST_RECOVERIES

    def to_state(self) -> dict[str, Any]:
        """Give it as tensors and plain values."""
        return {
            "healthy": self._healthy,
            "recoveries": self._recoveries,
            "troubled": self._troubled,
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on from `to_state`'s answer."""
        self._healthy = state["healthy"]
        self._recoveries, self._troubled = state["recoveries"], state["troubled"]
