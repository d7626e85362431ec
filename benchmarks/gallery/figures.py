"""The figures of the gallery's columns, what they miss, and the table of them all."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.gallery.column import GalleryColumn

MAX_DISTANCE = 0.1  # above that of real rows drawn again
MAX_CORRELATION_ERROR = 0.15
MAX_CELL = 44  # characters; longer values are cut
HEAD = (
    "kind",
    "column",
    "real",
    "made",
    "well-formed",
    "on the grid",
    "distance (redrawn)",
    "correlation, real / made",
    "misses",
)


@dataclass(frozen=True)
class Figures:
    """What is printed of one column.

    Attributes:
        column: That was judged.
        real: One of its values.
        made: A made value; one that is not on the grid, if there are any.
        dtype: What came back instead of its dtype; None where it came back.
        well_formed: Share of the made values.
        on_grid: Share of the made values.
        distance: Of the distributions; nan where all is made anew.
        redrawn: The same of real rows drawn again.
        repeated: Share of made keys that are repeated or copied.
        correlations: With the score, of real and of made rows.
    """

    column: GalleryColumn
    real: Any
    made: Any
    dtype: str | None
    well_formed: float
    on_grid: float
    distance: float
    redrawn: float
    repeated: float
    correlations: tuple[float, float]

    def misses(self) -> list[str]:
        """Return what went wrong, in few words each."""
        real, made = self.correlations
        found = {
            f"dtype {self.dtype}": self.dtype is not None,
            "form": self.well_formed < 1,
            "grid": self.on_grid < self.well_formed,
            "distance": self.distance > self.redrawn + MAX_DISTANCE,
            f"{self.repeated:.1%} repeated or copied": self.repeated > 0,
            "correlation": not np.isnan(real) and not abs(real - made) <= MAX_CORRELATION_ERROR,
        }
        return [text for text, is_so in found.items() if is_so]

    def cells(self) -> list[str]:
        """Return a line of the table."""
        distance = f"{self.distance:.3f} ({self.redrawn:.3f})"
        correlation = " / ".join(f"{number:.2f}" for number in self.correlations)
        return [
            self.column.kind,
            self.column.name,
            show(self.real),
            show(self.made),
            percent(self.well_formed),
            percent(self.on_grid),
            "made anew" if np.isnan(self.distance) else distance,
            "" if np.isnan(self.correlations[0]) else correlation,
            ", ".join(self.misses()),
        ]


@dataclass(frozen=True)
class Failure:
    """A column that could not be fitted or sampled, and why."""

    column: GalleryColumn
    real: Any
    error: Exception

    def misses(self) -> list[str]:
        """Return the error, on one line."""
        return [" ".join(f"{type(self.error).__name__}: {self.error}".split())]

    def cells(self) -> list[str]:
        """Return a line of the table."""
        known = [self.column.kind, self.column.name, show(self.real)]
        return [*known, *["-"] * 5, *self.misses()]


Row = Figures | Failure


def show(value: Any) -> str:
    """Return a value as text that fits a cell; short texts with spaces at their ends in quotes."""
    text = str(value)
    text = repr(text) if text != text.strip() or not text else text
    return text if len(text) <= MAX_CELL else f"{text[: MAX_CELL - 3]}..."


def percent(share: float) -> str:
    """Return a share in percent, rounded down: only all of them are 100 %.

    >>> percent(0.9999)
    '99.9 %'
    """
    tenths = int(share * 1_000 + 1e-9)
    return "100 %" if tenths == 1_000 else f"{tenths / 10:.1f} %"


def to_lines(rows: list[Row], markdown: bool) -> list[str]:
    """Return the table: aligned for the eye, or as Markdown."""
    cells = [list(HEAD), *(row.cells() for row in rows)]
    if markdown:
        escaped = [[cell.replace("|", "\\|") for cell in line] for line in cells]
        lines = [f"| {' | '.join(line)} |" for line in escaped]
        return [lines[0], "|---" * len(HEAD) + "|", *lines[1:]]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(map(str.ljust, line, widths)).rstrip()
        for line in [cells[0], ["-" * width for width in widths], *cells[1:]]
    ]
