"""Soft labels: each row stands once for each class that it may have, weighed by how probable it is.

A label that is drawn is one guess at a row's class; its probabilities, from the generator itself,
are the mean of all guesses (a teacher's labels: Hinton, Vinyals and Dean 2015). Any learner that
takes `sample_weight` can use them, since its loss over the repeated rows is the expected loss.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from tabgan.model.tabular_model import TabularModel
from tabgan.schema import restore_dtype
from tabgan.schema.arrays import Floats, Indices
from tabgan.schema.column import Name

MIN_PROBABILITY = 0.01  # a class below it is left out, and its share goes to the others


@dataclass(frozen=True)
class SoftLabels:
    """The classes that rows may have.

    Attributes:
        positions: Of the row that each label is of; (n_labels,), those of a row side by side.
        labels: One class each; (n_labels,).
        probabilities: Of it; (n_labels,), 1 in sum over a row.
    """

    positions: Indices
    labels: "pd.Series[Any]"
    probabilities: Floats

    @classmethod
    def predict(cls, model: TabularModel, rows: pd.DataFrame, target: Name, seed: int) -> Self:
        """Return the labels of rows, (n_rows, n_columns), by the model that drew them.

        Raises:
            ConditionError: The target has no classes, or follows from other columns.
        """
        found = model.predict_proba(rows, target, seed=seed)
        shares = found.to_numpy(np.float64)
        least = np.minimum(MIN_PROBABILITY, shares.max(axis=1, keepdims=True, initial=0))
        shares = np.where(shares < least, 0.0, shares)
        shares /= np.maximum(shares.sum(axis=1, keepdims=True), np.finfo(float).tiny)
        positions, codes = np.nonzero(shares)
        classes = found.columns.to_numpy(object)
        labels = restore_dtype(classes[codes], model.schema.column(target))
        return cls(positions, labels, shares[positions, codes])

    def spread(self, rows: pd.DataFrame, target: Name) -> pd.DataFrame:
        """Return rows, each once for each of its labels; (n_labels, n_columns)."""
        repeated = rows.iloc[self.positions].reset_index(drop=True)
        repeated[target] = self.labels.astype(rows[target].dtype)
        return repeated
