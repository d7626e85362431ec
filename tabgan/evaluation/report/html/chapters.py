"""The chapters of a page: one for each of the three questions, and how the training went."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from tabgan.evaluation.metrics.metric import IncomputableError, MetricCategory, MetricResult
from tabgan.evaluation.report.html import (
    embedding,
    gains,
    marginals,
    recall,
    training_curves,
    trends,
)
from tabgan.evaluation.report.html.picture import Section
from tabgan.evaluation.report.results import Results
from tabgan.evaluation.report.uncomputed import Uncomputed
from tabgan.evaluation.report.utility_tables import UtilityTable, utility_tables
from tabgan.evaluation.report.verdicts import ALIKE, COPIES, HELP, Verdict

Draw = Callable[[Results], Section | None]
PARTS: Mapping[str, Mapping[str, Draw]] = {  # by question and heading
    HELP: {"By other scores": gains.section, "Precision and recall": recall.section},
    ALIKE: {
        "Column by column": marginals.section,
        "Pairs of columns": trends.section,
        "The tables as maps": embedding.section,
    },
    COPIES: {},
}
CATEGORIES = {ALIKE: MetricCategory.FIDELITY, COPIES: MetricCategory.PRIVACY}
TRAINING = "How the training went"


@dataclass(frozen=True)
class Part:
    """Pictures under a heading."""

    heading: str
    section: Section


@dataclass(frozen=True)
class ReadingsTable:
    """The metrics that watch over one thing."""

    category: MetricCategory
    readings: tuple[MetricResult, ...]


@dataclass(frozen=True)
class Chapter:
    """What belongs to one question.

    Attributes:
        anchor: Its id in the page.
        heading: The question.
        verdict: The answer; None where it is no question.
        parts: Pictures.
        tables: Scores of learners.
        readings: Metrics.
    """

    anchor: str
    heading: str
    verdict: Verdict | None = None
    parts: tuple[Part, ...] = ()
    tables: tuple[UtilityTable, ...] = ()
    readings: tuple[ReadingsTable, ...] = ()


@dataclass(frozen=True)
class Drawn:
    """The parts of a page that could be drawn, and those that could not.

    Attributes:
        opening: The first picture, of the verdict's gains where they are known; None without any.
        chapters: In their order.
        failed: Headings of what could not be drawn, and why.
    """

    opening: Section | None
    chapters: tuple[Chapter, ...]
    failed: tuple[Uncomputed, ...]

    @property
    def headings(self) -> frozenset[str]:
        """Those of all parts and chapters."""
        parts = [part.heading for chapter in self.chapters for part in chapter.parts]
        return frozenset(parts) | {chapter.heading for chapter in self.chapters}


def draw_chapters(results: Results) -> Drawn:
    """Draw all pictures that these results allow."""
    failed: list[Uncomputed] = []
    chapters = [
        Chapter(
            f"answer-{place}",
            verdict.question,
            verdict,
            tuple(_draw_parts(PARTS[verdict.question], results, failed)),
            utility_tables(results.utility) if verdict.question == HELP else (),
            _readings(results, verdict.question),
        )
        for place, verdict in enumerate(results.verdicts, 1)
    ]
    training = training_curves.section(results)
    if training is not None:
        chapters.append(Chapter("training", TRAINING, parts=(Part("", training),)))
    opening = gains.first_section(results)
    if opening is None:
        opening = _take_first_picture(chapters)
    return Drawn(opening, tuple(chapters), tuple(failed))


def _take_first_picture(chapters: list[Chapter]) -> Section | None:
    """Take the first picture out of its chapter, and return it with what explains it."""
    for place, chapter in enumerate(chapters):
        for part in chapter.parts:
            if part.section.pictures:
                rest = replace(part.section, pictures=part.section.pictures[1:])
                parts = [
                    replace(one, section=rest) if one is part else one for one in chapter.parts
                ]
                kept = tuple(one for one in parts if one.section.pictures or one.section.remarks)
                chapters[place] = replace(chapter, parts=kept)
                first = part.section.pictures[:1]
                return Section(part.section.lead, first, keys=part.section.keys)
    return None


def _draw_parts(
    draws: Mapping[str, Draw], results: Results, failed: list[Uncomputed]
) -> Iterator[Part]:
    """Yield the parts that can be drawn; the others go to `failed`."""
    for heading, draw in draws.items():
        try:
            section = draw(results)
        except IncomputableError as error:
            failed.append(Uncomputed(f"Pictures of “{heading}”", str(error)))
            continue
        if section is not None:
            yield Part(heading, section)


def _readings(results: Results, question: str) -> tuple[ReadingsTable, ...]:
    """Return the table of the metrics that belong to a question, without those unknown."""
    category = CATEGORIES.get(question)
    known = [r for r in results.readings if r.aim is category and r.value is not None]
    return (ReadingsTable(category, tuple(known)),) if category and known else ()
