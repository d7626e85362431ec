"""Which near formulas are kept beside exact facts: those by which rows do not often break one.

A near formula may compute a column of which an exact fact only says a bound: of a total, that it is
no less than a part of it. The formula is kept if permuted rows do not often pass that bound, which
becomes a check of rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

import pandas as pd

from tabgan.query.parser import parse_relation
from tabgan.relations.inequality.inequality import Inequality
from tabgan.relations.near_formula.near_formula import NearFormula
from tabgan.relations.permutation import permute_learned
from tabgan.relations.relation import DiscoveredRelation
from tabgan.relations.row_predicate.row_predicate import RowPredicate
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.column import Name

MAX_BROKEN = 0.2  # share of permuted rows that pass a bound: of those that are learned, fewer do

Discoveries = Sequence[DiscoveredRelation]


class Selected(Protocol):
    """Relations that go together."""

    @property
    def kept(self) -> tuple[DiscoveredRelation, ...]:
        """Those."""

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a table without what follows from the rest."""

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the whole table."""


def bounds_to_checks(declared: Discoveries, profile: TableProfile) -> list[DiscoveredRelation]:
    """Return declared relations, those as checks that bound what is nearly a formula."""
    near: set[Name] = set()
    for discovery in declared:
        if isinstance(discovery.relation, NearFormula):
            near |= discovery.relation.dependent_names
    settled: list[DiscoveredRelation] = []
    for discovery in declared:
        names = discovery.relation.dependent_names | discovery.relation.source_names
        is_bound = isinstance(discovery.relation, Inequality) and bool(names & near)
        settled += _to_checks(discovery, profile) if is_bound else [discovery]
    return settled


def select_near(
    found: Discoveries, select: Callable[[Discoveries], Selected], profile: TableProfile
) -> tuple[list[DiscoveredRelation], list[DiscoveredRelation]]:
    """Return what is found, without the near formulas that break exact facts, and checks.

    Those are bounds that give way to a near formula.

    Args:
        found: What holds in every row, in the order in which it is tried.
        select: Returns what is kept of that.
        profile: The table.
    """
    near = [d for d in found if isinstance(d.relation, NearFormula)]
    chosen = [d for d in found if not isinstance(d.relation, NearFormula)]
    checks: list[DiscoveredRelation] = []
    for candidate in near:
        trial = [d for d in found if d in chosen or d is candidate]
        before, after = select(chosen).kept, select(trial)
        if candidate.relation not in [d.relation for d in after.kept]:
            continue
        facts = [_fact(d) for d in after.kept]
        lost = [d for d in before if d.relation.IS_STRICT and _fact(d) not in facts]
        if not lost:
            chosen = trial
        elif all(isinstance(d.relation, Inequality) for d in lost):
            permuted = permute_learned(profile.frame, after.apply, after.restore)
            broken = [d.relation.find_violations(permuted).mean() for d in lost]
            if max(broken) <= MAX_BROKEN:
                facts = [_fact(d) for d in lost]
                checks += [check for d in lost for check in _to_checks(d, profile)]
                chosen = [d for d in trial if _fact(d) not in facts]
    return chosen, checks


def _fact(discovery: DiscoveredRelation) -> tuple[str, frozenset[Name]]:
    """Return what is the same for all ways in which a fact is solved."""
    relation = discovery.relation
    return relation.KIND, relation.dependent_names | relation.source_names


def _to_checks(discovery: DiscoveredRelation, profile: TableProfile) -> list[DiscoveredRelation]:
    """Return a bound as checks, one for each of its sources."""
    relation, names = discovery.relation, profile.schema.names
    texts = [replace(relation, sources=(source,)).text for source in relation.sources]
    checks = [RowPredicate.declare(parse_relation(text, names), profile) for text in texts]
    return [replace(discovery, relation=check) for each in checks for check in each]
