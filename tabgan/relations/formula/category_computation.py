"""A column of categories or truth values computed from others.

>>> from tabgan.query.expressions import ColumnRef
>>> from tabgan.query.three_valued_logic import Comparison
>>> frame = pd.DataFrame({"balance": [-2.5, 3.0, 0.5], "overdrawn": [True, False, False]})
>>> profile = TableProfile(frame, TableSchema.infer(frame))
>>> balance, overdrawn = profile.schema.columns
>>> is_negative = Flag(Comparison("<", ColumnRef(balance), Number(0.0)))
>>> computation = CategoryComputation.fit(profile, overdrawn, is_negative)
>>> computation.apply(pd.DataFrame({"balance": [7.5, -1.0]}), overdrawn).tolist()
[False, True]
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self

import numpy as np
import pandas as pd

from tabgan.errors import RelationError
from tabgan.query.cases import Branch, Case, Flag
from tabgan.query.column_reader import ColumnReader
from tabgan.query.expressions import Arithmetic, Call, Expression, Number, Text, Value
from tabgan.query.three_valued_logic import Not
from tabgan.relations.formula.comparison import Comparison
from tabgan.relations.formula.computation import Computation, read_expression
from tabgan.relations.formula.rounding import Rounding
from tabgan.relations.saved_columns import read_categories
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Integers, Mask
from tabgan.schema.categories import Categories
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.predicates import category_names, show_names
from tabgan.state_reader import StateReader


@dataclass(frozen=True)
class CategoryComputation(Computation):
    """The category of a column in each row of the others.

    Attributes:
        categories: Of the dependent: what results are written as.
        compares_raw: Whether what is calculated is compared to its last bit, as in the table.
    """

    categories: Categories
    compares_raw: bool = False

    @classmethod
    def fit(cls, profile: TableProfile, dependent: Column, expression: Value) -> Self:
        """Return the computation with the categories that the dependent has in the table.

        Raises:
            RelationError: The expression has a result that is none of them.
        """
        computation = cls(
            expression, Rounding(None), profile.categories(dependent, profile.min_rows)
        )
        for result in _find_constants(expression):
            computation._find_category(result)
        if not _calculates(expression):
            return computation
        raw = replace(computation, compares_raw=True)
        n_matches = [c.compare(profile.frame, dependent).matches.sum() for c in (computation, raw)]
        return raw if n_matches[1] >= n_matches[0] else computation

    @property
    def gives_categories(self) -> bool:
        return True

    def compute(self, reader: ColumnReader, dependent: Column) -> "pd.Series[Any]":  # noqa: ARG002
        return self.categories.write(self._find_codes(reader)).set_axis(reader.frame.index)

    def compare(self, frame: pd.DataFrame, dependent: Column) -> Comparison:
        codes = self._find_codes(ColumnReader(frame))
        own = self.categories.find(frame[dependent.name])
        return Comparison(np.asarray(codes >= 0), np.asarray((codes >= 0) & (codes == own)))

    def is_borne_out(self, frame: pd.DataFrame, dependent: Column, broken: Mask) -> bool:  # noqa: ARG002
        return True

    def is_exact(self, series: "pd.Series[Any]", dependent: Column) -> bool:  # noqa: ARG002
        back = self.categories.write(self.categories.find(series))
        return bool(back.dtype == series.dtype)

    def measure_loss(self, profile: TableProfile, dependent: Column) -> float:  # noqa: ARG002
        return 1.0  # numbers do not follow from the categories that they are cut into

    def _find_codes(self, reader: ColumnReader) -> Integers:
        """Return the category in each row, -1 for a gap; (n_rows,)."""
        n_rows = len(reader.frame)
        if self.compares_raw:
            reader = ColumnReader(reader.frame, compares_raw=True)
        encoded = self._encode(self.expression)
        if encoded is not None:
            codes = np.broadcast_to(encoded.evaluate(reader).values, n_rows)
            return np.where(np.isnan(codes), -1, codes).astype(np.int64)
        names = np.broadcast_to(self.expression.categories(reader), n_rows)
        known = pd.Index(category_names(self.categories.objects[:-1], self.categories.column))
        return np.asarray(known.get_indexer(pd.Index(names, dtype=object)), np.int64)

    def _encode(self, expression: Value) -> Value | None:
        """Return an expression whose results are the numbers of the categories; None if none is."""
        if isinstance(expression, Number | Text):
            return Number(float(self._find_category(expression)))
        if isinstance(expression, Flag):
            codes = [Number(float(self._find_category(Text(name)))) for name in ("true", "false")]
            conditions = expression.condition, Not(expression.condition)
            return Case(tuple(map(Branch, conditions, codes)))
        if not isinstance(expression, Case):
            return None
        otherwise = None if expression.otherwise is None else self._encode(expression.otherwise)
        results = [b.result and self._encode(b.result) for b in expression.branches]
        branches = zip(expression.branches, results, strict=True)
        encoded = tuple(replace(branch, result=result) for branch, result in branches)
        case = Case(encoded, otherwise)
        return case if len(case.results) == len(expression.results) else None

    def _find_category(self, result: Number | Text) -> int:
        """Return the number of a category.

        Raises:
            RelationError: There is no such category.
        """
        column = self.categories.column
        objects = self.categories.objects[:-1]
        names = list(map(str, category_names(objects, column)))
        if isinstance(result, Number):
            wanted, same = result.write(), [float(value) == result.value for value in objects]
        else:
            is_boolean = column.kind is ColumnKind.BOOLEAN
            wanted = result.text.lower() if is_boolean else result.text
            same = [name == wanted for name in names]
        if True in same:
            return same.index(True)
        raise RelationError(
            f"column {column.name!r} has no value {wanted!r}; {show_names(wanted, names)}."
        )

    def to_state(self) -> dict[str, Any]:
        expression = self.expression.write_operand(3)
        state = {"expression": expression, "categories": self.categories.to_state()}
        return state | ({"compares_raw": True} if self.compares_raw else {})

    @classmethod
    def from_state(cls, state: StateReader, column: Column, schema: TableSchema) -> Self:
        categories = read_categories(state.state("categories"), column)
        is_raw = state.has("compares_raw") and state.flag("compares_raw")
        computation = cls(read_expression(state, schema), Rounding(None), categories, is_raw)
        for result in _find_constants(computation.expression):
            state.build(partial(computation._find_category, result))
        return computation


def _calculates(part: Expression) -> bool:
    """Return whether something is calculated, so that rounding has a say."""
    return isinstance(part, Arithmetic | Call) or any(map(_calculates, part.children))


def _find_constants(expression: Value) -> list[Number | Text]:
    """Return the results of case expressions that are given, not computed."""
    if isinstance(expression, Number | Text):
        return [expression]
    results = expression.results if isinstance(expression, Case) else ()
    return [constant for result in results for constant in _find_constants(result)]
