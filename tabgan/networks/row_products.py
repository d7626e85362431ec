"""Products of matrices whose rows are the same to the last bit whatever other rows there are."""

from typing import Any

import numpy as np
import numpy.typing as npt


def multiply_by_row(left: npt.NDArray[Any], right: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a product whose sums are added up row by row, in order; (n, k) @ (k, m) -> (n, m).

    How BLAS adds up depends in the last bits on how many rows there are.
    """
    from scipy.sparse import csr_array  # noqa: PLC0415 - most samples have no condition

    return np.asarray(csr_array(left) @ np.ascontiguousarray(right))
