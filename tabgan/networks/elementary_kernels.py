"""The compiled elementary functions of float32 numbers, by polynomials that loops do side by side.

To be imported where there is a compiler alone. Those of the C library differ between platforms, and
are called for one number after the other.
"""

import numpy as np

from tabgan.runtime.compilation import compiled_part

HALF, ONE = np.float32(0.5), np.float32(1)
MIN_EXPONENT, MAX_EXPONENT = np.float32(-87), np.float32(88)
PER_LOG_2 = np.float32(1.442_695)
LOG_2_HIGH, LOG_2_LOW = np.float32(0.693_359_375), np.float32(-2.121_944_4e-4)  # add up to log 2
ROUNDER = np.float32(12_582_912)  # 1.5 * 2^23: what is added to it is rounded to a whole number
ROOT_HALF_BITS, MANTISSA = np.int32(0x3F3504F3), np.int32(0x7FFFFF)  # of float32 numbers
ROUNDER_BITS, ONE_BITS, MANTISSA_BITS = np.int32(0x4B400000), np.int32(127), np.int32(23)


@compiled_part
def sigmoid(value):  # type: ignore[no-untyped-def]
    """Return the logistic function of a number."""
    return ONE / (ONE + exp(-value))


@compiled_part
def log(value):  # type: ignore[no-untyped-def]
    """Return the logarithm of a normal number, within 2e-7 of it, by a polynomial (Cephes)."""
    bits = np.float32(value).view(np.int32) - ROOT_HALF_BITS
    power = bits >> MANTISSA_BITS
    rest = np.int32(np.int32(bits & MANTISSA) + ROOT_HALF_BITS).view(np.float32) - ONE
    square = rest * rest
    result = np.float32(7.037_683_6e-2)
    result = result * rest - np.float32(1.151_461e-1)
    result = result * rest + np.float32(1.167_699_9e-1)
    result = result * rest - np.float32(1.242_014_1e-1)
    result = result * rest + np.float32(1.424_932_3e-1)
    result = result * rest - np.float32(1.666_805_8e-1)
    result = result * rest + np.float32(2.000_071_5e-1)
    result = result * rest - np.float32(2.499_999_4e-1)
    result = result * rest + np.float32(3.333_333_1e-1)
    count = np.float32(power)
    result = result * rest * square + count * LOG_2_LOW - HALF * square
    return rest + result + count * LOG_2_HIGH


@compiled_part
def exp(value):  # type: ignore[no-untyped-def]
    """Return the exponential of a number, within 2e-7 of it, by a polynomial (Cephes)."""
    inside = min(max(value, MIN_EXPONENT), MAX_EXPONENT)
    rounded = np.float32(inside * PER_LOG_2 + ROUNDER)
    power = rounded.view(np.int32) - ROUNDER_BITS
    count = np.float32(power)
    rest = inside - count * LOG_2_HIGH - count * LOG_2_LOW
    result = np.float32(1.987_569_15e-4)
    result = result * rest + np.float32(1.398_199_95e-3)
    result = result * rest + np.float32(8.333_451_9e-3)
    result = result * rest + np.float32(4.166_579_6e-2)
    result = result * rest + np.float32(1.666_666_55e-1)
    result = result * rest + HALF
    result = result * rest * rest + rest + ONE
    return result * np.int32((power + ONE_BITS) << MANTISSA_BITS).view(np.float32)
