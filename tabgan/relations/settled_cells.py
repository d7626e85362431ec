"""Rows as what is left to learn of them, and which of their cells say nothing of their own.

>>> import numpy as np
>>> from tabgan.schema import TableSchema
>>> frame = pd.DataFrame({"code": [1, 2, 3] * 20, "name": ["a", "b", "c"] * 20,
...                       "x": np.random.default_rng(0).normal(size=60)})
>>> relations = RelationSet.discover(frame, TableSchema.infer(frame))
>>> odd = pd.DataFrame({"code": [1, 1], "name": ["a", "b"], "x": [0.5, 0.5]})
>>> {text: mask.tolist() for text, mask in reduce_rows(relations, odd).broken.items()}
{'code <-> name': [False, True]}
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from tabgan.relations.relation import Relation
from tabgan.relations.relation_set import RelationSet
from tabgan.schema.arrays import Mask
from tabgan.schema.column import Name


@dataclass(frozen=True)
class ReducedRows:
    """Rows to which relations have been applied.

    Attributes:
        free: What is left to learn of them; (n_rows, n_learned).
        settled: Cells of it that only fill a gap or stand for a constant, or that a broken relation
            wrote, by column; (n_rows,) each.
        broken: Rows that break a relation, (n_rows,), by its text; those that none breaks are left
            out.
    """

    free: pd.DataFrame
    settled: Mapping[Name, Mask]
    broken: Mapping[str, Mask]


def reduce_rows(relations: RelationSet, frame: pd.DataFrame) -> ReducedRows:
    """Return what relations leave of whole rows, whether they obey them or not."""
    broken = relations.find_broken(frame)
    settled: dict[Name, Mask] = {}
    for relation in relations.relations:
        mask = relation.find_settled(frame) | broken.get(relation.text, False)
        for name in relation.dependent_names if mask.any() else ():
            settled[name] = settled.get(name, False) | mask
        frame = relation.apply(frame)
    free = frame[list(relations.free.names)]
    return ReducedRows(free, {name: settled[name] for name in free if name in settled}, broken)


def find_late_columns(relations: RelationSet) -> list[Name]:
    """Return the columns with cells that others may settle, each behind those that settle it."""
    late = (
        relation.dependent.name
        for relation in reversed(relations.relations)
        if type(relation).find_settled is not Relation.find_settled
    )
    return list(dict.fromkeys(late))
