"""A report for a terminal of 80 columns: verdict, notes, and three compact tables."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tabgan.evaluation.metrics.metric import Aim, Reading
from tabgan.evaluation.number_format import interval, number, signed
from tabgan.evaluation.report.results import Figures
from tabgan.evaluation.utility.confidence_intervals import Effect
from tabgan.evaluation.utility.utility import REAL, Utility, UtilityScore

TITLES = {Aim.FIDELITY: "Fidelity", Aim.PRIVACY: "Privacy"}
STYLES = {Effect.HELPS: "green", Effect.HURTS: "red", Effect.NONE: "", Effect.UNKNOWN: ""}


def show(figures: Figures) -> RenderableType:
    """Everything but the pictures; scores beside the first as gains alone."""
    verdict = Text(figures.verdict, style=f"bold {STYLES[figures.utility.headline.effect]}")
    parts: list[RenderableType] = [verdict]
    parts += [Text(f"Note: {note}", style="yellow") for note in figures.notes]
    parts += [Text(""), _first_score(figures.utility)]
    parts += [Text(""), _other_gains(figures.utility)]
    for aim in Aim:
        parts += [Text(""), _readings(aim, figures.readings)]
    return Group(*parts)


def _first_score(utility: Utility) -> Table:
    """The score that the verdict is about, on every arm."""
    looked_for = f", positive {utility.positive!r}" if utility.positive is not None else ""
    table = _table(f"Utility: {utility.target} ({utility.task}{looked_for})")
    first = utility.scores[0]
    table.add_column("learner")
    table.add_column("trained on", overflow="fold")
    table.add_column(f"{first.title}\nbetter {first.direction}", justify="right")
    table.add_column("gain\n+ is better", justify="right")
    table.add_column("95 % interval", justify="right", overflow="fold")
    for score in utility.scores:
        if score.score == first.score:
            gain = _gain(score, "" if score.arm == REAL else "-")
            _add(table, score.learner, score.arm, _number(score.value), gain, _doubt(score))
    return table


def _other_gains(utility: Utility) -> Table:
    """What the other scores gain; a reason that the first score has given is not repeated."""
    table = _table("Gains over real rows by the other scores")
    table.add_column("learner")
    table.add_column("trained on", overflow="fold")
    lines: dict[tuple[str, str], list[Text]] = {}
    reasons = {}
    for score in utility.scores:
        line = score.learner, score.arm
        if score.score == utility.scores[0].score:
            reasons[line] = score.note
        elif score.arm != REAL:
            is_said = score.note == reasons[line]
            lines.setdefault(line, []).append(_gain(score, "-" if is_said else score.note))
    for title in dict.fromkeys(score.title for score in utility.scores[1:]):
        if title != utility.scores[0].title:
            table.add_column(title.replace(" ", "\n"), justify="right", overflow="fold")
    for line, cells in lines.items():
        _add(table, *line, *cells)
    return table


def _readings(aim: Aim, readings: tuple[Reading, ...]) -> Table:
    table = _table(TITLES[aim])
    table.add_column("metric", overflow="fold")
    table.add_column("better")
    table.add_column("synthetic", justify="right")
    table.add_column(aim.yardstick, justify="right")
    table.add_column("remark", overflow="fold")
    for reading in readings:
        if reading.aim is aim:
            _add(
                table,
                reading.title,
                reading.direction.value,
                _number(reading.value, reading.unit),
                _number(reading.reference, reading.unit),
                Text.assemble((reading.warning, "red"), " ", reading.remark)
                if reading.warning
                else reading.remark,
            )
    return table


def _table(title: str) -> Table:
    return Table(title=Text(title), title_justify="left", box=None, pad_edge=False)


def _add(table: Table, *cells: str | Text) -> None:
    """Add a row whose texts are taken as they are, square brackets too."""
    table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in cells))


def _number(value: float | None, unit: str = "") -> str:
    return "-" if value is None else number(value, unit)


def _doubt(score: UtilityScore) -> str:
    """The interval of a gain, or why there is none."""
    if score.low is None or score.high is None:
        return score.note
    return interval(score.low, score.high)


def _gain(score: UtilityScore, otherwise: str) -> Text:
    """A gain and what its interval says; other words where it is not known."""
    if score.gain is None:
        return Text(otherwise)
    return Text(f"{signed(score.gain)} {score.effect.sign}", STYLES[score.effect])
