"""How often values of several columns go together where each has shares of its own.

The joint distribution nearest to the model's, by Kullback and Leibler's divergence, that has the
shares as its margins: the model's odds ratios stay. Found by iterative proportional fitting (Deming
and Stephan 1940).

>>> joint = fit_margins(np.array([[8.0, 2.0], [2.0, 8.0]]), [np.array([0.5, 0.5])] * 2)
>>> joint.round(6).tolist()
[[0.4, 0.1], [0.1, 0.4]]
"""

from collections.abc import Sequence
from functools import reduce

import numpy as np
import pandas as pd

from tabgan.query.row_filter import RowFilter
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Floats, Mask

PRIOR_ROWS = 1.0  # of independent columns, beside those drawn: what none of them shows is rare
MAX_ROUNDS = 1_000
TOLERANCE = 1e-5  # of a share that is met


def count_parts(
    frame: pd.DataFrame, schema: TableSchema, columns: Sequence[Sequence[RowFilter]]
) -> Floats:
    """Return how many rows are in each part of every column; (n_parts of each column, ...).

    Args:
        frame: Rows as a model draws them; (n_rows, n_columns).
        schema: Of the table.
        columns: The parts of each, no row in two of them.
    """
    counts = np.zeros([len(parts) for parts in columns])
    is_in = [
        np.stack([part.read_values(schema).matches(frame, schema) for part in parts])
        for parts in columns
    ]
    whole = np.all([each.any(axis=0) for each in is_in], axis=0)
    np.add.at(counts, tuple(each.argmax(axis=0)[whole] for each in is_in), 1.0)
    return counts


def find_joint(counts: Floats, margins: Sequence[Floats], is_possible: Mask) -> Floats:
    """Return the shares of combinations; of such as there cannot be, 0.

    Args:
        counts: Of rows that a model draws; (n_parts of each column, ...).
        margins: Asked for of each column's parts; (n_parts,) each, 1 together.
        is_possible: Which combinations there can be; as `counts`.
    """
    independent = reduce(np.multiply.outer, margins)
    return fit_margins((counts + PRIOR_ROWS * independent) * is_possible, margins)


def fit_margins(joint: Floats, margins: Sequence[Floats]) -> Floats:
    """Return a joint distribution scaled until it has these margins, as near as it comes to them.

    Args:
        joint: Not negative; (n_parts of each column, ...).
        margins: Of each column; (n_parts,) each.
    """
    axes = range(joint.ndim)
    fitted = joint / max(joint.sum(), 1e-300)
    for _ in range(MAX_ROUNDS):
        before = fitted
        for axis, margin in zip(axes, margins, strict=True):
            others = tuple(other for other in axes if other != axis)
            own = fitted.sum(axis=others, keepdims=True)
            fitted = fitted * (margin.reshape(own.shape) / np.maximum(own, 1e-300))
        if np.abs(fitted - before).max() < TOLERANCE / 10:
            break
    return np.asarray(fitted)


def find_missed(joint: Floats, margins: Sequence[Floats]) -> int | None:
    """Return the first column whose shares a joint distribution has not; None if all are met."""
    for axis, margin in enumerate(margins):
        own = joint.sum(axis=tuple(other for other in range(joint.ndim) if other != axis))
        if np.abs(own - margin).max() > TOLERANCE:
            return axis
    return None
