"""Predictions for training rows by learners that have not seen them: what is tuned is tuned on."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tabgan.evaluation.utility.folds import assign_parts
from tabgan.evaluation.utility.task import Examples

FOLDS = 3
MAX_ROWS = 5_000  # a threshold and the best of three learners are found on as many


def draw_inner_rows(rows: Examples, seed: int) -> Examples:
    """Return no more than `MAX_ROWS` of the rows, the labels spread evenly."""
    parts = -(-len(rows.labels) // MAX_ROWS)
    if parts < 2:
        return rows
    assigned = assign_parts(pd.Series(rows.labels), parts, np.random.default_rng(seed))
    return rows.take(np.flatnonzero(assigned == 0))


def predict_out_of_fold(
    fit_predict: Callable[[Examples, Examples], NDArray[np.float64]], rows: Examples, seed: int
) -> NDArray[np.float64]:
    """Return what is predicted for each row by learners trained on the other folds.

    Args:
        fit_predict: Trains on rows, and predicts for others.
        rows: To assign to stratified folds.
        seed: Decides the folds.

    Returns:
        Numbers of shape (rows,), or probabilities of shape (rows, classes).

    Raises:
        IncomputableError: A fold leaves nothing to learn from.
    """
    parts = assign_parts(pd.Series(rows.labels), FOLDS, np.random.default_rng(seed))
    indices = [np.flatnonzero(parts == part) for part in range(FOLDS)]
    predicted = [
        fit_predict(rows.take(np.flatnonzero(parts != part)), rows.take(held))
        for part, held in enumerate(indices)
    ]
    return np.concatenate(predicted)[np.argsort(np.concatenate(indices), kind="stable")]
