"""Rows drawn for a row that is to be completed, and which of them is taken.

A known cell that the generator is not told weighs candidates by a Gaussian kernel around it, as in
approximate Bayesian computation (Beaumont, Zhang and Balding 2002).
"""

from collections.abc import Mapping
from dataclasses import dataclass
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
        keys: Their log-weights with Gumbel noise, the largest of which is drawn in proportion to
            the weights; (n_rows, n_candidates).
        broken: What they break, by its text; (n_rows, n_candidates) each.
    """

    frame: pd.DataFrame
    keys: Floats
    broken: Mapping[str, Mask]

    def choose(self) -> tuple[Indices, Mask]:
        """Return the place of each row's candidate, and whether it breaks nothing; (n_rows,)."""
        count = np.zeros(self.keys.shape)
        for mask in self.broken.values():
            count += mask
        best = (self.keys - PENALTY * count).argmax(axis=1)
        return best, (count == 0).any(axis=1)


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
