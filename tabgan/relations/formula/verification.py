"""Candidates tried on the rows of a table: what holds in all of them, or in nearly all."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from tabgan.query.expressions import Value
from tabgan.relations.formula.declaration import Definition
from tabgan.relations.formula.numbers.discovery import Candidate, FormulaSearch
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.statistics import MAX_DECLARED_VIOLATIONS
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.column import Column

MAX_REFITTED = 1_000  # rows that break a formula, to which it is fitted once more
R = TypeVar("R", bound=Relation)


@dataclass(frozen=True)
class Verified(Generic[R]):
    """A relation, and what the table says for and against it."""

    relation: R
    discovery: DiscoveredRelation

    @property
    def is_broken(self) -> bool:
        """Whether some rows do not obey it."""
        return self.discovery.n_violations > 0


@dataclass(frozen=True)
class Verification(Generic[R]):
    """Fits relations, and counts the rows that break them.

    Attributes:
        profile: The table.
        fit: Returns a relation as it is written in a table, None if it cannot be.
    """

    profile: TableProfile
    fit: Callable[[TableProfile, Column, Value], R | None]

    def verify(
        self, candidate: Candidate | Definition, profile: TableProfile | None = None
    ) -> Verified[R] | None:
        """Return the relation if nearly all rows of a table obey it; the whole one when None."""
        profile = profile or self.profile
        relation = self.fit(profile, candidate.dependent, candidate.expression)
        if relation is None:
            return None
        broken = relation.find_violations(profile.frame)
        n_missing, n_broken = int(profile.missing(relation.dependent).sum()), int(broken.sum())
        if n_broken > MAX_DECLARED_VIOLATIONS * len(profile):
            return None
        if n_broken and not relation.is_borne_out(profile.frame, broken):
            return None
        found = DiscoveredRelation(relation, len(profile) - n_missing - n_broken, n_broken)
        return Verified(relation, found)

    def find_first(
        self, search: FormulaSearch, candidates: Iterable[Candidate]
    ) -> Verified[R] | None:
        """Return the first candidate that holds in all rows, or else in nearly all of them."""
        nearly = None
        for candidate in candidates:
            if not self.verify(candidate, self.profile.sample):
                continue
            found = self.verify(candidate)
            if found is None or found.is_broken:  # the sample may have left too few digits
                refitted = self._refit(search, candidate)
                found = (refitted and self.verify(refitted)) or found
            if found and not found.is_broken:
                return found
            nearly = nearly or found
        return nearly

    def _refit(self, search: FormulaSearch, candidate: Candidate) -> Candidate | None:
        """Return a candidate fitted to rows of the table that break it, too; None if none does."""
        relation = self.fit(self.profile, candidate.dependent, candidate.expression)
        if relation is None:
            return None
        broken = np.flatnonzero(relation.find_violations(self.profile.frame))
        return search.refit(candidate, broken[:MAX_REFITTED])
