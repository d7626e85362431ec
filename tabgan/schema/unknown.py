"""What stands in a cell that is to be drawn, where a gap would mean a missing value.

>>> UNKNOWN
UNKNOWN
>>> find_unknown(pd.Series(["Ulm", UNKNOWN, None])).tolist()
[False, True, False]
"""

from typing import Any

import numpy as np
import pandas as pd

from tabgan.schema.arrays import Mask


class Unknown:
    """The type of `UNKNOWN`, of which there is one; it is no gap, and no value either."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __copy__(self) -> "Unknown":
        return self

    def __deepcopy__(self, memo: Any) -> "Unknown":
        return self

    def __reduce__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


def find_unknown(series: "pd.Series[Any]") -> Mask:
    """Return which cells are `UNKNOWN`; (n_rows,). Only columns of objects can hold it."""
    if series.dtype != object and not isinstance(series.dtype, pd.CategoricalDtype):
        return np.zeros(len(series), bool)
    return np.array([isinstance(cell, Unknown) for cell in series], bool)
