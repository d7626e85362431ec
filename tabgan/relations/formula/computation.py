"""A column computed from others: an expression, and how its results are written.

>>> from tabgan.query.expressions import ColumnRef
>>> x, y = (Column(name, ColumnKind.INTEGER, "int64") for name in "xy")
>>> half = Computation(Arithmetic("/", ColumnRef(x), Number(2.0)), Rounding(0, "up"))
>>> half.apply(pd.DataFrame({"x": [1, 2, 3]}), y).tolist()
[1, 1, 2]
"""

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from tabgan.query import syntax
from tabgan.query.expressions import (
    Arithmetic,
    Call,
    ColumnReader,
    Expression,
    Number,
    Text,
    Value,
)
from tabgan.query.functions import Approximation
from tabgan.query.parser import parse_relation
from tabgan.query.value_check import check_value
from tabgan.relations.exact_arithmetic import (
    DATETIME_DECIMALS,
    find_decimals,
    machine_epsilon,
    representable_range,
    round_to_dtype,
)
from tabgan.relations.formula.rounding import Rounding, as_written
from tabgan.relations.statistics import MAX_DECLARED_VIOLATIONS, total_entropy
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema, restore_dtype
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.float_conversion import to_float
from tabgan.state_reader import StateReader

MAX_LENGTH = 100_000  # of an expression as text
MAX_LEFT = 0.25  # share of what there is to say of a column, if a few rows break a formula
MAX_NEAR = 0.5  # share of these rows that are off by a single step ...
MIN_LONG = 4  # ... for a formula of so many digits


@dataclass(frozen=True)
class Comparison:
    """A column beside its results.

    Attributes:
        has_result: In which rows there is one; (n_rows,).
        matches: In which rows the column is that, but for rounding; (n_rows,).
    """

    has_result: Mask
    matches: Mask


