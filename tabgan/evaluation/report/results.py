"""What an evaluation found, as plain values: ready for JSON, and for everything that shows it."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from tabgan.evaluation.metrics.metric import Reading
from tabgan.evaluation.report.plot_data import Evidence, Health
from tabgan.evaluation.utility.utility import Utility


@dataclass(frozen=True)
class Rows:
    """How many rows each table gave."""

    real: int
    synthetic: int
    test: int


@dataclass(frozen=True)
class Figures:
    """The findings of one evaluation.

    Attributes:
        rows: rows of each table.
        utility: what downstream learners gain.
        readings: every metric in `METRICS`, in its order.
        notes: what a reader has to know about the tables, in sentences.
        seed: the seed of all draws.
        evidence: what the pictures are drawn from; None where there are no pictures to draw.
    """

    rows: Rows
    utility: Utility
    readings: tuple[Reading, ...]
    notes: tuple[str, ...]
    seed: int
    evidence: Evidence | None = field(default=None, repr=False, compare=False)

    def with_health(self, health: Health | None) -> Self:
        """The same figures, with how the training of the generator went."""
        if self.evidence is None:
            return self
        return replace(self, evidence=replace(self.evidence, health=health))

    @property
    def verdict(self) -> str:
        """Whether the synthetic rows help, in one sentence."""
        return self.utility.verdict

    def to_dict(self) -> dict[str, Any]:
        """All figures as plain values that `json.dumps` takes; what is not known is None."""
        figures = asdict(replace(self, evidence=None))
        del figures["evidence"]
        return {"verdict": self.verdict, **figures}
