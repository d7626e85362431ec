"""Gains over real rows alone, with their 95 % intervals: one picture a score."""

from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text

from tabgan.evaluation.report.html.picture import (
    COLOURS,
    Key,
    Margins,
    Picture,
    Section,
    draw,
    legible,
)
from tabgan.evaluation.report.html.typography import compact, interval, signed
from tabgan.evaluation.report.results import Results
from tabgan.evaluation.report.uncomputed import known_scores
from tabgan.evaluation.utility.confidence_intervals import Effect
from tabgan.evaluation.utility.utility import REAL, UtilityScore

LINE = 18  # height of one gain
GAP = 25  # and of the name of its arm above it
MAX_MEDIANS = 5  # of the gains; an arm beyond would leave no room for the others
MAX_SIZE = 1e300  # of a gain, so that the ends of an axis are numbers
LEFT = 58  # room for the names of the learners
MARKS = {
    Effect.HELPS: ("^", COLOURS["helps"]),
    Effect.HURTS: ("v", COLOURS["hurts"]),
    Effect.NONE: ("o", COLOURS["muted"]),
}
PAPER = {"facecolor": COLOURS["paper"], "edgecolor": "none", "pad": 1.0}  # behind words
UNSURE = ("o", COLOURS["muted"])  # no interval


def first_section(results: Results) -> Section | None:
    """Return the picture of the score that the verdict is about; None where nothing is known."""
    picture = _pictures(results).get(results.utility.scores[0].score)
    if picture is None:
        return None
    return Section(
        "How much better each learner becomes when its training rows change, compared with real "
        "rows alone. Right of the line of zero is better, whichever way the score runs; where the "
        "bar, the 95 % interval, crosses that line, no difference can be told.",
        (picture,),
        keys=tuple(Key(effect, effect.phrase, effect.sign) for effect in MARKS),
    )


def section(results: Results) -> Section | None:
    """Return one picture for each other score, in the order of the report."""
    first = results.utility.scores[0].score
    pictures = tuple(shown for name, shown in _pictures(results).items() if name != first)
    return Section("The same gains, as other scores see them.", pictures) if pictures else None


def _pictures(results: Results) -> dict[str, Picture]:
    """Return one picture for each score by which a gain is known."""
    scores = [score for score in known_scores(results.utility) if score.arm != REAL]
    names = dict.fromkeys(score.score for score in scores if score.gain is not None)
    return {name: _picture([one for one in scores if one.score == name]) for name in names}


def _picture(scores: list[UtilityScore]) -> Picture:
    """Return all arms and learners by one score."""
    title = scores[0].title
    facts = "; ".join(f"{score.learner}, {score.arm}: {_in_words(score)}" for score in scores)
    arms = list(dict.fromkeys(score.arm for score in scores))
    svg = draw(
        f"gain-{scores[0].score}",
        f"Gain in {title} over real rows alone, with 95 % intervals. {facts}.",
        partial(_paint, scores, arms),
        height=LINE * len(scores) + GAP * len(arms) + 30,
        margins=Margins(left=LEFT, right=10, top=2, bottom=26),
    )
    return Picture(svg, title)


def _in_words(score: UtilityScore) -> str:
    if score.gain is None:
        return f"not known, {score.note}"
    ends = interval(score.low, score.high)
    return signed(score.gain) + (f" ({ends})" if ends else "")


def _paint(scores: list[UtilityScore], arms: list[str], axes: Axes) -> None:
    """Paint arms from top to bottom, each with a line for every learner."""
    low, high = _limits(scores)
    learners = {}
    y = 0.0
    axes.set_xlim(low, high)
    for arm in arms:
        _paint_name(axes, legible(arm, 48), y + 15)
        y += GAP
        for score in (score for score in scores if score.arm == arm):
            _paint_gain(axes, score, y + LINE / 2)
            learners[y + LINE / 2] = score.learner
            y += LINE
    axes.axvline(0, color=COLOURS["muted"], linewidth=1, zorder=0)
    axes.set(ylim=(y, 0))
    axes.set_yticks(list(learners), list(learners.values()))
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter(lambda value, _: compact(value))
    axes.tick_params(axis="y", length=0)


def _paint_name(axes: Axes, arm: str, y: float) -> None:
    """Paint the name of an arm above its lines, from the left edge of the picture."""
    axes.annotate(
        arm,
        (0, y),
        xycoords=("figure fraction", "data"),
        va="center",
        color=COLOURS["ink"],
        bbox=PAPER,
    )


def _paint_gain(axes: Axes, score: UtilityScore, y: float) -> None:
    """Paint a gain and its interval; in words where it is not known or beyond the picture."""
    low, high = axes.get_xlim()
    shape, colour = MARKS.get(score.effect, UNSURE)
    if score.gain is None:
        _paint_text(axes, low, y, "cannot be computed", COLOURS["muted"]).set_fontstyle("italic")
    elif score.gain < low:
        _paint_text(axes, low, y, f"← {signed(score.gain)}", colour)
    elif score.gain > high:
        words = _paint_text(axes, high, y, f"{signed(score.gain)} →", colour)
        words.set_horizontalalignment("right")
    else:
        if score.low is not None and score.high is not None:
            axes.plot([score.low, score.high], [y, y], color=colour, linewidth=2.2)
        axes.plot(score.gain, y, shape, color=colour, markersize=6.5)


def _paint_text(axes: Axes, x: float, y: float, words: str, colour: str) -> Text:
    return axes.text(x, y, words, va="center", color=colour, bbox=PAPER)


def _limits(scores: list[UtilityScore]) -> tuple[float, float]:
    """Return the ends of the axis: zero and the intervals, but for arms that would crowd others."""
    ends = [
        [score.gain, *(e for e in (score.low, score.high) if e is not None and np.isfinite(e))]
        for score in scores
        if score.gain is not None and np.isfinite(score.gain)
    ]
    if not ends:
        return -1.0, 1.0
    sizes = [min(max(map(abs, some)), MAX_SIZE) for some in ends]
    farthest = MAX_MEDIANS * float(np.median(sizes))
    near = [end for some in ends if abs(some[0]) <= farthest for end in some]
    low, high = max(min([0.0, *near]), -farthest), min(max([0.0, *near]), farthest)
    room = 0.1 * (high - low) or 1.0
    return low - room, high + room
