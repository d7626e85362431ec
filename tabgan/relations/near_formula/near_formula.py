"""A column that is nearly calculated from others: `bmi nearly = weight / height ** 2`.

>>> from tabgan.query.parser import parse_relation
>>> frame = pd.DataFrame({"km": [2, 5, 9, 14], "minutes": [4, 10, 20, 27]})
>>> schema = TableSchema.infer(frame)
>>> tree = parse_relation("minutes nearly = 2 * km", schema.names)
>>> (relation,) = NearFormula.declare(tree, TableProfile(frame, schema))
>>> relation.apply(frame)["minutes"].tolist()
[0.0, 0.0, 2.0, 0.0]
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.errors import RelationError
from tabgan.query import relation_syntax, syntax
from tabgan.query.expressions import Value, ValueType
from tabgan.query.tokens import write_name
from tabgan.query.value_check import check_value
from tabgan.relations.exact_arithmetic import equal_nan, round_trips
from tabgan.relations.formula.computation import Computation, read_expression
from tabgan.relations.formula.conditions.interval import Interval
from tabgan.relations.formula.conditions.push_down import find_source_ends, push_down, read_ends
from tabgan.relations.formula.rounding import Rounding
from tabgan.relations.near_formula.discovery import find_near_formulas
from tabgan.relations.near_formula.leftover import Leftover
from tabgan.relations.protected_values import find_ends
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.saved_columns import NUMBERS, check_apart, read_column
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema, restore_dtype
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.float_conversion import to_float
from tabgan.schema.holding import Holding
from tabgan.schema.predicates import Clause
from tabgan.schema.text import parse_numbers
from tabgan.state_reader import StateReader


@dataclass(frozen=True)
class NearFormula(Relation):
    """A number is the result of an expression but for what is left, which is learned in its place.

    Attributes:
        expression: Of other columns.
        leftover: Turns the column into what is left of it, and back.
        reach: How far the column is from the result at the most; inf if there are rows without one.
        ends: Of each source, its lowest and its highest value.
    """

    expression: Value
    leftover: Leftover
    reach: float
    ends: tuple[tuple[float, float], ...] = field(default=(), compare=False, repr=False)

    KIND: ClassVar[str] = "near_formula"
    IS_STRICT: ClassVar[bool] = False

    @classmethod
    def discover(cls, profile: TableProfile) -> list[DiscoveredRelation]:
        """Return the near formulas by which held-out rows are told better, surest first."""
        found = []
        for definition in find_near_formulas(profile):
            relation = cls.fit(profile, definition.dependent, definition.expression)
            if relation is not None:
                support = int((~profile.missing(definition.dependent)).sum())
                found.append(DiscoveredRelation(relation, support))
        return found

    @classmethod
    def declare(cls, tree: syntax.Node, profile: TableProfile) -> list[Self]:
        """Read `y nearly = expression`."""
        if not isinstance(tree, relation_syntax.NearlyEqual):
            return []
        dependent = profile.schema.column(tree.dependent)
        expression = check_value(tree.value, profile.schema)
        name = dependent.name
        if not dependent.kind.is_number or expression.value_type is not ValueType.NUMBER:
            raise RelationError(
                f"{name!r} is {dependent.kind.value} and its formula gives "
                f"{expression.value_type.value} values; only numbers can nearly be numbers."
            )
        if not expression.columns or dependent in expression.columns:
            raise RelationError(f"{name!r} is nearly a formula of other columns; name some.")
        relation = cls.fit(profile, dependent, expression)
        if relation is None:
            raise RelationError(
                f"the column {name!r} cannot be written in terms of others: its values would not "
                "come back exactly, or are too few; round them, and write them all in one way."
            )
        return [relation]

    @classmethod
    def fit(cls, profile: TableProfile, dependent: Column, expression: Value) -> Self | None:
        """Return the relation; None if the dependent would not be restored as the table has it."""
        leftover = Leftover.fit(dependent, profile)
        if leftover is None or not round_trips(profile.series(dependent), dependent):
            return None
        own = profile.numbers(dependent)
        results = _to_computation(expression, leftover).to_numbers(profile.frame)
        left = leftover.subtract(own, results)
        if not profile.protection.is_on and not _is_same(leftover.add(left, results), own):
            return None
        present = ~np.isnan(own)
        reach = np.inf
        if not np.isnan(results[present]).any():
            kept = find_ends((own - results)[present], profile.min_rows)
            reach = max(map(abs, kept)) if kept else np.inf
        ends = tuple(find_source_ends(profile, column) for column in expression.columns)
        return cls((dependent,), expression.columns, expression, leftover, float(reach), ends)

    @property
    def text(self) -> str:
        return f"{write_name(self.dependent.name)} nearly = {self.expression.write_operand(3)}"

    def explain(self) -> str:
        return f"{self.dependent.name} is {self.expression.write()}, but for a little that is left"

    def find_violations(self, frame: pd.DataFrame) -> Mask:
        """Return that no row breaks it, however much is left."""
        return np.zeros(len(frame), bool)

    def _compute(self, frame: pd.DataFrame) -> Floats:
        return _to_computation(self.expression, self.leftover).to_numbers(frame)

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Replace the dependent by what is left of it."""
        own = to_float(frame[self.dependent.name], self.dependent)
        changed = frame.copy(deep=False)
        changed[self.dependent.name] = self.leftover.subtract(own, self._compute(frame))
        return changed

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Add what is left to the results."""
        left = parse_numbers(frame[self.dependent.name])
        numbers = self.leftover.add(left, self._compute(frame))
        changed = frame.copy(deep=False)
        changed[self.dependent.name] = restore_dtype(numbers, self.dependent, index=frame.index)
        return changed

    def reduced_columns(self) -> Mapping[Name, Column | None]:
        """Return what is left as a column of numbers."""
        is_whole = self.leftover.decimals == 0
        kind = ColumnKind.INTEGER if is_whole else ColumnKind.CONTINUOUS
        return {self.dependent.name: Column(self.dependent.name, kind, "float64")}

    def push_down(self, clauses: Sequence[Clause]) -> Mapping[Name, list[Clause]]:
        """Return where sources have to lie for a result that is near enough; rows are checked."""
        if not np.isfinite(self.reach):
            return {}
        ranges = {c: Interval(*ends) for c, ends in zip(self.sources, self.ends, strict=True)}
        computation = _to_computation(self.expression, self.leftover)
        return push_down(computation, self.dependent, clauses, ranges, self.reach)

    @property
    def holdings(self) -> tuple[Holding, ...]:
        leftover = self.leftover
        median = Holding("median", shown=f"{leftover.middle:.10g}")
        return median, Holding("ends", shown=f"{leftover.low:.10g} to {leftover.high:.10g}")

    def to_dict(self) -> dict[str, Any]:
        return {
            "dependent": self.dependent.name,
            "expression": self.expression.write_operand(3),
            "leftover": asdict(self.leftover),
            "reach": self.reach if np.isfinite(self.reach) else None,
            "lows": [low for low, _ in self.ends],
            "highs": [high for _, high in self.ends],
        }

    @classmethod
    def from_dict(cls, state: StateReader, schema: TableSchema) -> Self:
        dependent = read_column(state, "dependent", schema, NUMBERS)
        expression = read_expression(state, schema)
        is_number = expression.value_type is ValueType.NUMBER
        state.check(is_number, "expression", "gives no numbers")
        check_apart(state, dependent, *expression.columns)
        leftover = Leftover.from_state(state.state("leftover"))
        reach = state.number("reach", 0) if state.has("reach") else np.inf
        ends = read_ends(state, len(expression.columns))
        return cls((dependent,), expression.columns, expression, leftover, float(reach), ends)


def _to_computation(expression: Value, leftover: Leftover) -> Computation:
    return Computation(expression, Rounding(leftover.decimals))


def _is_same(back: Floats, own: Floats) -> bool:
    """Return whether restored numbers are a column's, but for the last bits; (n_rows,) each."""
    slack = 1e-12 * np.nanmax(np.abs(own), initial=0.0)
    return bool((equal_nan(back, own) | (np.abs(back - own) <= slack)).all())
