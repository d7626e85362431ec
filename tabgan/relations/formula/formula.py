"""A column that is calculated from others, rounded as it is written: `bmi = weight / height ** 2`.

>>> from tabgan.query.parser import parse_relation
>>> frame = pd.DataFrame({"price": [2.5, 3.0, 1.25], "amount": [3, 1, 2], "cost": [7.5, 3.0, 2.5]})
>>> schema = TableSchema.infer(frame)
>>> tree = parse_relation("cost = price * amount", schema.names)
>>> (relation,) = Formula.declare(tree, TableProfile(frame, schema))
>>> list(relation.apply(frame)), relation.restore(relation.apply(frame))["cost"].tolist()
(['price', 'amount'], [7.5, 3.0, 2.5])
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.query import syntax
from tabgan.query.counts import Count
from tabgan.query.expressions import Value
from tabgan.query.texts import TextCall
from tabgan.query.tokens import write_name
from tabgan.relations.computed_column import ComputedColumn
from tabgan.relations.formula.cases.case_search import iter_cases
from tabgan.relations.formula.computation import Computation
from tabgan.relations.formula.computation_kinds import choose_by_state, choose_computation
from tabgan.relations.formula.conditions.interval import Interval
from tabgan.relations.formula.conditions.push_down import find_source_ends, push_down, read_ends
from tabgan.relations.formula.declaration import read_definition
from tabgan.relations.formula.definitions import iter_definitions
from tabgan.relations.formula.numbers.discovery import FormulaSearch
from tabgan.relations.formula.ranking import rank
from tabgan.relations.formula.verification import Verification, Verified
from tabgan.relations.gaps import has_plain_gaps
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.saved_columns import check_apart, read_column
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Mask
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.predicates import Clause
from tabgan.state_reader import StateReader

MAX_SHOWN_DECIMALS = 6


@dataclass(frozen=True)
class Formula(ComputedColumn):
    """A column of numbers or datetimes as an expression of others.

    Attributes:
        computation: Its value in each row.
        has_gaps: Whether the dependent is missing where there is a result: its gaps are learned.
        ends: Of each source, its lowest and its highest value.
        solved: The same fact for others of its columns.
    """

    computation: Computation
    has_gaps: bool = False
    ends: tuple[tuple[float, float], ...] = field(default=(), compare=False, repr=False)
    solved: tuple["Formula", ...] = field(default=(), compare=False, repr=False)

    KIND: ClassVar[str] = "formula"

    @classmethod
    @np.errstate(all="ignore")  # sums and powers of the largest numbers
    def discover(cls, profile: TableProfile) -> list[DiscoveredRelation]:
        """Return the formulas of columns of numbers, one for each set of columns, and cases.

        The column that is calculated is the one that loses least, as `ranking` says.
        """
        search, verification = FormulaSearch(profile), Verification(profile, cls.fit)
        facts: dict[frozenset[Name], list[Verified[Formula]]] = {}
        for candidates in search.iter_candidates():
            found = verification.find_first(search, candidates)
            if found:
                names = found.relation.dependent_names | found.relation.source_names
                facts.setdefault(names, []).append(found)
        verified = map(verification.verify, iter_definitions(profile))
        joined = [found.discovery for found in verified if found]
        joined += [cls._choose_way(fact, profile) for fact in facts.values()]
        return joined + cls._discover_cases(verification, joined)

    @classmethod
    def _choose_way(
        cls, fact: "Sequence[Verified[Formula]]", profile: TableProfile
    ) -> DiscoveredRelation:
        """Return the formula for the column that loses least, with the other ways beside it."""
        ways = [found.relation for found in fact]
        first, *others = sorted(
            fact, key=lambda way: rank(way.relation.computation, way.discovery, ways, profile)
        )
        solved = tuple(other.relation for other in others if not other.is_broken)
        return replace(first.discovery, relation=replace(first.relation, solved=solved))

    @classmethod
    def _discover_cases(
        cls, verification: "Verification[Formula]", found: Sequence[DiscoveredRelation]
    ) -> list[DiscoveredRelation]:
        """Return what conditions on other columns decide, and no relation found computes."""
        computed = {d.relation.dependent for d in found if not d.n_violations}
        cases: dict[Column, DiscoveredRelation] = {}
        for candidate in iter_cases(verification.profile, computed):
            case = None if candidate.dependent in computed else verification.verify(candidate)
            if case and case.is_broken:
                cases.setdefault(candidate.dependent, case.discovery)
            elif case:
                cases[candidate.dependent] = case.discovery
                computed.add(candidate.dependent)
        return list(cases.values())

    @classmethod
    def declare(cls, tree: syntax.Node, profile: TableProfile) -> list[Self]:
        """Read `y = expression`, where it is no line and no sum."""
        found = read_definition(tree, profile)
        relation = found and cls.fit(profile, found.dependent, found.expression)
        return [relation] if relation else []

    @classmethod
    def fit(cls, profile: TableProfile, dependent: Column, expression: Value) -> Self | None:
        """Return the formula with the rounding and the gaps that the dependent has in the table.

        None if the dependent would not be restored as it is written there.
        """
        computation = choose_computation(dependent, expression).fit(profile, dependent, expression)
        compared = computation.compare(profile.frame, dependent)
        has_gaps = bool((profile.missing(dependent) & compared.has_result).any())
        is_target = dependent.name == profile.schema.target  # which is learned as it is
        if has_gaps and (is_target or not has_plain_gaps(profile, dependent)):
            return None
        if not computation.decides_halves(profile.frame, dependent, compared.matches):
            return None
        if not computation.is_exact(profile.series(dependent)[compared.matches], dependent):
            return None
        ends = tuple(find_source_ends(profile, column) for column in expression.columns)
        return cls((dependent,), expression.columns, computation, has_gaps, ends)

    @property
    def n_digits(self) -> int | None:
        """Digits of its numbers; None for a column of few values, which says little of others."""
        return None if self.gives_categories else self.computation.n_digits

    @property
    def gives_categories(self) -> bool:
        return self.computation.gives_categories

    @property
    def text(self) -> str:
        return f"{write_name(self.dependent.name)} = {self.computation.expression.write_operand(3)}"

    def explain(self) -> str:
        decimals = self.computation.rounding.decimals
        words = f"{self.dependent.name} is {self.computation.expression.write()}"
        is_whole = isinstance(self.computation.expression, Count | TextCall)
        if decimals is not None and decimals < MAX_SHOWN_DECIMALS and not is_whole:
            words += f", rounded to {decimals} decimals" if decimals else ", rounded"
        return words + ", or missing" * self.has_gaps

    def find_violations(self, frame: pd.DataFrame) -> Mask:
        """Return where the dependent is not the result, up to rounding, or only one is missing."""
        missing = frame[self.dependent.name].isna().to_numpy(bool)
        compared = self.computation.compare(frame, self.dependent)
        return ~(compared.matches | missing & (~compared.has_result | self.has_gaps))

    def is_borne_out(self, frame: pd.DataFrame, broken: Mask) -> bool:
        return self.computation.is_borne_out(frame, self.dependent, broken)

    def compute(self, frame: pd.DataFrame) -> "pd.Series[Any]":
        return self.computation.apply(frame, self.dependent)

    def push_down(self, clauses: Sequence[Clause]) -> Mapping[Name, list[Clause]]:
        """Return where sources have to lie for a result that is asked for; rows are checked."""
        ranges = {c: Interval(*ends) for c, ends in zip(self.sources, self.ends, strict=True)}
        return push_down(self.computation, self.dependent, clauses, ranges)

    def equivalents(self) -> list[Relation]:
        """Return the same fact, solved for others of its columns."""
        return list(self.solved)

    def to_dict(self) -> dict[str, Any]:
        return {
            "dependent": self.dependent.name,
            "computation": self.computation.to_state(),
            "has_gaps": self.has_gaps,
            "lows": [low for low, _ in self.ends],
            "highs": [high for _, high in self.ends],
        }

    @classmethod
    def from_dict(cls, state: StateReader, schema: TableSchema) -> Self:
        dependent = read_column(state, "dependent", schema, tuple(ColumnKind))
        inner = state.state("computation")
        computation = choose_by_state(inner).from_state(inner, dependent, schema)
        sources = computation.expression.columns
        check_apart(state, dependent, *sources)
        ends = read_ends(state, len(sources))
        return cls((dependent,), sources, computation, state.flag("has_gaps"), ends)
