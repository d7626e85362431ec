"""What the page of an imputation shows: how near each column is filled, beside the plain value."""

from collections.abc import Iterator, Sequence
from functools import partial

from matplotlib.axes import Axes

from tabgan.evaluation.report.html.picture import (
    COLOURS,
    Key,
    Margins,
    Picture,
    Section,
    draw,
    legible,
)
from tabgan.evaluation.report.imputation_results import FilledColumn, ImputationResults

LINE = 20  # height of a column
MAX_SHOWN = 24  # columns of a picture; the table below it has all
LABEL_ROOM = 110  # for names
KEYS = (
    Key("usual", "filled by the median, or by the commonest value", "○"),
    Key("made", "filled from the rest of the row", "●"),
)


def section(report: ImputationResults) -> Section:
    """Return one picture of the numbers, and one of the categories."""
    return Section(
        "How far hidden cells are missed, column by column: the farther left, the nearer to what "
        "was hidden. A filled dot left of its ring says that the rest of the row tells something "
        "of the cell; where both are one, nothing is known of it but what is usual.",
        tuple(_pictures(report)),
        keys=KEYS,
    )


def _pictures(report: ImputationResults) -> Iterator[Picture]:
    for is_number, title, unit in (
        (True, "Numbers", "typical error, in deviations of the column"),
        (False, "Categories", "share of cells that are filled wrong"),
    ):
        own = [each for each in report.columns if each.is_number == is_number]
        own = sorted(own, key=lambda each: each.error - each.plain_error)[:MAX_SHOWN]
        if own:
            facts = "; ".join(f"{e.name}: {e.error:.2f} for {e.plain_error:.2f}" for e in own)
            svg = draw(
                f"filled-{title.lower()}",
                f"{title}, {unit}, and that of the plain value: {facts}.",
                partial(_paint, own, unit),
                height=LINE * len(own) + 45,
                margins=Margins(left=LABEL_ROOM, right=12, top=4, bottom=40),
            )
            yield Picture(svg, title)


def _paint(columns: Sequence[FilledColumn], unit: str, axes: Axes) -> None:
    """Paint columns from top to bottom, each with its error and the plain one."""
    for y, each in enumerate(columns):
        axes.plot([each.error, each.plain_error], [y, y], color=COLOURS["rule"], linewidth=2)
        axes.plot(
            each.plain_error, y, "o", markersize=7, color=COLOURS["real"], markerfacecolor="none"
        )
        axes.plot(each.error, y, "o", markersize=6, color=COLOURS["synthetic"])
    most = max(max(each.error, each.plain_error) for each in columns) or 1.0
    axes.set(xlim=(0, 1.05 * most), ylim=(len(columns) - 0.5, -0.5))
    axes.set_yticks(range(len(columns)), [legible(each.name, 16) for each in columns])
    axes.set_xlabel(unit)
    axes.locator_params(axis="x", nbins=5)
    axes.tick_params(axis="y", length=0)
