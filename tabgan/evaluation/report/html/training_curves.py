"""How the generator's training went: score, likelihood and losses over its steps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import isfinite

from matplotlib.axes import Axes

from tabgan.evaluation.report.html.picture import COLOURS, Margins, Picture, Section, draw
from tabgan.evaluation.report.html.typography import MINUS, compact
from tabgan.evaluation.report.results import Results
from tabgan.runtime.progress import TrainingRecord, ValidationPoint

MARGINS = Margins(left=52, bottom=40)
Point = tuple[int, float]  # a step, and a value there


@dataclass(frozen=True)
class Series:
    """One curve of a training.

    Attributes:
        name: Tells its picture from others.
        title: Of the picture.
        colour: Key in `COLOURS`.
        value: What is drawn at each validation, where it is known.
    """

    name: str
    title: str
    colour: str
    value: Callable[[ValidationPoint], float | None]

    def points(self, history: Sequence[ValidationPoint]) -> list[Point]:
        """Return where the curve is known and finite."""
        values = ((point.step, self.value(point)) for point in history)
        return [(step, value) for step, value in values if value is not None and isfinite(value)]


SCORE = Series("score", "Two-sample score", "synthetic", lambda point: point.score)
CURVES = (
    Series("nll", "Negative log-likelihood of held-out rows", "blue", lambda point: point.nll),
    Series("critic-loss", "Loss of the critic", "purple", lambda point: point.critic_loss),
    Series("generator-loss", "Loss of the generator", "olive", lambda point: point.generator_loss),
)


def section(results: Results) -> Section | None:
    """Return the course of the training, a picture a curve, where it is known."""
    training = None if results.plot_data is None else results.plot_data.training
    if training is None:
        return None
    scores = SCORE.points(training.history)
    pictures = [_score_picture(training, scores)] if scores else []
    known = [(series, series.points(training.history)) for series in CURVES]
    pictures += [_curve_picture(series, points) for series, points in known if points]
    if not pictures:
        return None
    lead = (
        "The two-sample score of generated rows against real rows that were held out. A line that "
        "still rises at its end asks for more steps; the dashed line is what real rows get, and "
        "nothing gets beyond it for long."
    )
    if len(pictures) > 1:
        lead += (
            " The negative log-likelihood says how much held-out rows surprise the generator, and "
            "should fall. The losses of critic and generator pull against each other and need not "
            "fall: what asks for a look is one that runs away or swings ever wider."
        )
    return Section(lead, tuple(pictures))


def _score_picture(training: TrainingRecord, points: list[Point]) -> Picture:
    step, score = max(points, key=lambda point: point[1])
    facts = f"Best score {score:.3f} at step {step:,} of {training.history[-1].step:,}"
    if training.noise_floor is not None:
        facts += f"; real rows get {training.noise_floor:.3f}"
    svg = draw(
        "health",
        f"Score on held-out rows over the steps of the training. {facts}.",
        partial(_paint_score, points, (step, score), training.noise_floor),
        height=210,
        margins=MARGINS,
    )
    return Picture(svg, SCORE.title, f"{facts}.")


def _curve_picture(series: Series, points: list[Point]) -> Picture:
    (first, begin), (last, end) = points[0], points[-1]
    low, high = (pick(value for _, value in points) for pick in (min, max))
    facts = f"{begin:.3g} at step {first:,}, {end:.3g} at step {last:,}"
    facts += f"; between {low:.3g} and {high:.3g}."
    svg = draw(
        f"health-{series.name}",
        f"{series.title} over the steps of the training: {facts}",
        partial(_paint_curve, points, COLOURS[series.colour]),
        height=210,
        margins=MARGINS,
    )
    return Picture(svg, series.title, f"{facts[0].upper()}{facts[1:]}".replace("-", MINUS))


def _paint_score(points: list[Point], best: Point, noise_floor: float | None, axes: Axes) -> None:
    _paint_curve(points, COLOURS[SCORE.colour], axes)
    axes.plot(*best, "o", color=COLOURS[SCORE.colour], markersize=7)
    if noise_floor is not None:
        axes.axhline(noise_floor, color=COLOURS["real"], linewidth=1.5, linestyle=(0, (5, 3)))
        axes.annotate(
            "real rows",
            (1, noise_floor),
            xycoords=("axes fraction", "data"),
            xytext=(0, -3),
            textcoords="offset points",
            ha="right",
            va="top",
        )
    axes.set_ylim(0, 1.04)


def _paint_curve(points: list[Point], colour: str, axes: Axes) -> None:
    """Paint a line with a dot at each validation; all pictures begin at step 0."""
    axes.plot(*zip(*points, strict=True), ".-", color=colour, linewidth=1.8)
    axes.set(xlabel="step", xlim=(0, None))
    axes.locator_params(nbins=5)
    axes.tick_params(axis="y", length=0)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: compact(value))
