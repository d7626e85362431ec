"""The step between a column's numbers: whole hundreds, cents, hours; found, and rounded to.

Nothing absolute decides: a step is tried by the column's own magnitude, and is real if the numbers
are multiples of it by far more than rounding would have it.

>>> detect_step(np.array([0.25, 1.5, 7.75])), detect_step(np.array([2.5e-13, 1e-12]))
(0.01, 1e-14)
"""

import math
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.arrays import Floats
from tabgan.schema.whole_numbers import Units

MIN_STEP_SHARE = 0.98  # of the distances are multiples of their step
MIN_SHARED = 50  # numbers: what fewer have in common may be chance
MAX_DIGITS = 15  # that any float64 has: finer steps than that are none
MIN_LATTICE_ROWS = 10  # times k: the same, where k - 1 numbers need not have it
MAX_ODD_SHARE = 0.25  # of the numbers, if fewer than k are no multiples of a step
MIN_FLOATS = 8  # to a step, by which multiples differ from other numbers
MAX_ERROR = 1e-12  # of a multiple, relative to it,
MAX_SMALL_ERROR = 1e-3  # and to the step and to how far the values spread ...
MAX_ERROR_ULPS, MAX_COARSE_ERROR = 2, 0.25  # ... or in floats, of which a step may have few
MAX_SIZE = 2.0**1022  # of a float64 that another may be added to
MAX_EXACT_POWER = 22  # 1e22 is the last power of ten that a float64 holds exactly


def detect_step(values: Floats, steps: Sequence[float] | None = None, k: int = 1) -> float | None:
    """Return the widest of steps that nearly all values are multiples of; None if there is none.

    Args:
        values: Shape (n_values,), at least one.
        steps: To be tried, falling; when None, the powers of ten that the values' magnitude allows.
        k: Values that are no multiples set the step, at the least.
    """
    odd = min(k - 1, int(MAX_ODD_SHARE * len(values)))
    largest = float(np.abs(values).max())
    spread = float(values.max() / 2 - values.min() / 2)  # halves: the whole may overflow
    for step in _powers_of_ten(largest) if steps is None else steps:
        share = _share_of_multiples(values, step, min(step, spread))
        most = 1 if len(values) < MIN_SHARED else 0.985 if len(values) < 1_000 else 0.995
        if share >= min(most, 1 - odd / len(values)):
            is_widened = steps is None and (share == 1 or k > 1)
            return _widen(values, step, k) if is_widened else step
    return None


def _widen(values: Floats, step: float, k: int = 1) -> float:
    """Return a power of ten times what all multiples of it have in common: fives, quarters, dozens.

    >>> _widen(np.arange(0, 900, 15.0), 1.0), _widen(np.arange(60) / 4, 0.01)
    (15.0, 0.25)
    """
    multiples = np.rint(values / step)
    if len(values) < MIN_SHARED or np.abs(multiples).max() > 2.0**53:
        return step
    whole = multiples.astype(np.int64)
    factor = int(np.gcd.reduce(whole)) if k == 1 else math.gcd(*find_lattice(np.abs(whole), k))
    if factor < 2 or not 10.0**-MAX_EXACT_POWER <= step <= 10.0**MAX_EXACT_POWER:
        return step
    return float(np.round(factor * step, max(0, round(-np.log10(step)))))


def find_lattice(values: Units, k: int) -> tuple[int, int]:
    """Return the widest step of whole numbers, and what they leave when divided by it.

    Fewer than k of them may stand elsewhere: one of k parts of the numbers has none of those.

    >>> find_lattice(np.append(np.arange(7, 900, 15), 13), k=5)
    (15, 7)

    Args:
        values: None below zero; (n,).
        k: Rows that hold what is kept.
    """
    best = 1, 0
    if len(values) < MIN_LATTICE_ROWS * k:
        return best
    shuffled = np.random.default_rng(0).permutation(values)
    for part in np.array_split(shuffled, k):
        step = int(np.gcd.reduce(part - part.min()))
        if step > best[0]:
            rest = values % np.full(1, step, values.dtype)
            phase = int(part[0]) % step
            if np.count_nonzero(rest != phase) < k:
                best = step, phase
    return best


