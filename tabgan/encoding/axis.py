"""The axis that numbers are learned on: their own, or that of their magnitudes.

A float32 scalar tells some ten million places of a mode apart. Numbers that differ by more orders
of magnitude than that, from 1e-300 to 1e300, would all lie in one place; so they are learned by
their logarithm, signed, with a straight piece around zero.

>>> axis = Axis(1e-3)
>>> axis.to_positions(np.array([-1e-3, 0.0, 1e-3, 1.024, 1e300])).round(2).tolist()
[-1.0, 0.0, 1.0, 11.0, 1007.54]
>>> axis.to_numbers(np.array([-1.0, 0.0, 11.0])).round(6).tolist()
[-0.001, 0.0, 1.024]
"""

from dataclasses import dataclass

import numpy as np

from tabgan.schema.arrays import Floats

MIN_MAGNITUDES = 2.0**30  # between small and large numbers: so far apart, they are on a log scale
TAIL = 0.01  # of the numbers, which are smaller than small ones, or larger than large ones
MAX_LINEAR = 2.0**1000  # larger numbers are divided, so that their differences do not overflow
SHRINKING = 2.0**-24


@dataclass(frozen=True)
class Axis:
    """Positions of numbers; the larger the number, the larger the position.

    Attributes:
        tick: The magnitude up to which positions are proportional to numbers, and beyond which
            they are to its logarithm; None: they are the numbers themselves.
        factor: By which numbers are multiplied where there is no tick.
    """

    tick: float | None = None
    factor: float = 1.0

    @classmethod
    def of_knots(cls, tick: float | None, knots: Floats) -> "Axis":
        """Return the axis on which a mode's quantiles lie."""
        is_huge = tick is None and knots.size > 0 and np.abs(knots).max() > MAX_LINEAR
        return cls(tick, SHRINKING if is_huge else 1.0)

    def to_positions(self, numbers: Floats) -> Floats:
        """Return the positions of numbers; (n,) or () in and out."""
        if self.tick is None:
            return numbers if self.factor == 1 else numbers * self.factor
        size = np.abs(numbers)
        beyond = np.log2(np.maximum(size, self.tick)) - np.log2(self.tick) + 1
        within = np.minimum(size, self.tick) / self.tick
        return np.asarray(np.sign(numbers) * np.where(size <= self.tick, within, beyond))

    def log_slope(self, numbers: Floats) -> Floats:
        """Return the log of how far positions move where numbers do; (n,) in and out."""
        if self.tick is None:
            return np.full(len(numbers), np.log(self.factor))
        size = np.abs(numbers)
        return np.asarray(
            np.where(
                size <= self.tick,
                -np.log(self.tick),
                -np.log(np.maximum(size, self.tick)) - np.log(np.log(2)),
            )
        )

    def to_numbers(self, positions: Floats) -> Floats:
        """Return the numbers at positions; (n,) in and out."""
        if self.tick is None:
            return positions if self.factor == 1 else positions / self.factor
        size = np.abs(positions)
        with np.errstate(over="ignore"):
            beyond = np.exp2(size - 1 + np.log2(self.tick))
        return np.asarray(
            np.sign(positions) * np.where(size <= 1, np.minimum(size, 1) * self.tick, beyond)
        )


def find_tick(numbers: Floats) -> float | None:
    """Return the tick of numbers that differ by many orders of magnitude; None for all others.

    Args:
        numbers: Without spikes; (n,).
    """
    size = np.abs(numbers[numbers != 0])
    if not len(size):
        return None
    small, large = np.quantile(size, [TAIL, 1 - TAIL], method="nearest")
    if large / MIN_MAGNITUDES <= small:
        return None
    return float(max(size.min(), np.finfo(np.float64).tiny))
