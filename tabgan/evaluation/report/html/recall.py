"""Precision-recall curves of a binary task: one picture a learner, one line for each set of rows.

Davis and Goadrich (2006) say why these, and not ROC curves, where a class is rare.
"""

from functools import partial
from itertools import cycle

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, precision_recall_curve

from tabgan.evaluation.report.html.palette import COLOURS
from tabgan.evaluation.report.html.picture import Margins, Picture, Section, draw, legible
from tabgan.evaluation.report.html.wording import percent
from tabgan.evaluation.report.results import Figures
from tabgan.evaluation.utility.arms import Curve

MOST_POINTS = 200  # of a line
LINES = tuple(
    zip(
        (COLOURS[name] for name in ("ink", "blue", "synthetic", "helps", "purple", "olive")),
        ("-", (0, (6, 2)), (0, (1, 1.2)), (0, (6, 2, 1, 2)), (0, (3, 1.5)), (0, (9, 2, 2, 2))),
        strict=True,
    )
)
PLOT, AXIS, LEGEND_LINE = 220, 42, 17  # heights: of the curves, below them, of a legend's entry


def section(figures: Figures) -> Section | None:
    """One picture for each learner; nothing where the task is not binary."""
    curves = () if figures.evidence is None else figures.evidence.curves
    drawable = [curve for curve in curves if 0 < curve.truth.sum() < len(curve.truth)]
    if not drawable:
        return None
    learners = dict.fromkeys(curve.learner for curve in drawable)
    return Section(
        f"Of the rows called {figures.utility.positive!r}, the share that is so (precision), "
        "against the share of all such rows that is found (recall), as the threshold falls. "
        "Higher and further right is better; the number is the average precision.",
        tuple(
            _picture(learner, [curve for curve in drawable if curve.learner == learner])
            for learner in learners
        ),
    )


def _picture(learner: str, curves: list[Curve]) -> Picture:
    marks = [float(average_precision_score(curve.truth, curve.chance)) for curve in curves]
    facts = "; ".join(f"{c.arm} {mark:.3f}" for c, mark in zip(curves, marks, strict=True))
    rate = percent(float(curves[0].truth.mean()))
    room = AXIS + 4 + LEGEND_LINE * (len(curves) + 1)
    svg = draw(
        f"curves-{learner}",
        f"Precision-recall curves of {learner}. Average precision: {facts}. "
        f"Guessing would get a precision of {rate}.",
        partial(_paint, curves, marks),
        height=PLOT + 8 + room,
        margins=Margins(left=40, bottom=room),
    )
    return Picture(svg, learner)


def _paint(curves: list[Curve], marks: list[float], axes: Axes) -> None:
    for curve, mark, (colour, dashes) in zip(curves, marks, cycle(LINES)):
        name = f"{legible(curve.arm, 44)}  {mark:.3f}"
        axes.plot(*_steps(curve), color=colour, linestyle=dashes, linewidth=1.8, label=name)
    rate = float(curves[0].truth.mean())
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


def _steps(curve: Curve) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Recall and precision at no more thresholds than can be seen, each of shape (points,)."""
    precision, recalls, _ = precision_recall_curve(curve.truth, curve.chance)
    places = np.unique(np.searchsorted(-recalls, -np.linspace(1, 0, MOST_POINTS)))
    places = places[places < len(recalls)]
    return recalls[places], precision[places]
