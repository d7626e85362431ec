"""Columns that are constant where a condition on others holds: `salary = 0 where employed = 'no'`.

>>> frame = pd.DataFrame({"job": ["no", "yes", "yes"], "pay": [0, 2100, 1800]})
>>> profile = TableProfile(frame, TableSchema.infer(frame))
>>> tree = parse_relation("pay = 0 exactly where job = 'no'", ["job", "pay"])
>>> (relation,) = ConstantWhere.declare(tree, profile)
>>> relation.explain(), int(relation.apply(frame)["pay"].min())
("pay is 0 where job = 'no', and nowhere else", 1800)
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Self, cast

import numpy as np
import pandas as pd

from tabgan.errors import RelationError
from tabgan.query import relation_syntax, syntax
from tabgan.query.column_reader import ColumnReader
from tabgan.query.expressions import ColumnRef, Number, Text
from tabgan.query.parser import parse_relation
from tabgan.query.three_valued_logic import Comparison, Condition, IsMissing
from tabgan.query.value_check import check_condition
from tabgan.relations.constant_where.discovery import iter_constants
from tabgan.relations.constant_where.gate_clauses import to_clauses, to_opposite_clauses
from tabgan.relations.gaps import clear_cells, has_plain_gaps, write_cells
from tabgan.relations.gates import check_gate, find_gated, replace_cells
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.saved_columns import check_apart
from tabgan.relations.statistics import MAX_DECLARED_VIOLATIONS
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema, restore_dtype
from tabgan.schema.arrays import Mask
from tabgan.schema.column import Column, Name
from tabgan.schema.predicates import Clause, matches
from tabgan.state_reader import StateReader


@dataclass(frozen=True)
class ConstantWhere(Relation):
    """The dependent has one value wherever a condition on the sources holds.

    It is learned from the other rows alone, and written where the condition holds.

    Attributes:
        claim: The dependent equals the constant; of `MissingWhere`, it is missing.
        gate: The condition.
        is_exact: Whether the dependent has another value, or none, in all other rows.
        has_gaps: Whether it is missing in some rows where the condition holds: those are learned.
    """

    claim: Comparison | IsMissing
    gate: Condition
    is_exact: bool
    has_gaps: bool = False

    KIND: ClassVar[str] = "constant"

    @classmethod
    def discover(cls, profile: TableProfile) -> list[DiscoveredRelation]:
        return cls._discover(profile, frozenset())

    @classmethod
    def discover_beside(
        cls, profile: TableProfile, found: Sequence[DiscoveredRelation]
    ) -> list[DiscoveredRelation]:
        """Return constants of columns for which no formula holds in nearly all rows."""
        nearly = {d.relation.dependent for d in found if d.relation.KIND == "formula"}
        return cls._discover(profile, nearly)

    @classmethod
    def _discover(
        cls, profile: TableProfile, computed: Collection[Column]
    ) -> list[DiscoveredRelation]:
        """Return what holds of columns that need it."""
        found = []
        for text in cls._iter_texts(profile, computed):
            tree = parse_relation(text, profile.schema.names)
            try:
                (relation,) = cls.declare(tree, profile)
            except RelationError:  # it would not come back as it is written
                continue
            n_violations = int(relation.find_violations(profile.frame).sum())
            if n_violations <= MAX_DECLARED_VIOLATIONS * len(profile):
                support = int(find_gated(relation.gate, profile.frame).sum())
                found.append(DiscoveredRelation(relation, support, n_violations))
        return found

    @classmethod
    def _iter_texts(cls, profile: TableProfile, computed: Collection[Column]) -> Iterator[str]:
        """Yield what the table shows, as it is declared, of columns that nothing computes."""
        return iter_constants(profile, computed)

    @classmethod
    def declare(cls, tree: syntax.Node, profile: TableProfile) -> list[Self]:
        """Read `y = 0 where x = 'no'`, or `exactly where`."""
        is_gap = isinstance(tree, relation_syntax.ClaimWhere) and isinstance(
            tree.claim, syntax.Missing
        )
        if not isinstance(tree, relation_syntax.ClaimWhere) or is_gap != cls.FILLS_GAPS:
            return []
        relation = cls._from_tree(tree, profile.schema)
        related = (*relation.dependents, *relation.sources)
        check_gate(relation.gate, relation.dependents, related, profile)
        relation.check_exact(profile)
        return [replace(relation, has_gaps=relation.leaves_gaps(profile))]

    @classmethod
    def _from_tree(cls, tree: relation_syntax.ClaimWhere, schema: TableSchema) -> Self:
        claim = check_condition(tree.claim, schema)
        gate = check_condition(tree.condition, schema)
        if isinstance(claim, IsMissing):
            return cls((claim.column,), gate.columns, claim, gate, tree.is_exact)
        is_constant = isinstance(claim, Comparison) and claim.operator == "="
        if (
            not isinstance(claim, Comparison)
            or not is_constant
            or not isinstance(claim.left, ColumnRef)
            or not isinstance(claim.right, Number | Text)
        ):
            raise RelationError(
                "what holds in some rows is written \"salary = 0 where employed = 'no'\" or "
                "\"tax = 0.19 * net where country = 'DE'\", with a column, its value, and a "
                "condition on other columns."
            )
        return cls((claim.left.column,), gate.columns, claim, gate, tree.is_exact)

    def check_exact(self, profile: TableProfile) -> None:
        """Check that the constant is written as the table has it.

        Raises:
            RelationError: It is not, or its column is an ordered `category`.
        """
        series = profile.series(self.dependent)
        rows = np.flatnonzero(find_gated(self.gate, profile.frame) & self._has_constant(profile))
        written = self._write(series, np.isin(np.arange(len(series)), rows))
        is_ordered = isinstance(series.dtype, pd.CategoricalDtype) and series.cat.ordered
        if is_ordered or not written.iloc[rows].equals(series.iloc[rows]):
            raise RelationError(
                f"{self._constant_text} would not be written as the column "
                f"{self.dependent.name!r} has it; leave the relation out."
            )

    def leaves_gaps(self, profile: TableProfile) -> bool:
        """Return whether the dependent is the constant or missing where the condition holds."""
        if self.FILLS_GAPS or not has_plain_gaps(profile, self.dependent):
            return False
        gated = find_gated(self.gate, profile.frame)
        has_constant = self._has_constant(profile)
        return bool(
            (gated & has_constant).any() and (gated & profile.missing(self.dependent)).any()
        )

    def _has_constant(self, profile: TableProfile) -> Mask:
        return find_gated(self.claim, profile.frame)

    @cached_property
    def constant(self) -> Any:
        """The constant as a cell of its column; None for a gap."""
        if isinstance(self.claim, IsMissing):
            return None
        literal = self.claim.right
        if isinstance(literal, Text) and literal.seconds is None:
            return literal.text
        value = literal.evaluate(ColumnReader(pd.DataFrame())).values
        return restore_dtype(np.atleast_1d(value), self.dependent).iloc[0]

    @property
    def _constant_text(self) -> str:
        return "missing" if isinstance(self.claim, IsMissing) else self.claim.right.write()

    def _write(self, series: "pd.Series[Any]", rows: Mask) -> "pd.Series[Any]":
        """Return the dependent with the constant where `rows` are True; (n_rows,)."""
        if self.FILLS_GAPS:
            return clear_cells(series, rows, self.dependent)
        return write_cells(series, rows, self.constant)

    @property
    def text(self) -> str:
        word = "exactly where" if self.is_exact else "where"
        return f"{self.claim.write()} {word} {self.gate.write()}"

    def explain(self) -> str:
        end = ", and nowhere else" if self.is_exact else ""
        constant = self._constant_text + " or missing" * self.has_gaps
        return f"{self.dependent.name} is {constant} where {self.gate.write()}{end}"

    def find_violations(self, frame: pd.DataFrame) -> Mask:
        written, has_constant = self.find_settled(frame), find_gated(self.claim, frame)
        return written != has_constant if self.is_exact else written & ~has_constant

    def find_settled(self, frame: pd.DataFrame) -> Mask:
        """Return where the constant is to stand: not in gaps of the column's own."""
        gated = find_gated(self.gate, frame)
        return gated & ~ColumnReader(frame).missing(self.dependent) if self.has_gaps else gated

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Write other rows' cells where the condition holds, so that those alone are learned."""
        others = ~find_gated(self.gate, frame)
        if self.has_gaps:
            others &= ~ColumnReader(frame).missing(self.dependent)
        return replace_cells(frame, self.dependent.name, self.find_settled(frame), others)

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Write the constant where the condition holds, and other rows' cells where it must not."""
        name = self.dependent.name
        gated, written = find_gated(self.gate, frame), self.find_settled(frame)
        restored = frame
        if self.is_exact:
            wrong = ~gated & find_gated(self.claim, frame)
            restored = replace_cells(frame, name, wrong, ~gated & ~wrong)
        restored = restored.copy(deep=False)
        restored[name] = self._write(restored[name], written)
        return restored

    def reduced_columns(self) -> Mapping[Name, Column | None]:
        return {self.dependent.name: self.dependent}

    def select_jointly(
        self, asked: Mapping[Name, Sequence[Clause]]
    ) -> Mapping[Name, Sequence[Clause]]:
        """Ask the source for what the constant alone or never satisfies, the column for others."""
        name = self.dependent.name
        series = pd.Series([self.constant], name=name).astype(object)
        if not matches(series, self.dependent, asked[name])[0]:
            has_own_gap = self.has_gaps and all(clause.allows_missing for clause in asked[name])
            return {} if has_own_gap else to_opposite_clauses(self.gate)
        is_only = self.is_exact and any(clause.operator == "=" for clause in asked[name])
        return {name: []} | (to_clauses(self.gate) if is_only else {})

    def to_dict(self) -> dict[str, Any]:
        return {"text": self.text, "has_gaps": self.has_gaps}

    @classmethod
    def from_dict(cls, state: StateReader, schema: TableSchema) -> Self:
        text = state.text("text")
        tree = state.build(lambda: parse_relation(text, schema.names))
        state.check(
            isinstance(tree, relation_syntax.ClaimWhere), "text", "is no constant with a condition"
        )
        relation = state.build(
            lambda: cls._from_tree(cast("relation_syntax.ClaimWhere", tree), schema)
        )
        is_gap = isinstance(relation.claim, IsMissing)
        state.check(is_gap == cls.FILLS_GAPS, "text", "is no constant with a condition")
        check_apart(state, relation.dependent, *relation.sources)
        has_gaps = state.has("has_gaps") and state.flag("has_gaps")  # as the first release has not
        state.check(not (has_gaps and is_gap), "has_gaps", "is said of a gap")
        return replace(relation, has_gaps=has_gaps)
