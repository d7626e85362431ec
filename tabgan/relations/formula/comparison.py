"""A column beside what is computed: in which rows they are the same, and how odd the others are."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from tabgan.relations.statistics import total_entropy
from tabgan.schema.arrays import Floats, Mask

MAX_LEFT = 0.25  # share of what there is to say of a column, if a few rows break a formula
MAX_NEAR = 0.5  # share of these rows that are off by a single step ...
MIN_LONG = 4  # ... for a formula of so many digits


@dataclass(frozen=True)
class Comparison:
    """A column beside its results.

    Attributes:
        has_result: In which rows there is one; (n_rows,).
        matches: In which rows the column is that, but for rounding; (n_rows,).
    """

    has_result: Mask
    matches: Mask


@dataclass(frozen=True)
class OddRows:
    """Rows of numbers that break a formula.

    Attributes:
        share_left: Of what there is to say of the column, what these rows still say.
        share_near: Of them, those that are off by a single step.
    """

    share_left: float
    share_near: float

    @classmethod
    def of(cls, own: Floats, results: Floats, broken: Mask, step: float) -> Self:
        """Compare a column with its results; (n_rows,) each."""
        given, odd = own[~np.isnan(own)], own[broken & ~np.isnan(own)]
        said, left = (total_entropy(np.unique(v, return_counts=True)[1]) for v in (given, odd))
        counts = np.array([len(odd), len(given) - len(odd)])
        left += total_entropy(counts[counts > 0])
        near = np.abs(results - own)[broken] <= 1.5 * step
        return cls(left / max(said, 1e-9), float(near.mean()))

    def are_odd(self, n_digits: int) -> bool:
        """Return whether they are odd ones, and what holds beside them is a formula.

        A column that is nearly always 0 is nearly always the least of others; and what is no
        formula, but near one, is off by a single step in many rows.
        """
        is_near = self.share_near > MAX_NEAR and n_digits >= MIN_LONG
        return self.share_left <= MAX_LEFT and not is_near
