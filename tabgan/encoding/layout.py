"""Offsets and sizes of columns in a row of class indicators."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tabgan.schema.arrays import Floats


@dataclass(frozen=True)
class Layout:
    """Where each column's classes stand in a row of one-hot blocks; computed once a table.

    Attributes:
        n_classes: Of each column.
        n_modes: Of each column, the classes that hold a scalar; they come first.
        ordered: Indices of the columns whose classes have an order.
        spans: Ends of each class on its column's scale from 0 to 1; (width, 2), zeros where a
            column has no order.
        target: Index of the column that matters downstream, if there is one.
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
        """Position of each column's first class in a row."""
        return tuple(np.cumsum([0, *self.n_classes[:-1]]).tolist())

    @cached_property
    def mode_columns(self) -> tuple[int, ...]:
        """Indices of the columns that hold scalars."""
        return tuple(np.flatnonzero(self.n_modes).tolist())
