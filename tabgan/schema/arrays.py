"""Short names for arrays of one dtype; their shapes stand in docstrings."""

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.signedinteger[Any]]  # of labels, in as few bytes as they take
Integers = npt.NDArray[np.int64]
Indices = npt.NDArray[np.int64]  # of rows, columns or categories
Mask = npt.NDArray[np.bool_]
Objects = npt.NDArray[np.object_]
