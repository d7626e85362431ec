"""Categories as JSON holds them: plain as they are, others under the name of their type.

>>> from tabgan.schema.column import ColumnKind
>>> plain = to_plain(pd.Timestamp("2024-02-29"), Column("x", ColumnKind.CATEGORICAL, "object"))
>>> plain, from_plain(plain)
({'timestamp': '2024-02-29T00:00:00'}, Timestamp('2024-02-29 00:00:00'))
"""

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from tabgan.errors import TableError
from tabgan.schema.column import Column
from tabgan.state_reader import REFUSALS, StateReader

MAX_EXPONENT = 1_000  # of a decimal: it is written in as many digits


def _write(category: Any) -> str:
    """Return the text of a category that `TYPES` reads."""
    if isinstance(category, pd.Period):
        return f"{category} {category.freqstr}"
    return category.isoformat() if hasattr(category, "isoformat") else str(category)


def _read_period(text: str) -> pd.Period:
    value, _, freq = text.rpartition(" ")
    return pd.Period(value.partition("/")[0], freq)  # a week is written as its two ends


TYPES: Mapping[str, tuple[type, Callable[[str], Any]]] = {  # how JSON holds other categories
    "timestamp": (pd.Timestamp, pd.Timestamp),
    "timedelta": (pd.Timedelta, pd.Timedelta),
    "duration": (timedelta, lambda text: pd.Timedelta(text).to_pytimedelta()),
    "datetime": (datetime, datetime.fromisoformat),
    "date": (date, date.fromisoformat),
    "time": (time, time.fromisoformat),
    "period": (pd.Period, _read_period),
    "decimal": (Decimal, Decimal),
}


def to_plain(category: object, column: Column) -> Any:
    """Return a category as JSON can hold it."""
    if isinstance(category, np.generic):
        category = category.item()
    if isinstance(category, str | bool | int | float):
        return category
    if isinstance(category, pd.Interval):
        return {
            "interval": [to_plain(v, column) for v in (category.left, category.right)],
            "closed": category.closed,
        }
    for name, (kind, _) in TYPES.items():
        if isinstance(category, kind):
            return {name: _write(category)}
    raise TableError(
        f"column {column.name!r} holds {type(category).__name__} values, which tabgan cannot "
        "learn; turn them into text or numbers."
    )


def from_plain(category: Any) -> Any:
    """Return a category as it stood in the table: undo `to_plain`."""
    if not isinstance(category, dict):
        return category
    if "interval" in category:
        left, right = map(from_plain, category["interval"])
        return pd.Interval(left, right, category["closed"])
    ((name, text),) = category.items()
    return TYPES[name][1](text)


def read_categories(state: StateReader, name: str) -> list[Any]:
    """Return a list of categories of a saved state, as JSON holds them.

    Raises:
        ModelFileError: What it holds is none.
    """
    categories = state.items(name)
    for number, category in enumerate(categories):
        try:
            is_one = _is_category(from_plain(category))
        except REFUSALS:
            is_one = False
        state.check(is_one, f"{name}/{number}", "is no category")
    return categories


def _is_category(found: object) -> bool:
    """Return whether an object may stand in a column, and is no gap."""
    if isinstance(found, Decimal):
        return not found.is_nan() and abs(found.adjusted()) <= MAX_EXPONENT
    if isinstance(found, float):
        return not math.isnan(found)
    kinds = (str, int, pd.Interval, *(kind for kind, _ in TYPES.values()))
    return isinstance(found, kinds) and found is not pd.NaT
