"""The line through points of which a few may lie elsewhere, with the shortest numbers.

>>> fit_line(np.arange(30.0), np.arange(30.0) * 2.5 - 1, decimals=1, precision=2.2e-16)
(2.5, -1.0)
"""

from collections.abc import Iterator

import numpy as np

from tabgan.relations.statistics import MAX_SAMPLE_VIOLATIONS
from tabgan.schema.arrays import Floats, Mask

MIN_STEPS = 100  # of rounding between the least value and the greatest: coarser ones fit any line
MIN_SLOPE = 1e-100
MAX_DIGITS = 17  # of a float64


def fit_line(
    x: Floats, y: Floats, decimals: int | None, precision: float
) -> tuple[float, float] | None:
    """Return the shortest factor and offset of a line through all points but a few.

    None if there is no such line.

    Args:
        x: Without gaps; (n,).
        y: Without gaps; (n,).
        decimals: To how many y may be rounded; None if to none.
        precision: Relative rounding error of y as it is stored.
    """
    with np.errstate(all="ignore"):
        inliers = _find_inliers(x, y, decimals, precision)
        if inliers is None:
            return None
        x, y = x[inliers], y[inliers]
        ends = [x.argmin(), x.argmax()]
        slope = float(np.diff(y[ends])[0] / np.diff(x[ends])[0])
        step, noise = _decimal_step(decimals), _rounding_noise(x, y, slope, precision)
        is_fine = bool(0 < MIN_STEPS * step <= np.ptp(y))
        if not MIN_SLOPE <= abs(slope) < np.inf:
            return None
        if np.ptp(y - slope * x) > 4 * (step * is_fine + noise):
            return None
        for slack in (noise, step + noise) if is_fine else (noise,):
            for factor in _shorten(slope):
                rest = y - factor * x
                if np.ptp(rest) <= slack:
                    return factor, _find_offset(rest, max(slack - np.ptp(rest), noise) / 2)
    return None


def _shorten(slope: float) -> Iterator[float]:
    """Yield a number rounded to more and more digits, in turn with its rounded reciprocal's."""
    for digits in range(MAX_DIGITS):
        yield float(f"{slope:.{digits}e}")
        yield 1 / float(f"{1 / slope:.{digits}e}")


def _find_inliers(x: Floats, y: Floats, decimals: int | None, precision: float) -> Mask | None:
    """Return which points lie near a robust line, (n,); None if more than a few do not."""
    with np.errstate(all="ignore"):
        slope = _find_slope(x, y)
        if not np.isfinite(slope) or slope == 0:
            return None
        rest = y - slope * x
        reach = 8 * (_decimal_step(decimals) + _rounding_noise(x, y, slope, precision))
        inliers = np.abs(rest - np.median(rest)) <= reach
    return inliers if (~inliers).sum() <= MAX_SAMPLE_VIOLATIONS * len(x) else None


def _find_slope(x: Floats, y: Floats) -> float:
    """Return the median slope of pairs of points far apart (Theil-Sen); NaN if there is none."""
    order, half = np.argsort(x, kind="stable"), len(x) // 2
    run = x[order[half:]] - x[order[: len(x) - half]]
    rise = y[order[half:]] - y[order[: len(x) - half]]
    return float(np.median(rise[run > 0] / run[run > 0])) if (run > 0).any() else np.nan


def _decimal_step(decimals: int | None) -> float:
    return 0.0 if decimals is None else 10.0**-decimals


def _rounding_noise(x: Floats, y: Floats, slope: float, precision: float) -> float:
    """Return how far rounding may move the results of a line."""
    return float(8 * precision * (np.abs(y).max() + abs(slope) * np.abs(x).max()))


def _find_offset(rest: Floats, reach: float) -> float:
    """Return the number of the fewest decimals within reach of the middle of the residuals."""
    middle = float(rest.min() + np.ptp(rest) / 2)
    if abs(middle) <= reach:
        return 0.0
    for decimals in range(MAX_DIGITS):
        if abs(round(middle, decimals) - middle) <= reach:
            return round(middle, decimals) + 0.0
    return middle
