"""The report as one page that loads nothing: verdict, notes, pictures, tables, how to read it.

One file a section, listed in SECTIONS. `picture` holds what pictures share, `distributions` those
of one column, `typography` how figures are written; `tables` are text.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from tabgan.evaluation.metrics.metric import IncomputableError, MetricCategory
from tabgan.evaluation.metrics.unjudged import list_unjudged
from tabgan.evaluation.report.html import (
    embedding,
    gains,
    marginals,
    recall,
    training_curves,
    trends,
)
from tabgan.evaluation.report.html.picture import COLOURS, DARK, Section
from tabgan.evaluation.report.html.tables import utility_tables
from tabgan.evaluation.report.html.typography import MINUS, interval, number, signed
from tabgan.evaluation.report.results import Results
from tabgan.evaluation.utility.confidence_intervals import Effect
from tabgan.evaluation.utility.utility import Utility
from tabgan.runtime.version import __version__

SECTIONS: dict[str, Callable[[Results], Section | None]] = {  # by heading
    "What learners gain": gains.section,
    "Precision and recall": recall.section,
    "Column by column": marginals.section,
    "Pairs of columns": trends.section,
    "The tables as maps": embedding.section,
    "How the training went": training_curves.section,
}
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # no HTML, or no UTF-8


@dataclass(frozen=True)
class Verdict:
    """The verdict in parts: a claim around the phrase that is coloured, and the facts after it."""

    effect: Effect
    before: str
    phrase: str
    after: str
    facts: str

    @classmethod
    def from_utility(cls, utility: Utility) -> "Verdict":
        """Return the parts of the verdict's sentence."""
        effect = utility.headline.effect
        claim, _, facts = utility.verdict.partition(": ")
        before, phrase, after = claim.rpartition(effect.phrase)
        return cls(effect, before, phrase, after, re.sub(r"(?<= )-(?=\d)", MINUS, facts))


def render(results: Results) -> str:
    """Return the page of a report; the same report gives the same text."""
    page = _environment().get_template("report.html.j2")
    text = page.render(
        results=results,
        verdict=Verdict.from_utility(results.utility),
        sections=list(_sections(results)),
        not_judged=list_unjudged(results.not_judged),
        tables=utility_tables(results.utility),
        categories=tuple(MetricCategory),
        colours=COLOURS,
        dark=DARK,
        version=__version__,
    )
    return UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _sections(results: Results) -> Iterator[tuple[str, Section]]:
    """Yield all pictures that these results allow, under their headings, or why there are none."""
    for heading, draw in SECTIONS.items():
        try:
            section = draw(results)
        except IncomputableError as error:
            section = Section(f"Cannot be drawn: {error}.")
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
