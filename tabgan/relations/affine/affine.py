"""A column that is another one times a factor, plus an offset, or a copy of it.

>>> frame = pd.DataFrame({"celsius": [0.0, 20.0, 37.5], "fahrenheit": [32.0, 68.0, 99.5]})
>>> profile = TableProfile(frame, TableSchema.infer(frame))
>>> relation = Affine.fit(profile, *profile.columns, 1.8, 32.0)
>>> relation.text, relation.restore(frame[["celsius"]])["fahrenheit"].tolist()
('fahrenheit = 1.8 * celsius + 32', [32.0, 68.0, 99.5])
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.errors import ConditionError, RelationError
from tabgan.query import syntax
from tabgan.relations.affine.discovery import AffineSearch, Candidate
from tabgan.relations.affine.transform import AffineTransform, has_numbers
from tabgan.relations.affine.wording import explain_line
from tabgan.relations.bounds import read_bounds, write_value
from tabgan.relations.column_checks import check_affine
from tabgan.relations.computed_column import ComputedColumn
from tabgan.relations.gaps import has_plain_gaps
from tabgan.relations.linear_form import (
    LinearForm,
    read_linear,
    write_linear,
)
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.saved_columns import read_column
from tabgan.relations.statistics import MAX_VIOLATIONS
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Mask
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.holding import Holding
from tabgan.schema.predicates import Clause
from tabgan.state_reader import StateReader


@dataclass(frozen=True)
class Affine(ComputedColumn):
    """The dependent follows from its source and is left out.

    Attributes:
        transform: From the source to the dependent.
        inverse: From the dependent to the source; None if that is not exact.
        has_gaps: Whether the dependent is missing where the source is not, too: then its gaps are
            learned.
    """

    transform: AffineTransform
    inverse: AffineTransform | None = field(default=None, compare=False)
    has_gaps: bool = False

    KIND: ClassVar[str] = "affine"

    @classmethod
    def discover(cls, profile: TableProfile) -> list[DiscoveredRelation]:
        """Return lines and copies; each column follows from one other at the most."""
        search = AffineSearch(profile)
        found: list[DiscoveredRelation] = []
        follows: set[Name] = set()
        for one, other in search.iter_pairs():
            if {one.name, other.name} & follows:
                continue
            tested = (cls._test(profile, c) for c in search.iter_candidates(one, other))
            discovery = next((discovery for discovery in tested if discovery), None)
            if discovery:
                found.append(discovery)
            if discovery and not discovery.n_violations:
                follows.add(discovery.relation.dependents[0].name)
        return found

    @classmethod
    def _test(cls, profile: TableProfile, candidate: Candidate) -> DiscoveredRelation | None:
        """Test a candidate on all rows."""
        source, dependent = candidate.source, candidate.dependent
        factor, offset = candidate.factor, candidate.offset
        transform = AffineTransform.fit(profile, source, dependent, factor, offset)
        obeying = transform.find_matches(profile, source, dependent)
        n_violations = int((~obeying & ~_find_own_gaps(profile, source, dependent)).sum())
        if n_violations > MAX_VIOLATIONS * len(profile):
            return None
        relation = cls.fit(profile, source, dependent, factor, offset)
        support = int((obeying & ~profile.missing(dependent)).sum())
        return None if relation is None else DiscoveredRelation(relation, support, n_violations)

    @classmethod
    def fit(
        cls, profile: TableProfile, source: Column, dependent: Column, factor: float, offset: float
    ) -> Self | None:
        """Return the relation `dependent = factor * source + offset`, with its inverse if exact.

        None if the dependent would not be restored as it is written in the table.
        """
        transform = AffineTransform.fit(profile, source, dependent, factor, offset)
        obeying = transform.find_matches(profile, source, dependent)
        if not transform.is_exact(profile, source, dependent, obeying):
            return None
        has_gaps = bool(_find_own_gaps(profile, source, dependent).any())
        relation = cls((dependent,), (source,), transform, has_gaps=has_gaps)
        line = (1.0, 0.0) if transform.is_copy else (1 / factor, -offset / factor + 0.0)
        if not np.isfinite(line).all():
            return relation
        inverse = AffineTransform.fit(profile, dependent, source, *line)
        if not inverse.find_matches(profile, dependent, source)[obeying].all():
            return relation
        is_exact = inverse.is_exact(profile, dependent, source, obeying)
        return replace(relation, inverse=inverse) if is_exact else relation

    @classmethod
    def declare(cls, tree: syntax.Node, profile: TableProfile) -> list[Self]:
        """Read `y = x`, `y = 2.5 * x + 3`, or for datetimes `due = ordered + 30 days`."""
        form = read_linear(tree)
        if form is None or len(form.terms) != 1 or form.has_rest:
            return []
        ((factor, name),) = form.terms
        source, dependent = profile.schema.column(name), profile.schema.column(form.dependent)
        if source.kind.is_made_anew and dependent.kind.is_made_anew:
            return []  # texts, which a formula copies
        check_affine(source, dependent, factor, form.constant)
        relation = cls.fit(profile, source, dependent, factor, form.constant)
        if relation is None:
            raise RelationError(
                f"the values of column {dependent.name!r} are not all written in one way, so they "
                f"would not come back exactly from {name!r}; write them alike."
            )
        return [relation]

    @property
    def _form(self) -> LinearForm:
        terms = ((self.transform.factor, self.source.name),)
        return LinearForm(self.dependent.name, terms, self.transform.offset)

    @property
    def n_digits(self) -> int | None:
        return None if self._is_datetime else self.transform.n_digits

    @property
    def text(self) -> str:
        """Such as `y = 2.5 * x + 3`."""
        return write_linear(self._form, in_units=self._is_datetime)

    @property
    def _is_datetime(self) -> bool:
        return self.dependent.kind is ColumnKind.DATETIME

    def explain(self) -> str:
        is_exact = self.inverse is not None
        words = explain_line(self.transform, self.source, self.dependent, is_exact=is_exact)
        return words + ", or missing" * self.has_gaps

    def find_violations(self, frame: pd.DataFrame) -> Mask:
        violations = self.transform.find_violations(frame, self.source, self.dependent)
        if self.has_gaps:
            violations &= ~frame[self.dependent.name].isna().to_numpy(bool)
        return violations

    def compute(self, frame: pd.DataFrame) -> "pd.Series[Any]":
        (source,), (dependent,) = self.sources, self.dependents
        return self.transform.apply(frame[source.name], source, dependent)

    def push_down(self, clauses: Sequence[Clause]) -> Mapping[Name, list[Clause]]:
        """Return the clauses with their values transformed back to the source.

        Raises:
            ConditionError: The dependent has no such values.
        """
        (source,), (dependent,) = self.sources, self.dependents
        if not has_numbers(dependent) or self.transform.is_identity(source, dependent):
            return {source.name: list(clauses)}
        if any(clause.is_missing for clause in clauses):
            return {source.name: [Clause("=", None)]}
        bounds = read_bounds(dependent, clauses, self.transform.step or None)
        if bounds is None:
            return {}
        low, high = self.transform.invert_bounds(*bounds, self.inverse)
        if low > high:
            raise ConditionError(
                f"column {dependent.name!r} cannot have such a value, since {self.text} in every "
                "row; ask for a wider range."
            )
        if low == high:
            return {source.name: [Clause("=", write_value(source, low))]}
        ends = [(">=", low), ("<=", high)]
        return {source.name: [Clause(o, write_value(source, v)) for o, v in ends if np.isfinite(v)]}

    def equivalents(self) -> list[Relation]:
        """Return the source as a line of the dependent, if that is exact."""
        if self.inverse is None or self.has_gaps:
            return []
        return [Affine(self.sources, self.dependents, self.inverse, self.transform)]

    @property
    def holdings(self) -> tuple[Holding, ...]:
        seen = self.transform.categories
        return () if seen is None else (Holding("levels", len(seen)),)

    def to_dict(self) -> dict[str, Any]:
        return {
            "dependent": self.dependent.name,
            "source": self.source.name,
            "line": self.transform.to_state(),
            "has_gaps": self.has_gaps,
            "back": None if self.inverse is None else self.inverse.to_state(),
        }

    @classmethod
    def from_dict(cls, state: StateReader, schema: TableSchema) -> Self:
        dependent, source = (read_column(state, n, schema) for n in ("dependent", "source"))
        transform = AffineTransform.from_state(state.state("line"), source, dependent)
        inverse = None
        if state.has("back"):
            inverse = AffineTransform.from_state(state.state("back"), dependent, source)
        has_gaps = state.has("has_gaps") and state.flag("has_gaps")  # not in files of release 0.1
        return cls((dependent,), (source,), transform, inverse, has_gaps)


def _find_own_gaps(profile: TableProfile, source: Column, dependent: Column) -> Mask:
    """Return where only the dependent is missing, if its gaps can be given back; (n_rows,)."""
    is_target = dependent.name == profile.schema.target  # which is learned as it is
    if is_target or not has_plain_gaps(profile, dependent):
        return np.zeros(len(profile), bool)
    return profile.missing(dependent) & ~profile.missing(source)
