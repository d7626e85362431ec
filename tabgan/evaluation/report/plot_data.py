"""What the pictures of a report are drawn from: kept beside its figures, never written to JSON."""

from dataclasses import dataclass

from tabgan.evaluation.metrics.metric import Comparison
from tabgan.evaluation.utility.arms import BinaryPredictions
from tabgan.runtime.progress import TrainingRecord


@dataclass(frozen=True)
class PlotData:
    """Everything that a report's pictures show and its tables do not.

    Attributes:
        comparison: The tables.
        predictions: One for each learner and arm of a binary task.
        training: How the generator's training went; None where unknown.
    """

    comparison: Comparison
    predictions: tuple[BinaryPredictions, ...] = ()
    training: TrainingRecord | None = None
