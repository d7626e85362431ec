"""Gaps that follow on one side: always, or never, where another column has certain values.

>>> from tabgan.schema.categories import Categories
>>> frame = pd.DataFrame({"smoker": ["never", "former", "former"], "quit": [None, 1990.0, None]})
>>> smoker, quit_year = TableSchema.infer(frame).columns
>>> always = SourceValues(Categories(smoker, ["never"]))
>>> relation = PartialMissingness((quit_year,), (smoker,), always, SourceValues.none_of(smoker))
>>> relation.text, relation.explain()
('quit partly missing by smoker', 'quit is always missing where smoker is never')
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.errors import RelationError
from tabgan.query import relation_syntax, syntax
from tabgan.query.tokens import write_name
from tabgan.relations.gaps import check_gaps, clear_cells
from tabgan.relations.missingness.discovery import GapSource
from tabgan.relations.missingness.partial_discovery import (
    PureCodes,
    find_pure_codes,
    iter_partial_candidates,
)
from tabgan.relations.missingness.source_values import SourceValues
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.saved_columns import check_apart, read_column
from tabgan.relations.statistics import SIGNIFICANCE_LEVEL
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Mask
from tabgan.schema.column import Column, Name
from tabgan.schema.float_conversion import comparable_cells
from tabgan.schema.holding import Holding
from tabgan.state_reader import StateReader


@dataclass(frozen=True)
class PartialMissingness(Relation):
    """The dependent is always missing, or never, where its source has some values; else it is free.

    The dependent is learned as it is, gaps and all; the few generated cells that break this are
    cleared, or filled from rows with the same source.

    Attributes:
        always: Values of the source at which the dependent is missing.
        never: Values of the source at which it is not.
    """

    always: SourceValues
    never: SourceValues

    KIND: ClassVar[str] = "partly_missing"
    FILLS_GAPS: ClassVar[bool] = True
    LEARNS_GAPS: ClassVar[bool] = True

    @classmethod
    def discover(cls, profile: TableProfile) -> list[DiscoveredRelation]:
        found = []
        # what a gap says holds at every value: categories may be too few to show it
        for candidate in sorted(
            iter_partial_candidates(profile), key=lambda c: c.source.by_categories
        ):
            relation = cls._fit(profile, candidate.dependent, candidate.source, candidate.codes)
            if not relation.has_rare_categories(profile):
                found.append(DiscoveredRelation(relation, candidate.support))
        return found

    @classmethod
    def declare(cls, tree: syntax.Node, profile: TableProfile) -> list[Self]:
        """Read `b partly missing with a`, or `by a`: where is what the table shows."""
        if not isinstance(tree, relation_syntax.MissingWith) or not tree.is_partial:
            return []
        dependent = profile.schema.column(tree.dependent)
        source = profile.schema.column(tree.source)
        check_gaps(dependent, source, profile)
        options = [GapSource(source, by_categories=False)]
        if tree.by_values and options[0].has_categories(profile):
            options.append(GapSource(source, by_categories=True))
        fitted = [cls._fit_declared(profile, dependent, option) for option in options]
        support, relation = max(fitted, key=lambda pair: pair[0])
        if not support or relation.has_rare_categories(profile):
            raise RelationError(
                f"no level of column {source.name!r} that enough rows have says where "
                f"{dependent.name!r} is missing; leave the relation out."
            )
        return [relation]

    @classmethod
    def _fit_declared(
        cls, profile: TableProfile, dependent: Column, source: GapSource
    ) -> tuple[int, Self]:
        """Return in how many rows a source decides, and the relation to it."""
        codes, mask = source.codes(profile), profile.missing(dependent)
        pure = find_pure_codes(codes, mask, SIGNIFICANCE_LEVEL)
        if not pure.either.any():
            counts, gaps = np.bincount(codes), np.bincount(codes[mask], minlength=codes.max() + 1)
            pure = PureCodes(gaps == counts, gaps == 0)
        support = int(np.count_nonzero(pure.either[codes]))
        return support, cls._fit(profile, dependent, source, pure)

    @classmethod
    def _fit(
        cls, profile: TableProfile, dependent: Column, source: GapSource, codes: PureCodes
    ) -> Self:
        values = [SourceValues.from_codes(profile, source, c) for c in (codes.always, codes.never)]
        return cls((dependent,), (source.column,), *values)

    def has_rare_categories(self, profile: TableProfile) -> bool:
        """Return whether it names categories of so few rows that protection hides them."""
        return any(values.has_rare_categories(profile) for values in (self.always, self.never))

    @property
    def only_clears(self) -> bool:
        return self.never.is_empty

    @property
    def selectable_names(self) -> frozenset[Name]:
        return self.dependent_names

    @property
    def text(self) -> str:
        is_with = self.always.is_gap_only and self.never.is_empty
        names = write_name(self.dependent.name), write_name(self.source.name)
        return f"{names[0]} partly missing {'with' if is_with else 'by'} {names[1]}"

    def explain(self) -> str:
        source, facts = self.source.name, []
        for word, values in (("always", self.always), ("never", self.never)):
            if not values.is_empty:
                state = "has a value" if values.at_value else f"is {values.explain()}"
                facts.append(f"{word} missing where {source} {state}")
        return f"{self.dependent.name} is {' and '.join(facts)}"

    def find_violations(self, frame: pd.DataFrame) -> Mask:
        missing = self._find_gaps(frame)
        return np.asarray(self.always.find(frame) & ~missing | self.never.find(frame) & missing)

    def _find_gaps(self, frame: pd.DataFrame) -> Mask:
        cells = comparable_cells(frame[self.dependent.name], self.dependent)
        return cells.isna().to_numpy(bool)

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Clear the cells that have to be missing, and fill those that must not be."""
        name = self.dependent.name
        if name not in frame:  # another relation restores it as a whole
            return frame
        series = clear_cells(frame[name], self.always.find(frame), self.dependent)
        missing = series.isna().to_numpy(bool)
        to_fill = np.flatnonzero(missing & self.never.find(frame))
        if len(to_fill):
            cells = comparable_cells(frame[self.source.name], self.source).astype(object)
            codes = pd.factorize(cells, use_na_sentinel=False)[0]
            rows = np.arange(len(frame))
            for code in np.unique(codes[to_fill]):
                alike = ~missing & (codes == code)
                donors = np.flatnonzero(alike if alike.any() else ~missing)
                gaps = to_fill[codes[to_fill] == code]
                rows[gaps] = np.resize(donors, len(gaps)) if len(donors) else gaps
            series = series.iloc[rows].set_axis(frame.index)
        restored = frame.copy(deep=False)
        restored[name] = series
        return restored

    def reduced_columns(self) -> Mapping[Name, Column | None]:
        return {}

    @property
    def holdings(self) -> tuple[Holding, ...]:
        n_levels = sum(len(values.categories) for values in (self.always, self.never))
        return (Holding("levels", n_levels),)

    def to_dict(self) -> dict[str, Any]:
        names = {"dependent": self.dependent.name, "source": self.source.name}
        return names | {"always": self.always.to_dict(), "never": self.never.to_dict()}

    @classmethod
    def from_dict(cls, state: StateReader, schema: TableSchema) -> Self:
        dependent, source = (read_column(state, n, schema) for n in ("dependent", "source"))
        check_apart(state, dependent, source)
        states = [state.state(word) for word in ("always", "never")]
        values = [SourceValues.from_dict(source, each) for each in states]
        return cls((dependent,), (source,), *values)
