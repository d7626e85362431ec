"""The key of a look-up table: the codes of one or two columns as one number."""

from collections.abc import Sequence

import numpy as np

from tabgan.schema.arrays import Integers
from tabgan.schema.categories import Categories


def combine_codes(codes: Sequence[Integers], categories: Sequence[Categories]) -> Integers:
    """Return the codes of several columns as one number a row, a gap being the last; (n_rows,)."""
    combined = np.zeros(len(codes[0]), np.int64)
    for own, key in zip(codes, categories, strict=True):
        combined = combined * (len(key) + 1) + np.where(own < 0, len(key), own)
    return combined
