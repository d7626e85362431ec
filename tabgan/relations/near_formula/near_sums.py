"""Which columns a few terms nearly add up to: forward selection on the matrix of correlations.

Products are sums of logarithms. The best two terms of all come first, so that differences of terms
that are nearly the same are found; then those that explain most of what is left.

Source: Chen, Cowan, Grant 1991, "Orthogonal least squares learning algorithm".

>>> rng = np.random.default_rng(0)
>>> start, other = rng.normal(size=(2, 400))
>>> end = start + rng.normal(size=400) / 99
>>> minutes = 60 * (end - start) + 3
>>> sums = NearSums(np.column_stack([start, other, end, minutes]))
>>> found = sums.find(3, np.arange(4) != 3)
>>> sorted(found.picked), found.left < 0.1
([0, 2], True)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tabgan.schema.arrays import Floats, Mask

MAX_TERMS = 5
MAX_PAIRED = 300  # terms of which all pairs are tried
MIN_GAIN = 0.05  # share of what is left that one more term takes away
CLIPPED = 0.005  # share of values at each end that are clipped: a few odd rows say nothing
MIN_APART = 1e-9  # of two terms: one less their squared correlation


@dataclass(frozen=True)
class NearSum:
    """Terms that a column is nearly a sum of.

    Attributes:
        picked: Which they are.
        left: The share of the column's variance that they leave.
    """

    picked: tuple[int, ...]
    left: float


class NearSums:
    """Sums of columns that are nearly other columns.

    Args:
        values: (n_rows, n_columns), NaN where missing.
    """

    def __init__(self, values: Floats) -> None:
        self._signed = _correlate_signed(values)

    @property
    def sizes(self) -> Floats:
        """Absolute correlations; (n_columns, n_columns)."""
        return np.abs(self._signed)

    @cached_property
    def _apart(self) -> Floats:
        """One less the squared correlation of each pair, inf for those that are the same."""
        apart = 1 - self._signed**2
        return np.where(apart < MIN_APART, np.inf, apart)

    def find(self, target: int, allowed: Mask) -> NearSum:
        """Return the terms that leave least of a column, of those allowed; (n_columns,)."""
        own = np.where(allowed, self._signed[target], 0.0)
        picked = self._pick_first(own, allowed)
        left = self._measure_left(own, picked)
        while len(picked) < MAX_TERMS:
            best = self._pick_next(own, picked, allowed)
            if best is None:
                break
            after = self._measure_left(own, [*picked, best])
            if after > (1 - MIN_GAIN) * left:
                break
            picked, left = [*picked, best], after
        return NearSum(tuple(picked), max(left, 0.0))

    def _pick_first(self, own: Floats, allowed: Mask) -> list[int]:
        """Return the one term, or the two, that explain most of a column."""
        single = int(np.where(allowed, np.abs(own), -1.0).argmax())
        if len(own) > MAX_PAIRED or allowed.sum() < 2:
            return [single]
        squares = own[:, None] ** 2 + own**2 - 2 * np.outer(own, own) * self._signed
        explained = np.where(np.outer(allowed, allowed), squares / self._apart, 0.0)
        one, other = np.unravel_index(int(explained.argmax()), explained.shape)
        if 1 - explained[one, other] > (1 - MIN_GAIN) * (1 - own[single] ** 2):
            return [single]
        return [int(one), int(other)]

    def _pick_next(self, own: Floats, picked: Sequence[int], allowed: Mask) -> int | None:
        """Return the term that explains most of what those picked leave; None if there is none."""
        among = self._signed[np.ix_(picked, picked)]
        beside = self._signed[:, picked]
        weights = np.linalg.lstsq(among, np.column_stack([own[picked], beside.T]), rcond=1e-10)[0]
        left = own - beside @ weights[:, 0]
        apart = 1 - np.einsum("ij,ji->i", beside, weights[:, 1:])
        is_new = allowed & (apart > MIN_APART)
        is_new[list(picked)] = False
        if not is_new.any():
            return None
        with np.errstate(all="ignore"):
            return int(np.where(is_new, left**2 / apart, -1.0).argmax())

    def _measure_left(self, own: Floats, picked: Sequence[int]) -> float:
        among = self._signed[np.ix_(picked, picked)]
        return float(1 - own[picked] @ np.linalg.lstsq(among, own[picked], rcond=1e-10)[0])


def _correlate_signed(values: Floats) -> Floats:
    """Return the correlations of columns, clipped at their ends; (n, k) to (k, k).

    Gaps count as the mean.
    """
    present = np.isfinite(values)
    known = [column[here] for column, here in zip(values.T, present.T, strict=True)]
    ends = [np.quantile(own, [CLIPPED, 1 - CLIPPED]) if len(own) else (0, 0) for own in known]
    with np.errstate(all="ignore"):
        clipped = np.clip(np.where(present, values, 0.0), *np.array(ends).T)
        means = np.where(present, clipped, 0.0).sum(axis=0) / present.sum(axis=0)
        centred = np.where(present, clipped - means, 0.0)
        scaled = centred / np.abs(centred).max(axis=0)
        scaled = scaled / np.sqrt((scaled**2).sum(axis=0))
    scaled = np.nan_to_num(scaled, nan=0.0, posinf=0.0, neginf=0.0)
    return np.asarray(scaled.T @ scaled)
