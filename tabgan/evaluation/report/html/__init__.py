"""The report as one page that loads nothing: verdicts, a first picture, chapters, where it is from.

chapters                    which pictures and tables answer which question
gains, recall               what learners gain
marginals, trends           columns and pairs of columns; `distributions`: one column
embedding                   the tables as maps
training_curves             how the generator's training went
imputation                  how gaps are filled, on a page of its own
glossary                    the field's terms, each explained once
picture, typography         what pictures share, and how figures are written
"""

import re

from jinja2 import Environment, PackageLoader, StrictUndefined

from tabgan.evaluation.report.headlines import SIGNS, find_headlines
from tabgan.evaluation.report.html import imputation
from tabgan.evaluation.report.html.chapters import draw_chapters
from tabgan.evaluation.report.html.glossary import IMPUTATION_TERMS, find_terms
from tabgan.evaluation.report.html.picture import COLOURS, DARK
from tabgan.evaluation.report.html.typography import MINUS, interval, number, signed
from tabgan.evaluation.report.imputation_results import KNOWN_ROWS, ImputationResults, percent_of
from tabgan.evaluation.report.results import Results
from tabgan.evaluation.report.uncomputed import find_uncomputed, group

UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # no HTML, or no UTF-8
NEGATIVE = re.compile(r"(?<![\w.])-(?=\d)")


def render(results: Results) -> str:
    """Return the page of a report; the same report gives the same text."""
    drawn = draw_chapters(results)
    page = _environment().get_template("report.html.j2")
    text = page.render(
        results=results,
        provenance=results.provenance,
        seed=results.seed,
        headlines=find_headlines(results),
        first=drawn.opening,
        chapters=drawn.chapters,
        uncomputed=group((*find_uncomputed(results), *drawn.failed)),
        terms=find_terms(results, drawn.headings),
        colours=COLOURS,
        dark=DARK,
    )
    return UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def render_imputation(report: ImputationResults) -> str:
    """Return the page of how gaps are filled; the same report gives the same text."""
    page = _environment().get_template("imputation.html.j2")
    text = page.render(
        report=report,
        provenance=report.provenance,
        seed=report.seed,
        section=imputation.section(report),
        terms=IMPUTATION_TERMS,
        share=percent_of(report.share),
        promised=percent_of(report.promised),
        known_rows=KNOWN_ROWS,
        signs=SIGNS,
        claims={"good": "Yes", "unsure": "In part", "bad": "No"},
        colours=COLOURS,
        dark=DARK,
    )
    return UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__name__, "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=number, signed=signed, percent=percent_of, typeset=_typeset)
    environment.globals["interval"] = interval
    return environment


def _typeset(sentence: str) -> str:
    """Return a sentence with true minus signs before its figures."""
    return NEGATIVE.sub(MINUS, sentence)
