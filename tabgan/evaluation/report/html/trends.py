"""Which columns belong together in each table: two heat maps and their difference."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from tabgan.evaluation.metrics.association import associations
from tabgan.evaluation.metrics.metric import Comparison
from tabgan.evaluation.report.html.picture import (
    COLOURS,
    WIDTH,
    Key,
    Margins,
    Picture,
    Section,
    draw,
    legible,
)
from tabgan.evaluation.report.html.typography import MINUS
from tabgan.evaluation.report.results import Results

MAX_SHOWN = 24  # columns of a heat map: the names of more cannot be read
MAX_COLUMNS = 200  # columns looked at
MAX_ROWS = 5_000  # of each table: a correlation is then known to 0.015
NAMED = 5  # pairs that differ most, said in words
POSITIVE, NEGATIVE = (0.0, 0.45, 0.7), (0.85, 0.37, 0.0)  # red, green and blue: legible on any page
UNKNOWN = (0.5, 0.5, 0.5, 0.25)  # of a column that does not vary
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Trends:
    """Associations of the columns that are shown.

    Attributes:
        names: Of the columns.
        real: Shape (columns, columns), and `synthetic` and `test` alike.
        left_out: Columns that moved less.
    """

    names: list[str]
    real: Matrix
    synthetic: Matrix
    test: Matrix
    left_out: int

    @classmethod
    def from_comparison(cls, comparison: Comparison) -> "Trends":
        """Find the associations, and the columns whose associations differ most."""
        categorical = comparison.features.categorical[:MAX_COLUMNS]
        rng = np.random.default_rng(comparison.seed)
        real, synthetic, test = (
            associations(_subsample(table, rng)[:, :MAX_COLUMNS], categorical)
            for table in (
                comparison.real_matrix,
                comparison.synthetic_matrix,
                comparison.test_matrix,
            )
        )
        moved = np.nan_to_num(np.abs(real - synthetic)).sum(axis=0)
        kept = np.sort(np.argsort(-moved, kind="stable")[:MAX_SHOWN])
        cut = np.ix_(kept, kept)
        names = [str(comparison.features.items[index].name) for index in kept]
        left_out = len(comparison.features.items) - len(kept)
        return cls(names, real[cut], synthetic[cut], test[cut], left_out)

    @property
    def change(self) -> Matrix:
        """Synthetic less real, shape (columns, columns)."""
        return self.synthetic - self.real

    @property
    def largest(self) -> str:
        """The pairs that differ most, in words."""
        first, second = np.triu_indices(len(self.names), 1)
        size = np.nan_to_num(np.abs(self.change[first, second]))
        worst = [pair for pair in np.argsort(-size, kind="stable")[:NAMED] if size[pair] > 0]
        return "; ".join(self._pair(first[pair], second[pair]) for pair in worst)

    def _pair(self, i: int, j: int) -> str:
        names = f"{legible(self.names[i], 40)} / {legible(self.names[j], 40)}"
        change = f"{self.real[i, j]:.2f} → {self.synthetic[i, j]:.2f}"
        return f"{names} {change.replace('-', MINUS)}"


def section(results: Results) -> Section | None:
    """Return heat maps of real rows, of synthetic rows, and of what differs."""
    if results.plot_data is None:
        return None
    found = Trends.from_comparison(results.plot_data.comparison)
    if len(found.names) < 2:
        return None
    mean, floor = (_mean_change(found.real, other) for other in (found.synthetic, found.test))
    remarks = [f"On average a pair differs by {mean:.3f}; in real test rows by {floor:.3f}."]
    if found.largest:
        remarks.append(f"Largest differences, real → synthetic: {found.largest}.")
    if found.left_out:
        remarks.append(
            f"Shown are the {len(found.names)} columns that differ most, in the table's order; "
            f"{found.left_out} more are left out."
        )
    return Section(
        "How strongly every two columns belong together. Two numbers: Pearson's correlation, "
        f"{MINUS}1 to 1. Two categories: Cramér's V, 0 to 1. A number and a category: the "
        "correlation ratio, 0 to 1.",
        (
            _picture("Real rows", found.names, found.real, "How real columns belong together."),
            _picture("Synthetic rows", found.names, found.synthetic, "The same, synthetic."),
            _picture("Synthetic less real", found.names, found.change, " ".join(remarks)),
        ),
        remarks=tuple(remarks),
        keys=(
            Key("positive", "positive, the stronger the fuller"),
            Key("negative", "negative"),
            Key("blank", "one of two does not vary"),
        ),
    )


def _mean_change(real: Matrix, other: Matrix) -> float:
    """Return the mean difference of the pairs that are known in both."""
    change = np.abs(other - real)[np.triu_indices(len(real), 1)]
    known = change[~np.isnan(change)]
    return float(known.mean()) if len(known) else 0.0


def _subsample(table: Matrix, rng: np.random.Generator) -> Matrix:
    if len(table) <= MAX_ROWS:
        return table
    return table[np.sort(rng.choice(len(table), MAX_ROWS, replace=False))]


def _picture(title: str, names: list[str], matrix: Matrix, description: str) -> Picture:
    size, most = (10.5, 15) if len(names) <= 16 else (8.5, 18)
    labels = [legible(name, most) for name in names]
    room = 10 + 0.58 * size * max(map(len, labels))
    side = WIDTH - room - 6
    svg = draw(
        f"pairs-{title.lower().replace(' ', '-')}",
        f"{title}, a heat map of {len(names)} columns. {description}",
        partial(_paint, labels, size, matrix),
        height=side + room + 6,
        margins=Margins(left=room, right=6, top=6, bottom=room),
    )
    return Picture(svg, title)


def _paint(labels: list[str], size: float, matrix: Matrix, axes: Axes) -> None:
    """Paint squares whose strength is their opacity, so that nothing looks like nothing."""
    strength = np.clip(np.abs(matrix), 0, 1)[..., None]
    hue = np.where(matrix[..., None] < 0, NEGATIVE, POSITIVE)
    colours = np.concatenate([hue, strength], axis=2)
    colours[np.isnan(matrix)] = UNKNOWN
    axes.imshow(colours, interpolation="none", aspect="auto")
    axes.set_xticks(range(len(labels)), labels, rotation=90, fontsize=size)
    axes.set_yticks(range(len(labels)), labels, fontsize=size)
    axes.tick_params(length=0, pad=3)
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color(COLOURS["rule"])
