"""Stratified folds: parts of a table in which the target is spread evenly."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tabgan.evaluation.metrics.categories import category_texts
from tabgan.schema.column import Name

HOLD_OUT_PARTS = 4  # of which one becomes test rows where none are given


def assign_parts(values: pd.Series, parts: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Assign each row to a part, such that every part has its share of every class or range.

    Rows are put in the values' order, ties at random, and go to the parts in turn: a class of fewer
    rows than parts is no trouble, and numbers are stratified by their rank.

    Args:
        values: What to stratify by, shape (rows,).
        parts: How many.
        rng: Breaks ties, and decides which part comes first.

    Returns:
        Parts from 0, shape (rows,).

    >>> assign_parts(pd.Series(["a", "b", "a", "b"]), 2, np.random.default_rng(0))
    array([1, 1, 0, 0])
    """
    if pd.api.types.is_numeric_dtype(values):  # Arrow ranks not all of its types
        ranked = pd.Series(values.to_numpy(np.float64, na_value=np.nan))
    else:
        ranked = pd.Series(category_texts(values), dtype=object)
    ranks = ranked.rank(na_option="bottom").to_numpy(dtype=np.float64)
    order = np.lexsort((rng.random(len(values)), ranks))
    assigned = np.empty(len(values), dtype=np.int64)
    assigned[order] = (np.arange(len(values)) - rng.integers(parts)) % parts
    return assigned


@dataclass(frozen=True)
class Fold:
    """Rows to learn from, and the others to be tested on.

    Attributes:
        number: From 0 on, through all repeats.
        train: Indices of rows, shape (training rows,).
        test: Indices of rows, shape (test rows,).
        seed: Decides every draw in this fold.
    """

    number: int
    train: NDArray[np.int64]
    test: NDArray[np.int64]
    seed: int


def make_folds(values: pd.Series, folds: int, repeats: int, seed: int) -> Iterator[Fold]:
    """Yield the folds of a repeated stratified cross-validation.

    Args:
        values: What to stratify by, shape (rows,).
        folds: In each repeat; every row is a test row once.
        repeats: How often all rows are assigned to folds anew.
        seed: Decides the folds, and the seed of each.
    """
    for repeat in range(repeats):
        parts = assign_parts(values, folds, np.random.default_rng([seed, repeat]))
        for part in range(folds):
            number = repeat * folds + part
            train, test = np.flatnonzero(parts != part), np.flatnonzero(parts == part)
            yield Fold(number, train, test, (seed + number) % 2**32)


def hold_out(real: pd.DataFrame, target: Name, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split a table into rows to train on and a quarter of test rows, the target spread evenly."""
    held = assign_parts(real[target], HOLD_OUT_PARTS, np.random.default_rng(seed)) == 0
    return real[~held].reset_index(drop=True), real[held].reset_index(drop=True)
