"""Weekdays and months in English words: `Monday`, `mon`, `MAR`.

>>> column = Column("x", ColumnKind.CATEGORICAL, "str")
>>> find_words(pd.Series(["mon", "fri", "sun"], name="x"), column)[1].values
['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
"""

from typing import Any

import pandas as pd

from tabgan.columns import Column, ColumnKind
from tabgan.levels import Levels

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WAYS = [
    (part, [case(name[:length]) for name in names])
    for part, names in (("weekday", WEEKDAYS), ("month", MONTHS))
    for length in (None, 3)
    for case in (str.title, str.lower, str.upper)
]


def find_words(series: "pd.Series[Any]", column: Column) -> tuple[str, Levels] | None:
    """Give the part of a moment that a column's levels name, and all its words in their order.

    None if they name none, or if the column is a `category` that lacks some of the words.
    """
    if column.kind is not ColumnKind.CATEGORICAL:
        return None
    levels = Levels.of(series.drop_duplicates(), column)
    for part, words in WAYS:
        has_all = all(word in (levels.categories or words) for word in words)
        if has_all and all(level in words for level in levels.values):
            return part, Levels(column, words, levels.categories, levels.ordered)
    return None
