"""A report for a terminal of 80 columns: verdicts, notes, compact tables, what is not computed."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tabgan.evaluation.metrics.metric import MetricCategory, MetricResult
from tabgan.evaluation.number_format import interval, number, signed
from tabgan.evaluation.report.headlines import Headline, find_headlines
from tabgan.evaluation.report.results import Results
from tabgan.evaluation.report.similarity import Level
from tabgan.evaluation.report.uncomputed import find_uncomputed
from tabgan.evaluation.report.utility_tables import UtilityTable, utility_tables
from tabgan.evaluation.utility.confidence_intervals import Effect
from tabgan.evaluation.utility.utility import REAL, Utility, UtilityScore
from tabgan.runtime.terminal_text import escape_controls

TITLES = {MetricCategory.FIDELITY: "Fidelity", MetricCategory.PRIVACY: "Privacy"}
STYLES = {Effect.HELPS: "green", Effect.HURTS: "red", Effect.NONE: "", Effect.UNKNOWN: ""}
LEVELS: dict[Level, str] = {"good": "green", "unsure": "yellow", "bad": "red", "unknown": ""}


def show(results: Results) -> RenderableType:
    """Return everything but the pictures; scores beside the first as gains alone."""
    parts: list[RenderableType] = []
    for headline in find_headlines(results):
        parts += [*_verdict(headline), Text("")]
    parts += [Text(f"Note: {note}", style="yellow") for note in results.notes]
    for table in utility_tables(results.utility):
        parts += [Text(""), _first_score(results.utility, table)]
        if len(table.shown) > 1:
            parts += [Text(""), _other_gains(table)]
    for category in MetricCategory:
        parts += _metrics(category, results.readings)
    parts += _uncomputed(results)
    return Group(*parts)


def _verdict(headline: Headline) -> Iterator[RenderableType]:
    """Yield a question with its answer in a word, then the sentence and what to do."""
    verdict = headline.verdict
    style = f"bold {LEVELS[verdict.level]}".rstrip()
    answer = (f"{headline.sign} {headline.claim}", style)
    yield Text.assemble((verdict.question, "bold"), " ", answer)
    yield Padding(Text(f"{verdict.answer} {verdict.advice}"), (0, 0, 0, 2))


def _first_score(utility: Utility, scores: UtilityTable) -> Table:
    """Return the score that the verdict is about, on every arm; the judged one stands out."""
    looked_for = f", positive {utility.positive!r}" if utility.positive is not None else ""
    table = _table(f"Utility of {scores.learner}: {utility.target} ({utility.task}{looked_for})")
    first = scores.shown[0]
    table.add_column("trained on,\nbest first", overflow="fold")
    table.add_column(f"{first.title}\nbetter {first.direction}", justify="right")
    table.add_column("gain\n+ is better", justify="right")
    table.add_column("\n95 % interval", justify="right", overflow="fold")
    for line in scores.lines:
        score = line.cells[0]
        cells = ("0", "reference") if score.arm == REAL else (_gain(score), _interval(score))
        _add(table, line.arm, _number(score.value), *cells, is_bold=line.arm == utility.judged)
    return table


def _other_gains(scores: UtilityTable) -> Table:
    """Return what the other scores of a learner gain."""
    table = _table(f"Gains over real rows by other scores of {scores.learner}")
    table.add_column("trained on", overflow="fold")
    for score in scores.shown[1:]:
        table.add_column(score.title.replace(" ", "\n"), justify="right", overflow="fold")
    names = [score.score for score in scores.shown[1:]]
    for line in scores.lines:
        if line.arm != REAL:
            cells = [_gain(cell) for cell in line.cells if cell.score in names]
            _add(table, line.arm, *cells)
    return table


def _metrics(
    category: MetricCategory, readings: tuple[MetricResult, ...]
) -> Iterator[RenderableType]:
    """Yield the table of one category's known metrics, and what there is to say of each."""
    known = [metric for metric in readings if metric.aim is category and metric.value is not None]
    if not known:
        return
    table = _table(TITLES[category])
    table.add_column("metric", overflow="fold")
    table.add_column("better")
    table.add_column("synthetic", justify="right")
    table.add_column(category.reference_title, justify="right")
    for metric in known:
        value, reference = (_number(one, metric.unit) for one in (metric.value, metric.reference))
        _add(table, metric.title, metric.direction.value, value, reference)
    yield from (Text(""), table)
    for metric in known:
        if metric.warning:
            yield Text(f"{metric.title}: {metric.warning}", style="red")
        if metric.interval:
            yield Text(f"{metric.title}: {metric.interval}.")


def _uncomputed(results: Results) -> Iterator[RenderableType]:
    """Yield what could not be computed, and why; nothing where everything could."""
    found = find_uncomputed(results)
    if found:
        yield from (Text(""), Text("Not computed", style="italic"))
    for one in found:
        yield Text(f"{one.subject}: {one.reason}.")


def _table(title: str) -> Table:
    return Table(title=Text(title), title_justify="left", box=None, pad_edge=False)


def _add(table: Table, *cells: str | Text, is_bold: bool = False) -> None:
    """Add a row whose texts are taken as they are, square brackets too."""
    table.add_row(
        *(Text(escape_controls(cell)) if isinstance(cell, str) else cell for cell in cells),
        style="bold" if is_bold else "",
    )


def _number(value: float | None, unit: str = "") -> str:
    return "-" if value is None else number(value, unit)


def _interval(score: UtilityScore) -> str:
    """Return the interval of a gain, or why there is none."""
    if score.low is None or score.high is None:
        return score.note
    return interval(score.low, score.high)


def _gain(score: UtilityScore) -> Text:
    """Return a gain and what its interval says; a dash where it is not known."""
    if score.gain is None:
        return Text("-")
    return Text(f"{signed(score.gain)} {score.effect.sign}", STYLES[score.effect])
