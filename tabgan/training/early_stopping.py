"""What ends a training before its last planned step: time, failures, patience, a perfect score."""

from dataclasses import dataclass

from tabgan.runtime.progress import StopReason, TrainingRecord
from tabgan.training.rollback import Rollback
from tabgan.training.time_budget import TimeBudget

NEAR_FLOOR = 0.99  # of the noise floor: two validations in a row above it end a training,
MIN_NOISE_FLOOR_ROWS = 2_000  # if so many rows are held out: scores of fewer are too noisy


@dataclass(frozen=True)
class EarlyStopping:
    """Every reason to stop a training, in one place.

    That the planned steps are done is not among them: `Trainer` sees that by itself.

    Attributes:
        patience: Validations without a better one that end a training.
        time_budget: Whose deadline ends it.
        rollback: Whose exhaustion ends it.
    """

    patience: int
    time_budget: TimeBudget
    rollback: Rollback

    def find_reason(self, record: TrainingRecord) -> StopReason | None:
        """Return why a training with this record is to stop now; None if it is to go on."""
        scored = [point for point in record.history if point.score is not None]
        since_best = sum(point.step > record.best_step for point in scored)
        if self.time_budget.is_over:
            return StopReason.TIME_LIMIT
        if self.rollback.is_exhausted:
            return StopReason.BROKE_DOWN
        if record.score is not None and since_best >= self.patience:
            return StopReason.NO_IMPROVEMENT
        if _is_at_noise_floor(record):
            return StopReason.NOISE_FLOOR
        return None


def _is_at_noise_floor(record: TrainingRecord) -> bool:
    """Return whether the last two validations could not tell generated from held-out rows."""
    scores = [point.score for point in record.history if point.score is not None][-2:]
    if record.noise_floor is None or record.rows_held_out < MIN_NOISE_FLOOR_ROWS:
        return False
    return len(scores) == 2 and min(scores) >= NEAR_FLOOR * record.noise_floor
