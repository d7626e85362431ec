"""Deal the rows of a table into parts in which the target is spread evenly."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tabgan.evaluation.metrics.feature_matrix import level_texts
from tabgan.schema.column import Name

HELD_OUT = 4  # every fourth real row becomes a test row where none are given


def deal(values: pd.Series, parts: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Give each row a part, such that every part has its share of every class or range of values.

    Rows are put in the values' order, ties at random, and dealt like cards: a class of fewer rows
    than parts is no trouble, and numbers are stratified by their rank.

    Returns:
        Parts from 0, shape (rows,).

    >>> deal(pd.Series(["a", "b", "a", "b"]), 2, np.random.default_rng(0))
    array([1, 1, 0, 0])
    """
    if not pd.api.types.is_numeric_dtype(values):
        values = pd.Series(level_texts(values), dtype=object)  # Arrow's ranks may warn
    ranks = values.rank(na_option="bottom").to_numpy(dtype=np.float64)
    order = np.lexsort((rng.random(len(values)), ranks))
    dealt = np.empty(len(values), dtype=np.int64)
    dealt[order] = (np.arange(len(values)) - rng.integers(parts)) % parts
    return dealt


@dataclass(frozen=True)
class Fold:
    """Rows to learn from, and the others to be tested on.

    Attributes:
        number: from 0 on, through all repeats.
        train: places of rows, shape (training rows,).
        test: places of rows, shape (test rows,).
        seed: decides every draw in this fold.
    """

    number: int
    train: NDArray[np.int64]
    test: NDArray[np.int64]
    seed: int


def deal_folds(values: pd.Series, folds: int, repeats: int, seed: int) -> Iterator[Fold]:
    """Repeated stratified cross-validation: every row is a test row once in each repeat."""
    for repeat in range(repeats):
        parts = deal(values, folds, np.random.default_rng([seed, repeat]))
        for part in range(folds):
            number = repeat * folds + part
            train, test = np.flatnonzero(parts != part), np.flatnonzero(parts == part)
            yield Fold(number, train, test, (seed + number) % 2**32)


def hold_out(real: pd.DataFrame, target: Name, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cut a table into rows to train on and a quarter of test rows, the target spread evenly."""
    held = deal(real[target], HELD_OUT, np.random.default_rng(seed)) == 0
    return real[~held].reset_index(drop=True), real[held].reset_index(drop=True)
