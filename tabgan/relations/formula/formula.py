"""A column that is calculated from others, rounded as it is written: `bmi = weight / height ** 2`.

>>> frame = pd.DataFrame({"price": [2.5, 3.0, 1.25], "amount": [3, 1, 2], "cost": [7.5, 3.0, 2.5]})
>>> schema = TableSchema.infer(frame)
>>> tree = parse_relation("cost = price * amount", schema.names)
>>> (relation,) = Formula.declare(tree, TableProfile(frame, schema))
>>> list(relation.apply(frame)), relation.restore(relation.apply(frame))["cost"].tolist()
(['price', 'amount'], [7.5, 3.0, 2.5])
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.query import syntax
from tabgan.query.expressions import ColumnReader, Value, ValueType
from tabgan.query.functions import Approximation
from tabgan.query.parser import parse_relation
from tabgan.query.tokens import write_name
from tabgan.query.value_check import check_value
from tabgan.relations.exact_arithmetic import (
    column_decimals,
    machine_epsilon,
    representable_range,
    round_to_dtype,
    round_trips,
)
from tabgan.relations.formula.discovery import Candidate, FormulaSearch
from tabgan.relations.formula.rounding import Rounding
from tabgan.relations.gaps import clear_cells, has_plain_gaps
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.statistics import MAX_DECLARED_VIOLATIONS
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema, restore_dtype
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.float_conversion import to_float
from tabgan.schema.predicates import Clause

MAX_REFITTED = 1_000  # rows that break a formula, to which it is fitted once more
GIVEN = "given"  # stands where a dependent with gaps of its own has a value


@dataclass(frozen=True)
class Formula(Relation):
    """A column of numbers or datetimes as an expression of others.

    Attributes:
        expression: Its value in each row, before it is rounded.
        rounding: How that is written.
        has_gaps: Whether the dependent is missing where the result is not: its gaps are learned.
        solved: The same fact for others of its columns.
    """

    expression: Value
    rounding: Rounding
    has_gaps: bool = False
    solved: tuple["Formula", ...] = field(default=(), compare=False, repr=False)

    KIND: ClassVar[str] = "formula"

    @classmethod
    def discover(cls, profile: TableProfile) -> list[DiscoveredRelation]:
        """Return the formulas of columns of numbers, simple ones first."""
        search = FormulaSearch(profile)
        found = [cls._test_first(search, group) for group in search.iter_candidates()]
        return join_solved([discovery for discovery in found if discovery], profile)

    @classmethod
    def _test_first(
        cls, search: FormulaSearch, candidates: Sequence[Candidate]
    ) -> DiscoveredRelation | None:
        """Return the first candidate that holds in the sample, and then in all rows."""
        profile = search.profile
        for candidate in candidates:
            if not cls._test(profile.sample, candidate):
                continue
            relation = cls.fit(profile, candidate.dependent, candidate.expression)
            if relation is None:
                continue
            broken = np.flatnonzero(relation.find_violations(profile.frame))
            # the sample may have left too few digits
            refitted = search.refit(candidate, broken[:MAX_REFITTED]) if len(broken) else None
            discovery = cls._test(profile, refitted or candidate)
            if discovery:
                return discovery
        return None

    @classmethod
    def _test(cls, profile: TableProfile, candidate: Candidate) -> DiscoveredRelation | None:
        """Return the relation if nearly all rows of a table obey it."""
        relation = cls.fit(profile, candidate.dependent, candidate.expression)
        discovery = relation and relation.test(profile)
        if discovery and discovery.n_violations <= MAX_DECLARED_VIOLATIONS * len(profile):
            return discovery
        return None

    @classmethod
    def declare(cls, tree: syntax.Node, profile: TableProfile) -> list[Self]:
        """Read `y = expression`, where it is no line and no sum."""
        match tree:
            case syntax.Comparison((syntax.ColumnName(name), value), ("=",)):
                dependent = profile.schema.column(name)
            case _:
                return []
        if isinstance(value, syntax.ColumnName | syntax.Text | syntax.NameList | syntax.Rest):
            return []
        expression = check_value(value, profile.schema)
        is_datetime = expression.value_type is ValueType.DATETIME
        fits = dependent.kind.is_number or (is_datetime and dependent.kind is ColumnKind.DATETIME)
        if not fits or dependent in expression.columns or not expression.columns:
            return []
        relation = cls.fit(profile, dependent, expression)
        return [] if relation is None else [relation]

    @classmethod
    def fit(cls, profile: TableProfile, dependent: Column, expression: Value) -> Self | None:
        """Return the formula with the rounding and the gaps that the dependent has in the table.

        None if the dependent would not be restored as it is written there.
        """
        own = profile.numbers(dependent)
        found = _evaluate(expression, profile.frame)
        rounding = Rounding.fit(
            found, own, column_decimals(dependent, profile), machine_epsilon(dependent)
        )
        own_gaps = np.isnan(own) & ~np.isnan(found.values)
        has_gaps = bool(own_gaps.any())
        is_target = dependent.name == profile.schema.target  # which is learned as it is
        obeying = rounding.allows(found, own)
        if has_gaps and (is_target or not has_plain_gaps(profile, dependent)):
            return None
        if not round_trips(profile.series(dependent)[obeying], dependent):
            return None
        return cls((dependent,), expression.columns, expression, rounding, has_gaps)

    def measure_loss(self, profile: TableProfile) -> float:
        """Return how much of what others hold gets lost in the dependent: more, the surer it is it.

        That is the most that results are rounded by, in half steps: near 1 where digits get lost,
        little where others were rounded from the dependent. Without rounding it is 1, and the share
        of results that are the same to the last bit.
        """
        own = profile.numbers(self.dependent)
        found = _evaluate(self.expression, profile.frame).values
        if self.rounding.decimals is None:
            return 1.0 + float(np.mean(found == own))
        return round(
            float(np.nanmax(np.abs(found - own), initial=0.0)) / (self.rounding.step / 2), 3
        )

    def test(self, profile: TableProfile) -> DiscoveredRelation:
        """Return the relation with the rows for and against it."""
        n_violations = int(self.find_violations(profile.frame).sum())
        support = len(profile) - int(profile.missing(self.dependent).sum()) - n_violations
        return DiscoveredRelation(self, support, n_violations)

    @property
    def text(self) -> str:
        return f"{write_name(self.dependent.name)} = {self.expression.write()}"

    def explain(self) -> str:
        decimals = self.rounding.decimals
        words = f"{self.dependent.name} is {self.expression.write()}"
        if decimals is not None and decimals < 6:
            words += f", rounded to {decimals} decimals" if decimals else ", rounded"
        return words + ", or missing" * self.has_gaps

    def find_violations(self, frame: pd.DataFrame) -> Mask:
        """Return where the dependent is not the result, up to rounding, or only one is missing."""
        own = to_float(frame[self.dependent.name], self.dependent)
        found = _evaluate(self.expression, frame)
        missing = np.isnan(own) & (np.isnan(found.values) | self.has_gaps)
        return ~(self.rounding.allows(found, own) | missing)

    @property
    def selectable_names(self) -> frozenset[Name]:
        return self.dependent_names if self.has_gaps else frozenset()

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Leave the dependent out, or only say where it has a value."""
        if not self.has_gaps:
            return frame.drop(columns=[self.dependent.name])
        changed = frame.copy(deep=False)
        given = pd.Series(GIVEN, frame.index, dtype=object)
        changed[self.dependent.name] = given.mask(frame[self.dependent.name].isna())
        return changed

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        (column,) = self.dependents
        values = restore_dtype(self._calculate(frame), column, frame.index)
        restored = frame.copy(deep=False)
        if self.has_gaps:
            gaps = frame[column.name].isna().to_numpy(bool)
            values = clear_cells(values, gaps, column)
        restored[column.name] = values
        return restored

    def _calculate(self, frame: pd.DataFrame) -> Floats:
        """Return the results as they are written, inside what the dtype holds; (n_rows,)."""
        (column,) = self.dependents
        numbers = round_to_dtype(self.rounding.apply(_evaluate(self.expression, frame)), column)
        if column.kind is ColumnKind.DATETIME:
            return numbers
        return np.clip(numbers, *representable_range(column, self.rounding.decimals or 0))

    def reduced_columns(self) -> Mapping[Name, Column | None]:
        name = self.dependent.name
        flag = Column(name, ColumnKind.CATEGORICAL, "object", element="str")
        return {name: flag if self.has_gaps else None}

    def select_jointly(
        self, asked: Mapping[Name, Sequence[Clause]]
    ) -> Mapping[Name, Sequence[Clause]]:
        """Return what clauses demand of the gaps that are learned; rows are checked for more."""
        if not self.has_gaps:
            return {}
        clauses = asked[self.dependent.name]
        if any(clause.is_missing for clause in clauses):
            return {self.dependent.name: [Clause("=", None)]}
        may_miss = all(clause.allows_missing for clause in clauses)
        return {self.dependent.name: [] if may_miss else [Clause("=", GIVEN)]}

    def equivalents(self) -> list[Relation]:
        """Return the same fact, solved for others of its columns."""
        return list(self.solved)

    def with_solved(self, others: Sequence["Formula"]) -> Self:
        """Return the relation with the same fact solved for other columns."""
        return replace(self, solved=tuple(others))

    def to_dict(self) -> dict[str, Any]:
        return {
            "dependent": self.dependent.name,
            "expression": self.expression.write(),
            "rounding": asdict(self.rounding),
            "has_gaps": self.has_gaps,
        }

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any], schema: TableSchema) -> Self:
        tree = parse_relation(f"0 = {entry['expression']}", schema.names)
        assert isinstance(tree, syntax.Comparison)  # noqa: S101 - the text says so
        expression = check_value(tree.operands[1], schema)
        dependent = schema.column(entry["dependent"])
        rounding = Rounding(**entry["rounding"])
        return cls((dependent,), expression.columns, expression, rounding, entry["has_gaps"])


