"""A column that is calculated from others, rounded as it is written: `bmi = weight / height ** 2`.

>>> from tabgan.query.parser import parse_relation
>>> frame = pd.DataFrame({"price": [2.5, 3.0, 1.25], "amount": [3, 1, 2], "cost": [7.5, 3.0, 2.5]})
>>> schema = TableSchema.infer(frame)
>>> tree = parse_relation("cost = price * amount", schema.names)
>>> (relation,) = Formula.declare(tree, TableProfile(frame, schema))
>>> list(relation.apply(frame)), relation.restore(relation.apply(frame))["cost"].tolist()
(['price', 'amount'], [7.5, 3.0, 2.5])
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.query import syntax
from tabgan.query.expressions import Value, ValueType
from tabgan.query.tokens import write_name
from tabgan.query.value_check import check_value
from tabgan.relations.exact_arithmetic import round_trips
from tabgan.relations.formula.computation import Computation
from tabgan.relations.formula.contraction import Interval
from tabgan.relations.formula.discovery import Candidate, FormulaSearch
from tabgan.relations.formula.push_down import find_source_ends, push_down
from tabgan.relations.formula.rounding import as_written
from tabgan.relations.gaps import GIVEN, clear_cells, has_plain_gaps, mark_given
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.saved_columns import check_apart, read_column
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Mask
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.predicates import Clause
from tabgan.state_reader import StateReader

MAX_REFITTED = 1_000  # rows that break a formula, to which it is fitted once more
MAX_SHOWN_DECIMALS = 6


@dataclass(frozen=True)
class Formula(Relation):
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
    def discover(cls, profile: TableProfile) -> list[DiscoveredRelation]:
        """Return the formulas of columns of numbers, one for each set of columns.

        The column that is calculated is the one that loses least: a product rather than its factor,
        and what is rounded rather than what it is rounded from.
        """
        search = FormulaSearch(profile)
        facts: dict[frozenset[Name], list[tuple[Formula, DiscoveredRelation]]] = {}
        for candidates in search.iter_candidates():
            found = cls._test_first(search, candidates)
            if found:
                names = found[0].dependent_names | found[0].source_names
                facts.setdefault(names, []).append(found)
        joined: list[DiscoveredRelation] = []
        for fact in facts.values():
            (first, discovery), *others = sorted(
                fact, key=lambda pair: (pair[1].n_violations > 0, *pair[0].rank(profile))
            )
            solved = tuple(formula for formula, other in others if not other.n_violations)
            joined.append(replace(discovery, relation=replace(first, solved=solved)))
        return joined

    @classmethod
    def _test_first(
        cls, search: FormulaSearch, candidates: Iterable[Candidate]
    ) -> "tuple[Formula, DiscoveredRelation] | None":
        """Return the first candidate that holds in the sample, and then in all rows."""
        profile = search.profile
        for candidate in candidates:
            if not cls._test(profile.sample, candidate):
                continue
            found = cls._test(profile, candidate)
            if found and not found[1].n_violations:
                return found
            refitted = cls._refit(search, candidate)  # the sample may have left too few digits
            found = (refitted and cls._test(profile, refitted)) or found
            if found:
                return found
        return None

    @classmethod
    def _refit(cls, search: FormulaSearch, candidate: Candidate) -> Candidate | None:
        """Return a candidate fitted to rows of the table that break it, too; None if none does."""
        relation = cls.fit(search.profile, candidate.dependent, candidate.expression)
        if relation is None:
            return None
        broken = np.flatnonzero(relation.find_violations(search.profile.frame))
        return search.refit(candidate, broken[:MAX_REFITTED])

    @classmethod
    def _test(
        cls, profile: TableProfile, candidate: Candidate
    ) -> "tuple[Formula, DiscoveredRelation] | None":
        """Return the relation if nearly all rows of a table obey it."""
        relation = cls.fit(profile, candidate.dependent, candidate.expression)
        if relation is None:
            return None
        broken = relation.find_violations(profile.frame)
        if not relation.computation.is_borne_out(profile.frame, relation.dependent, broken):
            return None
        n_violations = int(broken.sum())
        support = len(profile) - int(profile.missing(relation.dependent).sum()) - n_violations
        return relation, DiscoveredRelation(relation, support, n_violations)

    def rank(self, profile: TableProfile) -> tuple[float, ...]:
        """Return what is least for the column that loses least if it is calculated."""
        lost = self.computation.measure_loss(profile.sample, self.dependent)
        n_values = profile.sample.n_categories(self.dependent)
        n_signs = self.text.count("/") + self.text.count("**"), self.text.count(" - ")
        return self.n_digits, -lost, *n_signs, -n_values

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
        kind = as_written(dependent).kind
        is_datetime = expression.value_type is ValueType.DATETIME
        fits = kind.is_number or (is_datetime and kind is ColumnKind.DATETIME)
        if not fits or dependent in expression.columns or not expression.columns:
            return []
        relation = cls.fit(profile, dependent, expression)
        return [] if relation is None else [relation]

    @classmethod
    def fit(cls, profile: TableProfile, dependent: Column, expression: Value) -> Self | None:
        """Return the formula with the rounding and the gaps that the dependent has in the table.

        None if the dependent would not be restored as it is written there.
        """
        computation = Computation.fit(profile, dependent, expression)
        compared = computation.compare(profile.frame, dependent)
        has_gaps = bool((profile.missing(dependent) & compared.has_result).any())
        is_target = dependent.name == profile.schema.target  # which is learned as it is
        if has_gaps and (is_target or not has_plain_gaps(profile, dependent)):
            return None
        obeying = profile.series(dependent)[compared.matches]
        if not round_trips(obeying, as_written(dependent)):
            return None
        ends = tuple(find_source_ends(profile, column) for column in expression.columns)
        return cls((dependent,), expression.columns, computation, has_gaps, ends)

    @property
    def n_digits(self) -> int:
        return self.computation.n_digits

    @property
    def text(self) -> str:
        return f"{write_name(self.dependent.name)} = {self.computation.expression.write()}"

    def explain(self) -> str:
        decimals = self.computation.rounding.decimals
        words = f"{self.dependent.name} is {self.computation.expression.write()}"
        if decimals is not None and decimals < MAX_SHOWN_DECIMALS:
            words += f", rounded to {decimals} decimals" if decimals else ", rounded"
        return words + ", or missing" * self.has_gaps

    def find_violations(self, frame: pd.DataFrame) -> Mask:
        """Return where the dependent is not the result, up to rounding, or only one is missing."""
        missing = frame[self.dependent.name].isna().to_numpy(bool)
        compared = self.computation.compare(frame, self.dependent)
        return ~(compared.matches | missing & (~compared.has_result | self.has_gaps))

    @property
    def selectable_names(self) -> frozenset[Name]:
        return self.dependent_names if self.has_gaps else frozenset()

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Leave the dependent out, or only say where it has a value."""
        name = self.dependent.name
        return mark_given(frame, name) if self.has_gaps else frame.drop(columns=[name])

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        (column,) = self.dependents
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

    def push_down(self, clauses: Sequence[Clause]) -> Mapping[Name, list[Clause]]:
        """Return the bounds of each source for which the others can make up the rest.

        Raises:
            ConditionError: The result never comes to that.
        """
        ranges = {c: Interval(*ends) for c, ends in zip(self.sources, self.ends, strict=True)}
        return push_down(self.computation, self.dependent, clauses, ranges)

    def select_jointly(
        self, asked: Mapping[Name, Sequence[Clause]]
    ) -> Mapping[Name, Sequence[Clause]]:
        """Return what clauses demand of the sources, and of the gaps if these are learned."""
        clauses = asked[self.dependent.name]
        if not self.has_gaps:
            return self.push_down(clauses)
        if any(clause.is_missing for clause in clauses):
            return {self.dependent.name: [Clause("=", None)]}
        may_miss = all(clause.allows_missing for clause in clauses)
        gaps = [] if may_miss else [Clause("=", GIVEN)]
        return {**({} if may_miss else self.push_down(clauses)), self.dependent.name: gaps}

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
        dependent = read_column(state, "dependent", schema)
        computation = Computation.from_state(state.state("computation"), schema)
        sources = computation.expression.columns
        check_apart(state, dependent, *sources)
        lows, highs = state.numbers("lows"), state.numbers("highs")
        is_whole = len(lows) == len(highs) == len(sources)
        state.check(is_whole, "lows", "has no end for each column")
        ends = tuple(zip(lows, highs, strict=True))
        return cls((dependent,), sources, computation, state.flag("has_gaps"), ends)
