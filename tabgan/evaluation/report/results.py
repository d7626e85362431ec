"""What an evaluation found, as plain values: ready for JSON, and for everything that shows it."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from tabgan.evaluation.metrics.metric import MetricResult
from tabgan.evaluation.metrics.unjudged import UnjudgedColumn
from tabgan.evaluation.report.plot_data import PlotData
from tabgan.evaluation.report.provenance import Provenance
from tabgan.evaluation.report.verdicts import Verdicts, find_verdicts
from tabgan.evaluation.utility.utility import Utility
from tabgan.runtime.progress import TrainingRecord


@dataclass(frozen=True)
class Rows:
    """How many rows each table gave."""

    real: int
    synthetic: int
    test: int


@dataclass(frozen=True)
class Results:
    """The findings of one evaluation; but for `plot_data`, fields have the names of the JSON.

    Attributes:
        rows: Rows of each table.
        utility: What downstream learners gain.
        readings: Every metric in `METRICS`, in its order.
        notes: What a reader has to know about the tables, in sentences.
        seed: The seed of all draws.
        not_judged: Columns that no figure looks at, and why.
        plot_data: What the pictures are drawn from; None where there are no pictures to draw.
        provenance: Files, command, settings, release and date; the seed stands by itself.
    """

    rows: Rows
    utility: Utility
    readings: tuple[MetricResult, ...]
    notes: tuple[str, ...]
    seed: int
    not_judged: tuple[UnjudgedColumn, ...] = ()
    plot_data: PlotData | None = field(default=None, repr=False, compare=False)
    provenance: Provenance = field(default_factory=Provenance, compare=False)

    def with_training(self, training: TrainingRecord | None) -> Self:
        """Return the same results, with how the training of the generator went."""
        if self.plot_data is None:
            return self
        return replace(self, plot_data=replace(self.plot_data, training=training))

    def with_provenance(self, **known: Any) -> Self:
        """Return the same results, with more known of where they come from.

        Args:
            known: Fields of `Provenance`.
        """
        return replace(self, provenance=replace(self.provenance, **known))

    @property
    def verdicts(self) -> Verdicts:
        """Do the rows help, are they alike, are they copies? Each answered, with what to do."""
        return find_verdicts(self.utility, self.readings)

    @property
    def verdict(self) -> str:
        """The answers of the three verdicts, in one text."""
        helps, alike, copies = self.verdicts
        remark = self.utility.remark if self.utility.remark in helps.advice else ""  # not of copies
        return " ".join(filter(None, (helps.answer, remark, alike.answer, copies.answer)))

    def to_dict(self) -> dict[str, Any]:
        """Return all figures as plain values that `json.dumps` takes; the unknown is None."""
        figures = asdict(replace(self, plot_data=None))
        del figures["plot_data"]
        verdicts = [asdict(verdict) for verdict in self.verdicts]
        return {"verdict": self.verdict, "verdicts": verdicts, **figures}
