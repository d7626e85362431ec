"""Columns that are calculated where a condition holds: `tax = 0.19 * net where country = 'DE'`.

>>> frame = pd.DataFrame({"net": [10, 30, 20], "land": ["DE", "FR", "DE"], "tax": [2, 5, 4]})
>>> profile = TableProfile(frame, TableSchema.infer(frame))
>>> tree = parse_relation("tax = 0.2 * net where land = 'DE'", profile.schema.names)
>>> (relation,) = FormulaWhere.declare(tree, profile)
>>> relation.restore(frame.assign(net=[50, 70, 90]))["tax"].tolist()
[10, 5, 18]
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.errors import RelationError
from tabgan.query import relation_syntax, syntax
from tabgan.query.column_reader import ColumnReader
from tabgan.query.expressions import Value
from tabgan.query.parser import parse_relation
from tabgan.query.three_valued_logic import Condition
from tabgan.query.value_check import check_condition
from tabgan.relations.computed_column import ComputedColumn
from tabgan.relations.constant_where.constant_where import ConstantWhere
from tabgan.relations.formula.formula import Formula
from tabgan.relations.formula_where.claims import read_claim
from tabgan.relations.formula_where.discovery import find_formulas
from tabgan.relations.gates import check_gate, exclude_each_other, find_gated, replace_cells
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.saved_columns import check_apart
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Mask
from tabgan.schema.column import Column, Name
from tabgan.state_reader import StateReader


@dataclass(frozen=True)
class FormulaWhere(Relation):
    """The dependent is the result of a formula wherever a condition on other columns holds.

    It is learned in all rows, and overwritten where the condition holds.

    Attributes:
        formula: What it is there.
        gate: The condition.
    """

    formula: Formula
    gate: Condition

    KIND: ClassVar[str] = "formula_where"
    OVERWRITES: ClassVar[bool] = True

    @classmethod
    def discover_beside(
        cls, profile: TableProfile, found: Sequence[DiscoveredRelation]
    ) -> list[DiscoveredRelation]:
        """Return what holds in some rows, of columns that no relation computes in nearly all."""
        computed = {
            column
            for discovery in found
            for column in discovery.relation.dependents
            if isinstance(discovery.relation, ComputedColumn)
            or (
                not discovery.n_violations
                and discovery.relation.reduced_columns().get(column.name, column) is None
            )
        }
        discoveries = []
        for candidate in find_formulas(profile, computed):
            formula, gate = candidate.formula, candidate.gate
            expression = formula.computation.expression
            relation = cls.fit(profile, formula.dependent, expression, gate.condition)
            discovery = relation and relation.count_rows(profile.frame)
            if discovery and discovery.n_violations <= gate.n_violations:
                discoveries.append(discovery)
        return discoveries

    @classmethod
    def declare(cls, tree: syntax.Node, profile: TableProfile) -> list[Self]:
        """Read `y = expression where x = 'a'`."""
        if not isinstance(tree, relation_syntax.ClaimWhere):
            return []
        found = read_claim(tree.claim, profile)
        if found is None:
            return []
        dependent, expression = found.dependent, found.expression
        if tree.is_exact:
            raise RelationError(
                f"what {dependent.name!r} is nowhere else can be said of a constant only, by "
                "'exactly where'; write 'where'."
            )
        gate = check_condition(tree.condition, profile.schema)
        check_gate(gate, [dependent], gate.columns, profile)
        relation = cls.fit(profile, dependent, expression, gate)
        if relation is None:
            raise RelationError(
                f"{expression.write()!r} would not be written as the column {dependent.name!r} "
                "has it; leave the relation out."
            )
        return [relation]

    @classmethod
    def fit(
        cls, profile: TableProfile, dependent: Column, expression: Value, gate: Condition
    ) -> Self | None:
        """Return the relation with the formula as the rows have it where a condition holds.

        None if it could not be restored there.
        """
        frame = profile.frame.loc[find_gated(gate, profile.frame)]
        schema = TableSchema(profile.schema.columns)  # a target is overwritten as all others
        rows = TableProfile(frame, schema, profile.protection)
        formula = Formula.fit(rows, dependent, expression)
        return None if formula is None else cls._join(formula, gate)

    @classmethod
    def _join(cls, formula: Formula, gate: Condition) -> Self:
        sources = dict.fromkeys((*formula.sources, *gate.columns))
        return cls(formula.dependents, tuple(sources), formula, gate)

    def count_rows(self, frame: pd.DataFrame) -> DiscoveredRelation:
        """Return the relation and how many rows show it, and break it."""
        n_violations = int(self.find_violations(frame).sum())
        is_value = ~ColumnReader(frame).missing(self.dependent)
        n_gated = int((is_value & find_gated(self.gate, frame)).sum())
        return DiscoveredRelation(self, n_gated - n_violations, n_violations)

    @property
    def gives_categories(self) -> bool:
        return self.formula.gives_categories

    def goes_with(self, other: Relation) -> bool:
        """Return whether the other leaves the column to learn, and no row is written by both."""
        left = other.reduced_columns().get(self.dependent.name, self.dependent)
        if left is None or isinstance(other, ComputedColumn):
            return False
        if isinstance(other, FormulaWhere | ConstantWhere):
            return exclude_each_other(self.gate, other.gate)
        return self.dependent.kind.is_quantitative

    @property
    def text(self) -> str:
        return f"{self.formula.text} where {self.gate.write()}"

    def explain(self) -> str:
        return f"where {self.gate.write()}, {self.formula.explain()}"

    def find_violations(self, frame: pd.DataFrame) -> Mask:
        gated = find_gated(self.gate, frame)
        broken = np.zeros(len(frame), bool)
        broken[gated] = self.formula.find_violations(frame.loc[gated])
        return broken

    def is_borne_out(self, frame: pd.DataFrame, broken: Mask) -> bool:
        gated = find_gated(self.gate, frame)
        return self.formula.is_borne_out(frame.loc[gated], broken[gated])

    def find_settled(self, frame: pd.DataFrame) -> Mask:
        if self.dependent.name not in frame:  # another relation restores it as a whole
            return np.zeros(len(frame), bool)
        has_own_gap = self.formula.has_gaps & ColumnReader(frame).missing(self.dependent)
        return find_gated(self.gate, frame) & ~has_own_gap

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Write other rows' categories where the condition holds, so that those alone are learned.

        Numbers and datetimes stay, since other relations may write them in terms of others.
        """
        if self.dependent.kind.is_quantitative:
            return frame
        gated = find_gated(self.gate, frame)
        if self.formula.has_gaps:
            present = ~ColumnReader(frame).missing(self.dependent)
            return replace_cells(frame, self.dependent.name, gated & present, ~gated & present)
        return replace_cells(frame, self.dependent.name, gated, ~gated)

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Write the formula's results where the condition holds, gaps of the column's own apart."""
        column, name = self.dependent, self.dependent.name
        written = np.array(find_gated(self.gate, frame))
        if self.formula.has_gaps:
            written &= ~ColumnReader(frame).missing(column)
        if not written.any():
            return frame
        rows = np.flatnonzero(written)
        results = self.formula.compute(frame.iloc[rows])
        taken = np.arange(len(frame))
        taken[rows] = len(frame) + np.arange(len(rows))
        joined = pd.concat([frame[name], results], ignore_index=True)
        restored = frame.copy(deep=False)
        restored[name] = joined.iloc[taken].set_axis(frame.index)
        return restored

    def reduced_columns(self) -> Mapping[Name, Column | None]:
        return {self.dependent.name: self.dependent}

    def to_dict(self) -> dict[str, Any]:
        return {"formula": self.formula.to_dict(), "gate": self.gate.write()}

    @classmethod
    def from_dict(cls, state: StateReader, schema: TableSchema) -> Self:
        formula = Formula.from_dict(state.state("formula"), schema)
        text = state.text("gate")
        tree = state.build(lambda: parse_relation(text, schema.names))
        state.check(isinstance(tree, syntax.Condition), "gate", "is no condition")
        gate = state.build(lambda: check_condition(tree, schema))
        relation = cls._join(formula, gate)
        check_apart(state, relation.dependent, *relation.sources)
        return relation
