"""All relations of a table: discovered or declared, selected, applied, restored.

>>> frame = pd.DataFrame({"code": [1, 2, 3] * 20, "name": ["a", "b", "c"] * 20,
...                       "x": np.random.default_rng(0).normal(size=60)})
>>> relations = RelationSet.discover(frame, TableSchema.infer(frame))
>>> relations.texts, list(relations.apply(frame))
(('code <-> name',), ['code', 'x'])
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress
from operator import not_
from typing import Any, Self

import numpy as np
import pandas as pd

from tabgan.config import NO_PROTECTION, Protection
from tabgan.errors import TableError
from tabgan.relations.check_selection import select_checks
from tabgan.relations.functional_dependency import FunctionalDependency
from tabgan.relations.near_selection import bounds_to_checks, select_near
from tabgan.relations.permutation import permute_learned
from tabgan.relations.registry import declare_relations, discover_relations, remove_forgotten
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.relation_config import RelationConfig
from tabgan.relations.saved_relations import read_relations, to_entry
from tabgan.relations.selection import leave_out_solved, order_found, select_relations
from tabgan.relations.statistics import MIN_ROWS
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Mask
from tabgan.schema.column import Column, Name
from tabgan.state_reader import StateReader

DEFRAGMENT_EVERY = 20  # relations: each may break a block of columns in three


@dataclass(frozen=True)
class RelationSet:
    """The relations of one table.

    Attributes:
        schema: Of the whole table, before `apply`.
        kept: What generated rows obey by construction, in the order of `apply`.
        implied: What was found as well and follows from `kept`, so that it is obeyed, too.
        offered: What holds in all but a few rows, or is not compatible with `kept`: shown to the
            user, who may declare it.
    """

    schema: TableSchema
    kept: tuple[DiscoveredRelation, ...] = ()
    implied: tuple[DiscoveredRelation, ...] = ()
    offered: tuple[DiscoveredRelation, ...] = ()

    @classmethod
    def discover(
        cls,
        frame: pd.DataFrame,
        schema: TableSchema,
        config: RelationConfig | None = None,
        protection: Protection = NO_PROTECTION,
    ) -> Self:
        """Return the relations of a table: those declared, and what is found and goes with them.

        Args:
            frame: A table that the schema has checked; shape (n_rows, n_columns).
            schema: Kinds and names of its columns; relations that it lists are not looked for anew.
            config: Which relations are kept; all that are found when None.
            protection: What look-up tables must not remember.

        Raises:
            RelationError: A declared one cannot be read, does not hold, or contradicts another; or
                one to forget is not there.
        """
        config = config or RelationConfig()
        profile = TableProfile(frame, schema, protection)
        listed = schema.relations if config.discover else None
        texts = (*(listed or ()), *config.declare)
        declared = [d for text in texts for d in declare_relations(text, profile)]
        declared = bounds_to_checks(declared, profile)
        found: list[DiscoveredRelation] = []
        if config.discover and schema.relations is None and len(frame) >= MIN_ROWS:
            tried = discover_relations(profile)
            found = order_found([d for d in tried if d.support >= profile.min_rows])
        for text in config.forget:
            declared, found = remove_forgotten(text, schema, declared, found)

        def select(found: Sequence[DiscoveredRelation]) -> "RelationSet":
            others = [d for d in found if d.relation.dependents]
            return cls(schema, tuple(select_relations(declared, others)))

        exact = [d for d in found if not d.n_violations]
        exact, bounds = select_near(exact, select, profile)
        relations = cls(schema, (*select(exact).kept, *bounds))
        checks = [d for d in exact if not d.relation.dependents]
        texts_kept = set(relations.texts)
        others = [d for d in found if d.relation.text not in texts_kept]
        others = [d for d in others if d.relation.IS_STRICT and d.relation.dependents]
        return relations._sort_out(others, checks, frame)

    def _sort_out(
        self,
        others: Sequence[DiscoveredRelation],
        checks: Sequence[DiscoveredRelation],
        frame: pd.DataFrame,
    ) -> Self:
        """Add what is found besides: permuted rows show what follows from the relations kept.

        Args:
            others: Relations that are not kept: they become implied, or are offered.
            checks: Those by which rows are only checked: they are kept unless they follow.
            frame: The table.
        """
        if not others and not checks:
            return self
        permuted = permute_learned(frame, self.apply, self.restore)
        is_implied = [not d.relation.find_violations(permuted).any() for d in others]
        return replace(
            self,
            kept=(*self.kept, *select_checks(checks, permuted)),
            implied=leave_out_solved(list(compress(others, is_implied)), self.relations),
            offered=tuple(compress(others, map(not_, is_implied))),
        )

    @property
    def relations(self) -> tuple[Relation, ...]:
        """The relations kept, in the order of `apply`."""
        return tuple(discovery.relation for discovery in self.kept)

    @property
    def has_violations(self) -> bool:
        """Whether some rows of the table break a declared relation."""
        return any(discovery.n_violations > 0 for discovery in self.kept)

    @property
    def texts(self) -> tuple[str, ...]:
        """The relations kept, as they would be declared."""
        return tuple(relation.text for relation in self.relations)

    @cached_property
    def free(self) -> TableSchema:
        """The schema of the columns that `apply` leaves to learn."""
        whole = {column.name: column for column in self.schema.columns}
        columns: dict[Name, Column | None] = dict(whole)
        for relation in self.relations:
            changed = relation.reduced_columns().items()
            columns |= {name: column for name, column in changed if column != whole[name]}
        left = tuple(column for column in columns.values() if column is not None)
        names = {column.name for column in left}
        target = self.schema.target if self.schema.target in names else None
        return TableSchema(left, target)

    def relations_of(self, name: Name) -> list[Relation]:
        """Return the relations of which a column is a dependent: for its values, for its gaps."""
        return [relation for relation in self.relations if name in relation.dependent_names]

    def depending_on(self, names: Collection[Name]) -> Self:
        """Return only the relations by which these columns, or what follows from them, change."""
        changed, kept = set(names), []
        for discovery in reversed(self.kept):  # what is restored first comes last
            relation = discovery.relation
            if changed & (relation.dependent_names | relation.source_names):
                changed |= relation.dependent_names
                kept.append(discovery)
        return replace(self, kept=tuple(reversed(kept)))

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a table without what follows from the rest; columns in the order of `free`."""
        for relation in self.relations:
            frame = relation.apply(frame)
        return frame[list(self.free.names)]

    def find_fillers(self, frame: pd.DataFrame, free: pd.DataFrame) -> dict[Name, Mask]:
        """Return which cells count for nothing under protection, by column; (n_rows,) each.

        `apply` made them up to fill gaps that are not learned, or a look-up table lacks their key.

        Args:
            frame: The whole table.
            free: What `apply` returned for it.
        """
        fillers: dict[Name, Mask] = {}

        def add(name: Name, mask: Mask) -> None:
            if name in free and mask.any():
                fillers[name] = fillers.get(name, np.zeros(len(frame), bool)) | mask

        for relation in self.relations:
            if relation.FILLS_GAPS and not relation.LEARNS_GAPS and relation.dependent.name in free:
                name = relation.dependent.name
                add(
                    name,
                    (frame[name].isna() & free[name].notna().set_axis(frame.index)).to_numpy(bool),
                )
            if isinstance(relation, FunctionalDependency):
                for key in relation.source_categories:
                    cells = frame[key.column.name]
                    add(key.column.name, (key.find(cells) < 0) & cells.notna().to_numpy(bool))
        return fillers

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the whole table, the inverse of `apply`; columns in the order of the schema."""
        return self.restore_some(frame)[list(self.schema.names)]

    def restore_some(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return what `restore` does where only columns of relations are at hand, in any order."""
        for n_restored, relation in enumerate(reversed(self.relations)):
            if n_restored % DEFRAGMENT_EVERY == 0:
                frame = frame.copy()  # columns added one by one make a frame slow
            frame = relation.restore(frame)
        return frame

    def find_violations(self, frame: pd.DataFrame) -> Mask:
        """Return which rows of a whole table break any relation; shape (n_rows,)."""
        none = np.zeros(len(frame), bool)
        return np.asarray(np.logical_or.reduce([none, *self.find_broken(frame).values()]))

    def find_broken(self, frame: pd.DataFrame) -> dict[str, Mask]:
        """Return the rows of a whole table that break each relation, (n_rows,), by its text.

        Relations that no row breaks are left out.
        """
        masks = {each.text: _find_violations(each, frame) for each in self.relations}
        return {text: mask for text, mask in masks.items() if mask.any()}

    def to_dict(self) -> dict[str, Any]:
        """Return the relations kept as JSON-able values."""
        return {"kept": list(map(to_entry, self.kept))}

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any], schema: TableSchema) -> Self:
        """Rebuild it from what `to_dict` returned and the schema of the whole table.

        Raises:
            ModelFileError: A relation cannot be, or cannot be restored together with the others.
        """
        return cls(schema, read_relations(StateReader(entry, "relations"), schema))


def _find_violations(relation: Relation, frame: pd.DataFrame) -> Mask:
    """Return which rows break a relation, or hold what cannot be read; (n_rows,)."""
    try:
        return relation.find_violations(frame)
    except TableError:
        if len(frame) <= 1:
            return np.ones(len(frame), bool)
        half = len(frame) // 2
        parts = frame.iloc[:half], frame.iloc[half:]
        return np.concatenate([_find_violations(relation, part) for part in parts])
