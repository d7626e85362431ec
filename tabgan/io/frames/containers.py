"""What rows are given back in: the kind of frame that a table came in.

A container is plain data, so that an estimator that holds one can be copied and pickled; a package
such as polars is looked up when rows are made, which is after the user has brought it.

>>> rows = pd.DataFrame({"age": [39, 50], "day": ["Mon", "Tue"]})
>>> Container(("day",)).create(rows)["age"].to_dict()
{'Mon': 39, 'Tue': 50}
"""

from dataclasses import dataclass, field
from typing import Any, Self

import pandas as pd

from tabgan.schema import Name


@dataclass(frozen=True)
class Container:
    """A kind of frame; this one is pandas' own, whose columns have their dtypes by themselves.

    Attributes:
        index: Columns that are the index, in the order of its levels.
    """

    index: tuple[Name, ...] = ()

    @property
    def frames(self) -> "Container":
        """The kind of frame that such a column stands in; it is one itself, but for a Series."""
        return self

    def create(self, rows: pd.DataFrame) -> Any:
        """Return rows of shape (n_rows, n_columns) in this kind.

        Columns that the container does not know may be among them; their own index is left out.
        """
        return rows.set_index(list(self.index)) if self.index else rows

    def extend(self, other: "Container") -> Self:  # noqa: ARG002 - dtypes stand in the columns
        """Return a container that knows the dtypes of another table's columns too."""
        return self


@dataclass(frozen=True)
class FrameInput:
    """A table that a user gave.

    Attributes:
        frame: The table; the levels of its index that have names are its first columns.
        container: Puts rows back into the kind that the table came in.
        note: What of it was left out, in words; "" if nothing was.
    """

    frame: pd.DataFrame
    container: Container
    note: str = ""

    def to_column(self) -> "FrameInput":
        """Return a table of one column as that column by itself."""
        container = SeriesContainer(self.container.index, self.container)
        return FrameInput(self.frame, container, self.note)


@dataclass(frozen=True)
class SeriesContainer(Container):
    """One column by itself: a Series of pandas or polars, or an array of Arrow.

    Attributes:
        column_of: Makes frames with that column.
    """

    column_of: Container = field(default_factory=Container)

    @property
    def frames(self) -> Container:
        """What makes frames with that column."""
        return self.column_of

    def create(self, rows: pd.DataFrame) -> Any:
        """Return the only column of rows."""
        made = self.column_of.create(rows)
        if isinstance(made, pd.DataFrame):
            return made.iloc[:, 0]
        return made.to_series() if hasattr(made, "to_series") else made.column(0)
