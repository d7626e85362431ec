"""What a relation says that a column is: the column, and an expression of others.

>>> import pandas as pd
>>> from tabgan.schema import TableSchema
>>> frame = pd.DataFrame({"start": [1, 2, 3], "end": [1, 2, 3]})
>>> profile = TableProfile(frame, TableSchema.infer(frame))
>>> read_claim(parse_relation("end = start", profile.schema.names), profile).expression.write()
'start'
"""

from tabgan.errors import RelationError
from tabgan.query import syntax
from tabgan.query.expressions import ColumnRef
from tabgan.query.parser import parse_relation
from tabgan.relations.formula.declaration import Definition, read_definition
from tabgan.relations.relation import Relation
from tabgan.relations.table_profile import TableProfile


def read_claim(tree: syntax.Node, profile: TableProfile) -> Definition | None:
    """Return what `y = expression`, or `y = x`, says; None if y is a constant or no column."""
    match tree:
        case syntax.Comparison((syntax.ColumnName(name), syntax.ColumnName(other)), ("=",)):
            source = ColumnRef(profile.schema.column(other))
            return None if name == other else Definition(profile.schema.column(name), source)
    return read_definition(tree, profile)


def read_relation(relation: Relation, profile: TableProfile) -> Definition | None:
    """Return what a relation that was found says a column is; None if it says anything else."""
    try:
        return read_claim(parse_relation(relation.text, profile.schema.names), profile)
    except RelationError:  # such as a rest that varies
        return None
