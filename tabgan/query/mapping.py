"""Conditions as a mapping of columns to what is asked of them: `where={"age": (">=", 65)}`.

What is asked of a column is

- a value, which it equals: text, a number, a moment, ...; None, NaN and NA ask for missing ones;
- a collection of values, of which it equals one: a list, a set, a range, an array, a Series;
- a pair of an operator and a value, or of `in` or `not in` and a collection of values;
- a list of such pairs, which all hold.

>>> read_mapping({"age": (">=", 65), "plan": {"basic", "plus"}}).write()
'age >= 65 and plan in (basic, plus)'
"""

import numbers
from collections.abc import Collection, Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any

import numpy as np
import pandas as pd

from tabgan.errors import ConditionError
from tabgan.query.row_filter import RowFilter
from tabgan.query.tokens import MEANT
from tabgan.schema.float_conversion import asks_for_missing
from tabgan.schema.predicates import COMPARISONS, NEGATED, Clause

MAX_SHOWN = 60  # characters of a value in a message
_VALUES: tuple[type, ...] = (
    str,
    numbers.Number,
    np.generic,
    date,
    time,
    timedelta,
    pd.Period,
    pd.Interval,
)
_ARRAYS = (np.ndarray, pd.Series, pd.Index, pd.api.extensions.ExtensionArray)
_COLLECTIONS: tuple[type, ...] = (list, tuple, set, frozenset, range, *_ARRAYS)
_ORDERS = ("<", "<=", ">", ">=")
_OPERATORS = (*COMPARISONS, "in", "not in")


def read_mapping(asked: Mapping[Any, Any]) -> RowFilter:
    """Return what is asked of columns.

    Args:
        asked: By column; all columns are known.

    Raises:
        ConditionError: What is asked of a column is nothing that it could equal or be compared to.
    """
    return RowFilter({name: _read_entry(name, entry) for name, entry in asked.items()})


def show_value(value: object) -> str:
    """Return a value as a message shows it: what it is, if it is long or of several lines."""
    shown = repr(value)
    if len(shown) > MAX_SHOWN or "\n" in shown:
        return f"a {type(value).__name__}"
    return shown


def _read_entry(name: object, entry: Any) -> list[Clause]:
    if isinstance(entry, tuple):
        return [_read_pair(name, entry)]
    if not isinstance(entry, list):
        return [_equal_to(name, entry)]
    are_pairs = {isinstance(part, tuple) for part in entry}
    if are_pairs == {True}:
        return [_read_pair(name, pair) for pair in entry]
    if True in are_pairs:
        raise ConditionError(
            f"column {name!r} is asked for with values and pairs in one list; give a list of "
            "values, of which one holds, or a list of pairs of an operator and a value, which all "
            "hold."
        )
    if len(entry) > 1 and isinstance(entry[0], str) and entry[0] in _ORDERS:
        raise ConditionError(
            f"column {name!r} is asked for with the list {show_value(entry)}, of which one value "
            f"would hold; write an operator and a value in round brackets, as in "
            f"({entry[0]!r}, {show_value(entry[1])})."
        )
    return [_equal_to(name, entry)]


def _equal_to(name: object, entry: Any) -> Clause:
    """Return that a column equals a value, or one of a collection of values."""
    if isinstance(entry, np.ndarray) and entry.ndim == 0:
        entry = entry.item()
    if isinstance(entry, _COLLECTIONS):
        return _one_of(name, entry)
    return Clause("=", _check_value(name, entry))


def _read_pair(name: object, pair: tuple[Any, ...]) -> Clause:
    operator = pair[0].lower() if len(pair) == 2 and isinstance(pair[0], str) else ""
    operator = MEANT.get(operator, operator)
    if operator not in _OPERATORS:
        raise ConditionError(
            f"column {name!r} is asked for with {show_value(pair)}; give a value, or an operator "
            f"({' '.join(COMPARISONS)}) and a value, or 'in' or 'not in' and a list of values."
        )
    value = pair[1]
    if operator in ("in", "not in"):
        if not isinstance(value, _COLLECTIONS):
            raise ConditionError(
                f"column {name!r} is asked to be {operator!r} {show_value(value)}; give an "
                "operator and a value, or a list of values behind 'in'."
            )
        return _one_of(name, value, negated=operator == "not in")
    if isinstance(value, _COLLECTIONS) and getattr(value, "ndim", 1) > 0:
        raise ConditionError(
            f"column {name!r} is compared by {operator!r} with several values; give one, or 'in' "
            "or 'not in' and a list of them."
        )
    value = _check_value(name, value)
    if operator in _ORDERS and asks_for_missing(value):
        raise ConditionError(
            f"column {name!r} is compared by {operator!r} with a missing value, which has no "
            "order; ask for missing values with None, for all others with ('!=', None)."
        )
    return Clause(operator, value)


def _one_of(name: object, values: Any, *, negated: bool = False) -> Clause:
    """Return that a column equals one of the values, or none of them."""
    if getattr(values, "ndim", 1) != 1:
        raise ConditionError(
            f"column {name!r} is asked for with {show_value(values)} of {values.ndim} dimensions; "
            "give a list of values."
        )
    listed = [_check_value(name, value) for value in _in_order(values)]
    if not listed:
        raise ConditionError(f"column {name!r} is asked for with an empty list; give a value.")
    if negated:
        return _none_of(listed)
    branches = tuple((Clause("=", value),) for value in listed)
    return branches[0][0] if len(branches) == 1 else Clause("or", branches)


def _none_of(values: Sequence[Any]) -> Clause:
    unequal = tuple(Clause(NEGATED["="], value) for value in values)
    return unequal[0] if len(unequal) == 1 else Clause("or", (unequal,))


def _in_order(values: Collection[Any]) -> list[Any]:
    """Return values in the order in which they stand; of a set, in one that is always the same."""
    if isinstance(values, set | frozenset):
        return sorted(values, key=lambda value: (type(value).__name__, repr(value)))
    return list(values)


def _check_value(name: object, value: Any) -> Any:
    """Return a value, if it is one."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if value is None or value is pd.NA or value is pd.NaT or isinstance(value, _VALUES):
        return value
    raise ConditionError(
        f"column {name!r} is asked for with {show_value(value)}, which is no value; give text, a "
        "number, a date or the like, a list of them, or an operator and one of them, such as "
        "('>=', 65)."
    )
