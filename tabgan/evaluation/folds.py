"""Deal the rows of a table into parts in which the target is spread evenly."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tabgan.columns import Name
from tabgan.evaluation.features import level_texts

HELD_OUT = 4  # every fourth real row becomes a test row where none are given


def deal(values: pd.Series, parts: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Give each row a part, such that every part has its share of every class or range of values.

    Rows are put in the values' order, ties at random, and dealt like cards: a class of fewer rows
    than parts is no trouble, and numbers are stratified by their rank.

    Returns:
        Parts from 0, shape (rows,).

    >>> deal(pd.Series(["a", "b", "a", "b"]), 2, np.random.default_rng(0))
    array([1, 0, 0, 1])
    """
    if not pd.api.types.is_numeric_dtype(values):
        values = pd.Series(level_texts(values))
    ranks = values.rank(na_option="bottom").to_numpy(dtype=np.float64)
    order = np.lexsort((rng.random(len(values)), ranks))
    dealt = np.empty(len(values), dtype=np.int64)
    dealt[order] = (np.arange(len(values)) - rng.integers(parts)) % parts
    return dealt


def hold_out(real: pd.DataFrame, target: Name, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cut a table into rows to train on and a quarter of test rows, the target spread evenly."""
    held = deal(real[target], HELD_OUT, np.random.default_rng(seed)) == 0
    return real[~held].reset_index(drop=True), real[held].reset_index(drop=True)
