"""Any other condition on the columns of a row, declared; generated rows that break it are rejected.

>>> schema = TableSchema.infer(pd.DataFrame({"age": [17, 30, 41], "job": ["no", "yes", "no"]}))
>>> state = StateReader({"text": "age >= 18 or job = 'no'"})
>>> relation = RowPredicate.from_dict(state, schema)
>>> relation.explain()
"age >= 18 or job = 'no' in every row"
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.errors import RelationError
from tabgan.query import syntax
from tabgan.query.expressions import ColumnReader
from tabgan.query.parser import parse_relation
from tabgan.query.three_valued_logic import Condition
from tabgan.query.type_check import check_condition
from tabgan.relations.relation import Relation
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Mask
from tabgan.schema.column import Column, Name
from tabgan.state_reader import StateReader

MAX_TOKENS = 300
MAX_CHARACTERS = 1_000_000  # of its text: names and values may be long


@dataclass(frozen=True)
class RowPredicate(Relation):
    """A condition that every row satisfies: no column follows from it, rows are checked.

    Attributes:
        condition: Checked against columns of the schema.
    """

    condition: Condition

    KIND: ClassVar[str] = "predicate"

    @classmethod
    def declare(cls, tree: syntax.Node, profile: TableProfile) -> list[Self]:
        """Read any condition that is no other kind's."""
        if not isinstance(tree, syntax.Condition):
            return []
        if tree.n_tokens > MAX_TOKENS:
            raise RelationError(
                f"a condition has {tree.n_tokens} words and signs, of which {MAX_TOKENS} can be "
                "read; write it as several."
            )
        return [cls._from_tree(tree, profile.schema)]

    @classmethod
    def _from_tree(cls, tree: syntax.Node, schema: TableSchema) -> Self:
        condition = check_condition(tree, schema)
        return cls((), condition.columns, condition)

    @property
    def text(self) -> str:
        return self.condition.write()

    def explain(self) -> str:
        return f"{self.text} in every row"

    def find_violations(self, frame: pd.DataFrame) -> Mask:
        """Return where the condition is false: where a gap leaves it unknown, it is not broken."""
        truth = self.condition.evaluate(ColumnReader(frame))
        return np.broadcast_to(~truth.can_be_true, len(frame))

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame

    def reduced_columns(self) -> Mapping[Name, Column | None]:
        return {}

    def to_dict(self) -> dict[str, Any]:
        return {"text": self.text}

    @classmethod
    def from_dict(cls, state: StateReader, schema: TableSchema) -> Self:
        text = state.text("text")
        state.check(len(text) <= MAX_CHARACTERS, "text", f"has {len(text):,} characters")
        tree = state.build(lambda: parse_relation(text, schema.names))
        state.check(isinstance(tree, syntax.Condition), "text", "is no condition")
        return state.build(lambda: cls._from_tree(tree, schema))
