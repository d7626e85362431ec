"""Frames of polars as pandas frames, and back with their very dtypes, `Enum` and `Time` too.

Nothing here imports polars before a user has brought a frame of it, or asked for one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any, Self

import pandas as pd
import pyarrow as pa

from tabgan.errors import TableError
from tabgan.io.frames.arrow_frames import ArrowContainer, to_frame
from tabgan.io.frames.containers import Container, FrameInput


@dataclass(frozen=True)
class PolarsContainer(Container):
    """Polars DataFrames.

    Attributes:
        dtypes: Polars' own, of the columns known; others get the one that their values have.
        arrow: Makes Arrow tables of the same rows.
    """

    dtypes: Mapping[str, Any] = field(default_factory=dict)
    arrow: ArrowContainer = field(default_factory=ArrowContainer)

    @classmethod
    def from_table(cls, table: Any, dtypes: Mapping[str, Any]) -> Self:
        """Return what makes frames of these dtypes, whose Arrow table is given."""
        arrow = ArrowContainer.from_table(table)
        fields = [  # categories go back as text, which polars casts to those of each dtype
            one.with_type(pa.large_string()) if pa.types.is_dictionary(one.type) else one
            for one in arrow.schema
        ]
        return cls(dtypes=dict(dtypes), arrow=replace(arrow, schema=pa.schema(fields)))

    def create(self, rows: pd.DataFrame) -> Any:
        """Return rows as a DataFrame of polars."""
        polars: Any = import_module("polars")
        made = polars.from_arrow(self.arrow.create(rows))
        made.columns = list(map(str, rows.columns))  # "" became another name; `cast` takes none
        columns = [column.cast(self.dtypes.get(column.name, column.dtype)) for column in made]
        return polars.DataFrame(columns)

    def extend(self, other: Container) -> Self:
        """Return a container that knows the columns of another frame of polars too."""
        if not isinstance(other, PolarsContainer):
            return self
        dtypes = {**self.dtypes, **other.dtypes}
        return replace(self, dtypes=dtypes, arrow=self.arrow.extend(other.arrow))


def is_polars(data: Any) -> bool:
    """Return whether something is a frame of polars."""
    return _class_name(data) in {"polars.DataFrame", "polars.LazyFrame"}


def is_polars_series(data: Any) -> bool:
    """Return whether something is a Series of polars."""
    return _class_name(data) == "polars.Series"


def _class_name(data: Any) -> str:
    return f"{type(data).__module__.split('.')[0]}.{type(data).__name__}"


def read_polars(data: Any) -> FrameInput:
    """Read a DataFrame of polars, shape (n_rows, n_columns), or a LazyFrame, which is collected.

    Raises:
        TableError: A column holds what Arrow cannot, or the LazyFrame cannot be collected.
    """
    frame = _collect(data) if hasattr(data, "collect") else data
    table = pa.table([_to_arrow(column) for column in frame], frame.columns)
    return FrameInput(to_frame(table), PolarsContainer.from_table(table, frame.schema))


def _collect(data: Any) -> Any:
    polars: Any = import_module("polars")
    try:
        return data.collect()
    except (polars.exceptions.PolarsError, OSError) as error:
        said = str(error).splitlines()[0].rstrip(".")  # the plan follows
        raise TableError(f"the LazyFrame cannot be collected: {said}.") from error


def read_polars_series(data: Any) -> FrameInput:
    """Read a Series of polars as a table of one column, whose name may be ""."""
    return read_polars(data.to_frame()).to_column()


def _to_arrow(column: Any) -> Any:
    unfit = TableError(
        f"the column {column.name!r} is of the dtype {column.dtype}, which cannot be learned; "
        "cast it to another one, or drop it."
    )
    if str(column.dtype) == "Object":  # of which polars makes bytes
        raise unfit
    try:
        return column.to_arrow()
    except (pa.ArrowException, TypeError, ValueError, NotImplementedError) as error:
        raise unfit from error
