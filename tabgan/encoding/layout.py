"""Where each column's classes stand in a row of class indicators."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tabgan.encoding.column_encoder import Floats


@dataclass(frozen=True)
class Layout:
    """Where each column's classes stand in a row of class indicators.

    Attributes:
        n_classes: Classes of each column.
        n_modes: Classes of each column that hold a scalar; they come first.
        ordered: Columns that have an order, by number.
        spans: For each class, the ends of its place on its column's scale; (width, 2), zeros
            where a column has no order.
        target: Number of the column that matters downstream, if there is one.
    """

    n_classes: tuple[int, ...]
    n_modes: tuple[int, ...]
    ordered: tuple[int, ...]
    spans: Floats
    target: int | None = None

    @cached_property
    def width(self) -> int:
        """Classes of all columns together."""
        return sum(self.n_classes)

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """Place of each column's first class."""
        return tuple(np.cumsum([0, *self.n_classes[:-1]]).tolist())

    @cached_property
    def mode_columns(self) -> tuple[int, ...]:
        """Columns that hold scalars, by number."""
        return tuple(np.flatnonzero(self.n_modes).tolist())
