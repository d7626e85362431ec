"""How the result of a formula is written: its decimals, and what becomes of halves.

>>> from tabgan.query.functions import exact
>>> half = exact(np.array([0.5, 1.5, 2.5]))
>>> [Rounding(0, rule).apply(half).tolist() for rule in ("even", "up")]
[[0.0, 2.0, 2.0], [1.0, 2.0, 3.0]]
>>> Rounding(0).allows(half, np.array([1.0, 1.0, 3.0])).tolist()
[True, True, True]
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from tabgan.query.functions import Approximation
from tabgan.relations.exact_arithmetic import MAX_DECIMALS
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.text import is_datetime_number_format
from tabgan.state_reader import StateReader

RULES = ("float", "even", "up")  # halves as float64 has them; to the even neighbour; away from 0
PRECISION = 6  # decimals of a last place, to which halves are told
MAX_ULPS = 8.0  # errors that a result without rounding may be away


@dataclass(frozen=True)
class Rounding:
    """Decimals of a result, and the rule for halves.

    Attributes:
        decimals: None if a result stands as it was calculated.
        rule: One of RULES.
        epsilon: Relative distance of neighbouring floats in the column's dtype.
    """

    decimals: int | None
    rule: str = "float"
    epsilon: float = float(np.finfo(np.float64).eps)

    @classmethod
    def fit(cls, found: Approximation, own: Floats, decimals: int | None, epsilon: float) -> Self:
        """Return the rule by which most results are those of the table; (n_rows,) each."""
        if decimals is None:
            return cls(None, epsilon=epsilon)
        rules = [cls(decimals, rule, epsilon) for rule in RULES]
        return max(rules, key=lambda rule: np.count_nonzero(rule.apply(found) == own))

    @classmethod
    def from_state(cls, state: StateReader) -> Self:
        """Rebuild it from its attributes.

        Raises:
            ModelFileError: They cannot be.
        """
        decimals = state.whole("decimals", 0, MAX_DECIMALS) if state.has("decimals") else None
        return cls(decimals, state.text("rule", RULES), state.number("epsilon", 0, 1))

    @property
    def step(self) -> float:
        """The distance between neighbouring results; 0 if they are not rounded."""
        return 0.0 if self.decimals is None else float(10.0**-self.decimals)

    def apply(self, found: Approximation) -> Floats:
        """Return results as they are written; (n_rows,)."""
        if self.decimals is None:
            return found.values + 0.0  # no -0.0
        scale = 10.0**self.decimals
        scaled = found.values * scale
        if self.rule != "float":
            scaled = np.round(scaled, PRECISION)
        if self.rule == "up":
            return np.asarray(np.sign(scaled) * np.floor(np.abs(scaled) + 0.5) / scale + 0.0)
        return np.asarray(np.rint(scaled) / scale + 0.0)

    def allows(self, found: Approximation, own: Floats) -> Mask:
        """Return which values are results, rounded one way or the other at halves; (n_rows,)."""
        slack = MAX_ULPS * (found.error + self.epsilon * np.abs(found.values))
        if self.decimals is not None:
            slack = np.minimum(slack, self.step / 4) + self.step / 2
        return np.asarray(np.abs(found.values - own) <= slack)


def as_written(column: Column) -> Column:
    """Return a column as it is calculated: datetimes that are written as numbers are numbers.

    >>> as_written(Column("time", ColumnKind.DATETIME, "int64", format="%H%M")).kind.value
    'integer'
    """
    is_number = column.kind is ColumnKind.DATETIME and not column.text
    if not is_number or not is_datetime_number_format(column.format):
        return column
    return replace(column, kind=ColumnKind.INTEGER, format=None)
