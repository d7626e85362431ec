"""Gaps that follow from another column: from its gaps, or from some of its categories.

>>> frame = pd.DataFrame({"a": [1.5, None, 2.5], "b": [None, "x", None]})
>>> a, b = TableSchema.infer(frame).columns
>>> relation = Missingness((b,), (a,), SourceValues(Categories(a, []), at_value=True))
>>> relation.explain(), relation.find_violations(frame).tolist()
('b is missing exactly where a has a value', [False, False, False])
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.errors import RelationError
from tabgan.query import relation_syntax, syntax
from tabgan.query.tokens import write_name
from tabgan.relations.gaps import check_gaps, clear_cells
from tabgan.relations.missingness.discovery import GapSource, find_candidates
from tabgan.relations.missingness.source_values import SourceValues
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.saved_columns import check_apart, read_column
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Mask
from tabgan.schema.categories import Categories
from tabgan.schema.column import Column, Name
from tabgan.schema.float_conversion import comparable_cells
from tabgan.schema.holding import Holding
from tabgan.schema.predicates import Clause
from tabgan.state_reader import StateReader


@dataclass(frozen=True)
class Missingness(Relation):
    """The dependent is missing exactly where its source has one of some categories, or a gap.

    Attributes:
        gap_values: Those of the source that mean a gap.
    """

    gap_values: SourceValues

    KIND: ClassVar[str] = "missing"
    FILLS_GAPS: ClassVar[bool] = True

    @classmethod
    def discover(cls, profile: TableProfile) -> list[DiscoveredRelation]:
        found = []
        for candidate in find_candidates(profile):
            relation = cls._fit(profile, candidate.dependent, candidate.source, candidate.is_gap)
            if not relation.gap_values.has_rare_categories(profile):
                found.append(DiscoveredRelation(relation, len(profile), candidate.n_violations))
        return found

    @classmethod
    def declare(cls, tree: syntax.Node, profile: TableProfile) -> list[Self]:
        if not isinstance(tree, relation_syntax.MissingWith) or tree.is_partial:
            return []
        dependent = profile.schema.column(tree.dependent)
        source = profile.schema.column(tree.source)
        check_gaps(dependent, source, profile)
        if not tree.by_values:
            if not profile.missing(source).any():
                raise RelationError(
                    f"column {source.name!r} has no gaps to be missing with; write "
                    f"'{dependent.name} missing by {source.name}' for gaps at its levels."
                )
            gap = SourceValues(Categories(source, []), at_gap=True)
            return [cls((dependent,), (source,), gap)]
        relation = cls._fit_best(profile, dependent, source)
        if relation.gap_values.has_rare_categories(profile):
            raise RelationError(
                f"column {dependent.name!r} is missing at levels of {source.name!r} seen in fewer "
                f"than {profile.protection.min_rows} rows, which are protected; leave the "
                "relation out."
            )
        return [relation]

    @classmethod
    def _fit_best(cls, profile: TableProfile, dependent: Column, source: Column) -> Self:
        """Return the relation by categories or by the source's gaps, whichever fewer rows break."""
        mask = profile.missing(dependent)
        by_gap = GapSource(source, by_categories=False)
        gap_sources = (
            [GapSource(source, by_categories=True)] if by_gap.has_categories(profile) else []
        )
        splits = [
            (gap_source, gap_source.split(profile, mask)) for gap_source in (by_gap, *gap_sources)
        ]
        gap_source, split = min(splits, key=lambda pair: pair[1].n_violations)
        if not split.is_proper:
            raise RelationError(
                f"no level of column {source.name!r} decides where {dependent.name!r} is missing; "
                "leave the relation out."
            )
        return cls._fit(profile, dependent, gap_source, split.is_gap)

    @classmethod
    def _fit(
        cls, profile: TableProfile, dependent: Column, source: GapSource, is_gap: Mask
    ) -> Self:
        """Return the relation to a source whose codes mean gaps where `is_gap`, (n_categories,)."""
        values = SourceValues.from_codes(profile, source, is_gap)
        return cls((dependent,), (source.column,), values)

    @property
    def selectable_names(self) -> frozenset[Name]:
        return self.dependent_names

    @property
    def text(self) -> str:
        word = "with" if self.gap_values.is_gap_only else "by"
        return f"{write_name(self.dependent.name)} missing {word} {write_name(self.source.name)}"

    def explain(self) -> str:
        opening = f"{self.dependent.name} is missing exactly where {self.source.name}"
        if self.gap_values.at_value:
            return f"{opening} has a value"
        if self.gap_values.is_gap_only:
            return f"{opening} is"
        return f"{opening} is {self.gap_values.explain()}"

    def find_violations(self, frame: pd.DataFrame) -> Mask:
        cells = comparable_cells(frame[self.dependent.name], self.dependent)
        return np.asarray(cells.isna().to_numpy(bool) != self.gap_values.find(frame))

    def find_settled(self, frame: pd.DataFrame) -> Mask:
        name = self.dependent.name
        if name not in frame:  # another relation restores it as a whole
            return np.zeros(len(frame), bool)
        return frame[name].isna().to_numpy(bool) & self.gap_values.find(frame)

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Fill the gaps that follow with the column's own values, so that they are not learned."""
        name = self.dependent.name
        if name not in frame:
            return frame
        gaps = np.flatnonzero(self.find_settled(frame))
        present = np.flatnonzero(frame[name].notna().to_numpy(bool))
        rows = np.arange(len(frame))
        if len(present):
            rows[gaps] = np.resize(np.random.default_rng(0).permutation(present), len(gaps))
        filled = frame.copy(deep=False)
        filled[name] = frame[name].iloc[rows].set_axis(frame.index)
        return filled

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Clear the cells that have to be missing."""
        name = self.dependent.name
        if name not in frame:
            return frame
        restored = frame.copy(deep=False)
        restored[name] = clear_cells(frame[name], self.gap_values.find(frame), self.dependent)
        return restored

    def reduced_columns(self) -> Mapping[Name, Column | None]:
        return {self.dependent.name: self.dependent}

    def push_down(self, clauses: Sequence[Clause]) -> Mapping[Name, list[Clause]]:
        if not any(clause.is_missing for clause in clauses):
            return {}
        categories = self.gap_values.categories.objects[:-1].tolist()
        if self.gap_values.at_gap:  # no clause asks for a gap or a category
            is_only = self.gap_values.is_gap_only
            return {self.source.name: [Clause("=", None)]} if is_only else {}
        if not categories:
            return {}
        if self.source.kind.is_number:  # a range: only categories can be asked for with `in`
            return {
                self.source.name: [Clause(">=", min(categories)), Clause("<=", max(categories))]
            }
        return {self.source.name: [Clause("in", tuple(categories))]}

    @property
    def holdings(self) -> tuple[Holding, ...]:
        return (Holding("levels", len(self.gap_values.categories)),)

    def to_dict(self) -> dict[str, Any]:
        names = {"dependent": self.dependent.name, "source": self.source.name}
        return names | self.gap_values.to_dict()

    @classmethod
    def from_dict(cls, state: StateReader, schema: TableSchema) -> Self:
        dependent, source = (read_column(state, n, schema) for n in ("dependent", "source"))
        check_apart(state, dependent, source)
        return cls((dependent,), (source,), SourceValues.from_dict(source, state))
