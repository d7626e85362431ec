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

from tabgan.errors import ConditionError
from tabgan.query import syntax
from tabgan.query.counts import Count
from tabgan.query.expressions import Value
from tabgan.query.texts import TextCall
from tabgan.query.tokens import write_name
from tabgan.relations.formula.case_search import iter_cases
from tabgan.relations.formula.computation import Computation
from tabgan.relations.formula.computation_kinds import choose_by_state, choose_computation
from tabgan.relations.formula.declaration import Definition, read_definition
from tabgan.relations.formula.definitions import iter_definitions
from tabgan.relations.formula.discovery import Candidate, FormulaSearch
from tabgan.relations.formula.ranking import rank
from tabgan.relations.formula.regions import Regions
from tabgan.relations.gaps import GIVEN, clear_cells, has_plain_gaps, mark_given
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.saved_columns import check_apart, read_column
from tabgan.relations.statistics import MAX_DECLARED_VIOLATIONS
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Mask
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.predicates import Clause, matches
from tabgan.state_reader import StateReader

MAX_REFITTED = 1_000  # rows that break a formula, to which it is fitted once more
MAX_SHOWN_DECIMALS = 6


@dataclass(frozen=True)
class Formula(Relation):
    """A column of numbers or datetimes as an expression of others.

    Attributes:
        computation: Its value in each row.
        has_gaps: Whether the dependent is missing where there is a result: its gaps are learned.
        solved: The same fact for others of its columns.
    """

    computation: Computation
    has_gaps: bool = False
    solved: tuple["Formula", ...] = field(default=(), compare=False, repr=False)

    KIND: ClassVar[str] = "formula"

    @classmethod
    @np.errstate(all="ignore")  # sums and powers of the largest numbers
    def discover(cls, profile: TableProfile) -> list[DiscoveredRelation]:
        """Return the formulas of columns of numbers, one for each set of columns.

        The column that is calculated is the one that loses least, as `ranking` says.
        """
        search = FormulaSearch(profile)
        facts: dict[frozenset[Name], list[tuple[Formula, DiscoveredRelation]]] = {}
        for candidates in search.iter_candidates():
            found = cls._test_first(search, candidates)
            if found:
                names = found[0].dependent_names | found[0].source_names
                facts.setdefault(names, []).append(found)
        tested = (cls._test(profile, definition) for definition in iter_definitions(profile))
        joined = [found[1] for found in tested if found]
        for fact in facts.values():
            ways = [formula for formula, _ in fact]
            (first, discovery), *others = sorted(
                fact, key=lambda pair: rank(pair[0].computation, pair[1], ways, profile)
            )
            solved = tuple(formula for formula, other in others if not other.n_violations)
            joined.append(replace(discovery, relation=replace(first, solved=solved)))
        return joined + cls._discover_cases(profile, joined)

    @classmethod
    def _discover_cases(
        cls, profile: TableProfile, found: Sequence[DiscoveredRelation]
    ) -> list[DiscoveredRelation]:
        """Return what conditions on other columns decide, and no relation found computes."""
        computed = {d.relation.dependent for d in found if not d.n_violations}
        cases: dict[Column, DiscoveredRelation] = {}
        for candidate in iter_cases(profile, computed):
            tested = candidate.dependent not in computed and cls._test(profile, candidate)
            if tested and tested[1].n_violations:
                cases.setdefault(candidate.dependent, tested[1])
            elif tested:
                cases[candidate.dependent] = tested[1]
                computed.add(candidate.dependent)
        return list(cases.values())

    @classmethod
    def _test_first(
        cls, search: FormulaSearch, candidates: Sequence[Candidate]
    ) -> "tuple[Formula, DiscoveredRelation] | None":
        """Return the first candidate that holds in all rows, or else in nearly all of them."""
        profile = search.profile
        nearly = None
        for candidate in candidates:
            if not cls._test(profile.sample, candidate):
                continue
            relation = cls.fit(profile, candidate.dependent, candidate.expression)
            if relation is None:
                continue
            broken = np.flatnonzero(relation.find_violations(profile.frame))
            # the sample may have left too few digits
            refitted = search.refit(candidate, broken[:MAX_REFITTED]) if len(broken) else None
            found = cls._test(profile, refitted or candidate)
            if found and not found[1].n_violations:
                return found
            nearly = nearly or found
        return nearly

    @classmethod
    def _test(
        cls, profile: TableProfile, candidate: Candidate | Definition
    ) -> "tuple[Formula, DiscoveredRelation] | None":
        """Return the relation if nearly all rows of a table obey it."""
        relation = cls.fit(profile, candidate.dependent, candidate.expression)
        if relation is None:
            return None
        n_violations = int(relation.find_violations(profile.frame).sum())
        if n_violations > MAX_DECLARED_VIOLATIONS * len(profile):
            return None
        support = len(profile) - int(profile.missing(relation.dependent).sum()) - n_violations
        return relation, DiscoveredRelation(relation, support, n_violations)

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
        own_gaps = profile.missing(dependent) & computation.find_results(profile.frame)
        has_gaps = bool(own_gaps.any())
        is_target = dependent.name == profile.schema.target  # which is learned as it is
        if has_gaps and (is_target or not has_plain_gaps(profile, dependent)):
            return None
        obeying = computation.find_matches(profile.frame, dependent)
        if not computation.is_exact(profile.series(dependent)[obeying], dependent):
            return None
        return cls((dependent,), expression.columns, computation, has_gaps)

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
        is_gap = missing & (~self.computation.find_results(frame) | self.has_gaps)
        return ~(self.computation.find_matches(frame, self.dependent) | is_gap)

    @property
    def selectable_names(self) -> frozenset[Name]:
        return self.dependent_names if self.has_gaps else frozenset()

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Leave the dependent out, or only say where it has a value."""
        name = self.dependent.name
        return mark_given(frame, name) if self.has_gaps else frame.drop(columns=[name])

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        column = self.dependent
        values = self.computation.apply(frame, column)
        restored = frame.copy(deep=False)
        if self.has_gaps:
            values = clear_cells(values, frame[column.name].isna().to_numpy(bool), column)
        restored[column.name] = values
        return restored

    def reduced_columns(self) -> Mapping[Name, Column | None]:
        name = self.dependent.name
        flag = Column(name, ColumnKind.CATEGORICAL, "object", element="str")
        return {name: flag if self.has_gaps else None}

    def select_jointly(
        self, asked: Mapping[Name, Sequence[Clause]]
    ) -> Mapping[Name, Sequence[Clause]]:
        """Return what clauses demand of a source that decides, and of the gaps that are learned."""
        clauses = asked[self.dependent.name]
        if not self.has_gaps:
            return self.push_down(clauses)
        if any(clause.is_missing for clause in clauses):
            return {self.dependent.name: [Clause("=", None)]}
        if all(clause.allows_missing for clause in clauses):
            return {self.dependent.name: []}
        return {**self.push_down(clauses), self.dependent.name: [Clause("=", GIVEN)]}

    def push_down(self, clauses: Sequence[Clause]) -> Mapping[Name, list[Clause]]:
        """Return where a single source that decides has to lie; rows are checked for more."""
        regions = Regions.of(self.computation.expression)
        if regions is None:
            return {}
        results = self.computation.compute(regions.reader, self.dependent)
        is_allowed = matches(results, self.dependent, clauses)
        if not is_allowed.any():
            asked = " and ".join(clause.write(repr) for clause in clauses)
            raise ConditionError(
                f"column {self.dependent.name!r} is never {asked}, since {self.text} in every row."
            )
        return {self.source.name: regions.to_clauses(is_allowed)}

    def equivalents(self) -> list[Relation]:
        """Return the same fact, solved for others of its columns."""
        return list(self.solved)

    def to_dict(self) -> dict[str, Any]:
        state = {"dependent": self.dependent.name, "computation": self.computation.to_state()}
        return state | {"has_gaps": self.has_gaps}

    @classmethod
    def from_dict(cls, state: StateReader, schema: TableSchema) -> Self:
        dependent = read_column(state, "dependent", schema, tuple(ColumnKind))
        inner = state.state("computation")
        computation = choose_by_state(inner).from_state(inner, dependent, schema)
        sources = computation.expression.columns
        check_apart(state, dependent, *sources)
        return cls((dependent,), sources, computation, state.flag("has_gaps"))
