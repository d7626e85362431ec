"""A column that is a sum of others, added or subtracted, and of one of few remainders.

>>> from tabgan.query.parser import parse_relation
>>> frame = pd.DataFrame({"fare": [5.0, 7.5], "tip": [1.0, 0.5], "total": [6.5, 9.0]})
>>> profile = TableProfile(frame, TableSchema.infer(frame))
>>> tree = parse_relation("total = fare + tip + rest", list(frame))
>>> (relation,) = LinearCombination.declare(tree, profile)
>>> relation.signed_sum.remainders, relation.apply(frame)["total"].tolist()
((0.5, 1.0), [0.5, 1.0])
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.errors import ConditionError, RelationError
from tabgan.query import syntax
from tabgan.relations.bounds import read_bounds
from tabgan.relations.column_checks import check_sum
from tabgan.relations.exact_arithmetic import equal_nan
from tabgan.relations.linear_combination.column_range import explain_inexactness
from tabgan.relations.linear_combination.discovery import Candidate, SignedSumSearch
from tabgan.relations.linear_combination.significance import LinearSubspace, is_significant
from tabgan.relations.linear_combination.terms import SignedSum
from tabgan.relations.linear_combination.wording import explain_sum
from tabgan.relations.linear_form import LinearForm, read_linear, write_linear
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.saved_columns import NUMBERS, read_columns
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
class LinearCombination(Relation):
    """Only the remainder is learned, if there are several; the dependent's gaps are its gaps.

    Attributes:
        signed_sum: From the sources and the remainder to the dependent, and back.
    """

    signed_sum: SignedSum

    KIND: ClassVar[str] = "sum"

    @classmethod
    def discover(cls, profile: TableProfile) -> list[DiscoveredRelation]:
        """Return sums that do not follow from one another, each with another dependent."""
        search = SignedSumSearch(profile)
        subspace = LinearSubspace(len(search.columns), search.find_collinear())
        found: list[DiscoveredRelation] = []
        totals: set[Name] = set()
        for candidate in search.discover():
            if subspace.contains(candidate.sign_vector):
                continue
            discovery = cls._test(profile, candidate, totals, len(search.columns))
            if discovery:
                found.append(discovery)
                totals.add(discovery.relation.dependent.name)
                subspace.add(candidate.sign_vector)
        return found

    @classmethod
    def _test(
        cls, profile: TableProfile, candidate: Candidate, totals: set[Name], n_columns: int
    ) -> DiscoveredRelation | None:
        """Test a sum on all rows, with the best of its columns as dependent that is exact."""
        for dependent, sources, signs in candidate.iter_arrangements(profile.sample):
            if dependent.name in totals:
                continue
            for rows in dict.fromkeys((profile.sample, profile)):
                signed_sum = SignedSum.fit(rows, (dependent, *sources), signs)
                relation = cls((dependent,), sources, signed_sum)
                if not relation._is_significant(rows, n_columns):
                    break
            else:
                n_violations = 0  # under protection rare remainders are lost on purpose
                if not profile.protection.is_on:
                    n_violations = int(relation.find_violations(profile.frame).sum())
                support = len(profile) - int(profile.missing(dependent).sum()) - n_violations
                return DiscoveredRelation(relation, support, n_violations)
        return None

    def _is_significant(self, profile: TableProfile, n_columns: int) -> bool:
        """Return whether the sum is exact and significant in some rows."""
        own = profile.numbers(self.dependent)
        present = ~np.isnan(own)
        if self.inexactness or not present.any():
            return False
        rest = self.signed_sum.subtract(profile.frame, self._columns)[present]
        return is_significant(own[present], rest, len(self.sources), n_columns)

    @classmethod
    def declare(cls, tree: syntax.Node, profile: TableProfile) -> list[Self]:
        """Read `c = a + b`, `c = a - b + 3`, or `c = a + b + rest`."""
        form = read_linear(tree)
        if form is None or not (form.has_rest or form.is_plain_sum):
            return []  # a line, or a formula
        columns = [profile.schema.column(n) for n in (form.dependent, *(n for _, n in form.terms))]
        if any(column.kind is ColumnKind.DATETIME for column in columns):
            return []
        check_sum(form, columns)
        signs = [int(factor) for factor, _ in form.terms]
        constant = None if form.has_rest else form.constant
        signed_sum = SignedSum.fit(profile, columns, signs, constant)
        relation = cls((columns[0],), tuple(columns[1:]), signed_sum)
        if relation.inexactness:
            raise RelationError(relation.inexactness)
        if len(signs) == 1 and len(signed_sum.remainders) == 1:
            raise RelationError(
                f"the rest of column {form.dependent!r} never changes; write {relation.text!r}."
            )
        return [relation]

    @property
    def _columns(self) -> tuple[Column, ...]:
        return (*self.dependents, *self.sources)

    @property
    def inexactness(self) -> str | None:
        """Why the dependent cannot be restored exactly, in a sentence; None if it can."""
        is_bare = self.signed_sum.remainders == (0.0,)
        ranges, value_range = self.signed_sum.ranges, self.signed_sum.value_range
        for column, own in zip(self._columns, ranges, strict=True):
            if np.isinf(own.high):
                return (
                    f"column {column.name!r} has too few values to tell their range; leave it out."
                )
        return explain_inexactness(self._columns, ranges, value_range, is_bare=is_bare)

    @property
    def n_digits(self) -> int | None:
        return self.signed_sum.n_digits

    @property
    def text(self) -> str:
        pairs = zip(self.signed_sum.signs, self.sources, strict=True)
        terms = tuple((float(sign), column.name) for sign, column in pairs)
        rest = self.signed_sum.remainders
        constant = rest[0] if len(rest) == 1 else 0.0
        return write_linear(LinearForm(self.dependent.name, terms, constant, len(rest) > 1))

    def explain(self) -> str:
        pairs = list(zip(self.signed_sum.signs, self.sources, strict=True))
        return explain_sum(self.dependent, pairs, self.signed_sum.remainders)

    def find_violations(self, frame: pd.DataFrame) -> Mask:
        """Return where the remainder is none of those seen."""
        rest = self.signed_sum.subtract(frame, self._columns)
        return ~equal_nan(rest, self.signed_sum.find_nearest(rest))

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Replace the dependent by its remainder, or drop it if that is always the same."""
        name = self.dependent.name
        if self.signed_sum.is_constant:
            return frame.drop(columns=[name])
        rest = self.signed_sum.subtract(frame, self._columns)
        changed = frame.copy(deep=False)
        changed[name] = self.signed_sum.find_nearest(rest)
        return changed

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Add the terms to the remainder."""
        (column,) = self.dependents
        rest: Floats = np.full(len(frame), self.signed_sum.remainders[0])
        if not self.signed_sum.is_constant:
            rest = self.signed_sum.find_nearest(parse_numbers(frame[column.name]))
        numbers = self.signed_sum.add(frame, self.sources, rest)
        others = frame.drop(columns=[column.name], errors="ignore")
        return pd.concat([others, restore_dtype(numbers, column, frame.index)], axis=1)

    def reduced_columns(self) -> Mapping[Name, Column | None]:
        """Return the remainder as categories."""
        name = self.dependent.name
        rest = Column(name, ColumnKind.CATEGORICAL, "float64")
        return {name: None if self.signed_sum.is_constant else rest}

    def push_down(self, clauses: Sequence[Clause]) -> Mapping[Name, list[Clause]]:
        """Return the bounds of each term for which the others can make up the rest of the sum.

        Raises:
            ConditionError: The sum never comes to that.
        """
        (column,) = self.dependents
        bounds = read_bounds(column, clauses, self._step)
        if bounds is None:
            return {}
        if not self.signed_sum.reaches(*bounds):
            least, greatest = self.signed_sum.value_range
            raise ConditionError(
                f"column {column.name!r} is a sum that comes to {least:g} at the least and to "
                f"{greatest:g} at the most; ask for some of that."
            )
        terms = [self.signed_sum.term_bounds(index, *bounds) for index in range(len(self.sources))]
        return {
            source.name: [
                Clause(o, e) for o, e in zip((">=", "<="), ends, strict=True) if np.isfinite(e)
            ]
            for source, ends in zip(self.sources, terms, strict=True)
            if ends
        }

    @property
    def _step(self) -> float | None:
        decimals = self.signed_sum.decimals
        return None if decimals is None else float(10.0**-decimals)

    def steer(self, frame: pd.DataFrame, clauses: Sequence[Clause]) -> pd.DataFrame:
        """Return rows with the dependent moved into the bounds, and one of its terms by as much."""
        (column,) = self.dependents
        bounds = read_bounds(column, clauses, self._step)
        if bounds is None or self._step is None:
            return frame
        changed = frame.copy(deep=False)
        numbers = [to_float(frame[c.name], c) for c in self._columns]
        moved = self.signed_sum.steer(numbers, *bounds)
        for c, before, after in zip(self._columns, numbers, moved, strict=True):
            if not equal_nan(before, after).all():
                changed[c.name] = restore_dtype(after, c, frame.index)
        return changed

    def equivalents(self) -> list[Relation]:
        """Return each term as a sum of the dependent and the others, where that is exact."""
        others: list[Relation] = []
        for index, source in enumerate(self.sources):
            signed_sum = self.signed_sum.solve(index)
            rest = (*self.sources[:index], *self.sources[index + 1 :])
            if signed_sum is not None:
                relation = LinearCombination((source,), (*self.dependents, *rest), signed_sum)
                others += [relation] if relation.inexactness is None else []
        return others

    @property
    def holdings(self) -> tuple[Holding, ...]:
        rest = Holding("remainders", len(self.signed_sum.remainders))
        return rest, Holding("ends", shown=self.signed_sum.show_ends(self._columns))

    def to_dict(self) -> dict[str, Any]:
        names = [column.name for column in self._columns]
        return {"columns": names, "addition": self.signed_sum.to_state()}

    @classmethod
    def from_dict(cls, state: StateReader, schema: TableSchema) -> Self:
        lengths = range(2, len(schema.columns) + 1)
        dependent, *sources = read_columns(state, "columns", schema, lengths, NUMBERS)
        signed_sum = SignedSum.from_state(state.state("addition"), len(sources))
        relation = cls((dependent,), tuple(sources), signed_sum)
        state.check(relation.inexactness is None, "addition", "is no exact sum")
        return relation
