"""What the pictures of a report are drawn from: kept beside its figures, never written to JSON."""

from dataclasses import dataclass

from tabgan.evaluation.metrics.metric import Comparison
from tabgan.evaluation.utility.arms import Curve


@dataclass(frozen=True)
class Health:
    """How the training of a generator went.

    Attributes:
        history: pairs of a step and its score on held-out rows.
        floor: the score that real rows would get; None where unknown.
    """

    history: tuple[tuple[int, float], ...]
    floor: float | None


@dataclass(frozen=True)
class Evidence:
    """Everything that a report's pictures show and its tables do not.

    Attributes:
        comparison: the tables.
        curves: one for each learner and arm of a binary task.
        health: how the generator's training went; None where unknown.
    """

    comparison: Comparison
    curves: tuple[Curve, ...] = ()
    health: Health | None = None
