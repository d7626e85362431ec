"""Precision-recall curves of a binary task: one picture a learner, one line for each set of rows.

Davis and Goadrich (2006) say why these, and not ROC curves, where a class is rare.
"""

from functools import partial
from itertools import cycle

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, precision_recall_curve

from tabgan.evaluation.report.html.picture import COLOURS, Margins, Picture, Section, draw, legible
from tabgan.evaluation.report.html.typography import percent
from tabgan.evaluation.report.results import Results
from tabgan.evaluation.utility.arms import BinaryPredictions
from tabgan.evaluation.utility.utility import REAL

MAX_POINTS = 200  # of a line
MAX_ARMS = 6  # that get a line: more cannot be told apart
LINES = tuple(
    zip(
        (COLOURS[name] for name in ("ink", "blue", "synthetic", "helps", "purple", "olive")),
        ("-", (0, (6, 2)), (0, (1, 1.2)), (0, (6, 2, 1, 2)), (0, (3, 1.5)), (0, (9, 2, 2, 2))),
        strict=True,
    )
)
PLOT, AXIS, LEGEND_LINE = 220, 42, 17  # heights: of the curves, below them, of a legend's entry


def section(results: Results) -> Section | None:
    """Return one picture for each learner; None where the task is not binary."""
    found = () if results.plot_data is None else results.plot_data.predictions
    drawable = [one for one in found if 0 < one.targets.sum() < len(one.targets)]
    if not drawable:
        return None
    learners = dict.fromkeys(one.learner for one in drawable)
    judged = results.utility.judged
    return Section(
        f"Precision against recall of {results.utility.positive!r}, as the threshold falls. "
        "Higher and further right is better; the number is the average precision, and no more than "
        f"{MAX_ARMS} ways of training have a line.",
        tuple(
            _picture(learner, [one for one in drawable if one.learner == learner], judged)
            for learner in learners
        ),
    )


def _picture(learner: str, arms: list[BinaryPredictions], judged: str) -> Picture:
    arms, scores = _choose(arms, judged)
    facts = "; ".join(f"{a.arm} {score:.3f}" for a, score in zip(arms, scores, strict=True))
    rate = percent(float(arms[0].targets.mean()))
    room = AXIS + 4 + LEGEND_LINE * (len(arms) + 1)
    svg = draw(
        f"curves-{learner}",
        f"Precision-recall curves of {learner}. Average precision: {facts}. "
        f"Guessing would get a precision of {rate}.",
        partial(_paint, arms, scores),
        height=PLOT + 8 + room,
        margins=Margins(left=40, bottom=room),
    )
    return Picture(svg, learner)


def _choose(
    arms: list[BinaryPredictions], judged: str
) -> tuple[list[BinaryPredictions], list[float]]:
    """Return real rows, the judged arm and the best of the others, and their average precision."""
    scores = {a.arm: float(average_precision_score(a.targets, a.probabilities)) for a in arms}
    ranked = sorted(scores, key=lambda arm: (arm not in {REAL, judged}, -scores[arm]))
    kept = [one for one in arms if one.arm in ranked[:MAX_ARMS]]
    return kept, [scores[one.arm] for one in kept]


def _paint(arms: list[BinaryPredictions], scores: list[float], axes: Axes) -> None:
    for arm, score, (colour, dashes) in zip(arms, scores, cycle(LINES)):
        name = f"{legible(arm.arm, 44)}  {score:.3f}"
        axes.plot(*_steps(arm), color=colour, linestyle=dashes, linewidth=1.8, label=name)
    rate = float(arms[0].targets.mean())
    axes.axhline(rate, color=COLOURS["muted"], linewidth=1, label=f"guessing  {rate:.3f}")
    axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="recall", ylabel="precision")
    axes.locator_params(nbins=5)
    axes.tick_params(axis="y", length=0)
    axes.legend(
        loc="upper left",
        bbox_to_anchor=(-0.02, -AXIS / PLOT),
        frameon=False,
        handlelength=3,
        labelspacing=0.35,
        borderpad=0,
        borderaxespad=0,
    )


def _steps(arm: BinaryPredictions) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return recall and precision at no more thresholds than can be seen, each (points,)."""
    precision, recalls, _ = precision_recall_curve(arm.targets, arm.probabilities)
    indices = np.unique(np.searchsorted(-recalls, -np.linspace(1, 0, MAX_POINTS)))
    indices = indices[indices < len(recalls)]
    return recalls[indices], precision[indices]
