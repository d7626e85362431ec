"""One value of each unknown cell out of several draws: the median, or the most frequent one."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from tabgan.model.partial_rows import PartialRows
from tabgan.relations import RelationSet
from tabgan.schema.arrays import Floats, Indices
from tabgan.schema.column import Column, Name
from tabgan.schema.float_conversion import to_float

MAX_DISTANCE = 3.0  # of a cell from the middle, in mean distances


def find_middle(
    draws: Sequence[pd.DataFrame],
    partial: PartialRows,
    relations: RelationSet,
    names: Collection[Name],
    best: Mapping[Name, "pd.Series[Any]"] | None = None,
) -> pd.DataFrame:
    """Return whole rows, each unknown cell in the middle of its draws.

    Where such cells do not go together, the whole draw that is nearest to them stands in.

    Args:
        draws: Whole rows; (n_rows, n_columns) each.
        partial: The rows as they were given.
        relations: That have to be obeyed; what they compute follows from the other cells.
        names: Columns that are wanted.
        best: The most probable cells, (n_rows,), of columns of which they are known otherwise.
    """
    n_rows, n_draws = len(partial), len(draws)
    stacked = pd.concat(draws, ignore_index=True)
    distances = np.zeros((n_draws, n_rows))
    middle = draws[0].copy(deep=False)
    for name in names:
        column = relations.schema.column(name)
        unknown = ~partial.known[name]
        if best and name in best:
            middle[name] = best[name]
            wanted = np.tile(best[name].astype(object).to_numpy(), n_draws)
            is_other = stacked[name].astype(object).to_numpy() != wanted
            distances += is_other.reshape(distances.shape)
        elif unknown.any():
            chosen, away = _find_centre(stacked[name], column, (n_draws, n_rows))
            distances += np.where(unknown, away, 0.0)
            rows = np.where(unknown, chosen, 0) * n_rows + np.arange(n_rows)
            middle[name] = stacked[name].iloc[rows].reset_index(drop=True)
    if not relations.relations:
        return middle
    every = np.arange(n_rows)
    middle = partial.write_over(relations.restore(relations.apply(middle)), every)
    nearest = stacked.iloc[distances.argmin(axis=0) * n_rows + every].reset_index(drop=True)
    both = pd.concat([middle, nearest], ignore_index=True)
    whole: pd.DataFrame = both.iloc[every + n_rows * relations.find_violations(middle)]
    return whole.reset_index(drop=True)


def _find_centre(
    cells: "pd.Series[Any]", column: Column, shape: tuple[int, int]
) -> tuple[Indices, Floats]:
    """Return the draw that holds each row's middle, (n_rows,), and how far all are from it.

    The lower median is taken, so that it is one of the draws.
    """
    if column.kind.is_quantitative:
        numbers = np.nan_to_num(to_float(cells, column).reshape(shape))
        order = numbers.argsort(axis=0, kind="stable")
        chosen = order[(shape[0] - 1) // 2]
        away = np.abs(numbers - np.take_along_axis(numbers, chosen[None], 0))
        mean = np.maximum(away.mean(axis=0), 1e-12)
        return chosen, np.minimum(away / mean, MAX_DISTANCE)
    codes = pd.factorize(cells.astype(object), use_na_sentinel=False)[0].reshape(shape)
    frequency = np.array([(codes == own).sum(axis=0) for own in codes])
    chosen = frequency.argmax(axis=0)
    return chosen, (codes != np.take_along_axis(codes, chosen[None], 0)).astype(np.float64)
