"""How many of several conditions are true in a row: `count(phone = 'Yes', tv = 'Yes')`.

>>> import pandas as pd
>>> from tabgan.query.three_valued_logic import IsMissing
>>> from tabgan.schema.column import Column
>>> a, b = (Column(name, ColumnKind.CATEGORICAL, "object") for name in "ab")
>>> n_missing = Count((IsMissing(a), IsMissing(b)))
>>> frame = pd.DataFrame({"a": ["x", None, None], "b": ["x", "y", None]})
>>> n_missing.write(), n_missing.evaluate(ColumnReader(frame)).values.tolist()
('count(a missing, b missing)', [0.0, 1.0, 2.0])
"""

from dataclasses import dataclass

import numpy as np

from tabgan.query.column_reader import ColumnReader
from tabgan.query.expressions import ColumnRef, Expression, Text, Value, ValueType
from tabgan.query.functions import Approximation
from tabgan.query.three_valued_logic import Comparison, Condition
from tabgan.schema.column import ColumnKind


@dataclass(frozen=True)
class Count(Value):
    """The number of conditions that are true; what a gap leaves unknown is not counted."""

    conditions: tuple[Condition, ...]

    @property
    def value_type(self) -> ValueType:
        return ValueType.NUMBER

    @property
    def children(self) -> tuple[Expression, ...]:
        return self.conditions

    def write(self) -> str:
        return f"count({', '.join(map(_write_condition, self.conditions))})"

    def evaluate(self, reader: ColumnReader) -> Approximation:
        count = np.zeros(len(reader.frame))
        for condition in self.conditions:
            truth = condition.evaluate(reader)
            count += truth.can_be_true & ~truth.can_be_false
        return Approximation(count, np.zeros(()))


def _write_condition(condition: Condition) -> str:
    """Return a condition as text; a column of true and false stands for itself."""
    match condition:
        case Comparison("=", ColumnRef(column), Text("true")) if column.kind is ColumnKind.BOOLEAN:
            return ColumnRef(column).write()
    return condition.write()
