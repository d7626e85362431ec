"""What a gate demands of its column, as clauses that a generator can be told.

>>> x = Column("x", ColumnKind.CATEGORICAL, "object", element="str")
>>> equal = [Comparison("=", ColumnRef(x), Text(text)) for text in "uv"]
>>> to_clauses(IsIn(tuple(equal)))
{'x': [Clause(operator='in', value=('u', 'v'))]}
>>> to_opposite_clauses(equal[0])["x"][0].write()
'(!= u or = None)'
"""

from tabgan.query.expressions import ColumnRef, Number, Text
from tabgan.query.three_valued_logic import BoolOp, Comparison, Condition, IsIn, IsMissing
from tabgan.relations.bounds import write_value
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.predicates import NEGATED, Clause

BOUNDS = {"<", "<=", ">", ">="}


def to_clauses(gate: Condition) -> dict[Name, list[Clause]]:
    """Return clauses on a gate's column that say the same; none if it is no list of values."""
    if isinstance(gate, IsMissing):
        return {gate.column.name: [Clause("=", None)]}
    if isinstance(gate, Comparison) and gate.operator in BOUNDS:
        return _to_bound(gate)
    if isinstance(gate, BoolOp) and gate.word == "and":
        return _join([to_clauses(operand) for operand in gate.operands])
    return _to_values(gate)


def to_opposite_clauses(gate: Condition) -> dict[Name, list[Clause]]:
    """Return clauses on a gate's one column that hold where the gate does not; none of others."""
    clauses = to_clauses(gate)
    if len(clauses) != 1 or len(gate.columns) != 1:
        return {}
    ((name, asked),) = clauses.items()
    alternatives = [_negate(clause) for clause in asked]
    return {name: [Clause("or", tuple(branch for each in alternatives for branch in each))]}


def _negate(clause: Clause) -> list[tuple[Clause, ...]]:
    """Return the branches of which one holds where a clause does not: a gap satisfies none."""
    if clause.is_missing:
        return [(Clause("!=", None),)]
    values = clause.value if clause.operator == "in" else [clause.value]
    sign = NEGATED["=" if clause.operator == "in" else clause.operator]
    return [tuple(Clause(sign, value) for value in values), (Clause("=", None),)]


def _to_values(gate: Condition) -> dict[Name, list[Clause]]:
    """Return the clause of a column that has one of some values; none of anything else."""
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


def _to_bound(gate: Comparison) -> dict[Name, list[Clause]]:
    """Return the clause of a column on one side of a number or a datetime; none of anything else.

    >>> x = Column("x", ColumnKind.CONTINUOUS, "float64")
    >>> _to_bound(Comparison("<=", ColumnRef(x), Number(40.0)))
    {'x': [Clause(operator='<=', value=40.0)]}
    """
    match gate:
        case Comparison(sign, ColumnRef(column), Number(point) | Text(_, point)) if (
            point is not None
        ):
            return {column.name: [Clause(sign, write_value(column, point))]}
    return {}


def _join(demanded: list[dict[Name, list[Clause]]]) -> dict[Name, list[Clause]]:
    """Return the clauses on all columns of several demands, all of which are to be met."""
    names = dict.fromkeys(name for each in demanded for name in each)
    return {name: [clause for each in demanded for clause in each.get(name, [])] for name in names}
