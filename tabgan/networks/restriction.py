"""Of which classes an unknown cell may be, where it may not be of all: not a gap, or in a range.

>>> known = np.array([[False], [True], [False]])
>>> found = Restriction.of(0, np.array([[1, 0], [1, 0], [1, 1]], np.float32), known)
>>> found.rows.tolist(), found.allowed.tolist()
([0], [[1.0, 0.0]])
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from tabgan.schema.arrays import Indices, Mask


@dataclass(frozen=True)
class Restriction:
    """What is allowed of a column in those rows of which not all is.

    Attributes:
        column: Which.
        rows: Their numbers; (n_restricted,).
        allowed: 1 for classes that may be, at least one, and 0 for others;
            (n_restricted, n_classes).
    """

    column: int
    rows: Indices
    allowed: npt.NDArray[np.float32]

    @classmethod
    def of(cls, column: int, allowed: npt.NDArray[np.float32], known: Mask) -> Self:
        """Return the restriction of rows, (n_rows, n_classes); known cells are as they are."""
        rows = np.flatnonzero(~known[:, column] & (allowed != 1).any(axis=1))
        return cls(column, rows, allowed[rows])
