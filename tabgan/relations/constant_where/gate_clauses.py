"""What a gate demands of its column, as clauses that a generator can be told.

>>> x = Column("x", ColumnKind.CATEGORICAL, "object", element="str")
>>> equal = [Comparison("=", ColumnRef(x), Text(text)) for text in "uv"]
>>> to_clauses(IsIn(tuple(equal)))
{'x': [Clause(operator='in', value=('u', 'v'))]}
"""

from tabgan.query.expressions import ColumnRef, Number, Text
from tabgan.query.three_valued_logic import Comparison, Condition, IsIn, IsMissing
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.predicates import Clause


def to_clauses(gate: Condition) -> dict[Name, list[Clause]]:
    """Return clauses on a gate's column that say the same; none if it is no list of values."""
    if isinstance(gate, IsMissing):
        return {gate.column.name: [Clause("=", None)]}
    equal = gate.comparisons if isinstance(gate, IsIn) else (gate,)
    column: Column | None = None
    values: list[float | str] = []
    for one in equal:
        if not isinstance(one, Comparison) or one.operator != "=":
            return {}
        if not isinstance(one.left, ColumnRef) or not isinstance(one.right, Number | Text):
            return {}
        column = one.left.column
        values.append(one.right.value if isinstance(one.right, Number) else one.right.text)
    if column is None:
        return {}
    if len(values) == 1:
        return {column.name: [Clause("=", values[0])]}
    is_text = column.kind is ColumnKind.CATEGORICAL and column.element in {None, "str"}
    return {column.name: [Clause("in", tuple(values))]} if is_text else {}
