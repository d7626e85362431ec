"""Rows of which every learned column is permuted by itself.

As in a permutation test, that breaks every dependence between columns: what still holds in all of
these rows is brought about by the relations that are kept.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from tabgan.relations.statistics import SAMPLE_ROWS

Step = Callable[[pd.DataFrame], pd.DataFrame]


def permute_learned(frame: pd.DataFrame, apply: Step, restore: Step) -> pd.DataFrame:
    """Return restored rows of a table; (n_rows or less, n_columns).

    Args:
        frame: The table.
        apply: Leaves only what is learned.
        restore: Is its inverse.
    """
    rng = np.random.default_rng(0)
    rows = rng.choice(len(frame), min(len(frame), SAMPLE_ROWS), replace=False)
    free = apply(frame.iloc[rows])
    columns = [free[name].iloc[rng.permutation(len(free))] for name in free.columns]
    return restore(pd.concat([column.reset_index(drop=True) for column in columns], axis=1))