def find_whole_step(distances: Units, step: float | None) -> float:
    """Return a step that was found in distances as floats, if it is one of whole numbers too.

    >>> find_whole_step(np.array([5 * 10**18, 10**18 + 1]), 1e18)
    1.0
    """
    whole = int(step or 1)
    if whole <= 1 or not len(distances):
        return 1.0
    share = np.asarray(distances % whole == 0, bool).mean()
    return float(whole) if share >= MIN_STEP_SHARE else 1.0


def is_step(step: float) -> bool:
    """Return whether numbers can be rounded to a step, which is above 0.

    >>> is_step(0.25), is_step(1e-30), is_step(3e-30)
    (True, True, False)
    """
    power = round(-np.log10(step))
    if step == float(f"1e{-power}") or (power > 0 and step == 10.0**-power):
        return True
    return any(round(step, k) == step for k in range(MAX_EXACT_POWER + 1))


@cache
def _count_decimals(step: float) -> int:
    """Return how many decimals a step has that is no smaller than 1e-22."""
    return next(k for k in range(MAX_EXACT_POWER + 1) if round(step, k) == step)


def _powers_of_ten(largest: float) -> Iterator[float]:
    """Yield the powers of ten that may be the step of numbers up to `largest`, falling."""
    if not largest:
        return
    highest = int(np.floor(np.log10(largest)))
    for power in range(highest, highest - MAX_DIGITS, -1):
        step = float(f"1e{power}")
        if step > 0:
            yield step


def _share_of_multiples(values: Floats, step: float, scale: float) -> float:
    """Return the share of values that are multiples of a step; 0 where floats cannot tell.

    Values so large that all floats there are further apart than the step do not count, nor those so
    small that they may be what rounding left of zero.

    Args:
        values: Shape (n_values,).
        step: That they may be multiples of.
        scale: The smaller one of the step and the values' spread.
    """
    size = np.minimum(np.abs(values), MAX_SIZE)
    distance = np.spacing(size)
    can_tell = MIN_FLOATS * distance <= step
    can_tell &= (values == 0) | (size > MAX_ERROR * scale)
    if 2 * can_tell.sum() < len(values):
        return 0.0
    told = values[can_tell]
    error = np.abs(round_to(told, step) - told)
    computed = np.minimum(MAX_ERROR * (size[can_tell] + scale), MAX_SMALL_ERROR * scale)
    stored = np.minimum(MAX_ERROR_ULPS * distance[can_tell], MAX_COARSE_ERROR * step)
    return float((error <= np.maximum(computed, stored)).mean())


def round_to(numbers: Floats, step: float | None) -> Floats:
    """Return multiples of a step, with no more decimals than the step has; as they are for None."""
    if step is None:
        return numbers
    numbers = np.asarray(numbers)
    with np.errstate(over="ignore"):
        is_coarse = np.abs(numbers) > step * 2.0**53  # as far apart as floats are there
        fine = np.where(is_coarse, 0.0, numbers)
        power = round(-np.log10(step))
        if abs(power) > MAX_EXACT_POWER and step == float(f"1e{-power}"):
            rounded = _read_powers(np.rint(fine / step), -power)
        elif step == 10.0**-power and power > 0:
            rounded = np.asarray(np.round(fine, power), np.float64)
        else:
            rounded = np.round(np.round(fine / step) * step, _count_decimals(step))
    return np.where(is_coarse, numbers, rounded)


def _read_powers(multiples: Floats, power: int) -> Floats:
    """Return whole multiples of a power of ten, each as it is written; (n,) both."""
    whole = pa.array(np.nan_to_num(multiples).astype(np.int64))
    written = pc.binary_join_element_wise(pc.cast(whole, pa.string()), f"e{power}", "")
    return np.where(np.isnan(multiples), np.nan, np.asarray(pc.cast(written, pa.float64())))


def dequantize(values: Floats, step: float | None, rng: np.random.Generator) -> Floats:
    """Dequantise: draw for each rounded value one that rounds to it, so that there are no ties."""
    if step is None:
        return values
    with np.errstate(over="ignore"):
        smooth = values + rng.uniform(-0.5, 0.5, len(values)) * step
    return np.where(np.isfinite(smooth), smooth, values)
