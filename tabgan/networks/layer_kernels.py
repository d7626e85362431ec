"""The compiled parts of hidden layers: all that is done to rows between two matrix products.

To be imported where there is a compiler alone. Sums are float32; what products take and give are
the bits of float32 or of bfloat16 numbers, which are the upper half of them.
"""

import math

import numpy as np

from tabgan.runtime.compilation import compiled, compiled_part, inlined_part

ZERO, ONE = np.float32(0), np.float32(1)
SLOPE, EPSILON = np.float32(0.2), np.float32(1e-5)  # of the leaky ReLU, of layer normalisation
N_LANES = 64  # sums that are added up side by side
FULL, HALF = np.int32(0), np.int32(16)  # bits that float32 and bfloat16 numbers lack
BEYOND_HALF = 2**16  # is 0 in 16 bits, by which they are known when code is compiled
ROUND_DOWN, LAST_BIT = np.int32(0x7FFF), np.int32(1)


@compiled
def activate_rows(hidden, scale, shift, out):  # type: ignore[no-untyped-def]
    """Set rows to their layer normalisation after a leaky ReLU.

    Args:
        hidden: Rows; (n_rows, hidden_dim).
        scale: Of the normalisation; (hidden_dim,).
        shift: Of the normalisation; (hidden_dim,).
        out: The bits of what is set, int32 of float32 or int16 of bfloat16; as hidden.
    """
    lanes = np.empty(N_LANES, np.float32)
    for row in range(len(hidden)):
        _activate(hidden[row], scale, shift, lanes, out[row])


@compiled
def add_and_activate_rows(  # type: ignore[no-untyped-def]
    before, product, bias, scale, shift, hidden, out
):
    """Set hidden rows to a layer's residual sum, and `out` to what `activate_rows` makes of them.

    Args:
        before: The hidden rows before the layer; (n_rows, hidden_dim), as are all rows.
        product: The bits of the product of the layer's inputs and weights.
        bias: Of the layer; (hidden_dim,).
        scale: Of the normalisation that follows; (hidden_dim,).
        shift: Of the normalisation that follows; (hidden_dim,).
        hidden: Rows that are set, may be those before; a single one if nothing needs them.
        out: The bits of the rows that are set.
    """
    lanes = np.empty(N_LANES, np.float32)
    lacking = HALF if product.dtype.type(BEYOND_HALF) == 0 else FULL
    for row in range(len(before)):
        line = hidden[min(row, len(hidden) - 1)]
        old, added = before[row], product[row]
        for entry in range(len(line)):
            value = np.int32(np.int32(added[entry]) << lacking).view(np.float32)
            line[entry] = old[entry] + value + bias[entry]
        _activate(line, scale, shift, lanes, out[row])


@inlined_part
def _activate(hidden, scale, shift, lanes, out):  # type: ignore[no-untyped-def]
    size = len(hidden)
    for lane in range(N_LANES):
        lanes[lane] = ZERO
    for start in range(0, size, N_LANES):
        part = hidden[start : start + N_LANES]
        for lane in range(len(part)):
            lanes[lane] += part[lane]
    mean = _add_lanes(lanes) / np.float32(size)
    for lane in range(N_LANES):
        lanes[lane] = ZERO
    for start in range(0, size, N_LANES):
        part = hidden[start : start + N_LANES]
        for lane in range(len(part)):
            centred = part[lane] - mean
            lanes[lane] += centred * centred
    factor = ONE / np.float32(math.sqrt(_add_lanes(lanes) / np.float32(size) + EPSILON))
    is_half = out.dtype.type(BEYOND_HALF) == 0
    lacking, half, even = (HALF, ROUND_DOWN, LAST_BIT) if is_half else (FULL, FULL, FULL)
    for entry in range(size):
        value = (hidden[entry] - mean) * factor * scale[entry] + shift[entry]
        bits = np.float32(max(value, SLOPE * value)).view(np.int32)
        out[entry] = (bits + half + ((bits >> lacking) & even)) >> lacking  # ties go to even


@compiled_part
def _add_lanes(lanes):  # type: ignore[no-untyped-def]
    size = N_LANES
    while size > 1:
        size //= 2
        for lane in range(size):
            lanes[lane] += lanes[lane + size]
    return lanes[0]