def _evaluate(expression: Value, frame: pd.DataFrame) -> Approximation:
    """Return the value of an expression in each row; (n_rows,), NaN where there is none."""
    with np.errstate(all="ignore"):
        found = expression.evaluate(ColumnReader(frame))
        values = np.broadcast_to(found.values, len(frame))
        values = np.where(np.isfinite(values), values, np.nan)
        error = np.nan_to_num(np.broadcast_to(found.error, len(frame)), nan=0.0)
    return Approximation(values, error)


def join_solved(
    found: Sequence[DiscoveredRelation], profile: TableProfile
) -> list[DiscoveredRelation]:
    """Return one relation for each set of columns, which knows the others; short ones first.

    The column that is calculated is the one that loses least: a product rather than its factor, and
    what is rounded rather than what it is rounded from.
    """
    facts: dict[frozenset[Name], list[DiscoveredRelation]] = {}
    for discovery in found:
        relation = discovery.relation
        names = relation.dependent_names | relation.source_names
        facts.setdefault(names, []).append(discovery)
    joined: list[DiscoveredRelation] = []
    for fact in facts.values():
        first, *others = sorted(fact, key=lambda discovery: _rank(discovery, profile))
        formulas = [other.relation for other in others if not other.n_violations]
        relation = first.relation
        assert isinstance(relation, Formula)  # noqa: S101 - as they all are
        solved = relation.with_solved([f for f in formulas if isinstance(f, Formula)])
        joined.append(replace(first, relation=solved))
    return sorted(joined, key=lambda discovery: _rank(discovery, profile)[:2])


def _rank(discovery: DiscoveredRelation, profile: TableProfile) -> tuple[float, ...]:
    """Return what is least for the column that loses least if it is calculated."""
    relation = discovery.relation
    assert isinstance(relation, Formula)  # noqa: S101 - as they all are
    text, n_values = relation.text, profile.sample.n_categories(relation.dependent)
    lost = relation.measure_loss(profile.sample)
    n_digits = sum(map(len, re.findall(r"[\d.]+", relation.expression.write())))
    return n_digits, -lost, text.count("/") + text.count("**"), -n_values
