"""A column that one or two others decide in every row: `city -> country`, `make, model -> doors`.

The dependent is left out and looked up again. Where each of two columns decides the other
(`code <-> name`), one of them is enough.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import starmap
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.errors import ConditionError, RelationError
from tabgan.query import relation_syntax, syntax
from tabgan.query.tokens import write_name
from tabgan.relations.functional_dependency import discovery
from tabgan.relations.functional_dependency.key_codes import combine_codes
from tabgan.relations.protected_values import drop_unused
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.saved_columns import check_apart, read_categories, read_column, read_columns
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Floats, Integers, Mask
from tabgan.schema.categories import Categories
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.holding import Holding
from tabgan.schema.predicates import Clause, matches
from tabgan.state_reader import MAX_INT, StateReader

MAX_SOURCES = 2


@dataclass(frozen=True)
class FunctionalDependency(Relation):
    """One column, or two, decide another: a look-up table.

    Attributes:
        source_categories: Of each source.
        dependent_categories: Of the dependent.
        source_codes: The table's keys, rising: the sources' codes as one number each
            (`combine_codes`); (n_entries,).
        dependent_codes: The category of the dependent for each key, -1 for a gap; (n_entries,).
        is_mutual: Whether the dependent decides the source as well.
    """

    source_categories: tuple[Categories, ...]
    dependent_categories: Categories
    source_codes: Integers
    dependent_codes: Integers
    is_mutual: bool = False

    KIND: ClassVar[str] = "dependency"
    GIVES_CATEGORIES: ClassVar[bool] = True
    NEEDS_CATEGORIES: ClassVar[bool] = True

    @classmethod
    def discover(cls, profile: TableProfile) -> list[DiscoveredRelation]:
        singles = discovery.discover_singles(profile)
        pairs = discovery.discover_pairs(profile, {candidate.dependent for candidate in singles})
        found = []
        for one in (*singles, *pairs):
            relation = cls.fit(profile, one.sources, one.dependent, is_mutual=one.is_mutual)
            if relation is not None:
                found.append(DiscoveredRelation(relation, one.support, one.n_violations))
        return found

    @classmethod
    def declare(cls, tree: syntax.Node, profile: TableProfile) -> list[Self]:
        if not isinstance(tree, relation_syntax.Determines):
            return []
        columns = [profile.schema.column(name) for name in (*tree.sources, tree.dependent)]
        made_anew = next((column for column in columns if column.kind.is_made_anew), None)
        if made_anew is not None:
            raise RelationError(
                f"a dependency cannot name {made_anew.name!r} of kind {made_anew.kind.value}: "
                "its values are made anew; leave it out."
            )
        sources, dependent = tuple(columns[:-1]), columns[-1]
        relation = cls.fit(profile, sources, dependent, is_mutual=tree.is_mutual)
        if relation is None:
            raise RelationError(
                f"column {dependent.name!r} follows from nothing that {profile.min_rows} rows "
                "hold; fewer are protected; leave the relation out, or protect fewer rows."
            )
        return [relation]

    @classmethod
    def fit(
        cls,
        profile: TableProfile,
        sources: tuple[Column, ...],
        dependent: Column,
        *,
        is_mutual: bool,
    ) -> Self | None:
        """Return the look-up table: for each key the commonest category of the dependent.

        None if nothing is left of it.

        Args:
            profile: The table; under protection its rare categories and entries are left out.
            sources: One or two columns.
            dependent: The column that they decide.
            is_mutual: Whether it decides them as well.
        """
        keys = tuple(profile.categories(column, profile.min_rows) for column in sources)
        values = profile.categories(dependent)
        codes = [key.find(profile.series(c)) for key, c in zip(keys, sources, strict=True)]
        is_rare = np.zeros(len(profile), bool)
        for column_codes, column in zip(codes, sources, strict=True):
            is_rare |= (column_codes < 0) & ~np.asarray(profile.series(column).isna())
        combined = combine_codes(codes, keys)[~is_rare]
        found = values.find(profile.series(dependent))[~is_rare]
        width = len(values) + 1
        both, counts = np.unique(combined * width + found + 1, return_counts=True)
        both, counts = both[counts >= profile.min_rows], counts[counts >= profile.min_rows]
        if not len(both):
            return None
        order = np.lexsort((-counts, both // width))
        source_codes, first = np.unique(both[order] // width, return_index=True)
        dependent_codes = both[order][first] % width - 1
        if profile.protection.is_on:
            values, dependent_codes = drop_unused(values, dependent_codes)
        return cls((dependent,), sources, keys, values, source_codes, dependent_codes, is_mutual)

    @property
    def text(self) -> str:
        sources = ", ".join(write_name(column.name) for column in self.sources)
        return f"{sources} {'<->' if self.is_mutual else '->'} {write_name(self.dependent.name)}"

    def explain(self) -> str:
        sources = " and ".join(str(column.name) for column in self.sources)
        n_entries = len(self.source_codes)
        if self.is_mutual:
            return f"{sources} and {self.dependent.name} say the same in {n_entries} ways"
        decide = "decides" if len(self.sources) == 1 else "together decide"
        return f"{sources} {decide} {self.dependent.name} ({n_entries} entries)"

    def find_violations(self, frame: pd.DataFrame) -> Mask:
        expected, has_key = self._look_up(frame)
        codes = self.dependent_categories.find(frame[self.dependent.name])
        return np.asarray(has_key & (codes != expected))

    def find_unknown(self, frame: pd.DataFrame) -> Mask:
        """Return one row for each category of a single source that the look-up table lacks."""
        if len(self.sources) > 1:  # pairs that never met fall back on the first source
            return super().find_unknown(frame)
        (source,) = self.sources
        _, has_key = self._look_up(frame)
        return np.asarray(~has_key & ~frame[source.name].duplicated())

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame.drop(columns=[self.dependent.name])

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        codes, _ = self._look_up(frame)
        restored = frame.copy(deep=False)
        values = self.dependent_categories.write(codes)
        restored[self.dependent.name] = values.set_axis(frame.index)
        return restored

    def _look_up(self, frame: pd.DataFrame) -> tuple[Integers, Mask]:
        """Return the dependent's code in each row, and whether the table has its key; (n_rows,)."""
        keys = self.source_categories
        codes = [key.find(frame[c.name]) for key, c in zip(keys, self.sources, strict=True)]
        combined = combine_codes(codes, keys)
        entries = np.searchsorted(self.source_codes, combined)
        entries = np.minimum(entries, len(self.source_codes) - 1)
        has_key = self.source_codes[entries] == combined
        first = np.where(codes[0] < 0, len(keys[0]), codes[0])
        return np.where(has_key, self.dependent_codes[entries], self._fallback[first]), has_key

    @cached_property
    def _fallback(self) -> Integers:
        """The commonest code of the dependent for each category of the first source, then a gap.

        It stands in where sources were never seen together; shape (n_categories + 1,).
        """
        first, *others = self.source_categories
        codes = self.source_codes // np.prod([len(key) + 1 for key in others], dtype=np.int64)
        width = len(self.dependent_categories) + 1
        answers = self.dependent_codes % width  # a gap comes last
        pairs, counts = np.unique(codes * width + answers, return_counts=True)
        order = np.lexsort((pairs, -counts))
        seen, first_pairs = np.unique(pairs[order] // width, return_index=True)
        commonest = np.full(len(first) + 1, np.bincount(answers).argmax())
        commonest[seen] = pairs[order][first_pairs] % width
        return np.where(commonest == width - 1, -1, commonest)

    def reduced_columns(self) -> Mapping[Name, Column | None]:
        reduced: dict[Name, Column | None] = {self.dependent.name: None}
        for column, key in zip(self.sources, self.source_categories, strict=True):
            is_long = column.text or len(key) > discovery.MAX_ORDERED_VALUES
            if column.kind.is_quantitative and is_long:
                reduced[column.name] = replace(column, kind=ColumnKind.CATEGORICAL)
        return reduced

    def has_feature(self, column: Column) -> bool:  # noqa: ARG002 - trees cannot look codes up
        return True

    def to_feature(self, series: "pd.Series[Any]", column: Column) -> Floats:  # noqa: ARG002
        """Return the dependent's category codes, -1 where missing or unknown; shape (n_rows,)."""
        return self.dependent_categories.find(series).astype(np.float64)

    def push_down(self, clauses: Sequence[Clause]) -> Mapping[Name, list[Clause]]:
        seen, entries = np.unique(self.dependent_codes, return_inverse=True)  # a gap only if seen
        allowed = matches(self.dependent_categories.write(seen), self.dependent, clauses)[entries]
        if not allowed.any():
            asked = " and ".join(c.write(repr) for c in clauses if c.operator != "in") or "so"
            sources = " and ".join(repr(column.name) for column in self.sources)
            told = f"column {self.dependent.name!r} is never {asked} in the table"
            raise ConditionError(f"{told}; it follows from {sources}.")
        sizes = [len(key) + 1 for key in self.source_categories]
        codes = np.unravel_index(self.source_codes[allowed], sizes)
        needed: dict[Name, list[Clause]] = {}
        for column, key, own_codes in zip(self.sources, self.source_categories, codes, strict=True):
            gaps = own_codes == len(key)
            if not gaps.any():  # no clause asks for a gap or a category
                needed[column.name] = [Clause("in", tuple(key.objects[np.unique(own_codes)]))]
            elif gaps.all():
                needed[column.name] = [Clause("=", None)]
        return needed

    @property
    def holdings(self) -> tuple[Holding, ...]:
        n_values = sum(map(len, (*self.source_categories, self.dependent_categories)))
        return Holding("entries", len(self.source_codes)), Holding("levels", n_values)

    def to_dict(self) -> dict[str, Any]:
        return {
            "dependent": self.dependent.name,
            "sources": [column.name for column in self.sources],
            "keys": [key.to_state() for key in self.source_categories],
            "values": self.dependent_categories.to_state(),
            "known": self.source_codes.tolist(),
            "answers": self.dependent_codes.tolist(),
            "is_mutual": self.is_mutual,
        }

    @classmethod
    def from_dict(cls, state: StateReader, schema: TableSchema) -> Self:
        sources = read_columns(state, "sources", schema, range(1, MAX_SOURCES + 1))
        dependent = read_column(state, "dependent", schema)
        check_apart(state, dependent, *sources)
        states = state.states("keys")
        state.check(len(states) == len(sources), "keys", "are not as many as the sources")
        keys = tuple(starmap(read_categories, zip(states, sources, strict=True)))
        values = read_categories(state.state("values"), dependent)
        n_keys = math.prod(len(key) + 1 for key in keys)
        known = np.array(state.wholes("known", 0, min(n_keys - 1, MAX_INT)), np.int64)
        answers = np.array(state.wholes("answers", -1, len(values) - 1), np.int64)
        state.check(len(known) > 0 and bool((np.diff(known) > 0).all()), "known", "does not rise")
        state.check(len(answers) == len(known), "answers", "are not as many as what is known")
        return cls((dependent,), sources, keys, values, known, answers, state.flag("is_mutual"))
