"""Which columns of a table have gaps, as far as a fitted model knows."""

from tabgan.encoding.column_encoder import ColumnEncoder
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.errors import ConditionError
from tabgan.model.row_conditions import RowConditions
from tabgan.relations import Relation, RelationSet
from tabgan.schema.column import Name
from tabgan.schema.predicates import Clause


def may_miss(encoder: ColumnEncoder) -> bool:
    """Return whether a learned column can be missing."""
    try:
        encoder.select_parts([Clause("=", None)])
    except ConditionError:
        return False
    return True


def find_gaps(relations: RelationSet, encoder: TableEncoder) -> frozenset[Name]:
    """Return the columns that have gaps: learned ones, and those computed from others that have."""
    found = {each.column.name for each in encoder.encoders if may_miss(each)}
    for relation in reversed(relations.relations):  # what is restored first comes last
        for name in relation.dependent_names:
            if _has_gaps(relation, name, found, relations, encoder):
                found.add(name)
            else:
                found.discard(name)
    return frozenset(found)


def _has_gaps(
    relation: Relation,
    name: Name,
    found: set[Name],
    relations: RelationSet,
    encoder: TableEncoder,
) -> bool:
    """Return whether a relation leaves gaps in a column that it writes."""
    if relation.FILLS_GAPS or name not in relation.reduced_columns():
        return relation.FILLS_GAPS or name in found
    if not relation.gives_categories:
        return name in found or bool(relation.source_names & found)
    try:
        RowConditions.from_where({name: None}, relations, encoder)
    except ConditionError:
        return False
    return True
