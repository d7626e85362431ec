"""How the generator's training went: its score on held-out rows over its steps."""

from functools import partial

from matplotlib.axes import Axes

from tabgan.evaluation.report.html.palette import COLOURS
from tabgan.evaluation.report.html.picture import Margins, Picture, Section, draw
from tabgan.evaluation.report.html.wording import compact
from tabgan.evaluation.report.plot_data import Health
from tabgan.evaluation.report.results import Figures


def section(figures: Figures) -> Section | None:
    """The course of the training, where it is known."""
    known = None if figures.evidence is None else figures.evidence.health
    if known is None or not known.history:
        return None
    step, score = max(known.history, key=lambda check: check[1])
    facts = f"Best score {score:.3f} at step {step:,} of {known.history[-1][0]:,}"
    if known.floor is not None:
        facts += f"; real rows get {known.floor:.3f}"
    svg = draw(
        "health",
        f"Score on held-out rows over the steps of the training. {facts}.",
        partial(_paint, known, step, score),
        height=210,
        margins=Margins(left=40, bottom=40),
    )
    return Section(
        "Generated rows against real rows that were held out: 1 where a classifier cannot tell "
        "them apart, 0 where it always can. A line that still rises at its end asks for more "
        "steps; the dashed line is what real rows get, and nothing gets beyond it for long.",
        (Picture(svg, "Two-sample score", f"{facts}."),),
    )


def _paint(known: Health, step: int, score: float, axes: Axes) -> None:
    axes.plot(*zip(*known.history, strict=True), color=COLOURS["synthetic"], linewidth=1.8)
    axes.plot(step, score, "o", color=COLOURS["synthetic"], markersize=7)
    if known.floor is not None:
        axes.axhline(known.floor, color=COLOURS["real"], linewidth=1.5, linestyle=(0, (5, 3)))
        axes.annotate(
            "real rows",
            (1, known.floor),
            xycoords=("axes fraction", "data"),
            xytext=(0, -3),
            textcoords="offset points",
            ha="right",
            va="top",
        )
    axes.set(xlabel="step", xlim=(0, None), ylim=(0, 1.04))
    axes.locator_params(nbins=5)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_formatter(lambda value, _: compact(value))
