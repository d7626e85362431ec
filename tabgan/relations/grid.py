"""Exact arithmetic with decimal numbers: values are compared and summed as whole multiples.

>>> 0.1 + 0.2 == 0.3, bool(snap(np.array([0.1 + 0.2]), 1)[0] == 0.3)
(False, True)
"""

import numpy as np

from tabgan.clauses import Floats

MOST_DECIMALS = 9
_EXACT = 2.0**53  # multiples beyond have no float64 of their own


def find_decimals(values: Floats) -> int | None:
    """Give the fewest decimals that write all values exactly; None if there is no such number.

    Shape (n,); NaN is left out of account.
    """
    present = values[~np.isnan(values)]
    for decimals in range(MOST_DECIMALS + 1):
        if len(present) and np.abs(present).max() * 10.0**decimals >= _EXACT:
            return None
        if (snap(present, decimals) == present).all():
            return decimals
    return None


def snap(values: Floats, decimals: int | None) -> Floats:
    """Give the nearest numbers with so many decimals; None leaves them as they are."""
    if decimals is None:
        return values
    scale = 10.0**decimals
    return np.asarray(np.rint(values * scale) / scale)


def snap_up(values: Floats, decimals: int | None) -> Floats:
    """Give the next numbers with so many decimals that are no smaller, rounding noise aside."""
    if decimals is None:
        return values
    scale = 10.0**decimals
    return np.asarray(np.ceil(np.round(values * scale, 3)) / scale)
