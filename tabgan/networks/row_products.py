"""Products of matrices, as fast as can be, or the same for a row whatever other rows there are."""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch


def multiply(left: npt.NDArray[Any], right: npt.NDArray[Any], *, by_row: bool) -> npt.NDArray[Any]:
    """Return a product, (n, k) @ (k, m) -> (n, m).

    With `by_row` its sums are added up row by row, in order: how BLAS adds up depends in the last
    bits on how many rows there are.
    """
    if not by_row:
        return (torch.from_numpy(left) @ torch.from_numpy(right)).numpy()
    from scipy.sparse import csr_array  # noqa: PLC0415 - most samples have no condition

    return np.asarray(csr_array(left) @ np.ascontiguousarray(right))
