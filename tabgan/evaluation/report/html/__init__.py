"""The report as one page that loads nothing: verdict, notes, pictures, tables, how to read it."""

import re
from collections.abc import Callable, Iterator

from jinja2 import Environment, PackageLoader, StrictUndefined

from tabgan.evaluation.metrics.metric import Aim, IncomputableError
from tabgan.evaluation.report.html import embedding, gains, health, marginals, recall, trends
from tabgan.evaluation.report.html.palette import COLOURS, DARK
from tabgan.evaluation.report.html.picture import Section
from tabgan.evaluation.report.html.tables import utility_tables
from tabgan.evaluation.report.html.verdict import Verdict
from tabgan.evaluation.report.html.wording import interval, number, signed
from tabgan.evaluation.report.results import Figures
from tabgan.runtime.version import __version__

SECTIONS: dict[str, Callable[[Figures], Section | None]] = {  # by heading
    "What learners gain": gains.section,
    "Precision and recall": recall.section,
    "Column by column": marginals.section,
    "Pairs of columns": trends.section,
    "The tables as maps": embedding.section,
    "How the training went": health.section,
}
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # no HTML, or no UTF-8


def render(figures: Figures) -> str:
    """The page of a report; the same report gives the same text."""
    page = _environment().get_template("report.html.j2")
    text = page.render(
        figures=figures,
        verdict=Verdict.of(figures.utility),
        sections=list(_sections(figures)),
        tables=utility_tables(figures.utility),
        aims=tuple(Aim),
        colours=COLOURS,
        dark=DARK,
        version=__version__,
    )
    return UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _sections(figures: Figures) -> Iterator[tuple[str, Section]]:
    """All pictures that these figures allow, under their headings, or why there are none."""
    for heading, draw in SECTIONS.items():
        try:
            section = draw(figures)
        except IncomputableError as reason:
            section = Section(f"Cannot be drawn: {reason}.")
        if section is not None:
            yield heading, section


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__name__, "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=number, signed=signed)
    environment.globals["interval"] = interval
    return environment
