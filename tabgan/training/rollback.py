"""Back to the last healthy weights, with lower learning rates, when a training breaks down."""

from typing import Any

from tabgan.state_reader import StateReader
from tabgan.training.gan_step import GANStep
from tabgan.training.saved_training import check_tensors
from tabgan.training.validation import ValidationResult

MAX_ROLLBACKS = 3  # of a training: another one ends it


class Rollback:
    """The last healthy weights, and how often a training went back to them.

    Args:
        gan: Networks and optimizers that are rolled back.
    """

    def __init__(self, gan: GANStep) -> None:
        self.gan = gan
        self._snapshot = gan.snapshot()
        self._rollbacks = self._failures = 0

    def update(self, result: ValidationResult, steps: int) -> str | None:
        """Go back with halved learning rates if the training fails; return a message if it did so.

        Failures pass by themselves often enough that one validation alone is tolerated, and any
        in the first quarter of the steps, unless weights are no longer finite.

        Args:
            result: Of the last validation.
            steps: Planned for the whole training.
        """
        step, failure = result.point.step, result.failure
        if not failure:
            self._snapshot, self._failures = self.gan.snapshot(), 0
            return None
        self._failures += 1
        if self.gan.is_finite and (self._failures < 2 or step < steps / 4):
            return None
        self._rollbacks, self._failures = self._rollbacks + 1, 0
        self.gan.restore(self._snapshot)
        self.gan.halve_learning_rates()
        return f"step {step}: {failure}; back to healthy weights, rates halved"

    @property
    def is_exhausted(self) -> bool:
        """Whether the training broke down more than MAX_ROLLBACKS times."""
        return self._rollbacks > MAX_ROLLBACKS

    def to_state(self) -> dict[str, Any]:
        """Return it as tensors and plain values, under the names of release 0.1."""
        return {
            "healthy": self._snapshot,
            "recoveries": self._rollbacks,
            "troubled": self._failures,
        }

    def load_state(self, state: StateReader) -> None:
        """Load what `to_state` returned.

        Raises:
            ModelFileError: It is of other networks, or holds what it cannot.
        """
        healthy = state.state("healthy")
        check_tensors(healthy.values, self._snapshot, healthy.path)
        self._rollbacks = state.whole("recoveries", 0, MAX_ROLLBACKS + 1)
        self._snapshot, self._failures = dict(healthy.values), state.whole("troubled", 0)
