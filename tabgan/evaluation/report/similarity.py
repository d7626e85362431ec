"""Are the rows like real ones? Judged by the figure that speaks most against it.

A classifier that learns from few rows finds little, so that it alone would praise columns that were
shuffled one by one: whether rows lie where real ones do is asked as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tabgan.evaluation.metrics.alignment import listed
from tabgan.evaluation.metrics.metric import MetricResult
from tabgan.evaluation.number_format import percentage

Level = Literal["good", "unsure", "bad", "unknown"]
LEVELS: tuple[Level, ...] = ("good", "unsure", "bad")  # from the best on
MIN_ALIKE, MIN_FAIRLY_ALIKE = 0.8, 0.4  # two-sample scores: 60 and 80 of 100 rows told apart
MAX_ALIKE, MAX_FAIRLY_ALIKE = 10.0, 30.0  # percent of column shapes, where rows are few
MIN_SUPPORT, MIN_FAIR_SUPPORT = 0.65, 0.5  # precision and coverage, over those of real rows
MAX_NOISE = 2.0  # errors over their noise floor that are no more than few rows make
Readings = Mapping[str, MetricResult]


@dataclass(frozen=True)
class Similarity:
    """How like real rows the synthetic ones are, by one figure.

    Attributes:
        level: "good", "unsure" or "bad".
        fact: The figure in a sentence, without a full stop.
        figure: The same in a few words.
    """

    level: Level
    fact: str
    figure: str


def find_similarity(found: Readings) -> Similarity | None:
    """Return the worst of what is known; None where nothing is.

    Args:
        found: Metrics by name.
    """
    known = (
        _judge_detection(found.get("detection_boosted"))
        or _judge_shapes(found.get("column_shapes")),
        _judge_support(
            found.get("precision"),
            "{} of 100 synthetic rows lie where real ones do, of real rows {}",
            "{} of 100 among real rows, real ones {}",
        ),
        _judge_support(
            found.get("coverage"),
            "{} of 100 real rows have a synthetic one near, and {} a real one",
            "near {} of 100 real rows, real ones {}",
        ),
    )
    return max(filter(None, known), key=lambda one: LEVELS.index(one.level), default=None)


def find_worst(found: Readings, most: int | None = None) -> str:
    """Return what differs most, in words; "" where nothing is named.

    Args:
        found: Metrics by name.
        most: Columns to name at the most.
    """
    shapes, pairs = found.get("column_shapes"), found.get("pair_trends")
    if _is_noise(shapes) and pairs is not None and pairs.value is not None and not _is_noise(pairs):
        return "pairs of columns"
    return listed(shapes.worst[:most]) if shapes is not None else ""


def _is_noise(reading: MetricResult | None) -> bool:
    """Return whether an error is hardly more than real rows have in the place of synthetic ones."""
    if reading is None or reading.value is None or reading.reference is None:
        return False
    return reading.value <= MAX_NOISE * reading.reference


def _judge_detection(reading: MetricResult | None) -> Similarity | None:
    """Judge by the rows that a classifier tells apart."""
    if reading is None or reading.value is None:
        return None
    level = _level(reading.value, MIN_ALIKE, MIN_FAIRLY_ALIKE)
    if reading.reference is not None and reading.value >= reading.reference:
        level = "good"  # real rows are told from real rows as well as these
    cases = f"{100 - 50 * reading.value:.0f} of 100"
    fact = (
        "shown a real and a synthetic row, a classifier finds the real one in "
        f"{cases} cases; guessing finds 50"
    )
    return Similarity(level, fact, f"{cases} told apart, 50 by luck")


def _judge_shapes(reading: MetricResult | None) -> Similarity | None:
    """Judge by single columns, where rows are too few for a classifier."""
    if reading is None or reading.value is None:
        return None
    level = _level(-reading.value, -MAX_ALIKE, -MAX_FAIRLY_ALIKE)
    share = percentage(reading.value)
    fact = f"their columns differ from the real ones by {share} on average"
    if reading.reference is not None and level != "good":
        fact += f", those of as few real rows by {percentage(reading.reference)}"
    return Similarity(level, fact, f"columns {share} apart")


def _judge_support(reading: MetricResult | None, fact: str, figure: str) -> Similarity | None:
    """Judge by where rows lie: by a share of them, beside that of real rows in their place."""
    if reading is None or reading.value is None or not reading.reference:
        return None
    level = _level(reading.value / reading.reference, MIN_SUPPORT, MIN_FAIR_SUPPORT)
    shares = [f"{100 * share:.0f}" for share in (reading.value, reading.reference)]
    return Similarity(level, fact.format(*shares), figure.format(*shares))


def _level(value: float, good: float, fair: float) -> Level:
    if value >= good:
        return "good"
    return "unsure" if value >= fair else "bad"
