"""Frames of pandas whose index has names: its levels are columns while they are learned.

>>> frame = pd.DataFrame({"age": [39, 50]}, index=pd.Index(["Mon", "Tue"], name="day"))
>>> read = read_pandas(frame)
>>> list(read.frame), read.container.index
(['day', 'age'], ('day',))
"""

from typing import Any

import numpy as np
import pandas as pd

from tabgan.errors import TableError
from tabgan.io.frames.containers import Container, FrameInput, SeriesContainer
from tabgan.schema import Name
from tabgan.schema.frame_checks import check_names


def is_pandas(data: Any) -> bool:
    """Return whether something is a frame of pandas."""
    return isinstance(data, pd.DataFrame)


def read_pandas(data: pd.DataFrame) -> FrameInput:
    """Read a frame of pandas; levels of its index that have names become its first columns.

    Raises:
        TableError: A level has the name of a column, or of another level, or a column one that no
            column can have.
    """
    index = data.index
    names: list[Any] = [name for name in index.names if name is not None]
    if not names and index.equals(pd.RangeIndex(len(data))):
        return FrameInput(data, Container())
    for name in names:
        if name in data.columns or names.count(name) > 1:
            raise TableError(
                f"the index is named {name!r}, as a column or another of its levels is; rename one "
                "of them, for example by rename_axis."
            )
    check_names([*names, *data.columns])
    numbers = [number for number, name in enumerate(index.names) if name is not None]
    counted = index.set_names(list(range(index.nlevels)))  # since a name may be a number too
    columns = {number: pd.Series(counted.get_level_values(number)) for number in numbers}
    named = pd.DataFrame(columns, index=pd.RangeIndex(len(data))).set_axis(names, axis=1)
    frame = pd.concat([named, data.reset_index(drop=True)], axis=1)
    note = ""
    if len(names) < index.nlevels:
        what = "a level of the index has no name" if names else "the index has no name"
        note = f"{what} and is left out (rename_axis names it, so that it is learned too)"
    return FrameInput(frame, Container(tuple(map(_plain_name, names))), note)


def _plain_name(name: Any) -> Name:
    return int(name) if isinstance(name, np.integer) else name


def is_series(data: Any) -> bool:
    """Return whether something is a Series of pandas."""
    return isinstance(data, pd.Series)


def read_series(data: "pd.Series[Any]") -> FrameInput:
    """Read a Series as a table of one column.

    Raises:
        TableError: It has no name.
    """
    if data.name is None:
        raise TableError("the Series has no name; rename('...') gives it one.")
    return read_pandas(data.to_frame()).to_column()


def read_unnamed_series(data: "pd.Series[Any]") -> FrameInput:
    """Read a Series that may have no name, whose index counts for nothing."""
    return FrameInput(data.to_frame(data.name), SeriesContainer())
