"""Bounds that are asked of a column that a relation writes, and values moved in between them."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from tabgan.errors import ConditionError
from tabgan.schema.arrays import Floats
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.float_conversion import value_to_float
from tabgan.schema.predicates import Clause
from tabgan.schema.ranges import allow
from tabgan.schema.text import show_datetime

MIN_SHARE_INSIDE = 1 / 50  # of rows: what is moved is no longer as it goes with other columns


def read_bounds(
    column: Column, clauses: Sequence[Clause], step: float | None
) -> tuple[float, float] | None:
    """Return the lowest and the highest number asked for; None if gaps are, too, or alone.

    Args:
        column: Of numbers or datetimes.
        clauses: What is asked of it.
        step: Between neighbouring values of the column; None if there is none.

    Raises:
        ConditionError: A value is none that the column could hold.
    """
    allowed = allow(clauses, lambda value: value_to_float(column, value), step)
    if allowed.missing or not allowed.ranges:
        return None
    return allowed.ranges[0][0], allowed.ranges[-1][1]


def check_inside(column: Column, asked: tuple[float, float], seen: Sequence[float]) -> None:
    """Check that a column has values between bounds.

    Args:
        column: Named in the message.
        asked: Lowest and highest number asked for.
        seen: Lowest and highest number of the table.

    Raises:
        ConditionError: It has none.
    """
    if asked[0] > min(asked[1], seen[1]) or asked[1] < seen[0]:
        is_datetime = column.kind is ColumnKind.DATETIME
        least, greatest = (show_datetime(n, column) if is_datetime else n for n in seen)
        raise ConditionError(
            f"column {column.name!r} has no values as asked for: the table's run from {least} to "
            f"{greatest}; ask for some of them."
        )


def write_value(column: Column, number: float) -> Any:
    """Return a number of a column as clauses take it: datetimes in UTC, without a zone."""
    if column.kind is not ColumnKind.DATETIME:
        return number
    return datetime.fromtimestamp(number, UTC).replace(tzinfo=None)


def move_inside(
    numbers: Floats, low: float, high: float, mask_impossible: Callable[[Floats], Floats]
) -> Floats:
    """Return numbers moved into bounds if too few are there by themselves; shape (n_rows,).

    Those outside take the values of those inside in turn, or the nearer bound, so that values do
    not pile up at the bounds. NaN stays.

    Args:
        numbers: A column; (n_rows,).
        low: The lowest value allowed, rounded as the column is.
        high: The highest one, as well.
        mask_impossible: Returns proposed values, (n_rows,), with NaN in rows that cannot hold them.
    """
    inside = (numbers >= low) & (numbers <= high)
    outside = ~inside & ~np.isnan(numbers)
    if inside.sum() >= MIN_SHARE_INSIDE * (inside.sum() + outside.sum()) or low > high:
        return numbers
    clipped = mask_impossible(np.clip(numbers, low, high))
    moved = np.where(np.isnan(clipped), numbers, clipped)
    if inside.any():
        taken = mask_impossible(np.resize(numbers[inside], len(numbers)))
        moved = np.where(np.isnan(taken), moved, taken)
    return np.where(outside, moved, numbers)
