"""What is asked of a column that a relation writes: bounds, and values moved in between them."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from tabgan.errors import ConditionError
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.predicates import Clause, Floats, value_to_float
from tabgan.schema.ranges import allow

ENOUGH = 1 / 4  # share of rows inside; with fewer, dropping the others is a waste


def read_bounds(
    column: Column, clauses: Sequence[Clause], step: float | None
) -> tuple[float, float] | None:
    """Return the lowest and the highest number asked for; None if gaps are, too, or alone.

    Raises:
        ConditionError: A value is none that the column could hold.
    """
    expected = "give one such as the table holds"
    allowed = allow(clauses, lambda value: value_to_float(column, value, expected), step)
    if allowed.missing or not allowed.ranges:
        return None
    return allowed.ranges[0][0], allowed.ranges[-1][1]


def check_inside(column: Column, asked: tuple[float, float], seen: Sequence[float]) -> None:
    """Refuse bounds between which a column has no values.

    Args:
        column: The column.
        asked: Lowest and highest number asked for.
        seen: Lowest and highest number of the table.

    Raises:
        ConditionError: They are such.
    """
    if asked[0] > min(asked[1], seen[1]) or asked[1] < seen[0]:
        least, greatest = (write_value(column, number) for number in seen)
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
    numbers: Floats, low: float, high: float, allows: Callable[[Floats], Floats]
) -> Floats:
    """Move numbers into bounds if too few are there by themselves; shape (n_rows,) in and out.

    Those outside take the values of those inside in turn, or the nearer bound: so the bounds do not
    pile up. NaN stays.

    Args:
        numbers: The column.
        low: Its lowest value allowed, on its grid.
        high: Its highest one.
        allows: Gives values (n_rows,) as each row can have them: NaN where it cannot.
    """
    inside = (numbers >= low) & (numbers <= high)
    outside = ~inside & ~np.isnan(numbers)
    if inside.sum() >= ENOUGH * (inside.sum() + outside.sum()) or low > high:
        return numbers
    bounded = allows(np.clip(numbers, low, high))
    moved = np.where(np.isnan(bounded), numbers, bounded)
    if inside.any():
        taken = allows(np.resize(numbers[inside], len(numbers)))
        moved = np.where(np.isnan(taken), moved, taken)
    return np.where(outside, moved, numbers)
