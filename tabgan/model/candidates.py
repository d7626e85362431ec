"""Rows drawn for a row that is to be completed, and which of them is taken.

A known cell that the generator is not told weighs candidates by a Gaussian kernel around it, as in
approximate Bayesian computation (Beaumont, Zhang and Balding 2002).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from tabgan.schema.arrays import Floats, Indices, Mask
from tabgan.schema.column import Column
from tabgan.schema.float_conversion import to_float

BANDWIDTH = 0.25  # in standard deviations of a row's candidates: how near to what is known
MAX_DISTANCE = 40.0  # of them
PENALTY = 1e6  # of a fact that is broken: more than any difference of weights


@dataclass(frozen=True)
class CandidateRows:
    """Whole rows drawn for some rows, as many for each, one row's after the other's.

    Attributes:
        frame: The rows; (n_rows * n_candidates, n_columns).
        keys: Their log-weights, or these with Gumbel noise, the largest of which is drawn in
            proportion to the weights; (n_rows, n_candidates).
        broken: What they break, by its text; (n_rows, n_candidates) each.
    """

    frame: pd.DataFrame
    keys: Floats
    broken: Mapping[str, Mask]

    @cached_property
    def log_weights(self) -> Floats:
        """Of all candidates, those of what breaks most by far the least; as `keys`."""
        count = np.zeros(self.keys.shape)
        for mask in self.broken.values():
            count += mask
        return np.asarray(self.keys - PENALTY * count)

    @property
    def weights(self) -> Floats:
        """How much each candidate counts, those of a row 1 together; as `keys`."""
        odds = np.exp(self.log_weights - self.log_weights.max(axis=1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True))

    @property
    def is_sound(self) -> Mask:
        """Which rows have a candidate that breaks nothing; (n_rows,)."""
        broken = np.zeros(self.keys.shape, bool)
        for mask in self.broken.values():
            broken |= mask
        return np.asarray((~broken).any(axis=1))

    def choose(self) -> pd.DataFrame:
        """Return the candidate of each row that has the largest weight; (n_rows, n_columns)."""
        return self.pick(self.log_weights.argmax(axis=1))

    def pick(self, numbers: Indices) -> pd.DataFrame:
        """Return one candidate of each row by its number among them; (n_rows, n_columns)."""
        positions = np.arange(len(self.keys)) * self.keys.shape[1] + numbers
        picked: pd.DataFrame = self.frame.iloc[positions]
        return picked

    def take(self, rows: Mask) -> "CandidateRows":
        """Return the candidates of some rows; (n_rows,)."""
        if rows.all():
            return self
        frame = self.frame.iloc[np.repeat(rows, self.keys.shape[1])]
        return CandidateRows(frame, self.keys[rows], {t: m[rows] for t, m in self.broken.items()})


def find_distance(
    drawn: "pd.Series[Any]",
    cells: "pd.Series[Any]",
    of_row: Indices,
    column: Column,
) -> Floats:
    """Return how far drawn cells are from those known of their rows, as `drawn`.

    Numbers in standard deviations of a row's candidates, other values 0 or MAX_DISTANCE.
    """
    known = cells.reindex(of_row)
    if not column.kind.is_quantitative:
        is_same = drawn.astype(object).to_numpy() == known.astype(object).to_numpy()
        return np.where(is_same, 0.0, MAX_DISTANCE)
    shape = (len(np.unique(of_row)), -1)
    made, wanted = to_float(drawn, column).reshape(shape), to_float(known, column).reshape(shape)
    centred = made - np.nan_to_num(made).mean(axis=1, keepdims=True)
    spread = np.sqrt(np.nan_to_num(centred**2).mean(axis=1, keepdims=True))
    with np.errstate(all="ignore"):
        away = np.abs(made - wanted) / np.maximum(spread, 1e-12)
    return np.asarray(np.nan_to_num(away, nan=MAX_DISTANCE, posinf=MAX_DISTANCE).ravel())


def weigh_by_distance(distances: Floats) -> Floats:
    """Return log-weights of a Gaussian kernel; (n_rows, n_candidates) each."""
    return np.asarray(-0.5 * (distances / BANDWIDTH) ** 2)
