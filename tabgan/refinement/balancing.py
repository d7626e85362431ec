"""What a draw is balanced by: the bins of numbers and the categories, in all and within groups.

The variables of a number say, for each edge of its bins, whether it lies beyond; those of a column
of categories are their indicators; and all of them, centred, count once more within each group of
the target. A row is kept as one bin a column instead, a category being one: the squared distance of
two bins of numbers is how many edges lie between them, and that of two categories is 2.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from tabgan.encoding.layout import Layout
from tabgan.schema.arrays import Floats, Indices

N_BINS = 16  # of a number, with as many candidates each
MAX_CATEGORIES = 32  # of a column, its commonest ones
MAX_VARIABLES = 256  # of a row, before they count within the target's groups
TARGET_GROUPS = 4  # within which the other columns are balanced


@dataclass(frozen=True)
class BalancingVariables:
    """The variables of candidates, as bins, those of a column after each other.

    Attributes:
        bins: Of each candidate; shape (n_candidates, n_columns).
        starts: The first bin of each column, and the number of all; (n_columns + 1,). The first
            is a gap of a number, and a category beyond the commonest ones.
        is_ordered: Which columns are numbers; (n_columns,).
        groups: Of the target, 0 for the one that is balanced because all others are;
            (n_candidates,).
    """

    bins: npt.NDArray[np.int32]
    starts: Indices
    is_ordered: npt.NDArray[np.bool_]
    groups: Indices

    @classmethod
    def of_features(
        cls, features: Floats, layout: Layout, rng: np.random.Generator
    ) -> "BalancingVariables":
        """Return the variables of candidates.

        Args:
            features: Shape (n_candidates, n_features): quantiles of numbers, NaN where missing, and
                codes of categories.
            layout: Of the columns that come first among features.
            rng: Chooses columns, where there are too many.
        """
        bins = np.empty((len(features), len(layout.n_classes)), np.int32)
        starts: list[int] = [0]
        is_ordered: list[bool] = []
        for column in rng.permutation(len(layout.n_classes)).tolist():
            own = _find_bins(features[:, column], is_number=column in layout.ordered)
            n_before, n_own = len(is_ordered), int(own.max())
            if n_before and starts[-1] - n_before + n_own > MAX_VARIABLES:
                break
            bins[:, n_before] = starts[-1] + own
            starts.append(starts[-1] + n_own + 1)
            is_ordered.append(column in layout.ordered)
        groups = np.zeros(len(features), np.int64)
        if layout.target is not None:
            target, is_number = features[:, layout.target], layout.target in layout.ordered
            groups = _find_groups(target, is_number=is_number)
        used = np.ascontiguousarray(bins[:, : len(is_ordered)])
        return cls(used, np.array(starts), np.array(is_ordered), groups)

    @property
    def n_groups(self) -> int:
        """How many groups of the target there are."""
        return int(self.groups.max()) + 1

    @cached_property
    def projections(self) -> Floats:
        """The product of each bin's variables and their means; (n_bins,)."""
        return np.concatenate([c.projections for c in self._columns])

    @cached_property
    def squares(self) -> Floats:
        """The squared length of each bin's variables, centred; (n_bins,)."""
        return np.concatenate([c.squares for c in self._columns])

    @cached_property
    def mean_square(self) -> float:
        """The squared length of the means of all variables."""
        return sum(c.mean_square for c in self._columns)

    @cached_property
    def _columns(self) -> list["_Column"]:
        shares = np.bincount(self.bins.ravel(), minlength=self.starts[-1]) / len(self.bins)
        parts = np.split(shares, self.starts[1:-1])
        return [_Column.of_shares(*each) for each in zip(parts, self.is_ordered, strict=True)]


@dataclass(frozen=True)
class _Column:
    """What the bins of a column mean, as `BalancingVariables` says it of all."""

    projections: Floats
    squares: Floats
    mean_square: float

    @classmethod
    def of_shares(cls, shares: Floats, is_ordered: bool) -> "_Column":
        """Return the column of such shares of its bins; (n_bins,)."""
        means: Floats = shares[::-1].cumsum()[::-1] if is_ordered else shares.copy()
        means[0] = 0.0  # the first bin has no variable
        numbers, mean_square = np.arange(len(means)), float((means**2).sum())
        projections: Floats = means.cumsum() if is_ordered else means
        squares = (numbers if is_ordered else np.minimum(numbers, 1)) - 2 * projections
        return cls(projections, squares + mean_square, mean_square)


def _find_bins(values: Floats, *, is_number: bool) -> Indices:
    """Return the bin of each value within its column; (n_candidates,)."""
    if not is_number:
        return _rank_by_count(values.astype(np.int64), MAX_CATEGORIES)
    is_missing = np.isnan(values)
    if is_missing.all():
        return np.zeros(len(values), np.int64)
    bins = np.where(is_missing, 0, 1)
    for edge in np.unique(_find_quantiles(values[~is_missing], N_BINS)):
        bins += values > edge
    return bins


def _find_quantiles(values: Floats, n_parts: int) -> Floats:
    """Return values that cut others into parts of as many; (n_values,) -> (n_parts - 1,)."""
    return np.sort(values)[(len(values) - 1) * np.arange(1, n_parts) // n_parts]


def _rank_by_count(codes: Indices, n_ranks: int) -> Indices:
    """Return 1 for the commonest of codes, 2 for the next, 0 beyond `n_ranks`; (n_candidates,)."""
    counts = np.bincount(codes)
    commonest = np.argsort(-counts, kind="stable")[:n_ranks]
    ranks = np.zeros(len(counts), np.int64)
    ranks[commonest] = np.arange(1, len(commonest) + 1)
    return np.asarray(ranks[codes])


def _find_groups(target: Floats, *, is_number: bool) -> Indices:
    """Return groups of the target, 0 for the commonest and those beyond; (n_candidates,)."""
    codes: npt.NDArray[Any] = target
    if is_number:
        numbers = np.nan_to_num(target, nan=-1.0)
        codes = np.searchsorted(_find_quantiles(numbers, TARGET_GROUPS), numbers)
    return np.maximum(_rank_by_count(codes.astype(np.int64), TARGET_GROUPS) - 1, 0)
