"""All relations of a table: found or declared, chosen, applied, restored.

>>> frame = pd.DataFrame({"code": [1, 2, 3] * 20, "name": ["a", "b", "c"] * 20,
...                       "x": np.random.default_rng(0).normal(size=60)})
>>> relations = RelationSet.find(frame, TableSchema.infer(frame))
>>> relations.texts, list(relations.apply(frame))
(('code <-> name',), ['code', 'x'])
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress
from operator import not_
from typing import Any, Self

import numpy as np
import pandas as pd

from tabgan.config import NO_PROTECTION, Protection
from tabgan.errors import SettingError
from tabgan.relations.frequent_equality.frequent_equality import FrequentEquality
from tabgan.relations.registry import RELATIONS, declare, forget
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.selection import choose
from tabgan.relations.table_profile import SAMPLE_ROWS, TableProfile
from tabgan.schema import TableSchema
from tabgan.schema.column import Column, Name
from tabgan.schema.predicates import Mask

DEFRAGMENT_EVERY = 20  # relations: each may break a block of columns in three
MIN_ROWS = 20  # with fewer rows everything would be chance


@dataclass(frozen=True)
class RelationConfig:
    """Which relations a fit keeps.

    Attributes:
        search: Whether relations are sought.
        declare: Relations that the user states, as text.
        forget: Relations that are found and not wanted, as text.
    """

    search: bool = True
    declare: Sequence[str] = ()
    forget: Sequence[str] = ()

    def __post_init__(self) -> None:
        for name in ("declare", "forget"):
            texts = getattr(self, name)
            if isinstance(texts, str) or not all(isinstance(text, str) for text in texts):
                raise SettingError(f"{name}={texts!r} is no list of texts; give one in brackets.")


@dataclass(frozen=True)
class RelationSet:
    """The relations of one table.

    Attributes:
        schema: Of the whole table.
        kept: What generated rows obey by construction, in the order of `apply`.
        implied: What was found, too, and follows from those.
        offered: What holds in all but a few rows, or does not go together with `kept`.
    """

    schema: TableSchema
    kept: tuple[DiscoveredRelation, ...] = ()
    implied: tuple[DiscoveredRelation, ...] = ()
    offered: tuple[DiscoveredRelation, ...] = ()

    @classmethod
    def find(
        cls,
        frame: pd.DataFrame,
        schema: TableSchema,
        config: RelationConfig | None = None,
        protection: Protection = NO_PROTECTION,
    ) -> Self:
        """Find and choose the relations of a table that its schema has checked.

        Args:
            frame: The table; shape (n_rows, n_columns).
            schema: Kinds and names of its columns.
            config: Which relations are kept; all that are found when None.
            protection: What look-up tables must not remember.

        Raises:
            RelationError: A declared one cannot be read, does not hold, or contradicts another; or
                one to forget is not there.
        """
        config = config or RelationConfig()
        profile = TableProfile(frame, schema, protection)
        listed = schema.relations if config.search else None
        texts = (*(listed or ()), *config.declare)
        declared = [discovery for text in texts for discovery in declare(text, profile)]
        found: list[DiscoveredRelation] = []
        if config.search and schema.relations is None and len(frame) >= MIN_ROWS:
            found = [discovery for kind in RELATIONS.values() for discovery in kind.find(profile)]
        for text in config.forget:
            declared, found = forget(text, schema, declared, found)
        kept = choose(declared, [discovery for discovery in found if not discovery.broken])
        texts_kept = {discovery.relation.text for discovery in kept}
        rest = [discovery for discovery in found if discovery.relation.text not in texts_kept]
        relations = cls(schema, tuple(kept))
        whole = relations._shuffle(frame)
        facts = [
            discovery for discovery in rest if not isinstance(discovery.relation, FrequentEquality)
        ]
        follows = [not discovery.relation.find_broken(whole).any() for discovery in facts]
        implied = tuple(compress(facts, follows))
        offered = tuple(compress(facts, map(not_, follows)))
        return replace(relations, implied=implied, offered=offered)

    def _shuffle(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return rows that have nothing in common with the table but columns and relations."""
        rng = np.random.default_rng(0)
        rows = rng.choice(len(frame), min(len(frame), SAMPLE_ROWS), replace=False)
        free = self.apply(frame.iloc[rows])
        columns = [free[name].iloc[rng.permutation(len(free))] for name in free.columns]
        mixed = pd.concat([column.reset_index(drop=True) for column in columns], axis=1)
        return self.restore(mixed)

    @property
    def relations(self) -> tuple[Relation, ...]:
        """What is kept, in the order of `apply`."""
        return tuple(discovery.relation for discovery in self.kept)

    @property
    def is_dirty(self) -> bool:
        """Whether some rows of the table break a declared relation."""
        return any(discovery.broken for discovery in self.kept)

    @property
    def texts(self) -> tuple[str, ...]:
        """What is kept, as it would be declared."""
        return tuple(relation.text for relation in self.relations)

    @cached_property
    def free(self) -> TableSchema:
        """The schema of what `apply` leaves to learn."""
        whole = {column.name: column for column in self.schema.columns}
        columns: dict[Name, Column | None] = dict(whole)
        for relation in self.relations:
            changed = relation.reduced_columns().items()
            columns |= {name: column for name, column in changed if column != whole[name]}
        left = tuple(column for column in columns.values() if column is not None)
        names = {column.name for column in left}
        target = self.schema.target if self.schema.target in names else None
        return TableSchema(left, target)

    def writing(self, name: Name) -> list[Relation]:
        """Return the relations that write a column: its values, its gaps, or neither."""
        return [r for r in self.relations if any(c.name == name for c in r.dependents)]

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Leave out what follows from the rest; columns in the order of `free`."""
        for relation in self.relations:
            frame = relation.apply(frame)
        return frame[list(self.free.names)]

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return back what `apply` left out; columns in the order of the schema."""
        return self.restore_some(frame)[list(self.schema.names)]

    def restore_some(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return back what `apply` left out, where only columns of relations are at hand."""
        for turn, relation in enumerate(reversed(self.relations)):
            if turn % DEFRAGMENT_EVERY == 0:
                frame = frame.copy()  # columns added one by one make a frame slow
            frame = relation.restore(frame)
        return frame

    def find_broken(self, frame: pd.DataFrame) -> Mask:
        """Return which rows of a whole table break any relation; shape (n_rows,)."""
        broken = np.zeros(len(frame), bool)
        for relation in self.relations:
            broken |= relation.find_broken(frame)
        return broken

    def to_dict(self) -> dict[str, Any]:
        """Return what is kept as JSON-able values."""
        return {"kept": [_to_entry(discovery) for discovery in self.kept]}

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any], schema: TableSchema) -> Self:
        """Rebuild from `to_dict`'s answer."""
        kept = [
            DiscoveredRelation(
                RELATIONS[e["kind"]].from_dict(e["state"], schema), e["support"], e["broken"]
            )
            for e in entry["kept"]
        ]
        return cls(schema, tuple(kept))


def _to_entry(discovery: DiscoveredRelation) -> dict[str, Any]:
    relation = discovery.relation
    return {
        "kind": relation.KIND,
        "text": relation.text,
        "support": discovery.support,
        "broken": discovery.broken,
        "state": relation.to_dict(),
    }
