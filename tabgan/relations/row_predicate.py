"""Any other condition on the columns of a row, declared; rows that break it are not given.

>>> schema = TableSchema.infer(pd.DataFrame({"age": [17, 30, 41], "job": ["no", "yes", "no"]}))
>>> relation = RowPredicate.from_dict({"text": "age >= 18 or job = 'no'"}, schema)
>>> relation.explain()
"age >= 18 or job = 'no' in every row"
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.query.boolean import Condition
from tabgan.query.expressions import Cells
from tabgan.query.parser import COMPARISONS, read_condition
from tabgan.query.tokens import Token, read
from tabgan.relations.relation import Relation
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema
from tabgan.schema.column import Column, Name
from tabgan.schema.predicates import Mask


@dataclass(frozen=True)
class RowPredicate(Relation):
    """A condition that every row satisfies: nothing follows from it, rows are checked."""

    condition: Condition

    KIND: ClassVar[str] = "predicate"

    @classmethod
    def declare(cls, tokens: Sequence[Token], profile: TableProfile) -> list[Self]:
        if not any(token.says(*COMPARISONS, "missing") for token in tokens):
            return []
        return [cls._of(tokens, profile.schema)]

    @classmethod
    def _of(cls, tokens: Sequence[Token], schema: TableSchema) -> Self:
        condition = read_condition(tokens, schema)
        return cls((), condition.columns, condition)

    @property
    def text(self) -> str:
        return self.condition.write()

    def explain(self) -> str:
        return f"{self.text} in every row"

    def find_broken(self, frame: pd.DataFrame) -> Mask:
        """Return where the condition is false; what a gap leaves unknown breaks nothing."""
        truth = self.condition.judge(Cells(frame))
        return np.broadcast_to(~truth.may_hold, len(frame))

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the table as it is."""
        return frame

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the table as it is."""
        return frame

    def reduced_columns(self) -> Mapping[Name, Column | None]:
        return {}

    def to_dict(self) -> dict[str, Any]:
        return {"text": self.text}

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any], schema: TableSchema) -> Self:
        return cls._of(read(entry["text"], schema.names), schema)
