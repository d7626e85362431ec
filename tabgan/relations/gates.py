"""Conditions that say in which rows a relation holds: `tax = 0.19 * net where country = 'DE'`.

>>> from tabgan.schema.column import ColumnKind
>>> x = Column("x", ColumnKind.CATEGORICAL, "object", element="str")
>>> u, v, w = (Comparison("=", ColumnRef(x), Text(text)) for text in "uvw")
>>> exclude_each_other(u, IsIn((v, w))), exclude_each_other(IsMissing(x), Not(IsMissing(x)))
(True, True)
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tabgan.errors import RelationError
from tabgan.query.column_reader import ColumnReader
from tabgan.query.expressions import ColumnRef, Number, Text
from tabgan.query.three_valued_logic import Comparison, Condition, IsIn, IsMissing, Not
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Mask
from tabgan.schema.column import Column, Name

GAP = None  # among the values that a gate names


def find_gated(gate: Condition, frame: pd.DataFrame) -> Mask:
    """Return in which rows a condition is true, whatever stands in gaps; (n_rows,)."""
    truth = gate.evaluate(ColumnReader(frame))
    return np.broadcast_to(truth.can_be_true & ~truth.can_be_false, len(frame))


def check_gate(
    gate: Condition, dependents: Sequence[Column], others: Sequence[Column], profile: TableProfile
) -> None:
    """Check that a relation can hold where a condition does, and there only.

    Args:
        gate: The condition.
        dependents: Columns that the relation writes.
        others: Columns that must have a part in relations.
        profile: The table.

    Raises:
        RelationError: It cannot.
    """
    for column in others:
        if column not in profile.columns:
            raise RelationError(
                f"column {column.name!r} is {column.kind.value} and has no part in relations "
                "that hold in some rows; name another."
            )
    for column in dependents:
        if column in gate.columns:
            raise RelationError(
                f"column {column.name!r} cannot decide its own value; name another."
            )
    gated = find_gated(gate, profile.frame)
    if gated.all() or not gated.any():
        where = "every row" if gated.all() else "no row"
        raise RelationError(
            f"{gate.write()!r} holds in {where}, so nothing is known of "
            f"{dependents[0].name!r} elsewhere; leave the relation out."
        )


def replace_cells(frame: pd.DataFrame, name: Name, replaced: Mask, donors: Mask) -> pd.DataFrame:
    """Return a table with a column's cells of some rows taken from others, if there are any.

    Args:
        frame: The table.
        name: Of the column.
        replaced: Rows whose cells are replaced; (n_rows,).
        donors: Rows whose cells they are given, in random order; (n_rows,).
    """
    if not replaced.any() or not donors.any():
        return frame
    rows = np.arange(len(frame))
    shuffled = np.random.default_rng(0).permutation(np.flatnonzero(donors))
    rows[replaced] = np.resize(shuffled, int(replaced.sum()))
    changed = frame.copy(deep=False)
    changed[name] = frame[name].iloc[rows].set_axis(frame.index)
    return changed


def exclude_each_other(one: Condition, other: Condition) -> bool:
    """Return whether two gates name values of one column, and never the same: no row has both."""
    column, named = _read_values(one)
    own, others = _read_values(other)
    if column is None or column != own:
        return False
    if named is None or others is None:  # any value
        return (named or others) == {GAP}
    return not named & others


def _read_values(gate: Condition) -> tuple[Column | None, set[float | str | None] | None]:
    """Return the column and the values that a gate asks for: None for any, no column for others."""
    match gate:
        case IsMissing(column):
            return column, {GAP}
        case Not(IsMissing(column)):
            return column, None
    equal = gate.comparisons if isinstance(gate, IsIn) else (gate,)
    columns: set[Column] = set()
    values: set[float | str | None] = set()
    for one in equal:
        match one:
            case Comparison("=", ColumnRef(column), Number(value)):
                values.add(value)
            case Comparison("=", ColumnRef(column), Text() as text):
                values.add(text.text)
            case _:
                return None, None
        columns.add(column)
    return (columns.pop(), values) if len(columns) == 1 else (None, None)
