"""Bring a table into the columns of the real one, and say in sentences what did not fit.

What is missing or cannot be read counts as a gap: so that everything that can be computed still is,
and a table that lacks something is not taken for better than it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tabgan.errors import TableError
from tabgan.evaluation.metrics.categories import UNKNOWN
from tabgan.evaluation.metrics.feature_matrix import Feature, Features
from tabgan.schema.column import ColumnKind

MAX_NAMES = 8  # in a sentence
MAX_EXAMPLE = 40  # characters of a value in a sentence
TRIED = 20  # distinct values that cannot be read, before the column is given up


@dataclass(frozen=True)
class Aligned:
    """A table with the columns of the real one, in its order.

    Attributes:
        table: Values that cannot be read are missing.
        notes: What did not fit, in sentences.
    """

    table: pd.DataFrame
    notes: tuple[str, ...]


def align(table: pd.DataFrame, features: Features, columns: pd.Index, name: str) -> Aligned:
    """Return a table in the columns of the real one.

    Args:
        table: Columns in any order, some perhaps missing, too many, or of other types.
        features: How the real table's columns are read.
        columns: Names of the real table's columns, in its order.
        name: What the sentences call the table: "synthetic", "test".

    Raises:
        TableError: It has no rows, columns twice, or none of the real table's.
    """
    if table.columns.has_duplicates:
        twice = list(dict.fromkeys(table.columns[table.columns.duplicated()]))
        raise TableError(f"the {name} table holds columns twice: {listed(twice)}.")
    missing = [column for column in columns if column not in table.columns]
    extra = [column for column in table.columns if column not in columns]
    if len(missing) == len(columns):
        raise TableError(
            f"the {name} table has no column of the real one, which are {listed(list(columns))}."
        )
    if table.empty:
        raise TableError(f"the {name} table has no rows.")
    notes = []
    if missing:
        notes.append(f"The {name} table lacks {listed(missing)}: these count as empty there.")
    if extra:
        notes.append(
            f"The {name} table has {listed(extra)} that the real one has not: left out of account."
        )
    fitted = table.reindex(columns=columns).reset_index(drop=True)
    present = [item for item in features.items if item.name in table.columns]
    for item in features.items:
        if item.name in missing:
            fitted[item.name] = item.empty(len(fitted))
    notes += _empty_unreadable(fitted, present, name)
    notes += _note_unseen_categories(fitted, present, name)
    return Aligned(fitted, tuple(notes))


def listed(names: Sequence[object]) -> str:
    """Return quoted names in a row, the rest counted.

    >>> listed(["age", "zip"])
    "'age', 'zip'"
    """
    shown = ", ".join(repr(name) for name in names[:MAX_NAMES])
    more = len(names) - MAX_NAMES
    return shown if more <= 0 else f"{shown} and {more} more"


def _empty_unreadable(table: pd.DataFrame, items: Sequence[Feature], name: str) -> Iterator[str]:
    """Make gaps of values that are no numbers or dates where they should be; yield sentences."""
    for item in items:
        values = table[item.name]
        unreadable = _find_unreadable(item, values)
        if not unreadable.any():
            continue
        kind = "dates" if item.column.kind is ColumnKind.DATETIME else "finite numbers"
        example = f"such as {str(values[unreadable].iloc[0])[:MAX_EXAMPLE]!r}"
        if unreadable.sum() == values.notna().sum():
            table[item.name] = item.empty(len(table))
            yield (
                f"The {name} table's {item.name!r} holds no {kind}, as the real one's does, but "
                f"{_describe(values)}, {example}: it counts as empty there."
            )
            continue
        table[item.name] = values.mask(unreadable)
        yield (
            f"The {name} table's {item.name!r} holds {unreadable.sum()} values that are no "
            f"{kind}, {example}: they count as missing."
        )


def _find_unreadable(item: Feature, values: pd.Series) -> pd.Series:
    """Return which values cannot be encoded, shape (rows,); all, if only some of them can be."""
    if _is_readable(item, values):
        return pd.Series(np.zeros(len(values), bool), index=values.index)
    try:
        codes, distinct = pd.factorize(values)
    except TypeError:  # lists and the like
        return values.notna()
    odd = _odd_positions(item, pd.Series(distinct, name=values.name))
    unreadable = pd.Series(np.isin(codes, odd), index=values.index)
    together = _is_readable(item, values.mask(unreadable))  # each alone may be, and not all
    return unreadable if together else values.notna()


def _odd_positions(item: Feature, distinct: pd.Series) -> list[int]:
    """Return where unreadable values stand, found by halving; all, where none of the first is."""
    first = range(min(TRIED, len(distinct)))
    if not any(_is_readable(item, distinct.iloc[[position]]) for position in first):
        return list(range(len(distinct)))
    odd, parts = [], [(0, len(distinct))]
    while parts:
        start, end = parts.pop()
        if start == end or _is_readable(item, distinct.iloc[start:end]):
            continue
        if end - start == 1:
            odd.append(start)
            continue
        middle = (start + end) // 2
        parts += [(start, middle), (middle, end)]
    return odd


def _is_readable(item: Feature, values: pd.Series) -> bool:
    """Return whether all values are gaps, or what the real table holds."""
    try:
        return not np.isinf(item.read(values)).any()
    except (TableError, TypeError, ValueError, OverflowError):  # whatever an odd object raises
        return False


def _describe(values: pd.Series) -> str:
    """Return in a word what a column holds."""
    held = pd.api.types.infer_dtype(values, skipna=True)
    words = {"string": "text", "boolean": "truth values", "integer": "whole numbers"}
    words |= {"floating": "numbers", "decimal": "numbers", "categorical": "categories"}
    words |= dict.fromkeys(("datetime64", "datetime", "date", "period"), "dates")
    return words.get(held, "other values")


def _note_unseen_categories(
    table: pd.DataFrame, items: Sequence[Feature], name: str
) -> Iterator[str]:
    """Yield one sentence on all columns with categories that the real table does not hold."""
    found = []
    for item in items:
        if item.categorical:
            unseen = np.flatnonzero(item.encode(table[item.name]) == UNKNOWN)
            if len(unseen):
                example = str(table[item.name].iloc[unseen[0]])[:MAX_EXAMPLE]
                found.append(f"{item.name!r} ({len(unseen)} rows, such as {example!r})")
    if found:
        shown = ", ".join(found[:MAX_NAMES])
        yield f"The {name} table holds levels that the real one lacks, in {shown}."
