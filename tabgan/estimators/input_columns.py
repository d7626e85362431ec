"""The columns that an estimator is fitted to: their names as scikit-learn keeps them, and y.

>>> from tabgan.io import read_frame
>>> table, target = append_target(read_frame({"age": [39, 50]}), ["no", "yes"], None)
>>> list(table.frame), target
(['age', 'target'], 'target')
"""

from dataclasses import replace
from typing import Any

import numpy as np

from tabgan.errors import SettingError
from tabgan.io import FrameInput, read_target
from tabgan.schema import Name


def keep_names(estimator: Any, table: FrameInput) -> None:
    """Set `n_features_in_`, and `feature_names_in_` if all names are text; the index is neither."""
    columns = [name for name in table.frame if name not in table.container.index]
    estimator.n_features_in_ = len(columns)
    if columns and all(isinstance(name, str) for name in columns):
        estimator.feature_names_in_ = np.array(columns, dtype=object)
    elif hasattr(estimator, "feature_names_in_"):
        del estimator.feature_names_in_


def append_target(table: FrameInput, y: Any, name: Name | None) -> tuple[FrameInput, Name]:
    """Return a table with y as its last column, and what that is named.

    Args:
        table: The other columns.
        y: A column of any kind; its own name is taken if it has one.
        name: For a column that has none; "target" if there is none here either.

    Raises:
        SettingError: y is not one column, of another length, or named as a column is.
    """
    column = read_target(y, "target" if name is None else str(name))
    values = column.frame.iloc[:, 0]
    names: tuple[Any, ...] = (values.name, name, "target")
    target = next(name for name in names if name is not None and name != "")
    frame = table.frame
    if target in frame.columns:
        raise SettingError(f"y would become the column {target!r}, which X has already; rename y.")
    if len(values) != len(frame):
        raise SettingError(f"y has {len(values)} values, X has {len(frame)} rows; give one a row.")
    whole = frame.assign(**{str(target): values.set_axis(frame.index)})
    container = table.container.frames.extend(column.container.frames)
    return replace(table, frame=whole, container=container), str(target)
