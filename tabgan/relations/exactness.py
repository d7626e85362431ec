"""Whether numbers and moments come back from reading and writing as they were, bit for bit.

>>> comes_back(pd.Series(["1.50", "2.25"]), Column("x", ColumnKind.CONTINUOUS, "str", text=True,
...            format=".2f"))
True
"""

from typing import Any

import numpy as np
import pandas as pd

from tabgan.clauses import Floats, Mask, read_numbers
from tabgan.columns import Column, ColumnKind
from tabgan.relations.evidence import Evidence
from tabgan.relations.grid import find_decimals
from tabgan.schema import restore_dtype

MOMENT_DECIMALS = 6  # of seconds


def comes_back(series: "pd.Series[Any]", column: Column) -> bool:
    """Tell whether a column of numbers or moments, read and written again, is what it was."""
    distinct = series.drop_duplicates()
    numbers = read_numbers(distinct, column) + 0.0  # text of -0.0 would not come back from a sum
    back = restore_dtype(numbers, column, index=distinct.index)
    return bool(back.dtype == distinct.dtype and back.equals(distinct))


def are_same(one: Floats, other: Floats) -> Mask:
    """Say where two columns of numbers agree, in their gaps, too; shape (n_rows,)."""
    return np.asarray((one == other) | (np.isnan(one) & np.isnan(other)))


def count_decimals(column: Column, evidence: Evidence) -> int | None:
    """Give the fewest decimals that write a column's numbers, or seconds; None if there are none.

    The sample is asked first: most columns without such a number are told by a few rows.
    """
    decimals = find_decimals(evidence.sample.numbers(column))
    if decimals is not None:
        decimals = find_decimals(evidence.numbers(column))
    if column.kind is ColumnKind.DATETIME:
        return MOMENT_DECIMALS if decimals is None else min(decimals, MOMENT_DECIMALS)
    return decimals
