"""A column computed from others: an expression, and how its results are written.

>>> from tabgan.query.expressions import ColumnRef
>>> x, y = (Column(name, ColumnKind.INTEGER, "int64") for name in "xy")
>>> half = Computation(Arithmetic("/", ColumnRef(x), Number(2.0)), Rounding(0, "up"))
>>> half.apply(pd.DataFrame({"x": [1, 2, 3]}), y).tolist()
[1, 1, 2]
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from tabgan.query import syntax
from tabgan.query.cases import Case
from tabgan.query.column_reader import ColumnReader
from tabgan.query.expressions import (
    Arithmetic,
    Call,
    Duration,
    Expression,
    Number,
    Text,
    Value,
)
from tabgan.query.functions import Approximation
from tabgan.query.numbers import UNITS
from tabgan.query.parser import parse_relation
from tabgan.query.value_check import check_value
from tabgan.relations.exact_arithmetic import (
    DATETIME_DECIMALS,
    MAX_INT,
    find_decimals,
    machine_epsilon,
    representable_range,
    round_to_dtype,
    round_trips,
)
from tabgan.relations.formula.comparison import Comparison, OddRows
from tabgan.relations.formula.rounding import Rounding, as_written
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema, restore_dtype
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.float_conversion import to_float
from tabgan.state_reader import StateReader

CUTS = {"floor", "ceil"}
CUT_DIGITS = 3  # that a cut costs: what is cut does not say what it was cut from
MAX_LENGTH = 100_000  # of an expression as text
MIN_SAME = 0.9  # share of results that are those of the table, halves included


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
        found = _evaluate(expression, ColumnReader(profile.frame))
        return cls(expression, Rounding.fit(found, own, decimals, machine_epsilon(dependent)))

    @property
    def n_digits(self) -> int:
        """Digits of its coefficients, without those of exponents and of `1 day`."""
        return count_digits(self.expression)

    @property
    def gives_categories(self) -> bool:
        """Whether all results are given, not calculated."""
        value = self.expression
        results = value.results if isinstance(value, Case) else ()
        return bool(results) and all(isinstance(result, Number | Text) for result in results)

    def apply(self, frame: pd.DataFrame, dependent: Column) -> "pd.Series[Any]":
        """Return the dependent, in its own dtype and inside what that holds; (n_rows,)."""
        return self.compute(ColumnReader(frame), dependent)

    def compute(self, reader: ColumnReader, dependent: Column) -> "pd.Series[Any]":
        """Return the same of columns that a reader has; (n_rows,)."""
        column = as_written(dependent)
        results = self.rounding.apply(_evaluate(self.expression, reader))
        numbers = round_to_dtype(results, column)
        if column.kind is not ColumnKind.DATETIME:
            decimals = self.rounding.decimals or 0
            numbers = np.clip(numbers, *representable_range(column, decimals, MAX_INT))
        return restore_dtype(numbers, column, reader.frame.index)

    def to_numbers(self, frame: pd.DataFrame) -> Floats:
        """Return the results as numbers, whatever the dependent holds; (n_rows,), NaN for none."""
        return self.rounding.apply(_evaluate(self.expression, ColumnReader(frame)))

    def compare(self, frame: pd.DataFrame, dependent: Column) -> Comparison:
        """Return where there are results, and where the dependent is that."""
        found = _evaluate(self.expression, ColumnReader(frame))
        matches = self.rounding.allows(found, read(frame, dependent))
        return Comparison(~np.isnan(found.values), matches)

    def decides_halves(self, frame: pd.DataFrame, dependent: Column, matches: Mask) -> bool:
        """Return whether one rule for halves gives nearly all of the rows that match; (n_rows,).

        `2023.5 - year(born)` is half a year from every age: up for some rows, down for others.
        """
        if self.rounding.decimals is None or not matches.any():
            return True
        results = self.rounding.apply(_evaluate(self.expression, ColumnReader(frame)))
        return bool(np.mean((results == read(frame, dependent))[matches]) >= MIN_SAME)

    def is_borne_out(self, frame: pd.DataFrame, dependent: Column, broken: Mask) -> bool:
        """Return whether rows that break it, (n_rows,), are odd ones."""
        results = _evaluate(self.expression, ColumnReader(frame)).values
        odd = OddRows.of(read(frame, dependent), results, broken, self.rounding.step)
        return odd.are_odd(self.n_digits)

    def is_exact(self, series: "pd.Series[Any]", dependent: Column) -> bool:
        """Return whether results would be written as these values of the dependent are."""
        return round_trips(series, as_written(dependent))

    def measure_loss(self, profile: TableProfile, dependent: Column) -> float:
        """Return how much of what others hold gets lost in the dependent: more, the surer it is it.

        That is what results are rounded by as a rule, in half steps: a half where digits get lost,
        little where others were rounded from the dependent. Without rounding it is 1, and the share
        of results that are the same to the last bit.
        """
        own, reader = read(profile.frame, dependent), ColumnReader(profile.frame)
        found = _evaluate(self.expression, reader)
        if self.rounding.decimals is None:
            return 1.0 + float(np.mean(found.values == own))
        obeying = self.rounding.allows(found, own)
        exact = _evaluate(_uncut(self.expression), reader).values
        off = float(np.abs(exact - own)[obeying].mean()) if obeying.any() else 0.0
        return round(off / (self.rounding.step / 2), 2)

    def to_state(self) -> dict[str, Any]:
        """Return it as JSON-able values."""
        return {"expression": self.expression.write_operand(3), "rounding": asdict(self.rounding)}

    @classmethod
    def from_state(cls, state: StateReader, column: Column, schema: TableSchema) -> Self:  # noqa: ARG003
        """Rebuild it from what `to_state` returned.

        Args:
            state: That.
            column: The dependent.
            schema: Of the whole table.

        Raises:
            ModelFileError: It is no expression of columns of the schema.
        """
        return cls(read_expression(state, schema), Rounding.from_state(state.state("rounding")))


def read_expression(
    state: StateReader,
    schema: TableSchema,
    name: str = "expression",
    check: Callable[[syntax.Value, TableSchema], Value] = check_value,
) -> Value:
    """Return the expression that a computation has written, after a check of what it is made of.

    Raises:
        ModelFileError: It is none of columns of the schema.
    """
    text = state.text(name)
    state.check(len(text) <= MAX_LENGTH, name, f"has more than {MAX_LENGTH:,} characters")
    tree = state.build(lambda: parse_relation(f"0 = {text}", schema.names))
    is_value = isinstance(tree, syntax.Comparison) and tree.operators[0] == "="
    state.check(is_value, name, "is no value")
    assert isinstance(tree, syntax.Comparison)  # noqa: S101 - as it is
    expression = state.build(lambda: check(tree.right_side, schema))
    state.check(bool(expression.columns), name, "names no column")
    return expression


def read(frame: pd.DataFrame, column: Column) -> Floats:
    """Return a column as it is written; (n_rows,), NaN where missing."""
    return to_float(frame[column.name], as_written(column))


def _evaluate(expression: Value, reader: ColumnReader) -> Approximation:
    """Return the value of an expression in each row; (n_rows,), NaN where there is none."""
    with np.errstate(all="ignore"):
        found = expression.evaluate(reader)
        values = np.broadcast_to(found.values, len(reader.frame))
        values = np.where(np.isfinite(values), values, np.nan)
        error = np.nan_to_num(np.broadcast_to(found.error, len(reader.frame)), nan=0.0)
    return Approximation(values, error)


def _uncut(value: Value) -> Value:
    """Return what is calculated before its digits are cut off."""
    is_cut = isinstance(value, Call) and value.function in CUTS
    return value.arguments[0] if isinstance(value, Call) and is_cut else value


def count_digits(value: Expression) -> int:
    """Return the digits of its numbers, without those of exponents and of `1 day`."""
    if isinstance(value, Arithmetic) and value.operator == "**":
        return count_digits(value.left)
    if isinstance(value, Duration) and value.value in UNITS.values():
        return 0  # of a unit of time
    if isinstance(value, Text) and value.seconds is None:  # a category
        return 0
    if isinstance(value, Number | Text):
        return sum(map(str.isdigit, value.write()))
    lost = CUT_DIGITS if isinstance(value, Call) and value.function in CUTS else 0
    return lost + sum(map(count_digits, value.children))
