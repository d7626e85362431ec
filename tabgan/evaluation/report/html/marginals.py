"""Every column of both tables on top of each other, the least alike first."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from tabgan.evaluation.metrics.feature_matrix import Feature
from tabgan.evaluation.metrics.fidelity import kolmogorov_smirnov, total_variation
from tabgan.evaluation.report.html.distributions import (
    category_codes,
    paint_categories,
    paint_numbers,
)
from tabgan.evaluation.report.html.picture import (
    TABLE_KEYS,
    Margins,
    Picture,
    Section,
    draw,
    legible,
)
from tabgan.evaluation.report.html.typography import percent
from tabgan.evaluation.report.results import Results

MAX_SHOWN = 24  # columns that everyone sees; the rest is folded away
MAX_DRAWN = 120  # columns in all, so that the page of a very wide table still opens
LABELS = 124  # room for the names of categories
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Marginal:
    """One column of three tables, as `Features` encode it.

    Attributes:
        feature: The column.
        real: Its real values, NaN where missing, shape (rows,).
        synthetic: Its synthetic values, shape (other rows,).
        distance: Between both: Kolmogorov and Smirnov's of numbers, total variation of categories;
            NaN where a table holds no value.
        floor: The same between the real values and those of the test rows.
    """

    feature: Feature
    real: Values
    synthetic: Values
    distance: float
    floor: float

    @classmethod
    def from_columns(
        cls, feature: Feature, real: Values, synthetic: Values, test: Values
    ) -> "Marginal":
        """Measure how far apart the columns are."""
        distance, floor = (_distance(feature, real, other) for other in (synthetic, test))
        return cls(feature, real, synthetic, distance, floor)

    @property
    def rank(self) -> float:
        """Sorts the least alike first, before them what cannot be compared."""
        return -np.inf if np.isnan(self.distance) else -self.distance


def section(results: Results) -> Section | None:
    """Return one picture for each comparable column, by falling distance."""
    if results.plot_data is None:
        return None
    comparison = results.plot_data.comparison
    tables = comparison.real_matrix, comparison.synthetic_matrix, comparison.test_matrix
    columns = zip(comparison.features.items, *(table.T for table in tables), strict=True)
    found = sorted((Marginal.from_columns(*column) for column in columns), key=lambda one: one.rank)
    pictures = [_picture(index, one) for index, one in enumerate(found[:MAX_DRAWN])]
    remarks = []
    if len(found) > MAX_DRAWN:
        rest = [str(one.feature.name) for one in found[MAX_DRAWN:]]
        remarks.append(f"More alike than all of these, and not drawn: {_listed(rest)}.")
    return Section(
        "How the values of each column are spread in both tables, the least alike first. The "
        "distance is the largest difference of the cumulated shares of numbers and dates, or half "
        "the summed difference of the shares of levels; beside it stands what real test rows get.",
        tuple(pictures[:MAX_SHOWN]),
        tuple(pictures[MAX_SHOWN:]),
        tuple(remarks),
        TABLE_KEYS,
    )


def _listed(names: list[str], most: int = 40) -> str:
    shown = ", ".join(legible(name, 60) for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def _distance(feature: Feature, real: Values, other: Values) -> float:
    if feature.categorical:
        return (
            total_variation(category_codes(real), category_codes(other)) if len(other) else np.nan
        )
    if np.isnan(real).all() or np.isnan(other).all():
        return np.nan
    return kolmogorov_smirnov(real, other)


def _picture(index: int, one: Marginal) -> Picture:
    gaps = [float(np.isnan(values).mean()) for values in (one.real, one.synthetic)]
    facts = f"distance {percent(one.distance)}"
    if np.isnan(one.distance):
        empty = "real" if gaps[0] == 1 else "synthetic"
        facts = f"cannot be compared: the {empty} table holds no value"
    elif not np.isnan(one.floor):
        facts += f", real test rows {percent(one.floor)}"
    if any(gaps):
        facts += f"; missing: {percent(gaps[0])} of the real, {percent(gaps[1])} of the synthetic"
    title = legible(one.feature.name, 80)
    paint = paint_categories if one.feature.categorical else paint_numbers
    svg = draw(
        f"column-{index}",
        f"{title}, the spread of real and synthetic values: {facts}.",
        partial(paint, one.feature, one.real, one.synthetic),
        margins=Margins(left=LABELS) if one.feature.categorical else Margins(left=14, right=14),
    )
    return Picture(svg, title, f"{facts[0].upper()}{facts[1:]}.")