@dataclass(frozen=True)
class Computation:
    """The value of a column in each row of the others.

    Attributes:
        expression: Before it is rounded.
        rounding: How results are written.
    """

    expression: Value
    rounding: Rounding

    @classmethod
    def fit(cls, profile: TableProfile, dependent: Column, expression: Value) -> Self:
        """Return the computation with the rounding that the dependent has in the table."""
        own = read(profile.frame, dependent)
        is_datetime = as_written(dependent).kind is ColumnKind.DATETIME
        decimals = DATETIME_DECIMALS if is_datetime else find_decimals(own)
        found = _evaluate(expression, profile.frame)
        return cls(expression, Rounding.fit(found, own, decimals, machine_epsilon(dependent)))

    @property
    def n_digits(self) -> int:
        """Digits of its coefficients, without those of exponents."""
        return count_digits(self.expression)

    def apply(self, frame: pd.DataFrame, dependent: Column) -> "pd.Series[Any]":
        """Return the dependent, in its own dtype and inside what that holds; (n_rows,)."""
        column = as_written(dependent)
        results = self.rounding.apply(_evaluate(self.expression, frame))
        numbers = round_to_dtype(results, column)
        if column.kind is not ColumnKind.DATETIME:
            numbers = np.clip(numbers, *representable_range(column, self.rounding.decimals or 0))
        return restore_dtype(numbers, column, frame.index)

    def compare(self, frame: pd.DataFrame, dependent: Column) -> Comparison:
        """Return where there are results, and where the dependent is that."""
        found = _evaluate(self.expression, frame)
        matches = self.rounding.allows(found, read(frame, dependent))
        return Comparison(~np.isnan(found.values), matches)

    def measure_loss(self, profile: TableProfile, dependent: Column) -> float:
        """Return how much of what others hold gets lost in the dependent: more, the surer it is it.

        That is what results are rounded by as a rule, in half steps: a half where digits get lost,
        little where others were rounded from the dependent. Without rounding it is 1, and the share
        of results that are the same to the last bit.
        """
        own, found = read(profile.frame, dependent), _evaluate(self.expression, profile.frame)
        if self.rounding.decimals is None:
            return 1.0 + float(np.mean(found.values == own))
        obeying = self.rounding.allows(found, own)
        exact = _evaluate(_uncut(self.expression), profile.frame).values
        off = float(np.abs(exact - own)[obeying].mean()) if obeying.any() else 0.0
        return round(off / (self.rounding.step / 2), 2)

    def is_borne_out(self, frame: pd.DataFrame, dependent: Column, broken: Mask) -> bool:
        """Return whether the rows that break it are few, and odd ones.

        A column that is nearly always 0 is nearly always the least of others; and what is no
        formula, but near one, is off by a single step in many rows.

        Args:
            frame: The table.
            dependent: A column of it.
            broken: Rows that break it; (n_rows,).
        """
        if not broken.any():
            return True
        if np.count_nonzero(broken) > MAX_DECLARED_VIOLATIONS * len(frame):
            return False
        own, found = read(frame, dependent), _evaluate(self.expression, frame).values
        given, odd = own[~np.isnan(own)], own[broken & ~np.isnan(own)]
        saved, left = (total_entropy(np.unique(v, return_counts=True)[1]) for v in (given, odd))
        counts = np.array([len(odd), len(given) - len(odd)])
        left += total_entropy(counts[counts > 0])
        off = np.abs(found - own)[broken]
        is_near = np.mean(off <= 1.5 * self.rounding.step) > MAX_NEAR
        return bool(left <= MAX_LEFT * saved) and not (is_near and self.n_digits >= MIN_LONG)

    def to_state(self) -> dict[str, Any]:
        """Return it as JSON-able values."""
        return {"expression": self.expression.write(), "rounding": asdict(self.rounding)}

    @classmethod
    def from_state(cls, state: StateReader, schema: TableSchema) -> Self:
        """Rebuild it from what `to_state` returned.

        Raises:
            ModelFileError: It is no expression of columns of the schema.
        """
        text = state.text("expression")
        state.check(
            len(text) <= MAX_LENGTH, "expression", f"has more than {MAX_LENGTH:,} characters"
        )
        tree = state.build(lambda: parse_relation(f"0 = {text}", schema.names))
        is_value = isinstance(tree, syntax.Comparison) and tree.operators == ("=",)
        state.check(is_value, "expression", "is no value")
        assert isinstance(tree, syntax.Comparison)  # noqa: S101 - as it is
        expression = state.build(lambda: check_value(tree.operands[1], schema))
        state.check(bool(expression.columns), "expression", "names no column")
        return cls(expression, Rounding.from_state(state.state("rounding")))


def read(frame: pd.DataFrame, column: Column) -> Floats:
    """Return a column as it is written; (n_rows,), NaN where missing."""
    return to_float(frame[column.name], as_written(column))


def _evaluate(expression: Value, frame: pd.DataFrame) -> Approximation:
    """Return the value of an expression in each row; (n_rows,), NaN where there is none."""
    with np.errstate(all="ignore"):
        found = expression.evaluate(ColumnReader(frame))
        values = np.broadcast_to(found.values, len(frame))
        values = np.where(np.isfinite(values), values, np.nan)
        error = np.nan_to_num(np.broadcast_to(found.error, len(frame)), nan=0.0)
    return Approximation(values, error)


def _uncut(value: Value) -> Value:
    """Return what is calculated before its digits are cut off."""
    is_cut = isinstance(value, Call) and value.function in {"ceil", "floor"}
    return value.arguments[0] if isinstance(value, Call) and is_cut else value


def count_digits(value: Expression) -> int:
    """Return the digits of its numbers, without those of exponents."""
    if isinstance(value, Arithmetic) and value.operator == "**":
        return count_digits(value.left)
    if isinstance(value, Number | Text):
        return sum(map(str.isdigit, value.write()))
    return sum(map(count_digits, value.children))
