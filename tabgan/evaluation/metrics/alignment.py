"""Bring a table into the columns of the real one, and say in sentences what did not fit.

What is missing or cannot be read counts as a gap: so that everything that can be computed still is,
and a table that lacks something is not taken for better than it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tabgan.errors import TableError
from tabgan.evaluation.metrics.feature_matrix import UNKNOWN, Feature, Features
from tabgan.schema.column import ColumnKind

MAX_NAMES = 8  # in a sentence


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
        if _can_encode(item, values):
            continue
        distinct = values.drop_duplicates()
        odd = [v for i, v in enumerate(distinct) if not _can_encode(item, distinct.iloc[[i]])]
        unreadable = values.isin(odd)
        if not _can_encode(item, values.mask(unreadable)):  # each alone can, all together cannot
            unreadable = values.notna()
        table[item.name] = values.mask(unreadable)
        kind = "dates" if item.column.kind is ColumnKind.DATETIME else "numbers"
        yield (
            f"The {name} table's {item.name!r} holds {unreadable.sum()} values that are no "
            f"{kind}, such as {values[unreadable].iloc[0]!r}: they count as missing."
        )


def _can_encode(item: Feature, values: pd.Series) -> bool:
    try:
        item.encode(values)
    except TableError:
        return False
    return True


def _note_unseen_categories(
    table: pd.DataFrame, items: Sequence[Feature], name: str
) -> Iterator[str]:
    """Yield one sentence on all columns with categories that the real table does not hold."""
    found = []
    for item in items:
        if item.categorical:
            unseen = np.flatnonzero(item.encode(table[item.name]) == UNKNOWN)
            if len(unseen):
                example = table[item.name].iloc[unseen[0]]
                found.append(f"{item.name!r} ({len(unseen)} rows, such as {str(example)!r})")
    if found:
        shown = ", ".join(found[:MAX_NAMES])
        yield f"The {name} table holds levels that the real one lacks, in {shown}."
