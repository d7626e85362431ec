"""One value of each unknown cell out of several draws: the median, or the most probable one.

A number is the draw that is nearest to the median, so that it stands on its column's grid.
"""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd
import scipy

from tabgan.model.candidates import CandidateRows
from tabgan.model.partial_rows import PartialRows
from tabgan.relations import RelationSet
from tabgan.schema.arrays import Floats, Indices
from tabgan.schema.column import Column, Name
from tabgan.schema.float_conversion import to_float

MAX_DISTANCE = 3.0  # of a cell from the middle, in mean distances
ROUNDING = 1e-9  # of weights that are added up


def find_middle(
    draws: CandidateRows,
    rows: Indices,
    partial: PartialRows,
    relations: RelationSet,
    names: Collection[Name],
    best: Mapping[Name, "pd.Series[Any]"] | None = None,
) -> pd.DataFrame:
    """Return whole rows, each unknown cell in the middle of its draws by their weights.

    Where such cells do not go together, the whole draw that is nearest to them stands in.

    Args:
        draws: Of some rows.
        rows: Places of these; (n_taken,).
        partial: The rows as they were given.
        relations: That have to be obeyed; what they compute follows from the other cells.
        names: Columns that are wanted.
        best: The most probable cells, (n_rows,), of columns of which they are known otherwise.
    """
    weights, frame = draws.weights, draws.frame
    distances = np.zeros(weights.shape)
    middle = draws.choose().reset_index(drop=True)
    for name in names:
        column, unknown = relations.schema.column(name), ~partial.known[name][rows]
        if best and name in best:
            own = best[name].iloc[rows].reset_index(drop=True)
            middle[name] = own
            wanted = np.repeat(own.astype(object).to_numpy(), weights.shape[1])
            is_other = frame[name].astype(object).to_numpy() != wanted
            distances += is_other.reshape(distances.shape)
        elif unknown.any():
            chosen, away = _find_centre(frame[name], column, weights)
            distances += np.where(unknown[:, None], away, 0.0)
            positions = np.arange(len(rows)) * weights.shape[1] + chosen
            middle[name] = frame[name].iloc[positions].reset_index(drop=True)
    if not relations.relations:
        return middle
    middle = partial.write_over(relations.restore(relations.apply(middle)), rows)
    nearest = draws.pick(np.where(weights > 0, distances, np.inf).argmin(axis=1))
    both = pd.concat([middle, nearest], ignore_index=True)
    is_broken = relations.find_violations(middle)
    whole: pd.DataFrame = both.iloc[np.arange(len(rows)) + len(rows) * is_broken]
    return whole.reset_index(drop=True)


def _find_centre(
    cells: "pd.Series[Any]", column: Column, weights: Floats
) -> tuple[Indices, Floats]:
    """Return the draw that is nearest to each row's middle, (n_rows,), and how far all are from it.

    Args:
        cells: Of the draws, those of a row after each other; (n_rows * n_draws,).
        column: Of the cells.
        weights: Of the draws; (n_rows, n_draws).
    """
    if column.kind.is_quantitative:
        numbers = np.nan_to_num(to_float(cells, column).reshape(weights.shape)) / 2
        away = np.abs(numbers - _find_medians(numbers, weights)[:, None])
        chosen = np.where(weights > ROUNDING, away, np.inf).argmin(axis=1)
        away = np.abs(numbers - np.take_along_axis(numbers, chosen[:, None], axis=1))
        mean = np.maximum((away * weights).sum(axis=1, keepdims=True), 1e-12)
        return chosen, np.minimum(away / mean, MAX_DISTANCE)
    every = np.arange(len(weights))[:, None]
    codes = pd.factorize(cells.astype(object), use_na_sentinel=False)[0].reshape(weights.shape)
    shares = np.zeros((len(weights), codes.max() + 1))
    np.add.at(shares, (every, codes), weights)
    is_other = codes != shares.argmax(axis=1)[:, None]
    return is_other.argmin(axis=1), is_other.astype(np.float64)


def _find_medians(numbers: Floats, weights: Floats) -> Floats:
    """Return the median of each row's weighted draws; (n_rows, n_draws) each -> (n_rows,).

    Of all draws, those in the middle count most (Harrell and Davis 1982): a single one is farther
    off. Weighted draws are as many as would be as sure without weights (Kish 1965).
    """
    order = numbers.argsort(axis=1, kind="stable")
    below = np.take_along_axis(weights, order, axis=1).cumsum(axis=1)
    n_effective = 1 / (weights**2).sum(axis=1, keepdims=True)
    half = (n_effective + 1) / 2
    shares = np.diff(scipy.special.betainc(half, half, below.clip(max=1.0)), axis=1, prepend=0.0)
    medians = np.take_along_axis(numbers, order, axis=1) * shares
    return np.asarray(medians.sum(axis=1) / shares.sum(axis=1))
