"""Columns that are missing where a condition on others holds: `wage missing where age < 16`.

>>> import pandas as pd
>>> from tabgan.query.parser import parse_relation
>>> from tabgan.schema import TableSchema
>>> frame = pd.DataFrame({"age": [12, 30, 41], "wage": [None, 2100, 1800]})
>>> profile = TableProfile(frame, TableSchema.infer(frame))
>>> tree = parse_relation("wage missing exactly where age < 16", ["age", "wage"])
>>> (relation,) = MissingWhere.declare(tree, profile)
>>> relation.explain(), relation.restore(relation.apply(frame))["wage"].tolist()
('wage is missing where age < 16, and nowhere else', [nan, 2100.0, 1800.0])
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import ClassVar

from tabgan.relations.constant_where.constant_where import ConstantWhere
from tabgan.relations.constant_where.discovery import iter_gaps
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.column import Column


@dataclass(frozen=True)
class MissingWhere(ConstantWhere):
    """The dependent is missing wherever a condition on the sources holds."""

    KIND: ClassVar[str] = "missing_where"
    FILLS_GAPS: ClassVar[bool] = True

    @classmethod
    def _iter_texts(cls, profile: TableProfile, computed: Collection[Column]) -> Iterator[str]:
        return iter_gaps(profile, computed)
