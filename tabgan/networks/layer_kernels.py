"""The compiled parts of hidden layers: all that is done to rows between two matrix products.

To be imported where there is a compiler alone. All numbers are float32.
"""

import math

import numpy as np

from tabgan.runtime.compilation import compiled

ONE = np.float32(1)
SLOPE, EPSILON = np.float32(0.2), np.float32(1e-5)  # of the leaky ReLU, of layer normalisation


@compiled
def activate(hidden, scale, shift, sums, out):  # type: ignore[no-untyped-def]
    """Set a row to its layer normalisation after a leaky ReLU; all (hidden_dim,).

    Sums are taken by halves, which processors add side by side.

    Args:
        hidden: The row.
        scale: Of the normalisation.
        shift: Of the normalisation.
        sums: Any numbers; they are overwritten.
        out: The row that is set.
    """
    size = len(hidden)
    for entry in range(size):
        sums[entry] = hidden[entry]
    mean = _sum_by_halves(sums) / np.float32(size)
    for entry in range(size):
        centred = hidden[entry] - mean
        sums[entry] = centred * centred
    variance = _sum_by_halves(sums) / np.float32(size)
    factor = ONE / np.float32(math.sqrt(variance + EPSILON))
    for entry in range(size):
        value = (hidden[entry] - mean) * factor * scale[entry] + shift[entry]
        leaked = SLOPE * value
        out[entry] = max(value, leaked)


@compiled
def _sum_by_halves(values):  # type: ignore[no-untyped-def]
    size = len(values)
    while size > 1:
        half = (size + 1) // 2
        for entry in range(size - half):
            values[entry] += values[entry + half]
        size = half
    return values[0]


@compiled
def activate_rows(hidden, scale, shift, out):  # type: ignore[no-untyped-def]
    """Set rows to those of `activate`; hidden and out (n_rows, hidden_dim)."""
    sums = np.empty(hidden.shape[1], np.float32)
    for row in range(len(hidden)):
        activate(hidden[row], scale, shift, sums, out[row])


@compiled
def add_and_activate_rows(  # type: ignore[no-untyped-def]
    before, product, bias, scale, shift, hidden, out
):
    """Set hidden rows to a layer's residual sum, and `out` to those of `activate`.

    Args:
        before: The hidden rows before the layer; (n_rows, hidden_dim), as are all rows.
        product: Of the layer's inputs and weights.
        bias: Of the layer; (hidden_dim,).
        scale: Of the normalisation that follows; (hidden_dim,).
        shift: Of the normalisation that follows; (hidden_dim,).
        hidden: Rows that are set; may be those before.
        out: Rows that are set.
    """
    size = hidden.shape[1]
    sums = np.empty(size, np.float32)
    for row in range(len(hidden)):
        for entry in range(size):
            hidden[row, entry] = before[row, entry] + product[row, entry] + bias[entry]
        activate(hidden[row], scale, shift, sums, out[row])
