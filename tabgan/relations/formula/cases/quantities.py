"""What thresholds lie on: a column, or two of them taken together, as in `weight / height ** 2`.

>>> due, done = (Column(name, ColumnKind.DATETIME, "datetime64[ns]") for name in ("due", "done"))
>>> late = Quantity(done, "-", due)
>>> late.expression.write(), late.find_cut(1.6e5, 1.8e5).above.write()
('done - due', 'done - due >= 2 days')
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from tabgan.query.expressions import Arithmetic, ColumnRef, Number, Value
from tabgan.relations.exact_arithmetic import MAX_DECIMALS, find_decimals, round_decimals
from tabgan.relations.formula.cases.cut_points import Cut, find_cut, find_value_cut
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats, Integers, Mask
from tabgan.schema.column import Column, ColumnKind

SQUARE = "/ **"
OPERATORS: Mapping[str, Callable[[Floats, Floats], Floats]] = {
    "-": np.subtract,
    "+": np.add,
    "*": np.multiply,
    "/": np.divide,
    SQUARE: lambda left, right: np.asarray(left / right**2),
}
IS_SYMMETRIC = {"-", "+", "*"}  # or, of a difference, its order is the other's turned round
EXACT_DIGITS = 12  # of ratios: what is rounded beyond are equal ones


@dataclass(frozen=True)
class Quantity:
    """A column of numbers or datetimes, or two of them taken together.

    Attributes:
        left: The column, or the first of the two.
        operator: One of `OPERATORS`; empty for a single column.
        right: The second.
        beside: A column that is held beside it: rows of one value are apart where it differs.
    """

    left: Column
    operator: str = ""
    right: Column | None = None
    beside: Column | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        """The column, or the two."""
        return (self.left,) if self.right is None else (self.left, self.right)

    @property
    def is_datetime(self) -> bool:
        """Whether it is a single datetime."""
        return self.right is None and self.left.kind is ColumnKind.DATETIME

    @property
    def expression(self) -> Value:
        """What it is, as it is written."""
        left = ColumnRef(self.left)
        if self.right is None:
            return left
        right: Value = ColumnRef(self.right)
        if self.operator == SQUARE:
            return Arithmetic("/", left, Arithmetic("**", right, Number(2.0)))
        return Arithmetic(self.operator, left, right)

    def compute(self, profile: TableProfile, *, is_rounded: bool = True) -> Floats:
        """Return its value in each row; (n_rows,), NaN where there is none.

        Args:
            profile: The rows.
            is_rounded: Whether equal values lose what rounding adds to them. Who has compared raw
                floats has `0.1 + 0.2 > 0.3`.
        """
        left = profile.numbers(self.left)
        if self.right is None:
            return left
        right = profile.numbers(self.right)
        with np.errstate(all="ignore"):
            found = OPERATORS[self.operator](left, right)
        found = np.where(np.isfinite(found), found, np.nan)
        if not is_rounded:
            return found
        decimals = [find_decimals(numbers) for numbers in (left, right)]
        return _round(found, self._add_decimals(*decimals))

    def find_distinct(self, profile: TableProfile, order: Integers) -> Mask:
        """Return which rows have values of its columns that none before has; (n_taken,).

        Args:
            profile: The rows.
            order: Those taken, in the order of the quantity; (n_taken,).
        """
        keys = profile.codes(self.left)[order]
        for column in filter(None, (self.right, self.beside)):
            keys = keys * profile.n_categories(column) + profile.codes(column)[order]
        first = np.zeros(len(order), bool)
        first[np.unique(keys, return_index=True)[1]] = True
        return first

    def _add_decimals(self, left: int | None, right: int | None) -> int | None:
        """Return the decimals of results, by those of both columns; None if they have no end."""
        if left is None or right is None or self.operator in ("/", SQUARE):
            return None
        decimals = left + right if self.operator == "*" else max(left, right)
        return decimals if decimals <= MAX_DECIMALS else None

    def find_cut(self, low: float, high: float) -> Cut | None:
        """Return the roundest threshold with `low` below and `high` above it; None if none is."""
        if self.right is None:
            return find_cut(self.left, low, high)
        is_span = self.operator == "-" and self.left.kind is ColumnKind.DATETIME
        is_span |= self.left.is_duration and self.operator in ("-", "+")
        cut = find_value_cut(self.expression, low, high, is_duration=is_span)
        if self.operator != "-" or cut.number > 0:
            return cut
        turned = Quantity(self.right, "-", self.left).expression
        return cut.turn(turned, ColumnRef(self.left), ColumnRef(self.right))


def _round(values: Floats, decimals: int | None) -> Floats:
    if decimals is not None:
        return round_decimals(values, decimals)
    with np.errstate(all="ignore"):
        scale = 10.0 ** (EXACT_DIGITS - np.ceil(np.log10(np.abs(values))))
        rounded = np.rint(values * scale) / scale
    return np.asarray(np.where(np.isfinite(rounded), rounded, values))
