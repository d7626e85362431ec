"""The report of an evaluation: its figures, in a terminal, in a notebook and as a page."""

from dataclasses import dataclass
from html import escape

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tabgan.evaluation.figures import Figures, Rows
from tabgan.evaluation.metric import Aim, Reading
from tabgan.evaluation.utility import Utility, UtilityScore
from tabgan.evaluation.wording import interval, number, signed

__all__ = ["Report", "Rows"]

TITLES = {Aim.FIDELITY: "Fidelity", Aim.PRIVACY: "Privacy"}


@dataclass(frozen=True)
class Report(Figures):
    """Figures that show themselves; what they are is said in `Figures`."""

    def to_html(self) -> str:
        """The report as one page that needs nothing else: verdict, pictures, tables.

        The same report gives the same text.
        """
        from tabgan.evaluation.page import render  # noqa: PLC0415 - brings matplotlib

        return render(self)

    def _repr_html_(self) -> str:
        """The page in a frame of its own, so that notebook and report keep their styles apart."""
        return (
            f'<iframe title="Report of an evaluation" srcdoc="{escape(self.to_html())}" '
            'style="width: 100%; height: 85vh; border: 0"></iframe>'
        )

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
    return "-" if value is None else number(value, unit)


def _gain(score: UtilityScore) -> str:
    if score.gain is None:
        return score.note
    if score.low is None or score.high is None:
        return f"{signed(score.gain)}, {score.note}"
    return f"{signed(score.gain)} ({interval(score.low, score.high)})"
