"""A report for a terminal of 80 columns: verdict, notes, what is not judged, compact tables."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tabgan.evaluation.metrics.metric import MetricCategory, MetricResult
from tabgan.evaluation.metrics.unjudged import list_unjudged
from tabgan.evaluation.number_format import interval, number, signed
from tabgan.evaluation.report.results import Results
from tabgan.evaluation.utility.confidence_intervals import Effect
from tabgan.evaluation.utility.utility import REAL, Utility, UtilityScore

TITLES = {MetricCategory.FIDELITY: "Fidelity", MetricCategory.PRIVACY: "Privacy"}
STYLES = {Effect.HELPS: "green", Effect.HURTS: "red", Effect.NONE: "", Effect.UNKNOWN: ""}


def show(results: Results) -> RenderableType:
    """Return everything but the pictures; scores beside the first as gains alone."""
    verdict = Text(results.verdict, style=f"bold {STYLES[results.utility.headline.effect]}")
    parts: list[RenderableType] = [verdict]
    parts += [Text(f"Note: {note}", style="yellow") for note in results.notes]
    if results.not_judged:
        unjudged = list_unjudged(results.not_judged)
        parts.append(Text(f"Not judged, and in no figure: {unjudged}.", style="yellow"))
    parts += [Text(""), _first_score(results.utility)]
    parts += [Text(""), _other_gains(results.utility)]
    for category in MetricCategory:
        parts += [Text(""), _metrics(category, results.readings)]
    return Group(*parts)


def _first_score(utility: Utility) -> Table:
    """Return the score that the verdict is about, on every arm."""
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
            _add(table, score.learner, score.arm, _number(score.value), gain, _interval(score))
    return table


def _other_gains(utility: Utility) -> Table:
    """Return what the other scores gain; a reason that the first has given is not repeated."""
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


def _metrics(category: MetricCategory, metrics: tuple[MetricResult, ...]) -> Table:
    table = _table(TITLES[category])
    table.add_column("metric", overflow="fold")
    table.add_column("better")
    table.add_column("synthetic", justify="right")
    table.add_column(category.reference_title, justify="right")
    table.add_column("remark", overflow="fold")
    for metric in metrics:
        if metric.aim is category:
            _add(
                table,
                metric.title,
                metric.direction.value,
                _number(metric.value, metric.unit),
                _number(metric.reference, metric.unit),
                Text.assemble((metric.warning, "red"), " ", metric.remark)
                if metric.warning
                else metric.remark,
            )
    return table


def _table(title: str) -> Table:
    return Table(title=Text(title), title_justify="left", box=None, pad_edge=False)


def _add(table: Table, *cells: str | Text) -> None:
    """Add a row whose texts are taken as they are, square brackets too."""
    table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in cells))


def _number(value: float | None, unit: str = "") -> str:
    return "-" if value is None else number(value, unit)


def _interval(score: UtilityScore) -> str:
    """Return the interval of a gain, or why there is none."""
    if score.low is None or score.high is None:
        return score.note
    return interval(score.low, score.high)


def _gain(score: UtilityScore, otherwise: str) -> Text:
    """Return a gain and what its interval says; other words where it is not known."""
    if score.gain is None:
        return Text(otherwise)
    return Text(f"{signed(score.gain)} {score.effect.sign}", STYLES[score.effect])
