"""What an evaluation found: frozen, printable in a terminal, ready for JSON."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tabgan.evaluation.evidence import Evidence
from tabgan.evaluation.metric import Aim, Reading
from tabgan.evaluation.utility import Utility, UtilityScore

TITLES = {Aim.FIDELITY: "Fidelity", Aim.PRIVACY: "Privacy"}


@dataclass(frozen=True)
class Rows:
    """How many rows each table gave."""

    real: int
    synthetic: int
    test: int


@dataclass(frozen=True)
class Report:
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

    @property
    def verdict(self) -> str:
        """Whether the synthetic rows help, in one sentence."""
        return self.utility.verdict

    def to_dict(self) -> dict[str, Any]:
        """All figures as plain values that `json.dumps` takes; what is not known is None."""
        figures = asdict(replace(self, evidence=None))
        del figures["evidence"]
        return {"verdict": self.verdict, **figures}

    def __rich__(self) -> RenderableType:
        """The report for a terminal: verdict, notes, utility, fidelity, privacy."""
        parts: list[RenderableType] = [Text(self.verdict, style="bold")]
        parts += [Text(f"Note: {note}", style="yellow") for note in self.notes]
        parts += [Text(""), _utility_table(self.utility)]
        for aim in Aim:
            parts += [Text(""), _readings_table(aim, self.readings)]
        return Group(*parts)


def _utility_table(utility: Utility) -> Table:
    looked_for = f", positive {utility.positive!r}" if utility.positive is not None else ""
    table = _table(f"Utility: {utility.target} ({utility.task}{looked_for})")
    for title in ("learner", "trained on", "score"):
        table.add_column(title, overflow="fold")
    table.add_column("value", justify="right")
    table.add_column("gain, 95 % interval", justify="right")
    for score in utility.scores:
        table.add_row(score.learner, score.arm, score.title, _number(score.value), _gain(score))
    return table


def _readings_table(aim: Aim, readings: tuple[Reading, ...]) -> Table:
    table = _table(TITLES[aim])
    table.add_column("metric", overflow="fold")
    table.add_column("better")
    table.add_column("synthetic", justify="right")
    table.add_column("real test rows", justify="right")
    table.add_column("remark", overflow="fold")
    for reading in readings:
        if reading.aim is aim:
            table.add_row(
                reading.title,
                reading.direction.value,
                _number(reading.value, reading.unit),
                _number(reading.reference, reading.unit),
                reading.note,
            )
    return table


def _table(title: str) -> Table:
    return Table(title=Text(title), title_justify="left", box=None, pad_edge=False)


def _number(value: float | None, unit: str = "") -> str:
    return "-" if value is None else f"{value:.4g} {unit}".rstrip()


def _gain(score: UtilityScore) -> str:
    if score.gain is None:
        return score.note
    if score.low is None or score.high is None:
        return f"{score.gain:+.2g}, {score.note}"
    return f"{score.gain:+.2g} ({score.low:+.2g} to {score.high:+.2g})"
